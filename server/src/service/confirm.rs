//! A password given once more: what lets others in, or gives them more, asks for it where a session is not fresh, so that
//! a terminal left open or a stolen session token is not enough. What asks for it is the guard's affair.

use crate::db::AccountWork;
use crate::error::{AppError, Result};
use crate::service::password::Match;
use crate::service::write::{is_done, secret_op};
use crate::service::{Person, WriteKey, throttle};
use crate::state::AppState;
use crate::store;
use api::auth::PasswordConfirmation;
use api::instant::Instant;
use api::problem::Code;
use chrono::TimeDelta;
use sea_orm::DatabaseTransaction;
use std::sync::Arc;
use uuid::Uuid;

/// How long a password that was given counts as given.
const FRESH_FOR: TimeDelta = TimeDelta::minutes(10);

/// Until when one given now counts.
pub(crate) fn until(at: Instant) -> Instant {
    Instant::new(at.utc() + FRESH_FOR)
}

/// Takes the password of the session that asks. Of an API token it is looked at, and nothing is noted.
pub async fn confirm(
    state: &AppState,
    person: &Person,
    key: &WriteKey,
    given: PasswordConfirmation,
) -> Result<()> {
    let user_id = person.user_id();
    let op = secret_op(state, user_id, key, "confirm_password");
    if is_done(state, &op).await? {
        return Ok(());
    }
    let user = state
        .db
        .read(|db| async move { store::user::get(&db, user_id).await })
        .await?;
    let turn = state.passwords.turn().await?;
    throttle::guess_old_password(state, user_id).await?;
    let found = state
        .passwords
        .compare(&turn, &given.password, user.password_hash)
        .await?;
    drop(turn);
    if found == Match::Wrong {
        return Err(AppError::fault(
            Code::Unprocessable,
            "/password",
            "wrong-password",
            "This is not your password - type it again, or ask an admin for a code",
        ));
    }
    let work = Confirm {
        token_id: person.token_id(),
        until: until(state.now()),
    };
    state.db.write_account(op, Arc::new(work)).await?;
    throttle::forget_old_password(state, user_id).await
}

struct Confirm {
    token_id: Uuid,
    until: Instant,
}

impl AccountWork for Confirm {
    type Output = ();

    async fn run(&self, tx: &DatabaseTransaction) -> Result<()> {
        store::token::confirm(tx, self.token_id, self.until).await
    }
}
