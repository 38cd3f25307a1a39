//! When tokens were last used: noted in memory by the guard, written in a batch by a job, so that looking at the book
//! never writes. The time is good to some minutes, which is all that its readers need.

use crate::error::Result;
use crate::state::AppState;
use crate::store;
use api::instant::Instant;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// A use is not worth noting when one as recent as this is stored.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// Tokens noted at most between two writes; a session that is missed is noted by its next use.
const MOST: usize = 10_000;

/// Uses that are not stored yet. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct TokenUse(Arc<Mutex<HashMap<Uuid, DateTime<Utc>>>>);

impl TokenUse {
    /// Notes that a token was used, unless the stored time is fresh.
    pub fn note(&self, token_id: Uuid, stored: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        if stored.is_some_and(|stored| now - stored < FRESH) {
            return;
        }
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() < MOST || noted.contains_key(&token_id) {
            noted.insert(token_id, now);
        }
    }

    fn take(&self) -> HashMap<Uuid, DateTime<Utc>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Stores what was noted.
pub async fn store_uses(state: &AppState) -> Result<()> {
    for (token_id, at) in state.token_use.take() {
        state
            .db
            .stage(|db| async move { store::token::used(&db, token_id, Instant::new(at)).await })
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_noted_once_in_ten_minutes() {
        let uses = TokenUse::default();
        let (token, now) = (api::id::new_uuid(), DateTime::UNIX_EPOCH + TimeDelta::days(1));
        uses.note(token, Some(now - TimeDelta::minutes(9)), now);
        assert!(uses.take().is_empty());
        uses.note(token, Some(now - TimeDelta::minutes(10)), now);
        uses.note(token, None, now);
        assert_eq!(uses.take(), HashMap::from([(token, now)]));
        assert!(uses.take().is_empty());
    }
}
