//! What a request may cost before a handler sees it: length of address and headers, size and time of the body, time
//! of the answer. The body is read whole here (routes that stream excepted), so that a handler never waits for a
//! client. It says what was wrong as a `LimitError`; how that looks on the wire is the error layer's.

use std::future::Future;
use std::io;
use std::time::Duration;

use futures_util::StreamExt as _;
use hyper::body::Bytes;
use poem::error::ResponseError;
use poem::http::{Method, StatusCode, header};
use poem::{Body, Endpoint, IntoResponse, Middleware, Request, Response, Result};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, timeout_at};

use crate::config::Config;

const MAX_URI_BYTES: usize = 8 * 1024;
const MAX_HEADER_BYTES: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;

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

    /// What a streaming handler's read error was really about.
    pub fn of_io(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
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

/// The whole body, as it came.
#[derive(Debug, Clone)]
pub struct BufferedBody(pub Bytes);

/// SHA-256 over method, path and query, If-Match and body: two requests with one key are one request only if this
/// is equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestHash(pub [u8; 32]);

/// Makes the hash. Streaming routes find one begun beside their request, and give it their body as they read it.
#[derive(Debug, Clone)]
pub struct RequestHasher(Sha256);

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

    /// More of the body.
    pub fn update(&mut self, chunk: &[u8]) {
        self.0.update(chunk);
    }

    pub fn finish(self) -> RequestHash {
        RequestHash(self.0.finalize().into())
    }
}

/// How a route takes its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// Read whole before the handler, up to `max_body_bytes`.
    Whole,
    /// Read whole before the handler, up to `max_import_bytes`.
    File,
    /// Handed on as it comes, up to `max_import_bytes`; the time limit holds for it too.
    Streamed,
}

/// The layer. `kind_of` looks at method and path only, for it runs before the routes.
#[derive(Debug, Clone)]
pub struct Limit {
    pub max_body_bytes: usize,
    pub max_import_bytes: usize,
    pub body_timeout: Duration,
    pub request_timeout: Duration,
    pub kind_of: fn(&Method, &str) -> BodyKind,
}

impl Limit {
    pub fn new(config: &Config, kind_of: fn(&Method, &str) -> BodyKind) -> Self {
        let server = &config.server;
        Self {
            max_body_bytes: server.max_body_bytes,
            max_import_bytes: server.max_import_bytes,
            body_timeout: Duration::from_secs(server.body_timeout_secs),
            request_timeout: Duration::from_secs(server.request_timeout_secs),
            kind_of,
        }
    }

    /// Refuses, reads the body, and leaves the request ready for its handler.
    async fn admit(&self, request: &mut Request) -> Result<(), LimitError> {
        check_head(request)?;
        let kind = (self.kind_of)(request.method(), request.uri().path());
        let max_bytes = match kind {
            BodyKind::Whole => self.max_body_bytes,
            BodyKind::File | BodyKind::Streamed => self.max_import_bytes,
        };
        let declared = declared_length(request);
        // A length that is no number has been refused by hyper.
        if declared.is_some_and(|length| length > max_bytes as u64) {
            return Err(LimitError::BodyTooLarge { max_bytes });
        }
        let bounds = Bounds {
            max_bytes,
            within: self.body_timeout,
        };
        match kind {
            BodyKind::Whole | BodyKind::File => {
                let body = bounds.read(request.take_body(), declared).await?;
                let mut hasher = RequestHasher::begin(request);
                hasher.update(&body);
                request.extensions_mut().insert(hasher.finish());
                request.extensions_mut().insert(BufferedBody(body.clone()));
                request.set_body(body);
            }
            BodyKind::Streamed => {
                let hasher = RequestHasher::begin(request);
                request.extensions_mut().insert(hasher);
                let body = bounds.stream(request.take_body());
                request.set_body(body);
            }
        }
        Ok(())
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
        self.limit.admit(&mut request).await?;
        let within = self.limit.request_timeout;
        match tokio::time::timeout(within, self.inner.call(request)).await {
            Ok(answer) => answer.map(IntoResponse::into_response),
            Err(_) => Err(LimitError::AnswerTooSlow { within }.into()),
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
        let mut whole = Vec::with_capacity(expected.min(16 * 1024));
        let mut chunks = std::pin::pin!(body.into_bytes_stream());
        let deadline = Instant::now() + self.within;
        while let Some(chunk) = self.in_time(deadline, chunks.next()).await? {
            let chunk = chunk.map_err(|_| LimitError::BodyBroken)?;
            if whole.len() + chunk.len() > self.max_bytes {
                return Err(LimitError::BodyTooLarge {
                    max_bytes: self.max_bytes,
                });
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.into())
    }

    fn stream(self, body: Body) -> Body {
        let deadline = Instant::now() + self.within;
        let chunks = Box::pin(body.into_bytes_stream());
        let bounded = futures_util::stream::unfold(Some((chunks, 0_usize)), move |state| async move {
            let (mut chunks, before) = state?;
            let next = self.in_time(deadline, chunks.next()).await;
            let chunk = match next {
                Ok(None) => return None,
                Ok(Some(Ok(chunk))) if before + chunk.len() <= self.max_bytes => chunk,
                Ok(Some(Ok(_))) => {
                    return Some((
                        Err(LimitError::BodyTooLarge {
                            max_bytes: self.max_bytes,
                        }),
                        None,
                    ));
                }
                Ok(Some(Err(_))) => return Some((Err(LimitError::BodyBroken), None)),
                Err(error) => return Some((Err(error), None)),
            };
            let total = before + chunk.len();
            Some((Ok(chunk), Some((chunks, total))))
        });
        Body::from_bytes_stream(bounded.map(|chunk| chunk.map_err(io::Error::other)))
    }

    async fn in_time<T>(self, deadline: Instant, next: impl Future<Output = T>) -> Result<T, LimitError> {
        timeout_at(deadline, next)
            .await
            .map_err(|_| LimitError::BodyTooSlow { within: self.within })
    }
}

#[cfg(test)]
#[path = "limit_tests.rs"]
mod tests;
