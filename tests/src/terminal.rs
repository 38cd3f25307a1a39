//! `expense` in a pseudo terminal: bytes in as keys, bytes out into the model of a terminal, and what a person in front
//! of it could see. Everything is waited for by condition. What a test expects to see is not decided here.

use crate::program::{Home, binary};
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};
pub use vt100::Screen;

/// How long anything may take: much, since the machine may be busy; a test that is right never waits for it.
const PATIENCE: Duration = Duration::from_secs(40);
/// So long without a byte, and what was asked for is on the screen.
const QUIET: Duration = Duration::from_millis(400);
const FRAME_BEGINS: &[u8] = b"\x1b[?2026h";
const FRAME_ENDS: &[u8] = b"\x1b[?2026l";

pub const ENTER: &str = "\r";
pub const ESC: &str = "\x1b";
pub const CTRL_C: &str = "\x03";

/// A program in its terminal.
pub struct Terminal {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    shared: Arc<Shared>,
    pid: u32,
    /// The terminal's modes before the program had it.
    modes: String,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    parser: vt100::Parser,
    /// Everything that came out.
    output: Vec<u8>,
    started: Instant,
    first_frame: Option<FirstFrame>,
    is_closed: bool,
    exit: Option<portable_pty::ExitStatus>,
}

impl State {
    /// Between frames: what is on the screen is whole.
    fn is_whole(&self) -> bool {
        let last = |mark: &[u8]| self.output.windows(mark.len()).rposition(|part| part == mark);
        last(FRAME_BEGINS) <= last(FRAME_ENDS)
    }
}

/// The first frame: how long after the start it was whole, and the bytes until then.
#[derive(Debug, Clone, Copy)]
pub struct FirstFrame {
    pub after: Duration,
    pub bytes: usize,
}

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: u32,
    /// The signal that ended it, in words.
    pub signal: Option<String>,
    /// The terminal is as it was before: its modes, its screen, its cursor, its mouse.
    pub is_restored: bool,
    /// What stands on the screen then.
    pub text: String,
}

impl Terminal {
    /// `expense` with arguments at 80x24.
    pub fn open(home: &Home, arguments: &[&str]) -> Self {
        Self::open_at(home, arguments, 80, 24)
    }

    /// `expense` with arguments in a terminal of this size.
    pub fn open_at(home: &Home, arguments: &[&str], columns: u16, rows: u16) -> Self {
        Self::run(home, "expense", arguments, columns, rows)
    }

