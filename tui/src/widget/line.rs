//! One line of typing: readline keys, paste, a cursor that follows graphemes, text that scrolls
//! under it, words with faults underlined, and a ghost of what could stand there. What was typed
//! is kept as it is; only its picture is filtered.

use std::ops::Range;

use ratatui::{layout::Position, style::Style};
use tui_input::{Input, InputRequest};
use unicode_segmentation::UnicodeSegmentation;

use super::Canvas;
use crate::{layer::TextEvent, text, theme::Look};

/// The text of a field and the cursor in it.
#[derive(Debug, Clone, Default)]
pub struct Line {
    input: Input,
}

/// How a line is to be shown.
#[derive(Debug, Clone, Copy, Default)]
pub struct LineView<'a> {
    /// Shown while nothing is typed.
    pub ghost: &'a str,
    /// Shown after the text: the rest of a completion.
    pub tail: &'a str,
    /// Byte ranges of words that cannot be.
    pub faults: &'a [Range<usize>],
    pub style: Style,
    pub has_cursor: bool,
    /// A secret: its characters are counted, not shown.
    pub is_masked: bool,
}

impl Line {
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            input: Input::new(value.into()),
        }
    }

    pub fn value(&self) -> &str {
        self.input.value()
    }

    pub fn is_empty(&self) -> bool {
        self.value().is_empty()
    }

    /// The cursor as a byte offset into the value.
    pub fn cursor(&self) -> usize {
        let value = self.value();
        value
            .char_indices()
            .nth(self.input.cursor())
            .map_or(value.len(), |(at, _)| at)
    }

    /// Puts other text there, the cursor at its end.
    pub fn set(&mut self, value: impl Into<String>) {
        self.input = Input::new(value.into());
    }

    /// Takes typing in; says whether the text is another one now.
    pub fn on_text(&mut self, event: TextEvent) -> bool {
        match event {
            TextEvent::Edit(request) => {
                let changed = self.input.handle(request);
                changed.is_some_and(|change| change.value)
            }
            TextEvent::Paste(pasted) => self.insert(&text::typed(&pasted)),
        }
    }

    /// Puts text in at the cursor.
    pub fn insert(&mut self, inserted: &str) -> bool {
        for c in inserted.chars() {
            self.input.handle(InputRequest::InsertChar(c));
        }
        !inserted.is_empty()
    }

    /// Draws into `columns` columns from (x, y).
    pub fn draw(
        &self,
        canvas: &mut Canvas<'_>,
        (x, y, columns): (u16, u16, u16),
        view: LineView<'_>,
        look: &Look,
    ) {
        if columns == 0 {
            return;
        }
        let skipped = self.skipped(columns.into());
        let cursor = self.cursor();
        let end = x.saturating_add(columns);
        let mut at = x;
        let mut cursor_x = None;
        for (start, grapheme) in self.value().grapheme_indices(true) {
            if start < skipped {
                continue;
            }
            if start == cursor {
                cursor_x = Some(at);
            }
            let is_fault = view.faults.iter().any(|fault| fault.contains(&start));
            let style = if is_fault {
                view.style.patch(look.styles.fault)
            } else {
                view.style
            };
            let shown = if view.is_masked {
                look.glyphs.mark
            } else {
                grapheme
            };
            at = canvas.put(at, y, end.saturating_sub(at), shown, style);
        }
        let ghost = if self.is_empty() { view.ghost } else { view.tail };
        canvas.put(at, y, end.saturating_sub(at), ghost, look.styles.ghost);
        if view.has_cursor {
            let cursor_x = cursor_x.unwrap_or(at).min(end - 1);
            canvas.set_cursor(Position::new(cursor_x, y));
        }
    }

    /// Bytes at the start that are out of view so that the cursor is in it.
    fn skipped(&self, columns: usize) -> usize {
        let before = self.value().get(..self.cursor()).unwrap_or_default();
        let mut room = columns.saturating_sub(1);
        for (start, grapheme) in before.grapheme_indices(true).rev() {
            let wide = text::width(&text::clean(grapheme));
            match room.checked_sub(wide) {
                Some(left) => room = left,
                None => return start + grapheme.len(),
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use ratatui::{buffer::Buffer, layout::Rect};

    use super::*;
    use crate::testkit::look;

    fn drawn(line: &Line, columns: u16, view: LineView<'_>) -> (String, Option<Position>) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, 1));
        let mut canvas = Canvas::new(&mut buffer);
        line.draw(&mut canvas, (0, 0, columns), view, &look());
        let cursor = canvas.cursor();
        let row: String = buffer
            .content()
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        (row, cursor)
    }

    const FOCUSED: LineView<'static> = LineView {
        ghost: "12.50 lunch",
        tail: "",
        faults: &[],
        style: Style::new(),
        has_cursor: true,
        is_masked: false,
    };

    #[test]
    fn an_empty_line_shows_its_ghost_with_the_cursor_before_it() {
        let (row, cursor) = drawn(&Line::default(), 12, FOCUSED);
        assert_eq!(row, "12.50 lunch ");
        assert_eq!(cursor, Some(Position::new(0, 0)));
    }

    #[test]
    fn a_secret_shows_only_how_long_it_is() {
        let masked = LineView {
            is_masked: true,
            ..FOCUSED
        };
        let (row, cursor) = drawn(&Line::new("s3cr日t"), 9, masked);
        assert_eq!((row.as_str(), cursor), ("******   ", Some(Position::new(6, 0))));
    }

    #[test]
    fn a_long_text_scrolls_so_that_the_cursor_is_seen() {
        let (row, cursor) = drawn(&Line::new("abcdefghij"), 5, FOCUSED);
        assert_eq!(row, "ghij ");
        assert_eq!(cursor, Some(Position::new(4, 0)));
    }

    #[test]
    fn wide_text_never_shows_half_a_character() {
        let (row, cursor) = drawn(&Line::new("日本食堂"), 5, FOCUSED);
        assert_eq!(row, "食 堂  ");
        assert_eq!(cursor, Some(Position::new(4, 0)));
    }

    #[test]
    fn a_pasted_line_end_becomes_a_blank_and_an_escape_goes() {
        let mut line = Line::new("a");
        assert!(line.on_text(TextEvent::Paste("b\r\n\u{1b}c".to_owned())));
        assert_eq!(line.value(), "ab  c");
        assert!(!line.on_text(TextEvent::Edit(InputRequest::GoToStart)));
        assert_eq!(line.cursor(), 0);
    }
}
