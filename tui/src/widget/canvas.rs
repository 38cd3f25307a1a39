//! The sheet that layers draw on. Everything written passes the text filter here, so no layer can
//! let an escape sequence through or write outside the frame, and the one real cursor is kept.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    text::{self, Align},
    theme::Look,
};

/// A frame being drawn.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    cursor: Option<Position>,
}

impl<'a> Canvas<'a> {
    pub fn new(buffer: &'a mut Buffer) -> Self {
        Self { buffer, cursor: None }
    }

    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Where the terminal's own cursor will stand; the last caller wins.
    pub fn set_cursor(&mut self, at: Position) {
        if self.buffer.area.contains(at) {
            self.cursor = Some(at);
        }
    }

    pub fn cursor(&self) -> Option<Position> {
        self.cursor
    }

    pub fn clear_cursor(&mut self) {
        self.cursor = None;
    }

    /// Writes from (x, y), at most `columns` wide and never past the frame. Returns the next x.
    pub fn put(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
        let frame = self.buffer.area;
        if y < frame.top() || y >= frame.bottom() || x < frame.left() {
            return x;
        }
        let end = frame.right().min(x.saturating_add(columns));
        let text = text::clean(text);
        let mut at = x;
        for grapheme in text.graphemes(true) {
            let wide = u16::try_from(text::grapheme_width(grapheme)).unwrap_or(u16::MAX);
            if wide == 0 {
                continue;
            }
            let next = at.saturating_add(wide);
            if next > end {
                break;
            }
            if let Some(cell) = self.buffer.cell_mut((at, y)) {
                cell.set_symbol(grapheme).set_style(style);
            }
            // The columns that a wide character hides.
            for hidden in at + 1..next {
                if let Some(cell) = self.buffer.cell_mut((hidden, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
            at = next;
        }
        at
    }

    /// Writes into exactly `columns` columns, padded or cut with the ellipsis.
    pub fn put_fit(
        &mut self,
        at: (u16, u16, u16),
        text: &str,
        align: Align,
        style: Style,
        look: &Look,
    ) -> u16 {
        let (x, y, columns) = at;
        let fitted = text::fit(text, columns.into(), align, look.glyphs.ellipsis);
        self.put(x, y, columns, &fitted, style)
    }

    /// A line of one glyph.
    pub fn rule(&mut self, area: Rect, look: &Look) {
        let line = look.glyphs.rule.repeat(area.width.into());
        self.put(area.x, area.y, area.width, &line, look.styles.rule);
    }

    /// Lays a style over what stands there.
    pub fn style(&mut self, area: Rect, style: Style) {
        let area = area.intersection(self.buffer.area);
        self.buffer.set_style(area, style);
    }

    /// Empties a part of the frame, for a popup.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
            // A wide character cut by the left edge would draw over the popup.
            if let Some(left) = area.left().checked_sub(1)
                && let Some(cell) = self.buffer.cell_mut((left, y))
                && text::width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_written_leaves_the_frame_or_keeps_an_escape() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 1));
        let mut canvas = Canvas::new(&mut buffer);
        canvas.put(4, 0, 99, "\u{1b}日本", Style::new());
        canvas.put(0, 9, 99, "far below", Style::new());
        canvas.put(99, 0, 9, "far right", Style::new());
        canvas.set_cursor(Position::new(9, 9));
        assert_eq!(canvas.cursor(), None);
        assert_eq!(buffer, Buffer::with_lines(["    ? "]));
    }
}
