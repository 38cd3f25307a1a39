//! Operations: work on more rows than one change may hold, carried out as many changes under one id. Each step is a
//! unit of work with a key of its own that follows from the operation and the step's number, so that of two who
//! carry on the same operation one does each step, and a step that was committed is never done again.

use crate::db::{Dialect, Op, Outcome, Unit, Work};
use crate::error::{AppError, Result};
use crate::service::merge::{Merging, Step, Verb};
use crate::service::{Grant, WriteKey, write};
use crate::state::AppState;
use crate::store;
use crate::store::apply::apply;
use crate::store::operation::{DONE, FAILED, RUNNING};
use crate::store::reach::Reach;
use api::category::OperationResult;
use api::instant::Instant;
use api::problem::Code;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;
use uuid::Uuid;

pub use crate::store::operation::Operation;

/// What an operation is about, and the number of its next step; stored, so fields are only added.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Args {
    from: Uuid,
    into: Option<Uuid>,
    step: u32,
}

/// Begins an operation and carries it out as far as the time of a request allows. A repeat of its key answers how
/// far it is, and carries it on.
pub async fn start(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    merging: Merging,
) -> Result<OperationResult> {
    let started = tokio::time::Instant::now();
    let op = write::op(state, grant, key, merging.verb.kind());
    let work = First {
        dialect: state.db.dialect(),
        merging,
        op: op.clone(),
    };
    let mut operation = match state.db.write(op, Arc::new(work)).await? {
        Outcome::Done { output, .. } => output,
        Outcome::Replay => replay(state, grant, key).await?,
        Outcome::Unchanged => return Err(AppError::Internal("an operation without a change".into())),
    };
    while operation.state == RUNNING && started.elapsed() < state.patience {
        operation = carry_on(state, operation).await?;
    }
    Ok(result(&operation))
}

fn result(operation: &Operation) -> OperationResult {
    OperationResult {
        operation_id: operation.id.into(),
        moved: u64::try_from(operation.done).unwrap_or(0),
        is_done: operation.state == DONE,
    }
}

async fn replay(state: &AppState, grant: &Grant, key: &WriteKey) -> Result<Operation> {
    write::find_change(state, grant, key).await?;
    let (user_id, word) = (grant.user_id(), key.key.as_str());
    let found = state
        .db
        .read(|db| async move { store::operation::find_by_key(&db, user_id, word).await })
        .await?;
    found.ok_or_else(|| AppError::Internal("a change of an operation that is not there".into()))
}

/// Does the next step, or finds that somebody else did; the operation as it is then.
async fn carry_on(state: &AppState, operation: Operation) -> Result<Operation> {
    let (verb, args) = read(&operation)?;
    let op = Op {
        ledger_id: operation.ledger_id,
        reach: Reach::whole(operation.ledger_id),
        op_id: operation.id,
        user_id: operation.user_id,
        key: step_key(operation.id, args.step),
        request_hash: operation.request_hash.as_slice().try_into().unwrap_or_default(),
        client: operation.client.clone(),
        kind: verb.kind(),
        at: state.now(),
    };
    let (ledger_id, id) = (operation.ledger_id, operation.id);
    let work = Next {
        dialect: state.db.dialect(),
        operation,
    };
    if let Outcome::Done { output, .. } = state.db.write(op, Arc::new(work)).await? {
        return Ok(output);
    }
    let found = state
        .db
        .read(|db| async move { store::operation::find(&db, ledger_id, id).await })
        .await?;
    found.ok_or_else(|| AppError::Internal("an operation that is not there".into()))
}

