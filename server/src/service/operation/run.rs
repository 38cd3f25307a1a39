//! Carrying operations on to their end, step by step. Several may be at the same one: a server and the one that takes
//! over from it, two apps over one book. Whoever finds a step done by another steps back and watches; should the other
//! one stop, the next step is done here.

use super::{Operation, Task, find};
use crate::db::{Dialect, Op, Outcome, Unit, Work};
use crate::error::{AppError, Result};
use crate::run::Stop;
use crate::state::AppState;
use crate::store;
use crate::store::operation::RUNNING;
use crate::store::reach::Reach;
use api::instant::Instant;
use api::problem::Code;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long one that steps back waits for the other to do something.
const YIELD: Duration = Duration::from_secs(2);
/// Between two looks at what the other one does.
const LOOK: Duration = Duration::from_millis(200);
/// Most times in a row that a step is tried while the database cannot be had, and the longest pause between two.
const MAX_TRIES: u32 = 8;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Another process that waits for SQLite's writer asks again and again and is told nothing; it needs a moment in which
/// nobody writes, and gets a part of the time that each step took.
const BREATH: u32 = 10;

/// How a step ended.
enum Went {
    /// It was done here.
    On(Operation),
    /// Somebody else is at it; the operation as it is now.
    Elsewhere(Operation),
}

/// The operations that nobody has worked on for that long.
pub async fn unfinished(state: &AppState, idle: TimeDelta) -> Result<Vec<Operation>> {
    let before = Instant::new(state.now().utc() - idle);
    let kinds = Task::kinds();
    let kinds = kinds.as_slice();
    state
        .db
        .read(|db| async move { store::operation::unfinished(&db, kinds, before).await })
        .await
}

/// Carries an operation on to its end, unless told to stop. One that cannot be finished is marked so; one that the
/// database was too busy for, or that another one stands in the way of, is left for the next time.
pub async fn finish(state: &AppState, mut operation: Operation, stop: &Stop) -> Result<()> {
    let mut failed = 0;
    while operation.state == RUNNING && !stop.is_requested() {
        let before = operation.clone();
        let began = tokio::time::Instant::now();
        operation = match carry_on(state, operation).await {
            Ok(Went::On(operation)) => {
                failed = 0;
                if state.db.dialect() == Dialect::Sqlite {
                    pause(stop, began.elapsed() / BREATH).await;
                }
                operation
            }
            Ok(Went::Elsewhere(operation)) => watch(state, operation, stop).await?,
            Err(error) if error.is_passing() => {
                failed += 1;
                if failed >= MAX_TRIES {
                    return Err(error);
                }
                pause(stop, LONGEST_PAUSE.min(LOOK * 2_u32.pow(failed))).await;
                before
            }
            Err(AppError::Refused(refusal)) if refusal.code == Code::Conflict => {
                tracing::info!(operation = %before.id, kind = before.kind, %refusal.detail, "operation waits");
                return Ok(());
            }
            Err(error) => {
                tracing::error!(operation = %before.id, kind = before.kind, %error, "operation given up");
                return store::operation::give_up(state.db.upkeep()?, &before, state.now()).await;
            }
        };
    }
    Ok(())
}

/// Waits while another one does steps; the operation as it is when it ended, or when nothing was done for a while.
async fn watch(state: &AppState, mut operation: Operation, stop: &Stop) -> Result<Operation> {
    let mut since = tokio::time::Instant::now();
    while operation.state == RUNNING && !stop.is_requested() && since.elapsed() < YIELD {
        pause(stop, LOOK).await;
        let now = find(state, operation.ledger_id, operation.id).await?;
        if now.args != operation.args {
            since = tokio::time::Instant::now();
        }
        operation = now;
    }
    Ok(operation)
}

async fn pause(stop: &Stop, time: Duration) {
    tokio::select! {
        () = stop.requested() => {}
        () = tokio::time::sleep(time) => {}
    }
}

/// Does the next step, or finds that somebody else did.
async fn carry_on(state: &AppState, operation: Operation) -> Result<Went> {
    let (task, step) = Task::read(&operation)?;
    let op = Op {
        ledger_id: operation.ledger_id,
        reach: Reach::whole(operation.ledger_id),
        op_id: operation.id,
        user_id: operation.user_id,
        key: step_key(operation.id, step),
        request_hash: operation.request_hash.as_slice().try_into().unwrap_or_default(),
        client: operation.client.clone(),
        kind: task.kind(),
        at: state.now(),
    };
    let (ledger_id, id) = (operation.ledger_id, operation.id);
    let work = Next {
        dialect: state.db.dialect(),
        operation,
    };
    if let Outcome::Done { output, .. } = state.db.write(op, Arc::new(work)).await? {
        return Ok(Went::On(output));
    }
    Ok(Went::Elsewhere(find(state, ledger_id, id).await?))
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
        let (task, n) = Task::read(&operation)?;
        let step = task.step(unit, self.dialect).await?;
        step.note(&mut operation, n + 1)?;
        store::operation::advance(&unit.tx, operation.clone(), unit.at).await?;
        step.write(unit).await?;
        Ok(Some(operation))
    }
}
