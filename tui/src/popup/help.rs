//! Help for the layer below: three lines on what it is for, then its keys, searchable, and Enter
//! runs the one chosen. Made from the bindings in force, so it is never out of date.

use ratatui::layout::Rect;

use super::frame;
use crate::{
    fx::Fx,
    keymap::{Action, Hint},
    layer::{Layer, TextEvent},
    text::Align,
    theme::Look,
    widget::{Canvas, Item, Select},
};

/// Keys of one layer.
pub struct Help {
    subject: String,
    about: [String; 3],
    actions: Vec<Action>,
    select: Select,
}

impl Help {
    pub fn new(subject: String, about: [String; 3], hints: Vec<Hint>) -> Self {
        let hints: Vec<Hint> = hints.into_iter().filter(|h| !h.keys.is_empty()).collect();
        let widest = hints.iter().map(|h| h.keys.join("  ").len()).max().unwrap_or(0);
        let line = |hint: &Hint| {
            let keys = hint.keys.join("  ");
            Item::new(
                format!("{keys:widest$}  {}", hint.action.description()),
                format!("{}.{}", hint.context, hint.action.id()),
            )
        };
        Self {
            subject,
            about,
            select: Select::new(hints.iter().map(line).collect()),
            actions: hints.into_iter().map(|hint| hint.action).collect(),
        }
    }
}

impl Layer for Help {
    fn title(&self) -> String {
        format!("Keys of {}", self.subject)
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["picker"]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(body)
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let mut inner = frame(canvas, area, &self.title(), look);
        for line in self.about.iter().filter(|line| !line.is_empty()) {
            if inner.height < 4 {
                break;
            }
            let at = (inner.x, inner.y, inner.width);
            canvas.put_fit(at, line, Align::Left, look.styles.plain, look);
            inner.y += 1;
            inner.height -= 1;
        }
        self.select.draw(
            canvas,
            inner,
            &look.fill("type to find, <picker.accept> runs it"),
            look,
        );
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        match action {
            Action::Accept => {
                let chosen = self.select.chosen().and_then(|at| self.actions.get(at));
                match chosen {
                    Some(action) => Fx::pop().and(Fx::act(*action)),
                    None => Fx::none(),
                }
            }
            Action::Help => Fx::pop(),
            _ if self.select.on_action(action) => Fx::none(),
            _ => Fx::pass(),
        }
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        self.select.on_text(event);
        Fx::none()
    }
}
