//! Takes up operations that nobody is working on: those that a dead process left behind, and those that could not go
//! on when they were tried. Two that carry on the same one do not do a step twice, so that no claim is needed.

use crate::run::Stop;
use crate::service::operation::{self, Operation};
use crate::state::AppState;
use chrono::TimeDelta;
use std::time::Duration;

/// A process that starts takes up everything: what another is working on is not done twice.
pub const AT_START: TimeDelta = TimeDelta::zero();
/// Later, what somebody is at work on is left alone.
const LATER: TimeDelta = TimeDelta::seconds(45);
/// Between two looks while something is left that could not be finished.
const SOON: Duration = Duration::from_secs(10);

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
        let had_some = !found.is_empty();
        for operation in found {
            let Operation {
                id,
                kind,
                done,
                total,
                ..
            } = &operation;
            tracing::info!(operation = %id, kind, done, total, "an operation that was interrupted is carried on");
            // One that cannot go on must not keep the others from it.
            if let Err(error) = operation::finish(state, operation, stop).await {
                tracing::warn!(%error, "an operation is left for later");
            }
        }
        let is_left = had_some && !look(state, AT_START).await.is_empty();
        tokio::select! {
            () = stop.requested() => return,
            () = tokio::time::sleep(if is_left { SOON.min(pause) } else { pause }) => {}
        }
        found = look(state, LATER).await;
    }
}
