//! Brings a database up to this program's schema, once, however many servers start at the same moment.
//! SQLite: one exclusive transaction around all steps, after a copy of the file. MySQL: a lease, since every step commits
//! by itself there; a step that broke off is run again. What the steps do is the migration crate's business.

use super::lease::{self, Lease};
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

const LEASE: &str = "migrate";
const LEASE_TTL: Duration = Duration::from_secs(30);
const ASK_AGAIN: Duration = Duration::from_millis(50);
/// How long a start waits for another that is migrating; a step over a large table takes minutes.
const PATIENCE: Duration = Duration::from_mins(10);

#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("the database answered: {0}")]
    Database(#[from] DbErr),
    #[error(
        "this database was written by a newer version of expensed (it has the step {}); \
         install that version, or restore a copy made before it", unknown.join(", ")
    )]
    Newer { unknown: Vec<String> },
    #[error("the database has tables of another program and none of this one's")]
    Foreign,
    #[error("another expensed has been migrating this database for {} seconds; try again later", waited.as_secs())]
    Busy { waited: Duration },
    #[error("the migration took longer than its lease could be renewed; run it again")]
    LeaseLost,
    #[error("no copy could be made at {}, so nothing was migrated: {reason}", path.display())]
    Copy { path: PathBuf, reason: String },
}

/// Which steps a database has, by name and in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    pub applied: Vec<String>,
    pub pending: Vec<String>,
}

/// What a call of [`up`] did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    pub steps: Vec<String>,
    /// Where the SQLite file as it was before was put.
    pub copy: Option<PathBuf>,
}

/// Reads and nothing else, so a user without the right to create tables may ask.
pub async fn status(db: &impl ConnectionTrait) -> Result<Status, MigrateError> {
    status_of::<Migrator>(db).await
}

/// Applies what is pending; nothing at all when nothing is.
pub async fn up(db: &DatabaseConnection) -> Result<Migrated, MigrateError> {
    up_with::<Migrator>(db).await
}

/// [`up`] for any list of steps.
pub async fn up_with<M: MigratorTrait>(db: &DatabaseConnection) -> Result<Migrated, MigrateError> {
    if status_of::<M>(db).await?.pending.is_empty() {
        return Ok(Migrated {
            steps: Vec::new(),
            copy: None,
        });
    }
    match db.get_database_backend() {
        DbBackend::Sqlite => up_in_one_transaction::<M>(db).await,
        _ => up_under_lease::<M>(db).await,
    }
}

async fn status_of<M: MigratorTrait>(db: &impl ConnectionTrait) -> Result<Status, MigrateError> {
    let applied = recorded(db, &M::migration_table_name().to_string()).await?;
    let known: Vec<String> = M::migrations()
        .iter()
        .map(|step| step.name().to_owned())
        .collect();
    let unknown: Vec<String> = applied
        .iter()
        .filter(|name| !known.contains(name))
        .cloned()
        .collect();
    if !unknown.is_empty() {
        return Err(MigrateError::Newer { unknown });
    }
    if applied.is_empty() && db.get_database_backend() == DbBackend::Sqlite && has_other_tables(db).await? {
        return Err(MigrateError::Foreign);
    }
    let (applied, pending) = known.into_iter().partition(|name| applied.contains(name));
    Ok(Status { applied, pending })
}

/// A file is one book's alone: where it has tables and none of ours, they are somebody else's.
async fn has_other_tables(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let sql = "SELECT COUNT(*) AS tables FROM sqlite_master \
        WHERE type = 'table' AND name NOT IN ('lease', 'seaql_migrations') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
        AND NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'change_row')";
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await?;
    let tables: Option<i64> = row.map(|row| row.try_get("", "tables")).transpose()?;
    Ok(tables.is_some_and(|tables| tables > 0))
}

async fn recorded(db: &impl ConnectionTrait, table: &str) -> Result<BTreeSet<String>, DbErr> {
    if !migration::has_table(db, table).await? {
        return Ok(BTreeSet::new());
    }
    let sql = format!("SELECT version FROM {table}");
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await?;
    rows.into_iter().map(|row| row.try_get("", "version")).collect()
}

async fn up_in_one_transaction<M: MigratorTrait>(db: &DatabaseConnection) -> Result<Migrated, MigrateError> {
    let transaction = begin_exclusive(db).await?;
    // Another process may have been first while we waited.
    let status = status_of::<M>(&transaction).await?;
    let copy = match file_of(&transaction).await? {
        Some(file) if !status.pending.is_empty() && !status.applied.is_empty() => {
            Some(copy_file(&file, status.applied.len() + 1).await?)
        }
        _ => None,
    };
    M::up(&transaction, None).await?;
    transaction.commit().await?;
    Ok(Migrated {
        steps: status.pending,
        copy,
    })
}

