//! The API through real sockets, one module a resource as the addresses have them. Each operation: its success, every
//! refusal it documents, a repeat, a stale version, and somebody else's ledger.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::format_collect,
    reason = "a helper of a test stops it as the test itself would"
)]

mod access;
mod accounts;
mod categories;
mod days;
mod dictionary;
mod expenses;
mod imports;
mod ledgers;
mod outage;
mod payees;
mod protocol;
mod quick;
mod reports;
mod tags;
mod vanish;
