//! The queries. Each takes a connection or a unit of work and always the ledger; what differs between databases
//! lives here only. No rules: a store never calls a service and never decides who may do what.

pub mod account_write;
pub mod apply;
pub mod audit;
pub mod change;
pub mod change_count;
pub mod dictionary;
pub mod expense;
pub mod external_ref;
pub mod filter;
pub mod image;
pub mod import;
pub mod invite;
pub mod ledger;
pub mod link;
pub mod member;
pub mod names;
pub mod noun;
pub mod operation;
pub mod reach;
pub mod report;
pub mod reset_code;
pub mod setting;
pub mod shown;
pub mod throttle;
pub mod token;
pub mod user;

use crate::error::{AppError, Result};

/// A guarded update must have met its row: the ledger's `rev` was taken first, so nobody else can have moved it.
fn one_row(affected: u64) -> Result<()> {
    all_rows(affected, 1)
}

/// The same for rows that are written together.
fn all_rows(affected: u64, wanted: usize) -> Result<()> {
    if usize::try_from(affected) == Ok(wanted) {
        Ok(())
    } else {
        Err(AppError::Internal(
            "a row moved under its own unit of work".into(),
        ))
    }
}
