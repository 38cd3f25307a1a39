//! The unit of work: every write is one closure that can run again, in a task that a vanished client cannot
//! cancel, on one ledger whose `rev` it takes first. And the reads: one statement, or one snapshot of several.

use super::classify::{Class, classify};
use super::pool::{Db, Dialect, Endpoint};
use crate::error::{AppError, Result};
use crate::store;
use crate::store::reach::Reach;
use api::instant::Instant;
use rand::RngExt;
use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use uuid::Uuid;

/// Most times a unit of work is tried.
const MAX_TRIES: u32 = 8;

/// Who writes what, under which key: everything of a change but its number.
#[derive(Debug, Clone)]
pub struct Op {
    /// The ledger written to.
    pub ledger_id: Uuid,
    /// The rows in it that the writer may see and change.
    pub reach: Reach,
    /// The operation that history shows; several changes may share it.
    pub op_id: Uuid,
    /// Who writes.
    pub user_id: Uuid,
    /// The client's idempotency key, or one drawn for this request.
    pub key: String,
    /// SHA-256 of the request, so that a key cannot be used for another one.
    pub request_hash: [u8; 32],
    /// The program that asked.
    pub client: String,
    /// What is done, in a word.
    pub kind: &'static str,
    /// When.
    pub at: Instant,
}

/// One try of a unit of work: the transaction and the number it will have.
#[derive(Debug)]
pub struct Unit {
    /// The open transaction.
    pub tx: DatabaseTransaction,
    /// The ledger written to.
    pub ledger_id: Uuid,
    /// The rows in it that the writer may see and change.
    pub reach: Reach,
    /// The number of this change.
    pub rev: i64,
    /// Who writes.
    pub user_id: Uuid,
    /// When.
    pub at: Instant,
}

/// What a unit of work does. It may run several times and has no effect outside its transaction.
pub trait Work: Send + Sync + 'static {
    /// What it yields.
    type Output: Send + 'static;

    /// What must be there before the change can be numbered: a ledger that this very change makes.
    fn open(&self, _tx: &DatabaseTransaction) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Does it once. `None` means that there was nothing to change: the transaction is rolled back.
    fn run(&self, unit: &Unit) -> impl Future<Output = Result<Option<Self::Output>>> + Send;
}

/// How a unit of work ended.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It was committed.
    Done {
        /// The number of the change.
        rev: i64,
        /// What the work yielded.
        output: T,
    },
    /// There was nothing to change.
    Unchanged,
    /// The key was used before.
    Replay,
}

impl Db {
    /// Carries out a unit of work, trying again where two met or an address failed.
    pub async fn write<W: Work>(self: &Arc<Self>, op: Op, work: Arc<W>) -> Result<Outcome<W::Output>> {
        let db = self.clone();
        // A task of its own: dropping the request drops the wait, never the work.
        let task = tokio::spawn(async move {
            let outcome = db.write_until_done(&op, &*work).await;
            if let Ok(Outcome::Done { rev, .. }) = &outcome {
                db.feed.tell(op.ledger_id, *rev);
            }
            outcome
        });
        task.await
            .map_err(|error| AppError::Internal(format!("unit of work: {error}")))?
    }

    async fn write_until_done<W: Work>(&self, op: &Op, work: &W) -> Result<Outcome<W::Output>> {
        self.until_done(|| self.write_once(op, work)).await
    }

    /// Runs one try of a transaction until it is through, or can never be.
    pub(super) async fn until_done<T, F>(&self, attempt: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        self.refuse_writing()?;
        let mut tries = Tries::new(self.retry_deadline);
        loop {
            let failed = self.active.load(Ordering::Relaxed);
            let error = match tokio::time::timeout(self.retry_deadline, attempt()).await {
                Ok(Err(AppError::Db(error))) => error,
                Ok(other) => {
                    if other.is_ok() {
                        self.storage.works();
                    }
                    return other;
                }
                Err(_) => {
                    let late = || AppError::Unavailable("the database did not answer in time".into());
                    return Err(self.told_lock().unwrap_or_else(late));
                }
            };
            match classify(&error) {
                Class::Conflict => {}
                Class::Endpoint => self.fail_over(failed),
                Class::Storage(fault) => {
                    self.storage.fails(fault);
                    let told = self.told_fault(&error);
                    return Err(told.unwrap_or_else(|| AppError::Storage(fault, error.to_string())));
                }
                Class::Unique | Class::ForeignKey | Class::Fatal => return Err(error.into()),
            }
            if let Err(spent) = tries.pause(&error).await {
                let told = self.told_fault(&error).or_else(|| self.told_lock());
                return Err(told.unwrap_or(spent));
            }
        }
    }

