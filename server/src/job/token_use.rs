//! Writes down when tokens were last used.

use crate::run::Stop;
use crate::service::token_use::store_uses;
use crate::state::AppState;
use std::time::Duration;

/// Writes after each pause and once more when stopped.
pub async fn run(state: &AppState, stop: &Stop, pause: Duration) {
    loop {
        let is_last = tokio::select! {
            () = stop.requested() => true,
            () = tokio::time::sleep(pause) => false,
        };
        if let Err(error) = store_uses(state).await {
            tracing::warn!(%error, "the last use of tokens is not stored");
        }
        if is_last {
            return;
        }
    }
}
