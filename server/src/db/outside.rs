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
pub(super) async fn mysql_after_use(connection: &mut MySqlConnection) -> Result<bool, Error> {
    Ok(is_counted_outside(connection.is_in_transaction()))
}

fn is_counted_outside(is_in_transaction: bool) -> bool {
    if is_in_transaction {
        tracing::warn!("a transaction could not be ended; its connection is closed");
    }
    !is_in_transaction
}
