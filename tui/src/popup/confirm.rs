//! A yes-or-no question that says what would happen, with count and sum where there are any.

use ratatui::layout::{Position, Rect};

use super::{frame, sheet};
use crate::{
    fx::Fx,
    keymap::Action,
    layer::{Layer, Popup},
    text,
    theme::Look,
    widget::Canvas,
};

/// The question. Esc and `n` both leave without a yes.
pub struct Confirm {
    title: String,
    question: String,
}

impl Confirm {
    pub fn new(title: impl Into<String>, question: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            question: question.into(),
        }
    }

    fn lines(&self, columns: u16) -> Vec<String> {
        text::wrap(&self.question, usize::from(columns.saturating_sub(2)))
    }
}

impl Popup for Confirm {
    type Answer = bool;
}

impl Layer for Confirm {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["confirm"]
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(sheet(body, self.lines(body.width).len()))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title, look);
        for (y, line) in (inner.top()..inner.bottom()).zip(self.lines(area.width)) {
            let x = canvas.put(inner.x, y, inner.width, &line, look.styles.plain);
            canvas.set_cursor(Position::new(x, y));
        }
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        match action {
            Action::Yes => Fx::answer(true),
            Action::No | Action::Back => Fx::answer(false),
            _ => Fx::pass(),
        }
    }
}
