//! The client of the HTTP API: one trait with one method that an implementation must have, and on it one function an
//! operation, named as the operation is and kept one file a resource. Everything else in this crate talks to the
//! server through `dyn Api`. No screen, no terminal and no settings here.

mod account;
mod auth;
mod category;
mod change;
mod day;
mod elsewhere;
mod error;
mod expense;
#[doc(hidden)]
pub mod fake;
mod feed;
mod health;
mod http;
mod import;
mod ledger;
mod member;
mod operation;
mod ours;
mod page;
mod payee;
pub(crate) mod probe;
mod report;
mod request;
mod session;
mod sse;
mod tag;
mod tap;
mod token;
mod trust;
mod user;

pub use day::DayRead;
pub use error::ClientError;
pub use feed::{Feed, News};
pub use health::Health;
pub use http::{HttpApi, install_tls};
pub(crate) use http::{is_loopback, shown};
pub use page::every_page;
pub use probe::{Finding, Verdict};
pub use request::{Answer, Base, Content, Key, Method, Request, Token};
pub use session::{Asked, SessionApi};
pub use tap::Tap;
pub use trust::Trust;

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;

/// What an operation gives: a future that owns all it needs, so that a screen can hand it to the runtime.
pub type Reply<T> = BoxFuture<'static, Result<T, ClientError>>;

/// A server that can be asked. The operations are functions on `dyn Api`, in the files beside this one.
pub trait Api: Send + Sync + 'static {
    /// Sends a request; an answer that is no success is an error.
    fn call(&self, request: Request) -> Reply<Answer>;

    /// Resolves once requests go with another token than when this was called.
    fn renewed(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    /// Opens the log behind a place in it, or from now on, where the server pushes it.
    fn stream_changes(&self, after: Option<String>) -> Reply<Feed> {
        drop(after);
        feed::none()
    }
}

impl dyn Api {
    /// Sends a request and reads the value of its answer.
    fn ask<T: DeserializeOwned + Send + 'static>(&self, request: Request) -> Reply<T> {
        let operation = request.operation;
        let answer = self.call(request);
        Box::pin(async move { answer.await?.read(operation) })
    }

    /// Sends a request whose answer says nothing more than that it is done.
    fn tell(&self, request: Request) -> Reply<()> {
        let answer = self.call(request);
        Box::pin(async move { answer.await.map(drop) })
    }
}
