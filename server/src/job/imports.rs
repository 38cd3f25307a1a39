//! Carries on imports that nobody is working on: those that a dead process left behind, and those whose request ran
//! out of time. Two that carry on the same import take turns, so that no claim is needed.

use crate::run::Stop;
use crate::service::import::{Unfinished, carry_on, unfinished_imports};
use crate::state::AppState;
use std::time::Duration;

/// The imports to finish; none where the database cannot say.
pub async fn look(state: &AppState) -> Vec<Unfinished> {
    unfinished_imports(state).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "imports cannot be looked up");
        Vec::new()
    })
}

/// Finishes what a first look found, then looks again after each pause, until stopped.
pub async fn run(state: &AppState, stop: &Stop, first: Vec<Unfinished>, pause: Duration) {
    let mut found = first;
    loop {
        carry_on(state, found, || stop.is_requested()).await;
        tokio::select! {
            () = stop.requested() => return,
            () = tokio::time::sleep(pause) => {}
        }
        found = look(state).await;
    }
}
