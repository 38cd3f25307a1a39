//! Signing in and out. An unknown name, a wrong password, an account that is locked or disabled: the same answer after
//! the same work. What was right begins a session, whose token is shown once.

use crate::db::{AccountWork, Outcome};
use crate::error::{AppError, Findings, Result};
use crate::service::actor::{Actor, Happening};
use crate::service::password::Match;
use crate::service::secret::{SecretKind, draw, hash};
use crate::service::write::{account_op, already_done, is_outrun, outrun, secret_op};
use crate::service::{Person, WriteKey, confirm, throttle, user};
use crate::state::AppState;
use crate::store;
use crate::store::audit::NewEvent;
use crate::store::token::of_all_scopes;
use api::auth::{Login, Session, SignUp};
use api::instant::Instant;
use api::problem::Code;
use api::text::{check_line, clean_line};
use api::token::MAX_TOKEN_NAME;
use api::user::{NewUser, User, fold_user_name};
use chrono::TimeDelta;
use entity::user::Model;
use sea_orm::DatabaseTransaction;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// The longest a session lasts, however much it is used.
const SESSION_DAYS: i64 = 90;
/// Sessions somebody may have at a time; one more ends the oldest.
const MOST_SESSIONS: u64 = 20;

/// Begins a session.
pub async fn login(state: &AppState, by: &Actor, key: &WriteKey, login: Login) -> Result<Session> {
    if let Some(client) = &login.client {
        let mut findings = Findings::default();
        if let Err(fault) = check_line(client, MAX_TOKEN_NAME) {
            findings.rules.add("/client", fault.code(), fault.to_string());
        }
        findings.refuse()?;
    }
    throttle::check_address(state, by).await?;
    let turn = state.passwords.turn().await?;
    let name = fold_user_name(&login.name);
    let user = user::find(state, &name).await?;
    let guess = throttle::guess(state, &name, by).await?;
    // What must not get in has no hash to be right about.
    let stored = user
        .as_ref()
        .filter(|user| guess.is_free && !user.is_disabled)
        .and_then(|user| user.password_hash.clone());
    let found = state.passwords.compare(&turn, &login.password, stored).await?;
    let user = match user {
        Some(user) if found != Match::Wrong => user,
        user => return Err(refused(state, by, user.map(|user| user.id)).await?),
    };
    let stronger = match found {
        Match::RightButWeakHash => Some(state.passwords.hash(&turn, &login.password).await?),
        Match::Right | Match::Wrong => None,
    };
    drop(turn);
    let begin = Begin::new(state, by, user, login.client.as_deref(), stronger);
    let (token, expires_at, user) = (begin.token.clone(), begin.expires_at, begin.user.clone());
    let op = secret_op(state, user.id, key, "login");
    let outcome = match state.db.write_account(op, Arc::new(begin)).await {
        // Their password was changed, or they were shut out, while this one was looked at.
        Err(error) if is_outrun(&error) => return Err(refused(state, by, Some(user.id)).await?),
        outcome => outcome?,
    };
    throttle::guessed_right(state, &guess).await?;
    match outcome {
        Outcome::Done { .. } => Ok(Session {
            token: token.into(),
            expires_at,
            user: store::user::wire(user),
        }),
        Outcome::Unchanged | Outcome::Replay => Err(already_done()),
    }
}

/// The one answer to everything that does not get in. It tells of no account whether there is one.
async fn refused(state: &AppState, by: &Actor, user_id: Option<Uuid>) -> Result<AppError> {
    throttle::failed(state, by).await?;
    let event = by.event(state, Happening::SignInFailed, user_id, json!({}));
    let event = &event;
    state
        .db
        .stage(|db| async move { store::audit::insert(&db, event).await })
        .await?;
    Ok(AppError::refuse(
        Code::Unauthenticated,
        "The name or the password is not right. After several failures there is a wait, of 15 minutes at most, in which \
         even the right one is not taken",
    ))
}

/// A session to begin.
struct Begin {
    user: Model,
    stronger: Option<String>,
    token_id: Uuid,
    token: String,
    name: String,
    at: Instant,
    expires_at: Instant,
    event: NewEvent,
}

