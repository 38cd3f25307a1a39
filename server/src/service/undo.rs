//! Taking an operation back: its changes one by one, the last one first, each as a change of its own, so that an undo of
//! an import is as long as the import was and goes on after a crash. What becomes of a row is `reverse`'s to say.
//! An undo is an operation as well: undoing it is the redo.

mod reverse;
mod whole;

use crate::db::{Dialect, Unit};
use crate::error::{AppError, Refusal, Result};
use crate::service::operation::{self, Begin, Step, Task, refuse_busy};
use crate::service::{Grant, WriteKey, write};
use crate::state::AppState;
use crate::store;
use crate::store::change_count::of_operations;
use crate::store::noun::{Expenses, Noun as _};
use crate::store::operation::{DONE, RUNNING};
use api::change::{Skip, UndoQuery, UndoResult};
use api::problem::{Code, Faults};
use reverse::{Conflict, Reversal};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use whole::Last;

/// The kinds of such operations: an undo, and an undo of an undo.
pub const KINDS: [&str; 2] = ["undo", "redo"];
/// Most conflicts that are named.
const MAX_NAMED: usize = 50;

/// An operation that is being taken back; stored, so fields are only added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undoing {
    /// The operation.
    pub undoes: Uuid,
    /// True where that is an undo itself.
    pub is_redo: bool,
    /// Rows that were changed since are passed over.
    pub is_skipping: bool,
    /// Only its changes before this one are left.
    pub below: Option<i64>,
    /// Rows passed over so far.
    pub skipped: i64,
    /// Names passed over so far.
    #[serde(default)]
    pub skipped_names: i64,
}

/// Takes back the operation that a change belongs to.
pub async fn undo(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    rev: i64,
    query: UndoQuery,
) -> Result<UndoResult> {
    let ledger_id = grant.ledger_id();
    let (head, revs) = state
        .db
        .read(|db| async move {
            let mut heads = store::change::heads(&db, ledger_id, &[rev]).await?;
            let (head, _) = heads.remove(&rev).ok_or_else(AppError::not_found)?;
            let revs = store::change::revs_of(&db, ledger_id, head.op_id).await?;
            Ok((head, revs))
        })
        .await?;
    let [undo, _] = KINDS;
    let undoing = Undoing {
        undoes: head.op_id,
        is_redo: head.kind == undo,
        is_skipping: query.skip == Some(Skip::Conflicts),
        below: None,
        skipped: 0,
        skipped_names: 0,
    };
    let is_new = write::check_repeat(state, grant.user_id(), ledger_id, key)
        .await?
        .is_none();
    // One change is judged in its own transaction; several are judged here, before the first of them is touched.
    let total = if is_new && !undoing.is_skipping && revs.len() > 1 {
        check_whole(state, ledger_id, &revs).await?
    } else if !is_new {
        0
    } else {
        let revs = revs.as_slice();
        state
            .db
            .read(|db| async move { store::change::count_expenses(&db, ledger_id, revs).await })
            .await?
    };
    let work = Begin {
        task: Task::Undo(undoing),
        total,
    };
    let (operation, task, first) = operation::start(state, grant, key, work).await?;
    let Task::Undo(Undoing {
        undoes,
        skipped,
        skipped_names,
        ..
    }) = task
    else {
        return Err(AppError::Internal("an undo that is a merge".into()));
    };
    let op = operation.id;
    let counts = state
        .db
        .read(|db| async move { of_operations(&db, ledger_id, std::iter::once(op)).await })
        .await?
        .remove(&op)
        .unwrap_or_default()
        .counts;
    Ok(UndoResult {
        operation_id: operation.id.into(),
        undoes: undoes.into(),
        rev: first,
        restored: counts.row_count,
        name_counts: counts.name_counts,
        skipped: u64::try_from(skipped).unwrap_or(0),
        skipped_names: u64::try_from(skipped_names).unwrap_or(0),
        is_done: operation.state == DONE,
    })
}

/// Refuses an operation of several changes of which any row was changed since; says how many rows it has.
async fn check_whole(state: &AppState, ledger_id: Uuid, revs: &[i64]) -> Result<i64> {
    let tx = state.db.snapshot().await?;
    let mut found = Last::new(state.db.dialect(), ledger_id);
    for rev in revs {
        found.look(&tx, *rev).await?;
    }
    refuse(&found.conflicts)?;
    Ok(found.rows)
}

