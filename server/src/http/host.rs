//! `Host`: one on every request of HTTP/1.1, and one that can be read (RFC 9112). Two could mean one thing to a proxy and
//! another to whoever is behind it.

use crate::error::AppError;
use api::problem::Code;
use poem::http::uri::Authority;
use poem::http::{Version, header};
use poem::{Endpoint, Middleware, Request, Result};

/// The layer.
#[derive(Debug, Clone, Copy)]
pub struct OneHost;

impl<E: Endpoint> Middleware<E> for OneHost {
    type Output = Hosted<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Hosted { inner }
    }
}

/// An endpoint behind the layer.
#[derive(Debug)]
pub struct Hosted<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for Hosted<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> Result<E::Output> {
        check(&request)?;
        self.inner.call(request).await
    }
}

fn check(request: &Request) -> Result<(), AppError> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let refused = |detail: &str| Err(AppError::refuse(Code::BadRequest, detail));
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version() == Version::HTTP_11 => refused("Send one `Host`; there is none"),
        (Some(_), Some(_)) => refused("Send one `Host`; there are several"),
        (Some(host), None) if !is_readable(host.as_bytes()) => {
            refused("`Host` is a name or address, and perhaps a port")
        }
        _ => Ok(()),
    }
}

/// An empty one is allowed, for addresses that have no host.
fn is_readable(host: &[u8]) -> bool {
    host.is_empty() || (!host.contains(&b'@') && Authority::try_from(host).is_ok())
}
