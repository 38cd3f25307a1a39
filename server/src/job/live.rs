//! Looks for what other servers of the same database write, for those who listen to this one.

use crate::run::Stop;
use crate::service::live::look_for_others;
use crate::state::AppState;

/// Looks while anybody listens, until stopped.
pub async fn run(state: &AppState, stop: &Stop) {
    look_for_others(state, stop).await;
}
