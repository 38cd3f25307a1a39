//! The pen that a frame is written with: where it is, which style it has, and the fewest bytes that give it another of
//! either. What blanks look like is decided here too, since a blank shows little of its style.

use ratatui::{
    buffer::Cell,
    style::{Color, Modifier, Style},
};

use crate::{text, theme};

const MODIFIERS: [(Modifier, &str); 6] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::REVERSED, "7"),
    (Modifier::CROSSED_OUT, "9"),
];

/// What shows on a blank as well; the others need a letter.
const ON_BLANKS: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::CROSSED_OUT);

/// A pen, and what it has written.
#[derive(Clone)]
pub(super) struct Pen {
    said: String,
    style: Style,
    /// Unknown at first and after a character that terminals measure differently.
    row: Option<u16>,
    /// Unknown, besides, after the last column: there a terminal waits with going on.
    column: Option<u16>,
    columns: u16,
}

impl Pen {
    /// Somewhere on a screen of so many columns, in no style.
    pub(super) fn new(columns: u16) -> Self {
        Self {
            said: String::new(),
            style: Style::reset(),
            row: None,
            column: None,
            columns,
        }
    }

    /// The same pen, which has written nothing yet.
    pub(super) fn lifted(&self) -> Self {
        Self {
            said: String::new(),
            ..self.clone()
        }
    }

    pub(super) fn into_said(self) -> String {
        self.said
    }

    /// Goes on as another pen that was lifted off this one.
    pub(super) fn append(&mut self, mut other: Self) {
        let said = std::mem::take(&mut self.said) + &other.said;
        other.said = said;
        *self = other;
    }

    pub(super) fn len(&self) -> usize {
        self.said.len()
    }

    pub(super) fn column(&self) -> Option<u16> {
        self.column
    }

    pub(super) fn is_at(&self, x: u16, y: u16) -> bool {
        (self.column, self.row) == (Some(x), Some(y))
    }

    /// Goes to a cell, the shortest way that is known.
    pub(super) fn go(&mut self, x: u16, y: u16) {
        if !self.is_at(x, y) {
            let way = self.way(x, y);
            self.said.push_str(&way);
        }
        (self.column, self.row) = (Some(x), Some(y));
    }

    pub(super) fn way(&self, x: u16, y: u16) -> String {
        let plain = match x {
            0 => format!("\u{1b}[{}H", y.saturating_add(1)),
            _ => format!("\u{1b}[{};{}H", y.saturating_add(1), x.saturating_add(1)),
        };
        let right = |from: u16| match x.saturating_sub(from) {
            0 => String::new(),
            1 => "\u{1b}[C".to_owned(),
            columns => format!("\u{1b}[{columns}C"),
        };
        let down = self.row.and_then(|row| y.checked_sub(row));
        let mut ways = vec![plain];
        if let Some(down) = down.filter(|down| *down < 8) {
            ways.push(format!("\r{}{}", "\n".repeat(down.into()), right(0)));
        }
        if let Some(column) = self.column {
            match down {
                Some(0) if column <= x => ways.push(right(column)),
                Some(1) if column == x => ways.push("\u{1b}[B".to_owned()),
                Some(rows) if column == x && rows > 0 => ways.push(format!("\u{1b}[{rows}B")),
                _ => {}
            }
        }
        ways.into_iter().min_by_key(String::len).unwrap_or_default()
    }

    /// Takes a style for what is written next.
    pub(super) fn dip(&mut self, style: Style) {
        self.said.push_str(&stroke(self.style, style));
        self.style = style;
    }

    /// Takes a style that leaves blanks blank, if this one does not.
    pub(super) fn wipe(&mut self) {
        if !is_invisible(self.style) {
            self.dip(Style::reset());
        }
    }

    /// Writes a cell where the pen stands.
    pub(super) fn write(&mut self, cell: &Cell) {
        self.write_as(cell.symbol(), cell.style());
    }

    pub(super) fn write_as(&mut self, symbol: &str, style: Style) {
        if symbol == " " && is_invisible(style) {
            self.wipe();
        } else {
            self.dip(style);
        }
        self.said.push_str(symbol);
        if !is_certain(symbol) {
            (self.column, self.row) = (None, None);
            return;
        }
        let next = self.column.map(|column| column.saturating_add(1));
        self.column = next.filter(|column| *column < self.columns);
    }

