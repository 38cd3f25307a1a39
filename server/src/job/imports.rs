//! Carries on imports that nobody is working on: those that a dead process left behind, and those whose request ran
//! out of time. Two that carry on the same import take turns, so that no claim is needed.

use crate::run::Stop;
use crate::service::import::resume_imports;
use crate::state::AppState;
use std::time::Duration;

/// Between two looks.
const PAUSE: Duration = Duration::from_mins(1);

/// Looks at once, then every minute, until stopped.
pub async fn run(state: &AppState, stop: &Stop) {
    loop {
        if let Err(error) = resume_imports(state, || stop.is_requested()).await {
            tracing::warn!(%error, "imports are left for later");
        }
        tokio::select! {
            () = stop.requested() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}