/// The key of a step: 64 hex digits, which no client draws.
fn step_key(operation_id: Uuid, step: u32) -> String {
    let hash = Sha256::new()
        .chain_update(operation_id.as_bytes())
        .chain_update(step.to_be_bytes())
        .finalize();
    hash.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn read(operation: &Operation) -> Result<(Verb, Args)> {
    let verb = Verb::from_kind(&operation.kind)
        .ok_or_else(|| AppError::Internal(format!("an operation of kind {}", operation.kind)))?;
    let args = serde_json::from_str(&operation.args)
        .map_err(|error| AppError::Internal(format!("operation args: {error}")))?;
    Ok((verb, args))
}

fn args_text(args: Args) -> Result<String> {
    serde_json::to_string(&args).map_err(|error| AppError::Internal(format!("operation args: {error}")))
}

fn state_after(step: &Step) -> String {
    if step.is_last { DONE } else { RUNNING }.to_owned()
}

/// The first step, which finds out whether it may be done at all.
struct First {
    dialect: Dialect,
    merging: Merging,
    op: Op,
}

impl Work for First {
    type Output = Operation;

    async fn run(&self, unit: &Unit) -> Result<Option<Operation>> {
        let Self { dialect, merging, op } = self;
        let along = merging.check(unit).await?;
        let ids: Vec<Uuid> = along
            .into_iter()
            .chain([merging.from])
            .chain(merging.into)
            .collect();
        refuse_busy(unit, &ids).await?;
        let step = merging.step(unit, *dialect).await?;
        let operation = Operation {
            ledger_id: op.ledger_id,
            id: op.op_id,
            kind: op.kind.to_owned(),
            args: args_text(Args {
                from: merging.from,
                into: merging.into,
                step: 1,
            })?,
            state: state_after(&step),
            done: step.moved,
            user_id: op.user_id,
            client: op.client.clone(),
            idempotency_key: op.key.clone(),
            request_hash: op.request_hash.to_vec(),
            created_at: op.at.utc(),
            updated_at: op.at.utc(),
        };
        store::operation::insert(&unit.tx, operation.clone()).await?;
        // Also where there was nothing to move: the key has to be remembered with its answer.
        apply(unit, step.edits).await?;
        Ok(Some(operation))
    }
}

/// Any further step.
struct Next {
    dialect: Dialect,
    operation: Operation,
}

impl Work for Next {
    type Output = Operation;

    async fn run(&self, unit: &Unit) -> Result<Option<Operation>> {
        let Some(mut operation) = store::operation::find(&unit.tx, unit.ledger_id, self.operation.id).await?
        else {
            return Err(AppError::Internal("an operation that is not there".into()));
        };
        if operation.state != RUNNING || operation.args != self.operation.args {
            return Ok(None);
        }
        let (verb, args) = read(&operation)?;
        let step = Merging {
            verb,
            from: args.from,
            into: args.into,
        }
        .step(unit, self.dialect)
        .await?;
        operation.args = args_text(Args {
            step: args.step + 1,
            ..args
        })?;
        operation.state = state_after(&step);
        operation.done += step.moved;
        store::operation::advance(&unit.tx, operation.clone(), unit.at).await?;
        apply(unit, step.edits).await?;
        Ok(Some(operation))
    }
}

/// Refuses to touch entries that an operation is working on.
pub async fn refuse_busy(unit: &Unit, ids: &[Uuid]) -> Result<()> {
    let kinds = Verb::ALL.map(Verb::kind);
    for operation in store::operation::running_in(&unit.tx, unit.ledger_id, &kinds).await? {
        let (_, args) = read(&operation)?;
        if ids.iter().any(|id| *id == args.from || Some(*id) == args.into) {
            let detail = "Its rows are just being moved; try again when that is done";
            return Err(AppError::refuse(Code::Conflict, detail));
        }
    }
    Ok(())
}

/// The operations that nobody has worked on for that long.
pub async fn unfinished(state: &AppState, idle: TimeDelta) -> Result<Vec<Operation>> {
    let before = Instant::new(state.now().utc() - idle);
    let kinds = Verb::ALL.map(Verb::kind);
    let kinds = kinds.as_slice();
    state
        .db
        .read(|db| async move { store::operation::unfinished(&db, kinds, before).await })
        .await
}

/// Carries an operation on to its end, unless told to stop. One that cannot be finished is marked so; one that the
/// database was too busy for is left for the next time.
pub async fn finish(state: &AppState, mut operation: Operation, is_stopped: impl Fn() -> bool) -> Result<()> {
    while operation.state == RUNNING && !is_stopped() {
        let before = operation.clone();
        operation = match carry_on(state, operation).await {
            Ok(operation) => operation,
            Err(AppError::Unavailable(reason)) => return Err(AppError::Unavailable(reason)),
            Err(error) => {
                tracing::error!(operation = %before.id, kind = before.kind, %error, "operation given up");
                let failed = Operation {
                    state: FAILED.to_owned(),
                    ..before
                };
                return store::operation::advance(state.db.upkeep()?, failed, state.now()).await;
            }
        };
    }
    Ok(())
}
