//! A table over rows that may number a million: asked for the rows in view and no others. The
//! chosen row has `>` and reverse video, marks stand in the gutter, a column can show each value
//! once per group, and columns of less weight go when it gets narrow.

use std::borrow::Cow;

use ratatui::{
    layout::{Position, Rect},
    style::Style,
};

use super::{Canvas, Scroll};
use crate::{text::Align, theme::Look};

/// Pointer, mark and a blank.
const GUTTER: u16 = 3;
const GAP: u16 = 2;

/// A column: its title, room and weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    title: Cow<'static, str>,
    width: u16,
    is_flexible: bool,
    align: Align,
    weight: u8,
    is_grouped: bool,
}

impl Column {
    /// Exactly so wide.
    pub fn fixed(title: impl Into<Cow<'static, str>>, width: u16) -> Self {
        Self {
            title: title.into(),
            width,
            is_flexible: false,
            align: Align::Left,
            weight: u8::MAX,
            is_grouped: false,
        }
    }

    /// At least so wide, and a share of what is left.
    pub fn flexible(title: impl Into<Cow<'static, str>>, least: u16) -> Self {
        Self {
            is_flexible: true,
            ..Self::fixed(title, least)
        }
    }

    #[must_use]
    pub fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    /// The lowest weight goes first when it gets narrow; columns without one stay.
    #[must_use]
    pub fn weight(mut self, weight: u8) -> Self {
        self.weight = weight;
        self
    }

    /// Shows a value only where it differs from the row above, and on the first row in view.
    #[must_use]
    pub fn grouped(mut self) -> Self {
        self.is_grouped = true;
        self
    }
}

/// The one sign before a row; the gravest wins where several apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gutter {
    #[default]
    None,
    Added,
    Changed,
    Marked,
    Unsent,
    Refused,
}

/// A row as it is shown: a text and a style for each column.
#[derive(Debug, Clone, Default)]
pub struct Row<'a> {
    cells: Vec<(Cow<'a, str>, Style)>,
    gutter: Gutter,
}

impl<'a> Row<'a> {
    #[must_use]
    pub fn cell(self, text: impl Into<Cow<'a, str>>) -> Self {
        self.styled(text, Style::new())
    }

    #[must_use]
    pub fn styled(mut self, text: impl Into<Cow<'a, str>>, style: Style) -> Self {
        self.cells.push((text.into(), style));
        self
    }

    #[must_use]
    pub fn gutter(mut self, gutter: Gutter) -> Self {
        self.gutter = gutter;
        self
    }

    fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |(text, _)| text)
    }
}

/// Where rows come from.
pub trait Rows {
    fn len(&self) -> usize;

    /// `None`: there, but not loaded yet.
    fn row(&self, at: usize) -> Option<Row<'_>>;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A table for one frame.
pub struct Table<'a, R> {
    pub columns: &'a [Column],
    pub rows: &'a R,
    /// Titles above the rows.
    pub has_titles: bool,
    /// The cursor stands on the chosen row.
    pub has_focus: bool,
    /// In a sheet: the column of the chosen row that is chosen; the row then keeps its `>` only.
    pub cell: Option<usize>,
}

