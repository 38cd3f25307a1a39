//! `/livez` and `/readyz`: is the process alive, and can it do its work.

use super::Tag;
use super::reply::{Found, Reply};
use crate::error::{AppError, Result};
use crate::run::Stop;
use crate::state::AppState;
use poem_openapi::{Object, OpenApi};
use serde::Serialize;

/// The resource.
#[derive(Debug)]
pub struct HealthApi {
    /// The server's state.
    pub state: AppState,
    /// Whether the server has been told to stop.
    pub stop: Stop,
}

/// How the server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Object)]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// The server's version.
    pub version: String,
    /// The moment by the server's clock.
    pub now: api::instant::Instant,
}

#[OpenApi(tag = "Tag::Health")]
impl HealthApi {
    /// Is it alive
    ///
    /// Answers without asking the database.
    #[oai(path = "/livez", method = "get", operation_id = "livez")]
    #[expect(clippy::unused_async, reason = "poem-openapi awaits every operation")]
    async fn livez(&self) -> Result<Found<Health>> {
        Ok(Reply::new(self.health()))
    }

    /// Is it ready
    ///
    /// 503 while the database is away or its disk cannot be written to, its schema is not this server's, or the server is
    /// stopping.
    #[oai(path = "/readyz", method = "get", operation_id = "readyz")]
    async fn readyz(&self) -> Result<Found<Health>> {
        if self.stop.is_requested() {
            return Err(AppError::Unavailable("stopping".into()));
        }
        self.state.db.ping().await.map_err(|error| match error {
            AppError::Storage(..) => error,
            other => AppError::Unavailable(other.to_string()),
        })?;
        Ok(Reply::new(self.health()))
    }

    fn health(&self) -> Health {
        Health {
            status: "ok".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            now: self.state.now(),
        }
    }
}
