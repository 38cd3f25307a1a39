//! Several changes of rows, all or nothing, and what came of them.

use super::{Expense, ExpensePatch, NewExpense};
use crate::id::ExpenseId;
use crate::problem::Faults;
use serde::{Deserialize, Serialize};

/// Several changes, all or nothing, in one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Up to 500 operations, carried out in this order.
    #[cfg_attr(feature = "openapi", oai(validator(min_items = 1, max_items = 500)))]
    pub operations: Vec<BatchOperation>,
}

/// What an operation of a batch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum BatchVerb {
    /// Makes `expense`.
    Create,
    /// Applies `patch` to `id`.
    Update,
    /// Deletes `id`.
    Delete,
    /// Brings the deleted `id` back.
    Restore,
}

/// One operation of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct BatchOperation {
    /// What to do.
    pub op: BatchVerb,
    /// Which row; not for `create`, whose id is in `expense`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ExpenseId>,
    /// The version it must still have; left out, any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The row to make; `create` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expense: Option<NewExpense>,
    /// The change; `update` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<ExpensePatch>,
}

/// The rows of a batch as they are after it, one for each operation, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct BatchResult {
    /// The ledger's revision that this batch is.
    pub rev: i64,
    /// The rows, deleted ones with `deleted_at`. A row that an operation left as it was is not among them.
    pub items: Vec<Expense>,
}

impl BatchOperation {
    /// Finds fields that do not go with the operation.
    pub fn check(&self, faults: &mut Faults) {
        let (id, expense, patch) = match self.op {
            BatchVerb::Create => (false, true, false),
            BatchVerb::Update => (true, false, true),
            BatchVerb::Delete | BatchVerb::Restore => (true, false, false),
        };
        for (name, wanted, given) in [
            ("id", id, self.id.is_some()),
            ("expense", expense, self.expense.is_some()),
            ("patch", patch, self.patch.is_some()),
        ] {
            match (wanted, given) {
                (true, false) => faults.add(
                    format!("/{name}"),
                    "missing",
                    format!("This operation needs `{name}`"),
                ),
                (false, true) => {
                    faults.add(
                        format!("/{name}"),
                        "not-here",
                        format!("This operation takes no `{name}`"),
                    );
                }
                _ => {}
            }
        }
    }
}
