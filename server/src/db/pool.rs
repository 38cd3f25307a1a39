//! The pools: how each database is opened and what every connection is told first. SQLite has one writer and four
//! read-only readers; MySQL has a write pool and a read pool for each address, tried in order. No connection is handed
//! out inside a transaction: see `outside`.

use super::outside;
use super::read_only::ReadOnly;
use super::storage::Storage;
use crate::error::{AppError, Result};
use crate::feed::Feed;
use sea_orm::sqlx::{self, Executor, Row};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use std::future::ready;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// How long SQLite waits for somebody's lock.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How pools are made.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// Addresses in the order they are tried.
    pub urls: Vec<String>,
    /// Connections of each MySQL pool.
    pub max_connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long one statement may take (MySQL).
    pub statement_timeout: Duration,
    /// How long a unit of work is tried again.
    pub retry_deadline: Duration,
}

/// Which SQL is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// MySQL, MariaDB and what speaks like them.
    MySql,
}

/// The database, behind all its addresses.
#[derive(Debug)]
pub struct Db {
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) active: AtomicUsize,
    pub(super) dialect: Dialect,
    pub(super) retry_deadline: Duration,
    pub(super) feed: Feed,
    pub(super) storage: Storage,
    /// Why nothing is written, where the book could only be opened to be read.
    pub(super) read_only: Option<ReadOnly>,
    /// The file that may be named to those who ask: it is theirs, and the server is inside their own process.
    pub(super) told_file: Option<PathBuf>,
    statements: Arc<AtomicU64>,
}

/// The pools of one address.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    pub(super) read: DatabaseConnection,
    pub(super) write: DatabaseConnection,
    /// The file that SQLite's commits are written to first.
    pub(super) log: Option<PathBuf>,
}

impl Db {
    /// Opens the pools. MySQL is not asked for a connection yet, so that a server starts while its database is away.
    pub async fn connect(options: &PoolOptions) -> Result<Self> {
        let Some(first) = options.urls.first() else {
            return Err(AppError::Internal("no database address".into()));
        };
        let dialect = if first.starts_with("sqlite:") {
            Dialect::Sqlite
        } else {
            Dialect::MySql
        };
        let mut endpoints = Vec::new();
        for url in &options.urls {
            endpoints.push(match dialect {
                Dialect::Sqlite => sqlite(url, options).await?,
                Dialect::MySql => mysql(url, options).await?,
            });
        }
        Ok(Self::over(endpoints, dialect, options))
    }

    pub(super) fn over(mut endpoints: Vec<Endpoint>, dialect: Dialect, options: &PoolOptions) -> Self {
        let statements = Arc::new(AtomicU64::new(0));
        for endpoint in &mut endpoints {
            for pool in [&mut endpoint.read, &mut endpoint.write] {
                let counter = statements.clone();
                pool.set_metric_callback(move |_| {
                    counter.fetch_add(1, Ordering::Relaxed);
                });
            }
        }
        Self {
            endpoints,
            active: AtomicUsize::new(0),
            dialect,
            retry_deadline: options.retry_deadline,
            feed: Feed::default(),
            storage: Storage::default(),
            read_only: None,
            told_file: None,
            statements,
        }
    }

    /// Which SQL is spoken.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// How many statements were sent so far; begins and commits are not among them.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Who listens to what is written.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// The connection that migrations and other upkeep use.
    pub fn upkeep(&self) -> Result<&DatabaseConnection> {
        Ok(&self.endpoint()?.write)
    }

    /// Closes all pools, so that SQLite folds its log into the file.
    pub async fn close(&self) {
        for endpoint in &self.endpoints {
            let _ = endpoint.read.clone().close().await;
            let _ = endpoint.write.clone().close().await;
        }
    }

    pub(super) fn endpoint(&self) -> Result<&Endpoint> {
        let index = self.active.load(Ordering::Relaxed) % self.endpoints.len().max(1);
        self.endpoints
            .get(index)
            .ok_or_else(|| AppError::Internal("no database address".into()))
    }

    /// Leaves the address that failed for the next one, unless somebody did so meanwhile.
    pub(super) fn fail_over(&self, failed: usize) {
        let _ = self.active.compare_exchange(
            failed,
            failed.wrapping_add(1),
            Ordering::Relaxed,
            Ordering::Relaxed,
        );
        if self.endpoints.len() > 1 {
            tracing::warn!("database address given up for the next one");
        }
    }
}

