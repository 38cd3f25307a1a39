//! Effects: what a layer asks for instead of doing it. A layer's update changes its own state and
//! returns an [`Fx`]; the app and the runtime carry it out and bring the reply back to the method
//! that was named, if the layer is still there. Nothing here performs anything.

use std::{any::Any, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use crate::{
    door::Books,
    keymap::{Action, Keymap},
    layer::{AnyLayer, Layer, Popup},
    open_ledger::OpenLedger,
    theme::Look,
};

/// What a layer of type `L` wants done next, in order.
#[must_use = "an effect that is not returned never happens"]
pub struct Fx<L: ?Sized> {
    steps: Steps,
    layer: PhantomData<fn(&mut L)>,
}

/// Effects without the type of their layer.
#[derive(Default)]
pub(crate) struct Steps {
    pub(crate) list: Vec<Step>,
    pub(crate) is_passed: bool,
}

pub(crate) type Reply = Box<dyn FnOnce(&mut dyn Any, &Look) -> Steps + Send>;
pub(crate) type Answered = Box<dyn FnOnce(&mut dyn Any, Box<dyn Any>, &Look) -> Steps>;

/// Work for the runtime. In a slot, newer work takes the place of older.
pub(crate) struct Call {
    pub(crate) label: String,
    pub(crate) slot: Option<&'static str>,
    pub(crate) work: Pin<Box<dyn Future<Output = Reply> + Send>>,
}

pub(crate) enum Step {
    Call(Call),
    Cancel(&'static str),
    Push(AnyLayer, Option<Answered>),
    Pop(Option<Box<dyn Any>>),
    Replace(AnyLayer),
    Screen(usize),
    Act(Action),
    Command(usize),
    Announce(Change),
    Notify(Message),
    Mention(Message),
    Ledger(OpenLedger),
    Reopen(Books),
    Copy(String),
    Quit,
}

impl Step {
    /// Whether a layer that is not on the screen any more may ask for it.
    pub(crate) fn is_possible_unseen(&self) -> bool {
        match self {
            Self::Call(call) => call.slot.is_none(),
            Self::Pop(_) | Self::Announce(_) | Self::Notify(_) | Self::Mention(_) => true,
            _ => false,
        }
    }
}

impl<L: Layer> Fx<L> {
    /// Nothing more than the change of state itself.
    pub fn none() -> Self {
        Self {
            steps: Steps::default(),
            layer: PhantomData,
        }
    }

    /// Not mine: the app may do what the verb means everywhere (help, quit, back, ...).
    pub fn pass() -> Self {
        let mut fx = Self::none();
        fx.steps.is_passed = true;
        fx
    }

    fn one(step: Step) -> Self {
        let mut fx = Self::none();
        fx.steps.list.push(step);
        fx
    }

    /// Runs `work` elsewhere and hands its outcome to `reply`. The label is what the header says
    /// if it takes long (`saving 12.50 lunch`). Runs to its end even if the layer goes.
    pub fn call<T: Send + 'static>(
        label: impl Into<String>,
        work: impl Future<Output = T> + Send + 'static,
        reply: impl FnOnce(&mut L, T, &Look) -> Self + Send + 'static,
    ) -> Self {
        Self::one(Step::Call(Call {
            label: label.into(),
            slot: None,
            work: routed(work, reply),
        }))
    }

    /// Like [`Fx::call`], for reading: the same slot's older call is dropped with its reply, and
    /// the call ends with its layer.
    pub fn call_latest<T: Send + 'static>(
        slot: &'static str,
        label: impl Into<String>,
        work: impl Future<Output = T> + Send + 'static,
        reply: impl FnOnce(&mut L, T, &Look) -> Self + Send + 'static,
    ) -> Self {
        Self::one(Step::Call(Call {
            label: label.into(),
            slot: Some(slot),
            work: routed(work, reply),
        }))
    }

    /// Drops what runs in a slot of this layer.
    pub fn cancel(slot: &'static str) -> Self {
        Self::one(Step::Cancel(slot))
    }

    /// Opens a layer above this one.
    pub fn push(layer: impl Layer) -> Self {
        Self::one(Step::Push(AnyLayer::new(layer), None))
    }

    /// Opens a popup and hands its answer to `then`; leaving it without an answer calls nothing.
    pub fn ask<P: Popup>(popup: P, then: impl FnOnce(&mut L, P::Answer, &Look) -> Self + 'static) -> Self {
        let answered: Answered = Box::new(move |layer, answer, look| {
            match (layer.downcast_mut::<L>(), answer.downcast::<P::Answer>()) {
                (Some(layer), Ok(answer)) => then(layer, *answer, look).into_steps(),
                _ => Steps::default(),
            }
        });
        Self::one(Step::Push(AnyLayer::new(popup), Some(answered)))
    }

    /// Closes this layer, wherever in the stack it is by then.
    pub fn pop() -> Self {
        Self::one(Step::Pop(None))
    }

    /// Puts another layer in this one's place.
    pub fn replace(layer: impl Layer) -> Self {
        Self::one(Step::Replace(AnyLayer::new(layer)))
    }

    /// Shows a screen of the table of screens, closing what stands above.
    pub fn screen(index: usize) -> Self {
        Self::one(Step::Screen(index))
    }

    /// Says something on the message line until the next key.
    pub fn notify(message: impl Into<Message>) -> Self {
        Self::one(Step::Notify(message.into()))
    }

    /// Says what was not asked for: a warning that stands there stays.
    pub fn mention(message: impl Into<Message>) -> Self {
        Self::one(Step::Mention(message.into()))
    }

    /// Runs a verb as if its key had been pressed, once the steps before are done.
    pub fn act(action: Action) -> Self {
        Self::one(Step::Act(action))
    }

    /// Opens a command of the palette by its place in the list.
    pub(crate) fn command(index: usize) -> Self {
        Self::one(Step::Command(index))
    }

    /// Tells every open layer that something changed, before the next frame.
    pub fn announce(change: Change) -> Self {
        Self::one(Step::Announce(change))
    }

    /// Says which ledger is open, for the header and for what its role forbids.
    pub fn ledger(open: OpenLedger) -> Self {
        Self::one(Step::Ledger(open))
    }

    /// Opens other books: everything that is open closes, and their first screen takes its place.
    pub fn reopen(books: Books) -> Self {
        Self::one(Step::Reopen(books))
    }

    /// Puts text on the clipboard of the terminal that the user sits at.
    pub fn copy(text: impl Into<String>) -> Self {
        Self::one(Step::Copy(text.into()))
    }

    pub fn quit() -> Self {
        Self::one(Step::Quit)
    }

    /// This, then that.
    pub fn and(mut self, then: Self) -> Self {
        self.steps.list.extend(then.steps.list);
        self.steps.is_passed &= then.steps.is_passed;
        self
    }

    pub fn batch(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::none(), Self::and)
    }

    pub(crate) fn into_steps(self) -> Steps {
        self.steps
    }
}

