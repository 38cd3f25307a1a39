//! The loop: input, replies and posts from outside lead to an update, and an update that changed
//! something to one frame. There is no tick: without events nothing runs and nothing is sent. The
//! only timers are the one that says what takes long and the one at local midnight, and each is
//! set only while it has something to do.

mod chrome;
mod draw;
pub(crate) mod painter;
mod perform;
mod stack;
#[cfg(test)]
mod tests;
mod update;

use std::{io, time::Duration};

use chrono::{DateTime, FixedOffset, NaiveDate};
use ratatui::layout::{Position, Rect, Size};
use tokio::{
    runtime::Handle,
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    time::Instant,
};

pub use self::{
    chrome::Link,
    painter::{Frame, Surface},
};
use self::{painter::Painter, stack::Stack};
use crate::{
    dates::Dates,
    fx::{Change, Message, NewDay},
    keymap::{Key, Keymap},
    layer::Layer,
    open_ledger::OpenLedger,
    runtime::Runtime,
    screen::{Command, Screen},
    theme::{Glyphs, Look, Styles},
};

/// Events taken in before a frame is drawn, at most.
const BURST: usize = 256;
/// How long `q` waits for writes that are on their way.
const FAREWELL: Duration = Duration::from_secs(2);

/// What reaches the app from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    Paste(String),
    Click(Position),
    Wheel {
        is_down: bool,
    },
    Resize(Size),
    /// Back from the shell: what is on the screen is not ours any more.
    Continued,
    /// The terminal or the process is going away.
    Closed,
}

/// What reaches the app from its other parts: the live feed, the outbox.
enum Post {
    Change(Change),
    Notify(Message),
    Link(Link),
    Feed(Link),
    Ledger(OpenLedger),
    Command(&'static str),
}

/// A handle for telling the app something from anywhere.
#[derive(Clone)]
pub struct Poster(UnboundedSender<Post>);

impl Poster {
    pub fn change(&self, change: Change) {
        self.send(Post::Change(change));
    }

    pub fn notify(&self, message: impl Into<Message>) {
        self.send(Post::Notify(message.into()));
    }

    pub fn link(&self, link: Link) {
        self.send(Post::Link(link));
    }

    /// How the live feed stands.
    pub fn feed(&self, link: Link) {
        self.send(Post::Feed(link));
    }

    pub fn ledger(&self, open: OpenLedger) {
        self.send(Post::Ledger(open));
    }

    /// Opens a command of the palette, whatever is open.
    pub fn command(&self, name: &'static str) {
        self.send(Post::Command(name));
    }

    fn send(&self, post: Post) {
        // Only fails when the app is gone, and then nobody minds.
        let _ = self.0.send(post);
    }
}

/// What an app is made of.
pub struct Setup {
    pub screens: Vec<Screen>,
    pub commands: Vec<Command>,
    pub keys: Keymap,
    pub styles: Styles,
    pub glyphs: Glyphs,
    /// The client's wall clock, in its own zone.
    pub now: Box<dyn Fn() -> DateTime<FixedOffset>>,
    pub dates: Dates,
    pub ledger: OpenLedger,
    pub link: Link,
}

/// The app: what is open, what is shown, what is under way.
pub struct App<S> {
    surface: S,
    painter: Painter,
    stack: Stack,
    runtime: Runtime,
    look: Look,
    now: Box<dyn Fn() -> DateTime<FixedOffset>>,
    commands: Vec<Command>,
    pressed: Vec<Key>,
    message: Option<Message>,
    /// What others did meanwhile.
    mentioned: Option<Message>,
    link: Link,
    /// How the live feed stands, once there is one.
    feed: Option<Link>,
    size: Size,
    shown_day: NaiveDate,
    shown_label: Option<String>,
    posts: UnboundedReceiver<Post>,
    poster: Poster,
    ending: Option<Ending>,
    nesting: u8,
    is_suspending: bool,
    is_dirty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// After the writes that are on their way.
    Soon,
    Now,
}

impl<S: Surface> App<S> {
    /// Opens the first screen; `handle` is where calls run.
    pub fn new(setup: Setup, surface: S, handle: Handle) -> io::Result<Self> {
        let size = surface.size()?;
        let (sender, posts) = mpsc::unbounded_channel();
        let now = (setup.now)();
        let mut app = Self {
            surface,
            painter: Painter::new(size),
            stack: Stack::new(setup.screens),
            runtime: Runtime::new(handle),
            look: Look {
                styles: setup.styles,
                glyphs: setup.glyphs,
                keys: setup.keys.into(),
                now,
                dates: setup.dates,
                ledger: setup.ledger,
                body: chrome::body(Rect::from((Position::ORIGIN, size))).as_size(),
            },
            now: setup.now,
            commands: setup.commands,
            pressed: Vec::new(),
            message: None,
            mentioned: None,
            link: setup.link,
            feed: None,
            size,
            shown_day: now.date_naive(),
            shown_label: None,
            posts,
            poster: Poster(sender),
            ending: None,
            nesting: 0,
            is_suspending: false,
            is_dirty: true,
        };
        app.switch(0);
        Ok(app)
    }

