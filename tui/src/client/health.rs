//! Whether the server lives and whether it can work.

use super::{Api, Reply, Request};
use api::instant::Instant;
use serde::Deserialize;

/// What the server says about itself. Everything in it is optional: a server says as much as it knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Health {
    pub version: Option<String>,
    /// The moment by the server's clock.
    pub now: Option<Instant>,
}

impl dyn Api {
    /// The server's process answers.
    pub fn livez(&self) -> Reply<Health> {
        self.ask(Request::get("livez", "/livez").of_server())
    }

    /// The server can read and write its database.
    pub fn readyz(&self) -> Reply<Health> {
        self.ask(Request::get("readyz", "/readyz").of_server())
    }
}
