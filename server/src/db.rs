//! The room around the database: pools, the unit of work and its retries, and how the schema is brought up to
//! date, leased and described. No queries about expenses, no rules.

mod account;
pub mod book_fault;
mod classify;
pub mod lease;
pub mod migrate;
mod outside;
mod pool;
mod read_only;
pub mod schema;
mod storage;
mod unit;
mod watch;

pub use account::{AccountOp, AccountWork, Replayed};
pub use book_fault::{BookFault, Matter};
pub use classify::{Class, StorageFault, classify};
pub use pool::{Db, Dialect, PoolOptions};
pub use unit::{Op, Outcome, Unit, Work};
pub use watch::Looks;