    pub fn poster(&self) -> Poster {
        self.poster.clone()
    }

    pub(crate) fn surface(&self) -> &S {
        &self.surface
    }

    pub(crate) fn surface_mut(&mut self) -> &mut S {
        &mut self.surface
    }

    pub(crate) fn message(&self) -> Option<&Message> {
        self.message.as_ref().or(self.mentioned.as_ref())
    }

    pub(crate) fn look(&self) -> &Look {
        &self.look
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ending.is_some()
    }

    /// The top layer, if it is of this type; for tests.
    pub(crate) fn top<L: Layer>(&mut self) -> Option<&mut L> {
        self.stack.top()?.layer().as_any().downcast_mut()
    }

    pub(crate) fn titles(&mut self) -> Vec<String> {
        let mut shown = self.stack.shown();
        shown.iter_mut().map(|entry| entry.layer().title()).collect()
    }

    /// Runs until the user leaves or the terminal goes away.
    pub async fn run(&mut self, mut input: UnboundedReceiver<Input>) -> io::Result<()> {
        while self.ending.is_none() {
            self.draw()?;
            let deadline = self.deadline();
            tokio::select! {
                biased;
                event = input.recv() => self.update(event.unwrap_or(Input::Closed)),
                Some(landed) = self.runtime.next() => self.land(landed),
                Some(post) = self.posts.recv() => self.receive(post),
                () = tokio::time::sleep_until(deadline) => {}
            }
            for _ in 0..BURST {
                let Ok(event) = input.try_recv() else { break };
                self.update(event);
            }
            self.catch_up();
            if std::mem::take(&mut self.is_suspending) {
                self.surface.suspend()?;
                self.painter.forget();
                self.is_dirty = true;
            }
        }
        self.finish(input).await
    }

    /// Lets writes that are on their way arrive; a second key leaves without them.
    async fn finish(&mut self, mut input: UnboundedReceiver<Input>) -> io::Result<()> {
        let until = Instant::now() + FAREWELL;
        while self.ending == Some(Ending::Soon) {
            let writes = self.runtime.writes();
            if writes.is_empty() {
                break;
            }
            self.say(format!("Leaving after {}. Any key leaves now.", writes.join(", ")).into());
            self.draw()?;
            tokio::select! {
                event = input.recv() => match event {
                    Some(Input::Resize(size)) => self.resize(size),
                    _ => break,
                },
                Some(landed) = self.runtime.next() => self.land(landed),
                () = tokio::time::sleep_until(until) => break,
            }
        }
        Ok(())
    }

    /// When to look at the clock again without an event: for a label that is due, at midnight.
    fn deadline(&self) -> Instant {
        let now = Instant::now();
        let midnight = now + until_midnight((self.now)());
        self.runtime
            .deadline(now)
            .map_or(midnight, |label| label.min(midnight))
    }

    /// Takes in all that has already arrived, so that a burst costs one frame.
    pub(crate) fn catch_up(&mut self) {
        for _ in 0..BURST {
            let Some(landed) = self.runtime.try_next() else {
                break;
            };
            self.land(landed);
        }
        for _ in 0..BURST {
            let Ok(post) = self.posts.try_recv() else {
                break;
            };
            self.receive(post);
        }
        self.look_at_clock(Instant::now());
    }

    pub(crate) fn look_at_clock(&mut self, instant: Instant) {
        let label = self.runtime.label(instant).map(str::to_owned);
        if label != self.shown_label {
            self.shown_label = label;
            self.is_dirty = true;
        }
        self.look.now = (self.now)();
        let today = self.look.today();
        if today != self.shown_day {
            self.shown_day = today;
            self.announce(&Change::new(NewDay(today)));
        }
    }

    /// Waits until nothing is in flight; for tests.
    pub(crate) async fn settle(&mut self) {
        self.catch_up();
        while !self.runtime.is_idle() {
            if let Some(landed) = self.runtime.next().await {
                self.land(landed);
            }
            self.catch_up();
        }
    }
}

/// Never zero, so that a clock standing still at midnight cannot spin.
fn until_midnight(now: DateTime<FixedOffset>) -> Duration {
    let midnight = now
        .date_naive()
        .succ_opt()
        .and_then(|tomorrow| tomorrow.and_hms_opt(0, 0, 0));
    let left = midnight.and_then(|midnight| (midnight - now.naive_local()).to_std().ok());
    left.unwrap_or(Duration::from_hours(1))
        .max(Duration::from_secs(1))
}
