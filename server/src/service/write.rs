//! From a unit of work to an answer: commits it under the caller's key, and where the key was used before reads the
//! same answer back from the log.

use crate::db::{AccountOp, Op, Outcome, Replayed, Work};
use crate::error::{AppError, Result};
use crate::service::Grant;
use crate::state::AppState;
use crate::store;
use crate::store::apply::Logged;
use crate::store::noun::Noun;
use api::problem::Code;
use std::sync::Arc;
use uuid::Uuid;

/// The key that makes a write safe to repeat, and what it was used for.
#[derive(Debug, Clone, Default)]
pub struct WriteKey {
    /// The client's key, or one drawn for this request.
    pub key: String,
    /// SHA-256 of the request.
    pub request_hash: [u8; 32],
    /// Set where the key was used before for the same request.
    pub replayed: Replayed,
}

/// What came of a write.
#[derive(Debug, Clone, PartialEq)]
pub enum Committed {
    /// These rows were changed, now or when the key was first used.
    Changed {
        /// The ledger's revision that the change is.
        rev: i64,
        /// Its rows, as the log has them.
        rows: Vec<Logged>,
    },
    /// Everything was so already.
    Unchanged,
}

impl Committed {
    /// The rows of one noun, in order.
    pub fn images<N: Noun>(&self) -> Result<Vec<N::Image>> {
        match self {
            Self::Changed { rows, .. } => rows
                .iter()
                .filter_map(|row| row.image::<N>().transpose())
                .collect(),
            Self::Unchanged => Ok(Vec::new()),
        }
    }

    /// The only row of that noun.
    pub fn image<N: Noun>(&self) -> Result<Option<N::Image>> {
        Ok(self.images::<N>()?.into_iter().next())
    }

    /// The revision, where something was changed.
    pub fn rev(&self) -> Option<i64> {
        match self {
            Self::Changed { rev, .. } => Some(*rev),
            Self::Unchanged => None,
        }
    }
}

/// Commits a unit of work, or finds what it did when it was sent before.
pub async fn commit<W>(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    kind: &'static str,
    work: W,
) -> Result<Committed>
where
    W: Work<Output = Vec<Logged>>,
{
    commit_as(state, grant, key, kind, state.clock.new_id(), work).await
}

/// Commits one of several units of work that history shows as one operation.
pub async fn commit_as<W>(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    kind: &'static str,
    op_id: Uuid,
    work: W,
) -> Result<Committed>
where
    W: Work<Output = Vec<Logged>>,
{
    let op = Op {
        op_id,
        ..op(state, grant, key, kind)
    };
    match state.db.write(op, Arc::new(work)).await? {
        Outcome::Done { rev, output } => Ok(Committed::Changed { rev, rows: output }),
        Outcome::Unchanged => Ok(Committed::Unchanged),
        Outcome::Replay => {
            let lost = || AppError::Unavailable("the change of a key is not readable yet".into());
            replay(state, grant, key).await?.ok_or_else(lost)
        }
    }
}

/// The head of a change that a caller makes: an operation of its own.
pub fn op(state: &AppState, grant: &Grant, key: &WriteKey, kind: &'static str) -> Op {
    Op {
        ledger_id: grant.ledger_id(),
        reach: grant.reach(),
        op_id: state.clock.new_id(),
        user_id: grant.user_id(),
        key: key.key.clone(),
        request_hash: key.request_hash,
        client: grant.client().to_owned(),
        kind,
        at: state.now(),
    }
}

/// The revision of the change that a key made, if it was used for this very request.
pub async fn find_change(state: &AppState, grant: &Grant, key: &WriteKey) -> Result<i64> {
    let lost = || AppError::Unavailable("the change of a key is not readable yet".into());
    change_of(state, grant, key).await?.ok_or_else(lost)
}

async fn change_of(state: &AppState, grant: &Grant, key: &WriteKey) -> Result<Option<i64>> {
    check_repeat(state, grant.user_id(), grant.ledger_id(), key).await
}

