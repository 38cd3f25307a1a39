//! A book that cannot be written, opened to be read: as it is where SQLite can follow its log; without a log where there is
//! none to follow; else as a copy of both in a folder of its own, in memory where no disk has room. Nothing is written to
//! it from then on, and whoever wants to write is told why not.

use super::book_fault::{BookFault, Matter};
use super::classify::{Class, classify, sqlite_code};
use super::pool::{BUSY_TIMEOUT, Db, Dialect, Endpoint, PoolOptions, file_of, log_of, sqlite_pool};
use crate::error::{AppError, Refusal, Result};
use api::problem::Code;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbErr};
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tempfile::TempDir;

/// Connections that read.
const READERS: u32 = 4;
/// Tries to copy a book that is written to meanwhile.
const COPIES: usize = 3;
/// When a refused write is worth trying again, in seconds.
const RETRY_AFTER: u64 = 60;

/// Why a book is read only, and the copy that is read in its place.
#[derive(Debug)]
pub(super) struct ReadOnly {
    fault: BookFault,
    /// Goes with the pools.
    _copy: Option<TempDir>,
}

impl Db {
    /// Opens a book to be read, because of what is the matter with it. Gives the fault back where it cannot be read either.
    pub async fn connect_to_read(options: &PoolOptions, fault: BookFault) -> Result<Self, BookFault> {
        let (read, copy) = open(&fault.file, options).await.map_err(|error| {
            let unreadable = error.and_then(|error| BookFault::of_opening(&fault.file, &error));
            unreadable.unwrap_or_else(|| fault.clone())
        })?;
        tracing::warn!(file = %fault.file.display(), is_copied = copy.is_some(), "the book is opened to be read only");
        let endpoint = Endpoint {
            write: read.clone(),
            read,
            log: Some(log_of(&fault.file)),
        };
        let mut db = Self::over(vec![endpoint], Dialect::Sqlite, options);
        db.told_file = Some(fault.file.clone());
        db.read_only = Some(ReadOnly { fault, _copy: copy });
        Ok(db)
    }

    /// The file behind the addresses, where it is one.
    pub fn file(options: &PoolOptions) -> Option<PathBuf> {
        let url = options.urls.first().filter(|url| url.starts_with("sqlite:"))?;
        let is_in_memory = url.contains(":memory:") || url.contains("mode=memory");
        file_of(url).ok().filter(|_| !is_in_memory)
    }

    /// Names the file to those who ask, from now on.
    pub fn tell_file(&mut self, file: Option<PathBuf>) {
        self.told_file = file;
    }

    /// Why nothing is written, where the book was opened to be read.
    pub fn read_only(&self) -> Option<&BookFault> {
        self.read_only.as_ref().map(|why| &why.fault)
    }

    /// Refuses a write to a book that was opened to be read.
    pub(super) fn refuse_writing(&self) -> Result<()> {
        match self.read_only() {
            Some(fault) => Err(refusal(fault, true)),
            None => Ok(()),
        }
    }

    /// Does something of upkeep that another program's lock must not hold up for long: what is not done soon is not done.
    pub async fn soon<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        if self.dialect() == Dialect::MySql {
            return work.await;
        }
        let writer = self.upkeep()?;
        // There is one connection that writes.
        writer.execute_unprepared("PRAGMA busy_timeout = 500").await?;
        let done = work.await;
        let patience = format!("PRAGMA busy_timeout = {}", BUSY_TIMEOUT.as_millis());
        writer.execute_unprepared(&patience).await?;
        done
    }

    /// Who holds the file, as a refusal, where somebody does and the file may be named.
    pub(super) fn told_lock(&self) -> Option<AppError> {
        let fault = BookFault::of_lock(self.told_file.as_ref()?)?;
        Some(refusal(&fault, false))
    }

    /// What an error says of the file, where that may be named.
    pub fn told_file_fault(&self, error: &DbErr) -> Option<BookFault> {
        BookFault::of(self.told_file.as_ref()?, error)
    }

    /// What a write that the file is at fault for ends with, where the file may be named: the same sentences as at a start.
    pub(super) fn told_fault(&self, error: &DbErr) -> Option<AppError> {
        self.told_file_fault(error).map(|fault| refusal(&fault, false))
    }
}

/// What is written to a book that was opened to be read never reached it; of another write nobody knows, where it was the
/// COMMIT that failed.
fn refusal(fault: &BookFault, is_untouched: bool) -> AppError {
    let code = match fault.matter {
        Matter::Locked(_) => Code::Unavailable,
        _ => Code::ReadOnly,
    };
    let untouched = if is_untouched { " Nothing was written." } else { "" };
    Refusal {
        retry_after_secs: (code == Code::ReadOnly).then_some(RETRY_AFTER),
        ..Refusal::new(code, format!("{}{untouched} {}", fault.what(), fault.advice()))
    }
    .into()
}

