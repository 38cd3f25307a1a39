//! How often one caller may ask, counted in this process. Every answer says what is left, in the fields `RateLimit` and
//! `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), and one request too many is refused before anything of it
//! is read. Tries at passwords have a throttle of their own, which all servers share.

mod callers;
mod quota;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::problem::Code;
use callers::{Callers, Charge, Kind, TokenHash};
use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Error, IntoResponse, Middleware, Request, Response, Result};
use quota::{Left, Quota, WINDOW_SECS};
use sha2::{Digest as _, Sha256};

use super::client_address::ClientAddress;
use super::guard::bearer;
use super::problem::AnswerHeaders;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::AppError;

pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Beside a request, for the guard to say that its token is good.
#[derive(Debug, Clone, Default)]
struct Accepted(Arc<AtomicBool>);

/// Says that the request's token is good: from now on it is counted by itself.
pub fn accept_token(request: &Request) {
    if let Some(Accepted(is_accepted)) = request.extensions().get() {
        is_accepted.store(true, Ordering::Relaxed);
    }
}

/// The layer.
#[derive(Debug, Clone)]
pub struct RateLimits {
    reads: Option<Quota>,
    writes: Option<Quota>,
    clock: Clock,
    callers: Arc<Mutex<Callers>>,
}

impl RateLimits {
    pub fn new(config: &Config, clock: Clock) -> Self {
        Self {
            reads: Quota::new(config.server.reads_per_minute),
            writes: Quota::new(config.server.writes_per_minute),
            clock,
            callers: Arc::default(),
        }
    }

    fn kind_of(&self, method: &Method) -> Option<(Kind, Quota)> {
        let (kind, quota) = match *method {
            Method::GET | Method::HEAD | Method::OPTIONS => (Kind::Read, self.reads),
            _ => (Kind::Write, self.writes),
        };
        Some((kind, quota?))
    }

    fn now(&self) -> i64 {
        self.clock.now().timestamp_micros()
    }

    fn callers(&self) -> MutexGuard<'_, Callers> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the request belongs, now that it is known whether its token is good.
    fn settle(&self, charge: Charge, caller: &Caller, status: StatusCode) -> Charge {
        let now = self.now();
        match caller.token {
            Some(token) if caller.accepted.0.load(Ordering::Relaxed) => {
                self.callers().accept(charge, token, now)
            }
            Some(_) if status == StatusCode::UNAUTHORIZED => {
                self.callers().reject(charge, caller.address, now)
            }
            _ => charge,
        }
    }
}

/// Who asks, as far as a request tells by itself.
struct Caller {
    token: Option<TokenHash>,
    address: std::net::IpAddr,
    accepted: Accepted,
}

impl<E: Endpoint> Middleware<E> for RateLimits {
    type Output = RateLimited<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RateLimited {
            inner,
            limits: self.clone(),
        }
    }
}

/// An endpoint behind the layer.
#[derive(Debug)]
pub struct RateLimited<E> {
    inner: E,
    limits: RateLimits,
}

impl<E: Endpoint> Endpoint for RateLimited<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let limits = &self.limits;
        let Some((kind, quota)) = limits.kind_of(request.method()) else {
            return self.inner.call(request).await.map(IntoResponse::into_response);
        };
        let caller = Caller {
            token: bearer(&request).map(|token| Sha256::digest(token.as_bytes()).into()),
            address: ClientAddress::of(&request).group(),
            accepted: Accepted::default(),
        };
        let charge = limits
            .callers()
            .charge(caller.token, caller.address, (kind, quota), limits.now());
        if !charge.left.is_admitted {
            return Err(refused(kind, quota, charge.left));
        }
        request.extensions_mut().insert(caller.accepted.clone());
        let outcome = self.inner.call(request).await.map(IntoResponse::into_response);
        let status = match &outcome {
            Ok(answer) => answer.status(),
            Err(error) => error.status(),
        };
        let left = limits.settle(charge, &caller, status).left;
        let fields = fields(kind, quota, left);
        match outcome {
            Ok(mut answer) => {
                answer.headers_mut().extend(fields);
                Ok(answer)
            }
            Err(mut error) => {
                AnswerHeaders::add(&mut error, fields);
                Err(error)
            }
        }
    }
}

fn refused(kind: Kind, quota: Quota, left: Left) -> Error {
    let detail = format!(
        "{} {} a minute are allowed; there is room for the next in {} s",
        quota.per_minute(),
        name_of(kind),
        left.secs
    );
    let mut error = Error::from(AppError::refuse(Code::RateLimited, detail));
    let mut headers = fields(kind, quota, left);
    headers.insert(header::RETRY_AFTER, HeaderValue::from(left.secs));
    AnswerHeaders::add(&mut error, headers);
    error
}

fn name_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Read => "reads",
        Kind::Write => "writes",
    }
}

/// `"reads";q=1200;w=60` and `"reads";r=1199;t=1`.
fn fields(kind: Kind, quota: Quota, left: Left) -> HeaderMap {
    let name = name_of(kind);
    let policy = format!("\"{name}\";q={};w={WINDOW_SECS}", quota.per_minute());
    let state = format!("\"{name}\";r={};t={}", left.remaining, left.secs);
    [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, state)]
        .into_iter()
        .filter_map(|(field, text)| Some((field, HeaderValue::try_from(text).ok()?)))
        .collect()
}
