//! API tokens of a person: seen without their secret, made with no more rights than the token that asks, revoked at once.

use crate::db::{AccountWork, Outcome};
use crate::error::{AppError, Findings, Result};
use crate::service::actor::{Actor, Happening};
use crate::service::cursor::Walk;
use crate::service::secret::{self, SecretKind};
use crate::service::write::{account_op, already_done, check_account_repeat};
use crate::service::{Person, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::audit::NewEvent;
use api::id::{LedgerId, TokenId};
use api::instant::Instant;
use api::page::{Page, PageQuery};
use api::problem::Code;
use api::text::clean_line;
use api::token::{IssuedToken, MAX_TOKENS, NewToken, Scope, TOKEN_DAYS, Token, TokenKind};
use chrono::TimeDelta;
use entity::token::Model;
use sea_orm::DatabaseTransaction;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// A page of the caller's tokens that are still good, oldest first.
pub async fn list(state: &AppState, person: &Person, query: PageQuery) -> Result<Page<Token>> {
    let (user_id, now) = (person.user_id(), state.now());
    let walk = Walk::new(state, person, ("tokens", user_id), &query);
    let (after, count) = (walk.after()?, walk.count());
    let rows = state
        .db
        .read(|db| async move { store::token::page_of_user(&db, user_id, now, after, count).await })
        .await?;
    let rows = rows
        .into_iter()
        .map(|row| seen(row, person))
        .collect::<Result<Vec<_>>>()?;
    walk.page(rows, |token| token.id, |token| token)
}

/// Makes one. A repeat is not told the secret again.
pub async fn create(
    state: &AppState,
    person: &Person,
    actor: Actor,
    key: &WriteKey,
    new: NewToken,
) -> Result<IssuedToken> {
    let mut findings = Findings::default();
    new.check(&mut findings.rules);
    let beyond: Vec<&str> = new
        .scopes
        .iter()
        .filter(|scope| !person.has_scope(**scope))
        .map(|scope| scope.as_str())
        .collect();
    if !beyond.is_empty() {
        findings.rules.add(
            "/scopes",
            "beyond",
            format!(
                "The token that asks does not have the scope `{}`",
                beyond.join("`, `")
            ),
        );
    }
    findings.refuse()?;
    let at = state.now();
    let days = TimeDelta::days(i64::from(new.days.unwrap_or(TOKEN_DAYS)));
    let is_by_token = person.token_kind() == TokenKind::Api;
    // It lives no longer than the token that makes it; a session's end ends no API token.
    let until = [Some(at.utc() + days), person.expires_at().filter(|_| is_by_token)];
    let ledger_ids = new
        .ledger_ids
        .or_else(|| person.bound_to().map(<[LedgerId]>::to_vec));
    let secret = secret::draw(SecretKind::Api);
    let row = Model {
        id: state.clock.new_id(),
        user_id: person.user_id(),
        hash: secret::hash(&secret).to_vec(),
        kind: TokenKind::Api.as_str().to_owned(),
        name: clean_line(&new.name),
        scopes: words(&new.scopes),
        ledger_ids: ledger_ids
            .as_ref()
            .map(serde_json::to_string)
            .transpose()
            .map_err(|error| AppError::Internal(format!("binding: {error}")))?,
        created_at: at.utc(),
        expires_at: until.into_iter().flatten().min(),
        last_used_at: None,
        revoked_at: None,
        made_by_token: is_by_token.then(|| person.token_id()),
        confirmed_until: None,
    };
    let work = Create {
        row: row.clone(),
        binding: ledger_ids.unwrap_or_default(),
        person: person.clone(),
        at,
        event: actor.signed_in(person).event(
            state,
            Happening::TokenMade,
            Some(person.user_id()),
            json!({ "token_id": row.id, "name": row.name, "scopes": row.scopes }),
        ),
    };
    match state
        .db
        .write_account(
            account_op(state, person.user_id(), key, "create_token"),
            Arc::new(work),
        )
        .await?
    {
        Outcome::Done { .. } => Ok(IssuedToken {
            token: seen(row, person)?,
            secret,
        }),
        Outcome::Replay | Outcome::Unchanged => {
            check_account_repeat(state, person.user_id(), key).await?;
            Err(already_done())
        }
    }
}

/// Revokes one; it is refused everywhere at once. One that is gone already, or somebody else's, is not there.
pub async fn revoke(
    state: &AppState,
    person: &Person,
    actor: Actor,
    key: &WriteKey,
    id: TokenId,
) -> Result<()> {
    let work = Revoke {
        user_id: person.user_id(),
        id: id.into(),
        at: state.now(),
        event: actor.signed_in(person).event(
            state,
            Happening::TokenRevoked,
            Some(person.user_id()),
            json!({ "token_id": id }),
        ),
    };
    let done = state
        .db
        .write_account(
            account_op(state, person.user_id(), key, "revoke_token"),
            Arc::new(work),
        )
        .await?;
    match done {
        // Who repeats it wants it revoked, and it is.
        Outcome::Done { .. } | Outcome::Unchanged => Ok(()),
        Outcome::Replay => check_account_repeat(state, person.user_id(), key).await,
    }
}

fn words(scopes: &[Scope]) -> String {
    let words: Vec<&str> = Scope::ALL
        .into_iter()
        .filter(|scope| scopes.contains(scope))
        .map(Scope::as_str)
        .collect();
    words.join(" ")
}

struct Create {
    row: Model,
    binding: Vec<LedgerId>,
    person: Person,
    at: Instant,
    event: NewEvent,
}

impl AccountWork for Create {
    type Output = ();

    async fn run(&self, tx: &DatabaseTransaction) -> Result<()> {
        let user_id = self.person.user_id();
        if store::token::count_of_user(tx, user_id, self.at).await? >= MAX_TOKENS {
            return Err(AppError::refuse(
                Code::Conflict,
                format!("You have {MAX_TOKENS} tokens; revoke one first"),
            ));
        }
        let theirs = store::member::ledgers_of(tx, user_id).await?;
        let mut findings = Findings::default();
        for (place, id) in self.binding.iter().enumerate() {
            if !self.person.may_enter(id.0) || !theirs.contains(&id.0) {
                findings.lookups.add(
                    format!("/ledger_ids/{place}"),
                    Code::UnknownName.as_str(),
                    "You are no member of a ledger with this id",
                );
            }
        }
        findings.refuse()?;
        if let Some(maker) = self.row.made_by_token
            && !store::token::hold(tx, maker, self.at).await?
        {
            return Err(AppError::refuse(Code::Unauthenticated, "This token is not valid"));
        }
        store::token::insert(tx, self.row.clone()).await?;
        store::audit::insert(tx, &self.event).await
    }
}

struct Revoke {
    user_id: Uuid,
    id: Uuid,
    at: Instant,
    event: NewEvent,
}

impl AccountWork for Revoke {
    type Output = ();

    async fn run(&self, tx: &DatabaseTransaction) -> Result<()> {
        if store::token::revoke(tx, self.user_id, self.id, self.at).await? {
            store::audit::insert(tx, &self.event).await
        } else {
            Err(AppError::not_found())
        }
    }
}

fn seen(row: Model, person: &Person) -> Result<Token> {
    let unreadable = || AppError::Internal("stored token".into());
    Ok(Token {
        is_this: row.id == person.token_id(),
        id: row.id.into(),
        kind: match row.kind.as_str() {
            "session" => TokenKind::Session,
            _ => TokenKind::Api,
        },
        name: row.name,
        scopes: row
            .scopes
            .split_whitespace()
            .map(|word| Scope::from_word(word).ok_or_else(unreadable))
            .collect::<Result<_>>()?,
        ledger_ids: row
            .ledger_ids
            .map(|text| serde_json::from_str(&text).map_err(|_| unreadable()))
            .transpose()?,
        made_by: row.made_by_token.map(Into::into),
        created_at: Instant::new(row.created_at),
        expires_at: row.expires_at.map(Instant::new),
        last_used_at: row.last_used_at.map(Instant::new),
    })
}
