//! Keys: the verbs a user can ask for, the one default table that binds them, how a key is
//! written, and how a pressed key becomes a verb. Footer hints, help and the manual are read from
//! the same table, so they cannot disagree with what a key does. Nothing here knows a screen.

mod action;
mod default;
mod key;
mod parse;
mod resolve;
#[cfg(test)]
mod sentences;

pub use action::Action;
pub use default::{Binding, TABLE};
pub use key::{Key, KeyCode};
pub use parse::{ParseKeyError, parse_key, parse_keys, parse_script};
pub use resolve::{Conflict, Hint, KeyError, Keymap, Lookup};
