//! The contract both ends share: nouns, values, rules and grammars. The server and the app depend on it;
//! it depends on nothing of ours, does no I/O and reads no clock.
//!
//! Wire rules: JSON in `snake_case`; money is a decimal string with exactly the currency's digits; a day is
//! `YYYY-MM-DD` without a zone; an instant is RFC 3339 in UTC; ids are UUIDv7. Request schemas are closed,
//! answers are open: a reader ignores fields it does not know.

pub mod account;
pub mod audit;
pub mod auth;
pub mod balance;
pub mod category;
pub mod change;
pub mod currency;
pub mod date;
pub mod day;
pub mod entry;
pub mod expense;
pub mod filter;
pub mod id;
pub mod import;
pub mod instant;
pub mod ledger;
pub mod member;
pub mod money;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod operation;
pub mod page;
pub mod patch;
pub mod payee;
pub mod problem;
pub mod quick;
pub mod report;
pub mod secret;
pub mod tag;
pub mod text;
pub mod token;
pub mod user;

/// What can travel: serde on both ends, and poem-openapi's forms where the server asks for them.
#[cfg(feature = "openapi")]
pub trait Wire: poem_openapi::types::ParseFromJSON + poem_openapi::types::ToJSON {}
#[cfg(feature = "openapi")]
impl<T: poem_openapi::types::ParseFromJSON + poem_openapi::types::ToJSON> Wire for T {}

/// What can travel: serde on both ends, and poem-openapi's forms where the server asks for them.
#[cfg(not(feature = "openapi"))]
pub trait Wire {}
#[cfg(not(feature = "openapi"))]
impl<T> Wire for T {}
