//! New passwords: chosen by who knows the old one, or by who was given a one-time code. Either ends the sessions that
//! stand on the old one.

use crate::db::{AccountWork, Outcome};
use crate::error::{AppError, Findings, Result};
use crate::service::actor::{Actor, Happening};
use crate::service::password::Match;
use crate::service::secret::{SecretKind, draw, hash, is_well_formed};
use crate::service::write::{account_op, already_done, is_done, is_outrun, outrun, secret_op};
use crate::service::{Person, WriteKey, throttle};
use crate::state::AppState;
use crate::store;
use crate::store::audit::NewEvent;
use api::auth::{PasswordChange, PasswordReset};
use api::instant::Instant;
use api::problem::Code;
use api::user::{ResetCode, fold_user_name};
use chrono::TimeDelta;
use entity::user::Model;
use sea_orm::DatabaseTransaction;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// How long a code is good for.
const CODE_MINUTES: i64 = 30;

/// Replaces one's own password. All other sessions end.
pub async fn change(
    state: &AppState,
    person: &Person,
    by: &Actor,
    key: &WriteKey,
    wanted: PasswordChange,
) -> Result<()> {
    let user_id = person.user_id();
    let op = secret_op(state, user_id, key, "change_password");
    if is_done(state, &op).await? {
        return Ok(());
    }
    let user = state
        .db
        .read(|db| async move { store::user::get(&db, user_id).await })
        .await?;
    if user.password_hash.is_none() {
        return Err(AppError::refuse(
            Code::Conflict,
            "You have no password yet; an admin can make you a code that sets one",
        ));
    }
    let turn = state.passwords.turn().await?;
    throttle::guess_old_password(state, user_id).await?;
    let old = state
        .passwords
        .compare(&turn, &wanted.old_password, user.password_hash.clone())
        .await?;
    if old == Match::Wrong {
        return Err(not_the_old_one());
    }
    let mut findings = Findings::default();
    state
        .passwords
        .judge(
            &turn,
            &wanted.new_password,
            "/new_password",
            &words(&user),
            &mut findings,
        )
        .await?;
    findings.refuse()?;
    let work = SetPassword {
        password: state.passwords.hash(&turn, &wanted.new_password).await?,
        code_id: None,
        keep: Some(person.token_id()),
        event: by.event(state, Happening::PasswordChanged, Some(user_id), json!({})),
        user,
    };
    drop(turn);
    let name = work.user.name.clone();
    match state.db.write_account(op, Arc::new(work)).await {
        Ok(_) => throttle::forgive(state, &name, user_id).await,
        Err(error) if is_outrun(&error) => Err(not_the_old_one()),
        Err(error) => Err(error),
    }
}

fn not_the_old_one() -> AppError {
    AppError::fault(
        Code::Unprocessable,
        "/old_password",
        "wrong-password",
        "This is not your password until now - type it again, or ask an admin for a code",
    )
}

fn words(user: &Model) -> [&str; 2] {
    [&user.name, &user.display_name]
}

/// Makes a code with which somebody chooses a new password. What codes they had are void.
pub async fn create_code(state: &AppState, by: &Actor, key: &WriteKey, user_id: Uuid) -> Result<ResetCode> {
    let user = state
        .db
        .read(|db| async move { store::user::get(&db, user_id).await })
        .await?;
    if user.is_disabled {
        return Err(AppError::refuse(
            Code::Conflict,
            "This account is disabled; enable it first",
        ));
    }
    let at = state.now();
    let work = MakeCode {
        id: state.clock.new_id(),
        user_id,
        code: draw(SecretKind::Reset),
        expires_at: Instant::new(at.utc() + TimeDelta::minutes(CODE_MINUTES)),
        event: by.event(state, Happening::ResetCodeMade, Some(user_id), json!({})),
    };
    let made = ResetCode {
        code: work.code.as_str().into(),
        expires_at: work.expires_at,
    };
    let op = account_op(state, by.user_id.unwrap_or(user_id), key, "create_reset_code");
    match state.db.write_account(op, Arc::new(work)).await? {
        Outcome::Done { .. } => Ok(made),
        Outcome::Unchanged | Outcome::Replay => Err(already_done()),
    }
}

