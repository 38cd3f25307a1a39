//! A server in this process over a database of its own, reached through real sockets, gone with the test that started
//! it. What a test may look at behind the socket is here too: rows, revisions, statement counts. No assertion lives here.

use crate::client::Http;
use crate::db::TestDb;
use crate::people::Person;
use crate::proxy::Proxy;
use chrono::{DateTime, Utc};
use entity::{change, expense, ledger};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter};
use server::clock::Clock;
use server::config::{Config, DatabaseUrl};
use server::embedded::{Running, start_at};
use server::http::accept::{self, Limits};
use server::run::Stop;
use server::state::AppState;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use uuid::Uuid;

/// A server and its database.
pub struct TestApp {
    /// What the server works with.
    pub state: AppState,
    owner: Person,
    address: SocketAddr,
    connection: DatabaseConnection,
    /// Ends when this is dropped, with the runtime of its test.
    _running: Running,
    /// Last: a server outlives its database by no statement.
    db: TestDb,
}

impl TestApp {
    /// A server with the default settings and the system's clock.
    pub async fn start() -> Self {
        Self::start_with(Clock::system(), |_| ()).await
    }

    /// A server whose clock stands at a moment until `state.clock.advance` moves it.
    pub async fn start_at(moment: &str) -> Self {
        let moment: DateTime<Utc> = moment.parse().expect("a moment like 2026-11-22T10:00:00Z");
        Self::start_with(Clock::fixed(moment), |_| ()).await
    }

    /// A server with a clock and settings of the test's choice.
    pub async fn start_with(clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        let db = Box::pin(TestDb::new()).await;
        let url = db.url().to_owned();
        Box::pin(Self::over(db, &url, clock, change)).await
    }

    /// A server whose line to the MariaDB can be cut. The test's own connection is beside that line.
    pub async fn start_behind_proxy() -> (Self, Proxy) {
        let db = Box::pin(TestDb::new()).await;
        let (address, socket) = db.url().split_once("?socket=").expect("a MariaDB on a socket");
        let proxy = Proxy::before(socket.into()).await;
        let database = address.rsplit('/').next().unwrap_or_default();
        let url = format!("mysql://root@127.0.0.1:{}/{database}", proxy.port());
        (
            Box::pin(Self::over(db, &url, Clock::system(), |_| ())).await,
            proxy,
        )
    }

    async fn over(db: TestDb, url: &str, clock: Clock, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        config.database.urls = vec![DatabaseUrl::from(url)];
        // A clock that stands still would never let anybody in again; tests of the limits set their own.
        config.server.reads_per_minute = 0;
        config.server.writes_per_minute = 0;
        change(&mut config);
        let running = Box::pin(start_at(config, clock)).await.expect("start the server");
        crate::calls::know(|| server::http::document(&running.state).expect("the document"));
        let connection = db.connect().await;
        let ledger = ledger::Entity::find()
            .one(&connection)
            .await
            .expect("read the ledger");
        let user = entity::user::Entity::find()
            .one(&connection)
            .await
            .expect("read the owner");
        let owner = Person {
            user_id: user.expect("a seeded owner").id,
            ledger_id: ledger.expect("a seeded ledger").id,
            token: running.token.clone(),
        };
        let (state, address) = (running.state.clone(), running.address);
        Self {
            state,
            owner,
            address,
            connection,
            _running: running,
            db,
        }
    }

    /// A second server over the same database, with the same clock and other settings where the test wants them.
    pub async fn another(&self, change: impl FnOnce(&mut Config)) -> Running {
        let mut config = Config::default();
        config.database.urls = vec![DatabaseUrl::from(self.db.url())];
        config.server.reads_per_minute = 0;
        config.server.writes_per_minute = 0;
        change(&mut config);
        Box::pin(start_at(config, self.state.clock.clone()))
            .await
            .expect("start another server")
    }

    /// A server over the same database that ends each operation after its first change, as one does that dies there; and
    /// what ends it.
    pub async fn impatient(&self) -> (Http, Stop) {
        let mut config = Config::default();
        config.database.urls = vec![DatabaseUrl::from(self.db.url())];
        let (ended, stop) = (Stop::default(), Stop::default());
        ended.request();
        let state = AppState {
            patience: Duration::ZERO,
            stop: ended,
            ..self.state.clone()
        };
        let routes = server::http::app(&state, &config, &stop).expect("the routes");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listen");
        let address = listener.local_addr().expect("an address");
        let (limits, until) = (Limits::from(&config), stop.clone());
        tokio::spawn(async move { accept::serve(listener, routes, limits, until.requested()).await });
        (Http::new(address, Some(&self.owner.token)), stop)
    }

    /// A client with the seeded owner's token. Addresses without a slash in front are in their default ledger.
    pub fn client(&self) -> Http {
        self.client_of(&self.owner)
    }

    /// A client with somebody's token.
    pub fn client_of(&self, person: &Person) -> Http {
        Http::new(self.address, Some(&person.token))
    }

    /// A client without a token.
    pub fn stranger(&self) -> Http {
        Http::new(self.address, None)
    }

    /// Where the server listens, for what is not HTTP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base of every address: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Who owns the seeded ledger.
    pub fn owner(&self) -> &Person {
        &self.owner
    }

    /// The seeded ledger.
    pub fn ledger_id(&self) -> Uuid {
        self.owner.ledger_id
    }

    /// The database, to see it from outside.
    pub fn test_db(&self) -> &TestDb {
        &self.db
    }

    /// A connection beside the server's, to look at what it wrote and to write what it cannot yet.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// The seeded ledger's revision: the number of its last change.
    pub async fn rev(&self) -> i64 {
        self.rev_of(self.ledger_id()).await
    }

    /// A ledger's revision.
    pub async fn rev_of(&self, ledger_id: Uuid) -> i64 {
        let found = ledger::Entity::find_by_id(ledger_id)
            .one(&self.connection)
            .await
            .expect("read the ledger");
        found.expect("the ledger").rev
    }

    /// Makes a ledger another one, as a restore does.
    pub async fn renew_epoch(&self, ledger_id: Uuid) {
        ledger::Entity::update_many()
            .col_expr(ledger::Column::Epoch, Expr::value(api::id::new_uuid()))
            .filter(ledger::Column::Id.eq(ledger_id))
            .exec(&self.connection)
            .await
            .expect("renew the epoch");
    }

    /// How many expenses there are in all ledgers, deleted ones too.
    pub async fn count_expenses(&self) -> u64 {
        expense::Entity::find()
            .count(&self.connection)
            .await
            .expect("count expenses")
    }

    /// How many changes a ledger's log holds; equal to its revision as long as nothing is lost.
    pub async fn count_changes(&self, ledger_id: Uuid) -> u64 {
        let changes = change::Entity::find().filter(change::Column::LedgerId.eq(ledger_id));
        changes.count(&self.connection).await.expect("count changes")
    }

    /// What was sent to the database while `work` ran: begins and commits are not counted by the driver.
    pub async fn statements_of<T>(&self, work: impl Future<Output = T>) -> (u64, T) {
        let before = self.state.db.statements();
        let output = work.await;
        (self.state.db.statements() - before, output)
    }
}
