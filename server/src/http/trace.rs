//! One line a request: id, the client's address, method, route, status, milliseconds. The route is the pattern, never
//! the path: a query may hold a payee, a path may be anything that a stranger typed. Beneath the layer that finds the
//! client's address this is the outermost; it answers errors too, so that every answer carries its `X-Request-Id`.

use std::time::Instant;

use poem::http::{HeaderName, HeaderValue, Method, StatusCode};
use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};

use super::client_address::ClientAddress;
use crate::clock::Clock;

pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a request is called in the log, in its answer, and in an error's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    /// The client's own, so that its log and ours can be laid side by side; unless it could not be one.
    fn of(request: &Request, clock: &Clock) -> Self {
        let given = request.header(X_REQUEST_ID).filter(|id| {
            (1..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        });
        Self(given.map_or_else(|| clock.new_id().to_string(), str::to_owned))
    }
}

/// The layer.
#[derive(Debug, Clone)]
pub struct Trace {
    clock: Clock,
}

impl Trace {
    pub fn new(clock: Clock) -> Self {
        Self { clock }
    }
}

impl<E: Endpoint> Middleware<E> for Trace {
    type Output = Traced<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Traced {
            inner,
            clock: self.clock.clone(),
        }
    }
}

/// An endpoint behind the layer.
#[derive(Debug)]
pub struct Traced<E> {
    inner: E,
    clock: Clock,
}

impl<E: Endpoint> Endpoint for Traced<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let id = RequestId::of(&request, &self.clock);
        request.extensions_mut().insert(id.clone());
        let mut line = Line {
            id,
            client: ClientAddress::of(&request),
            method: request.method().clone(),
            route: None,
            status: None,
            begun: Instant::now(),
        };
        let mut response = match self.inner.call(request).await {
            Ok(response) => response.into_response(),
            Err(error) => {
                let route = error.data::<PathPattern>().cloned();
                let mut response = error.into_response();
                carry_route(route, &mut response);
                response
            }
        };
        line.route = response.data::<PathPattern>().cloned();
        line.status = Some(response.status());
        if let Ok(value) = HeaderValue::from_str(&line.id.0) {
            response.headers_mut().insert(X_REQUEST_ID, value);
        }
        Ok(response)
    }
}

/// Whoever makes an answer out of an error keeps the route with this, or the line says `-`.
pub fn carry_route(route: Option<PathPattern>, response: &mut Response) {
    if let Some(route) = route
        && response.data::<PathPattern>().is_none()
    {
        response.set_data(route);
    }
}

/// Written when it is dropped: also for a client that went away before its answer.
struct Line {
    id: RequestId,
    client: ClientAddress,
    method: Method,
    route: Option<PathPattern>,
    status: Option<StatusCode>,
    begun: Instant,
}

impl Drop for Line {
    fn drop(&mut self) {
        let route = self.route.as_ref().map_or("-", |pattern| &*pattern.0);
        let ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (id, method) = (&self.id.0, self.method.as_str());
        let client = self.client.0.to_string();
        match self.status {
            None => tracing::info!(target: "request", id, client, method, route, status = "gone", ms),
            Some(status) if status.is_server_error() => {
                tracing::error!(target: "request", id, client, method, route, status = status.as_u16(), ms);
            }
            // Asked every few seconds by whatever watches the server.
            Some(status) if matches!(route, "/livez" | "/readyz") => {
                tracing::debug!(target: "request", id, client, method, route, status = status.as_u16(), ms);
            }
            Some(status) => {
                tracing::info!(target: "request", id, client, method, route, status = status.as_u16(), ms);
            }
        }
    }
}

#[cfg(test)]
#[path = "trace_tests.rs"]
mod tests;
