//! Puts a database back as it was: every table is copied beside itself once, and copied back as often as wanted. For
//! tests that would make the same rows again and again. The server may run on; what it holds in memory stays.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use std::fmt::Write as _;

/// How a database was.
#[derive(Debug)]
pub struct Snapshot {
    put_back: String,
}

impl Snapshot {
    pub async fn take(db: &DatabaseConnection) -> Self {
        let (list, quiet, begin, end) = match db.get_database_backend() {
            DbBackend::Sqlite => (
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
                "",
                "BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON;",
                "COMMIT;",
            ),
            _ => (
                "SHOW TABLES",
                "SET FOREIGN_KEY_CHECKS = 0;",
                "START TRANSACTION;",
                "COMMIT; SET FOREIGN_KEY_CHECKS = 1;",
            ),
        };
        let list = Statement::from_string(db.get_database_backend(), list);
        let (mut copy, mut put_back) = (String::new(), format!("{quiet} {begin}\n"));
        for row in db.query_all_raw(list).await.expect("list the tables") {
            let table: String = row.try_get_by_index(0).expect("a table's name");
            writeln!(copy, "CREATE TABLE `was_{table}` AS SELECT * FROM `{table}`;")
                .expect("a String takes it");
            writeln!(
                put_back,
                "DELETE FROM `{table}`; INSERT INTO `{table}` SELECT * FROM `was_{table}`;"
            )
            .expect("a String takes it");
        }
        put_back += end;
        db.execute_unprepared(&copy).await.expect("copy the tables");
        Self { put_back }
    }

    pub async fn put_back(&self, db: &DatabaseConnection) {
        db.execute_unprepared(&self.put_back)
            .await
            .expect("put the rows back");
    }
}
