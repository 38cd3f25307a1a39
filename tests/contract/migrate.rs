//! Migrating: at once from several servers, again after a break, never backwards, and never without a copy.

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use server::db::migrate::{MigrateError, status, up};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use tests::db::{Backend, TestDb};

async fn count(db: &DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) AS n FROM {table}");
    let row = db
        .query_one_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    row.unwrap().try_get("", "n").unwrap()
}

/// Takes the last steps out of the record, as a server that died between a step and its record leaves it.
async fn forget_last_steps(db: &DatabaseConnection, steps: usize) {
    let names = status(db).await.unwrap().applied;
    for name in names.iter().rev().take(steps) {
        let sql = format!("DELETE FROM seaql_migrations WHERE version = '{name}'");
        db.execute_unprepared(&sql).await.unwrap();
    }
}

#[tokio::test]
async fn four_servers_starting_at_once_all_end_well_and_seed_once() {
    let test = TestDb::empty().await;
    let mut connections = Vec::new();
    for _ in 0..4 {
        connections.push(test.connect().await);
    }
    let outcomes = futures_util::future::join_all(connections.iter().map(up)).await;
    let mut working = 0;
    for outcome in outcomes {
        working += usize::from(!outcome.unwrap().steps.is_empty());
    }
    assert_eq!(working, 1, "one does the work, the others find it done");
    assert_eq!(count(&connections[0], "user").await, 1);
    assert_eq!(count(&connections[0], "category").await, 10);
}

#[tokio::test]
async fn a_new_database_has_one_owner_with_one_ledger() {
    let test = TestDb::new().await;
    let db = test.connect().await;
    let counts = [
        ("user", 1),
        ("ledger", 1),
        ("member", 1),
        ("category", 10),
        ("account", 3),
        ("expense", 0),
    ];
    for (table, expected) in counts {
        assert_eq!(count(&db, table).await, expected, "{table}");
    }
    assert!(status(&db).await.unwrap().pending.is_empty());
}

#[tokio::test]
async fn steps_that_were_done_but_not_recorded_are_run_again_without_harm() {
    let test = TestDb::new().await;
    let db = test.connect().await;
    let all = status(&db).await.unwrap().applied.len();
    forget_last_steps(&db, all).await;
    assert_eq!(status(&db).await.unwrap().pending.len(), all);
    assert_eq!(up(&db).await.unwrap().steps.len(), all);
    assert_eq!(count(&db, "user").await, 1, "seeded again");
    assert_eq!(up(&db).await.unwrap().steps, Vec::<String>::new());
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_the_step_is_named() {
    let test = TestDb::new().await;
    let db = test.connect().await;
    let sql = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29990101_000001_fly', 0)";
    db.execute_unprepared(sql).await.unwrap();
    let refusal = up(&db).await.unwrap_err();
    assert!(matches!(refusal, MigrateError::Newer { .. }), "{refusal}");
    assert!(refusal.to_string().contains("m29990101_000001_fly"), "{refusal}");
    assert!(status(&db).await.is_err());
}

#[tokio::test]
async fn an_sqlite_file_is_copied_as_it_was_before_it_is_migrated() {
    if Backend::of_this_run() != Backend::Sqlite {
        return;
    }
    let test = TestDb::new().await;
    let db = test.connect().await;
    assert_eq!(
        up(&db).await.unwrap().copy,
        None,
        "nothing pending, nothing copied"
    );
    let all = status(&db).await.unwrap().applied.len();
    // As a server runs it: the last writes are in the log beside the file, and nobody else may read it.
    db.execute_unprepared("PRAGMA journal_mode = WAL").await.unwrap();
    let file = test.folder().join("expense.db");
    std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    db.execute_unprepared("UPDATE ledger SET name = 'Last words'")
        .await
        .unwrap();
    forget_last_steps(&db, 1).await;
    let copy = up(&db).await.unwrap().copy.unwrap();
    assert_eq!(copy, test.folder().join(format!("expense.db.before-{all}")));
    let before = sea_orm::Database::connect(format!("sqlite://{}?mode=ro", copy.display()))
        .await
        .unwrap();
    assert_eq!(status(&before).await.unwrap().pending.len(), 1);
    assert_eq!(count(&before, "ledger WHERE name = 'Last words'").await, 1);
    assert_eq!(
        std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[tokio::test]
async fn a_copy_that_cannot_be_made_stops_the_migration_before_it_starts() {
    if Backend::of_this_run() != Backend::Sqlite {
        return;
    }
    let test = TestDb::new().await;
    let db = test.connect().await;
    let all = status(&db).await.unwrap().applied.len();
    forget_last_steps(&db, 1).await;
    std::fs::create_dir(test.folder().join(format!("expense.db.before-{all}.partial"))).unwrap();
    let refusal = up(&db).await.unwrap_err();
    assert!(matches!(refusal, MigrateError::Copy { .. }), "{refusal}");
    assert_eq!(status(&db).await.unwrap().pending.len(), 1);
}

#[tokio::test]
async fn a_migration_that_breaks_off_says_so_and_is_finished_by_the_next() {
    let test = TestDb::empty().await;
    let db = test.connect().await;
    db.execute_unprepared("CREATE VIEW payee AS SELECT 1 AS id")
        .await
        .unwrap();
    up(&db).await.unwrap_err();
    let left = status(&db).await.unwrap();
    // SQLite takes everything back; MySQL cannot, and keeps what was whole.
    match Backend::of_this_run() {
        Backend::Sqlite => assert_eq!(left.applied, Vec::<String>::new()),
        Backend::MariaDb => assert!(!left.applied.is_empty() && !left.pending.is_empty(), "{left:?}"),
    }
    db.execute_unprepared("DROP VIEW payee").await.unwrap();
    forget_last_steps(&db, left.applied.len()).await;
    up(&db).await.unwrap();
    assert_eq!(status(&db).await.unwrap().pending, Vec::<String>::new());
    assert_eq!(count(&db, "category").await, 10);
}
