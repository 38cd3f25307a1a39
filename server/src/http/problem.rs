//! Every error as RFC 9457 problem+json, on every path: refusals, poem's own errors, limits, panics. The one place
//! that turns an error into an answer; nothing internal gets into a body.

use super::limit::LimitError;
use super::trace::{RequestId, carry_route};
use crate::db::{Class, StorageFault, classify};
use crate::error::{AppError, Refusal};
use api::problem::{Code, Problem, shortened};
use futures_util::FutureExt;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Error, IntoResponse, Middleware, PathPattern, Request, Response, Result};
use poem_openapi::registry::{MetaResponses, Registry};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// The media type of problem details.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// How long to wait where nothing else is known.
const WAIT_SECS: u64 = 2;

impl poem::error::ResponseError for AppError {
    fn status(&self) -> StatusCode {
        let code = match self {
            Self::Refused(refusal) => refusal.code,
            Self::Unavailable(_) | Self::Storage(..) => Code::Unavailable,
            Self::Db(_) | Self::Internal(_) => Code::Internal,
        };
        StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl poem_openapi::ApiResponse for AppError {
    // The document's post-processing adds the same answers to every operation.
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: Vec::new(),
        }
    }

    fn register(_registry: &mut Registry) {}
}

/// What a layer or a handler wants in the head of the answer to an error.
#[derive(Debug, Clone, Default)]
pub struct AnswerHeaders(HeaderMap);

impl AnswerHeaders {
    /// Adds to an error's, in place of what is there by the same name.
    pub fn add(error: &mut Error, headers: HeaderMap) {
        let mut all = error.data::<Self>().cloned().unwrap_or_default();
        all.0.extend(headers);
        error.set_data(all);
    }
}

/// The methods that an address takes, for `Allow`.
pub type Allowed = Arc<dyn Fn(&str) -> Vec<Method> + Send + Sync>;

/// The layer that renders errors.
#[derive(Clone)]
pub struct Problems {
    /// Where this server is reached, without a slash at the end; empty for addresses relative to the host.
    pub base_url: String,
    /// The methods that an address takes.
    pub allowed: Allowed,
}

impl std::fmt::Debug for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Problems").finish_non_exhaustive()
    }
}

impl<E: Endpoint> Middleware<E> for Problems {
    type Output = Rendered<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Rendered {
            inner,
            problems: self.clone(),
        }
    }
}

/// An endpoint whose errors are rendered.
#[derive(Debug)]
pub struct Rendered<E> {
    inner: E,
    problems: Problems,
}

impl<E: Endpoint> Endpoint for Rendered<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let request_id = request
            .extensions()
            .get::<RequestId>()
            .map_or_else(String::new, |id| id.0.clone());
        let path = request.original_uri().path().to_owned();
        match self.inner.call(request).await {
            Ok(answer) => Ok(answer.into_response()),
            Err(error) => {
                let route = error.data::<PathPattern>().cloned();
                let mut response = self.problems.render(&error, &request_id, &path);
                carry_route(route, &mut response);
                Ok(response)
            }
        }
    }
}

