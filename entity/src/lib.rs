//! SeaORM models, one file a table, each the table as it stands: no rules, no names from the wire.
//! Instants are `DateTimeUtc`, cut to microseconds before they are stored (MySQL keeps no more, SQLite would);
//! days are `Date`; ids are UUIDv7 in 16 bytes. Words such as `kind` and `role` are plain text here.

pub mod account;
pub mod account_write;
pub mod audit;
pub mod category;
pub mod change;
pub mod change_row;
pub mod expense;
pub mod expense_tag;
pub mod external_ref;
pub mod import;
pub mod import_row;
pub mod invite;
pub mod ledger;
pub mod member;
pub mod month_total;
pub mod operation;
pub mod payee;
pub mod reset_code;
pub mod setting;
pub mod tag;
pub mod throttle;
pub mod token;
pub mod undo;
pub mod user;
