//! What a request may cost: length of address and headers, size and time of the body, time of the answer. The body is read
//! when it is first asked for, which is after the guard: whoever may not ask sends it in vain. How long it may be is in
//! `limit/operations.rs`. What was wrong is a `LimitError`; how that looks on the wire is the error layer's.

mod operations;
mod pending;

pub use operations::{BodyLimits, describe};
pub use pending::{WholeBody, whole_body};

use std::future::Future;
use std::time::Duration;

use futures_util::StreamExt as _;
use hyper::body::Bytes;
use poem::error::ResponseError;
use poem::http::{StatusCode, header};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, timeout_at};

use crate::config::Config;
use pending::PendingBody;

const MAX_URI_BYTES: usize = 8 * 1024;
const MAX_HEADER_BYTES: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;
/// Memory for a body before any of it has come.
const FIRST_BYTES: usize = 16 * 1024;

/// Why a request was refused before it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    #[error("the body is longer than {max_bytes} bytes")]
    BodyTooLarge { max_bytes: usize },
    #[error("the body took longer than {} seconds to come", .within.as_secs())]
    BodyTooSlow { within: Duration },
    #[error("the body ended before it was whole")]
    BodyBroken,
    #[error("the body is encoded; send it as it is, without Content-Encoding")]
    BodyEncoded,
    #[error("the address is longer than {MAX_URI_BYTES} bytes")]
    UriTooLong,
    #[error("the headers are longer than {MAX_HEADER_BYTES} bytes or more than {MAX_HEADERS}")]
    HeadersTooLarge,
    #[error("the answer took longer than {} seconds", .within.as_secs())]
    AnswerTooSlow { within: Duration },
}

impl LimitError {
    /// The word for it in an error's `code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BodyTooLarge { .. } => "too-large",
            Self::BodyTooSlow { .. } => "body-too-slow",
            Self::BodyBroken => "bad-request",
            Self::BodyEncoded => "media-type",
            Self::UriTooLong => "uri-too-long",
            Self::HeadersTooLarge => "headers-too-large",
            Self::AnswerTooSlow { .. } => "unavailable",
        }
    }
}

impl ResponseError for LimitError {
    fn status(&self) -> StatusCode {
        match self {
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::BodyEncoded => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::AnswerTooSlow { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// SHA-256 over method, path and query, If-Match and body: two requests with one key are one request only if this
/// is equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestHash(pub [u8; 32]);

/// Makes the hash.
#[derive(Debug, Clone)]
struct RequestHasher(Sha256);

impl RequestHasher {
    /// Begun with all but the body. Only before the routes: they shorten the path.
    fn begin(request: &Request) -> Self {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let if_match = request
            .headers()
            .get(header::IF_MATCH)
            .map_or(&b""[..], |value| value.as_bytes());
        let mut hash = Sha256::new();
        // Each part with its length, so that none can grow into the next.
        for part in [request.method().as_str().as_bytes(), path.as_bytes(), if_match] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash)
    }

    fn update(&mut self, chunk: &[u8]) {
        self.0.update(chunk);
    }

    fn finish(self) -> RequestHash {
        RequestHash(self.0.finalize().into())
    }
}

/// The layer. It runs before the routes.
#[derive(Debug, Clone)]
pub struct Limit {
    pub bodies: BodyLimits,
    pub body_timeout: Duration,
    pub request_timeout: Duration,
}

impl Limit {
    pub fn new(config: &Config, bodies: BodyLimits) -> Self {
        let server = &config.server;
        Self {
            bodies,
            body_timeout: Duration::from_secs(server.body_timeout_secs),
            request_timeout: Duration::from_secs(server.request_timeout_secs),
        }
    }

    /// Refuses, or leaves the request ready for its handler.
    fn admit(&self, request: &mut Request) -> Result<PendingBody, LimitError> {
        check_head(request)?;
        let max_bytes = self.bodies.most_bytes(request.method(), request.uri().path());
        let declared = declared_length(request);
        // A length that is no number has been refused by hyper.
        if declared.is_some_and(|length| length > max_bytes as u64) {
            return Err(LimitError::BodyTooLarge { max_bytes });
        }
        let bounds = Bounds {
            max_bytes,
            within: self.body_timeout,
        };
        let hasher = RequestHasher::begin(request);
        let pending = PendingBody::new(request.take_body(), hasher, bounds, declared);
        request.extensions_mut().insert(pending.clone());
        Ok(pending)
    }
}

impl<E: Endpoint> Middleware<E> for Limit {
    type Output = Limited<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Limited {
            inner,
            limit: self.clone(),
        }
    }
}

/// An endpoint behind the layer.
#[derive(Debug)]
pub struct Limited<E> {
    inner: E,
    limit: Limit,
}

impl<E: Endpoint> Endpoint for Limited<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let body = self.limit.admit(&mut request)?;
        let within = self.limit.request_timeout;
        let began = Instant::now();
        let mut answer = std::pin::pin!(self.inner.call(request));
        let mut deadline = began + within;
        loop {
            if let Ok(answer) = timeout_at(deadline, &mut answer).await {
                return answer.map(IntoResponse::into_response);
            }
            // The time in which the client sent its body is not the answer's.
            let sending = body.time_to_come();
            if began + within + sending <= deadline {
                return Err(LimitError::AnswerTooSlow { within }.into());
            }
            deadline = began + within + sending;
        }
    }
}

