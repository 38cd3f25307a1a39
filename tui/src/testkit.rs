//! Drives the whole app without a terminal: keys as a script, the screen as text, styles and bytes
//! to look at. Calls run on a real runtime and are waited for after every key, so nothing sleeps
//! and nothing races. For tests only.

#![expect(clippy::panic, reason = "a test that cannot go on says why")]

use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, Write},
    rc::Rc,
    time::Duration,
};

use api::currency::Currency;
use chrono::{DateTime, FixedOffset};
use ratatui::{
    backend::{Backend, TestBackend},
    buffer::{Buffer, Cell},
    layout::{Position, Size},
    style::Style,
};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    time::Instant,
};

use crate::{
    app::{App, Frame, Input, Link, Poster, Setup, Surface},
    dates::Dates,
    fx::Message,
    keymap::{Action, Keymap, parse_script},
    layer::Layer,
    open_ledger::OpenLedger,
    screen::{Command, Screen},
    terminal::Wire,
    theme::{Glyphs, Look, Styles, Tier},
};

/// Long enough for any call of a test that ends at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// Noon of the day that tests live in: Saturday, 21 November 2026.
pub fn noon() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-21T12:00:00+01:00").unwrap_or_default()
}

/// A look for testing a widget by itself.
pub fn look() -> Look {
    Look {
        styles: Styles::new(Tier::Ansi),
        glyphs: Glyphs::UNICODE,
        keys: Keymap::default().into(),
        now: noon(),
        dates: Dates::default(),
        ledger: joint(),
        body: Size::new(80, 19),
    }
}

/// The ledger that tests begin in.
fn joint() -> OpenLedger {
    OpenLedger {
        name: "Joint".to_owned(),
        currency: Some(Currency::EUR),
        ..OpenLedger::default()
    }
}

