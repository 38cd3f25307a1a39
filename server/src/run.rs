//! What the commands do, from a checked configuration to an answer or a `Failure`: the wiring of the process.
//! Signals are handled here and nowhere else.

use std::fmt;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use crate::cli::{self, Exit};
use crate::config::{Config, Sources};
use crate::http::accept::{self, Limits};
use crate::log;

/// Why a command ended badly: the exit code for scripts, the sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
}

impl Failure {
    pub fn failed(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Failed,
            message: message.into(),
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
        Self {
            exit: Exit::Configuration,
            message: error.to_string(),
        }
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

/// Serves until SIGTERM or SIGINT, then finishes what is under way. SIGHUP reads the log's level again and reopens
/// its file; `sources` is where the configuration came from.
pub async fn serve(config: Config, log: log::Handle, sources: Sources) -> Result<(), Failure> {
    let signals = Signals::new()?;
    let stop = Stop::default();
    let app = app(&config, &stop).await?;
    let listener = TcpListener::bind(&config.server.listen).await.map_err(|error| {
        Failure::failed(format!("{} cannot be listened on: {error}", config.server.listen))
    })?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::failed(error.to_string()))?;
    tracing::info!(%address, "listening");
    // Data, not talk: whoever asked for port 0 reads it here.
    cli::print(&format!(
        "listening on http://{address}, documentation at http://{address}/docs"
    ))?;

    tokio::spawn(signals.handle(log, sources, stop.clone()));
    let drained = accept::serve(listener, app, Limits::from(&config), stop.requested()).await;
    tracing::info!(cut = drained.cut, "stopped");
    Ok(())
}

/// Everything behind the socket.
#[expect(clippy::unused_async, reason = "the database joins here")]
async fn app(config: &Config, stop: &Stop) -> Result<poem::Route, Failure> {
    let _ = (config, stop);
    Ok(poem::Route::new())
}

/// Applies what is missing and says what it did.
#[expect(clippy::unused_async, reason = "the database joins here")]
pub async fn migrate_up(config: Config) -> Result<String, Failure> {
    let _ = config;
    Err(Failure::failed("there is no database yet"))
}

/// One line a migration.
#[expect(clippy::unused_async, reason = "the database joins here")]
pub async fn migrate_status(config: Config) -> Result<String, Failure> {
    let _ = config;
    Err(Failure::failed("there is no database yet"))
}

/// The tables, as Markdown.
#[expect(clippy::unused_async, reason = "the database joins here")]
pub async fn schema_print(config: Config) -> Result<String, Failure> {
    let _ = config;
    Err(Failure::failed("there is no database yet"))
}

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

    async fn handle(mut self, log: log::Handle, sources: Sources, stop: Stop) {
        loop {
            tokio::select! {
                Some(()) = self.hang_up.recv() => {
                    reload(&log, &sources);
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

fn reload(log: &log::Handle, sources: &Sources) {
    log.reopen();
    match sources.load() {
        Ok(config) => {
            if log.set_level(&config.log.level).is_ok() {
                tracing::info!(log_level = config.log.level, "log reopened");
            }
        }
        Err(faults) => tracing::warn!(%faults, "the configuration has faults; the log keeps its level"),
    }
}
