//! The API through real sockets, one module a resource as the addresses have them. Each operation: its success, every
//! refusal it documents, a repeat, a stale version, and somebody else's ledger.

mod access;
mod accounts;
mod answers;
mod auth;
mod categories;
mod changes;
mod cost;
mod days;
mod dictionary;
mod expenses;
mod imports;
mod ledgers;
mod live;
mod members;
mod operations;
mod origins;
mod outage;
mod payees;
mod protocol;
mod quick;
mod rate;
mod reports;
mod tags;
mod tokens;
mod vanish;
