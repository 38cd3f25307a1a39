//! How often somebody may guess: by account, where waits grow but always end, and by address. Counted in the database, so
//! that it holds across all servers; by the name that was typed, so that nothing tells whether there is such a user.

use crate::error::{AppError, Refusal, Result};
use crate::service::actor::Actor;
use crate::state::AppState;
use crate::store;
use crate::store::throttle::Ladder;
use api::instant::Instant;
use api::problem::Code;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Guesses at one account.
const GUESSES: Ladder = Ladder {
    free: 5,
    first: TimeDelta::seconds(1),
    longest: TimeDelta::minutes(15),
    window: TimeDelta::hours(24),
};
/// Failures of one address within their window.
const FAILURES: i32 = 30;
const FAILURES_WINDOW: TimeDelta = TimeDelta::minutes(10);
/// Accounts that one address may make for itself within a window.
const SIGN_UPS: i32 = 10;
const SIGN_UPS_WINDOW: TimeDelta = TimeDelta::hours(1);
/// How long an address is known for somebody's own after they signed in from it.
const FAMILIAR_FOR: TimeDelta = TimeDelta::days(90);
const FAMILIAR: &str = "familiar:";

/// What a guess is counted by.
#[derive(Debug, Clone)]
pub(crate) struct Guess {
    subject: String,
    familiar: String,
    /// False where one must wait still.
    pub is_free: bool,
}

/// Refuses an address that failed too often of late.
pub(crate) async fn check_address(state: &AppState, by: &Actor) -> Result<()> {
    check(state, "address", FAILURES, FAILURES_WINDOW, by).await
}

/// Counts a failure of an address.
pub(crate) async fn failed(state: &AppState, by: &Actor) -> Result<()> {
    count(state, "address", FAILURES_WINDOW, by).await
}

/// Counts an account that an address wants to make, and refuses one too many.
pub(crate) async fn sign_up(state: &AppState, by: &Actor) -> Result<()> {
    check(state, "sign-up", SIGN_UPS, SIGN_UPS_WINDOW, by).await?;
    count(state, "sign-up", SIGN_UPS_WINDOW, by).await
}

/// Counts a guess at an account before it is known whether it is right, so that many at once are not more than one
/// after the other. Where the person signed in from before, others' guesses from elsewhere keep nobody out.
pub(crate) async fn guess(state: &AppState, name: &str, by: &Actor) -> Result<Guess> {
    let now = state.now();
    let account = short_hash(name);
    let network = short_hash(&by.network.map_or_else(String::new, |network| network.to_string()));
    let familiar = format!("{FAMILIAR}{account}:{network}");
    let (known, since) = (familiar.as_str(), Instant::new(now.utc() - FAMILIAR_FOR));
    let is_familiar = state
        .db
        .read(|db| async move { store::throttle::is_noted(&db, known, since).await })
        .await?;
    let subject = if is_familiar {
        format!("account:{account}:{network}")
    } else {
        format!("account:{account}")
    };
    let is_free = admit(state, &subject).await?;
    Ok(Guess {
        subject,
        familiar,
        is_free,
    })
}

/// The guess was right: its count is forgotten, its address known from now on.
pub(crate) async fn guessed_right(state: &AppState, guess: &Guess) -> Result<()> {
    let (subject, familiar, now) = (guess.subject.as_str(), guess.familiar.as_str(), state.now());
    state
        .db
        .stage(|db| async move { store::throttle::clear(&db, &[subject]).await })
        .await?;
    state
        .db
        .stage(|db| async move { store::throttle::note(&db, familiar, now).await })
        .await
}

/// Counts a guess at the old password of somebody signed in; apart from sign-ins, which a lost token must not stop.
pub(crate) async fn guess_old_password(state: &AppState, user_id: uuid::Uuid) -> Result<()> {
    if admit(state, &old_password(user_id)).await? {
        return Ok(());
    }
    Err(too_many(GUESSES.longest))
}

/// The password of somebody signed in was right: what was counted of it is forgotten.
pub(crate) async fn forget_old_password(state: &AppState, user_id: uuid::Uuid) -> Result<()> {
    let old = old_password(user_id);
    let subject = old.as_str();
    state
        .db
        .stage(|db| async move { store::throttle::clear(&db, &[subject]).await })
        .await
}

/// Forgets everything that was counted for an account from unknown addresses.
pub(crate) async fn forgive(state: &AppState, name: &str, user_id: uuid::Uuid) -> Result<()> {
    let (account, old) = (format!("account:{}", short_hash(name)), old_password(user_id));
    let subjects = [account.as_str(), old.as_str()];
    state
        .db
        .stage(|db| async move { store::throttle::clear(&db, &subjects).await })
        .await
}

/// Forgets what has no effect any more.
pub async fn clear_old(state: &AppState) -> Result<()> {
    let now = state.now().utc();
    let counted = Instant::new(now - GUESSES.window);
    let known = Instant::new(now - FAMILIAR_FOR);
    state
        .db
        .stage(|db| async move {
            store::throttle::delete_old(&db, FAMILIAR, false, counted).await?;
            store::throttle::delete_old(&db, FAMILIAR, true, known).await
        })
        .await
}

async fn admit(state: &AppState, subject: &str) -> Result<bool> {
    let now = state.now();
    state
        .db
        .stage(|db| async move { store::throttle::admit(&db, subject, GUESSES, now).await })
        .await
}

async fn check(state: &AppState, what: &str, most: i32, window: TimeDelta, by: &Actor) -> Result<()> {
    let Some(network) = by.network else { return Ok(()) };
    let (subject, now) = (format!("{what}:{network}"), state.now());
    let subject = subject.as_str();
    let until = state
        .db
        .read(|db| async move { store::throttle::full_until(&db, subject, most, window, now).await })
        .await?;
    match until {
        None => Ok(()),
        Some(until) => Err(too_many(until.utc() - now.utc())),
    }
}

async fn count(state: &AppState, what: &str, window: TimeDelta, by: &Actor) -> Result<()> {
    let Some(network) = by.network else { return Ok(()) };
    let (subject, now) = (format!("{what}:{network}"), state.now());
    let subject = subject.as_str();
    state
        .db
        .stage(|db| async move { store::throttle::count(&db, subject, window, now).await })
        .await
}

fn too_many(wait: TimeDelta) -> AppError {
    let secs = u64::try_from(wait.num_seconds()).unwrap_or(0) + 1;
    Refusal {
        retry_after_secs: Some(secs),
        ..Refusal::new(
            Code::RateLimited,
            "Too many failed tries; wait before the next one",
        )
    }
    .into()
}

fn old_password(user_id: uuid::Uuid) -> String {
    format!("password:{}", user_id.simple())
}

/// What was typed as a name may be a password, typed into the wrong field: it is not kept.
fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(14).fold(String::new(), |mut hex, byte| {
        // A String takes everything.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_fits_its_column() {
        let longest = format!("{FAMILIAR}{}:{}", short_hash("a"), short_hash("b"));
        assert!(longest.len() <= 80, "{longest}");
    }
}
