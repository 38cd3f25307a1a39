//! A request as an operation describes it and an answer as it arrived, both free of any HTTP library, so that a fake
//! sees exactly what a server would.

use super::ClientError;
use api::id::new_uuid;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

/// What a path begins at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Base {
    /// The server's own address.
    Server,
    /// The ledger that the client works in.
    Ledger,
}

/// The idempotency key of one write. A write that is sent again with the same key happens once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Key(Uuid);

impl Key {
    /// A fresh key: for one intention of the user, kept for as long as that is tried.
    #[expect(
        clippy::new_without_default,
        reason = "a default key would hide a draw of randomness"
    )]
    pub fn new() -> Self {
        Self(new_uuid())
    }

    /// The key of an intention that has a name already.
    pub fn of(name: Uuid) -> Self {
        Self(name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A bearer token. Never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// `None` where it holds what no header can carry, or nothing.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_token.then(|| Self(text.to_owned()))
    }

    /// The token itself.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The operation's name in the API's document.
    pub operation: &'static str,
    pub method: Method,
    pub base: Base,
    /// Begins with a slash, or is empty. Holds only what needs no escape: words, ids and dates.
    pub path: String,
    /// Escaped, without the question mark.
    pub query: String,
    /// With its quotes.
    pub if_match: Option<String>,
    pub key: Option<Key>,
    pub content: Option<Content>,
}

impl Request {
    fn new(operation: &'static str, method: Method, path: impl Into<String>) -> Self {
        Self {
            operation,
            method,
            base: Base::Ledger,
            path: path.into(),
            query: String::new(),
            if_match: None,
            key: None,
            content: None,
        }
    }

    /// Reads something of the ledger.
    pub(super) fn get(operation: &'static str, path: impl Into<String>) -> Self {
        Self::new(operation, Method::Get, path)
    }

    /// Writes something of the ledger.
    pub(super) fn write(operation: &'static str, method: Method, path: impl Into<String>, key: Key) -> Self {
        Self {
            key: Some(key),
            ..Self::new(operation, method, path)
        }
    }

    /// The path begins at the server, not at the ledger.
    pub(super) fn of_server(mut self) -> Self {
        self.base = Base::Server;
        self
    }

    /// Adds the fields of `query` that are set.
    pub(super) fn query(mut self, query: &impl Serialize) -> Self {
        let mut pairs = Serializer::new(self.query);
        if let Ok(Value::Object(fields)) = serde_json::to_value(query) {
            for (name, value) in fields {
                match value {
                    Value::Null => {}
                    Value::String(text) => drop(pairs.append_pair(&name, &text)),
                    other => drop(pairs.append_pair(&name, &other.to_string())),
                }
            }
        }
        self.query = pairs.finish();
        self
    }

    /// Only where the row still has this version.
    pub(super) fn if_version(mut self, version: i64) -> Self {
        self.if_match = Some(format!("\"{version}\""));
        self
    }

    /// Only where the thing still has this tag, quotes included.
    pub(super) fn if_tag(mut self, tag: &str) -> Self {
        self.if_match = Some(tag.to_owned());
        self
    }

    /// With this value as its body. Values of the contract always have a JSON form.
    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        let bytes = serde_json::to_vec(body).unwrap_or_default();
        self.content = Some(Content {
            media_type: "application/json",
            bytes,
        });
        self
    }

    /// With a file as its body.
    pub(super) fn file(mut self, media_type: &'static str, bytes: Vec<u8>) -> Self {
        self.content = Some(Content { media_type, bytes });
        self
    }

    /// The body as a value, for what records requests.
    pub fn body_value<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.content.as_ref()?.bytes).ok()
    }
}

/// A successful answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    pub status: u16,
    /// With its quotes.
    pub etag: Option<String>,
    /// The version that the server says it has.
    pub server_version: Option<String>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Its value. Fields that this side does not know are passed over.
    pub(super) fn read<T: DeserializeOwned>(&self, operation: &'static str) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body).map_err(|error| ClientError::Unreadable {
            operation,
            reason: error.to_string(),
            server_version: self.server_version.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::expense::{ExpenseFilter, ExpenseQuery};
    use api::page::PageQuery;

    #[test]
    fn a_query_holds_exactly_the_fields_that_are_set() {
        let query = ExpenseQuery {
            filter: ExpenseFilter {
                from: "2026-11-01".parse().ok(),
                category: Some("Food: Fish & Chips".to_owned()),
                include_deleted: Some(true),
                ..ExpenseFilter::default()
            },
            page: PageQuery::first(200),
            ..ExpenseQuery::default()
        };
        let request = Request::get("list_expenses", "/expenses").query(&query);
        let mut pairs: Vec<_> = request.query.split('&').collect();
        pairs.sort_unstable();
        assert_eq!(
            pairs,
            [
                "category=Food%3A+Fish+%26+Chips",
                "from=2026-11-01",
                "include_deleted=true",
                "limit=200"
            ]
        );
    }

    #[test]
    fn a_token_is_one_word_and_never_shown() {
        assert_eq!(
            Token::new(" ab\n").map(|token| token.secret().to_owned()),
            Some("ab".to_owned())
        );
        assert_eq!(Token::new(""), None);
        assert_eq!(Token::new("a b"), None);
        assert_eq!(Token::new("a\r\nX-Evil: 1"), None);
        assert!(!format!("{:?}", Token::new("s3cret")).contains("s3cret"));
    }

    #[test]
    fn two_keys_are_never_the_same() {
        assert_ne!(Key::new(), Key::new());
    }
}