impl<R: Rows> Table<'_, R> {
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, scroll: &mut Scroll, look: &Look) {
        let layout = columns_that_fit(self.columns, area);
        let mut body = area;
        if self.has_titles && body.height > 0 {
            for (at, x, width) in &layout {
                let Some(column) = self.columns.get(*at) else {
                    continue;
                };
                let place = (*x, body.y, *width);
                canvas.put_fit(place, &column.title, column.align, look.styles.heading, look);
            }
            body.y += 1;
            body.height -= 1;
        }
        scroll.fit(body.height.into(), self.rows.len());
        let mut above: Option<Row<'_>> = None;
        for (y, at) in (body.top()..body.bottom()).zip(scroll.visible(self.rows.len())) {
            let line = Rect::new(body.x, y, body.width, 1);
            let row = self.rows.row(at);
            let is_selected = at == scroll.selected();
            if let Some(row) = &row {
                self.draw_row(canvas, line, (row, above.as_ref()), &layout, look);
            } else {
                let x = body.x + GUTTER.min(body.width);
                canvas.put(x, y, body.width, look.glyphs.ellipsis, look.styles.dim);
            }
            if is_selected {
                canvas.put(line.x, y, 1, look.glyphs.pointer, look.styles.plain);
                let chosen = self.cell.and_then(|cell| place_of(cell, &layout, line));
                let chosen = chosen.unwrap_or(line);
                canvas.style(chosen, look.styles.selected);
                if self.has_focus {
                    canvas.set_cursor(Position::new(chosen.x, y));
                }
            }
            above = row;
        }
    }

    /// The rows alone: none is chosen, none has the cursor.
    pub fn draw_plain(&self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let layout = columns_that_fit(self.columns, area);
        for (at, y) in (0..self.rows.len()).zip(area.top()..area.bottom()) {
            if let Some(row) = self.rows.row(at) {
                let line = Rect::new(area.x, y, area.width, 1);
                self.draw_row(canvas, line, (&row, None), &layout, look);
            }
        }
    }

    /// Where the chosen cell stands, for a field drawn over it; `None` while it is out of view.
    pub fn cell_area(&self, area: Rect, scroll: &Scroll) -> Option<Rect> {
        let titles = u16::from(self.has_titles);
        let first = scroll.visible(self.rows.len()).start;
        let line = u16::try_from(scroll.selected().checked_sub(first)?).ok()?;
        let line = Rect::new(area.x, area.y + titles + line, area.width, 1);
        let place = place_of(self.cell?, &columns_that_fit(self.columns, area), line)?;
        Some(place.intersection(area)).filter(|place| !place.is_empty())
    }

    fn draw_row(
        &self,
        canvas: &mut Canvas<'_>,
        line: Rect,
        (row, above): (&Row<'_>, Option<&Row<'_>>),
        layout: &[(usize, u16, u16)],
        look: &Look,
    ) {
        let (sign, style) = match row.gutter {
            Gutter::None => (" ", look.styles.plain),
            Gutter::Added => ("+", look.styles.accent),
            // Not the sign of what is unsent, from which no colour would tell it where there are none.
            Gutter::Changed => ("^", look.styles.accent),
            Gutter::Marked => (look.glyphs.mark, look.styles.marked),
            Gutter::Unsent => ("~", look.styles.warning),
            Gutter::Refused => ("!", look.styles.error),
        };
        if line.width > 1 {
            canvas.put(line.x + 1, line.y, 1, sign, style);
        }
        for (at, x, width) in layout {
            let (Some(column), Some((text, style))) = (self.columns.get(*at), row.cells.get(*at)) else {
                continue;
            };
            let is_repeated = column.is_grouped && above.is_some_and(|a| a.text(*at) == text);
            if !is_repeated {
                canvas.put_fit((*x, line.y, *width), text, column.align, *style, look);
            }
        }
        if row.gutter == Gutter::Marked {
            canvas.style(line, look.styles.marked);
        }
    }
}

fn place_of(column: usize, layout: &[(usize, u16, u16)], line: Rect) -> Option<Rect> {
    let (_, x, width) = layout.iter().find(|(at, ..)| *at == column)?;
    Some(Rect::new(*x, line.y, *width, 1))
}

