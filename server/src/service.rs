//! The rules, one file a noun: what may be done, what must hold, and how it is answered. Services open units of work
//! and snapshots and call stores; they know no HTTP.

pub mod actor;
pub mod audit;
pub mod change_set;
pub mod confirm;
pub mod cursor;
pub mod day;
pub mod dictionary;
pub mod entry;
pub mod expense;
pub mod filter;
pub mod gate;
pub mod grant;
pub mod history;
pub mod import;
pub mod invite;
pub mod ledger;
pub mod live;
pub mod machine;
pub mod member;
pub mod merge;
pub mod names;
pub mod operation;
pub mod password;
pub mod password_reset;
pub mod purge;
pub mod quick;
pub mod report;
pub mod secret;
pub mod sign_in;
pub mod throttle;
pub mod token;
pub mod token_use;
pub mod undo;
pub mod user;
pub mod write;

pub use crate::db::Replayed;
pub use grant::{Grant, Person};
pub use write::WriteKey;
