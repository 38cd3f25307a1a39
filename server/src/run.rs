//! What the commands do, from a checked configuration to an answer or a `Failure`: the wiring of the process.
//! Signals are handled here and nowhere else.

pub mod admin;

use std::fmt;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::cli::{self, Exit};
use crate::clock::Clock;
use crate::config::{Config, Sources, data_dir};
use crate::db::migrate::MigrateError;
use crate::db::{BookFault, Db, Dialect, Matter, PoolOptions, migrate, schema};
use crate::error::AppError;
use crate::http;
use crate::http::accept::door::Door;
use crate::http::accept::tls::{Tls, TlsError};
use crate::http::accept::{Acceptor, Limits};
use crate::job;
use crate::log;
use crate::service::gate::Gate;
use crate::service::machine::{self, MachineToken, RunToken};
use crate::service::password::Passwords;
use crate::service::token_use::TokenUse;
use crate::state::{AppState, Streams};
use crate::store;

/// Why a command ended badly: the exit code for scripts, the sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
    /// What is the matter with the book, where that is why.
    pub book: Option<Box<BookFault>>,
}

impl Failure {
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            book: None,
        }
    }

    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }
}

impl From<BookFault> for Failure {
    fn from(fault: BookFault) -> Self {
        Self {
            exit: fault.exit(),
            message: fault.to_string(),
            book: Some(Box::new(fault)),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<log::LogError> for Failure {
    fn from(error: log::LogError) -> Self {
        Self::new(Exit::Configuration, error.to_string())
    }
}

impl From<TlsError> for Failure {
    fn from(error: TlsError) -> Self {
        Self::new(Exit::Configuration, error.to_string())
    }
}

/// Whether the process has been told to stop: readiness goes off and endless answers end by it. Clones are one.
#[derive(Debug, Clone)]
pub struct Stop(watch::Sender<bool>);

impl Default for Stop {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Stop {
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    pub fn request(&self) {
        self.0.send_replace(true);
    }

    /// Resolves when a stop is requested.
    pub async fn requested(&self) {
        // The sender lives in self, so that waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|is_requested| *is_requested).await;
    }
}

/// Looks at the files that a right configuration names and `serve` needs.
pub fn check_files(config: &Config) -> Result<(), Failure> {
    Tls::of(config)?;
    Ok(())
}

/// Serves until SIGTERM or SIGINT, then finishes what is under way. SIGHUP reads the log's level and the certificate
/// again and reopens the log; `sources` is where the configuration came from.
pub async fn serve(config: Config, log: log::Handle, sources: Sources) -> Result<(), Failure> {
    let signals = Signals::new()?;
    let tls = Tls::of(&config)?;
    let state = open(&config).await?;
    let stop = state.stop.clone();
    let token_file = config.token_file();
    let machine_token = machine::keep_good(&state, &token_file).await?;
    let app = http::app(&state, &config, &stop).map_err(unusable)?;
    let listener = TcpListener::bind(&config.server.listen).await.map_err(|error| {
        Failure::failed(format!("{} cannot be listened on: {error}", config.server.listen))
    })?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::failed(error.to_string()))?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let door = Door::new(&config, address, tls.clone());
    tracing::info!(%address, scheme, "listening");
    // Data, not talk: whoever asked for port 0 reads it here.
    let token = match machine_token {
        MachineToken::Good | MachineToken::Renewed => format!("token in {}", token_file.display()),
        MachineToken::ShutOut => "no token: the owner of this machine's is shut out".to_owned(),
    };
    cli::print(&format!(
        "listening on {scheme}://{address}, documentation at {scheme}://{address}/docs\n{token}"
    ))?;

    let jobs = job::start(&state, &stop, job::OF_A_SERVER).await;
    let token_job = tokio::spawn({
        let (state, stop) = (state.clone(), stop.clone());
        async move { job::machine_token::run(&state, &stop, &token_file, job::OF_A_SERVER).await }
    });
    let reload = Reload { log, sources, tls };
    tokio::spawn(signals.handle(reload, stop.clone()));
    let acceptor = Acceptor::new(Limits::from(&config)).with_door(door);
    let drained = acceptor.serve(listener, app, stop.requested()).await;
    let _ = tokio::join!(jobs, token_job);
    state.db.close().await;
    tracing::info!(cut = drained.cut, "stopped");
    Ok(())
}

/// Opens the database, brings it up to date where that is allowed, and makes the state.
pub async fn open(config: &Config) -> Result<AppState, Failure> {
    let options = pool_options(config);
    let db = open_database(config, &options).await?;
    state_over(config, db).await
}

/// The same, for a book that may be read where it cannot be written.
pub async fn open_to_read(config: &Config) -> Result<AppState, Failure> {
    let options = pool_options(config);
    let failure = match open_database(config, &options).await {
        Ok(db) => return state_over(config, db).await,
        Err(failure) => failure,
    };
    let Some(fault) = failure.book.as_deref().filter(|fault| fault.may_be_readable()) else {
        return Err(failure);
    };
    let file = fault.file.clone();
    let db = Db::connect_to_read(&options, fault.clone()).await?;
    let status = migrate::status(db.upkeep().map_err(unusable)?).await;
    let status = status.map_err(|error| broken_schema(Some(&file), error))?;
    if !status.pending.is_empty() {
        return Err(BookFault::new(&file, Matter::Older).into());
    }
    state_over(config, db).await
}

/// The pools, over a schema that is this program's.
async fn open_database(config: &Config, options: &PoolOptions) -> Result<Db, Failure> {
    let file = Db::file(options);
    make_folder(config, file.as_deref())?;
    let db = connect(options, file.as_deref()).await?;
    match prepare_schema(config, &db, file.as_deref()).await {
        Ok(()) => Ok(db),
        Err(failure) => {
            db.close().await;
            Err(failure)
        }
    }
}

async fn connect(options: &PoolOptions, file: Option<&Path>) -> Result<Db, Failure> {
    if let Some(file) = file {
        BookFault::look(file)?;
    }
    Db::connect(options).await.map_err(|error| {
        let fault = match (file, &error) {
            (Some(file), AppError::Db(error)) => BookFault::of_opening(file, error),
            _ => None,
        };
        fault.map_or_else(|| unusable(error), Failure::from)
    })
}

/// The folder of the book in its user's own place, which nobody else may look into.
fn make_folder(config: &Config, file: Option<&Path>) -> Result<(), Failure> {
    if !config.database.urls.is_empty() {
        return Ok(());
    }
    let folder = data_dir();
    let made = std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder);
    made.map_err(|error| {
        tracing::error!(folder = %folder.display(), %error, "the folder of the book cannot be made");
        let file = file.unwrap_or(&folder);
        BookFault::new(file, Matter::NoFolder(folder.clone())).into()
    })
}

async fn state_over(config: &Config, db: Db) -> Result<AppState, Failure> {
    let db = Arc::new(db);
    let cursor_key = cursor_key(config, &db).await.map_err(unusable)?;
    // Time is left for the last step and for the answer.
    let patience = Duration::from_secs(config.server.request_timeout_secs) / 2;
    Ok(AppState {
        db,
        clock: Clock::system(),
        cursor_key: Arc::new(cursor_key),
        patience,
        stop: Stop::default(),
        passwords: Arc::new(Passwords::new(&config.auth).map_err(unusable)?),
        import_gate: Gate::new(config.server.max_imports, "Other files are being read"),
        streams: Streams {
            ping: Duration::from_secs(config.server.ping_secs),
            most_of_user: config.server.max_streams_per_user,
        },
        is_sign_up_open: config.auth.open_sign_up,
        trash: (config.database.trash_days > 0)
            .then(|| chrono::TimeDelta::days(config.database.trash_days.into())),
        token_use: TokenUse::default(),
        run_token: RunToken::default(),
    })
}

fn pool_options(config: &Config) -> PoolOptions {
    let database = &config.database;
    PoolOptions {
        urls: config
            .database_urls()
            .iter()
            .map(|url| url.expose().to_owned())
            .collect(),
        max_connections: database.max_connections,
        acquire_timeout: Duration::from_secs(database.acquire_timeout_secs),
        statement_timeout: Duration::from_secs(database.statement_timeout_secs),
        retry_deadline: Duration::from_secs(database.retry_deadline_secs),
    }
}

/// Lets refusals name the file of the book: whoever asks is who owns it. Before anybody else has the state.
pub fn name_file(config: &Config, state: &mut AppState) {
    if let Some(db) = Arc::get_mut(&mut state.db) {
        db.tell_file(Db::file(&pool_options(config)));
    }
}

fn unusable(error: impl fmt::Display) -> Failure {
    Failure::failed(format!("the database cannot be used: {error}"))
}

/// What a migration, or the look whether one is needed, ended with.
fn broken_schema(file: Option<&Path>, error: MigrateError) -> Failure {
    let fault = file.and_then(|file| BookFault::of_migration(file, &error));
    fault.map_or_else(|| unusable(error), Failure::from)
}

/// SQLite is brought up to date by itself; a MySQL server's schema is its operator's to change.
async fn prepare_schema(config: &Config, db: &Db, file: Option<&Path>) -> Result<(), Failure> {
    let upkeep = db.upkeep().map_err(unusable)?;
    if db.dialect() == Dialect::Sqlite || config.database.auto_migrate {
        let done = migrate::up(upkeep)
            .await
            .map_err(|error| broken_schema(file, error))?;
        if let Some(copy) = &done.copy {
            tracing::info!(copy = %copy.display(), "database copied before it was migrated");
        }
        return Ok(());
    }
    let status = migrate::status(upkeep).await.map_err(unusable)?;
    if status.pending.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Configuration,
        format!(
            "the database lacks {} migrations; run `expensed migrate up` first, or set database.auto_migrate",
            status.pending.len()
        ),
    ))
}

