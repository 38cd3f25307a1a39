//! `expensed` as a process of its own, and a household's whole set-up on this run's database: on SQLite the app starts
//! its server itself, on MariaDB one is started beside it.

use crate::client::Http;
use crate::db::{Backend, TestDb};
use crate::program::{Finished, Home, block_on};
use crate::terminal::{Terminal, signal};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, Statement};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

/// A server process. Killed when this is dropped.
pub struct Daemon {
    process: Child,
    scheme: String,
    address: SocketAddr,
    token: String,
}

impl Daemon {
    /// `expensed serve` on a port that the system chooses, over a database, or over the book of that home.
    pub fn start(home: &Home, database: Option<&str>) -> Self {
        Self::started(home, Self::command(home, database))
    }

    /// That of a command made by [`Daemon::command`].
    pub fn started(home: &Home, mut command: Command) -> Self {
        let log = std::fs::File::create(home.path().join("expensed.log")).expect("make the log");
        let started = command.stdout(Stdio::piped()).stderr(log).spawn();
        let mut process = started.expect("start expensed");
        let mut lines = BufReader::new(process.stdout.take().expect("its standard output")).lines();
        let mut line = |word: &str| {
            let line = lines.next().and_then(Result::ok).unwrap_or_default();
            let log = || std::fs::read_to_string(home.path().join("expensed.log"));
            let after = line.split_once(word).map(|(_, after)| after.to_owned());
            after.unwrap_or_else(|| panic!("expensed printed {line:?}: {:?}", log()))
        };
        let url = line("listening on ");
        let url = url.split(',').next().unwrap_or_default();
        let (scheme, address) = url.split_once("://").expect("an address with its scheme");
        let address = address.parse().expect("an address with a port");
        let token = std::fs::read_to_string(line("token in ")).expect("the token's file");
        Self {
            process,
            scheme: scheme.to_owned(),
            address,
            token: token.trim().to_owned(),
        }
    }

    /// The same, to be run to its end.
    pub fn command(home: &Home, database: Option<&str>) -> Command {
        let mut command = home.command("expensed", &["serve", "--listen", "127.0.0.1:0"]);
        if let Some(url) = database {
            command.env("EXPENSE__DATABASE__URLS", format!("[{url:?}]"));
        }
        command
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// A client in clear with the token that it left for this home.
    pub fn client(&self) -> Http {
        Http::new(self.address, Some(&self.token))
    }

    /// kill -9, and waits until it is gone.
    pub fn kill(&mut self) {
        // It may have ended.
        let _ = self.process.kill();
        self.process.wait().expect("wait for expensed");
    }

    /// Tells it to read again what may change.
    pub fn hang_up(&self) {
        signal(self.process.id(), "HUP");
    }

    /// Tells it to stop, and gives its exit code.
    pub fn stop(&mut self) -> i32 {
        signal(self.process.id(), "TERM");
        let ended = self.process.wait().expect("wait for expensed");
        ended.code().unwrap_or(-1)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A home with its books, on the database of this run.
pub struct Household {
    pub home: Home,
    server: Option<Daemon>,
    /// After the server, which uses it.
    db: Option<TestDb>,
}

impl Default for Household {
    fn default() -> Self {
        Self::new()
    }
}

impl Household {
    /// Nothing yet on SQLite: the first program makes it all. On MariaDB, a server.
    pub fn new() -> Self {
        match Backend::of_this_run() {
            Backend::Sqlite => Self::local(),
            Backend::MariaDb => Self::served(),
        }
    }

    /// Over the file of the app itself, whatever the database of this run is.
    pub fn local() -> Self {
        Self {
            home: Home::new(),
            server: None,
            db: None,
        }
    }

    /// With a server of its own on either database, which everything in this home uses.
    pub fn served() -> Self {
        let mut home = Home::new();
        let db = block_on(TestDb::new());
        let server = Daemon::start(&home, Some(db.url()));
        home.set("EXPENSE_SERVER", &server.url());
        Self {
            home,
            server: Some(server),
            db: Some(db),
        }
    }

    pub fn server(&self) -> &Daemon {
        self.server.as_ref().expect("a household with a server")
    }

    /// The database, where a server was started over one.
    pub fn database_url(&self) -> String {
        match &self.db {
            Some(db) => db.url().to_owned(),
            None => format!("sqlite://{}?mode=rw", self.home.database().display()),
        }
    }

    /// Kills the server and gives it a follower over the same database, on another port.
    pub fn restart(&mut self) -> SocketAddr {
        self.kill_server();
        let server = Daemon::start(&self.home, Some(&self.database_url()));
        let address = server.address();
        self.server = Some(server);
        address
    }

    /// kill -9.
    pub fn kill_server(&mut self) {
        if let Some(server) = &mut self.server {
            server.kill();
        }
    }

    pub fn expense(&self, arguments: &[&str]) -> Finished {
        self.home.expense(arguments)
    }

    /// The app at 80x24.
    pub fn open(&self) -> Terminal {
        Terminal::open(&self.home, &[])
    }

    /// The app at another size.
    pub fn open_at(&self, columns: u16, rows: u16) -> Terminal {
        Terminal::open_at(&self.home, &[], columns, rows)
    }

    /// Runs statements on the database, past every rule of the server.
    pub fn execute(&self, sql: &str) {
        block_on(async {
            let mut options = ConnectOptions::new(self.database_url());
            options.sqlx_logging(false).max_connections(1);
            let connection = Database::connect(options).await.expect("connect");
            connection.execute_unprepared(sql).await.expect("execute");
            connection.close().await.expect("close");
        });
    }

    /// The number that a query answers, past every rule of the server.
    pub fn number(&self, sql: &str) -> i64 {
        block_on(async {
            let mut options = ConnectOptions::new(self.database_url());
            options.sqlx_logging(false).max_connections(1);
            let connection = Database::connect(options).await.expect("connect");
            let asked = Statement::from_string(connection.get_database_backend(), sql);
            let row = connection.query_one_raw(asked).await.expect("query");
            let number = row.expect("a row").try_get_by_index(0).expect("a number");
            connection.close().await.expect("close");
            number
        })
    }

    /// Rows of the last four years, one statement for all.
    pub fn fill(&self, rows: u32) {
        self.expense(&["add", "1.00 first #food"]).ok();
        let (prepare, id, day) = if self.database_url().starts_with("mysql") {
            (
                "SET SESSION max_recursive_iterations = 1000000;",
                "UNHEX(REPLACE(UUID(), '-', ''))",
                "DATE_SUB(e.spent_on, INTERVAL (n % 1460) DAY)",
            )
        } else {
            (
                "",
                "randomblob(16)",
                "date(e.spent_on, '-' || (n % 1460) || ' days')",
            )
        };
        self.execute(&format!(
            "{prepare}
            INSERT INTO expense (ledger_id, id, spent_on, amount_minor, currency, kind, category_id, payee_id,
                is_deleted, version, created_by, created_at, updated_at)
            WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {rows})
            SELECT e.ledger_id, {id}, {day}, 100 + n % 9000, e.currency, e.kind, e.category_id, e.payee_id,
                e.is_deleted, 1, e.created_by, e.created_at, e.updated_at
            FROM number, expense e"
        ));
    }
}
