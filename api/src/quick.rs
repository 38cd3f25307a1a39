//! The entry line over HTTP: what a line was understood as, before or while it is saved.

use crate::date::Date;
use crate::expense::{Expense, NewExpense};
use crate::id::ExpenseId;
use serde::{Deserialize, Serialize};

/// Longest entry line, in characters.
pub const MAX_LINE: usize = 1000;

/// One line, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct EntryLine {
    /// `12.50 lunch @card #food +trip y // note`.
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 1000)))]
    pub text: String,
    /// The writer's own day, which `y` and `fri` count from.
    pub today: Date,
    /// An id of the client's choice for the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ExpenseId>,
    /// True makes a category or account that is named but not there yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", oai(default))]
    pub create_missing: bool,
}

/// What a piece of the line was taken for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct EntryToken {
    /// Where it begins, in bytes of UTF-8.
    pub start: u32,
    /// Where it ends, exclusive.
    pub end: u32,
    /// `amount`, `currency`, `word`, `category`, `account`, `tag`, `date`, `member`, `note` or `fault`.
    pub kind: String,
    /// For a fault: why, and how to mend it.
    pub detail: Option<String>,
}

/// What a line was understood as. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct ParsedEntry {
    /// The row it would make; `null` while something needed is missing or wrong.
    pub expense: Option<NewExpense>,
    /// Each piece of the line and what it was taken for.
    pub tokens: Vec<EntryToken>,
    /// Names that are not there yet and would be made.
    pub new_names: Vec<String>,
    /// Why it cannot be saved as it stands; empty where it can.
    pub faults: Vec<crate::problem::Fault>,
}

/// A line that was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct QuickResult {
    /// The row it made.
    pub expense: Expense,
}
