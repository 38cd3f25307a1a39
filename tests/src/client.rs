//! The HTTP client of the suites: short to write, and it prints request and answer where an assertion fails. Every call
//! is noted for the check that each operation has a tested success and a tested refusal.

mod answer;

pub use answer::Answer;

use crate::calls;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, redirect};
use serde_json::Value;
use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;
use uuid::Uuid;

/// How long a call may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Somebody's client. Addresses that begin with a slash are taken as they stand; others are in the ledger.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    base: String,
    ledger: String,
    token: Option<String>,
}

impl Http {
    /// A client of the server at `address`, in the ledger that `default` means to the token's user.
    pub fn new(address: SocketAddr, token: Option<&str>) -> Self {
        // The second call of the process finds it installed, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            // In clear: reading the system's authorities would be the longest part of many a test.
            .tls_certs_only([]);
        Self {
            client: builder
                .no_proxy()
                .user_agent("tests/1")
                .build()
                .expect("build a client"),
            base: format!("http://{address}"),
            ledger: "default".to_owned(),
            token: token.map(str::to_owned),
        }
    }

    /// The same client, its addresses in a ledger by id.
    #[must_use]
    pub fn in_ledger(&self, ledger_id: Uuid) -> Self {
        Self {
            ledger: ledger_id.to_string(),
            ..self.clone()
        }
    }

    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// With a JSON body.
    pub fn post(&self, path: &str, body: Value) -> Call {
        self.call(Method::POST, path).json(&body)
    }

    /// With a JSON body.
    pub fn put(&self, path: &str, body: Value) -> Call {
        self.call(Method::PUT, path).json(&body)
    }

    /// With a JSON body.
    pub fn patch(&self, path: &str, body: Value) -> Call {
        self.call(Method::PATCH, path).json(&body)
    }

    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    /// Any method; without a body unless one is given.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let url = if path.starts_with('/') {
            format!("{}{path}", self.base)
        } else {
            format!("{}/v1/ledgers/{}/{path}", self.base, self.ledger)
        };
        let call = Call {
            client: self.client.clone(),
            base: self.base.clone(),
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
        };
        match &self.token {
            Some(token) => call.header("authorization", &format!("Bearer {token}")),
            None => call,
        }
    }

    /// Every item of a list, page by page.
    pub async fn walk(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = match &cursor {
                Some(cursor) => self.get(&format!("{path}{joint}cursor={cursor}")).await,
                None => self.get(path).await,
            };
            let page = page.ok(200);
            items.extend(page["items"].as_array().expect("items").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return items,
            }
        }
    }
}

/// A request under way; awaiting it sends it.
#[derive(Debug)]
#[must_use = "a request is sent when it is awaited"]
pub struct Call {
    client: reqwest::Client,
    base: String,
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Call {
    /// With an `Idempotency-Key`.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With `If-Match`, quotes included.
    pub fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }

    /// With a header, in place of one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header name");
        self.headers
            .insert(name, HeaderValue::from_str(value).expect("a header value"));
        self
    }

    /// As [`Call::header`], with bytes that need be no text.
    pub fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        let name: HeaderName = name.parse().expect("a header name");
        self.headers
            .insert(name, HeaderValue::from_bytes(value).expect("a header value"));
        self
    }

    /// With one more header, beside one of that name.
    pub fn another_header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header name");
        self.headers
            .append(name, HeaderValue::from_str(value).expect("a header value"));
        self
    }

    /// Without a header that it would have.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    /// With a body as it is.
    pub fn bytes(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", media_type)
    }

    /// Sends it and reads the whole answer; fails where there is none.
    pub async fn send(self) -> Answer {
        let line = format!("{} {}", self.method, self.url);
        self.try_send()
            .await
            .unwrap_or_else(|fault| panic!("{line}: no answer: {fault:?}"))
    }

    /// Sends it; an error where no whole answer comes.
    pub async fn try_send(self) -> reqwest::Result<Answer> {
        let (method, path, sent) = (self.method.clone(), self.path().to_owned(), self.body.clone());
        let line = format!("{method} {}", self.url);
        let mut response = self.open(PATIENCE).await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let is_endless = headers
            .get("content-type")
            .is_some_and(|media| media == "text/event-stream");
        let body = if is_endless {
            // Its beginning shows what it is.
            response.chunk().await?.unwrap_or_default().to_vec()
        } else {
            response.bytes().await?.to_vec()
        };
        calls::note(method.as_str(), &path, status);
        Ok(Answer::new(line, sent, status, headers, body))
    }

    /// Sends it; the body of the answer is still to come.
    pub(crate) async fn open(self, patience: Duration) -> reqwest::Result<reqwest::Response> {
        let request = self.client.request(self.method, &self.url).headers(self.headers);
        let request = match self.body {
            Some(body) => request.body(body),
            None => request,
        };
        request.timeout(patience).send().await
    }

    /// The address without the server's own.
    pub(crate) fn path(&self) -> &str {
        self.url.strip_prefix(self.base.as_str()).unwrap_or(&self.url)
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