    /// One of the programs with arguments in a terminal of this size.
    pub fn run(home: &Home, program: &str, arguments: &[&str], columns: u16, rows: u16) -> Self {
        let pair = native_pty_system()
            .openpty(size(columns, rows))
            .expect("open a pseudo terminal");
        let modes = modes(pair.master.as_ref());
        let mut command = CommandBuilder::new(binary(program));
        command.args(arguments);
        command.env_clear();
        for (name, value) in home.env() {
            command.env(name, value);
        }
        command.cwd(home.path());
        let started = Instant::now();
        let mut child = pair.slave.spawn_command(command).expect("start the program");
        drop(pair.slave);
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                parser: parser(columns, rows),
                output: Vec::new(),
                started,
                first_frame: None,
                is_closed: false,
                exit: None,
            }),
            changed: Condvar::new(),
        });
        let reader = pair.master.try_clone_reader().expect("read the terminal");
        let (screen, ending) = (Arc::clone(&shared), Arc::clone(&shared));
        std::thread::spawn(move || watch(reader, &screen));
        let pid = child.process_id().expect("the id of a running program");
        std::thread::spawn(move || {
            let exit = child.wait().expect("wait for the program");
            ending.lock().exit = Some(exit);
            ending.changed.notify_all();
        });
        Self {
            writer: pair.master.take_writer().expect("write to the terminal"),
            master: pair.master,
            shared,
            pid,
            modes,
        }
    }

    /// Keys, as the bytes that a terminal sends for them.
    pub fn send(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).expect("send keys");
        self.writer.flush().expect("send keys");
    }

    /// Keys in pieces with a pause after each, as a slow line delivers them. Gives the longest pause that it was: a busy
    /// machine makes them longer.
    pub fn send_in_pieces(&mut self, pieces: &[&str], pause: Duration) -> Duration {
        let mut longest = Duration::ZERO;
        for piece in pieces {
            self.send(piece);
            let sent = Instant::now();
            crate::program::pause(pause);
            longest = longest.max(sent.elapsed());
        }
        longest
    }

    /// Another size: for the program and for the model.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        let mut state = self.shared.lock();
        let (rows_cells, columns_cells) = cells(columns, rows);
        state.parser.screen_mut().set_size(rows_cells, columns_cells);
        drop(state);
        self.master.resize(size(columns, rows)).expect("resize");
    }

    /// Waits until a text stands on the screen.
    pub fn wait(&self, text: &str) -> Screen {
        self.wait_until(&format!("{text:?}"), |screen| screen.contents().contains(text))
    }

    /// Waits until a text is gone from the screen.
    pub fn wait_gone(&self, text: &str) -> Screen {
        self.wait_until(&format!("no {text:?}"), |screen| {
            !screen.contents().contains(text)
        })
    }

    /// Waits until the screen, a whole frame of it, is as wanted.
    pub fn wait_until(&self, wanted: &str, is_so: impl Fn(&Screen) -> bool) -> Screen {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.lock();
        loop {
            if state.is_whole() && is_so(state.parser.screen()) {
                return state.parser.screen().clone();
            }
            let has_ended = state.is_closed && state.exit.is_some();
            if has_ended || Instant::now() > deadline {
                let text = state.parser.screen().contents();
                let exit = state.exit.clone();
                drop(state);
                panic!("waited for {wanted}; ended: {exit:?}; on the screen:\n{text}");
            }
            state = self.shared.wait(state, Duration::from_millis(100));
        }
    }

    /// Waits for the first frame.
    pub fn first_frame(&self) -> FirstFrame {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.lock();
        loop {
            if let Some(frame) = state.first_frame {
                return frame;
            }
            let text = || state.parser.screen().contents();
            assert!(Instant::now() < deadline, "no frame comes:\n{}", text());
            state = self.shared.wait(state, Duration::from_millis(100));
        }
    }

    /// Waits until nothing has come for a while. Gives the number of bytes that came in all.
    pub fn wait_quiet(&self) -> usize {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.lock();
        let (mut count, mut since) = (state.output.len(), Instant::now());
        while since.elapsed() < QUIET || count == 0 {
            assert!(Instant::now() < deadline, "the terminal is never quiet");
            state = self.shared.wait(state, QUIET.saturating_sub(since.elapsed()));
            if state.output.len() != count {
                (count, since) = (state.output.len(), Instant::now());
            }
        }
        count
    }

    /// Sends keys that show something, and waits until nothing more comes of them. Gives the bytes that came.
    pub fn bytes_of(&mut self, keys: &str) -> usize {
        let before = self.wait_quiet();
        self.send(keys);
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.lock();
        while state.output.len() == before {
            assert!(Instant::now() < deadline, "{keys:?} shows nothing");
            state = self.shared.wait(state, Duration::from_millis(100));
        }
        drop(state);
        self.wait_quiet() - before
    }

    /// Watches for as long, and gives how many bytes came.
    pub fn bytes_in(&self, time: Duration) -> usize {
        let mut state = self.shared.lock();
        let (before, until) = (state.output.len(), Instant::now() + time);
        while Instant::now() < until {
            state = self
                .shared
                .wait(state, until.saturating_duration_since(Instant::now()));
        }
        state.output.len() - before
    }

    pub fn screen(&self) -> Screen {
        self.shared.lock().parser.screen().clone()
    }

    pub fn text(&self) -> String {
        self.screen().contents()
    }

    /// Every byte that came out.
    pub fn output(&self) -> Vec<u8> {
        self.shared.lock().output.clone()
    }

    /// The time it has had of the processor, in ticks of the system's clock.
    pub fn cpu_ticks(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).expect("a running program");
        // The name, in brackets, may hold anything; the numbers after it do not.
        let (_, numbers) = stat.rsplit_once(')').expect("a stat line");
        let field = |at| {
            let text = numbers.split_whitespace().nth(at).expect("a field");
            text.parse::<u64>().expect("a number")
        };
        field(11) + field(12)
    }

    pub fn is_running(&self) -> bool {
        self.shared.lock().exit.is_none()
    }

    /// Sends a signal: `TERM`, `HUP`, `KILL`.
    pub fn signal(&self, name: &str) {
        signal(self.pid, name);
    }

    /// Waits until it has ended by itself.
    pub fn ended(&self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.shared.lock();
        while !(state.is_closed && state.exit.is_some()) {
            let text = || state.parser.screen().contents();
            assert!(Instant::now() < deadline, "it does not end:\n{}", text());
            state = self.shared.wait(state, Duration::from_millis(100));
        }
        let screen = state.parser.screen();
        let exit = state.exit.clone().expect("it has ended");
        let is_plain = !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None;
        Ended {
            code: exit.exit_code(),
            signal: exit.signal().map(str::to_owned),
            is_restored: is_plain && modes(self.master.as_ref()) == self.modes,
            text: screen.contents(),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.is_running() {
            // It may be gone by now.
            let _ = Command::new("kill")
                .args(["-KILL", &self.pid.to_string()])
                .output();
        }
    }
}

/// Sends a signal to a process that this test started.
pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(pid.to_string())
        .status();
    assert!(sent.expect("run kill").success(), "{pid} takes no {name}");
}

fn watch(mut reader: Box<dyn Read + Send>, shared: &Shared) {
    let mut buffer = vec![0; 65_536];
    loop {
        // At the end of a pseudo terminal the system reports an error.
        let count = reader.read(&mut buffer).unwrap_or(0);
        let mut state = shared.lock();
        let bytes = buffer.get(..count).unwrap_or_default();
        state.parser.process(bytes);
        state.output.extend_from_slice(bytes);
        state.is_closed = count == 0;
        if state.first_frame.is_none() {
            let mut parts = state.output.windows(FRAME_ENDS.len());
            let at = parts.position(|part| part == FRAME_ENDS);
            state.first_frame = at.map(|at| FirstFrame {
                after: state.started.elapsed(),
                bytes: at + FRAME_ENDS.len(),
            });
        }
        shared.changed.notify_all();
        if count == 0 {
            return;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout(state, time);
        waited.unwrap_or_else(std::sync::PoisonError::into_inner).0
    }
}

fn parser(columns: u16, rows: u16) -> vt100::Parser {
    let (rows, columns) = cells(columns, rows);
    vt100::Parser::new(rows, columns, 0)
}

fn cells(columns: u16, rows: u16) -> (NonZeroU16, NonZeroU16) {
    let cells = |count| NonZeroU16::new(count).expect("a terminal has cells");
    (cells(rows), cells(columns))
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// Comparable, and readable where an assertion fails.
fn modes(master: &(dyn MasterPty + Send)) -> String {
    format!("{:?}", master.get_termios().expect("the terminal's modes"))
}