    /// Empties cells from here on and stays.
    pub(super) fn erase(&mut self, columns: usize) {
        self.wipe();
        // In place: a frame is not to be copied for each of its rows.
        self.said.push_str("\u{1b}[");
        self.said.push_str(&columns.to_string());
        self.said.push('X');
    }

    /// Empties the rest of the row and stays.
    pub(super) fn erase_rest(&mut self) {
        self.wipe();
        self.said.push_str("\u{1b}[K");
    }
}

/// Whether it is empty to the eye, whatever its style.
pub(crate) fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && is_invisible(cell.style())
}

fn is_invisible(style: Style) -> bool {
    !style.add_modifier.intersects(ON_BLANKS) && style.bg.unwrap_or_default() == Color::Reset
}

/// Whether every terminal gives it exactly one column.
pub(super) fn is_certain(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return false;
    };
    text::width(symbol) == 1 && (c < '\u{300}' || ('\u{2500}'..='\u{259f}').contains(&c))
}

/// What turns one pen into another; nothing if they are the same.
fn stroke(from: Style, to: Style) -> String {
    let (had, has) = (from.add_modifier, to.add_modifier);
    let colors = |style: Style| (style.fg.unwrap_or_default(), style.bg.unwrap_or_default());
    let ((had_fg, had_bg), (fg, bg)) = (colors(from), colors(to));
    if (had, had_fg, had_bg) == (has, fg, bg) {
        return String::new();
    }
    // There is no way to take one of them away that all terminals know.
    let is_anew = !has.contains(had) || to == Style::reset();
    let mut codes = Vec::new();
    if is_anew {
        codes.push("0".to_owned());
    }
    for (modifier, code) in MODIFIERS {
        if has.contains(modifier) && (is_anew || !had.contains(modifier)) {
            codes.push(code.to_owned());
        }
    }
    let (plain_fg, plain_bg) = colors(Style::reset());
    if fg != if is_anew { plain_fg } else { had_fg } {
        codes.push(theme::color_code(fg, false));
    }
    if bg != if is_anew { plain_bg } else { had_bg } {
        codes.push(theme::color_code(bg, true));
    }
    if codes == ["0"] {
        return "\u{1b}[m".to_owned();
    }
    format!("\u{1b}[{}m", codes.join(";"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::{Styles, Tier};

    #[test]
    fn only_what_changes_is_said() {
        let styles = Styles::new(Tier::Ansi);
        assert_eq!(stroke(Style::reset(), Style::reset()), "");
        let error = Style::reset().patch(styles.error);
        assert!(stroke(Style::reset(), error).ends_with("31m"));
        assert_eq!(stroke(error, Style::reset()), "\u{1b}[m");
    }

    #[test]
    fn the_shortest_way_is_taken() {
        let from = |x: Option<u16>, y: Option<u16>| Pen {
            column: x,
            row: y,
            ..Pen::new(80)
        };
        let lost = from(None, None);
        assert_eq!(lost.way(0, 4), "\u{1b}[5H");
        assert_eq!(lost.way(7, 4), "\u{1b}[5;8H");
        assert_eq!(from(Some(3), Some(1)).way(8, 1), "\u{1b}[5C");
        assert_eq!(from(Some(3), Some(1)).way(3, 2), "\u{1b}[B");
        assert_eq!(from(Some(9), Some(1)).way(0, 2), "\r\n");
        assert_eq!(from(None, Some(1)).way(0, 1), "\r");
        assert_eq!(from(Some(9), Some(3)).way(9, 1), "\u{1b}[2;10H");
    }

    #[test]
    fn after_the_last_column_the_pen_does_not_know_where_it_is() {
        let mut pen = Pen::new(3);
        pen.go(1, 0);
        pen.write_as("a", Style::reset());
        assert!(pen.is_at(2, 0));
        pen.write_as("b", Style::reset());
        assert_eq!(pen.way(0, 1), "\r\n");
        assert_eq!(pen.way(2, 0), "\r\u{1b}[2C");
    }
}
