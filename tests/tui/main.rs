//! The programs as people use them: `expense` and `expensed` built, started, typed into and killed. One file a promise.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test stops it as the test itself would"
)]

mod admin;
mod book_faults;
mod books;
mod bytes;
mod commands;
mod commands_by_scope;
mod crash;
mod disk;
mod door;
mod first_run;
mod hostile;
mod household;
mod keys;
mod live;
mod moving;
mod operations;
mod outage;
mod outbox;
mod payers;
mod people;
mod plain;
mod push;
mod served;
mod sizes;
mod startup;
mod stopped;
mod strange_text;
mod undo;
