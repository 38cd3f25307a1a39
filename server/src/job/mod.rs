//! Timed work, beside the requests: it calls services, never stores. Started by the process, ended by its stop.

pub mod imports;
pub mod operations;

use crate::run::Stop;
use crate::state::AppState;
use tokio::task::JoinHandle;

/// Starts all jobs. What each looks up first is looked up before this returns.
pub async fn start(state: &AppState, stop: &Stop) -> JoinHandle<()> {
    let (cut_off, left) = (
        operations::look(state, operations::AT_START).await,
        imports::look(state).await,
    );
    let (state, stop) = (state.clone(), stop.clone());
    tokio::spawn(async move {
        tokio::join!(
            operations::run(&state, &stop, cut_off),
            imports::run(&state, &stop, left)
        );
    })
}
