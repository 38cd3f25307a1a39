//! Takes the terminal over and gives it back: when dropped, on a panic, and around a stay in the
//! shell. Giving back twice is harmless, so every way out may do it.

use std::{
    io::{self, IsTerminal, Write},
    panic,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, ThreadId},
};

use crossterm::{
    cursor, event, queue,
    style::force_color_output,
    terminal::{self, EnterAlternateScreen, LeaveAlternateScreen},
};

/// Presses and the wheel only: no motion, which would be an event for every step of the hand.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";

/// The one terminal of this process is ours.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);
static HAS_MOUSE: AtomicBool = AtomicBool::new(false);
/// The thread that draws. A panic elsewhere ends a call, not the app.
static OWNER: OnceLock<ThreadId> = OnceLock::new();

/// Whoever holds this has the terminal.
pub struct Guard(());

impl Guard {
    /// Raw mode, the alternate screen, bracketed paste and, if wanted, the mouse.
    pub fn take(wants_mouse: bool) -> io::Result<Self> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(io::Error::other("standard input and output are not a terminal"));
        }
        // Colours are this app's own decision, whatever crossterm reads from the environment.
        force_color_output(true);
        HAS_MOUSE.store(wants_mouse, Ordering::SeqCst);
        OWNER.get_or_init(|| thread::current().id());
        take()?;
        Ok(Self(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

fn take() -> io::Result<()> {
    terminal::enable_raw_mode()?;
    IS_TAKEN.store(true, Ordering::SeqCst);
    let mut out = io::stdout().lock();
    queue!(out, EnterAlternateScreen, event::EnableBracketedPaste)?;
    if HAS_MOUSE.load(Ordering::SeqCst) {
        out.write_all(MOUSE_ON)?;
    }
    out.flush()
}

/// Puts everything back as it was. Errors have nowhere to go: the terminal may be gone.
pub(super) fn give_back() {
    if !IS_TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout().lock();
    if HAS_MOUSE.load(Ordering::SeqCst) {
        let _ = out.write_all(MOUSE_OFF);
    }
    let _ = queue!(
        out,
        event::DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = out.flush();
    let _ = terminal::disable_raw_mode();
}

/// Gives the terminal back before a panic of the app is reported, so that it can be read. One in a
/// call, or in the server inside this process, goes to the log: the app lives on, and a report on
/// standard error would be written across its screen.
pub fn install_panic_hook() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let is_taken = IS_TAKEN.load(Ordering::SeqCst);
        if is_taken && OWNER.get() != Some(&thread::current().id()) {
            tracing::error!(panic = %info, "a task failed");
            return;
        }
        give_back();
        report(info);
    }));
}

/// Stops the process as ^Z does; returns when it is continued. Where nobody could continue it (no
/// job control) the kernel does not stop it, and it goes on at once.
pub(super) fn suspend() -> io::Result<()> {
    give_back();
    signal_hook::low_level::raise(signal_hook::consts::SIGTSTP)?;
    take()
}

/// The shell has put its own modes back meanwhile.
pub(super) fn retake() -> io::Result<()> {
    give_back();
    take()
}
