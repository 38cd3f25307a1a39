//! The loop: input, replies and posts from outside lead to an update, and an update that changed
//! something to one frame. There is no tick: without events nothing runs and nothing is sent. The
//! only timers are the one that says what takes long and the one at local midnight, and each is
//! set only while it has something to do.

mod chrome;
mod painter;
mod stack;
#[cfg(test)]
mod tests;

use std::{io, time::Duration};

use chrono::{DateTime, FixedOffset, NaiveDate};
use ratatui::layout::{Position, Rect, Size};
use tokio::{
    runtime::Handle,
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    time::Instant,
};

pub use self::{chrome::Link, painter::Surface};
use self::{
    painter::Painter,
    stack::{Entry, Stack},
};
use crate::{
    fx::{Change, Message, NewDay, Step, Steps},
    keymap::{Action, Key, KeyCode, Keymap, Lookup},
    layer::{AnyLayer, Erased, TextEvent},
    popup::{Help, Palette},
    runtime::{Landed, LayerId, Runtime},
    screen::{Command, Screen},
    theme::{Glyphs, Look, Styles},
    widget::Canvas,
};

/// Events taken in before a frame is drawn, at most.
const BURST: usize = 256;
/// Effects that cause effects deeper than this are a loop between layers.
const NESTING: u8 = 32;
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
    Ledger(String),
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

    pub fn ledger(&self, name: impl Into<String>) {
        self.send(Post::Ledger(name.into()));
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
    pub ledger: String,
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
    ledger: String,
    link: Link,
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
                body: chrome::body(Rect::from((Position::ORIGIN, size))).as_size(),
            },
            now: setup.now,
            commands: setup.commands,
            pressed: Vec::new(),
            message: None,
            ledger: setup.ledger,
            link: setup.link,
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
        self.message.as_ref()
    }

    pub(crate) fn look(&self) -> &Look {
        &self.look
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ending.is_some()
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

    pub(crate) fn update(&mut self, input: Input) {
        self.look.now = (self.now)();
        match input {
            Input::Key(key) => self.press(key),
            Input::Paste(text) => self.paste(text),
            Input::Click(at) => self.click(at),
            Input::Wheel { is_down } => {
                let action = if is_down { Action::Down } else { Action::Up };
                for _ in 0..3 {
                    self.act(action);
                }
            }
            Input::Resize(size) => self.resize(size),
            Input::Continued => self.redraw(),
            Input::Closed => self.ending = Some(Ending::Now),
        }
    }

    fn resize(&mut self, size: Size) {
        self.size = size;
        self.painter.resize(size);
        self.look.body = chrome::body(Rect::from((Position::ORIGIN, size))).as_size();
        self.is_dirty = true;
    }

    fn redraw(&mut self) {
        self.painter.forget();
        self.is_dirty = true;
    }

    fn press(&mut self, key: Key) {
        if self.message.take().is_some() || !self.pressed.is_empty() {
            self.is_dirty = true;
        }
        let Some(top) = self.stack.top() else { return };
        if self.pressed.is_empty()
            && top.layer().wants_text()
            && let Some(edit) = key.edit()
        {
            return self.on_top(|layer, look| layer.on_text(TextEvent::Edit(edit), look));
        }
        let contexts = top.layer().contexts();
        if !self.pressed.is_empty() && key.code == KeyCode::Esc {
            return self.pressed.clear();
        }
        self.pressed.push(key);
        match self.look.keys.resolve(&contexts, &self.pressed) {
            Lookup::Run(action) => {
                self.pressed.clear();
                self.act(action);
            }
            Lookup::More => self.is_dirty = true,
            Lookup::Nothing => self.pressed.clear(),
        }
    }

    fn paste(&mut self, text: String) {
        self.is_dirty |= self.message.take().is_some();
        if self.stack.top().is_some_and(|top| top.layer().wants_text()) {
            self.on_top(|layer, look| layer.on_text(TextEvent::Paste(text), look));
        }
    }

    fn click(&mut self, at: Position) {
        let body = chrome::body(Rect::from((Position::ORIGIN, self.size)));
        if body.contains(at) {
            self.on_top(|layer, look| layer.on_click(at, look));
        }
    }

    /// A verb: the app's own, else the layer's on top, else what it means everywhere.
    pub(crate) fn act(&mut self, action: Action) {
        match action {
            Action::Leave => self.ending = Some(Ending::Now),
            Action::Suspend => self.is_suspending = true,
            Action::Redraw => self.redraw(),
            _ => {
                let look = &self.look;
                let Some(top) = self.stack.top() else { return };
                let id = top.id;
                let steps = top.layer().on_action(action, look);
                let is_passed = steps.is_passed;
                self.is_dirty = true;
                self.perform(id, steps);
                if is_passed {
                    self.act_everywhere(action);
                }
            }
        }
    }

    fn act_everywhere(&mut self, action: Action) {
        match action {
            Action::Back => self.close_top(),
            Action::Quit if self.stack.depth() > 0 => self.close_top(),
            Action::Quit => self.ending = Some(Ending::Soon),
            Action::Help => self.open_help(),
            Action::Palette => self.open_palette(),
            _ => {
                if let Some(index) = action.screen() {
                    self.switch(index);
                }
            }
        }
    }

    fn open_help(&mut self) {
        let Some(top) = self.stack.top() else { return };
        let layer = top.layer();
        let hints = self.look.keys.hints(&layer.contexts(), layer.wants_text());
        let help = Help::new(layer.title(), layer.about(), hints);
        self.push(AnyLayer::new(help));
    }

    fn open_palette(&mut self) {
        let Some(top) = self.stack.top() else { return };
        let hints = self.look.keys.hints(&top.layer().contexts(), false);
        let palette = Palette::new(hints, &self.commands);
        self.push(AnyLayer::new(palette));
    }

    fn push(&mut self, layer: AnyLayer) {
        let id = self.stack.push(layer, None);
        self.opened(id);
    }

    fn opened(&mut self, id: LayerId) {
        self.on(id, |layer, look| layer.on_open(look));
    }

    fn switch(&mut self, index: usize) {
        let closed = self.stack.clear();
        let Some(is_new) = self.stack.switch(index) else {
            return;
        };
        for id in closed {
            self.runtime.abandon(id);
        }
        self.on_top(|layer, look| {
            if is_new {
                layer.on_open(look)
            } else {
                layer.on_resume(look)
            }
        });
    }

    fn close_top(&mut self) {
        if self.stack.depth() > 0
            && let Some(id) = self.stack.top_id()
        {
            self.close(id, None);
        }
    }

    fn close(&mut self, id: LayerId, answer: Option<Box<dyn std::any::Any>>) {
        let was_top = self.stack.top_id() == Some(id);
        let Some(Entry { asked, .. }) = self.stack.remove(id) else {
            return;
        };
        self.runtime.abandon(id);
        self.is_dirty = true;
        if let (Some((asker, answered)), Some(answer)) = (asked, answer) {
            self.on(asker, |layer, look| answered(layer.as_any(), answer, look));
        }
        if was_top {
            self.on_top(|layer, look| layer.on_resume(look));
        }
    }

    fn on_top(&mut self, update: impl FnOnce(&mut dyn Erased, &Look) -> Steps) {
        if let Some(id) = self.stack.top_id() {
            self.on(id, update);
        }
    }

    fn on(&mut self, id: LayerId, update: impl FnOnce(&mut dyn Erased, &Look) -> Steps) {
        let Some(entry) = self.stack.find(id) else {
            return;
        };
        let steps = update(entry.layer(), &self.look);
        self.is_dirty = true;
        self.perform(id, steps);
    }

    fn announce(&mut self, change: &Change) {
        for id in self.stack.ids() {
            self.on(id, |layer, look| layer.on_change(change, look));
        }
    }

    fn land(&mut self, landed: Landed) {
        let Some((id, reply)) = self.runtime.route(landed) else {
            return;
        };
        match reply {
            Some(reply) => self.on(id, |layer, look| reply(layer.as_any(), look)),
            None => self.say(Message::error(
                "A part of the app failed; the log says more. Nothing else was changed.",
            )),
        }
    }

    fn receive(&mut self, post: Post) {
        self.is_dirty = true;
        match post {
            Post::Change(change) => self.announce(&change),
            Post::Notify(message) => self.say(message),
            Post::Link(link) => self.link = link,
            Post::Ledger(name) => self.ledger = name,
        }
    }

    fn say(&mut self, message: Message) {
        self.message = Some(message);
        self.is_dirty = true;
    }

    fn perform(&mut self, id: LayerId, steps: Steps) {
        if self.nesting >= NESTING {
            tracing::error!("layers cause each other's effects without end");
            return;
        }
        self.nesting += 1;
        for step in steps.list {
            self.perform_one(id, step);
        }
        self.nesting -= 1;
    }

    fn perform_one(&mut self, id: LayerId, step: Step) {
        match step {
            Step::Call(call) => self.runtime.start(id, call),
            Step::Cancel(slot) => self.runtime.cancel(id, slot),
            Step::Push(layer, answered) => {
                let asked = answered.map(|answered| (id, answered));
                let id = self.stack.push(layer, asked);
                self.opened(id);
            }
            Step::Pop(answer) => self.close(id, answer),
            Step::Replace(layer) => {
                self.runtime.abandon(id);
                if let Some(id) = self.stack.replace(id, layer) {
                    self.opened(id);
                }
            }
            Step::Screen(index) => self.switch(index),
            Step::Act(action) => self.act(action),
            Step::Command(index) => {
                if let Some(layer) = self.commands.get(index).map(Command::open) {
                    self.push(layer);
                }
            }
            Step::Announce(change) => self.announce(&change),
            Step::Notify(message) => self.say(message),
            Step::Ledger(name) => self.ledger = name,
            Step::Copy(text) => self.copy(&text),
            Step::Quit => self.ending = Some(Ending::Soon),
        }
    }

    fn copy(&mut self, text: &str) {
        if let Err(error) = self.surface.copy(text) {
            self.say(Message::error(format!("Not copied: {error}.")));
        } else if self.message.is_none() {
            self.say("Sent to your terminal's clipboard.".into());
        }
    }

    /// Draws a frame if anything changed since the last one.
    pub(crate) fn draw(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.is_dirty) {
            return Ok(());
        }
        let Self {
            painter,
            surface,
            stack,
            look,
            size,
            ..
        } = self;
        let header = chrome::Header {
            ledger: &self.ledger,
            screens: stack.titles().collect(),
            loading: self.shown_label.as_deref(),
            link: self.link,
        };
        let hints = hints(stack, look, &self.pressed, size.width);
        let message = self.message.as_ref();
        painter.frame(surface, |canvas| {
            if chrome::is_too_small(*size) {
                return chrome::too_small(canvas, look);
            }
            chrome::header(canvas, &header, look);
            chrome::footer(canvas, message, &hints, look);
            draw_layers(canvas, stack, look);
        })
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

/// From the topmost layer that fills the body upwards.
fn draw_layers(canvas: &mut Canvas<'_>, stack: &mut Stack, look: &Look) {
    let body = chrome::body(canvas.area());
    let mut shown = stack.shown();
    let base = shown
        .iter_mut()
        .rposition(|entry| entry.layer().placement(body, look).is_none())
        .unwrap_or(0);
    for entry in shown.into_iter().skip(base) {
        let layer = entry.layer();
        canvas.clear_cursor();
        match layer.placement(body, look) {
            None => layer.draw(canvas, body, look),
            Some(part) => {
                let part = part.intersection(body);
                canvas.clear(part);
                layer.draw(canvas, part, look);
            }
        }
    }
}

fn hints(stack: &mut Stack, look: &Look, pressed: &[Key], columns: u16) -> Vec<(String, String)> {
    let Some(top) = stack.top() else {
        return Vec::new();
    };
    let layer = top.layer();
    let contexts = layer.contexts();
    if !pressed.is_empty() {
        let follow = look.keys.continuations(&contexts, pressed).into_iter();
        return follow
            .map(|(key, action)| (key, action.description().to_owned()))
            .collect();
    }
    let all = look.keys.hints(&contexts, layer.wants_text());
    chrome::choose_hints(&all, &layer.hints(), columns)
}
