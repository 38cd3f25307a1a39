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

    /// `question` has the keys in force.
    fn lines(question: &str, columns: u16) -> Vec<String> {
        text::wrap(question, usize::from(columns.saturating_sub(2)))
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

    fn placement(&self, body: Rect, look: &Look) -> Option<Rect> {
        let question = look.fill(&self.question);
        Some(sheet(body, Self::lines(&question, body.width).len()))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title, look);
        let question = look.fill(&self.question);
        for (y, line) in (inner.top()..inner.bottom()).zip(Self::lines(&question, area.width)) {
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
