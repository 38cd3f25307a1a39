//! Operations: long work of many changes, how far each has come and how it ended.

use crate::id::{OperationId, UserId};
use crate::instant::Instant;
use crate::page::PageQuery;
use serde::{Deserialize, Serialize};

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum OperationState {
    /// Being carried out; carried on after a crash.
    Running,
    /// All is done.
    Done,
    /// It could not be finished; what was done stays and can be undone.
    Failed,
}

/// An undo, a merge, a reassignment or the writing of an import: as many changes of at most 1,000 rows as it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Operation {
    /// Its id, which its changes in the log carry.
    pub id: OperationId,
    /// What it does, in a word such as `undo`, `redo`, `merge_category`, `reassign_category`, `commit_import`. New ones may come.
    pub kind: String,
    /// Where it stands.
    pub state: OperationState,
    /// Rows that are settled so far: changed, or passed over.
    pub done: u64,
    /// Rows that it is about, as far as is known; `done` may end below it, where rows needed nothing.
    pub total: u64,
    /// The operation that it takes back, where it is an undo.
    pub undoes: Option<OperationId>,
    /// Who began it.
    pub by: UserId,
    /// The program that asked, such as `expense/0.1.0`.
    pub client: String,
    /// When it began.
    pub started_at: Instant,
    /// When it last came a step further.
    pub updated_at: Instant,
}

/// Which operations.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct OperationQuery {
    /// Only those that stand there: `running`, `done` or `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<OperationState>,
    /// Which part of it.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", oai(flatten))]
    pub page: PageQuery,
}
