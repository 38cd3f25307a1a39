//! Where the settings come from: defaults, files, environment, flags, each over the one before.
//! Unknown names and wrong types are found here, with the source they stand in, and all told at once;
//! whether a value makes sense is `config/check.rs`. The current folder is never looked at.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use super::hint::{fault_of_type, nearest};
use super::{Config, DatabaseUrl, Fault, Faults, Secret, defaults_toml};

const ENV_PREFIX: &str = "EXPENSE__";

/// Tables in which any name may stand.
const FREE_TABLES: [&str; 2] = ["app.keys", "app.palette"];

/// Everything that a configuration is made from, in the order of rising weight.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Read when they exist.
    pub optional_files: Vec<PathBuf>,
    /// Must exist.
    pub required_files: Vec<PathBuf>,
    /// Names and values; only `EXPENSE__SECTION__KEY` is looked at.
    pub environment: Vec<(String, String)>,
    /// (how it was given, `section.key`, value), such as `("--listen", "server.listen", "127.0.0.1:0")`.
    pub flags: Vec<(String, String, String)>,
}

impl Sources {
    /// Those of this machine and user. `file` stands in the place of both standard files.
    pub fn standard(file: Option<&Path>) -> Self {
        let optional_files = if file.is_some() {
            Vec::new()
        } else {
            let mut files = vec![PathBuf::from("/etc/expense/config.toml")];
            files.extend(dirs::config_dir().map(|folder| folder.join("expense").join("config.toml")));
            files
        };
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| {
                let name = name
                    .into_string()
                    .ok()
                    .filter(|name| name.starts_with(ENV_PREFIX))?;
                // What is not UTF-8 fails as a value, with its name, instead of being skipped in silence.
                Some((name, value.to_string_lossy().into_owned()))
            })
            .collect();
        Self {
            optional_files,
            required_files: file.map(Path::to_owned).into_iter().collect(),
            environment,
            flags: Vec::new(),
        }
    }

    /// Reads, merges and checks.
    pub fn load(&self) -> Result<Config, Faults> {
        let mut merged = Merged {
            table: defaults_toml(),
            defaults: defaults_toml(),
            origins: BTreeMap::new(),
            faults: Vec::new(),
        };
        for file in &self.optional_files {
            merged.file(file, false);
        }
        for file in &self.required_files {
            merged.file(file, true);
        }
        let mut environment: Vec<_> = self
            .environment
            .iter()
            .filter(|(name, _)| name.starts_with(ENV_PREFIX))
            .collect();
        environment.sort();
        for (name, value) in environment {
            merged.variable(name, value);
        }
        for (origin, key, value) in &self.flags {
            merged.text(origin, key, value);
        }
        merged.finish()
    }
}

struct Merged {
    table: Table,
    defaults: Table,
    /// By `section.key`: where the value in force was written.
    origins: BTreeMap<String, String>,
    faults: Vec<Fault>,
}

impl Merged {
    fn fault(&mut self, origin: &str, key: &str, message: impl Into<String>) {
        self.faults.push(Fault::new(origin, key, message));
    }

