//! A database for one test, on the backend that `EXPENSE_TEST_DB` names (`sqlite`, which is the default, or `mariadb`).
//! The migrations run once a process; every test then gets a copy. What a server is and how it stops is in `db/mariadb.rs`.

mod mariadb;

pub use mariadb::PrivateMariaDb;

use mariadb::{Database, MariaDb};
use sea_orm::{ConnectOptions, DatabaseConnection};
use std::path::Path;
use tempfile::TempDir;
use tokio::sync::OnceCell;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    MariaDb,
}

impl Backend {
    /// The one this run is for.
    #[expect(
        clippy::disallowed_methods,
        reason = "the suites' one switch; the product never reads it"
    )]
    pub fn of_this_run() -> Self {
        match std::env::var("EXPENSE_TEST_DB").as_deref() {
            Ok("mariadb") => Self::MariaDb,
            Ok("sqlite") | Err(_) => Self::Sqlite,
            Ok(other) => panic!("EXPENSE_TEST_DB is `{other}`; it may be sqlite or mariadb"),
        }
    }
}

/// A database of its own, gone when this is dropped.
pub struct TestDb {
    url: String,
    home: Home,
}

enum Home {
    Folder(TempDir),
    Server(Database),
}

impl TestDb {
    /// Migrated and seeded: one local owner with one ledger.
    pub async fn new() -> Self {
        match Backend::of_this_run() {
            Backend::Sqlite => {
                let db = Self::in_folder();
                let file = db.folder().join("expense.db");
                std::fs::write(file, sqlite_template().await).expect("copy the template");
                db
            }
            Backend::MariaDb => Self::on_server(MariaDb::running().await.migrated().await),
        }
    }

    /// Without any table.
    pub async fn empty() -> Self {
        match Backend::of_this_run() {
            Backend::Sqlite => Self::in_folder(),
            Backend::MariaDb => Self::on_server(MariaDb::running().await.empty().await),
        }
    }

    /// As a server's `database.urls` takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The SQLite file's folder, or an empty one of this test's own.
    pub fn folder(&self) -> &Path {
        match &self.home {
            Home::Folder(folder) => folder.path(),
            Home::Server(database) => database.folder(),
        }
    }

    /// A plain connection, to look at what a server wrote.
    pub async fn connect(&self) -> DatabaseConnection {
        connect(&self.url).await
    }

    fn in_folder() -> Self {
        let folder = temp_dir_in(&std::env::temp_dir());
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("expense.db").display());
        Self {
            url,
            home: Home::Folder(folder),
        }
    }

    fn on_server(database: Database) -> Self {
        Self {
            url: database.url().to_owned(),
            home: Home::Server(database),
        }
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(4).min_connections(0);
    sea_orm::Database::connect(options)
        .await
        .unwrap_or_else(|fault| panic!("connect to {url}: {fault}"))
}

/// `tests/run` sets TMPDIR to a place in memory, and clears away what a killed test leaves there.
pub(crate) fn temp_dir_in(parent: &Path) -> TempDir {
    tempfile::Builder::new()
        .prefix("expense-test-")
        .tempdir_in(parent)
        .expect("make a temporary folder")
}

/// The migrated file's bytes: held in memory, so that nothing is left behind when the process ends.
async fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let make = || async {
        let db = TestDb::in_folder();
        let connection = db.connect().await;
        server::db::migrate::up(&connection)
            .await
            .expect("migrate the template");
        connection.close().await.expect("close the template");
        std::fs::read(db.folder().join("expense.db")).expect("read the template")
    };
    TEMPLATE.get_or_init(make).await
}
