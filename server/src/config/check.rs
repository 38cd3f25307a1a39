//! What the settings may be. Every rule adds its own fault, so that one look shows all that is wrong.
//! A fault names the setting, says what is wrong and what would be right; it never repeats a secret.

mod door;

use std::fmt;

use super::{App, Auth, Config, Database, Log, Server, redact_url};

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, environment variable or flag it came from; empty when only the value is known.
    pub origin: String,
    /// The setting as `section.key`; empty when the whole source is at fault.
    pub key: String,
    pub message: String,
}

impl Fault {
    pub(super) fn new(origin: impl Into<String>, key: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            key: key.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [&self.origin, &self.key] {
            if !part.is_empty() {
                write!(f, "{part}: ")?;
            }
        }
        f.write_str(&self.message)
    }
}

/// All of them, one a line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

/// Collects faults of one section.
struct Section<'a> {
    name: &'static str,
    faults: &'a mut Vec<Fault>,
}

impl Section<'_> {
    fn fault(&mut self, key: &str, message: impl Into<String>) {
        self.faults
            .push(Fault::new("", format!("{}.{key}", self.name), message));
    }

    fn between(&mut self, key: &str, value: u64, least: u64, most: u64) {
        if !(least..=most).contains(&value) {
            self.fault(key, format!("{value} is outside {least} to {most}"));
        }
    }

    fn one_of(&mut self, key: &str, value: &str, allowed: &[&str]) {
        if !allowed.contains(&value) {
            self.fault(key, format!("`{value}` is none of {}", allowed.join(", ")));
        }
    }

    fn http_url(&mut self, key: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let is_good = url::Url::parse(value)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_good {
            self.fault(
                key,
                format!("`{}` is no http:// or https:// address", redact_url(value)),
            );
        }
    }
}

pub(super) fn check(config: &Config) -> Result<(), Faults> {
    let mut faults = Vec::new();
    check_server(
        &config.server,
        &mut Section {
            name: "server",
            faults: &mut faults,
        },
    );
    check_auth(
        &config.auth,
        &mut Section {
            name: "auth",
            faults: &mut faults,
        },
    );
    check_database(
        &config.database,
        &mut Section {
            name: "database",
            faults: &mut faults,
        },
    );
    check_log(
        &config.log,
        &mut Section {
            name: "log",
            faults: &mut faults,
        },
    );
    check_app(
        &config.app,
        &mut Section {
            name: "app",
            faults: &mut faults,
        },
    );
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Faults(faults))
    }
}

fn check_server(server: &Server, section: &mut Section<'_>) {
    door::check(server, section);
    section.http_url("public_url", &server.public_url);
    section.between("max_connections", server.max_connections as u64, 1, 1_000_000);
    for (key, secs) in [
        ("handshake_timeout_secs", server.handshake_timeout_secs),
        ("first_byte_timeout_secs", server.first_byte_timeout_secs),
        ("header_timeout_secs", server.header_timeout_secs),
        ("body_timeout_secs", server.body_timeout_secs),
        ("request_timeout_secs", server.request_timeout_secs),
        ("write_timeout_secs", server.write_timeout_secs),
        ("idle_timeout_secs", server.idle_timeout_secs),
        ("ping_secs", server.ping_secs),
    ] {
        section.between(key, secs, 1, 3600);
    }
    section.between(
        "max_streams_per_user",
        server.max_streams_per_user as u64,
        0,
        1_000_000,
    );
    section.between("drain_secs", server.drain_secs, 0, 3600);
    section.between(
        "max_body_bytes",
        server.max_body_bytes as u64,
        1024,
        64 * 1024 * 1024,
    );
    section.between(
        "max_import_bytes",
        server.max_import_bytes as u64,
        1024,
        1024 * 1024 * 1024,
    );
    section.between("max_imports", server.max_imports as u64, 1, 100);
    if !server.cursor_key.is_empty() && server.cursor_key.expose().len() < 32 {
        section.fault("cursor_key", "is shorter than 32 characters");
    }
}

/// The defaults are the least that is taken.
fn check_auth(auth: &Auth, section: &mut Section<'_>) {
    let least = Auth::default();
    for (key, value, least, most) in [
        (
            "argon2_memory_kib",
            auth.argon2_memory_kib,
            least.argon2_memory_kib,
            1024 * 1024,
        ),
        (
            "argon2_iterations",
            auth.argon2_iterations,
            least.argon2_iterations,
            64,
        ),
        (
            "argon2_parallelism",
            auth.argon2_parallelism,
            least.argon2_parallelism,
            64,
        ),
    ] {
        section.between(key, value.into(), least.into(), most);
    }
}

fn check_database(database: &Database, section: &mut Section<'_>) {
    for url in &database.urls {
        if let Some(message) = fault_of_url(url.expose()) {
            section.fault("urls", message);
        }
    }
    let sqlite = database.urls.iter().filter(|url| url.is_sqlite()).count();
    if sqlite > 1 {
        section.fault(
            "urls",
            "holds several SQLite files; there is no failover between files, name one",
        );
    } else if sqlite == 1 && database.urls.len() > 1 {
        section.fault(
            "urls",
            "mixes SQLite and MySQL; name the databases of one cluster, or one SQLite file",
        );
    }
    section.between("max_connections", u64::from(database.max_connections), 1, 1000);
    for (key, secs) in [
        ("acquire_timeout_secs", database.acquire_timeout_secs),
        ("statement_timeout_secs", database.statement_timeout_secs),
        ("retry_deadline_secs", database.retry_deadline_secs),
    ] {
        section.between(key, secs, 1, 600);
    }
}

