//! A layer: one screen or popup. It owns its state, turns verbs and typing into changes of that
//! state plus effects, and draws itself. It never awaits, never touches the network or the disk,
//! and knows nothing of the layers above or below it.

use std::any::Any;

use ratatui::layout::{Position, Rect};
use tui_input::InputRequest;

use crate::{
    fx::{Change, Fx, Steps},
    keymap::Action,
    theme::Look,
    widget::Canvas,
};

/// Typing that reached a layer whose cursor stands in a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextEvent {
    Edit(InputRequest),
    /// As it was pasted, line ends included.
    Paste(String),
}

/// A screen or a popup. Only the first three are asked of every layer.
pub trait Layer: Any + Sized {
    /// Names it in help and over popups.
    fn title(&self) -> String;

    /// Where its keys are looked up, first to last; `global` follows by itself.
    fn contexts(&self) -> Vec<&'static str>;

    /// Draws into `area`. Only what belongs to the view (scroll, height) may change here.
    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look);

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        let _ = (action, look);
        Fx::pass()
    }

    /// Whether a field has the cursor, so that letters are text and not verbs.
    fn wants_text(&self) -> bool {
        false
    }

    fn on_text(&mut self, event: TextEvent, look: &Look) -> Fx<Self> {
        let _ = (event, look);
        Fx::none()
    }

    /// Whether this character starts typing though no field has the cursor, as a digit does in a
    /// sheet. It goes to [`Layer::on_text`].
    fn takes_char(&self, c: char) -> bool {
        let _ = c;
        false
    }

    /// A click inside this layer's area.
    fn on_click(&mut self, at: Position, look: &Look) -> Fx<Self> {
        let _ = (at, look);
        Fx::none()
    }

    /// Once, before the first frame with it: the place to start loading.
    fn on_open(&mut self, look: &Look) -> Fx<Self> {
        let _ = look;
        Fx::none()
    }

    /// It is on top again: a layer above was closed, or its screen was switched to.
    fn on_resume(&mut self, look: &Look) -> Fx<Self> {
        let _ = look;
        Fx::none()
    }

    /// Its screen is about to be left, or it is closed by that: the place to put down what it carries along.
    fn on_leave(&mut self, look: &Look) {
        let _ = look;
    }

    /// Whether it stays, out of sight, until what it is writing was answered, when a switch of screens closes it. Its
    /// effects are then no more than a message and the news for the others.
    fn outlasts_switch(&self) -> bool {
        true
    }

    /// Something changed, announced here or elsewhere; also called while it is covered.
    fn on_change(&mut self, change: &Change, look: &Look) -> Fx<Self> {
        let _ = (change, look);
        Fx::none()
    }

    /// Three lines on what it is for, at the top of its help.
    fn about(&self) -> [&'static str; 3] {
        ["", "", ""]
    }

    /// Verbs for the footer, best first; empty: those that the default table has a word for.
    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    /// `None`: all of the body. A popup names its part of it, and what is below stays visible.
    fn placement(&self, body: Rect, look: &Look) -> Option<Rect> {
        let _ = (body, look);
        None
    }
}

/// A layer that is opened with a question and closed with an answer.
pub trait Popup: Layer {
    type Answer: 'static;
}

/// What the app sees of a layer, its type forgotten.
pub(crate) trait Erased {
    fn title(&self) -> String;
    fn contexts(&self) -> Vec<&'static str>;
    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look);
    fn on_action(&mut self, action: Action, look: &Look) -> Steps;
    fn wants_text(&self) -> bool;
    fn on_text(&mut self, event: TextEvent, look: &Look) -> Steps;
    fn takes_char(&self, c: char) -> bool;
    fn on_click(&mut self, at: Position, look: &Look) -> Steps;
    fn on_open(&mut self, look: &Look) -> Steps;
    fn on_resume(&mut self, look: &Look) -> Steps;
    fn on_leave(&mut self, look: &Look);
    fn outlasts_switch(&self) -> bool;
    fn on_change(&mut self, change: &Change, look: &Look) -> Steps;
    fn about(&self) -> [&'static str; 3];
    fn hints(&self) -> Vec<Action>;
    fn placement(&self, body: Rect, look: &Look) -> Option<Rect>;
    fn as_any(&mut self) -> &mut dyn Any;
}

struct Eraser<L>(L);

impl<L: Layer> Erased for Eraser<L> {
    fn title(&self) -> String {
        self.0.title()
    }
    fn contexts(&self) -> Vec<&'static str> {
        let mut contexts = self.0.contexts();
        contexts.push("global");
        contexts
    }
    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        self.0.draw(canvas, area, look);
    }
    fn on_action(&mut self, action: Action, look: &Look) -> Steps {
        self.0.on_action(action, look).into_steps()
    }
    fn wants_text(&self) -> bool {
        self.0.wants_text()
    }
    fn on_text(&mut self, event: TextEvent, look: &Look) -> Steps {
        self.0.on_text(event, look).into_steps()
    }
    fn takes_char(&self, c: char) -> bool {
        self.0.takes_char(c)
    }
    fn on_click(&mut self, at: Position, look: &Look) -> Steps {
        self.0.on_click(at, look).into_steps()
    }
    fn on_open(&mut self, look: &Look) -> Steps {
        self.0.on_open(look).into_steps()
    }
    fn on_resume(&mut self, look: &Look) -> Steps {
        self.0.on_resume(look).into_steps()
    }
    fn on_leave(&mut self, look: &Look) {
        self.0.on_leave(look);
    }
    fn outlasts_switch(&self) -> bool {
        self.0.outlasts_switch()
    }
    fn on_change(&mut self, change: &Change, look: &Look) -> Steps {
        self.0.on_change(change, look).into_steps()
    }
    fn about(&self) -> [&'static str; 3] {
        self.0.about()
    }
    fn hints(&self) -> Vec<Action> {
        self.0.hints()
    }
    fn placement(&self, body: Rect, look: &Look) -> Option<Rect> {
        self.0.placement(body, look)
    }
    fn as_any(&mut self) -> &mut dyn Any {
        &mut self.0
    }
}

/// A layer of any type, as the stack keeps it.
pub struct AnyLayer(pub(crate) Box<dyn Erased>);

impl AnyLayer {
    pub fn new(layer: impl Layer) -> Self {
        Self(Box::new(Eraser(layer)))
    }
}
