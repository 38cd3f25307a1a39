//! What every request can reach: the database, the clock, the key that cursors are signed with. Made once.

use crate::clock::Clock;
use crate::db::Db;
use crate::run::Stop;
use crate::service::gate::Gate;
use crate::service::machine::RunToken;
use crate::service::password::Passwords;
use crate::service::token_use::TokenUse;
use api::instant::Instant;
use std::sync::Arc;
use std::time::Duration;

/// The server's state. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The database.
    pub db: Arc<Db>,
    /// The clock.
    pub clock: Clock,
    /// What cursors are signed with; the same on every server of a database.
    pub cursor_key: Arc<[u8; 32]>,
    /// How long a request waits for an operation that it began; the rest is done beside the requests.
    pub patience: Duration,
    /// Ends what is done beside the requests.
    pub stop: Stop,
    /// Uses of tokens that are not stored yet.
    pub token_use: TokenUse,
    /// The token of this run, where the database could not take it.
    pub run_token: RunToken,
    /// How passwords are hashed.
    pub passwords: Arc<Passwords>,
    /// How many files are read at once.
    pub import_gate: Gate,
    /// How streams of changes are kept.
    pub streams: Streams,
    /// Whether everybody may make an account for themselves.
    pub is_sign_up_open: bool,
    /// How long a deleted expense can be restored; `None` for ever.
    pub trash: Option<chrono::TimeDelta>,
}

/// How streams of changes are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Streams {
    /// Between two signs of life.
    pub ping: Duration,
    /// How many one person may have.
    pub most_of_user: usize,
}

impl AppState {
    /// The moment, as the database keeps it.
    pub fn now(&self) -> Instant {
        Instant::new(self.clock.now())
    }
}