impl<P: Popup> Fx<P> {
    /// Closes the popup and hands the answer to whoever asked.
    pub fn answer(value: P::Answer) -> Self {
        Self::one(Step::Pop(Some(Box::new(value))))
    }
}

fn routed<L: Layer, T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
    reply: impl FnOnce(&mut L, T, &Look) -> Fx<L> + Send + 'static,
) -> Pin<Box<dyn Future<Output = Reply> + Send>> {
    Box::pin(async move {
        let outcome = work.await;
        let routed: Reply = Box::new(move |layer, look| match layer.downcast_mut::<L>() {
            Some(layer) => reply(layer, outcome, look).into_steps(),
            None => Steps::default(),
        });
        routed
    })
}

/// The one line that says what happened. It names keys as `<expenses.undo>`, and shows those in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub text: String,
    pub tone: Tone,
    /// Where its hint at a key begins, which is the last to give way.
    pub hint_at: Option<usize>,
}

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Info,
    Warning,
    Error,
}

impl Message {
    pub fn warning(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tone: Tone::Warning,
            hint_at: None,
        }
    }

    pub fn error(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tone: Tone::Error,
            hint_at: None,
        }
    }

    /// With the keys in force.
    #[must_use]
    pub fn with_keys(self, keys: &Keymap) -> Self {
        let (text, hint_at) = keys.fill(&self.text);
        Self {
            text,
            hint_at,
            ..self
        }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Self {
            text,
            tone: Tone::Info,
            hint_at: None,
        }
    }
}

/// Something that happened here or elsewhere, of a type that the layers agree on.
#[derive(Clone)]
pub struct Change(Arc<dyn Any + Send + Sync>);

impl Change {
    pub fn new<T: Any + Send + Sync>(what: T) -> Self {
        Self(Arc::new(what))
    }

    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }
}

/// The change that the app itself announces at local midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewDay(pub chrono::NaiveDate);