/// (column, x, width) of those that have room, in their order.
fn columns_that_fit(columns: &[Column], area: Rect) -> Vec<(usize, u16, u16)> {
    let room = area.width.saturating_sub(GUTTER);
    let mut kept: Vec<(usize, &Column)> = columns.iter().enumerate().collect();
    let needed = |kept: &[(usize, &Column)]| {
        let widths: u16 = kept.iter().map(|(_, column)| column.width).sum();
        let gaps = u16::try_from(kept.len().saturating_sub(1)).unwrap_or(0) * GAP;
        widths.saturating_add(gaps)
    };
    while needed(&kept) > room {
        let lightest = kept
            .iter()
            .enumerate()
            .filter(|(_, (_, column))| column.weight < u8::MAX)
            .min_by_key(|(_, (_, column))| column.weight);
        let Some((place, _)) = lightest else { break };
        kept.remove(place);
    }
    let flexible = kept.iter().filter(|(_, c)| c.is_flexible).count();
    let mut spare = room.saturating_sub(needed(&kept));
    let mut left = u16::try_from(flexible).unwrap_or(0);
    let mut x = area.x + GUTTER.min(area.width);
    let mut layout = Vec::with_capacity(kept.len());
    for (at, column) in kept {
        let mut width = column.width;
        if column.is_flexible && left > 0 {
            let share = spare / left;
            width += share;
            spare -= share;
            left -= 1;
        }
        let width = width.min(area.right().saturating_sub(x));
        layout.push((at, x, width));
        x = x.saturating_add(width + GAP);
    }
    layout
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use ratatui::buffer::Buffer;

    use super::*;
    use crate::testkit::{look, rows_of};

    struct Days {
        len: usize,
        asked: Cell<usize>,
    }

    impl Rows for Days {
        fn len(&self) -> usize {
            self.len
        }

        fn row(&self, at: usize) -> Option<Row<'_>> {
            self.asked.set(self.asked.get() + 1);
            let gutter = if at == 1 { Gutter::Unsent } else { Gutter::None };
            (at != 3).then(|| {
                Row::default()
                    .cell(format!("day {}", at / 2))
                    .cell("日本食堂")
                    .cell(format!("{at}.00"))
                    .gutter(gutter)
            })
        }
    }

    fn columns() -> Vec<Column> {
        vec![
            Column::fixed("Date", 5).grouped(),
            Column::flexible("Payee", 6).weight(1),
            Column::fixed("Amount", 8).right(),
        ]
    }

    fn drawn(rows: &Days, size: (u16, u16), scroll: &mut Scroll) -> Vec<String> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
        let mut canvas = Canvas::new(&mut buffer);
        let columns = columns();
        let table = Table {
            columns: &columns,
            rows,
            has_titles: true,
            has_focus: true,
            cell: None,
        };
        let area = canvas.area();
        table.draw(&mut canvas, area, scroll, &look());
        rows_of(&buffer)
    }

    fn days(len: usize) -> Days {
        Days {
            len,
            asked: Cell::new(0),
        }
    }

    #[test]
    fn groups_signs_and_rows_not_loaded_are_shown() {
        let mut scroll = Scroll::default();
        let shown = drawn(&days(4), (32, 5), &mut scroll);
        assert_eq!(
            shown,
            [
                "   Date   Payee           Amount",
                ">  day 0  日本食堂          0.00",
                " ~        日本食堂          1.00",
                "   day 1  日本食堂          2.00",
                "   …",
            ]
        );
    }

    #[test]
    fn a_million_rows_cost_what_is_in_view() {
        let rows = days(1_000_000);
        let mut scroll = Scroll::default();
        scroll.select(50_000, 1_000_000);
        let shown = drawn(&rows, (40, 11), &mut scroll);
        assert!(rows.asked.get() <= 10, "{}", rows.asked.get());
        assert!(shown.iter().any(|line| line.contains("50000.00")));
    }

    #[test]
    fn the_lightest_column_goes_first_when_narrow() {
        let mut scroll = Scroll::default();
        let shown = drawn(&days(1), (20, 2), &mut scroll);
        assert_eq!(shown, ["   Date     Amount", ">  day 0      0.00"]);
    }

    #[test]
    fn in_a_sheet_one_cell_is_chosen_and_has_a_place() {
        let rows = days(2);
        let columns = columns();
        let table = Table {
            columns: &columns,
            rows: &rows,
            has_titles: true,
            has_focus: true,
            cell: Some(2),
        };
        let mut buffer = Buffer::empty(Rect::new(0, 0, 32, 3));
        let mut canvas = Canvas::new(&mut buffer);
        let area = canvas.area();
        let mut scroll = Scroll::default();
        scroll.select(1, 2);
        table.draw(&mut canvas, area, &mut scroll, &look());
        assert_eq!(canvas.cursor(), Some(Position::new(24, 2)));
        assert_eq!(table.cell_area(area, &scroll), Some(Rect::new(24, 2, 8, 1)));
        let reversed = |x| {
            let style = buffer.cell((x, 2)).unwrap().style();
            style.add_modifier.contains(ratatui::style::Modifier::REVERSED)
        };
        assert!(reversed(24) && reversed(31) && !reversed(10));
    }
}
