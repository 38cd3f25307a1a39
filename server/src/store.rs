//! The queries. Each takes a connection or a unit of work and always the ledger; what differs between databases
//! lives here only. No rules: a store never calls a service and never decides who may do what.

pub mod apply;
pub mod change;
pub mod expense;
pub mod filter;
pub mod image;
pub mod ledger;
pub mod names;
pub mod noun;
pub mod report;
pub mod token;
