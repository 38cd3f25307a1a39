//! The API over HTTP: one connection pool, time limits, a cap on what is read, and the same request sent again where
//! the connection broke. A write carries its key, so that sending it again cannot do it twice. No redirects: the
//! token goes nowhere but to the address that was configured, and never in clear to another machine.

use super::ours::Ours;
use super::trust::{check_secrecy, distrust};
use super::{Answer, Api, Base, ClientError, Feed, Method, Reply, Request, Token, Trust, feed};
use api::change::Change;
use api::id::LedgerId;
use api::ledger::Ledger;
use api::problem::Problem;
use api::text::fold;
use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_MATCH, RETRY_AFTER, SERVER,
};
use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use url::Url;

/// The most that is read of an answer.
const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;
/// How long making a connection may take.
const CONNECT_SECS: u64 = 5;
/// How long a request may take, from its first byte to the answer's last.
const REQUEST_SECS: u64 = 30;
/// The same where a file is sent.
const FILE_SECS: u64 = 180;
/// How long an answer to a write is waited for before a change counts as somebody else's.
const LANDING: Duration = Duration::from_secs(3);
/// Waits before a request is sent again after the connection broke.
const WAITS: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];

/// Chooses the cryptography of TLS for this process. Before the first client; more than once does no harm.
pub fn install_tls() {
    // Fails only where one is chosen already.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// A server, reached over HTTP. Cheap to clone.
#[derive(Debug, Clone)]
pub struct HttpApi {
    client: reqwest::Client,
    address: Arc<Url>,
    /// As it was asked for: an id, `default`, or a name.
    ledger: Arc<str>,
    /// The id that this turned out to be: from then on no other ledger is meant, whatever `default` becomes.
    found: Arc<OnceLock<LedgerId>>,
    /// What was written from here, so that the log's word of it is no news.
    ours: Ours,
}

impl HttpApi {
    /// A client for the server at `address`, working in `ledger`: an id, `default`, or a name.
    pub fn new(
        address: &Url,
        ledger: &str,
        token: Option<&Token>,
        trust: &Trust,
    ) -> Result<Self, ClientError> {
        // Without a token too: what a server without one is sent is a password.
        check_secrecy(address)?;
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            let mut bearer =
                HeaderValue::from_str(&format!("Bearer {}", token.secret())).map_err(unsendable)?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("expense/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(CONNECT_SECS))
            .tcp_nodelay(true);
        if address.scheme() == "http" {
            // Reading the machine's certificates takes longer than the first frame may.
            builder = builder.tls_certs_only([]);
        } else {
            builder = trust.apply(builder);
        }
        if is_loopback(address) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(unsendable)?;
        Ok(Self {
            client,
            address: Arc::new(address.clone()),
            ledger: ledger.into(),
            found: Arc::default(),
            ours: Ours::default(),
        })
    }

    /// The same server, in another ledger.
    #[must_use]
    pub fn in_ledger(&self, ledger: &str) -> Self {
        Self {
            ledger: ledger.into(),
            found: Arc::default(),
            ..self.clone()
        }
    }

    pub(super) fn is_on_this_machine(&self) -> bool {
        is_loopback(&self.address)
    }

    /// The address without what must not be shown.
    fn shown(&self) -> String {
        shown(&self.address)
    }

    /// The same server and the same ledger, for somebody else's token.
    pub fn with_token(&self, token: &Token, trust: &Trust) -> Result<Self, ClientError> {
        let renewed = Self::new(&self.address, &self.ledger, Some(token), trust)?;
        Ok(Self {
            found: Arc::clone(&self.found),
            ours: self.ours.clone(),
            ..renewed
        })
    }

    /// What stands for the ledger in a path.
    async fn ledger(&self) -> Result<String, ClientError> {
        if let Some(id) = self.found.get() {
            return Ok(id.to_string());
        }
        let is_plain = &*self.ledger == "default" || self.ledger.parse::<LedgerId>().is_ok();
        if is_plain {
            return Ok(self.ledger.to_string());
        }
        let api: Arc<dyn Api> = Arc::new(self.clone());
        let ledgers = api.every_ledger().await?;
        let id = ledger_called(&self.ledger, &ledgers)?;
        Ok(self.found.get_or_init(|| id).to_string())
    }

    fn url(&self, request: &Request, ledger: &str) -> Result<Url, ClientError> {
        let mut url = Url::clone(&self.address);
        let mut path = url.path().trim_end_matches('/').to_owned();
        if request.base == Base::Ledger {
            path = format!("{path}/v1/ledgers/{ledger}");
        }
        path.push_str(&request.path);
        url.set_path(&path);
        url.set_query(Some(request.query.as_str()).filter(|query| !query.is_empty()));
        if url.cannot_be_a_base() {
            Err(unsendable("the address has no host"))
        } else {
            Ok(url)
        }
    }

    async fn send(self, request: Request) -> Result<Answer, ClientError> {
        let ledger = match request.base {
            Base::Ledger => Box::pin(self.ledger()).await?,
            Base::Server => String::new(),
        };
        let url = self.url(&request, &ledger)?;
        let _flight = self.ours.begin(&request);
        let mut waits = WAITS.into_iter();
        let mut lost = None;
        loop {
            let begun = Instant::now();
            let error = match self.send_once(&request, url.clone()).await {
                Ok(answer) => {
                    self.learn_ledger(&request, &answer);
                    if request.key.is_some() {
                        self.ours.note(&request, &answer);
                    }
                    return Ok(answer);
                }
                Err(error) => error,
            };
            let is_broken = match error {
                ClientError::Lost { .. } => true,
                // Where nothing answers at all, the wait was long enough.
                ClientError::Unreachable { .. } => begun.elapsed().as_secs() < CONNECT_SECS,
                _ => false,
            };
            match waits.next() {
                Some(wait) if is_broken => {
                    if matches!(error, ClientError::Lost { .. }) {
                        lost = Some(error);
                    }
                    tokio::time::sleep(wait).await;
                }
                // An earlier try may have arrived, whatever became of this one.
                _ if error.is_passing() => return Err(lost.unwrap_or(error)),
                _ => return Err(error),
            }
        }
    }

    fn learn_ledger(&self, request: &Request, answer: &Answer) {
        if request.operation == "get_ledger"
            && let Ok(ledger) = answer.read::<Ledger>("get_ledger")
        {
            self.found.get_or_init(|| ledger.id);
        }
    }

    /// An answer that goes on, behind a place; its body is still to come.
    pub(super) async fn open_stream(
        &self,
        path: &'static str,
        after: Option<&str>,
    ) -> Result<reqwest::Response, ClientError> {
        let ledger = Box::pin(self.ledger()).await?;
        let url = self.url(&Request::get("stream_changes", path), &ledger)?;
        let mut sent = self.client.get(url);
        if let Some(after) = after {
            sent = sent.header("Last-Event-ID", after);
        }
        let within = Duration::from_secs(REQUEST_SECS);
        let answer = tokio::time::timeout(within, sent.send()).await;
        let answer = answer.map_err(|_| ClientError::Timeout {
            address: self.shown(),
            secs: REQUEST_SECS,
        })?;
        let answer = answer.map_err(|error| self.failed(&error, REQUEST_SECS))?;
        let is_stream = answer
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|media| media.as_bytes().starts_with(b"text/event-stream"));
        if answer.status().is_success() && is_stream {
            return Ok(answer);
        }
        let status = answer.status();
        self.read(answer, REQUEST_SECS).await?;
        Err(ClientError::Foreign {
            address: self.shown(),
            reason: format!("it says {status}"),
        })
    }

    /// Whether a change was made from here. Waits for answers that are on their way, which would tell, but not for long.
    pub(super) async fn made(&self, change: &Change) -> bool {
        let _ = tokio::time::timeout(LANDING, self.ours.landed()).await;
        self.ours.made(change)
    }

    async fn send_once(&self, request: &Request, url: Url) -> Result<Answer, ClientError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let is_file = request
            .content
            .as_ref()
            .is_some_and(|content| content.media_type != "application/json");
        let secs = if is_file { FILE_SECS } else { REQUEST_SECS };
        let mut sent = self
            .client
            .request(method, url)
            .timeout(Duration::from_secs(secs));
        if let Some(key) = request.key {
            sent = sent.header("Idempotency-Key", key.to_string());
        }
        if let Some(tag) = &request.if_match {
            sent = sent.header(IF_MATCH, tag);
        }
        if let Some(content) = &request.content {
            sent = sent
                .header(CONTENT_TYPE, content.media_type)
                .body(content.bytes.clone());
        }
        let answer = sent.send().await.map_err(|error| self.failed(&error, secs))?;
        self.read(answer, secs).await
    }

    async fn read(&self, mut answer: reqwest::Response, secs: u64) -> Result<Answer, ClientError> {
        let status = answer.status();
        let text = |name| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let (etag, server, media_type) = (text(ETAG), text(SERVER), text(CONTENT_TYPE).unwrap_or_default());
        let retry_after_secs = text(RETRY_AFTER).and_then(|secs| secs.parse().ok());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.failed(&error, secs))? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(ClientError::TooLarge {
                    limit: MAX_ANSWER_BYTES,
                });
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() {
            let server_version = server.and_then(|name| Some(name.strip_prefix("expensed/")?.to_owned()));
            return Ok(Answer {
                status: status.as_u16(),
                etag,
                server_version,
                body,
            });
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) if media_type.starts_with("application/problem+json") => {
                let problem = Box::new(Problem {
                    status: status.as_u16(),
                    ..problem
                });
                Err(ClientError::Problem {
                    problem,
                    retry_after_secs,
                })
            }
            _ => Err(ClientError::Foreign {
                address: self.shown(),
                reason: format!("it says {status}"),
            }),
        }
    }

    /// What a failed transfer was.
    fn failed(&self, error: &reqwest::Error, secs: u64) -> ClientError {
        let (address, reason) = (self.shown(), root_cause(error));
        if let Some(distrust) = distrust(&address, error) {
            return distrust;
        }
        if error.is_timeout() && error.is_connect() {
            let reason = format!("no connection within {CONNECT_SECS} seconds");
            ClientError::Unreachable { address, reason }
        } else if error.is_timeout() {
            ClientError::Timeout { address, secs }
        } else if error.is_builder() {
            ClientError::Unsendable { reason }
        } else if error.is_connect() {
            ClientError::Unreachable { address, reason }
        } else {
            ClientError::Lost { address, reason }
        }
    }
}

