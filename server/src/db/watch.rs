//! Whether anybody wrote, asked as cheaply as each database allows. SQLite knows by itself and its log on the disk shows
//! when there is no need to ask it: an app that is left open costs a look at a file a second. A MySQL server does not
//! tell.

use super::pool::Db;
use crate::error::{AppError, Result};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// So long after the log was written to the database is asked all the same: times in a file system are coarse, and
/// between the writing and the end of its commit lies a disk.
const FRESH: Duration = Duration::from_millis(1500);
/// And once more after so long, for the slowest disk that a write is waited for on.
const SETTLED: Duration = Duration::from_secs(5);

/// What a SQLite file is asked with.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    /// `data_version` is kept by connection, so that one is kept for asking; opened by the first who asks.
    pub(super) connection: DatabaseConnection,
    /// The log that every commit is written to.
    pub(super) log: PathBuf,
}

/// What was seen the last time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    log: Option<(SystemTime, u64)>,
    is_settled: bool,
    version: Option<i64>,
}

impl Db {
    /// Whether anything was written since it was last asked, by any server.
    pub async fn is_written_since(&self, seen: &mut Seen) -> Result<bool> {
        let Some(watch) = &self.endpoint()?.watch else {
            return Ok(true);
        };
        let log = watch.log();
        let age = log.and_then(|(at, _)| at.elapsed().ok()).unwrap_or_default();
        let is_settled = age > SETTLED;
        if age > FRESH && seen.log == log && seen.is_settled == is_settled && seen.version.is_some() {
            return Ok(false);
        }
        let version = watch.version().await?;
        let is_written = seen.version != Some(version);
        *seen = Seen {
            log,
            is_settled,
            version: Some(version),
        };
        Ok(is_written)
    }
}

impl Watch {
    /// None where there is no log to look at: then the database is asked.
    fn log(&self) -> Option<(SystemTime, u64)> {
        let file = std::fs::metadata(&self.log).ok()?;
        Some((file.modified().ok()?, file.len()))
    }

    async fn version(&self) -> Result<i64> {
        let pragma = Statement::from_string(DbBackend::Sqlite, "PRAGMA data_version");
        let row = self.connection.query_one_raw(pragma).await?;
        let row = row.ok_or_else(|| AppError::Internal("no data_version".into()))?;
        Ok(row.try_get_by_index(0)?)
    }
}
