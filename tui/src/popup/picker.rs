//! Choose one of many by typing a part of it; where it makes sense, also something new.

use ratatui::layout::Rect;

use super::{frame, sheet};
use crate::{
    fx::Fx,
    keymap::Action,
    layer::{Layer, Popup, TextEvent},
    theme::Look,
    widget::{Canvas, Item, Select},
};

const LINES: usize = 9;

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// The place in the list that was given.
    Item(usize),
    /// What was typed, when nothing matched it and new things are welcome.
    New(String),
}

/// A fuzzy list.
pub struct Picker {
    title: String,
    ghost: &'static str,
    select: Select,
    takes_new: bool,
    count: usize,
}

impl Picker {
    pub fn new(title: impl Into<String>, items: Vec<Item>) -> Self {
        Self {
            title: title.into(),
            ghost: "type to find",
            count: items.len(),
            select: Select::new(items),
            takes_new: false,
        }
    }

    /// Takes what was typed where nothing matches.
    #[must_use]
    pub fn or_new(mut self) -> Self {
        self.takes_new = true;
        self
    }

    /// Starts on an item.
    #[must_use]
    pub fn at(mut self, item: usize) -> Self {
        self.select.choose(item);
        self
    }

    fn accept(&self) -> Fx<Self> {
        match self.select.chosen() {
            Some(item) => Fx::answer(Picked::Item(item)),
            None if self.takes_new && !self.select.query().trim().is_empty() => {
                Fx::answer(Picked::New(self.select.query().trim().to_owned()))
            }
            None => Fx::none(),
        }
    }
}

impl Popup for Picker {
    type Answer = Picked;
}

impl Layer for Picker {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["picker"]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn placement(&self, body: Rect, _: &Look) -> Option<Rect> {
        Some(sheet(body, 1 + self.count.clamp(1, LINES)))
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title, look);
        self.select.draw(canvas, inner, self.ghost, look);
    }

    fn on_action(&mut self, action: Action, _: &Look) -> Fx<Self> {
        match action {
            Action::Accept => self.accept(),
            _ if self.select.on_action(action) => Fx::none(),
            _ => Fx::pass(),
        }
    }

    fn on_text(&mut self, event: TextEvent, _: &Look) -> Fx<Self> {
        self.select.on_text(event);
        Fx::none()
    }
}
