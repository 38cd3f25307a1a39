//! A write of rows as it is kept and sent: what it asks of the server, which rows it touches, and how it follows a row
//! whose version went on. Nothing is sent or stored here but the one request.

use crate::client::{Api, ClientError, Key};
use api::date::Date;
use api::day::{DaySaved, DayUpdate};
use api::expense::{Batch, BatchVerb, Expense, ExpensePatch, NewExpense};
use api::id::ExpenseId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Write {
    /// A new row, with its id set.
    Create(Box<NewExpense>),
    Update {
        id: ExpenseId,
        version: i64,
        patch: Box<ExpensePatch>,
    },
    Delete {
        id: ExpenseId,
        version: i64,
    },
    Restore {
        id: ExpenseId,
    },
    /// New rows in it have their ids set.
    Batch(Batch),
    /// A day as a whole.
    Day {
        date: Date,
        etag: String,
        update: DayUpdate,
    },
}

/// What the server said to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The rows as they are now; a deleted one has its `deleted_at`.
    pub rows: Vec<Expense>,
    /// A day's own answer.
    pub day: Option<DaySaved>,
}

impl Write {
    /// The rows it names.
    pub fn rows(&self) -> Vec<ExpenseId> {
        match self {
            Self::Create(expense) => expense.id.into_iter().collect(),
            Self::Update { id, .. } | Self::Delete { id, .. } | Self::Restore { id } => vec![*id],
            Self::Batch(batch) => {
                let operations = batch.operations.iter();
                let ids = operations.filter_map(|operation| {
                    operation
                        .id
                        .or_else(|| operation.expense.as_ref().and_then(|expense| expense.id))
                });
                ids.collect()
            }
            Self::Day { update, .. } => update.rows.iter().filter_map(|row| row.id).collect(),
        }
    }

    /// A name that is in no list yet, for the category of one of its rows.
    pub fn new_category(&self, row: ExpenseId) -> Option<&str> {
        fn of_new(expense: &NewExpense) -> Option<&str> {
            let name = expense.category.as_deref();
            name.filter(|_| expense.category_id.is_none())
        }
        fn of_patch(patch: &ExpensePatch) -> Option<&str> {
            patch.category.set().map(String::as_str)
        }
        match self {
            Self::Create(expense) if expense.id == Some(row) => of_new(expense),
            Self::Update { id, patch, .. } if *id == row => of_patch(patch),
            Self::Batch(batch) => batch.operations.iter().find_map(|operation| {
                let new = operation.expense.as_ref().filter(|new| new.id == Some(row));
                let patch = operation.patch.as_ref().filter(|_| operation.id == Some(row));
                new.and_then(of_new).or_else(|| patch.and_then(of_patch))
            }),
            Self::Day { update, .. } => {
                let found = update.rows.iter().find(|found| found.id == Some(row));
                found.and_then(|found| of_patch(&found.fields))
            }
            _ => None,
        }
    }

    /// Whether all it does is to make rows.
    pub fn only_creates(&self) -> bool {
        match self {
            Self::Create(_) => true,
            Self::Batch(batch) => {
                let mut operations = batch.operations.iter();
                operations.all(|operation| operation.op == BatchVerb::Create)
            }
            _ => false,
        }
    }

    /// A row has another version by now, through a write that this one was made on top of. True where it matters here.
    pub(super) fn follow(&mut self, row: ExpenseId, now: i64) -> bool {
        match self {
            Self::Update { id, version, .. } | Self::Delete { id, version } if *id == row => {
                std::mem::replace(version, now) != now
            }
            Self::Batch(batch) => {
                let mut is_other = false;
                let operations = batch.operations.iter_mut();
                for operation in operations.filter(|operation| operation.id == Some(row)) {
                    if let Some(version) = &mut operation.version {
                        is_other |= std::mem::replace(version, now) != now;
                    }
                }
                is_other
            }
            _ => false,
        }
    }

    /// The version it wants a row to have still.
    pub(super) fn version_of(&self, row: ExpenseId) -> Option<i64> {
        match self {
            Self::Update { id, version, .. } | Self::Delete { id, version } if *id == row => Some(*version),
            Self::Batch(batch) => {
                let mut operations = batch.operations.iter();
                operations
                    .find(|operation| operation.id == Some(row))
                    .and_then(|operation| operation.version)
            }
            _ => None,
        }
    }

    /// Asks the server. `before` are the rows as they were, for what the answer does not repeat.
    pub(super) async fn ask(
        &self,
        api: &Arc<dyn Api>,
        key: Key,
        before: &[Expense],
    ) -> Result<Answer, ClientError> {
        let one = |row: Expense| Answer {
            rows: vec![row],
            day: None,
        };
        match self {
            Self::Create(expense) => api.create_expense(expense, key).await.map(one),
            Self::Update { id, version, patch } => {
                api.update_expense(*id, *version, patch, key).await.map(one)
            }
            Self::Restore { id } => api.restore_expense(*id, key).await.map(one),
            Self::Delete { id, version } => {
                api.delete_expense(*id, *version, key).await?;
                let gone = before.iter().filter(|row| row.id == *id);
                Ok(Answer {
                    rows: gone.map(|row| deleted(row, version + 1)).collect(),
                    day: None,
                })
            }
            Self::Batch(batch) => {
                let rows = api.batch_expenses(batch, key).await?.items;
                Ok(Answer { rows, day: None })
            }
            Self::Day { date, etag, update } => {
                let day = api.update_day(*date, etag, update, key).await?;
                let gone = before.iter().filter(|row| day.deleted.contains(&row.id));
                let gone = gone.map(|row| deleted(row, row.version + 1));
                Ok(Answer {
                    rows: day
                        .created
                        .iter()
                        .chain(&day.updated)
                        .cloned()
                        .chain(gone)
                        .collect(),
                    day: Some(day),
                })
            }
        }
    }
}

/// The row as it is once it is deleted; the moment is the server's to know.
pub fn deleted(row: &Expense, version: i64) -> Expense {
    Expense {
        deleted_at: Some(row.updated_at),
        version,
        ..row.clone()
    }
}
