//! Keeps the file of this machine's token good while the server runs: whoever revokes that token, by mistake or on
//! purpose, does not lock the machine out for good.

use crate::run::Stop;
use crate::service::machine::{self, MachineToken};
use crate::state::AppState;
use std::path::Path;
use std::time::Duration;

/// Looks, waits, looks again, until the server stops.
pub async fn run(state: &AppState, stop: &Stop, token_file: &Path, pause: Duration) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.requested() => return,
        }
        match machine::keep_good(state, token_file).await {
            Ok(MachineToken::Renewed) => {
                tracing::info!(file = %token_file.display(), "this machine's token was no good; there is a new one");
            }
            Ok(MachineToken::Good | MachineToken::ShutOut) => {}
            Err(error) => tracing::warn!(%error, "this machine's token not looked at"),
        }
    }
}
