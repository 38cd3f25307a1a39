//! Files in the place of a book, over a server inside this process: each is told in words, and what can be read is read.

use super::*;
use crate::config::{Config, DatabaseUrl};
use crate::embedded::{self, Running};
use crate::run::Failure;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::fs;
use tempfile::TempDir;

fn config(file: &Path) -> Config {
    let mut config = Config::default();
    config.database.urls = vec![DatabaseUrl::sqlite_file(file)];
    config.database.acquire_timeout_secs = 1;
    config.database.retry_deadline_secs = 1;
    config
}

async fn started(file: &Path) -> Result<Running, Failure> {
    embedded::start_to_read(config(file)).await
}

/// A folder with a book in it that is closed.
async fn book() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("book.db");
    embedded::start(&file).await.unwrap().shutdown().await;
    (folder, file)
}

/// Somebody else, with SQLite.
async fn other(file: &Path) -> DatabaseConnection {
    let address = DatabaseUrl::sqlite_file(file);
    let mut options = sea_orm::ConnectOptions::new(address.expose());
    options.max_connections(1);
    Database::connect(options).await.unwrap()
}

async fn said_of(file: &Path) -> (BookFault, String) {
    let failure = started(file).await.expect_err("it cannot be opened");
    let fault = *failure.book.expect("the book is at fault");
    assert_eq!(failure.exit, fault.exit());
    for raw in ["code:", "sqlite", "SQLite", "error returned", "os error"] {
        assert!(!failure.message.contains(raw), "{}", failure.message);
    }
    assert!(
        failure.message.contains(&file.display().to_string()),
        "{}",
        failure.message
    );
    (fault, failure.message)
}

#[tokio::test]
async fn what_is_no_book_is_told_in_words_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);

    fs::create_dir(path("folder")).unwrap();
    assert_eq!(said_of(&path("folder")).await.0.matter, Matter::Folder);

    let garbage = "not a database at all ".repeat(400);
    fs::write(path("garbage"), &garbage).unwrap();
    let (fault, said) = said_of(&path("garbage")).await;
    assert_eq!((fault.matter, fault.copies.len()), (Matter::NotADatabase, 0));
    assert!(said.contains("garbage.before-N"), "{said}");
    assert_eq!(fs::read_to_string(path("garbage")).unwrap(), garbage);

    let notes = other(&path("notes")).await;
    notes
        .execute_unprepared("CREATE TABLE note (text TEXT)")
        .await
        .unwrap();
    notes.close().await.unwrap();
    assert_eq!(said_of(&path("notes")).await.0.matter, Matter::Foreign);
    let notes = other(&path("notes")).await;
    let made = notes.execute_unprepared("SELECT COUNT(*) FROM expense").await;
    assert!(made.is_err(), "tables were made in somebody else's database");
}

#[tokio::test]
async fn a_broken_book_is_told_with_the_latest_copy_first() {
    let (_folder, file) = book().await;
    let mut bytes = fs::read(&file).unwrap();
    bytes[100..4096].fill(0xff);
    fs::write(&file, bytes).unwrap();
    let copies = ["9", "12"].map(|step| migrate::copy_of(&file, step));
    for copy in &copies {
        fs::write(copy, "a copy").unwrap();
    }
    fs::write(migrate::copy_of(&file, "12.partial"), "half a copy").unwrap();
    let (fault, said) = said_of(&file).await;
    assert_eq!(fault.matter, Matter::Damaged);
    assert_eq!(fault.copies.len(), 2);
    assert!(copies.iter().all(|copy| fault.copies.contains(copy)), "{fault:?}");
    let latest = fault.copies[0].display().to_string();
    assert!(said.contains(&format!("`cp {latest} ")), "{said}");
}

#[tokio::test]
async fn a_book_of_a_newer_version_is_not_opened_and_its_steps_are_named() {
    let (_folder, file) = book().await;
    let db = other(&file).await;
    let step = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_future', 0)";
    db.execute_unprepared(step).await.unwrap();
    db.close().await.unwrap();
    let (fault, said) = said_of(&file).await;
    assert_eq!(fault.exit(), Exit::Configuration);
    assert!(said.contains("m20991231_000001_future"), "{said}");
}

#[tokio::test]
async fn a_book_that_somebody_else_writes_to_is_read_and_a_write_says_so() {
    let (_folder, file) = book().await;
    let db = other(&file).await;
    db.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let running = started(&file).await.unwrap();
    let ledgers = |token: &str| {
        let hash = crate::service::secret::hash(token);
        running.state.run_token.access(&hash, running.state.clock.now())
    };
    assert!(ledgers(&running.token).is_some(), "the run has no token");
    assert!(ledgers("another").is_none());
    db.execute_unprepared("ROLLBACK").await.unwrap();
    running.shutdown().await;
}

#[tokio::test]
async fn a_book_that_somebody_keeps_for_themselves_is_locked() {
    let (_folder, file) = book().await;
    let db = other(&file).await;
    for sql in ["PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "COMMIT"] {
        db.execute_unprepared(sql).await.unwrap();
    }
    // This process is the holder itself, so that nobody is named.
    let (fault, said) = said_of(&file).await;
    assert_eq!(
        (fault.exit(), fault.matter),
        (Exit::TryLater, Matter::Locked(None))
    );
    assert!(said.starts_with("Another program is using"), "{said}");
}

#[tokio::test]
async fn a_book_that_cannot_be_written_is_read_with_what_is_in_its_log_alone() {
    let (folder, file) = book().await;
    let db = other(&file).await;
    for sql in [
        "PRAGMA wal_autocheckpoint = 0",
        "UPDATE ledger SET name = 'In the log'",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    // As a crash leaves it on a disk that is read-only since: the log is there, its index is not.
    let left = folder.path().join("left.db");
    for suffix in ["", "-wal"] {
        let name = |file: &Path| format!("{}{suffix}", file.display());
        fs::copy(name(&file), name(&left)).unwrap();
    }
    let options = crate::db::PoolOptions {
        urls: vec![DatabaseUrl::sqlite_file(&left).expose().to_owned()],
        max_connections: 1,
        acquire_timeout: std::time::Duration::from_secs(5),
        statement_timeout: std::time::Duration::from_secs(5),
        retry_deadline: std::time::Duration::from_secs(1),
    };
    let fault = BookFault::new(&left, Matter::ReadOnlyDisk);
    let opened = crate::db::Db::connect_to_read(&options, fault.clone())
        .await
        .unwrap();
    let row = opened
        .upkeep()
        .unwrap()
        .query_one_raw(sea_orm::Statement::from_string(
            sea_orm::DbBackend::Sqlite,
            "SELECT name FROM ledger",
        ))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.try_get::<String>("", "name").unwrap(), "In the log");
    let refused = opened.stage(|_| async { Ok(()) }).await.unwrap_err();
    assert_eq!(refused.code(), Some(api::problem::Code::ReadOnly));
    assert!(refused.to_string().contains(&fault.what()), "{refused}");
    opened.close().await;
    db.close().await.unwrap();
}
