//! Every setting of the server and of the app: its name, its type, its default.
//! Where the values come from is in `config/source.rs`, what they may be in `config/check.rs`,
//! what must never be printed in `config/secret.rs`. No other file reads the environment for a setting.

mod check;
mod hint;
mod network;
mod secret;
mod source;

pub use check::{Fault, Faults};
pub use network::Network;
pub use secret::{DatabaseUrl, Secret, redact_url};
pub use source::Sources;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The whole configuration, as in `config.toml`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub auth: Auth,
    pub database: Database,
    pub log: Log,
    pub app: App,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    pub listen: String,
    /// With both files the server speaks TLS and nothing else.
    pub tls_cert_file: String,
    pub tls_key_file: String,
    /// The reverse proxies before this server: they are believed about the client's address, and on an address that
    /// other machines reach nobody else is let in.
    pub proxies: Vec<Network>,
    /// Origins whose scripts may read answers in a browser.
    pub cors_origins: Vec<String>,
    /// What clients call this server, when a proxy stands before it. Empty: the address it listens on.
    pub public_url: String,
    pub docs: bool,
    pub max_connections: usize,
    pub max_connections_per_address: usize,
    /// For each token, and for each address of those without one; 0 is no limit.
    pub reads_per_minute: u32,
    pub writes_per_minute: u32,
    pub handshake_timeout_secs: u64,
    pub first_byte_timeout_secs: u64,
    pub header_timeout_secs: u64,
    pub body_timeout_secs: u64,
    pub request_timeout_secs: u64,
    pub write_timeout_secs: u64,
    pub idle_timeout_secs: u64,
    /// Between two signs of life on a stream of changes.
    pub ping_secs: u64,
    pub max_streams_per_user: usize,
    pub drain_secs: u64,
    pub max_body_bytes: usize,
    pub max_import_bytes: usize,
    /// Files that are read at once; one more is sent away with a time to come again.
    pub max_imports: usize,
    /// Signs page cursors. Empty: the server makes one and keeps it with its data.
    pub cursor_key: Secret,
    pub cursor_key_file: String,
    /// Where this machine's own token is kept. Empty: see `Config::token_file`.
    pub token_file: String,
}

/// How people sign in. The work of a password's hash (argon2id) can be raised above its default, never lowered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    pub argon2_memory_kib: u32,
    pub argon2_iterations: u32,
    pub argon2_parallelism: u32,
    pub open_sign_up: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// In the order of failover. Empty: the `SQLite` file in the user's data folder, see `database_urls`.
    pub urls: Vec<DatabaseUrl>,
    pub urls_file: String,
    pub auto_migrate: bool,
    pub max_connections: u32,
    pub acquire_timeout_secs: u64,
    pub statement_timeout_secs: u64,
    pub retry_deadline_secs: u64,
    /// How long a deleted expense can be restored. 0: for ever.
    pub trash_days: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    pub level: String,
    pub format: LogFormat,
    /// Empty: standard error.
    pub file: String,
    pub max_bytes: u64,
    pub keep: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people on a terminal, JSON otherwise.
    #[default]
    Auto,
    Human,
    Json,
}

/// What the terminal app reads. The server only refuses what cannot be right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct App {
    pub server: String,
    pub ca_file: String,
    pub token_file: String,
    pub ledger: String,
    pub theme: String,
    pub palette: toml::Table,
    pub charset: String,
    pub date_format: String,
    pub timezone: String,
    pub currency: String,
    pub keys: toml::Table,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8000".to_owned(),
            tls_cert_file: String::new(),
            tls_key_file: String::new(),
            proxies: Vec::new(),
            cors_origins: Vec::new(),
            public_url: String::new(),
            docs: true,
            max_connections: 4096,
            max_connections_per_address: 256,
            reads_per_minute: 1200,
            writes_per_minute: 600,
            handshake_timeout_secs: 10,
            first_byte_timeout_secs: 10,
            header_timeout_secs: 10,
            body_timeout_secs: 15,
            request_timeout_secs: 30,
            write_timeout_secs: 30,
            idle_timeout_secs: 120,
            ping_secs: 15,
            max_streams_per_user: 8,
            drain_secs: 25,
            max_body_bytes: 256 * 1024,
            max_import_bytes: 16 * 1024 * 1024,
            max_imports: 2,
            cursor_key: Secret::default(),
            cursor_key_file: String::new(),
            token_file: String::new(),
        }
    }
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            argon2_memory_kib: 19_456,
            argon2_iterations: 2,
            argon2_parallelism: 1,
            open_sign_up: false,
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self {
            urls: Vec::new(),
            urls_file: String::new(),
            auto_migrate: false,
            max_connections: 10,
            acquire_timeout_secs: 2,
            statement_timeout_secs: 5,
            retry_deadline_secs: 5,
            trash_days: 30,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: LogFormat::Auto,
            file: String::new(),
            max_bytes: 10 * 1024 * 1024,
            keep: 5,
        }
    }
}

