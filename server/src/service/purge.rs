//! What was deleted long ago is removed for good: the rows, and what the log holds of them. Who changed what row and when
//! stays, and so do the ids by which banks know the rows, so that no file brings them back.

use crate::db::{Op, Outcome, Unit, Work};
use crate::error::Result;
use crate::state::AppState;
use crate::store;
use crate::store::reach::Reach;
use api::instant::Instant;
use std::sync::Arc;
use uuid::Uuid;

/// Rows that one change removes.
const BATCH: u64 = 500;
/// Ledgers looked at together.
const LEDGERS: u64 = 100;
/// The program that history names.
const CLIENT: &str = "expensed/upkeep";

/// Removes what has been deleted for longer than it is kept, ledger by ledger, until told to stop. How many rows.
pub async fn purge(state: &AppState, is_stopped: impl Fn() -> bool) -> Result<u64> {
    let Some(kept) = state.trash else { return Ok(0) };
    let before = Instant::new(state.clock.now() - kept);
    let (mut purged, mut after) = (0, None);
    loop {
        let owned = state
            .db
            .read(|db| async move { store::ledger::owners(&db, after, LEDGERS).await })
            .await?;
        let Some((last, _)) = owned.last().copied() else {
            return Ok(purged);
        };
        for (ledger_id, owner_id) in owned {
            loop {
                if is_stopped() {
                    return Ok(purged);
                }
                let done = purge_some(state, ledger_id, owner_id, before).await?;
                purged += done;
                if done < BATCH {
                    break;
                }
            }
        }
        after = Some(last);
    }
}

async fn purge_some(state: &AppState, ledger_id: Uuid, owner_id: Uuid, before: Instant) -> Result<u64> {
    // Asked first, so that a ledger without any is not locked.
    let ids = state
        .db
        .read(|db| async move { store::expense::expired(&db, ledger_id, before, 1).await })
        .await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let op = Op {
        ledger_id,
        reach: Reach::whole(ledger_id),
        op_id: state.clock.new_id(),
        // A change is somebody's; this one is nobody's wish, and in the owner's books.
        user_id: owner_id,
        key: state.clock.new_id().simple().to_string(),
        request_hash: [0; 32],
        client: CLIENT.to_owned(),
        kind: "purge",
        at: state.now(),
    };
    match state.db.write(op, Arc::new(Purge { before })).await? {
        Outcome::Done { output, .. } => Ok(output),
        Outcome::Unchanged | Outcome::Replay => Ok(0),
    }
}

struct Purge {
    before: Instant,
}

impl Work for Purge {
    type Output = u64;

    async fn run(&self, unit: &Unit) -> Result<Option<u64>> {
        let ids = store::expense::expired(&unit.tx, unit.ledger_id, self.before, BATCH).await?;
        if ids.is_empty() {
            return Ok(None);
        }
        store::expense::remove(unit, &ids).await?;
        store::change::forget_rows(unit, &ids).await?;
        Ok(u64::try_from(ids.len()).ok())
    }
}
