//! Takes away what has no effect any more and would pile up: old counts of failures, spent codes, sessions that ended,
//! failed sign-ins under names that nobody has, and expenses that were deleted long ago.

use crate::error::Result;
use crate::run::Stop;
use crate::service::{purge, throttle};
use crate::state::AppState;
use crate::store;
use api::instant::Instant;
use chrono::TimeDelta;
use std::time::Duration;

/// Between two looks, unless the process is one that looks more rarely.
const PAUSE: Duration = Duration::from_hours(1);
/// How long what has ended is still kept, for who wants to know.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Clears away after each pause, until stopped.
pub async fn run(state: &AppState, stop: &Stop, pause: Duration) {
    loop {
        tokio::select! {
            () = stop.requested() => return,
            () = tokio::time::sleep(pause.max(PAUSE)) => {}
        }
        if let Err(error) = clear(state).await {
            tracing::warn!(%error, "old sign-ins are not cleared away");
        }
        match purge::purge(state, || stop.is_requested()).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "expenses deleted long ago are removed"),
            Err(error) => tracing::warn!(%error, "expenses deleted long ago are not removed"),
        }
    }
}

/// Clears away once.
pub async fn clear(state: &AppState) -> Result<()> {
    throttle::clear_old(state).await?;
    let before = Instant::new(state.clock.now() - KEPT);
    state
        .db
        .stage(|db| async move {
            store::reset_code::delete_expired(&db, before).await?;
            store::token::delete_expired(&db, before).await?;
            store::audit::delete_strangers(&db, before).await
        })
        .await
}
