//! Whether a pooled connection is outside any transaction. The driver counts transactions by the answers it gets: where a
//! COMMIT or ROLLBACK failed (a full disk, a lost line), its count and the database disagree, and the next user's
//! transaction would be a savepoint in a transaction that nobody ends: acknowledged, and gone at the next start. Such a
//! connection is closed. The database then rolls back what was open, and the pool opens a new connection.

use sea_orm::sqlx::{Connection, Error, Executor, MySqlConnection, SqliteConnection};

/// Before a SQLite connection is handed out: false where it must be closed.
pub(super) async fn sqlite(connection: &mut SqliteConnection) -> Result<bool, Error> {
    if !sqlite_after_use(connection).await? {
        return Ok(false);
    }
    // The driver's count says that there is no transaction. SQLite itself says so by refusing this.
    let is_open = connection.execute("ROLLBACK").await.is_ok();
    if is_open {
        tracing::error!("SQLite had a transaction open that nobody counted; its connection is closed");
    }
    Ok(!is_open)
}

/// When a SQLite connection comes back: false where it must be closed, at once and not at its next use, because an open
/// transaction keeps every other process from writing.
pub(super) async fn sqlite_after_use(connection: &mut SqliteConnection) -> Result<bool, Error> {
    // A transaction that was dropped has left a rollback in the queue: that one comes before this answer.
    connection.ping().await?;
    Ok(is_counted_outside(connection.is_in_transaction()))
}

/// Before a MySQL connection is handed out: false where it must be closed.
pub(super) async fn mysql(connection: &mut MySqlConnection, is_write: bool) -> Result<bool, Error> {
    if !is_counted_outside(connection.is_in_transaction()) {
        return Ok(false);
    }
    if is_write {
        // A begin that was dropped midway leaves a transaction open that is not counted.
        connection.execute("ROLLBACK").await?;
    }
    Ok(true)
}

/// When a MySQL connection comes back: false where it must be closed.
pub(super) fn mysql_after_use(connection: &MySqlConnection) -> bool {
    is_counted_outside(connection.is_in_transaction())
}

fn is_counted_outside(is_in_transaction: bool) -> bool {
    if is_in_transaction {
        tracing::warn!("a transaction could not be ended; its connection is closed");
    }
    !is_in_transaction
}

#[cfg(test)]
mod tests {
    use super::super::pool::{Db, PoolOptions};
    use super::super::unit::begin_write;
    use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
    use std::path::Path;
    use std::time::Duration;

    async fn open(file: &Path) -> Db {
        let options = PoolOptions {
            urls: vec![format!("sqlite://{}?mode=rwc", file.display())],
            max_connections: 1,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(5),
            retry_deadline: Duration::from_secs(5),
        };
        Db::connect(&options).await.unwrap()
    }

    async fn count(db: &DatabaseConnection) -> i64 {
        let sql = Statement::from_string(DbBackend::Sqlite, "SELECT COUNT(*) AS n FROM row");
        db.query_one_raw(sql)
            .await
            .unwrap()
            .unwrap()
            .try_get("", "n")
            .unwrap()
    }

    #[tokio::test]
    async fn what_is_committed_after_failed_ends_is_seen_by_others() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder.path().join("book.db")).await;
        let write = &db.endpoint().unwrap().write;
        write
            .execute_unprepared("CREATE TABLE row (n INTEGER)")
            .await
            .unwrap();
        // What a full disk does: SQLite ends the transaction by itself, and the driver cannot.
        let first = begin_write(write).await.unwrap();
        first.execute_unprepared("ROLLBACK").await.unwrap();
        first.commit().await.unwrap_err();
        // And once more, where the driver believes itself in a transaction still.
        let second = begin_write(write).await.unwrap();
        second.rollback().await.unwrap();
        let third = begin_write(write).await.unwrap();
        third
            .execute_unprepared("INSERT INTO row VALUES (1)")
            .await
            .unwrap();
        third.commit().await.unwrap();
        assert_eq!(count(&db.endpoint().unwrap().read).await, 1);
        drop(db);
        let again = open(&folder.path().join("book.db")).await;
        assert_eq!(
            count(&again.endpoint().unwrap().read).await,
            1,
            "it was gone at the next start"
        );
    }

    #[tokio::test]
    async fn a_transaction_that_nobody_counted_is_not_the_next_users() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(&folder.path().join("book.db")).await;
        let write = &db.endpoint().unwrap().write;
        write
            .execute_unprepared("CREATE TABLE row (n INTEGER)")
            .await
            .unwrap();
        write.execute_unprepared("BEGIN").await.unwrap();
        write
            .execute_unprepared("INSERT INTO row VALUES (1)")
            .await
            .unwrap();
        assert_eq!(
            count(&db.endpoint().unwrap().read).await,
            1,
            "written by itself, as it was meant"
        );
    }
}
