//! Operations: work on more rows than one change may hold, carried out as many changes under one id. Each step is a
//! unit of work with a key of its own that follows from the operation and the step's number, so that of two who
//! carry on the same operation one does each step, and a step that was committed is never done again. Beginning one is
//! here, carrying it on in `operation/run.rs`, what callers see of it in `operation/list.rs`.

mod list;
mod run;

use crate::db::{Dialect, Op, Outcome, Unit, Work};
use crate::error::{AppError, Result};
use crate::service::merge::{Merging, Verb};
use crate::service::undo::{self, Undoing};
use crate::service::{Grant, WriteKey, write};
use crate::state::AppState;
use crate::store;
use crate::store::apply::apply;
use crate::store::image::ExpenseImage;
use crate::store::noun::Edit;
use crate::store::operation::{DONE, RUNNING};
use api::category::OperationResult;
use api::problem::Code;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

pub use crate::store::operation::Operation;
pub use list::{get, list};
pub use run::{finish, unfinished};

/// What an operation does, and how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Rows go from one entry of a dictionary to another.
    Merge(Merging),
    /// Another operation is taken back.
    Undo(Undoing),
}

/// What one change of an operation does.
#[derive(Debug)]
pub struct Step {
    /// The edits, no more than a change may hold.
    pub edits: Vec<Edit>,
    /// Rows whose making is undone: what they are known by to banks is forgotten.
    pub unmade: Vec<ExpenseImage>,
    /// How many rows it settles.
    pub done: i64,
    /// The task as it stands after it; `None` where nothing is left to do.
    pub rest: Option<Task>,
    /// The task as a whole, for who asks what came of it.
    pub task: Task,
}

/// How a task is stored; fields are only added.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Args {
    #[serde(default, skip_serializing_if = "Uuid::is_nil")]
    from: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    into: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undo: Option<Undoing>,
    step: u32,
}

impl Task {
    /// The kind of its changes.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Merge(merging) => merging.verb.kind(),
            Self::Undo(undoing) => undoing.kind(),
        }
    }

    /// Every kind that an operation can be of.
    fn kinds() -> Vec<&'static str> {
        Verb::ALL.map(Verb::kind).into_iter().chain(undo::KINDS).collect()
    }

    fn args(self, step: u32) -> Args {
        match self {
            Self::Merge(Merging { from, into, .. }) => Args {
                from,
                into,
                step,
                ..Args::default()
            },
            Self::Undo(undoing) => Args {
                undo: Some(undoing),
                step,
                ..Args::default()
            },
        }
    }

    fn read(operation: &Operation) -> Result<(Self, u32)> {
        let Args {
            from,
            into,
            undo,
            step,
        } = serde_json::from_str(&operation.args)
            .map_err(|error| AppError::Internal(format!("operation args: {error}")))?;
        let verb = Verb::from_kind(&operation.kind);
        let task = match (undo, verb) {
            (Some(undoing), _) => Self::Undo(undoing),
            (None, Some(verb)) => Self::Merge(Merging { verb, from, into }),
            (None, None) => {
                return Err(AppError::Internal(format!(
                    "an operation of kind {}",
                    operation.kind
                )));
            }
        };
        Ok((task, step))
    }

    /// Refuses what cannot be done, before the first change.
    async fn begin(&self, unit: &Unit, op_id: Uuid) -> Result<()> {
        match self {
            Self::Merge(merging) => {
                let along = merging.check(unit).await?;
                let ids: Vec<Uuid> = along
                    .into_iter()
                    .chain([merging.from])
                    .chain(merging.into)
                    .collect();
                refuse_busy(unit, &ids).await
            }
            Self::Undo(undoing) => undoing.begin(unit, op_id).await,
        }
    }

    async fn step(&self, unit: &Unit, dialect: Dialect) -> Result<Step> {
        match self {
            Self::Merge(merging) => merging.step(unit, dialect).await,
            Self::Undo(undoing) => undoing.step(unit, dialect).await,
        }
    }
}

/// An operation that is to begin.
#[derive(Debug, Clone, Copy)]
pub struct Begin {
    /// What it does.
    pub task: Task,
    /// How many rows it is about, as far as can be told before.
    pub total: i64,
}

