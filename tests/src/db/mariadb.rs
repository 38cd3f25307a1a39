//! The throwaway MariaDB of this process, and the databases on it. It is started by the first test that asks and ends with
//! the process, however that ends: `mariadb.sh` waits for the end of a pipe that the system closes for us.
//! A new database replays the statements that made a migrated one, which is far cheaper than migrating.

use super::{connect, temp_dir_in};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::OnceCell;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/db/mariadb.sh");
const TEMPLATE: &str = "template";
const START_WITHIN: Duration = Duration::from_mins(1);

pub(super) struct MariaDb {
    folder: PathBuf,
    next: AtomicU32,
    /// What turns an empty database into a migrated and seeded one.
    replay: OnceCell<String>,
    drops: Sender<String>,
    /// Its standard input is the pipe; the server runs for as long as this lives.
    _process: Child,
}

/// A database on the server.
pub(super) struct Database {
    name: String,
    url: String,
    folder: TempDir,
    drops: Sender<String>,
}

impl Database {
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The receiver only goes away with the process, and the server with it.
        let _ = self.drops.send(std::mem::take(&mut self.name));
    }
}

impl MariaDb {
    pub(super) async fn running() -> &'static Self {
        static SERVER: OnceCell<MariaDb> = OnceCell::const_new();
        SERVER.get_or_init(Self::start).await
    }

    async fn start() -> Self {
        let folder = temp_dir_in(&std::env::temp_dir()).keep();
        let process = spawn("serve", &folder, &[]);
        let (drops, dropped) = channel::<String>();
        let server = Self {
            folder,
            next: AtomicU32::new(1),
            replay: OnceCell::new(),
            drops,
            _process: process,
        };
        wait_until_ready(&server.folder).await;
        let admin = server.url_of("");
        std::thread::spawn(move || drop_databases(&admin, &dropped));
        server
    }

    /// A database with no table.
    pub(super) async fn empty(&self) -> Database {
        self.create("").await
    }

    /// A copy of the migrated template.
    pub(super) async fn migrated(&self) -> Database {
        let replay = self.replay.get_or_init(|| self.migrate_template()).await;
        self.create(replay).await
    }

    async fn create(&self, then: &str) -> Database {
        let name = format!("t_{}", self.next.fetch_add(1, Ordering::Relaxed));
        let admin = connect(&self.url_of("")).await;
        let sql = format!("CREATE DATABASE {name}; USE {name}; {then}");
        admin
            .execute_unprepared(&sql)
            .await
            .expect("create a test database");
        admin.close().await.expect("close the admin connection");
        Database {
            url: self.url_of(&name),
            name,
            folder: temp_dir_in(&self.folder),
            drops: self.drops.clone(),
        }
    }

    async fn migrate_template(&self) -> String {
        let admin = connect(&self.url_of("")).await;
        admin
            .execute_unprepared(&format!("CREATE DATABASE {TEMPLATE}"))
            .await
            .expect("create the template");
        admin.close().await.expect("close the admin connection");
        let template = connect(&self.url_of(TEMPLATE)).await;
        server::db::migrate::up(&template)
            .await
            .expect("migrate the template");
        let replay = replay_of(&template).await;
        template.close().await.expect("close the template");
        replay
    }

    fn url_of(&self, database: &str) -> String {
        url_in(&self.folder, database)
    }
}

/// A MariaDB of one test alone, which can be killed and started again over what it left.
pub struct PrivateMariaDb {
    folder: TempDir,
    env: Vec<(String, String)>,
    process: Option<Child>,
}

impl PrivateMariaDb {
    /// Its data lies in the folder; `env` is what the server's process is given besides.
    pub async fn start(folder: TempDir, env: &[(String, String)]) -> Self {
        let mut server = Self {
            folder,
            env: env.to_vec(),
            process: None,
        };
        server.start_again().await;
        let admin = connect(&url_in(server.folder.path(), "")).await;
        admin
            .execute_unprepared("CREATE DATABASE book")
            .await
            .expect("create a database");
        admin.close().await.expect("close the admin connection");
        let book = connect(&server.url()).await;
        server::db::migrate::up(&book).await.expect("migrate the book");
        book.close().await.expect("close the book");
        server
    }

    pub fn url(&self) -> String {
        url_in(self.folder.path(), "book")
    }

    /// Whether it takes connections.
    pub fn is_up(&self) -> bool {
        std::os::unix::net::UnixStream::connect(self.folder.path().join("socket")).is_ok()
    }

    /// kill -9; what was committed must be there after it.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            // The end of its standard input: the script kills the server and ends.
            drop(process.stdin.take());
            process.wait().expect("wait for the script");
        }
    }

    pub async fn start_again(&mut self) {
        self.process = Some(spawn("again", self.folder.path(), &self.env));
        wait_until_ready(self.folder.path()).await;
    }
}

impl Drop for PrivateMariaDb {
    fn drop(&mut self) {
        self.kill();
    }
}

fn url_in(folder: &Path, database: &str) -> String {
    format!(
        "mysql://root@localhost/{database}?socket={}",
        folder.join("socket").display()
    )
}

async fn wait_until_ready(folder: &Path) {
    let deadline = Instant::now() + START_WITHIN;
    let url = url_in(folder, "");
    let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_else(|fault| fault.to_string());
    while sea_orm::Database::connect(url.as_str()).await.is_err() {
        assert!(Instant::now() < deadline, "MariaDB did not start: {}", log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "how tests/run hands over the data folder it made"
)]
fn spawn(verb: &str, folder: &Path, env: &[(String, String)]) -> Child {
    use std::os::unix::process::CommandExt as _;
    let mut script = Command::new("sh");
    script
        .arg(SCRIPT)
        .arg(verb)
        .arg(folder)
        .args(std::env::var_os("EXPENSE_TEST_MARIADB_TEMPLATE"))
        .envs(env.iter().cloned());
    script
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Its own group: a Ctrl-C at the terminal must not stop the script before it has cleaned up.
    script.process_group(0).spawn().expect("run sh")
}

async fn replay_of(template: &DatabaseConnection) -> String {
    let mut creates = String::from("SET FOREIGN_KEY_CHECKS = 0;\n");
    let mut copies = String::new();
    let tables = Statement::from_string(DbBackend::MySql, "SHOW TABLES");
    for row in template
        .query_all_raw(tables)
        .await
        .expect("list the template's tables")
    {
        let table: String = row.try_get_by_index(0).expect("a table's name");
        let show = Statement::from_string(DbBackend::MySql, format!("SHOW CREATE TABLE `{table}`"));
        let row = template
            .query_one_raw(show)
            .await
            .expect("show a table")
            .expect("a shown table");
        creates += &row.try_get_by_index::<String>(1).expect("its statement");
        creates += ";\n";
        writeln!(
            copies,
            "INSERT INTO `{table}` SELECT * FROM `{TEMPLATE}`.`{table}`;"
        )
        .expect("a String takes it");
    }
    creates + &copies
}

/// Runs on a thread of its own, since a test's runtime is gone by the time its database is.
fn drop_databases(admin: &str, dropped: &std::sync::mpsc::Receiver<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let connection = runtime.block_on(connect(admin));
    while let Ok(name) = dropped.recv() {
        // A connection that a test forgot may still hold a lock; the server's end clears that away too.
        let sql = format!("SET lock_wait_timeout = 1; DROP DATABASE IF EXISTS {name}");
        let _ = runtime.block_on(connection.execute_unprepared(&sql));
    }
}