    async fn write_once<W: Work>(&self, op: &Op, work: &W) -> Result<Outcome<W::Output>> {
        let tx = begin_write(&self.endpoint()?.write).await?;
        if let Err(error) = work.open(&tx).await {
            let _ = tx.rollback().await;
            return Err(error);
        }
        let rev = store::change::next_rev(&tx, self.dialect(), op.ledger_id).await?;
        let unit = Unit {
            tx,
            ledger_id: op.ledger_id,
            reach: op.reach,
            rev,
            user_id: op.user_id,
            at: op.at,
        };
        match store::change::insert(&unit.tx, rev, op).await {
            Ok(()) => {}
            Err(error) if classify(&error) == Class::Unique => {
                unit.tx.rollback().await?;
                return Ok(Outcome::Replay);
            }
            Err(error) => return Err(error.into()),
        }
        match work.run(&unit).await {
            Ok(Some(output)) => {
                unit.tx.commit().await?;
                Ok(Outcome::Done { rev, output })
            }
            Ok(None) => {
                unit.tx.rollback().await?;
                Ok(Outcome::Unchanged)
            }
            Err(error) => {
                // After some errors the transaction is gone already; what matters is that nothing more is sent in it.
                let _ = unit.tx.rollback().await;
                Err(error)
            }
        }
    }

    /// Runs a read of one statement or of several that need not agree, trying other addresses.
    pub async fn read<T, F>(&self, read: impl Fn(DatabaseConnection) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        self.again(|endpoint| endpoint.read.clone(), read).await
    }

    /// Runs one statement that writes beside the log what nobody sees yet, or no longer. It may run twice.
    pub async fn stage<T, F>(&self, write: impl Fn(DatabaseConnection) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        self.refuse_writing()?;
        self.again(|endpoint| endpoint.write.clone(), write).await
    }

    async fn again<T, F>(
        &self,
        pick: fn(&Endpoint) -> DatabaseConnection,
        run: impl Fn(DatabaseConnection) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send,
    {
        let mut tries = Tries::new(self.retry_deadline);
        loop {
            let failed = self.active.load(Ordering::Relaxed);
            let error = match run(pick(self.endpoint()?)).await {
                Err(AppError::Db(error)) => error,
                other => return other,
            };
            match classify(&error) {
                Class::Conflict => {}
                Class::Endpoint => self.fail_over(failed),
                _ => return Err(error.into()),
            }
            tries.pause(&error).await?;
        }
    }

    /// Opens one read-only snapshot, for what takes several statements that must agree. Dropping it ends it.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction> {
        let dialect = self.dialect();
        self.read(|connection| async move {
            // SQLite's read pool is read-only by itself and knows no access mode.
            let access_mode = (dialect == Dialect::MySql).then_some(AccessMode::ReadOnly);
            let options = TransactionOptions {
                access_mode,
                ..Default::default()
            };
            Ok(connection.begin_with_options(options).await?)
        })
        .await
    }

    /// Asks the database for a sign of life, and whether it can be written to where the last write found that it cannot.
    pub async fn ping(&self) -> Result<()> {
        let write = &self.endpoint()?.write;
        if let Some(fault) = self.storage.fault() {
            let probe = async {
                let tx = begin_write(write).await?;
                store::setting::put(&tx, "probe", &rand::random::<u64>().to_string()).await?;
                Ok(tx.commit().await?)
            };
            probe
                .await
                .map_err(|error: AppError| AppError::Storage(fault, error.to_string()))?;
            self.storage.works();
        }
        write.ping().await.map_err(AppError::from)
    }
}

pub(super) async fn begin_write(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    // SQLite takes the write lock at once, or two readers that become writers fail; MySQL ignores the mode.
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    connection.begin_with_options(options).await
}

/// Tries left, and the pause between them.
struct Tries {
    done: u32,
    started: tokio::time::Instant,
    deadline: Duration,
}

impl Tries {
    fn new(deadline: Duration) -> Self {
        Self {
            done: 0,
            started: tokio::time::Instant::now(),
            deadline,
        }
    }

    /// Waits a little, longer each time and never the same; gives up when tries or time are spent.
    async fn pause(&mut self, error: &DbErr) -> Result<()> {
        self.done += 1;
        if self.done >= MAX_TRIES || self.started.elapsed() >= self.deadline {
            return Err(AppError::Unavailable(format!(
                "after {} tries: {error}",
                self.done
            )));
        }
        let longest = 10_u64 << self.done.min(5);
        let pause = rand::rng().random_range(5..=longest);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        Ok(())
    }
}