/// A pool of so many SQLite connections that stay open.
pub(super) fn sqlite_pool(url: &str, connections: u32, options: &PoolOptions) -> ConnectOptions {
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(connections)
        .acquire_timeout(options.acquire_timeout)
        .sqlx_logging(false);
    connect
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .map_sqlx_sqlite_pool_opts(|pool| {
            pool.before_acquire(|connection, _| Box::pin(outside::sqlite(connection)))
                .after_release(|connection, _| Box::pin(outside::sqlite_after_use(connection)))
        });
    connect
}

async fn sqlite(url: &str, options: &PoolOptions) -> Result<Endpoint> {
    use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
    let mut writer = sqlite_pool(url, 1, options);
    writer.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            // A change of a thousand rows touches as many pages of each index: they are kept until it ends, and not
            // written to the database anew after every one of them.
            .pragma("cache_size", "-64000")
            .pragma("temp_store", "MEMORY")
            .pragma("wal_autocheckpoint", "4000")
    });
    let write = Database::connect(writer).await?;
    // After the writer, which makes the file and its log.
    let mut reader = sqlite_pool(url, 4, options);
    reader.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .read_only(true)
            .create_if_missing(false)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("cache_size", "-16000")
    });
    Ok(Endpoint {
        read: Database::connect(reader).await?,
        write,
        log: Some(log_of(&file_of(url)?)),
    })
}

/// The file of an address of SQLite.
pub(super) fn file_of(url: &str) -> Result<PathBuf, DbErr> {
    let options: sqlx::sqlite::SqliteConnectOptions = url
        .parse()
        .map_err(|error: sqlx::Error| DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into())))?;
    Ok(options.get_filename().to_owned())
}

/// The file beside the database that commits are written to.
pub(super) fn log_of(file: &Path) -> PathBuf {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

async fn mysql(url: &str, options: &PoolOptions) -> Result<Endpoint> {
    Ok(Endpoint {
        read: mysql_pool(url, options, false).await?,
        write: mysql_pool(url, options, true).await?,
        log: None,
    })
}

async fn mysql_pool(url: &str, options: &PoolOptions, is_write: bool) -> Result<DatabaseConnection> {
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(options.max_connections)
        .acquire_timeout(options.acquire_timeout)
        .connect_timeout(Duration::from_secs(3))
        .max_lifetime(Duration::from_mins(20))
        .sqlx_logging(false)
        .test_before_acquire(false)
        .connect_lazy(true);
    let timeout = options.statement_timeout;
    connect.map_sqlx_mysql_pool_opts(move |pool| {
        let pool = pool.after_connect(move |connection, _| Box::pin(greet(connection, is_write, timeout)));
        pool.before_acquire(move |connection, _| Box::pin(outside::mysql(connection, is_write)))
            .after_release(|connection, _| Box::pin(ready(Ok(outside::mysql_after_use(connection)))))
    });
    Ok(Database::connect(connect).await?)
}

/// Tells a fresh MySQL connection how we work, whatever the server's defaults are.
async fn greet(
    connection: &mut sqlx::MySqlConnection,
    is_write: bool,
    timeout: Duration,
) -> Result<(), sqlx::Error> {
    let row = connection
        .fetch_one("SELECT VERSION(), @@innodb_flush_log_at_trx_commit")
        .await?;
    let version: String = row.try_get(0)?;
    let flush: i64 = row
        .try_get::<i64, _>(1)
        .or_else(|_| row.try_get::<u64, _>(1).map(|flush| i64::from(flush > 0)))?;
    if flush == 0 {
        return Err(sqlx::Error::Configuration(
            "innodb_flush_log_at_trx_commit is 0: a crash would lose what was acknowledged. Set it to 1"
                .into(),
        ));
    }
    let isolation = if is_write {
        "READ COMMITTED"
    } else {
        "REPEATABLE READ"
    };
    let limit = if version.contains("MariaDB") {
        format!("max_statement_time = {}", timeout.as_secs())
    } else {
        format!("max_execution_time = {}", timeout.as_millis())
    };
    let setup = format!(
        "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,NO_ZERO_IN_DATE,\
         ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,PIPES_AS_CONCAT', time_zone = '+00:00', \
         innodb_lock_wait_timeout = 1, group_concat_max_len = 1000000, {limit}"
    );
    connection.execute(sqlx::AssertSqlSafe(setup)).await?;
    connection
        .execute(sqlx::AssertSqlSafe(format!(
            "SET SESSION TRANSACTION ISOLATION LEVEL {isolation}"
        )))
        .await?;
    let wsrep = connection
        .fetch_optional("SHOW VARIABLES LIKE 'wsrep_on'")
        .await?;
    if wsrep.is_some_and(|row| row.try_get::<String, _>(1).is_ok_and(|value| value == "ON")) {
        connection.execute("SET SESSION wsrep_sync_wait = 7").await?;
    }
    Ok(())
}
