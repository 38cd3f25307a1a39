//! The log as it grows: from a place on, a part at a time, for whoever waits for more; and the look at what other
//! servers of the same database write.

use crate::error::{AppError, Refusal, Result};
use crate::feed::Listener;
use crate::run::Stop;
use crate::service::{Grant, history};
use crate::state::AppState;
use crate::store;
use crate::store::change::Wanted;
use api::change::Change;
use api::problem::Code;
use std::time::Duration;

/// Changes that are read at a time: with all their shown rows less than an import's file.
const PART: u64 = 20;
/// Before a change is looked for again that was told of and is not to be read yet.
const AGAIN: Duration = Duration::from_millis(100);

/// A reader of a ledger's log who waits where it ends.
#[derive(Debug)]
pub struct Reader {
    state: AppState,
    grant: Grant,
    listener: Listener,
    place: i64,
}

impl Reader {
    /// From a place on, or from now.
    pub async fn open(state: &AppState, grant: &Grant, since: Option<&str>) -> Result<Self> {
        let since = since
            .map(|since| history::place(state, grant, since))
            .transpose()?;
        let ledger_id = grant.ledger_id();
        let most = state.streams.most_of_user;
        let listener = state.db.feed().listen(ledger_id, grant.user_id(), most);
        let listener = listener.ok_or_else(|| too_many(state))?;
        // After listening, so that no write falls between.
        let (_, rev) = state
            .db
            .read(|db| async move { store::ledger::get(&db, ledger_id).await })
            .await?;
        if since.is_some_and(|since| since > rev) {
            return Err(AppError::fault(
                Code::BadCursor,
                "/since",
                "bad-cursor",
                format!("This ledger has {rev} changes yet; `since` is beyond them"),
            ));
        }
        state.db.feed().tell(ledger_id, rev);
        Ok(Self {
            state: state.clone(),
            grant: grant.clone(),
            listener,
            place: since.unwrap_or(rev),
        })
    }

    /// What leads back here.
    pub fn seal(&self) -> Result<String> {
        history::seal_place(&self.state, &self.grant, self.place)
    }

    /// Resolves once there is more to read.
    pub async fn grown(&mut self) {
        self.listener.beyond(self.place).await;
    }

    /// The next changes, each with what leads behind it.
    pub async fn read(&mut self) -> Result<Vec<(String, Change)>> {
        let wanted = Wanted {
            after: Some(self.place),
            ..Wanted::default()
        };
        let (changes, _) = history::read(&self.state, self.grant.ledger_id(), wanted, PART).await?;
        match changes.last() {
            Some(last) => self.place = last.rev,
            None => tokio::time::sleep(AGAIN).await,
        }
        changes
            .into_iter()
            .map(|change| {
                let place = history::seal_place(&self.state, &self.grant, change.rev)?;
                Ok((place, change))
            })
            .collect()
    }
}

fn too_many(state: &AppState) -> AppError {
    let most = state.streams.most_of_user;
    let mut refusal = Refusal::new(
        Code::RateLimited,
        format!("You have {most} streams of changes open on this server already"),
    );
    // By then one whose reader is gone was found out.
    refusal.retry_after_secs = Some(state.streams.ping.as_secs());
    refusal.into()
}

/// Looks for what other servers write, once a second while anybody here listens.
pub async fn look_for_others(state: &AppState, stop: &Stop) {
    let feed = state.db.feed();
    loop {
        tokio::select! {
            () = stop.requested() => return,
            () = feed.is_listened_to() => {}
        }
        let looks = state.db.looks();
        while feed.count() > 0 {
            if let Err(error) = look(state).await {
                // Asked again in a second; whoever reads is told by their own question.
                tracing::debug!(%error, "other servers' writes cannot be looked for");
            }
            tokio::select! {
                () = stop.requested() => return,
                () = feed.is_left() => {}
                () = looks.next() => {}
            }
        }
    }
}

/// One statement for all ledgers that are listened to.
async fn look(state: &AppState) -> Result<()> {
    let ids = state.db.feed().listened();
    if ids.is_empty() {
        return Ok(());
    }
    let ids = ids.as_slice();
    let revs = state
        .db
        .read(|db| async move { store::ledger::revs(&db, ids).await })
        .await?;
    for (ledger_id, rev) in revs {
        state.db.feed().tell(ledger_id, rev);
    }
    Ok(())
}