/// Waits longer than the connection's own busy timeout does.
async fn begin_exclusive(db: &DatabaseConnection) -> Result<DatabaseTransaction, MigrateError> {
    let started = Instant::now();
    loop {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        match db.begin_with_options(options).await {
            Err(fault) if is_locked(&fault) => pause_or_give_up(started).await?,
            other => return Ok(other?),
        }
    }
}

fn is_locked(fault: &DbErr) -> bool {
    fault.to_string().contains("database is locked")
}

async fn pause_or_give_up(started: Instant) -> Result<(), MigrateError> {
    let waited = started.elapsed();
    if waited > PATIENCE {
        return Err(MigrateError::Busy { waited });
    }
    tokio::time::sleep(ASK_AGAIN).await;
    Ok(())
}

/// The main database's file; none when it lives in memory.
async fn file_of(db: &impl ConnectionTrait) -> Result<Option<PathBuf>, DbErr> {
    let sql = "SELECT file FROM pragma_database_list WHERE name = 'main'";
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Sqlite, sql))
        .await?;
    let file: Option<String> = row.map(|row| row.try_get("", "file")).transpose()?.flatten();
    Ok(file.filter(|file| !file.is_empty()).map(PathBuf::from))
}

/// Written beside the file and renamed when whole, by a second connection: the first is inside the transaction
/// that keeps every other writer out.
async fn copy_file(file: &Path, step: usize) -> Result<PathBuf, MigrateError> {
    let copy = copy_of(file, &step.to_string());
    let partial = with_suffix(&copy, ".partial");
    match write_copy(file, &partial, &copy).await {
        Ok(()) => Ok(copy),
        Err(reason) => Err(MigrateError::Copy {
            path: copy,
            reason: reason.to_string(),
        }),
    }
}

async fn write_copy(file: &Path, partial: &Path, copy: &Path) -> anyhow::Result<()> {
    // An empty file with the original's mode first: SQLite would make one that everybody may read.
    tokio::fs::File::create(partial).await?.set_len(0).await?;
    tokio::fs::set_permissions(partial, tokio::fs::metadata(file).await?.permissions()).await?;
    let mut options = ConnectOptions::new("sqlite:");
    let source = file.to_owned();
    options
        .map_sqlx_sqlite_opts(move |sqlite| sqlite.filename(&source))
        .max_connections(1);
    let reader = Database::connect(options).await?;
    let target = partial
        .to_str()
        .ok_or_else(|| anyhow::anyhow!("its name is not UTF-8"))?;
    let vacuum = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [target.into()]);
    let outcome = reader.execute_raw(vacuum).await;
    reader.close().await?;
    outcome?;
    tokio::fs::File::open(partial).await?.sync_all().await?;
    tokio::fs::rename(partial, copy).await?;
    Ok(())
}

/// The copy that is made of a file before a step, by the step's number.
pub fn copy_of(file: &Path, step: &str) -> PathBuf {
    with_suffix(file, &format!(".before-{step}"))
}

/// The copies of a file that lie beside it, latest first.
pub fn copies(file: &Path) -> Vec<PathBuf> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let (Some(folder), Some(beginning)) = (file.parent(), name(&copy_of(file, ""))) else {
        return Vec::new();
    };
    let is_copy = |path: &PathBuf| {
        let step = name(path).and_then(|name| name.strip_prefix(&beginning).map(str::to_owned));
        step.is_some_and(|step| !step.is_empty() && step.chars().all(|c| c.is_ascii_digit()))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut copies: Vec<_> = entries.map(|entry| entry.path()).filter(is_copy).collect();
    let made = |path: &PathBuf| std::fs::metadata(path).and_then(|found| found.modified()).ok();
    copies.sort_by_key(|path| std::cmp::Reverse((made(path), path.clone())));
    copies
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

async fn up_under_lease<M: MigratorTrait>(db: &DatabaseConnection) -> Result<Migrated, MigrateError> {
    lease::create_table(db).await?;
    let lease = Lease::new(db, LEASE, holder(), LEASE_TTL);
    let started = Instant::now();
    while !lease.take().await? {
        pause_or_give_up(started).await?;
    }
    let outcome = tokio::select! {
        outcome = up_alone::<M>(db) => outcome,
        () = lease.keep() => Err(MigrateError::LeaseLost),
    };
    // One that cannot be given back ends by itself; what was done stays done.
    let _ = lease.release().await;
    outcome
}

async fn up_alone<M: MigratorTrait>(db: &DatabaseConnection) -> Result<Migrated, MigrateError> {
    let status = status_of::<M>(db).await?;
    M::up(db, None).await?;
    Ok(Migrated {
        steps: status.pending,
        copy: None,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "names one claim on the lease; it is no row's id"
)]
fn holder() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}
