//! What the heads of all answers have in common: nothing of `/v1` is stored on the way, no type is guessed, a replay says that it
//! is one, and what a reader has already is not sent again.

use super::docs::is_page;
use crate::service::Replayed;
use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The layer.
#[derive(Debug, Clone, Copy)]
pub struct Headers;

impl<E: Endpoint> Middleware<E> for Headers {
    type Output = Headed<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Headed { inner }
    }
}

/// An endpoint behind the layer.
#[derive(Debug)]
pub struct Headed<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for Headed<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let replayed = Replayed::default();
        request.extensions_mut().insert(replayed.clone());
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        let had = is_read.then(|| if_none_match(request.headers())).flatten();
        let may_be_stored = is_page(request.uri().path());
        let mut response = self.inner.call(request).await?.into_response();
        if had.is_some_and(|had| is_had(&had, &response)) {
            response = unchanged(&response);
        }
        let headers = response.headers_mut();
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        if !may_be_stored {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        if replayed.is_set() {
            headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        }
        Ok(response)
    }
}

/// The tags that the reader has, as one list.
fn if_none_match(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// Whether the reader has what would be sent. No tag of ours has a comma in it; weak or strong is one here (RFC 9110).
fn is_had(had: &str, response: &Response) -> bool {
    let tag = response.headers().get(header::ETAG);
    let Some(tag) = tag.and_then(|tag| tag.to_str().ok()) else {
        return false;
    };
    response.status() == StatusCode::OK
        && had
            .split(',')
            .map(str::trim)
            .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// The same answer without its body.
fn unchanged(response: &Response) -> Response {
    let mut short = StatusCode::NOT_MODIFIED.into_response();
    let headers = short.headers_mut();
    headers.extend(response.headers().clone());
    for about_the_body in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        headers.remove(about_the_body);
    }
    super::trace::carry_route(response.data().cloned(), &mut short);
    short
}