fn refuse(conflicts: &[Conflict]) -> Result<()> {
    if conflicts.is_empty() {
        return Ok(());
    }
    let mut faults = Faults::default();
    for Conflict { noun, id, why } in conflicts.iter().take(MAX_NAMED) {
        faults.add(format!("/{noun}/{id}"), Code::ChangedSince.as_str(), why.clone());
    }
    let detail = match conflicts {
        [Conflict { why, .. }] => why.clone(),
        many => {
            let (rows, names) = sorted(many);
            let of = |count: i64, one: &str| match count {
                0 => None,
                1 => Some(format!("1 {one}")),
                _ => Some(format!("{count} {one}s")),
            };
            let what: Vec<String> = [of(rows, "row"), of(names, "name")]
                .into_iter()
                .flatten()
                .collect();
            format!("{} cannot be brought back to what they were", what.join(" and "))
        }
    };
    Err(Refusal {
        faults,
        count: u64::try_from(conflicts.len()).ok(),
        ..Refusal::new(Code::ChangedSince, detail)
    }
    .into())
}

/// How many rows, and how many names, are among conflicts.
fn sorted(conflicts: &[Conflict]) -> (i64, i64) {
    let rows = conflicts
        .iter()
        .filter(|conflict| conflict.noun == Expenses::NAME)
        .count();
    let number = |count| i64::try_from(count).unwrap_or(i64::MAX);
    (number(rows), number(conflicts.len() - rows))
}

fn not_undoable(detail: &str) -> AppError {
    AppError::refuse(Code::NotUndoable, detail)
}

impl Undoing {
    /// The kind of its changes.
    pub fn kind(&self) -> &'static str {
        let [undo, redo] = KINDS;
        if self.is_redo { redo } else { undo }
    }

    /// Refuses what cannot be taken back, and notes that this is.
    pub async fn begin(&self, unit: &Unit, op_id: Uuid) -> Result<()> {
        let (tx, ledger_id) = (&unit.tx, unit.ledger_id);
        let undos = store::change::undos(tx, ledger_id, &[self.undoes]).await?;
        if undos
            .iter()
            .any(|undo| undo.undoes_op_id == self.undoes && !undo.is_undone)
        {
            return Err(not_undoable("It was undone before"));
        }
        let operation = store::operation::find(tx, ledger_id, self.undoes).await?;
        if operation.is_some_and(|operation| operation.state == RUNNING) {
            return Err(AppError::refuse(
                Code::Conflict,
                "It is still being carried out; try again when that is done",
            ));
        }
        store::change::note_undo(tx, ledger_id, op_id, self.undoes).await
    }

    /// Takes back the latest change that is left.
    pub async fn step(&self, unit: &Unit, dialect: Dialect) -> Result<Step> {
        let mut done = *self;
        let left = store::change::latest_of(&unit.tx, unit.ledger_id, self.undoes, self.below, 2).await?;
        let Some((rev, kind)) = left.first() else {
            return Ok(done.ended(Reversal::default(), false));
        };
        let (rev, has_more) = (*rev, left.len() > 1);
        if !store::change::is_undoable(kind) {
            return Err(not_undoable(
                "Only changes of expenses and of their names can be undone",
            ));
        }
        let rows = store::change::rows(&unit.tx, unit.ledger_id, rev).await?;
        let reversal = Reversal::of(unit, dialect, &rows).await?;
        if reversal.is_gone && self.below.is_none() && !has_more {
            return Err(AppError::refuse(
                Code::Gone,
                "The rows of this change were removed for good; it cannot be undone any more",
            ));
        }
        refuse_busy(unit, &reversal.entries).await?;
        if !self.is_skipping {
            refuse(&reversal.conflicts)?;
        }
        let (rows, names) = sorted(&reversal.conflicts);
        done.skipped += rows;
        done.skipped_names += names;
        done.below = Some(rev);
        // All were judged before the first; what was changed in between is nobody's fault and stays.
        done.is_skipping = true;
        Ok(done.ended(reversal, has_more))
    }

    fn ended(self, reversal: Reversal, has_more: bool) -> Step {
        let task = Task::Undo(self);
        Step {
            done: reversal.settled(),
            edits: reversal.edits,
            unmade: reversal.unmade,
            rest: has_more.then_some(task),
            task,
        }
    }
}
