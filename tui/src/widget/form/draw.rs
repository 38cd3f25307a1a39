//! A form on the canvas: label, value and what it was understood as on one line, the offers of a
//! choice and the errors on lines of their own under it.

use ratatui::layout::{Position, Rect};

use super::{Field, Form, Kind};
use crate::{
    text::{self, Align},
    theme::Look,
    widget::{Canvas, LineView},
};

/// Room for a value that has something beside it.
const VALUE: u16 = 32;

impl Form {
    pub fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let labels = self.fields.iter().map(|field| text::width(field.label));
        let labels = u16::try_from(labels.max().unwrap_or(0)).unwrap_or(0);
        let lines: Vec<Vec<Shown>> = self
            .fields
            .iter()
            .enumerate()
            .map(|(at, field)| shown(field, at == self.focus, area.width, labels))
            .collect();
        self.scroll_to_focus(&lines, area.height.into());
        let all = lines
            .iter()
            .enumerate()
            .flat_map(|(at, lines)| lines.iter().map(move |line| (at, line)));
        for (y, (at, line)) in (area.top()..area.bottom()).zip(all.skip(self.scroll)) {
            let Some(field) = self.fields.get(at) else {
                continue;
            };
            let row = Rect::new(area.x, y, area.width, 1);
            let has_cursor = at == self.focus;
            line.draw(canvas, row, (field, has_cursor), labels, look);
        }
    }

    fn scroll_to_focus(&mut self, lines: &[Vec<Shown>], height: usize) {
        let first: usize = lines.iter().take(self.focus).map(Vec::len).sum();
        let last = first + lines.get(self.focus).map_or(0, Vec::len);
        self.scroll = self.scroll.max(last.saturating_sub(height)).min(first);
    }

    /// Puts the cursor on the field that was clicked; false: none was.
    pub fn click(&mut self, area: Rect, at: Position) -> bool {
        let Some(mut line) = at.y.checked_sub(area.y).map(usize::from) else {
            return false;
        };
        line += self.scroll;
        for (index, field) in self.fields.iter().enumerate() {
            let taken = shown(field, index == self.focus, area.width, 0).len();
            if line < taken {
                self.focus = index;
                return true;
            }
            line -= taken;
        }
        false
    }
}

/// A line of the form.
enum Shown {
    Value,
    Offers,
    Error(String),
}

fn shown(field: &Field, is_focused: bool, columns: u16, labels: u16) -> Vec<Shown> {
    let mut lines = vec![Shown::Value];
    if is_focused && matches!(field.kind, Kind::Choice { .. }) && !field.is_touched {
        lines.push(Shown::Offers);
    }
    if let Some(error) = &field.error {
        let room = columns.saturating_sub(labels + 6).max(10);
        lines.extend(text::wrap(error, room.into()).into_iter().map(Shown::Error));
    }
    lines
}

impl Shown {
    fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        row: Rect,
        (field, has_cursor): (&Field, bool),
        labels: u16,
        look: &Look,
    ) {
        let x = row.x + labels + 4;
        let room = row.right().saturating_sub(x);
        match self {
            Self::Value => draw_value(canvas, row, (field, has_cursor), labels, look),
            Self::Offers => draw_offers(canvas, (x, row.y, room), field, look),
            Self::Error(line) => {
                let x = canvas.put(x, row.y, room, "! ", look.styles.error);
                canvas.put(x, row.y, room.saturating_sub(2), line, look.styles.error);
            }
        }
    }
}

fn draw_value(
    canvas: &mut Canvas<'_>,
    row: Rect,
    (field, has_cursor): (&Field, bool),
    labels: u16,
    look: &Look,
) {
    let pointer = if has_cursor { look.glyphs.pointer } else { " " };
    canvas.put(row.x, row.y, row.width, pointer, look.styles.plain);
    let style = if has_cursor {
        look.styles.bold
    } else {
        look.styles.plain
    };
    let label = (row.x + 2, row.y, labels.min(row.width.saturating_sub(2)));
    canvas.put_fit(label, field.label, Align::Left, style, look);
    let x = row.x + labels + 4;
    let echo = field.checked(look).unwrap_or_default();
    let room = row.right().saturating_sub(x);
    let value = if echo.is_empty() { room } else { room.min(VALUE) };
    let view = LineView {
        ghost: &field.ghost,
        style: look.styles.plain,
        has_cursor,
        is_masked: field.is_masked,
        ..LineView::default()
    };
    field.line.draw(canvas, (x, row.y, value), view, look);
    let x = x + value + 2;
    let room = row.right().saturating_sub(x);
    let echo = text::shorten(&echo, room.into(), look.glyphs.ellipsis);
    canvas.put(x, row.y, room, &echo, look.styles.dim);
}

fn draw_offers(canvas: &mut Canvas<'_>, (mut x, y, room): (u16, u16, u16), field: &Field, look: &Look) {
    let end = x + room;
    for (at, (option, is_new)) in field.offers().into_iter().enumerate() {
        let is_picked = at == field.picked;
        let style = if is_picked {
            look.styles.selected
        } else {
            look.styles.plain
        };
        let pointer = if is_picked { look.glyphs.pointer } else { " " };
        let new = if is_new { " (new)" } else { "" };
        let word = format!("{pointer}{option}{new} ");
        let columns = u16::try_from(text::width(&text::clean(&word))).unwrap_or(room);
        if x + columns > end && at > 0 {
            break;
        }
        x = canvas.put(x, y, end.saturating_sub(x), &word, style);
    }
}