impl Api for HttpApi {
    fn call(&self, request: Request) -> Reply<Answer> {
        Box::pin(self.clone().send(request))
    }

    fn stream_changes(&self, after: Option<String>) -> Reply<Feed> {
        feed::open(self.clone(), after)
    }
}

/// True where the address can only mean this machine.
pub(crate) fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// An address as it may be shown: without a password, a query or a trailing slash.
pub(crate) fn shown(address: &Url) -> String {
    let mut address = address.clone();
    // Neither fails for an address that has a host, and one without has neither.
    let _ = address.set_password(None);
    let _ = address.set_username("");
    address.set_query(None);
    address.as_str().trim_end_matches('/').to_owned()
}

/// The one ledger of that name, however it is written.
fn ledger_called(name: &str, ledgers: &[Ledger]) -> Result<LedgerId, ClientError> {
    let wanted = fold(name);
    let found: Vec<&Ledger> = ledgers
        .iter()
        .filter(|ledger| fold(&ledger.name) == wanted)
        .collect();
    if let [ledger] = found.as_slice() {
        return Ok(ledger.id);
    }
    let known = if found.is_empty() {
        ledgers.iter().map(|ledger| ledger.name.clone()).collect()
    } else {
        found.iter().map(|ledger| ledger.id.to_string()).collect()
    };
    Err(ClientError::NoSuchLedger {
        name: name.to_owned(),
        is_several: !found.is_empty(),
        known,
    })
}

fn unsendable(error: impl std::fmt::Display) -> ClientError {
    ClientError::Unsendable {
        reason: error.to_string(),
    }
}

/// The innermost reason, which is the one a person can do something about.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests;
