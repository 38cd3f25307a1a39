//! The `[app]` section of the configuration file. The other sections are the server's and are passed over here, so
//! that this works in a build without the server.

use super::{Env, Places, SettingsError, Zone};
use crate::dates::Dates;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

/// The `[app]` section. An empty text is a setting that is not made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AppConfig {
    pub server: String,
    pub ca_file: String,
    pub token_file: String,
    pub ledger: String,
    pub theme: String,
    pub charset: String,
    pub date_format: String,
    pub timezone: String,
    pub currency: String,
    /// Colours by meaning.
    pub palette: BTreeMap<String, String>,
    /// Keys by action.
    pub keys: BTreeMap<String, KeyNames>,
}

impl Default for AppConfig {
    fn default() -> Self {
        Self {
            server: String::new(),
            ca_file: String::new(),
            token_file: String::new(),
            ledger: String::new(),
            theme: "ansi".to_owned(),
            charset: "auto".to_owned(),
            date_format: String::new(),
            timezone: String::new(),
            currency: String::new(),
            palette: BTreeMap::new(),
            keys: BTreeMap::new(),
        }
    }
}

/// The keys of an action: one or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum KeyNames {
    One(String),
    Several(Vec<String>),
}

impl KeyNames {
    /// All of them.
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

/// Read before the user's own.
const SYSTEM_FILE: &str = "/etc/expense/config.toml";

impl AppConfig {
    /// Reads the files there are, or only the one that is named, and the environment over them. Gives the files read.
    pub(super) fn load(
        named: Option<&Path>,
        places: &Places,
        env: &Env,
    ) -> Result<(Self, Vec<PathBuf>), SettingsError> {
        let candidates = match named {
            Some(path) => vec![path.to_owned()],
            None => vec![PathBuf::from(SYSTEM_FILE), places.config.join("config.toml")],
        };
        let (mut section, mut read) = (Table::new(), Vec::new());
        for path in candidates {
            match std::fs::read_to_string(&path) {
                Ok(text) => overlay(&mut section, section_of(&text, &path)?),
                Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => continue,
                Err(error) => return Err(failed(&path, &error.to_string())),
            }
            read.push(path);
        }
        for (name, value) in env.with_prefix("EXPENSE__APP__") {
            overlay(&mut section, from_variable(name, value));
        }
        let config = Self::deserialize(Value::Table(section)).map_err(|error| {
            let files: Vec<_> = read.iter().map(|path| path.display().to_string()).collect();
            SettingsError::new(format!(
                "In [app] of {}: {}",
                files.join(" and "),
                one_line(&error.to_string())
            ))
        })?;
        config.check()?;
        Ok((config, read))
    }

    fn check(&self) -> Result<(), SettingsError> {
        let one_of = |name: &str, value: &str, choices: &[&str]| {
            if choices.contains(&value) {
                return Ok(());
            }
            let choices = choices.join(", ");
            Err(SettingsError::new(format!(
                "app.{name} is {value:?} - choose one of {choices}"
            )))
        };
        one_of("theme", &self.theme, &["ansi", "mono"])?;
        one_of("charset", &self.charset, &["auto", "utf8", "ascii"])?;
        if !self.currency.is_empty() && api::currency::Currency::parse(&self.currency).is_none() {
            return Err(SettingsError::new(format!(
                "app.currency is {:?} - write an ISO 4217 code such as EUR",
                self.currency
            )));
        }
        Zone::of_name(&self.timezone).map_err(|why| SettingsError::new(format!("app.timezone is {why}")))?;
        Dates::of_format(&self.date_format)
            .map_err(|why| SettingsError::new(format!("app.date_format is {why}")))?;
        Ok(())
    }
}

/// `EXPENSE__APP__KEYS__ADD` is `[app.keys] add`; the value is one of TOML, or a bare text.
fn from_variable(name: &str, text: &str) -> Table {
    let value = toml::from_str::<Table>(&format!("value = {text}"))
        .ok()
        .and_then(|mut table| table.remove("value"));
    let mut value = value.unwrap_or_else(|| Value::String(text.to_owned()));
    let name = name.to_lowercase();
    let mut parts = name.rsplit("__");
    let last = parts.next().unwrap_or_default().to_owned();
    let mut table = Table::from_iter([(last, value)]);
    for part in parts {
        value = Value::Table(table);
        table = Table::from_iter([(part.to_owned(), value)]);
    }
    table
}

fn section_of(text: &str, path: &Path) -> Result<Table, SettingsError> {
    let mut all: Table = toml::from_str(text).map_err(|error| failed(path, &one_line(&error.to_string())))?;
    match all.remove("app") {
        None => Ok(Table::new()),
        Some(Value::Table(section)) => Ok(section),
        Some(_) => Err(failed(path, "app is a section: write [app] on a line of its own")),
    }
}

/// Lays the settings of `upper` over those of `lower`, tables within tables.
fn overlay(lower: &mut Table, upper: Table) {
    for (name, value) in upper {
        match (lower.get_mut(&name), value) {
            (Some(Value::Table(below)), Value::Table(above)) => overlay(below, above),
            (_, value) => drop(lower.insert(name, value)),
        }
    }
}

fn failed(path: &Path, why: &str) -> SettingsError {
    SettingsError::new(format!(
        "The configuration {} cannot be read: {why}",
        path.display()
    ))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
