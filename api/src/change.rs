//! The log of a ledger: who changed what, in the order it happened, field by field; and what an undo did. What a
//! change may be undone by, and how, is the server's to know.

use crate::id::{EntryId, OperationId, UserId};
use crate::instant::Instant;
use crate::page::PageQuery;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most rows of a change that are shown with it.
pub const MAX_SHOWN_ROWS: usize = 50;

/// One change: what one request, or one step of a longer operation, did to a ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Change {
    /// Its number in the ledger: 1 and up, without gaps, in the order of the commits.
    pub rev: i64,
    /// What it is a part of. An import, a merge and their undo are several changes of one operation.
    pub operation_id: OperationId,
    /// What was done, in a word such as `create_expense`, `update_day`, `commit_import`, `undo`. New ones may come.
    pub kind: String,
    /// Who did it.
    pub by: UserId,
    /// Their user name.
    pub by_name: String,
    /// The program that asked, such as `expense/0.1.0`.
    pub client: String,
    /// When.
    pub at: Instant,
    /// The operation that it takes back, where it is an undo.
    pub undoes: Option<OperationId>,
    /// The operation that took it back, where one did and was not taken back itself.
    pub undone_by: Option<OperationId>,
    /// True where an undo may be asked for: it is of rows and their names, and not taken back already.
    pub is_undoable: bool,
    /// How many rows it changed: expenses, refunds, income and transfers, as listed; `null` in the history of one row.
    pub row_count: Option<u64>,
    /// How many names it made or changed beside them.
    #[serde(default)]
    pub name_counts: Vec<NameCount>,
    /// What the whole operation comes to, this change among its changes; `null` in the history of one row.
    #[serde(default)]
    pub operation: Option<OperationCounts>,
    /// What it changed, row by row and name by name, at most 50 of them; in the history of a row that row alone.
    pub rows: Vec<ChangedRow>,
}

/// What an operation comes to so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct OperationCounts {
    /// Of how many changes it is made.
    pub change_count: u64,
    /// How many rows they changed.
    pub row_count: u64,
    /// How many names they made or changed beside them.
    pub name_counts: Vec<NameCount>,
}

/// How many names of one sort were made, and how many were changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct NameCount {
    /// `category`, `account`, `payee` or `tag`.
    pub noun: String,
    /// New ones.
    pub made: u64,
    /// Ones that were there before: renamed, archived, deleted, brought back.
    pub changed: u64,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum ChangeAction {
    /// It is new.
    Created,
    /// Some of its fields differ.
    Updated,
    /// It was deleted.
    Deleted,
    /// It was brought back.
    Restored,
    /// It was removed for good since; what it held is not kept.
    Purged,
}

/// What a change did to one row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct ChangedRow {
    /// What it is: `expense`, `category`, `account`, `payee`, `tag`, `import`, `member`, `ledger`. New ones may come.
    pub noun: String,
    /// Its id.
    pub id: EntryId,
    /// What became of it.
    pub action: ChangeAction,
    /// What it is called, for people: a name, or `12.50 EUR lunch`.
    pub label: String,
    /// The version it had after the change; `null` once it is purged.
    pub version: Option<i64>,
    /// The fields that differ, each with its value before and after, as the resource shows them.
    pub fields: Vec<FieldChange>,
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct FieldChange {
    /// Its name in the resource.
    pub field: String,
    /// Its value before; `null` where it had none.
    pub before: Option<Value>,
    /// Its value after; `null` where it has none.
    pub after: Option<Value>,
}

/// A part of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct ChangePage {
    /// The changes, in the order asked for.
    pub items: Vec<Change>,
    /// Hand this back as `cursor` for the next page; `null` on the last one. Also sent as `Link: rel="next"`.
    pub next_cursor: Option<String>,
    /// Hand this back as `since` for what comes after the last of these items; only where the order is that of the log.
    pub next_since: Option<String>,
    /// The ledger's revision: the number of its last change.
    pub rev: i64,
}

/// The order of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Enum))]
pub enum ChangeSort {
    /// As it happened.
    #[default]
    #[serde(rename = "rev")]
    #[cfg_attr(feature = "openapi", oai(rename = "rev"))]
    Oldest,
    /// The latest first.
    #[serde(rename = "-rev")]
    #[cfg_attr(feature = "openapi", oai(rename = "-rev"))]
    Newest,
}

/// Which changes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct ChangeQuery {
    /// Only changes after this: a `next_since` of this ledger, or the number of a change. Left out, from the first one on. Not together with `sort=-rev`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 600)))]
    pub since: Option<String>,
    /// `rev` (the default) as it happened, `-rev` the latest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<ChangeSort>,
    /// True for your own alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mine: Option<bool>,
    /// `undo`: only what an undo can be asked for; `redo`: only undos that can be taken back themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_to: Option<OpenTo>,
    /// True for one entry an operation, which stands where its last change does and shows what its first one changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole: Option<bool>,
    /// Which part of it.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", oai(flatten))]
    pub page: PageQuery,
}

/// Where a stream of changes begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default, deny_unknown_fields)]
pub struct StreamQuery {
    /// Only changes after this: a `next_since` of this ledger, or the number of a change. Left out, from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 600)))]
    pub since: Option<String>,
}

/// What may still be done with a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum OpenTo {
    /// It can be taken back, and is no undo itself.
    Undo,
    /// It is an undo that can be taken back.
    Redo,
}

/// How an undo is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default, deny_unknown_fields)]
pub struct UndoQuery {
    /// `conflicts`: rows that were changed since stay as they are, and the others are taken back. Left out, all or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip: Option<Skip>,
}

/// What an undo passes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum Skip {
    /// Rows that cannot be brought back to what they were.
    Conflicts,
}

/// What an undo did, or how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct UndoResult {
    /// The operation that the undo is; undoing it does again what was done.
    pub operation_id: OperationId,
    /// The operation that it takes back.
    pub undoes: OperationId,
    /// The first change of the undo.
    pub rev: i64,
    /// Rows that are again as they were: expenses, refunds, income and transfers.
    pub restored: u64,
    /// Names that it made, took away, brought back or changed beside them.
    #[serde(default)]
    pub name_counts: Vec<NameCount>,
    /// Rows that were passed over.
    pub skipped: u64,
    /// Names that were passed over.
    #[serde(default)]
    pub skipped_names: u64,
    /// False where the rest is carried out in the background.
    pub is_done: bool,
}