struct MakeCode {
    id: Uuid,
    user_id: Uuid,
    code: String,
    expires_at: Instant,
    event: NewEvent,
}

impl AccountWork for MakeCode {
    type Output = ();

    async fn run(&self, tx: &DatabaseTransaction) -> Result<()> {
        let at = self.event.at;
        store::reset_code::void(tx, self.user_id, at).await?;
        let hash = hash(&self.code);
        store::reset_code::insert(tx, self.id, self.user_id, &hash, at, self.expires_at).await?;
        store::audit::insert(tx, &self.event).await
    }
}

/// Sets a new password by a code, once. All sessions end.
pub async fn reset(state: &AppState, by: &Actor, key: &WriteKey, wanted: PasswordReset) -> Result<()> {
    throttle::check_address(state, by).await?;
    let Some((code_id, is_open, user)) = find_code(state, &wanted).await? else {
        return Err(refused(state, by).await?);
    };
    let op = secret_op(state, user.id, key, "reset_password");
    if !is_open {
        // A repeat of the request that used it up.
        if is_done(state, &op).await? {
            return Ok(());
        }
        return Err(refused(state, by).await?);
    }
    let turn = state.passwords.turn().await?;
    let mut findings = Findings::default();
    state
        .passwords
        .judge(&turn, &wanted.password, "/password", &words(&user), &mut findings)
        .await?;
    findings.refuse()?;
    let by_them = by.clone().known_as(user.id);
    let work = SetPassword {
        password: state.passwords.hash(&turn, &wanted.password).await?,
        code_id: Some(code_id),
        keep: None,
        event: by_them.event(state, Happening::ResetCodeUsed, Some(user.id), json!({})),
        user,
    };
    drop(turn);
    let (name, user_id) = (work.user.name.clone(), work.user.id);
    match state.db.write_account(op, Arc::new(work)).await {
        Ok(_) => throttle::forgive(state, &name, user_id).await,
        Err(error) if is_outrun(&error) => Err(refused(state, by).await?),
        Err(error) => Err(error),
    }
}

/// The code, whether it can be used still, and whose it is, if it is that user's.
async fn find_code(state: &AppState, wanted: &PasswordReset) -> Result<Option<(Uuid, bool, Model)>> {
    let code = wanted.code.expose().trim();
    if !is_well_formed(code, &[SecretKind::Reset]) {
        return Ok(None);
    }
    let hash = hash(code);
    let hash = hash.as_slice();
    let found = state
        .db
        .read(|db| async move { store::reset_code::find(&db, hash).await })
        .await?;
    let Some(found) = found else { return Ok(None) };
    let user = state
        .db
        .read(|db| async move { store::user::get(&db, found.user_id).await })
        .await?;
    if user.name != fold_user_name(&wanted.name) || user.is_disabled {
        return Ok(None);
    }
    let is_open = found.used_at.is_none() && found.expires_at > state.clock.now();
    Ok(Some((found.id, is_open, user)))
}

async fn refused(state: &AppState, by: &Actor) -> Result<AppError> {
    throttle::failed(state, by).await?;
    Ok(AppError::refuse(
        Code::Unauthenticated,
        "This code is not good for this name: codes are used once, within 30 minutes. Ask for a new one",
    ))
}

/// A new hash in the place of the one that was read.
struct SetPassword {
    user: Model,
    password: String,
    /// The code that is used up by it.
    code_id: Option<Uuid>,
    /// The session that stays.
    keep: Option<Uuid>,
    event: NewEvent,
}

impl AccountWork for SetPassword {
    type Output = ();

    async fn run(&self, tx: &DatabaseTransaction) -> Result<()> {
        let at = self.event.at;
        if let Some(code_id) = self.code_id
            && !store::reset_code::take(tx, code_id, at).await?
        {
            return Err(outrun());
        }
        if !store::user::set_password(tx, &self.user, &self.password, at).await? {
            return Err(outrun());
        }
        store::reset_code::void(tx, self.user.id, at).await?;
        store::token::revoke_sessions(tx, self.user.id, self.keep, at).await?;
        store::audit::insert(tx, &self.event).await
    }
}
