//! The palette: every verb of the layer below and every command without a key, found by typing.

use ratatui::layout::Rect;

use super::{frame, sheet};
use crate::{
    fx::Fx,
    keymap::{Action, Hint},
    layer::{Layer, TextEvent},
    theme::Look,
    widget::{Canvas, Item, Select},
};

const LINES: usize = 10;

#[derive(Clone, Copy)]
enum Choice {
    Verb(Action),
    Command(usize),
}

/// Opened over the layer whose verbs it lists; what is chosen runs there.
pub struct Palette {
    choices: Vec<Choice>,
    select: Select,
}

impl Palette {
    /// Commands come with their place in the list of all.
    pub(crate) fn new(hints: Vec<Hint>, commands: Vec<(usize, String)>) -> Self {
        let mut choices = Vec::new();
        let mut items = Vec::new();
        for (index, words) in commands {
            choices.push(Choice::Command(index));
            items.push(Item::new(words, ""));
        }
        for hint in hints.into_iter().filter(|hint| is_listed(hint.action)) {
            choices.push(Choice::Verb(hint.action));
            let words = format!("{}: {}", hint.action.id(), hint.action.description());
            items.push(Item::new(words, hint.key()));
        }
        Self {
            choices,
            select: Select::new(items),
        }
    }
}

/// Moving about is for keys, not for a list of commands.
fn is_listed(action: Action) -> bool {
    use Action as A;
    !matches!(
        action,
        A::Up
            | A::Down
            | A::Left
            | A::Right
            | A::HalfUp
            | A::HalfDown
            | A::Back
            | A::Palette
            | A::NextField
            | A::PreviousField
    )
}

impl Layer for Palette {
    fn title(&self) -> String {
        "Commands".to_owned()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["picker"]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(sheet(body, 1 + LINES))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, "Commands", look);
        self.select.draw(canvas, inner, "what to do", look);
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        match action {
            Action::Accept => {
                let chosen = self.select.chosen().and_then(|at| self.choices.get(at));
                match chosen {
                    Some(Choice::Verb(action)) => Fx::pop().and(Fx::act(*action)),
                    Some(Choice::Command(index)) => Fx::pop().and(Fx::command(*index)),
                    None => Fx::none(),
                }
            }
            Action::Palette => Fx::pop(),
            _ if self.select.on_action(action) => Fx::none(),
            _ => Fx::pass(),
        }
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        self.select.on_text(event);
        Fx::none()
    }
}
