//! The real terminal: what it can do, read once from the environment; the guard that takes it over
//! and always gives it back; bytes in, turned into keys; frames out, one write each. The only room
//! that names crossterm and the signals.

mod decode;
mod environment;
mod guard;
pub mod hidden;
mod input;
mod wire;

use std::io::{self, BufWriter, Stdout};

use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{App, Poster, Setup};

pub use decode::Decoder;
pub use environment::Environment;
pub use guard::{Guard, install_panic_hook};
pub use input::listen;
pub use wire::Wire;
pub(crate) use wire::is_blank;

/// A file that may not grow any more (`ulimit -f`) is an error like a full disk, and no reason to be killed. To be called
/// inside the runtime; it holds as long as the process lives.
pub fn outlive_size_limit() {
    let kind = SignalKind::from_raw(SIGXFSZ);
    // Where it cannot be caught, it ends the process as before.
    drop(signal(kind));
}

/// The same number on every system that this runs on.
const SIGXFSZ: i32 = 25;

/// Frames gathered here leave in one write.
const FRAME: usize = 64 * 1024;

/// Runs the app on the terminal of this process and gives the terminal back. `started` gets the
/// handle for everything that tells the app something from outside. To be awaited on the main thread
/// of a runtime with several, so that a call that panics can be told from the app itself.
pub async fn run(setup: Setup, wants_mouse: bool, started: impl FnOnce(Poster)) -> io::Result<()> {
    install_panic_hook();
    let guard = Guard::take(wants_mouse)?;
    let input = listen()?;
    let wire: Wire<BufWriter<Stdout>> = Wire::new(BufWriter::with_capacity(FRAME, io::stdout()));
    let mut app = App::new(setup, wire, Handle::current())?;
    started(app.poster());
    let outcome = app.run(input).await;
    drop(guard);
    outcome
}
