//! Tokens of this machine's own: until people sign in, whoever may read the owner's files is the owner. A server
//! inside the app draws one for its run; a server of its own keeps one in a file that only its user can read.

use crate::config::Config;
use crate::error::{AppError, Result};
use crate::run::Failure;
use crate::service::secret::{SecretKind, draw, hash, is_well_formed};
use crate::state::AppState;
use crate::store;
use crate::store::token::{Wanted, of_all_scopes};
use api::instant::Instant;
use chrono::TimeDelta;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A run of the app that lasts longer than this starts its server anew.
const RUN_DAYS: i64 = 30;

/// A token for one run, which is nowhere but in memory and, hashed, in the database.
pub async fn of_run(state: &AppState) -> Result<String> {
    let token = draw(SecretKind::Session);
    let now = state.now();
    store::token::delete_expired(state.db.upkeep()?, now).await?;
    let until = Instant::new(now.utc() + TimeDelta::days(RUN_DAYS));
    insert(state, &token, "session", "this run", Some(until)).await?;
    Ok(token)
}

async fn insert(
    state: &AppState,
    token: &str,
    kind: &str,
    name: &str,
    expires_at: Option<Instant>,
) -> Result<()> {
    let upkeep = state.db.upkeep()?;
    let user_id = store::token::first_user(upkeep)
        .await?
        .ok_or_else(|| AppError::Internal("no user".into()))?;
    let id = state.clock.new_id();
    // Everything: whoever may read the owner's files is the owner.
    let row = of_all_scopes(id, user_id, &hash(token), (kind, name), state.now(), expires_at);
    store::token::insert(upkeep, row).await
}

/// The file of this machine's token, made with a fresh token if it is not there, and known to the database.
pub async fn of_machine(state: &AppState, config: &Config) -> Result<PathBuf, Failure> {
    let path = config.token_file();
    let failed = |error: &dyn std::fmt::Display| Failure::failed(format!("{}: {error}", path.display()));
    let token = match fs::read_to_string(&path) {
        Ok(text) if is_well_formed(text.trim(), &[SecretKind::Api]) => text.trim().to_owned(),
        Ok(_) => keep(&path, &draw(SecretKind::Api)).map_err(|error| failed(&error))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            keep(&path, &draw(SecretKind::Api)).map_err(|error| failed(&error))?
        }
        Err(error) => return Err(failed(&error)),
    };
    let upkeep = state.db.upkeep().map_err(|error| failed(&error))?;
    let hash = hash(&token);
    let known = store::token::access(upkeep, &hash, Wanted::NoLedger)
        .await
        .map_err(|error| failed(&error))?;
    if known.is_none() {
        insert(state, &token, "api", "this machine", None)
            .await
            .map_err(|error| failed(&error))?;
    }
    Ok(path)
}

fn keep(path: &Path, token: &str) -> std::io::Result<String> {
    if let Some(folder) = path.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    writeln!(file, "{token}")?;
    file.sync_all()?;
    Ok(token.to_owned())
}
