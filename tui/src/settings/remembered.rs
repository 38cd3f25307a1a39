//! What was chosen in the app and holds for the next run: the server to open, the ledger on each server, and the token
//! of each sign-in, in files of the state folder that only their user can read. The user's own configuration is never
//! written.

use super::{Places, SettingsError, write_private};
use crate::client::{Token, shown};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use url::Url;

/// The choices.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// The server to open; `None` is the one that the configuration names, or the one inside the app.
    pub server: Option<String>,
    /// The id of the ledger that was last open, by server.
    ledgers: BTreeMap<String, String>,
    #[serde(skip)]
    path: PathBuf,
}

impl Remembered {
    /// As the file has it. One that cannot be read is nothing to stop for: it holds choices, no data.
    pub(super) fn load(places: &Places) -> Result<Self, SettingsError> {
        let path = places.state.join("servers.json");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => {
                let why = format!("{} cannot be read: {error}", path.display());
                return Err(SettingsError::new(why));
            }
        };
        let read: Self = serde_json::from_str(&text).unwrap_or_default();
        Ok(Self { path, ..read })
    }

    /// The ledger that was last open there.
    pub fn ledger(&self, server: Option<&Url>) -> Option<&str> {
        self.ledgers.get(&name_of(server)).map(String::as_str)
    }

    /// Opens this ledger there the next time.
    pub fn keep_ledger(&mut self, server: Option<&Url>, id: &str) -> io::Result<()> {
        self.ledgers.insert(name_of(server), id.to_owned());
        self.write()
    }

    /// Opens this server the next time.
    pub fn keep_server(&mut self, server: Option<&Url>) -> io::Result<()> {
        self.server = server.map(shown);
        self.write()
    }

    fn write(&self) -> io::Result<()> {
        write_private(&self.path, &serde_json::to_string_pretty(self)?)
    }
}

fn name_of(server: Option<&Url>) -> String {
    server.map_or_else(|| "local".to_owned(), shown)
}

/// Where the token of a sign-in lies: a file a server, named after its origin.
pub(super) fn token_path(places: &Places, server: &Url) -> PathBuf {
    let host = server.host_str().unwrap_or_default();
    let host: String = host
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' || c == '-' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let port = server.port_or_known_default().unwrap_or_default();
    let name = format!("{}_{host}_{port}.token", server.scheme());
    places.state.join("tokens").join(name)
}

impl Places {
    /// Keeps the token of a sign-in.
    pub fn keep_token(&self, server: &Url, token: &Token) -> io::Result<()> {
        write_private(&token_path(self, server), &format!("{}\n", token.secret()))
    }

    /// Forgets it; says whether there was one.
    pub fn drop_token(&self, server: &Url) -> io::Result<bool> {
        match std::fs::remove_file(token_path(self, server)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}