fn check_head(request: &Request) -> Result<(), LimitError> {
    if request
        .uri()
        .path_and_query()
        .map_or(0, |path| path.as_str().len())
        > MAX_URI_BYTES
    {
        return Err(LimitError::UriTooLong);
    }
    let headers = request.headers();
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    if bytes > MAX_HEADER_BYTES || headers.len() > MAX_HEADERS {
        return Err(LimitError::HeadersTooLarge);
    }
    // Unpacking is where 500 KB become 1.5 GB, so nothing is unpacked; `identity` is no encoding.
    let is_plain = |name, plain: &str| {
        headers.get_all(name).iter().all(|value| {
            value
                .as_bytes()
                .trim_ascii()
                .eq_ignore_ascii_case(plain.as_bytes())
        })
    };
    if !is_plain(header::CONTENT_ENCODING, "identity") || !is_plain(header::TRANSFER_ENCODING, "chunked") {
        return Err(LimitError::BodyEncoded);
    }
    Ok(())
}

fn declared_length(request: &Request) -> Option<u64> {
    request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

#[derive(Debug, Clone, Copy)]
struct Bounds {
    max_bytes: usize,
    within: Duration,
}

impl Bounds {
    async fn read(self, body: Body, declared: Option<u64>) -> Result<Bytes, LimitError> {
        if body.is_empty() {
            return Ok(Bytes::new());
        }
        // What is declared is not believed beyond a page or so: the memory is taken as the bytes come.
        let expected = declared
            .and_then(|length| usize::try_from(length).ok())
            .unwrap_or(0);
        let mut whole: Vec<u8> = Vec::with_capacity(expected.min(FIRST_BYTES));
        let mut chunks = std::pin::pin!(body.into_bytes_stream());
        let deadline = Instant::now() + self.within;
        while let Some(chunk) = self.in_time(deadline, chunks.next()).await? {
            let chunk = chunk.map_err(|_| LimitError::BodyBroken)?;
            if whole.len() + chunk.len() > self.max_bytes {
                return Err(LimitError::BodyTooLarge {
                    max_bytes: self.max_bytes,
                });
            }
            let needed = whole.len() + chunk.len();
            if needed > whole.capacity() {
                // Twice as much each time, but never more than was declared: half of a large file would be held for nothing.
                let twice = whole.capacity().saturating_mul(2);
                let most = if expected >= needed {
                    expected
                } else {
                    self.max_bytes
                };
                whole.reserve_exact(twice.min(most).max(needed) - whole.len());
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.into())
    }

    async fn in_time<T>(self, deadline: Instant, next: impl Future<Output = T>) -> Result<T, LimitError> {
        timeout_at(deadline, next)
            .await
            .map_err(|_| LimitError::BodyTooSlow { within: self.within })
    }
}

#[cfg(test)]
mod tests;
