//! Imports: a file, a verdict on each of its rows before anything is written, and the commit.

use crate::expense::NewExpense;
use crate::id::{AccountId, ExpenseId, ImportId, OperationId};
use crate::instant::Instant;
use crate::page::PageQuery;
use serde::{Deserialize, Serialize};

/// How a file is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct ImportOptions {
    /// The file's name, for the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 200)))]
    pub file_name: Option<String>,
    /// The file's encoding, such as `windows-1251`, by any name that the WHATWG standard has for it. Left out, it is found by the bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 40)))]
    pub encoding: Option<String>,
    /// Which column is what: `date=Date,amount=Amount,note=Note`. Fields: date, amount, kind, currency, category,
    /// subcategory, account, `to_account`, payee, tags, note, `external_id`, debit, credit. Columns are named by the header, or by number from 1.
    /// Left out, headers that say what they are (also in other words) are taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 2000)))]
    pub columns: Option<String>,
    /// The order of day, month and year in dates: `ymd`, `dmy` or `mdy`. Left out, the order that fits every row; a file that fits two is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(pattern = "^(ymd|dmy|mdy)$")))]
    pub date_format: Option<String>,
    /// What the words of the kind column mean: `Expense=expense,Income=income,Transfer-Out=transfer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 1000)))]
    pub kind_map: Option<String>,
    /// The account of rows that name none, by its name; `account_id` or this.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub account: Option<String>,
    /// The account of rows that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// True makes categories and accounts that are named but not there yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_missing: Option<bool>,
}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum ImportState {
    /// Read and judged; nothing is written.
    Preview,
    /// Being written; carried on after a crash.
    Committing,
    /// Written.
    Committed,
    /// Written, and taken back by an undo.
    Undone,
}

/// What will happen to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "snake_case")
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It will be written.
    New,
    /// Its external id was recorded before; it is left out.
    Duplicate,
    /// It cannot be read; `reason` says why. It is left out.
    Invalid,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// Where it stands.
    pub state: ImportState,
    /// The file's name.
    pub file_name: String,
    /// How the file was read.
    pub format: String,
    /// Rows in the file.
    pub row_count: u64,
    /// Rows that will be written, or were.
    pub new_count: u64,
    /// Rows left out because their external id is known.
    pub duplicate_count: u64,
    /// Rows that cannot be read.
    pub invalid_count: u64,
    /// Rows written so far.
    pub written_count: u64,
    /// Categories and accounts it would make, as `category Food`, `account Cash`.
    pub new_names: Vec<String>,
    /// The operation that history shows; from the commit on.
    pub operation_id: Option<OperationId>,
    /// Goes up by one with each change; also the `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
}

/// One row of an import's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct ImportRow {
    /// The line it begins on, from 1.
    pub line: u32,
    /// What will happen to it.
    pub verdict: Verdict,
    /// Why, where it is left out.
    pub reason: Option<String>,
    /// The row as it stands in the file, shortened to 500 characters.
    pub raw: String,
    /// What it was understood as.
    pub expense: Option<NewExpense>,
    /// The row it made.
    pub expense_id: Option<ExpenseId>,
}

/// Which rows of an import.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct ImportRowQuery {
    /// Only rows of that verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Which part of it.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", oai(flatten))]
    pub page: PageQuery,
}