/// The revision of the change that a user's key made in a ledger; refused where it was used for another request.
pub async fn check_repeat(
    state: &AppState,
    user_id: Uuid,
    ledger_id: Uuid,
    key: &WriteKey,
) -> Result<Option<i64>> {
    let word = key.key.as_str();
    let found = state
        .db
        .read(|db| async move { store::change::find_by_key(&db, user_id, word).await })
        .await?;
    let Some(change) = found else { return Ok(None) };
    if change.request_hash != key.request_hash || change.ledger_id != ledger_id {
        return Err(key_reused());
    }
    key.replayed.set();
    Ok(Some(change.rev))
}

/// Refused where a key was used for another write to the user's account than this one.
pub async fn check_account_repeat(state: &AppState, user_id: Uuid, key: &WriteKey) -> Result<()> {
    let word = key.key.as_str();
    let found = state
        .db
        .read(|db| async move { store::account_write::find(&db, user_id, word).await })
        .await?;
    match found {
        Some(write) if write.request_hash != key.request_hash => Err(key_reused()),
        Some(_) => {
            key.replayed.set();
            Ok(())
        }
        None => Ok(()),
    }
}

/// What answers the repeat of a request whose answer held a secret.
pub fn already_done() -> AppError {
    AppError::refuse(
        Code::AlreadyDone,
        "This was done before, and its answer held a secret that is shown once",
    )
}

fn key_reused() -> AppError {
    AppError::refuse(
        Code::KeyReused,
        "This Idempotency-Key was used for another request; draw a fresh one",
    )
}

/// What a key did when it was used before; `None` where it was not. Worth asking before work that is dear.
pub async fn replay(state: &AppState, grant: &Grant, key: &WriteKey) -> Result<Option<Committed>> {
    let Some(rev) = change_of(state, grant, key).await? else {
        return Ok(None);
    };
    let rows = state
        .db
        .read(|db| async move { store::change::rows(&db, grant.ledger_id(), rev).await })
        .await?;
    Ok(Some(Committed::Changed {
        rev,
        rows: store::apply::read_back(rows)?,
    }))
}

/// The head of a write beside the ledgers.
pub(crate) fn account_op(state: &AppState, user_id: Uuid, key: &WriteKey, kind: &'static str) -> AccountOp {
    AccountOp {
        user_id,
        key: key.key.clone(),
        request_hash: key.request_hash,
        kind,
        at: state.now(),
        replayed: key.replayed.clone(),
    }
}

/// The same for a request that holds a password. Its hash is not kept: it is quick to compute, and so would let whoever
/// reads the table try passwords quickly.
pub(crate) fn secret_op(state: &AppState, user_id: Uuid, key: &WriteKey, kind: &'static str) -> AccountOp {
    AccountOp {
        request_hash: [0; 32],
        ..account_op(state, user_id, key, kind)
    }
}

/// Whether a write beside the ledgers was done before under this key; refuses a key that was used for another request.
pub(crate) async fn is_done(state: &AppState, op: &AccountOp) -> Result<bool> {
    let found = state
        .db
        .read(|db| async move { store::account_write::find(&db, op.user_id, &op.key).await })
        .await?;
    match found {
        None => Ok(false),
        Some(done) if done.request_hash == op.request_hash && done.kind == op.kind => {
            op.replayed.set();
            Ok(true)
        }
        Some(_) => Err(key_reused()),
    }
}

/// What a unit of work ends with that finds its user other than they were read: it is undone, and its caller decides.
pub(crate) fn outrun() -> AppError {
    AppError::refuse(
        Code::StaleVersion,
        "This account was changed at the same moment; try again",
    )
}

/// True for [`outrun`].
pub(crate) fn is_outrun(error: &AppError) -> bool {
    error.code() == Some(Code::StaleVersion)
}