impl Begin {
    fn new(
        state: &AppState,
        by: &Actor,
        user: Model,
        client: Option<&str>,
        stronger: Option<String>,
    ) -> Self {
        let (at, token_id) = (state.now(), state.clock.new_id());
        let name = client.map_or_else(|| by.client.clone(), clean_line);
        let event = by.clone().known_as(user.id).event(
            state,
            Happening::SignIn,
            Some(user.id),
            json!({ "session": name, "token_id": token_id }),
        );
        Self {
            user,
            stronger,
            token_id,
            token: draw(SecretKind::Session),
            name,
            at,
            expires_at: Instant::new(at.utc() + TimeDelta::days(SESSION_DAYS)),
            event,
        }
    }
}

impl AccountWork for Begin {
    type Output = ();

    async fn run(&self, tx: &DatabaseTransaction) -> Result<()> {
        let stored = self.user.password_hash.as_deref().unwrap_or_default();
        let kept = self.stronger.as_deref().unwrap_or(stored);
        if !store::user::set_password(tx, &self.user, kept, Instant::new(self.user.updated_at)).await? {
            return Err(outrun());
        }
        // A session may do everything that its user may.
        let row = of_all_scopes(
            self.token_id,
            self.user.id,
            &hash(&self.token),
            ("session", &self.name),
            self.at,
            Some(self.expires_at),
        );
        let row = entity::token::Model {
            confirmed_until: Some(confirm::until(self.at).utc()),
            ..row
        };
        store::token::insert(tx, row).await?;
        store::token::keep_newest_sessions(tx, self.user.id, MOST_SESSIONS, self.at).await?;
        store::audit::insert(tx, &self.event).await
    }
}

/// Ends the session, or whatever the token is that was shown.
pub async fn logout(state: &AppState, person: &Person, by: &Actor, key: &WriteKey) -> Result<()> {
    let (user_id, token_id) = (person.user_id(), person.token_id());
    let detail = json!({ "token_id": token_id });
    let work = End {
        user_id,
        token_id,
        event: by.event(state, Happening::SignOut, Some(user_id), detail),
    };
    let op = account_op(state, user_id, key, "logout");
    state.db.write_account(op, Arc::new(work)).await?;
    Ok(())
}

struct End {
    user_id: Uuid,
    token_id: Uuid,
    event: NewEvent,
}

impl AccountWork for End {
    type Output = ();

    async fn run(&self, tx: &DatabaseTransaction) -> Result<()> {
        store::token::revoke(tx, self.user_id, self.token_id, self.event.at).await?;
        store::audit::insert(tx, &self.event).await
    }
}

/// Makes an account for oneself, where the configuration lets everybody do so.
pub async fn sign_up(state: &AppState, by: &Actor, key: &WriteKey, wanted: SignUp) -> Result<User> {
    if !state.is_sign_up_open {
        return Err(AppError::refuse(
            Code::Forbidden,
            "Nobody makes their own account here; ask who runs this server for one",
        ));
    }
    let mut findings = Findings::default();
    wanted.check(&mut findings.rules);
    findings.refuse()?;
    throttle::sign_up(state, by).await?;
    let SignUp {
        name,
        password,
        display_name,
        currency,
    } = wanted;
    let new = NewUser {
        name,
        display_name,
        currency,
        ..NewUser::default()
    };
    create_with_password(state, by, key, new, &password).await
}

/// Adds somebody with a password of their choice.
pub async fn create_with_password(
    state: &AppState,
    by: &Actor,
    key: &WriteKey,
    new: NewUser,
    password: &api::secret::Secret,
) -> Result<User> {
    let turn = state.passwords.turn().await?;
    let words = [new.name.as_str(), new.display_name.as_deref().unwrap_or_default()];
    let mut findings = Findings::default();
    new.check(&mut findings.rules);
    state
        .passwords
        .judge(&turn, password, "/password", &words, &mut findings)
        .await?;
    findings.refuse()?;
    let hash = state.passwords.hash(&turn, password).await?;
    // The key's hash would be one of the password too.
    let key = WriteKey {
        request_hash: [0; 32],
        ..key.clone()
    };
    user::create(state, by, &key, new, Some(hash)).await
}