impl Problems {
    fn render(&self, error: &Error, request_id: &str, path: &str) -> Response {
        let refusal = self.refusal(error, request_id, path);
        let (code, wait_secs) = (refusal.code, refusal.retry_after_secs.unwrap_or(WAIT_SECS));
        let mut response = self.answer(refusal, request_id);
        let headers = response.headers_mut();
        match code {
            Code::Unauthenticated => {
                headers.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer error=\"invalid_token\""),
                );
            }
            Code::MethodNotAllowed => {
                let methods: Vec<String> = (self.allowed)(path).iter().map(ToString::to_string).collect();
                if let Ok(value) = HeaderValue::from_str(&methods.join(", ")) {
                    headers.insert(header::ALLOW, value);
                }
            }
            Code::Unavailable | Code::ReadOnly | Code::RateLimited => {
                headers.insert(header::RETRY_AFTER, wait_secs.into());
            }
            _ => {}
        }
        if let Some(AnswerHeaders(more)) = error.data() {
            headers.extend(more.clone());
        }
        response
    }

    fn answer(&self, refusal: Refusal, request_id: &str) -> Response {
        let code = refusal.code;
        let problem = Problem {
            kind: format!("{}/docs/errors/{}", self.base_url, code.as_str()),
            title: code.title().into(),
            status: code.status(),
            detail: shortened(refusal.detail),
            code: code.as_str().into(),
            request_id: request_id.into(),
            more_errors: Some(refusal.faults.more()).filter(|more| *more > 0),
            errors: refusal.faults.into_told(),
            current: refusal.current,
            count: refusal.count,
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        Response::builder()
            .status(StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
            .content_type(PROBLEM_JSON)
            .body(body)
    }

    fn refusal(&self, error: &Error, request_id: &str, path: &str) -> Refusal {
        if let Some(error) = error.downcast_ref::<AppError>() {
            return of_app(error, request_id);
        }
        if let Some(error) = error.downcast_ref::<LimitError>() {
            return of_limit(error);
        }
        // poem's own errors name internals; only their status is believed.
        match error.status() {
            StatusCode::METHOD_NOT_ALLOWED => {
                Refusal::new(Code::MethodNotAllowed, "This address takes other methods")
            }
            // poem says 404 for a method it does not know on a path it does.
            StatusCode::NOT_FOUND if (self.allowed)(path).is_empty() => {
                Refusal::new(Code::NotFound, "There is no such thing here, or it is not yours")
            }
            StatusCode::NOT_FOUND => {
                Refusal::new(Code::NotFound, "There is no such thing here, or it is not yours")
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                Refusal::new(Code::UnsupportedMediaType, "Send application/json")
            }
            StatusCode::BAD_REQUEST => Refusal::new(Code::BadRequest, "The request cannot be read"),
            status => {
                tracing::error!(%request_id, %status, %error, "unexpected error");
                Refusal::new(Code::Internal, "Something broke on the server; it was logged")
            }
        }
    }
}

fn of_app(error: &AppError, request_id: &str) -> Refusal {
    match error {
        AppError::Refused(refusal) => (**refusal).clone(),
        AppError::Db(inner) => match classify(inner) {
            Class::Endpoint | Class::Conflict => away(error, request_id),
            Class::Storage(fault) => of_storage(fault, error, request_id),
            Class::Unique | Class::ForeignKey | Class::Fatal => internal(error, request_id),
        },
        AppError::Unavailable(_) => away(error, request_id),
        AppError::Storage(fault, _) => of_storage(*fault, error, request_id),
        AppError::Internal(_) => internal(error, request_id),
    }
}

/// Whether anything was written is not said: a COMMIT that failed or whose answer was lost may be found in the database.
const TRY_AGAIN: &str = "Try again; a write with the same Idempotency-Key is carried out once";

fn away(error: &AppError, request_id: &str) -> Refusal {
    tracing::warn!(%request_id, %error, "database unavailable");
    Refusal::new(
        Code::Unavailable,
        format!("The database is busy or away. {TRY_AGAIN}"),
    )
}

fn of_storage(fault: StorageFault, error: &AppError, request_id: &str) -> Refusal {
    tracing::error!(%request_id, %error, "the disk under the database fails");
    let matter = match fault {
        StorageFault::Full => "The disk of the server's database is full",
        StorageFault::ReadOnly => "The server's database can be read and not written",
        StorageFault::Io => "The disk of the server's database cannot be read or written",
        StorageFault::Damaged => "The file of the server's database is damaged",
    };
    Refusal::new(Code::Unavailable, format!("{matter}. {TRY_AGAIN}"))
}

fn internal(error: &AppError, request_id: &str) -> Refusal {
    tracing::error!(%request_id, %error, "internal error");
    Refusal::new(Code::Internal, "Something broke on the server; it was logged")
}

fn of_limit(error: &LimitError) -> Refusal {
    let code = match error {
        LimitError::BodyTooLarge { .. } => Code::TooLarge,
        LimitError::BodyTooSlow { .. } => Code::Timeout,
        LimitError::BodyBroken | LimitError::UriTooLong => Code::BadRequest,
        LimitError::BodyEncoded => Code::UnsupportedMediaType,
        LimitError::HeadersTooLarge => Code::HeadersTooLarge,
        LimitError::AnswerTooSlow { .. } => Code::Unavailable,
    };
    Refusal::new(code, error.to_string())
}

/// The layer that turns a panic into an error like any other. poem's own can only answer, not fail.
#[derive(Debug, Clone, Copy)]
pub struct Panics;

impl<E: Endpoint> Middleware<E> for Panics {
    type Output = Caught<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Caught { inner }
    }
}

/// An endpoint whose panics are caught.
#[derive(Debug)]
pub struct Caught<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for Caught<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> Result<E::Output> {
        match AssertUnwindSafe(self.inner.call(request)).catch_unwind().await {
            Ok(answer) => answer,
            // What it says may hold a row; the panic hook has logged the place.
            Err(_) => Err(AppError::Internal("panic".into()).into()),
        }
    }
}

/// What stands on the page behind a problem's `type`.
pub fn page(code: Code) -> String {
    format!(
        "<h1>{title}</h1><p><code>{word}</code>, answered with status {status}.</p><p>{advice}</p>",
        word = code.as_str(),
        title = code.title(),
        status = code.status(),
        advice = code.advice(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::EndpointExt;
    use poem::endpoint::make_sync;

    fn problems() -> Problems {
        Problems {
            base_url: String::new(),
            allowed: Arc::new(|_| vec![Method::GET]),
        }
    }

    async fn rendered(endpoint: impl Endpoint<Output = Response>) -> (StatusCode, Problem) {
        let response = endpoint.call(Request::default()).await.unwrap();
        assert_eq!(response.content_type(), Some(PROBLEM_JSON));
        let status = response.status();
        (status, response.into_body().into_json().await.unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_like_any_other_and_says_nothing_of_its_cause() {
        let broken = make_sync(|_| -> Response { panic!("secret 12.50") });
        let (status, problem) = rendered(broken.with(Panics).with(problems())).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(problem.code, "internal");
        assert!(!serde_json::to_string(&problem).unwrap().contains("secret"));
    }

    #[tokio::test]
    async fn what_the_database_says_is_not_told() {
        let broken =
            poem::endpoint::make(|_| async { Err::<Response, Error>(AppError::Db(sea_orm_error()).into()) });
        let (status, problem) = rendered(broken.with(problems())).await;
        assert_eq!((status.as_u16(), problem.code.as_str()), (500, "internal"));
        assert!(!problem.detail.contains("table"), "{}", problem.detail);
    }

    fn sea_orm_error() -> sea_orm::DbErr {
        sea_orm::DbErr::Custom("no such table: expense".into())
    }
}
