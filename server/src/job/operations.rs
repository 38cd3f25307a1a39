//! Takes up operations that nobody is working on: those that a dead process left behind, and those whose request
//! ran out of time.

use crate::db::Dialect;
use crate::db::lease::{self, Lease};
use crate::error::{AppError, Result};
use crate::run::Stop;
use crate::service::operation::{self, Operation};
use crate::state::AppState;
use chrono::TimeDelta;
use std::time::Duration;

/// A process that starts takes up everything: what another is working on is not done twice.
pub const AT_START: TimeDelta = TimeDelta::zero();
/// Later, a request that is still at work is left alone.
const LATER: TimeDelta = TimeDelta::seconds(45);
/// How long a server's claim to the work holds without being renewed.
const CLAIM: Duration = Duration::from_secs(30);

/// The operations to take up; none where the database cannot say.
pub async fn look(state: &AppState, idle: TimeDelta) -> Vec<Operation> {
    operation::unfinished(state, idle).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "operations cannot be looked up");
        Vec::new()
    })
}

/// Finishes what a first look found, then looks again after each pause, until stopped.
pub async fn run(state: &AppState, stop: &Stop, first: Vec<Operation>, pause: Duration) {
    let mut found = first;
    loop {
        if let Err(error) = finish(state, stop, found).await {
            tracing::warn!(%error, "operations are left for later");
        }
        tokio::select! {
            () = stop.requested() => return,
            () = tokio::time::sleep(pause) => {}
        }
        found = look(state, LATER).await;
    }
}

/// Finishes operations, if no other server is at it.
async fn finish(state: &AppState, stop: &Stop, found: Vec<Operation>) -> Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    if state.db.dialect() == Dialect::Sqlite {
        // Only MySQL is migrated under a lease, and so has the table already.
        lease::create_table(state.db.upkeep()?).await?;
    }
    let lease = Lease::new(state.db.upkeep()?, "operations", state.clock.new_id(), CLAIM);
    if !lease.take().await? {
        return Ok(());
    }
    let work = async {
        for operation in found {
            tracing::info!(operation = %operation.id, kind = operation.kind, "operation taken up");
            operation::finish(state, operation, || stop.is_requested()).await?;
        }
        Ok::<(), AppError>(())
    };
    let done = tokio::select! {
        done = work => done,
        () = lease.keep() => Ok(()),
    };
    lease.release().await?;
    done
}
