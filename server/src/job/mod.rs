//! Timed work, beside the requests: it calls services, never stores. Started by the process, ended by its stop.

pub mod clear;
pub mod imports;
pub mod live;
pub mod machine_token;
pub mod operations;
pub mod token_use;

use crate::run::Stop;
use crate::state::AppState;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Between two looks of a server.
pub const OF_A_SERVER: Duration = Duration::from_mins(1);
/// Between two looks inside the app: an app left open on a laptop must not wake it.
pub const OF_AN_APP: Duration = Duration::from_mins(15);

/// Starts all jobs. What each looks up first is looked up before this returns.
pub async fn start(state: &AppState, stop: &Stop, pause: Duration) -> JoinHandle<()> {
    if state.db.read_only().is_some() {
        let (state, stop) = (state.clone(), stop.clone());
        return tokio::spawn(async move { live::run(&state, &stop).await });
    }
    let (cut_off, left) = (
        operations::look(state, operations::AT_START).await,
        imports::look(state).await,
    );
    let (state, stop) = (state.clone(), stop.clone());
    tokio::spawn(async move {
        tokio::join!(
            operations::run(&state, &stop, cut_off, pause),
            imports::run(&state, &stop, left, pause),
            token_use::run(&state, &stop, pause),
            clear::run(&state, &stop, pause),
            live::run(&state, &stop)
        );
    })
}
