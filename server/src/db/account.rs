//! The unit of work beside the ledgers: writes to accounts, tokens and what else belongs to a person or to nobody. As with
//! a ledger's, it is a closure that can run again, in a task that a vanished client cannot cancel, and its key makes a
//! repeat harmless. There is no log here to answer a repeat from; what happened is told by `Outcome::Replay`.

use super::classify::{Class, classify};
use super::pool::Db;
use super::unit::{Outcome, begin_write};
use crate::error::{AppError, Result};
use crate::store;
use api::instant::Instant;
use sea_orm::DatabaseTransaction;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

/// Whether the answer to a request is that to an earlier one with its key. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Replayed(Arc<AtomicBool>);

impl Replayed {
    /// Notes that it is.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True where it is.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Who writes what, under which key.
#[derive(Debug, Clone)]
pub struct AccountOp {
    /// Who writes, or whose account is written to where nobody has signed in yet.
    pub user_id: Uuid,
    /// The client's idempotency key, or one drawn for this request.
    pub key: String,
    /// SHA-256 of the request.
    pub request_hash: [u8; 32],
    /// What is done, in a word.
    pub kind: &'static str,
    /// When.
    pub at: Instant,
    /// Set where it is found that the key was used before for the same.
    pub replayed: Replayed,
}

/// What such a unit of work does. It may run several times and has no effect outside its transaction.
pub trait AccountWork: Send + Sync + 'static {
    /// What it yields.
    type Output: Send + 'static;

    /// Does it once.
    fn run(&self, tx: &DatabaseTransaction) -> impl Future<Output = Result<Self::Output>> + Send;
}

impl Db {
    /// Carries out a write beside the ledgers. `Outcome::Done` has revision 0.
    pub async fn write_account<W: AccountWork>(
        self: &Arc<Self>,
        op: AccountOp,
        work: Arc<W>,
    ) -> Result<Outcome<W::Output>> {
        let db = self.clone();
        let task = tokio::spawn(async move { db.until_done(|| db.write_account_once(&op, &*work)).await });
        task.await
            .map_err(|error| AppError::Internal(format!("unit of work: {error}")))?
    }

    async fn write_account_once<W: AccountWork>(
        &self,
        op: &AccountOp,
        work: &W,
    ) -> Result<Outcome<W::Output>> {
        let tx = begin_write(&self.endpoint()?.write).await?;
        match store::account_write::insert(&tx, op).await {
            Ok(()) => {}
            Err(error) if classify(&error) == Class::Unique => {
                tx.rollback().await?;
                return Ok(Outcome::Replay);
            }
            Err(error) => return Err(error.into()),
        }
        match work.run(&tx).await {
            Ok(output) => {
                tx.commit().await?;
                Ok(Outcome::Done { rev: 0, output })
            }
            Err(error) => {
                let _ = tx.rollback().await;
                Err(error)
            }
        }
    }
}
