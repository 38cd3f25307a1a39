//! More text than the message line holds: an error with its details, an address and a token.

use ratatui::layout::{Position, Rect};

use super::{frame, sheet};
use crate::{fx::Fx, keymap::Action, layer::Layer, text, theme::Look, widget::Canvas};

/// Text to read, scroll and copy.
pub struct MessageBox {
    title: String,
    text: String,
    scroll: usize,
    hidden: usize,
}

impl MessageBox {
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            text: text.into(),
            scroll: 0,
            hidden: 0,
        }
    }

    fn lines(&self, columns: u16, look: &Look) -> Vec<String> {
        text::wrap(&look.fill(&self.text), usize::from(columns.saturating_sub(2)))
    }
}

impl Layer for MessageBox {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["message"]
    }

    fn placement(&self, body: Rect, look: &Look) -> Option<Rect> {
        Some(sheet(body, self.lines(body.width, look).len()))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title, look);
        let lines = self.lines(area.width, look);
        self.hidden = lines.len().saturating_sub(inner.height.into());
        self.scroll = self.scroll.min(self.hidden);
        let shown = lines.iter().skip(self.scroll);
        for (y, line) in (inner.top()..inner.bottom()).zip(shown) {
            canvas.put(inner.x, y, inner.width, line, look.styles.plain);
        }
        canvas.set_cursor(Position::new(inner.x, inner.y));
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        match action {
            Action::Down => self.scroll = (self.scroll + 1).min(self.hidden),
            Action::Up => self.scroll = self.scroll.saturating_sub(1),
            Action::Copy => return Fx::copy(look.fill(&self.text)),
            _ => return Fx::pass(),
        }
        Fx::none()
    }
}
