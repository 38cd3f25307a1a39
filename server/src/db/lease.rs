//! A right that one process at a time holds, as a row with an expiry. It works across the nodes of a cluster, where
//! MySQL's named locks do not, and ends by itself when its holder dies. The database's clock decides, not the hosts'.
//! The table stands outside the migrations, since the first lease is the one they run under.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, RuntimeErr, SqlErr, SqlxError, SqlxMySqlError,
    Statement, Value,
};
use std::time::Duration;

const MYSQL_TABLE: &str = "CREATE TABLE IF NOT EXISTS lease (name varchar(64) NOT NULL PRIMARY KEY, \
    holder varchar(64) NOT NULL, expires_at bigint NOT NULL) \
    ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";
const SQLITE_TABLE: &str = "CREATE TABLE IF NOT EXISTS lease (name varchar(64) NOT NULL PRIMARY KEY, \
    holder varchar(64) NOT NULL, expires_at integer NOT NULL)";

// Milliseconds since 1970, by the database.
const MYSQL_NOW: &str = "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000 AS SIGNED)";
const SQLITE_NOW: &str = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

// Deadlock and lock wait: on a cluster, two who ask for one lease at once.
const LOST_RACE: [u16; 2] = [1213, 1205];

/// Makes the table where it is missing.
pub async fn create_table(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let sql = match db.get_database_backend() {
        DbBackend::MySql => MYSQL_TABLE,
        _ => SQLITE_TABLE,
    };
    db.execute_unprepared(sql).await.map(drop)
}

/// One holder's claim on one name. Nothing is held until [`Lease::take`] says so.
pub struct Lease<'a> {
    db: &'a DatabaseConnection,
    name: &'a str,
    holder: String,
    ttl: Duration,
}

impl<'a> Lease<'a> {
    /// `holder` must differ between any two claimants; an id drawn per claim is right.
    pub fn new(db: &'a DatabaseConnection, name: &'a str, holder: impl Into<String>, ttl: Duration) -> Self {
        Self {
            db,
            name,
            holder: holder.into(),
            ttl,
        }
    }

    /// Takes a free or expired lease, or extends our own; false while somebody else holds it.
    pub async fn take(&self) -> Result<bool, DbErr> {
        if self.extend_where("(holder = ? OR expires_at <= {now})").await? {
            return Ok(true);
        }
        let sql = format!(
            "INSERT INTO lease (name, holder, expires_at) VALUES (?, ?, {} + ?)",
            self.now()
        );
        let values = vec![
            self.name.into(),
            self.holder.as_str().into(),
            self.ttl_millis().into(),
        ];
        match self.execute(sql, values).await {
            Ok(_) => Ok(true),
            Err(fault) if matches!(fault.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
            Err(fault) => unless_race_lost(fault),
        }
    }

    /// Extends our own lease; false once it has gone to somebody else.
    pub async fn renew(&self) -> Result<bool, DbErr> {
        self.extend_where("holder = ?").await
    }

    /// Gives the lease back. One that is no longer ours stays as it is.
    pub async fn release(&self) -> Result<(), DbErr> {
        let sql = "DELETE FROM lease WHERE name = ? AND holder = ?".to_owned();
        let values = vec![self.name.into(), self.holder.as_str().into()];
        self.execute(sql, values).await.map(drop)
    }

    /// Renews for as long as it is held; returns when it is lost, or cannot be renewed before it ends.
    pub async fn keep(&self) {
        let pause = self.ttl / 3;
        let mut faults = 0;
        loop {
            tokio::time::sleep(pause).await;
            match self.renew().await {
                Ok(true) => faults = 0,
                Err(_) if faults == 0 => faults = 1,
                Ok(false) | Err(_) => return,
            }
        }
    }

    async fn extend_where(&self, condition: &str) -> Result<bool, DbErr> {
        let now = self.now();
        let condition = condition.replace("{now}", now);
        let sql =
            format!("UPDATE lease SET expires_at = {now} + ?, holder = ? WHERE name = ? AND {condition}");
        let holder = self.holder.as_str();
        let values = vec![
            self.ttl_millis().into(),
            holder.into(),
            self.name.into(),
            holder.into(),
        ];
        match self.execute(sql, values).await {
            Ok(rows) => Ok(rows == 1),
            Err(fault) => unless_race_lost(fault),
        }
    }

    async fn execute(&self, sql: String, values: Vec<Value>) -> Result<u64, DbErr> {
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        Ok(self.db.execute_raw(statement).await?.rows_affected())
    }

    fn now(&self) -> &'static str {
        match self.db.get_database_backend() {
            DbBackend::MySql => MYSQL_NOW,
            _ => SQLITE_NOW,
        }
    }

    fn ttl_millis(&self) -> i64 {
        i64::try_from(self.ttl.as_millis()).unwrap_or(i64::MAX / 2)
    }
}

fn unless_race_lost(fault: DbErr) -> Result<bool, DbErr> {
    let number = mysql_number(&fault);
    if number.is_some_and(|number| LOST_RACE.contains(&number)) {
        Ok(false)
    } else {
        Err(fault)
    }
}

fn mysql_number(fault: &DbErr) -> Option<u16> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = fault
    else {
        return None;
    };
    let SqlxError::Database(cause) = cause.as_ref() else {
        return None;
    };
    cause
        .try_downcast_ref::<SqlxMySqlError>()
        .map(SqlxMySqlError::number)
}
