//! Undo and redo: by the log of the server, where the cursor goes afterwards; and for an adder, who has no log to read,
//! the changes made here, the latest first, each as the requests that reverse it.

use super::{Expenses, Outside};
use crate::book::RowsChanged;
use crate::client::{Api, ClientError, Key};
use crate::fx::{Fx, Message};
use crate::popup::History;
use crate::theme::Look;
use api::change::OpenTo;
use api::expense::{Batch, BatchOperation, BatchVerb, Expense, ExpensePatch};
use api::id::ExpenseId;
use api::member::Role;
use api::patch::Patch;
use std::sync::Arc;

/// Changes that are remembered.
const MOST: usize = 50;

/// A change that was made here.
#[derive(Debug, Clone)]
pub(super) enum Undo {
    /// Rows that are deleted again.
    Created(Vec<Expense>),
    /// Rows that are brought back.
    Deleted(Vec<Expense>),
    /// Rows as they were, each with the version it has now.
    Changed(Vec<(Expense, i64)>),
    /// Rows that went to the ledger of that name, from where only they come back.
    Moved(String),
}

impl Undo {
    /// The row of that id, where this made it.
    pub(super) fn created(&self, id: ExpenseId) -> Option<Expense> {
        match self {
            Self::Created(rows) => rows.iter().find(|row| row.id == id).cloned(),
            _ => None,
        }
    }
}

impl Expenses {
    pub(super) fn remember(&mut self, undo: Undo) {
        self.undo.push(undo);
        if self.undo.len() > MOST {
            self.undo.remove(0);
        }
    }

    /// What happened to the row under the cursor.
    pub(super) fn history(&self, look: &Look) -> Fx<Self> {
        match self.list.get(self.scroll.selected()) {
            Some(item) if item.row.version > 0 => Fx::push(History::new(self.desk.clone(), &item.row, look)),
            _ => Fx::none(),
        }
    }

    /// Who sees others' rows has the log; only an adder is left with what was done here.
    fn has_log(&self) -> bool {
        self.desk.book.lists().role().is_none_or(Role::sees_all)
    }

    pub(super) fn redo_last(&mut self) -> Fx<Self> {
        if self.has_log() {
            return crate::undo::latest(&self.desk, OpenTo::Redo, Self::stand_on_undone);
        }
        Fx::notify("An adder cannot do again what was undone; add the row once more.")
    }

    /// The cursor goes to the row that was brought back or changed.
    pub(super) fn stand_on_undone(&mut self, rows: &[Expense], _: &Look) -> Option<String> {
        let back = rows.iter().find(|row| row.deleted_at.is_none())?;
        if self.is_in_view(back) {
            self.wanted = Some(back.id);
            return None;
        }
        self.outside = Some(Outside {
            id: back.id,
            day: back.date,
        });
        let day = self.desk.dates.short(back.date);
        Some(format!(
            "It is on {day}, outside this view; <expenses.accept> shows it."
        ))
    }

    pub(super) fn undo_last(&mut self) -> Fx<Self> {
        // To bring back here what went elsewhere would make two of each.
        let has_moved = matches!(self.undo.last(), Some(Undo::Moved(_)));
        if self.has_log() && !has_moved {
            return crate::undo::latest(&self.desk, OpenTo::Undo, Self::stand_on_undone);
        }
        let Some(undo) = self.undo.pop() else {
            return Fx::notify("Nothing was changed here yet.");
        };
        if let Undo::Moved(ledger) = undo {
            return Fx::notify(format!(
                "The rows are in {ledger} now: open it, and move them back."
            ));
        }
        let work = carry_out(Arc::clone(&self.desk.api), undo.clone());
        Fx::call("undoing", work, move |screen: &mut Self, outcome, look| {
            screen.undone(undo, outcome, look)
        })
    }

    fn undone(&mut self, undo: Undo, outcome: Result<Vec<Expense>, ClientError>, look: &Look) -> Fx<Self> {
        let after = match outcome {
            Ok(after) => after,
            Err(error) => {
                self.undo.push(undo);
                return Fx::notify(Message::error(error.sentence()));
            }
        };
        let (said, before) = match undo {
            Undo::Created(rows) => ("Taken back", rows),
            Undo::Deleted(rows) => ("Back again", rows),
            Undo::Changed(rows) => ("As it was", rows.into_iter().map(|(row, _)| row).collect()),
            Undo::Moved(_) => return Fx::none(),
        };
        let said = format!("{said}: {}.", self.words_of(&before, look));
        if let [only] = after.as_slice() {
            self.wanted = Some(only.id);
        }
        Fx::announce(RowsChanged::change(before, after)).and(Fx::notify(said))
    }
}

/// The rows after it.
async fn carry_out(api: Arc<dyn Api>, undo: Undo) -> Result<Vec<Expense>, ClientError> {
    match undo {
        Undo::Created(rows) => match rows.as_slice() {
            [row] => {
                api.delete_expense(row.id, row.version, Key::new()).await?;
                Ok(vec![deleted(row)])
            }
            _ => {
                batch(
                    api,
                    rows.iter()
                        .map(|row| operation(BatchVerb::Delete, row.id, Some(row.version))),
                )
                .await
            }
        },
        Undo::Deleted(rows) => match rows.as_slice() {
            [row] => Ok(vec![api.restore_expense(row.id, Key::new()).await?]),
            _ => {
                batch(
                    api,
                    rows.iter().map(|row| operation(BatchVerb::Restore, row.id, None)),
                )
                .await
            }
        },
        Undo::Changed(rows) => {
            if let [(row, version)] = rows.as_slice() {
                let saved = api
                    .update_expense(row.id, *version, &back_to(row), Key::new())
                    .await?;
                return Ok(vec![saved]);
            }
            let operations = rows.iter().map(|(row, version)| BatchOperation {
                patch: Some(back_to(row)),
                ..operation(BatchVerb::Update, row.id, Some(*version))
            });
            batch(api, operations).await
        }
        Undo::Moved(_) => Ok(Vec::new()),
    }
}

pub(super) async fn batch(
    api: Arc<dyn Api>,
    operations: impl Iterator<Item = BatchOperation>,
) -> Result<Vec<Expense>, ClientError> {
    let batch = Batch {
        operations: operations.collect(),
    };
    Ok(api.batch_expenses(&batch, Key::new()).await?.items)
}

pub(super) fn operation(op: BatchVerb, id: ExpenseId, version: Option<i64>) -> BatchOperation {
    BatchOperation {
        op,
        id: Some(id),
        version,
        expense: None,
        patch: None,
    }
}

/// The row as it is once it is deleted; the moment is the server's to know.
pub(super) fn deleted(row: &Expense) -> Expense {
    Expense {
        deleted_at: Some(row.updated_at),
        version: row.version + 1,
        ..row.clone()
    }
}

/// The patch that makes a row what it was.
fn back_to(row: &Expense) -> ExpensePatch {
    let set = |text: &Option<String>| text.clone().map_or(Patch::Clear, Patch::Set);
    ExpensePatch {
        date: Some(row.date),
        amount: Some(row.amount.clone()),
        currency: Some(row.currency),
        kind: Some(row.kind),
        category_id: row.category_id.map_or(Patch::Clear, Patch::Set),
        account_id: row.account_id.map_or(Patch::Clear, Patch::Set),
        to_account_id: row.to_account_id.map_or(Patch::Clear, Patch::Set),
        payee: set(&row.payee),
        tags: Some(row.tags.clone()),
        note: set(&row.note),
        paid_by: row.paid_by.map_or(Patch::Clear, |id| Patch::Set(id.into())),
        ..ExpensePatch::default()
    }
}
