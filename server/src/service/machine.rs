//! Tokens of this machine's own: until people sign in, whoever may read the owner's files is the owner. A server
//! inside the app draws one for its run; a server of its own keeps one in a file that only its user can read.

use crate::db::BookFault;
use crate::error::{AppError, Result};
use crate::run::Failure;
use crate::service::secret::{SecretKind, draw, hash, is_well_formed};
use crate::state::AppState;
use crate::store;
use crate::store::token::{Access, Wanted, of_all_scopes};
use api::instant::Instant;
use api::token::{Scope, TokenKind};
use chrono::{DateTime, TimeDelta, Utc};
use entity::token::Model;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// A run of the app that lasts longer than this starts its server anew.
const RUN_DAYS: i64 = 30;

/// The token of a run that the database could not note: its disk is full, or somebody holds it. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct RunToken(Arc<OnceLock<(Vec<u8>, Access)>>);

impl RunToken {
    /// What the token of this hash is good for, if it is this one. It is in use as long as the run lasts.
    pub fn access(&self, hash: &[u8], now: DateTime<Utc>) -> Option<Access> {
        let (_, access) = self.0.get().filter(|(known, _)| known == hash)?;
        Some(Access {
            last_used_at: Some(now),
            ..access.clone()
        })
    }
}

/// A token for one run, which is nowhere but in memory and, hashed, in the database; with what is the matter with the
/// book where it is in memory alone. Whoever started the run need not give a password again.
pub async fn of_run(state: &AppState) -> Result<(String, Option<BookFault>)> {
    let token = draw(SecretKind::Session);
    let fault = match state.db.read_only() {
        Some(fault) => Some(fault.clone()),
        None => match state.db.soon(note(state, &token)).await {
            Ok(()) => return Ok((token, None)),
            Err(AppError::Db(error)) => match state.db.told_file_fault(&error) {
                Some(fault) => Some(fault),
                None => return Err(error.into()),
            },
            Err(error) => return Err(error),
        },
    };
    keep_in_memory(state, &token).await?;
    Ok((token, fault))
}

async fn note(state: &AppState, token: &str) -> Result<()> {
    let now = state.now();
    let upkeep = state.db.upkeep()?;
    store::token::delete_expired(upkeep, now).await?;
    let owner = store::token::first_user(upkeep)
        .await?
        .ok_or_else(|| AppError::Internal("no user".into()))?;
    let until = Instant::new(now.utc() + TimeDelta::days(RUN_DAYS));
    let row = Model {
        confirmed_until: Some(until.utc()),
        ..row(state, owner.id, token, ("session", "this run"), Some(until))
    };
    store::token::insert(upkeep, row).await
}

async fn keep_in_memory(state: &AppState, token: &str) -> Result<()> {
    let first = state
        .db
        .read(|db| async move { store::token::first_user(&db).await })
        .await?;
    let owner = first.ok_or_else(|| AppError::Internal("no user".into()))?;
    let now = state.now().utc();
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let access = Access {
        token_id: state.clock.new_id(),
        user_id: owner.id,
        kind: TokenKind::Session.as_str().to_owned(),
        scopes: scopes.join(" "),
        ledger_ids: None,
        created_at: now,
        expires_at: None,
        last_used_at: None,
        revoked_at: None,
        confirmed_until: Some(now + TimeDelta::days(RUN_DAYS)),
        made_by_token: None,
        maker_scopes: None,
        maker_ledger_ids: None,
        maker_expires_at: None,
        maker_revoked_at: None,
        // What is the user's is read at each use.
        is_disabled: false,
        is_admin: false,
        default_ledger_id: None,
    };
    // There is one token of a run.
    drop(state.run_token.0.set((hash(token).to_vec(), access)));
    Ok(())
}

/// Everything: whoever may read the owner's files is the owner.
fn row(
    state: &AppState,
    user_id: Uuid,
    token: &str,
    (kind, name): (&str, &str),
    until: Option<Instant>,
) -> Model {
    let id = state.clock.new_id();
    of_all_scopes(id, user_id, &hash(token), (kind, name), state.now(), until)
}

/// What became of the file with this machine's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineToken {
    /// It holds a token that is good.
    Good,
    /// It held none, or one that was revoked, and holds a fresh one now.
    Renewed,
    /// Its owner is shut out, and so is whoever reads it.
    ShutOut,
}

/// Sees to it that the file of this machine's token holds one that is good, for as long as its owner is let in. One that
/// the database does not know is taken on: the book may be a new one.
pub async fn keep_good(state: &AppState, path: &Path) -> Result<MachineToken, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::failed(format!("{}: {error}", path.display()));
    let kept = match fs::read_to_string(path) {
        Ok(text) => Some(text.trim().to_owned()).filter(|token| is_well_formed(token, &[SecretKind::Api])),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(failed(&error)),
    };
    let upkeep = state.db.upkeep().map_err(|error| failed(&error))?;
    let is_known = match &kept {
        None => false,
        Some(token) => {
            let known = store::token::access(upkeep, &hash(token), Wanted::NoLedger)
                .await
                .map_err(|error| failed(&error))?;
            match &known {
                Some((access, _)) if access.is_disabled => return Ok(MachineToken::ShutOut),
                Some((access, _)) if access.is_good(state.clock.now()) => return Ok(MachineToken::Good),
                known => known.is_some(),
            }
        }
    };
    let owner = store::token::first_user(upkeep)
        .await
        .map_err(|error| failed(&error))?;
    let Some(owner) = owner.filter(|owner| !owner.is_disabled) else {
        return Ok(MachineToken::ShutOut);
    };
    let unknown = kept.filter(|_| !is_known);
    let is_new = unknown.is_none();
    let token = unknown.unwrap_or_else(|| draw(SecretKind::Api));
    let row = row(state, owner.id, &token, ("api", "this machine"), None);
    store::token::insert(upkeep, row)
        .await
        .map_err(|error| failed(&error))?;
    if !is_new {
        return Ok(MachineToken::Good);
    }
    // Written once it is good, so that nobody reads one that is not.
    write(path, &token).map_err(|error| failed(&error))?;
    Ok(MachineToken::Renewed)
}

/// In one step: whoever reads the file meanwhile reads the old token or the new one, whole.
fn write(path: &Path, token: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let fresh = path.with_extension(format!("new-{}", std::process::id()));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&fresh)?;
    writeln!(file, "{token}")?;
    file.sync_all()?;
    fs::rename(&fresh, path)
}