/// The key that cursors are signed with: the configured one, or one that all servers of a database share in it.
async fn cursor_key(config: &Config, db: &Db) -> Result<[u8; 32], AppError> {
    let secret = config.server.cursor_key.expose();
    if !secret.is_empty() {
        return Ok(Sha256::digest(secret.as_bytes()).into());
    }
    let drawn: [u8; 32] = rand::random();
    let text = BASE64.encode(drawn);
    let stored = store::setting::get_or_insert(db.upkeep()?, "cursor_key", &text).await;
    let stored = match stored {
        // Nobody else serves a book that can only be read: the key need not outlast this process.
        Err(_) if db.read_only().is_some() => text,
        stored => stored?,
    };
    Ok(Sha256::digest(stored.as_bytes()).into())
}

/// Applies what is missing and says what it did.
pub async fn migrate_up(config: Config) -> Result<String, Failure> {
    let options = pool_options(&config);
    let file = Db::file(&options);
    make_folder(&config, file.as_deref())?;
    let db = connect(&options, file.as_deref()).await?;
    let done = migrate::up(db.upkeep().map_err(unusable)?)
        .await
        .map_err(|error| broken_schema(file.as_deref(), error))?;
    if done.steps.is_empty() {
        return Ok("nothing to do: the schema is up to date".into());
    }
    Ok(done
        .steps
        .iter()
        .map(|step| format!("applied {step}"))
        .collect::<Vec<_>>()
        .join("\n"))
}