/// The error is there where SQLite had the last word.
async fn open(
    file: &Path,
    options: &PoolOptions,
) -> Result<(DatabaseConnection, Option<TempDir>), Option<DbErr>> {
    let error = match read(file, options, |sqlite| sqlite.read_only(true)).await {
        Ok(pool) => return Ok((pool, None)),
        Err(error) => error,
    };
    // Whoever holds it may be in the middle of writing: what is there now is neither what was nor what will be. And what
    // is no book is none as a copy.
    if is_held(&error) || is_damaged(&error) {
        return Err(Some(error));
    }
    if !has_log(file) {
        // Nobody writes to it: a program that does would have made a log. So it may be read without locks.
        let still = |sqlite: SqliteConnectOptions| sqlite.read_only(true).immutable(true);
        if let Ok(pool) = read(file, options, still).await {
            return Ok((pool, None));
        }
    }
    let original = file.to_owned();
    let copied = tokio::task::spawn_blocking(move || copy(&original)).await;
    let (folder, copy) = match copied {
        Ok(Ok(copied)) => copied,
        Ok(Err(error)) => {
            tracing::error!(%error, "the book cannot be copied to where it could be read");
            return Err(None);
        }
        Err(_) => return Err(None),
    };
    let pool = read(&copy, options, |sqlite| sqlite).await.map_err(Some)?;
    Ok((pool, Some(folder)))
}

/// Locked, or waited for in vain.
fn is_held(error: &DbErr) -> bool {
    match classify(error) {
        Class::Endpoint => sqlite_code(error).is_none(),
        class => matches!(class, Class::Conflict | Class::Fatal),
    }
}

fn is_damaged(error: &DbErr) -> bool {
    classify(error) == Class::Storage(super::StorageFault::Damaged)
}

/// A pool that has read something.
async fn read(
    file: &Path,
    options: &PoolOptions,
    how: impl Fn(SqliteConnectOptions) -> SqliteConnectOptions + Send + Sync + 'static,
) -> Result<DatabaseConnection, DbErr> {
    let mut connect = sqlite_pool("sqlite:", READERS, options);
    let file = file.to_owned();
    connect.map_sqlx_sqlite_opts(move |sqlite| {
        let sqlite = sqlite
            .filename(&file)
            .create_if_missing(false)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("cache_size", "-16000");
        how(sqlite)
    });
    let pool = Database::connect(connect).await?;
    match pool
        .execute_unprepared("SELECT COUNT(*) FROM sqlite_master")
        .await
    {
        Ok(_) => Ok(pool),
        Err(error) => {
            let _ = pool.close().await;
            Err(error)
        }
    }
}

/// Whether something is in the log that is not in the file yet.
fn has_log(file: &Path) -> bool {
    ["-wal", "-journal"]
        .iter()
        .any(|suffix| fs::metadata(beside(file, suffix)).is_ok_and(|log| log.len() > 0))
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Copies a book with its log to where there is room, for its user alone to read.
fn copy(file: &Path) -> io::Result<(TempDir, PathBuf)> {
    let mut failure = io::Error::from(io::ErrorKind::StorageFull);
    for room in [std::env::temp_dir(), "/dev/shm".into()] {
        match copy_to(file, &room) {
            Ok(copied) => return Ok(copied),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn copy_to(file: &Path, room: &Path) -> io::Result<(TempDir, PathBuf)> {
    let mut folder = tempfile::Builder::new();
    let folder = folder.prefix("expense-book-").tempdir_in(room)?;
    let target = folder.path().join("book.db");
    for _ in 0..COPIES {
        let before = state_of(file);
        for suffix in ["", "-wal", "-journal"] {
            let (from, to) = (beside(file, suffix), beside(&target, suffix));
            match fs::copy(&from, &to) {
                Ok(_) => fs::set_permissions(&to, fs::Permissions::from_mode(0o600))?,
                Err(error) if error.kind() == io::ErrorKind::NotFound && !suffix.is_empty() => {
                    // Of a try before.
                    let _ = fs::remove_file(&to);
                }
                Err(error) => return Err(error),
            }
        }
        if state_of(file) == before {
            return Ok((folder, target));
        }
    }
    Err(io::Error::other("it is written to all the while"))
}

fn state_of(file: &Path) -> Vec<Option<(Option<SystemTime>, u64)>> {
    let state = |suffix: &str| {
        let found = fs::metadata(beside(file, suffix)).ok()?;
        Some((found.modified().ok(), found.len()))
    };
    ["", "-wal", "-journal"].into_iter().map(state).collect()
}