impl Default for App {
    fn default() -> Self {
        Self {
            server: String::new(),
            ca_file: String::new(),
            token_file: String::new(),
            ledger: String::new(),
            theme: "ansi".to_owned(),
            palette: toml::Table::new(),
            charset: "auto".to_owned(),
            date_format: String::new(),
            timezone: String::new(),
            currency: String::new(),
            keys: toml::Table::new(),
        }
    }
}

impl Config {
    /// The configuration of this machine and user: the standard files, or `file` in their place, then the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, Faults> {
        Sources::standard(file).load()
    }

    /// Every fault of the values, not only the first.
    pub fn check(&self) -> Result<(), Faults> {
        check::check(self)
    }

    /// As TOML for people to read. Secrets are `***`: their types cannot be written any other way.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// The databases to use, in the order of failover.
    pub fn database_urls(&self) -> Vec<DatabaseUrl> {
        if self.database.urls.is_empty() {
            let file = data_dir().join("expense.db");
            vec![DatabaseUrl::sqlite_file(&file)]
        } else {
            self.database.urls.clone()
        }
    }
}

impl Server {
    /// Whether it speaks TLS.
    pub fn has_tls(&self) -> bool {
        !self.tls_cert_file.is_empty() && !self.tls_key_file.is_empty()
    }

    pub fn drain(&self) -> Duration {
        Duration::from_secs(self.drain_secs)
    }
}

impl Config {
    /// Where this machine's own token is kept: `$XDG_STATE_HOME/expense/server.token` unless set.
    pub fn token_file(&self) -> PathBuf {
        if self.server.token_file.is_empty() {
            state_dir().join("server.token")
        } else {
            PathBuf::from(&self.server.token_file)
        }
    }
}

/// Where what this program remembers between runs lives: `$XDG_STATE_HOME/expense`.
pub fn state_dir() -> PathBuf {
    dirs::state_dir()
        .unwrap_or_else(|| PathBuf::from("/var/lib"))
        .join("expense")
}

/// Where this user's data lives: `$XDG_DATA_HOME/expense`.
pub fn data_dir() -> PathBuf {
    dirs::data_dir()
        .unwrap_or_else(|| PathBuf::from("/var/lib"))
        .join("expense")
}

/// Every setting with its default. What is unset by default is an empty text, list or table, so that every key is there.
pub fn defaults_toml() -> toml::Table {
    toml::Table::try_from(Config::default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commented_file_is_equal_to_the_defaults() {
        let file: toml::Table = include_str!("../../config.toml").parse().unwrap();
        assert_eq!(file, defaults_toml());
    }

    #[test]
    fn the_defaults_pass_their_own_check() {
        Config::default().check().unwrap();
    }

    #[test]
    fn without_urls_the_file_in_the_data_folder_is_used() {
        let urls = Config::default().database_urls();
        assert_eq!(urls.len(), 1);
        let url = urls[0].expose();
        assert!(
            url.starts_with("sqlite://") && url.contains("/expense/expense.db"),
            "{url}"
        );
    }

    #[test]
    fn nothing_printed_holds_a_secret() {
        let mut config = Config::default();
        config.database.urls = vec![DatabaseUrl::from("mysql://ana:hunter2@db/expense")];
        config.server.cursor_key = Secret::from("0123456789abcdef0123456789abcdef");
        let printed = format!("{}\n{config:?}", config.to_toml().unwrap());
        assert!(!printed.contains("hunter2"), "{printed}");
        assert!(!printed.contains("0123456789abcdef"), "{printed}");
        assert!(printed.contains("mysql://ana:***@db/expense"), "{printed}");
    }
}
