//! Whether the server lives and whether it can work.

use super::{Api, Reply, Request};
use serde::Deserialize;

/// What `/readyz` says. Everything in it is optional: a server says as much as it knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Readiness {
    pub version: Option<String>,
    pub checks: Vec<ReadinessCheck>,
}

/// One thing the server needs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ReadinessCheck {
    pub name: String,
    pub is_ok: bool,
    pub detail: Option<String>,
}

impl dyn Api {
    /// The server's process answers. Gives the version it names.
    pub fn livez(&self) -> Reply<Option<String>> {
        let answer = self.call(Request::get("livez", "/livez").of_server());
        Box::pin(async move { Ok(answer.await?.server_version) })
    }

    /// The server can read and write its database.
    pub fn readyz(&self) -> Reply<Readiness> {
        let answer = self.call(Request::get("readyz", "/readyz").of_server());
        // A body of another form is no fault: the status says it all.
        Box::pin(async move { Ok(serde_json::from_slice(&answer.await?.body).unwrap_or_default()) })
    }
}
