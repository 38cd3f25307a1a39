//! The real terminal: what it can do, read once from the environment; the guard that takes it over
//! and always gives it back; bytes in, turned into keys; frames out, one write each. The only room
//! that names crossterm and the signals.

mod decode;
mod environment;
mod guard;
mod input;
mod wire;

pub use decode::Decoder;
pub use environment::Environment;
pub use guard::{Guard, install_panic_hook};
pub use input::listen;
pub use wire::Wire;