/// One line a migration.
pub async fn migrate_status(config: Config) -> Result<String, Failure> {
    let options = pool_options(&config);
    let file = Db::file(&options);
    let db = connect(&options, file.as_deref()).await?;
    let status = migrate::status(db.upkeep().map_err(unusable)?)
        .await
        .map_err(|error| broken_schema(file.as_deref(), error))?;
    let applied = status.applied.iter().map(|step| format!("applied {step}"));
    let pending = status.pending.iter().map(|step| format!("pending {step}"));
    Ok(applied.chain(pending).collect::<Vec<_>>().join("\n"))
}

/// The tables, as Markdown.
pub async fn schema_print(config: Config) -> Result<String, Failure> {
    let db = Db::connect(&pool_options(&config)).await.map_err(unusable)?;
    let mysql = (db.dialect() == Dialect::MySql)
        .then(|| db.upkeep())
        .transpose()
        .map_err(unusable)?;
    schema::schema_markdown(mysql).await.map_err(unusable)
}

/// A file that may not grow any more (`ulimit -f`) is an error like a full disk, and no reason to be killed. It holds as
/// long as the process lives.
pub fn outlive_size_limit(runtime: &tokio::runtime::Runtime) {
    let _within = runtime.enter();
    // Where it cannot be caught, it ends the process as before.
    drop(signal(SignalKind::from_raw(SIGXFSZ)));
}

/// The same number on every system that this runs on.
const SIGXFSZ: i32 = 25;

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| Failure::failed(format!("signals cannot be handled: {error}")))
        };
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    async fn handle(mut self, reload: Reload, stop: Stop) {
        loop {
            tokio::select! {
                Some(()) = self.hang_up.recv() => {
                    reload.run();
                    continue;
                }
                Some(()) = self.terminate.recv() => {}
                Some(()) = self.interrupt.recv() => {}
                else => return,
            }
            if stop.is_requested() {
                // Told twice: whoever waits at the terminal means now. What was acknowledged is in the database.
                std::process::exit(i32::from(Exit::Failed as u8));
            }
            tracing::info!("told to stop; finishing what is under way");
            stop.request();
        }
    }
}

/// What SIGHUP reads again.
struct Reload {
    log: log::Handle,
    sources: Sources,
    tls: Option<Tls>,
}

impl Reload {
    /// Each by itself: a fault of the one is no reason to keep the other.
    fn run(&self) {
        self.log.reopen();
        match self.sources.load() {
            Ok(config) => {
                if self.log.set_level(&config.log.level).is_ok() {
                    tracing::info!(log_level = config.log.level, "log reopened");
                }
            }
            Err(faults) => tracing::warn!(%faults, "the configuration has faults; the log keeps its level"),
        }
        match self.tls.as_ref().map(Tls::reload) {
            Some(Ok(())) => tracing::info!("certificate read again"),
            Some(Err(error)) => tracing::error!(%error, "the old certificate stays in use"),
            None => {}
        }
    }
}
