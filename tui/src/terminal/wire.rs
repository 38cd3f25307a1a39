//! A frame as bytes: gathered between the marks of a synchronized update and written at once. Only
//! what changes is said: the pen when its style changes, the place when it is not the next one.
//! After a character that terminals may measure differently the next place is said in full, so
//! that columns stay columns. Also the clipboard (OSC 52).

use std::io::{self, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use crossterm::terminal;
use ratatui::{
    buffer::Cell,
    layout::{Position, Size},
    style::{Modifier, Style},
};

use super::guard;
use crate::{app::Surface, text, theme};

/// Terminals cut what is longer, and say nothing.
const MOST_COPIED: usize = 3 * 1024;

const MODIFIERS: [(Modifier, &str); 6] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::REVERSED, "7"),
    (Modifier::CROSSED_OUT, "9"),
];

/// The way to a terminal; tests put a vector at its end.
pub struct Wire<W: Write> {
    writer: W,
    frame: Vec<u8>,
    is_cursor_shown: bool,
}

impl<W: Write> Wire<W> {
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            frame: Vec::new(),
            is_cursor_shown: false,
        }
    }

    fn say(&mut self, words: &str) {
        self.frame.extend_from_slice(words.as_bytes());
    }

    fn send(&mut self) -> io::Result<()> {
        let sent = self.writer.write_all(&self.frame);
        self.frame.clear();
        sent?;
        self.writer.flush()
    }

    fn say_cells(&mut self, cells: &[(u16, u16, &Cell)]) {
        let mut pen = Style::reset();
        let mut next = None;
        for (x, y, cell) in cells {
            if next != Some((*x, *y)) {
                self.say(&way(next, (*x, *y)));
            }
            let style = cell.style();
            self.say(&stroke(pen, style));
            pen = style;
            self.say(cell.symbol());
            next = is_certain(cell.symbol()).then(|| (x.saturating_add(1), *y));
        }
        self.say(&stroke(pen, Style::reset()));
    }
}

/// Whether every terminal gives it exactly one column.
fn is_certain(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else {
        return false;
    };
    text::width(symbol) == 1 && (c < '\u{300}' || ('\u{2500}'..='\u{259f}').contains(&c))
}

