//! Which web pages of other origins may ask this server from a browser (CORS): those that are configured, and by default
//! none. It is the browser that keeps the others out; here it is only told. Tokens come in a header that a page has to
//! know, never in a cookie, so that `Access-Control-Allow-Credentials` is never sent.
//!
//! Not poem's own: that one answers 401 to every request of an origin that is not named, the page at `/docs` included,
//! and leaves `Vary` out.

use std::sync::Arc;

use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::problem::Allowed;

/// What a page may send.
const REQUEST_HEADERS: &str =
    "authorization, content-type, idempotency-key, if-match, if-none-match, x-request-id";
/// What a page may read, beside what any may.
const ANSWER_HEADERS: &str = "allow, etag, idempotency-replayed, link, location, ratelimit, ratelimit-policy, retry-after, www-authenticate, x-request-id";
/// How long a browser may go by what it was told: ten minutes, so that a change of the settings is soon seen.
const MAX_AGE_SECS: &str = "600";

/// The layer.
#[derive(Clone)]
pub struct Origins {
    named: Arc<[HeaderValue]>,
    allowed: Allowed,
}

impl std::fmt::Debug for Origins {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Origins").field(&self.named).finish()
    }
}

impl Origins {
    /// `allowed` gives the methods that an address takes.
    pub fn new(origins: &[String], allowed: Allowed) -> Self {
        Self {
            named: origins
                .iter()
                .filter_map(|origin| HeaderValue::from_str(origin).ok())
                .collect(),
            allowed,
        }
    }

    /// The request's origin, if it is one of those that are named.
    fn of(&self, request: &Request) -> Option<HeaderValue> {
        let origin = request.headers().get(header::ORIGIN)?;
        self.named.contains(origin).then(|| origin.clone())
    }

    /// The answer to a browser that asks beforehand, without a token.
    fn preflight(&self, request: &Request) -> Response {
        let methods = (self.allowed)(request.uri().path());
        let methods: Vec<&str> = methods.iter().map(Method::as_str).collect();
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static(REQUEST_HEADERS),
        );
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static(MAX_AGE_SECS),
        );
        if let Ok(methods) = HeaderValue::from_str(&methods.join(", ")) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        }
        response
    }
}

/// The words for the browser, on whatever the answer is. Where answers differ by origin, a cache has to know.
fn tell(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(ANSWER_HEADERS),
        );
    }
}

impl<E: Endpoint> Middleware<E> for Origins {
    type Output = Told<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Told {
            inner,
            origins: self.clone(),
        }
    }
}

/// An endpoint behind the layer.
#[derive(Debug)]
pub struct Told<E> {
    inner: E,
    origins: Origins,
}

impl<E: Endpoint> Endpoint for Told<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if self.origins.named.is_empty() {
            return self.inner.call(request).await.map(IntoResponse::into_response);
        }
        let origin = self.origins.of(&request);
        let is_preflight = request.method() == Method::OPTIONS
            && request
                .headers()
                .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        let mut response = if is_preflight && origin.is_some() {
            self.origins.preflight(&request)
        } else {
            self.inner.call(request).await.map(IntoResponse::into_response)?
        };
        tell(response.headers_mut(), origin);
        Ok(response)
    }
}