/// A buffer as lines of text, blanks at the ends left out.
pub fn rows_of(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    let line = |y| {
        let mut line = String::new();
        let mut hidden = 0;
        for x in area.left()..area.right() {
            let symbol = buffer.cell((x, y)).map_or(" ", Cell::symbol);
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = crate::text::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        line.trim_end().to_owned()
    };
    (area.top()..area.bottom()).map(line).collect()
}

/// What was sent to the terminal.
#[derive(Clone, Default)]
struct Tape(Rc<RefCell<Vec<u8>>>);

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A screen to look at and a wire to count bytes on.
struct Probe {
    screen: TestBackend,
    wire: Wire<Tape>,
    tape: Tape,
    cursor: Option<Position>,
    frames: usize,
    copied: Vec<String>,
}

impl Surface for Probe {
    fn size(&self) -> io::Result<Size> {
        self.screen.size().map_err(io::Error::other)
    }

    fn paint(&mut self, frame: &Frame<'_>) -> io::Result<()> {
        if frame.is_cleared {
            self.screen.clear().map_err(io::Error::other)?;
        }
        let content = frame.cells.iter().copied();
        self.screen.draw(content).map_err(io::Error::other)?;
        self.cursor = frame.cursor;
        self.frames += 1;
        self.wire.paint(frame)
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.copied.push(text.to_owned());
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a harness is started with; [`Harness::new`] gives the usual.
pub struct Starter {
    size: Size,
    tier: Tier,
    glyphs: Glyphs,
    keys: Keymap,
    now: Box<dyn Fn() -> DateTime<FixedOffset>>,
    dates: Dates,
    handle: Option<Handle>,
    commands: Vec<Command>,
}

impl Starter {
    #[must_use]
    pub fn mono(mut self) -> Self {
        self.tier = Tier::Mono;
        self
    }

    #[must_use]
    pub fn ascii(mut self) -> Self {
        self.glyphs = Glyphs::ASCII;
        self
    }

    #[must_use]
    pub fn keymap(mut self, keys: Keymap) -> Self {
        self.keys = keys;
        self
    }

    #[must_use]
    pub fn clock(mut self, now: impl Fn() -> DateTime<FixedOffset> + 'static) -> Self {
        self.now = Box::new(now);
        self
    }

    #[must_use]
    pub fn dates(mut self, dates: Dates) -> Self {
        self.dates = dates;
        self
    }

    /// Runs calls on a runtime that is already there, as a test with a real server has one.
    #[must_use]
    pub fn on(mut self, handle: Handle) -> Self {
        self.handle = Some(handle);
        self
    }

    #[must_use]
    pub fn command(mut self, command: Command) -> Self {
        self.commands.push(command);
        self
    }

    /// Starts with one screen.
    pub fn open(self, layer: impl Layer) -> Harness {
        let title = "Test";
        self.screens(vec![Screen::new(title, move || layer)])
    }

    /// Starts with a table of screens.
    pub fn screens(self, screens: Vec<Screen>) -> Harness {
        let (handle, runtime) = self.handle.map_or_else(own_runtime, |handle| (handle, None));
        let tape = Tape::default();
        let probe = Probe {
            screen: TestBackend::new(self.size.width, self.size.height),
            wire: Wire::new(tape.clone()),
            tape,
            cursor: None,
            frames: 0,
            copied: Vec::new(),
        };
        let setup = Setup {
            screens,
            commands: self.commands,
            keys: self.keys,
            styles: Styles::new(self.tier),
            glyphs: self.glyphs,
            now: self.now,
            dates: self.dates,
            ledger: joint(),
            link: Link::Live,
        };
        let app = App::new(setup, probe, handle.clone())
            .unwrap_or_else(|error| panic!("the app does not start: {error}"));
        let mut harness = Harness {
            app,
            handle,
            runtime,
            is_held: false,
        };
        harness.settle();
        harness
    }
}

fn own_runtime() -> (Handle, Option<Runtime>) {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap_or_else(|error| panic!("no runtime: {error}"));
    (runtime.handle().clone(), Some(runtime))
}

/// The app under test.
pub struct Harness {
    app: App<Probe>,
    handle: Handle,
    /// Its own, unless the test brought one.
    runtime: Option<Runtime>,
    is_held: bool,
}

impl Harness {
    /// The usual start: `ansi`, Unicode, default keys, noon of the day of tests.
    #[expect(
        clippy::new_ret_no_self,
        reason = "reads as a session: new, open, keys, screen"
    )]
    pub fn new(width: u16, height: u16) -> Starter {
        Starter {
            size: Size::new(width, height),
            tier: Tier::Ansi,
            glyphs: Glyphs::UNICODE,
            keys: Keymap::default(),
            now: Box::new(noon),
            dates: Dates::default(),
            handle: None,
            commands: Vec::new(),
        }
    }

    /// Presses keys: characters as they are, others as `<tab>`, `<c-x>`, `<esc>`. After each, calls
    /// are waited for and a frame is drawn.
    pub fn keys(&mut self, script: &str) -> &mut Self {
        let keys = parse_script(script).unwrap_or_else(|error| panic!("{error}"));
        for key in keys {
            self.input(Input::Key(key));
        }
        self
    }

    /// Whatever else reaches the app.
    pub fn input(&mut self, input: Input) -> &mut Self {
        if let Input::Resize(size) = input {
            self.app.surface_mut().screen.resize(size.width, size.height);
        }
        self.app.update(input);
        self.settle();
        self
    }

    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.input(Input::Paste(text.to_owned()))
    }

    pub fn resize(&mut self, width: u16, height: u16) -> &mut Self {
        self.input(Input::Resize(Size::new(width, height)))
    }

    /// From now on calls are left in flight, so that what is shown meanwhile can be seen.
    pub fn hold(&mut self) -> &mut Self {
        self.is_held = true;
        self
    }

    /// Waits for what was held.
    pub fn release(&mut self) -> &mut Self {
        self.is_held = false;
        self.settle();
        self
    }

    /// Looks at the clock as if so much time had gone by.
    pub fn wait(&mut self, millis: u64) -> &mut Self {
        let later = Instant::now() + Duration::from_millis(millis);
        self.app.look_at_clock(later);
        self.draw();
        self
    }

    /// Waits for replies and posts, then draws.
    pub fn settle(&mut self) -> &mut Self {
        if self.is_held {
            self.app.catch_up();
        } else {
            let settled = async { tokio::time::timeout(PATIENCE, self.app.settle()).await };
            let settled = match &self.runtime {
                Some(runtime) => runtime.block_on(settled),
                None => self.handle.block_on(settled),
            };
            assert!(
                settled.is_ok(),
                "a call did not end; the screen was:\n{}",
                self.screen()
            );
            // Label timers start anew: a slow machine must not change a frame.
            self.app.look_at_clock(Instant::now());
        }
        self.draw();
        self
    }

    fn draw(&mut self) {
        self.app
            .draw()
            .unwrap_or_else(|error| panic!("a frame failed: {error}"));
    }

    fn probe(&self) -> &Probe {
        self.app.surface()
    }

    /// The screen as text.
    pub fn screen(&self) -> String {
        self.lines().join("\n")
    }

    pub fn lines(&self) -> Vec<String> {
        rows_of(self.probe().screen.buffer())
    }

    /// One line, empty if there is none.
    pub fn line(&self, y: u16) -> String {
        self.lines().into_iter().nth(y.into()).unwrap_or_default()
    }

    /// Where a text stands first.
    pub fn find(&self, text: &str) -> Option<Position> {
        self.lines().iter().enumerate().find_map(|(y, line)| {
            let (before, _) = line.split_once(text)?;
            let x = u16::try_from(crate::text::width(before)).ok()?;
            Some(Position::new(x, u16::try_from(y).ok()?))
        })
    }

    pub fn style_at(&self, x: u16, y: u16) -> Style {
        let cell = self.probe().screen.buffer().cell((x, y));
        cell.map_or_else(Style::default, Cell::style)
    }

    /// The style of the first letter of a text.
    pub fn style_of(&self, text: &str) -> Style {
        let at = self
            .find(text)
            .unwrap_or_else(|| panic!("no `{text}` on\n{}", self.screen()));
        self.style_at(at.x, at.y)
    }

    pub fn cursor(&self) -> Option<Position> {
        self.probe().cursor
    }

    pub fn message(&self) -> Option<&Message> {
        self.app.message()
    }

    /// Titles of what is open, the screen first.
    pub fn titles(&mut self) -> Vec<String> {
        self.app.titles()
    }

    /// Looks into the top layer, if it is of this type.
    pub fn with<L: Layer, T>(&mut self, look: impl FnOnce(&mut L) -> T) -> Option<T> {
        self.app.top().map(look)
    }

    pub fn has_ended(&self) -> bool {
        self.app.has_ended()
    }

    pub fn look(&self) -> &Look {
        self.app.look()
    }

    pub fn poster(&self) -> Poster {
        self.app.poster()
    }

    /// What was sent to the clipboard.
    pub fn copied(&self) -> &[String] {
        &self.probe().copied
    }

    /// Frames sent so far; an update that changes nothing sends none.
    pub fn frames(&self) -> usize {
        self.probe().frames
    }

    /// Bytes sent to the terminal since this was last asked.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        self.probe().tape.0.take()
    }

    /// Runs a verb as the palette would, for those without a key.
    pub fn act(&mut self, action: Action) -> &mut Self {
        self.app.act(action);
        self.settle();
        self
    }
}

/// A key map with changes, for tests of remapping.
pub fn remapped(changes: &[(&str, &str)]) -> Keymap {
    let changes: BTreeMap<String, String> = changes
        .iter()
        .map(|(id, keys)| ((*id).to_owned(), (*keys).to_owned()))
        .collect();
    Keymap::with_changes(&changes).unwrap_or_else(|error| panic!("{error}"))
}