fn fault_of_url(text: &str) -> Option<String> {
    let shown = redact_url(text);
    if let Some(path) = text.strip_prefix("sqlite:") {
        let path = path.trim_start_matches("//");
        return path.contains(":memory:").then(|| {
            format!("`{shown}` is lost at the end, and each connection would get its own; name a file")
        });
    }
    match url::Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "mysql" | "mariadb") => {
            if !url.has_host() {
                return Some(format!("`{shown}` names no host"));
            }
            (url.path().trim_matches('/').is_empty())
                .then(|| format!("`{shown}` names no database: mysql://user:password@host/NAME"))
        }
        _ => Some(format!(
            "`{shown}` is neither mysql://user:password@host/name nor sqlite:///path/file.db"
        )),
    }
}

fn check_log(log: &Log, section: &mut Section<'_>) {
    if let Err(error) = crate::log::parse_level(&log.level) {
        section.fault("level", error.to_string());
    }
    section.between("max_bytes", log.max_bytes, 4096, 1 << 40);
    section.between("keep", u64::from(log.keep), 0, 1000);
}

fn check_app(app: &App, section: &mut Section<'_>) {
    section.http_url("server", &app.server);
    section.one_of("theme", &app.theme, &["ansi", "mono"]);
    section.one_of("charset", &app.charset, &["auto", "utf8", "ascii"]);
    let is_code = app.currency.len() == 3 && app.currency.bytes().all(|byte| byte.is_ascii_uppercase());
    if !app.currency.is_empty() && !is_code {
        section.fault(
            "currency",
            format!("`{}` is no ISO 4217 code such as EUR", app.currency),
        );
    }
    for (action, keys) in &app.keys {
        let is_good = match keys {
            toml::Value::String(_) => true,
            toml::Value::Array(list) => list.iter().all(toml::Value::is_str),
            _ => false,
        };
        if !is_good {
            section.fault(
                &format!("keys.{action}"),
                "is neither a key nor a list of keys, such as \"x\" or [\"x\", \"ctrl-x\"]",
            );
        }
    }
    for (colour, value) in &app.palette {
        if !value.is_str() {
            section.fault(&format!("palette.{colour}"), "is no colour name or #rrggbb text");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DatabaseUrl, Secret};
    use super::*;

    fn keys_at_fault(change: impl FnOnce(&mut Config)) -> Vec<String> {
        let mut config = Config::default();
        change(&mut config);
        config
            .check()
            .err()
            .unwrap_or_default()
            .0
            .into_iter()
            .map(|fault| fault.key)
            .collect()
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let keys = keys_at_fault(|config| {
            config.server.max_connections = 0;
            config.server.body_timeout_secs = 0;
            config.database.urls = vec!["mysql://db".into(), "postgres://db/x".into()];
            config.log.level = "loud".into();
            config.app.theme = "pink".into();
            config.app.currency = "euro".into();
        });
        assert_eq!(
            keys,
            [
                "server.max_connections",
                "server.body_timeout_secs",
                "database.urls",
                "database.urls",
                "log.level",
                "app.theme",
                "app.currency"
            ]
        );
    }

    #[test]
    fn the_work_of_a_hash_is_only_raised() {
        let keys = keys_at_fault(|config| {
            config.auth.argon2_memory_kib = 19_455;
            config.auth.argon2_iterations = 1;
            config.auth.argon2_parallelism = 0;
        });
        assert_eq!(
            keys,
            [
                "auth.argon2_memory_kib",
                "auth.argon2_iterations",
                "auth.argon2_parallelism"
            ]
        );
        let raised = keys_at_fault(|config| {
            config.auth.argon2_memory_kib = 65_536;
            config.auth.argon2_iterations = 3;
        });
        assert!(raised.is_empty(), "{raised:?}");
    }

    #[test]
    fn urls_are_of_one_kind_and_never_in_memory() {
        for bad in [
            vec!["sqlite::memory:"],
            vec!["sqlite:///a.db", "sqlite:///b.db"],
            vec!["sqlite:///a.db", "mysql://u:p@h/n"],
            vec!["msql://u:p@h/n"],
            vec!["u:p@h/n"],
        ] {
            let urls = bad.iter().map(|url| DatabaseUrl::from(*url)).collect();
            assert_eq!(
                keys_at_fault(|config| config.database.urls = urls),
                ["database.urls"],
                "{bad:?}"
            );
        }
        let cluster = vec![
            "mysql://u:p@h/n?socket=/run/m.sock".into(),
            "mariadb://u:p@h2/n".into(),
        ];
        assert!(keys_at_fault(|config| config.database.urls = cluster).is_empty());
    }

    #[test]
    fn a_fault_does_not_repeat_a_secret() {
        let mut config = Config::default();
        config.database.urls = vec!["msql://u:hunter2@h/n".into()];
        config.server.cursor_key = Secret::from("hunter2");
        let shown = config.check().unwrap_err().to_string();
        assert_eq!(shown.lines().count(), 2, "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_level_may_differ_by_module_but_not_be_nonsense() {
        for good in ["info", "warn,server::http=debug", "off"] {
            assert!(
                keys_at_fault(|config| config.log.level = good.into()).is_empty(),
                "{good}"
            );
        }
        for bad in ["", "verbose!", "server=loud"] {
            assert_eq!(
                keys_at_fault(|config| config.log.level = bad.into()),
                ["log.level"],
                "{bad}"
            );
        }
    }
}
