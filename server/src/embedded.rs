//! The server inside another process: on a loopback port that the system chooses, with a token for this run, over
//! a SQLite file. Whoever starts it is still only an HTTP client of it.

use crate::clock::Clock;
use crate::config::{Config, DatabaseUrl};
use crate::db::BookFault;
use crate::http;
use crate::http::accept::{self, Limits};
use crate::job;
use crate::run::{self, Failure, Stop};
use crate::service::machine;
use crate::state::AppState;
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A server that runs in this process.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it lets in.
    pub token: String,
    /// What is the matter with the book, where it can be read and not written now.
    pub fault: Option<BookFault>,
    /// Its state, for tests that look behind the socket.
    pub state: AppState,
    stop: Stop,
    task: JoinHandle<()>,
    jobs: JoinHandle<()>,
}

impl Running {
    /// Lets requests under way finish, then ends.
    pub async fn shutdown(self) {
        self.stop.request();
        let _ = self.task.await;
        let _ = self.jobs.await;
        self.state.db.close().await;
    }
}

/// Starts over a SQLite file, which is made and migrated as needed.
pub async fn start(file: &Path) -> Result<Running, Failure> {
    let mut config = Config::default();
    config.database.urls = vec![DatabaseUrl::sqlite_file(file)];
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| Failure::failed(format!("{} cannot be made: {error}", folder.display())))?;
    }
    start_with(config).await
}

/// Starts with a configuration. What it says of the door is left aside: nobody but the one who started this server
/// knows its token, and they need not be kept from themselves.
pub async fn start_with(config: Config) -> Result<Running, Failure> {
    let config = of_app(config);
    let state = run::open(&config).await?;
    start_over(config, state).await
}

/// The same, for a book that may be read where it cannot be written: then every write is refused with the reason.
pub async fn start_to_read(config: Config) -> Result<Running, Failure> {
    let config = of_app(config);
    let state = run::open_to_read(&config).await?;
    start_over(config, state).await
}

fn of_app(mut config: Config) -> Config {
    config.server.proxies.clear();
    // Nothing is between the two that could cut them apart, and an app left open on a laptop must not wake it.
    config.server.ping_secs = 600;
    config.server.cors_origins.clear();
    config.server.reads_per_minute = 0;
    config.server.writes_per_minute = 0;
    config
}

/// Starts with a configuration and a clock. It listens in clear on loopback, whatever the configuration says.
pub async fn start_at(config: Config, clock: Clock) -> Result<Running, Failure> {
    let state = AppState {
        clock,
        ..run::open(&config).await?
    };
    start_over(config, state).await
}

async fn start_over(config: Config, mut state: AppState) -> Result<Running, Failure> {
    let stop = state.stop.clone();
    run::name_file(&config, &mut state);
    let failed = |error: &dyn std::fmt::Display| Failure::failed(format!("the server cannot start: {error}"));
    let (token, fault) = machine::of_run(&state).await.map_err(|error| failed(&error))?;
    let app = http::app(&state, &config, &stop).map_err(|error| failed(&error))?;
    // Bound before it is announced, so that nobody has to wait for it.
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .map_err(|error| failed(&error))?;
    let address = listener.local_addr().map_err(|error| failed(&error))?;
    let jobs = job::start(&state, &stop, job::OF_AN_APP).await;
    let (limits, until) = (Limits::from(&config), stop.clone());
    let task = tokio::spawn(async move {
        accept::serve(listener, app, limits, until.requested()).await;
    });
    Ok(Running {
        address,
        token,
        fault,
        state,
        stop,
        task,
        jobs,
    })
}