    fn file(&mut self, path: &Path, is_required: bool) {
        let origin = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_required => return,
            Err(error) => return self.fault(&origin, "", format!("cannot be read: {error}")),
        };
        match text.parse::<Table>() {
            Ok(table) => self.table(&origin, table),
            Err(error) => {
                // The library's own picture of the place would print the line, and a line may hold a password.
                let before = error
                    .span()
                    .and_then(|span| text.get(..span.start))
                    .unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                self.fault(
                    &origin,
                    "",
                    format!("line {line}: {}", error.message().replace('\n', " ")),
                );
            }
        }
    }

    fn table(&mut self, origin: &str, table: Table) {
        for (section, value) in table {
            let Some(known) = self.defaults.get(&section).and_then(Value::as_table).cloned() else {
                let hint = nearest(&section, self.defaults.keys().map(String::as_str))
                    .map(|near| format!("[{near}]"));
                self.unknown(origin, &section, hint);
                continue;
            };
            let Value::Table(keys) = value else {
                self.fault(
                    origin,
                    &section,
                    format!("is a section: write [{section}] on a line of its own"),
                );
                continue;
            };
            for (key, value) in keys {
                let path = format!("{section}.{key}");
                if known.contains_key(&key) {
                    self.set(origin, &path, value);
                } else {
                    let hint = self.suggestion(&section, &key);
                    self.unknown(origin, &path, hint);
                }
            }
        }
    }

    fn unknown(&mut self, origin: &str, key: &str, hint: Option<String>) {
        let hint = hint
            .map(|near| format!("; did you mean {near}?"))
            .unwrap_or_default();
        self.fault(origin, key, format!("there is no such setting{hint}"));
    }

    /// The nearest name of the same section, else the same name in another section.
    fn suggestion(&self, section: &str, key: &str) -> Option<String> {
        let keys_of = |name: &str| self.defaults.get(name).and_then(Value::as_table);
        let near = keys_of(section).and_then(|keys| nearest(key, keys.keys().map(String::as_str)));
        if let Some(near) = near {
            return Some(format!("{section}.{near}"));
        }
        let mut others = self
            .defaults
            .iter()
            .filter_map(|(name, keys)| Some((name, keys.as_table()?)));
        others.find_map(|(name, keys)| {
            nearest(key, keys.keys().map(String::as_str)).map(|near| format!("{name}.{near}"))
        })
    }

    fn variable(&mut self, name: &str, value: &str) {
        let rest = name.strip_prefix(ENV_PREFIX).unwrap_or(name).to_ascii_lowercase();
        let Some((section, key)) = rest.split_once("__") else {
            return self.fault(
                name,
                "",
                format!("a setting is named {ENV_PREFIX}SECTION__KEY, such as {ENV_PREFIX}SERVER__LISTEN"),
            );
        };
        let is_known = self
            .defaults
            .get(section)
            .and_then(Value::as_table)
            .is_some_and(|keys| keys.contains_key(key));
        if is_known {
            return self.text(name, &format!("{section}.{key}"), value);
        }
        let near_section = nearest(section, self.defaults.keys().map(String::as_str))
            .unwrap_or(section)
            .to_owned();
        let hint = self
            .suggestion(&near_section, key)
            .map(|near| format!("{ENV_PREFIX}{}", near.replace('.', "__").to_ascii_uppercase()));
        self.unknown(name, "", hint);
    }

    /// A value given as text: TOML, or bare where a text is wanted.
    fn text(&mut self, origin: &str, path: &str, text: &str) {
        let parsed = format!("value = {text}")
            .parse::<Table>()
            .ok()
            .and_then(|mut table| table.remove("value"));
        let wanted = lookup(&self.defaults, path);
        let value = match (wanted, parsed) {
            (Some(Value::String(_)), Some(Value::String(quoted))) => Value::String(quoted),
            (Some(Value::String(_)), _) => Value::String(text.to_owned()),
            // One address needs no brackets.
            (Some(Value::Array(_)), None) => Value::Array(vec![Value::String(text.to_owned())]),
            (Some(Value::Array(_)), Some(Value::String(one))) => Value::Array(vec![Value::String(one)]),
            (_, Some(value)) => value,
            (_, None) => Value::String(text.to_owned()),
        };
        self.set(origin, path, value);
    }

    fn set(&mut self, origin: &str, path: &str, value: Value) {
        let Some((section, key)) = path.split_once('.') else {
            return;
        };
        if let Some(message) = lookup(&self.defaults, path).and_then(|default| fault_of_type(default, &value))
        {
            return self.fault(origin, path, message);
        }
        // Alone, so that what else is wrong cannot hide it: a word that is none of those allowed, a number too large.
        let keys = Table::from_iter([(key.to_owned(), value.clone())]);
        if let Err(error) = Config::deserialize(Table::from_iter([(section.to_owned(), Value::Table(keys))]))
        {
            return self.fault(origin, path, error.message().replace('\n', " "));
        }
        let Some(Value::Table(keys)) = self.table.get_mut(section) else {
            return;
        };
        match (keys.get_mut(key), value) {
            // Remapped keys and colours of several files add up.
            (Some(Value::Table(standing)), Value::Table(more)) if FREE_TABLES.contains(&path) => {
                standing.extend(more);
            }
            (_, value) => {
                keys.insert(key.to_owned(), value);
            }
        }
        self.origins.insert(path.to_owned(), origin.to_owned());
    }

    fn finish(mut self) -> Result<Config, Faults> {
        // What had a wrong name or type was left out of the table; the rest is looked at all the same.
        let mut config = match Config::deserialize(Value::Table(std::mem::take(&mut self.table))) {
            Ok(config) => config,
            Err(error) => {
                self.fault("", "", error.message().replace('\n', " "));
                return Err(Faults(self.faults));
            }
        };
        self.secrets(&mut config);
        if let Err(Faults(found)) = config.check() {
            for mut fault in found {
                fault.origin = self.origins.get(&fault.key).cloned().unwrap_or_default();
                self.faults.push(fault);
            }
        }
        if self.faults.is_empty() {
            Ok(config)
        } else {
            Err(Faults(self.faults))
        }
    }

    /// Takes the secrets from the files that are named for them.
    fn secrets(&mut self, config: &mut Config) {
        if let Some(text) = self.secret_file(
            "database.urls",
            &config.database.urls_file,
            !config.database.urls.is_empty(),
        ) {
            config.database.urls = text
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty() && !line.starts_with('#'))
                .map(DatabaseUrl::from)
                .collect();
            if config.database.urls.is_empty() {
                self.fault(
                    &config.database.urls_file,
                    "database.urls_file",
                    "holds no address",
                );
            }
        }
        if let Some(text) = self.secret_file(
            "server.cursor_key",
            &config.server.cursor_key_file,
            !config.server.cursor_key.is_empty(),
        ) {
            config.server.cursor_key = Secret::from(text.trim());
            if config.server.cursor_key.is_empty() {
                self.fault(
                    &config.server.cursor_key_file,
                    "server.cursor_key_file",
                    "is empty",
                );
            }
        }
    }

    fn secret_file(&mut self, key: &str, file: &str, is_given: bool) -> Option<String> {
        if file.is_empty() {
            return None;
        }
        let file_key = format!("{key}_file");
        let origin = self.origins.get(&file_key).cloned().unwrap_or_default();
        if is_given {
            self.fault(
                &origin,
                &file_key,
                format!("{key} is given too; keep one of the two"),
            );
            return None;
        }
        match std::fs::read_to_string(file) {
            Ok(text) => {
                self.origins.insert(key.to_owned(), file.to_owned());
                Some(text)
            }
            Err(error) => {
                self.fault(&origin, &file_key, format!("{file} cannot be read: {error}"));
                None
            }
        }
    }
}

fn lookup<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    let (section, key) = path.split_once('.')?;
    table.get(section)?.as_table()?.get(key)
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