/// Begins an operation and waits for its end as long as a request may; what is left then is carried out beside the
/// requests. A repeat of its key answers how far it is, and carries it on. With it, the number of its first change.
pub async fn start(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    begin: Begin,
) -> Result<(Operation, Task, i64)> {
    let started = tokio::time::Instant::now();
    let op = write::op(state, grant, key, begin.task.kind());
    let work = First {
        dialect: state.db.dialect(),
        begin,
        op: op.clone(),
    };
    let (mut operation, first) = match state.db.write(op, Arc::new(work)).await? {
        Outcome::Done { output, rev } => (output, rev),
        Outcome::Replay => replay(state, grant, key).await?,
        Outcome::Unchanged => return Err(AppError::Internal("an operation without a change".into())),
    };
    if operation.state == RUNNING {
        let rest = tokio::spawn({
            let (state, operation) = (state.clone(), operation.clone());
            async move { run::finish(&state, operation, &state.stop).await }
        });
        // Dropping the wait leaves the task to its work. What has begun is no failure, whatever becomes of the rest.
        let left = state.patience.saturating_sub(started.elapsed());
        match tokio::time::timeout(left, rest).await {
            Ok(Ok(Err(error))) => {
                tracing::warn!(operation = %operation.id, %error, "operation is left for later");
            }
            Ok(Err(error)) => tracing::error!(operation = %operation.id, %error, "operation broke off"),
            Ok(Ok(Ok(()))) | Err(_) => {}
        }
        operation = find(state, operation.ledger_id, operation.id).await?;
    }
    let (task, _) = Task::read(&operation)?;
    Ok((operation, task, first))
}

/// Merges or reassigns.
pub async fn merge(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    merging: Merging,
) -> Result<OperationResult> {
    let ledger_id = grant.ledger_id();
    let total = state
        .db
        .read(|db| async move { merging.count(&db, ledger_id).await })
        .await?;
    let begin = Begin {
        task: Task::Merge(merging),
        total,
    };
    let (operation, ..) = start(state, grant, key, begin).await?;
    Ok(OperationResult {
        operation_id: operation.id.into(),
        moved: u64::try_from(operation.done).unwrap_or(0),
        is_done: operation.state == DONE,
    })
}

async fn find(state: &AppState, ledger_id: Uuid, id: Uuid) -> Result<Operation> {
    let found = state
        .db
        .read(|db| async move { store::operation::find(&db, ledger_id, id).await })
        .await?;
    found.ok_or_else(|| AppError::Internal("an operation that is not there".into()))
}

/// The operation that a key began, and its first change.
async fn replay(state: &AppState, grant: &Grant, key: &WriteKey) -> Result<(Operation, i64)> {
    let rev = write::find_change(state, grant, key).await?;
    let (user_id, word) = (grant.user_id(), key.key.as_str());
    let found = state
        .db
        .read(|db| async move { store::operation::find_by_key(&db, user_id, word).await })
        .await?;
    let lost = || AppError::Internal("a change of an operation that is not there".into());
    Ok((found.ok_or_else(lost)?, rev))
}

fn text(args: Args) -> Result<String> {
    serde_json::to_string(&args).map_err(|error| AppError::Internal(format!("operation args: {error}")))
}

/// The first step, which finds out whether it may be done at all.
struct First {
    dialect: Dialect,
    begin: Begin,
    op: Op,
}

impl Work for First {
    type Output = Operation;

    async fn run(&self, unit: &Unit) -> Result<Option<Operation>> {
        let Self {
            dialect,
            begin: Begin { task, total },
            op,
        } = self;
        task.begin(unit, op.op_id).await?;
        let step = task.step(unit, *dialect).await?;
        let mut operation = Operation {
            ledger_id: op.ledger_id,
            id: op.op_id,
            kind: op.kind.to_owned(),
            args: String::new(),
            state: String::new(),
            done: 0,
            total: *total,
            user_id: op.user_id,
            client: op.client.clone(),
            idempotency_key: op.key.clone(),
            request_hash: op.request_hash.to_vec(),
            created_at: op.at.utc(),
            updated_at: op.at.utc(),
        };
        step.note(&mut operation, 1)?;
        store::operation::insert(&unit.tx, operation.clone()).await?;
        // Also where there was nothing to change: the key has to be remembered with its answer.
        step.write(unit).await?;
        Ok(Some(operation))
    }
}

impl Step {
    /// Notes on the operation what the step does and what is left.
    fn note(&self, operation: &mut Operation, next: u32) -> Result<()> {
        operation.args = text(self.rest.unwrap_or(self.task).args(next))?;
        let state = if self.rest.is_none() { DONE } else { RUNNING };
        state.clone_into(&mut operation.state);
        operation.done += self.done;
        Ok(())
    }

    async fn write(self, unit: &Unit) -> Result<()> {
        apply(unit, self.edits).await?;
        store::external_ref::forget(unit, &self.unmade).await
    }
}

/// Refuses to touch entries that an operation is working on.
pub async fn refuse_busy(unit: &Unit, ids: &[Uuid]) -> Result<()> {
    let kinds = Verb::ALL.map(Verb::kind);
    for operation in store::operation::running_in(&unit.tx, unit.ledger_id, &kinds).await? {
        let (task, _) = Task::read(&operation)?;
        let Task::Merge(Merging { from, into, .. }) = task else {
            continue;
        };
        if ids.iter().any(|id| *id == from || Some(*id) == into) {
            let detail = "Its rows are just being moved; try again when that is done";
            return Err(AppError::refuse(Code::Conflict, detail));
        }
    }
    Ok(())
}