/// From where the cursor is, if that is known.
fn way(from: Option<(u16, u16)>, (x, y): (u16, u16)) -> String {
    match from {
        Some((at, row)) if row == y && at < x => match x - at {
            1 => "\u{1b}[C".to_owned(),
            columns => format!("\u{1b}[{columns}C"),
        },
        _ if x == 0 => format!("\u{1b}[{}H", y.saturating_add(1)),
        _ => format!("\u{1b}[{};{}H", y.saturating_add(1), x.saturating_add(1)),
    }
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

impl<W: Write> Surface for Wire<W> {
    fn size(&self) -> io::Result<Size> {
        let (width, height) = terminal::size()?;
        Ok(Size::new(width, height))
    }

    fn paint(
        &mut self,
        cells: &[(u16, u16, &Cell)],
        cursor: Option<Position>,
        is_cleared: bool,
    ) -> io::Result<()> {
        self.say("\u{1b}[?2026h");
        if is_cleared {
            self.say("\u{1b}[m\u{1b}[?25l\u{1b}[2J");
            self.is_cursor_shown = false;
        }
        self.say_cells(cells);
        match cursor {
            Some(at) => {
                self.say(&way(None, (at.x, at.y)));
                if !self.is_cursor_shown {
                    self.say("\u{1b}[?25h");
                }
            }
            None if self.is_cursor_shown => self.say("\u{1b}[?25l"),
            None => {}
        }
        self.is_cursor_shown = cursor.is_some();
        self.say("\u{1b}[?2026l");
        self.send()
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        if text.len() > MOST_COPIED {
            let message = format!(
                "{} bytes are more than terminals take ({MOST_COPIED})",
                text.len()
            );
            return Err(io::Error::other(message));
        }
        self.say(&format!("\u{1b}]52;c;{}\u{7}", STANDARD.encode(text)));
        self.send()
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.is_cursor_shown = false;
        guard::suspend()
    }

    fn resume(&mut self) -> io::Result<()> {
        self.is_cursor_shown = false;
        guard::retake()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::{buffer::Buffer, layout::Rect};

    use super::*;
    use crate::{
        app::painter::changed,
        testkit::rows_of,
        theme::{Styles, Tier},
        widget::Canvas,
    };

    const SIZE: (u16, u16) = (12, 4);

    #[test]
    fn a_copy_is_encoded_and_one_too_long_is_refused() {
        let mut sent = Vec::new();
        Wire::new(&mut sent).copy("12.50\u{1b}").unwrap();
        assert_eq!(sent, b"\x1b]52;c;MTIuNTAb\x07");
        let mut wire = Wire::new(Vec::new());
        let error = wire.copy(&"x".repeat(MOST_COPIED + 1)).unwrap_err();
        assert!(error.to_string().contains("3073 bytes"));
    }

    #[test]
    fn only_what_changes_is_said() {
        let styles = Styles::new(Tier::Ansi);
        assert_eq!(stroke(Style::reset(), Style::reset()), "");
        let error = Style::reset().patch(styles.error);
        assert!(stroke(Style::reset(), error).ends_with("31m"));
        assert_eq!(stroke(error, Style::reset()), "\u{1b}[m");
        assert_eq!(way(Some((3, 1)), (8, 1)), "\u{1b}[5C");
        assert_eq!(way(None, (0, 4)), "\u{1b}[5H");
    }

    fn style(kind: u8) -> Style {
        let styles = Styles::new(Tier::Ansi);
        match kind {
            0 => styles.plain,
            1 => styles.error,
            2 => styles.income.patch(styles.selected),
            3 => styles.dim,
            _ => styles.fault,
        }
    }

    fn frame(texts: &[(u16, u16, String, u8)]) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
        let mut canvas = Canvas::new(&mut buffer);
        for (x, y, text, kind) in texts {
            canvas.put(*x, *y, 99, text, style(*kind));
        }
        buffer
    }

    fn texts() -> impl Strategy<Value = Vec<(u16, u16, String, u8)>> {
        let text = (0..SIZE.0, 0..SIZE.1, "[a-c é日█]{0,9}", 0_u8..5);
        prop::collection::vec(text, 0..8)
    }

    proptest! {
        #[test]
        fn a_terminal_shows_the_last_of_any_frames(frames in prop::collection::vec(texts(), 1..4)) {
            let mut terminal = vt100::Parser::new(4.try_into().unwrap(), 12.try_into().unwrap(), 0);
            let mut sent = Vec::new();
            let mut wire = Wire::new(&mut sent);
            let mut shown = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
            for (at, texts) in frames.iter().enumerate() {
                let next = frame(texts);
                wire.paint(&changed(&shown, &next), Some(Position::new(2, 1)), at == 0).unwrap();
                shown = next;
            }
            terminal.process(&sent);
            let screen = terminal.screen();
            let lines: Vec<String> = screen.rows(0, SIZE.0).map(|l| l.trim_end().to_owned()).collect();
            prop_assert_eq!(lines, rows_of(&shown));
            prop_assert_eq!(screen.cursor_position(), (1, 2));
            for y in 0..SIZE.1 {
                for x in 0..SIZE.0 {
                    let drawn = screen.cell(y, x).unwrap();
                    let meant = shown.cell((x, y)).unwrap();
                    if drawn.is_wide_continuation() {
                        continue;
                    }
                    let has = |modifier| meant.modifier.contains(modifier);
                    prop_assert_eq!(drawn.bold(), has(Modifier::BOLD));
                    prop_assert_eq!(drawn.inverse(), has(Modifier::REVERSED));
                    prop_assert_eq!(drawn.underline(), has(Modifier::UNDERLINED));
                    let is_plain = drawn.fgcolor() == vt100::Color::Default;
                    prop_assert_eq!(is_plain, meant.fg == Style::reset().fg.unwrap());
                }
            }
        }
    }
}
