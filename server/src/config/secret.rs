//! Values that must not be printed. Debug, Display and serialization of these types all redact;
//! `expose()` is the only way to the real text, so a search for it finds every use.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize, Serializer};

const MASK: &str = "***";

/// A secret text; empty means that it is not set.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn redacted(&self) -> &'static str {
        if self.0.is_empty() { "" } else { MASK }
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.redacted(), f)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.redacted())
    }
}

/// The address of a database, with its password.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The `SQLite` file at this path, made when it is missing.
    pub fn sqlite_file(path: &Path) -> Self {
        // Only what would end or change the path is encoded; the rest stays readable in messages.
        let mut text = String::new();
        for character in path.to_string_lossy().chars() {
            match character {
                '%' => text.push_str("%25"),
                '?' => text.push_str("%3F"),
                '#' => text.push_str("%23"),
                ' ' => text.push_str("%20"),
                other => text.push(other),
            }
        }
        Self(format!("sqlite://{text}?mode=rwc"))
    }

    pub fn is_sqlite(&self) -> bool {
        self.0.starts_with("sqlite:")
    }
}

impl From<&str> for DatabaseUrl {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact_url(&self.0))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&redact_url(&self.0), f)
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&redact_url(&self.0))
    }
}

/// The URL with its password masked, also where it is no valid URL: a typing error must not print it either.
pub fn redact_url(text: &str) -> String {
    let (address, query) = match text.split_once('?') {
        Some((address, query)) => (address, Some(query)),
        None => (text, None),
    };
    let mut out = redact_user(address);
    if let Some(query) = query {
        // A password may itself hold an unescaped `?`; then its rest stands before an `@` in what looks like the query.
        if query.contains('@') && !address.contains('@') {
            return redact_user(text);
        }
        out.push('?');
        let pairs: Vec<String> = query.split('&').map(redact_pair).collect();
        out.push_str(&pairs.join("&"));
    }
    out
}

fn redact_user(address: &str) -> String {
    let (scheme, rest) = address
        .split_once("://")
        .map_or(("", address), |(scheme, rest)| (scheme, rest));
    let prefix = if scheme.is_empty() {
        String::new()
    } else {
        format!("{scheme}://")
    };
    // The last `@`: everything before it may belong to the password.
    let Some((user, host)) = rest.rsplit_once('@') else {
        return address.to_owned();
    };
    match user.split_once(':') {
        Some((name, _)) => format!("{prefix}{name}:{MASK}@{host}"),
        None => format!("{prefix}{user}@{host}"),
    }
}

fn redact_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _))
            if ["pass", "secret", "token", "key"]
                .iter()
                .any(|word| name.to_ascii_lowercase().contains(word)) =>
        {
            format!("{name}={MASK}")
        }
        _ => pair.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked_and_the_rest_is_kept() {
        for (url, shown) in [
            (
                "mysql://ana:pw@db:3306/expense?ssl-mode=VERIFY_IDENTITY",
                "mysql://ana:***@db:3306/expense?ssl-mode=VERIFY_IDENTITY",
            ),
            ("mysql://ana@db/expense", "mysql://ana@db/expense"),
            (
                "sqlite:///home/ana/expense.db?mode=rwc",
                "sqlite:///home/ana/expense.db?mode=rwc",
            ),
            (
                "mysql://db/expense?password=pw",
                "mysql://db/expense?password=***",
            ),
        ] {
            assert_eq!(redact_url(url), shown);
        }
    }

    #[test]
    fn a_badly_written_url_does_not_leak_its_password_either() {
        for url in [
            "mysql://ana:p@ss/w@db/expense",
            "ana:topsecret@db",
            "mysql:/ana:topsecret@db/x",
            "mysql://ana:a?top@db/x",
        ] {
            let shown = redact_url(url);
            for part in ["ss/w", "topsecret", "a?top"] {
                assert!(!shown.contains(part), "{url} -> {shown}");
            }
        }
    }

    #[test]
    fn a_file_name_with_a_question_mark_stays_a_file_name() {
        let url = DatabaseUrl::sqlite_file(Path::new("/tmp/a b?.db"));
        assert_eq!(url.expose(), "sqlite:///tmp/a%20b%3F.db?mode=rwc");
    }
}
