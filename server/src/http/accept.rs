//! The socket loop. It stands in the place of poem's own server, which keeps half-sent requests for ever:
//! here every phase of a connection has a deadline (`accept/phase.rs`), their number is bounded, a failing accept
//! does not spin, and a stop finishes what is under way. poem stays the router behind it.
//! What is inside a request (body, size, time of the answer) is `limit`'s.

mod connection;
pub mod door;
mod phase;
mod refusal;
mod socket;
pub mod tls;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use poem::endpoint::{DynEndpoint, ToDynEndpoint};
use poem::{EndpointExt as _, IntoEndpoint, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinError, JoinSet};

use crate::config::Config;
use door::{Crowd, Door, Place};
use refusal::Refusal;

/// What is waited for after the system refused a connection (too many open files, mostly): long enough
/// not to spin, short enough not to be noticed.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(100);

type App = Arc<dyn DynEndpoint<Output = Response>>;

/// How long each phase of a connection may last, and how many there may be.
#[derive(Debug, Clone)]
pub struct Limits {
    pub max_connections: usize,
    /// For one address, or one network of IPv6.
    pub max_connections_per_address: usize,
    /// From the accepted connection to TLS, where that is spoken.
    pub handshake: Duration,
    /// From there to the first byte.
    pub first_byte: Duration,
    /// From the first byte of a request to the end of its headers.
    pub header: Duration,
    /// From the end of an answer to the first byte of the next request.
    pub idle: Duration,
    /// How long the client may take nothing of its answer.
    pub write: Duration,
    /// At a stop, for the requests under way.
    pub drain: Duration,
}

impl From<&Config> for Limits {
    fn from(config: &Config) -> Self {
        let server = &config.server;
        Self {
            max_connections: server.max_connections,
            max_connections_per_address: server.max_connections_per_address,
            handshake: Duration::from_secs(server.handshake_timeout_secs),
            first_byte: Duration::from_secs(server.first_byte_timeout_secs),
            header: Duration::from_secs(server.header_timeout_secs),
            idle: Duration::from_secs(server.idle_timeout_secs),
            write: Duration::from_secs(server.write_timeout_secs),
            drain: Duration::from_secs(server.drain_secs),
        }
    }
}

/// How many connections are open, to be looked at and waited on.
#[derive(Debug, Clone)]
pub struct Connections(watch::Sender<usize>);

impl Default for Connections {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Connections {
    pub fn open(&self) -> usize {
        *self.0.borrow()
    }

    /// Returns when their number fits.
    pub async fn until(&self, fits: impl Fn(usize) -> bool) {
        // The sender lives in self, so that waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|open| fits(*open)).await;
    }

    fn enter(&self) -> Entered {
        self.0.send_modify(|open| *open += 1);
        Entered(self.clone())
    }
}

/// Counts a connection for as long as it lives, whatever ends it.
struct Entered(Connections);

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.0.send_modify(|open| *open = open.saturating_sub(1));
    }
}

/// How a stop went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were still busy at the deadline and were cut.
    pub cut: usize,
}

/// Serves in clear until `shutdown` resolves, then drains. See `Acceptor` for a door and a hook on the open connections.
pub async fn serve<E>(
    listener: TcpListener,
    app: E,
    limits: Limits,
    shutdown: impl Future<Output = ()>,
) -> Drained
where
    E: IntoEndpoint,
    E::Endpoint: 'static,
{
    Acceptor::new(limits).serve(listener, app, shutdown).await
}

/// The loop with its limits and its count of connections.
#[derive(Debug)]
pub struct Acceptor {
    limits: Limits,
    door: Door,
    connections: Connections,
}

/// What all connections have in common.
struct Common {
    app: App,
    limits: Limits,
    door: Door,
}

/// What a connection holds for as long as it lives.
type Stay = (OwnedSemaphorePermit, Option<Place>, Entered);

impl Acceptor {
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            door: Door::default(),
            connections: Connections::default(),
        }
    }

    #[must_use]
    pub fn with_door(self, door: Door) -> Self {
        Self { door, ..self }
    }

    pub fn connections(&self) -> Connections {
        self.connections.clone()
    }

    pub async fn serve<E>(self, listener: TcpListener, app: E, shutdown: impl Future<Output = ()>) -> Drained
    where
        E: IntoEndpoint,
        E::Endpoint: 'static,
    {
        let common = Arc::new(Common {
            app: Arc::new(ToDynEndpoint(app.into_endpoint().map_to_response())),
            limits: self.limits,
            door: self.door,
        });
        let (limits, door) = (&common.limits, &common.door);
        let room = Arc::new(Semaphore::new(limits.max_connections.min(Semaphore::MAX_PERMITS)));
        let crowd = Crowd::new(limits.max_connections_per_address);
        let stopping = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        tokio::pin!(shutdown);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                // Ended tasks are taken out at once; a set that only grows would be a leak.
                Some(ended) = tasks.join_next() => report(ended),
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => {
                        let place = door.enter(peer.ip(), &crowd);
                        let free = place.and_then(|place| {
                            let permit = Arc::clone(&room).try_acquire_owned();
                            permit.map(|permit| (permit, place)).map_err(|_| Refusal::Full)
                        });
                        match free {
                            Ok((permit, place)) => {
                                let stay = (permit, place, self.connections.enter());
                                spawn(&mut tasks, stream, peer, &common, stopping.subscribe(), stay);
                            }
                            Err(refusal) => refuse(&stream, peer, refusal, door),
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        tokio::select! {
                            () = &mut shutdown => break,
                            () = tokio::time::sleep(PAUSE_AFTER_ERROR) => {}
                        }
                    }
                },
            }
        }
        drop(listener);
        stopping.send_replace(true);
        drain(tasks, limits.drain).await
    }
}

fn spawn(
    tasks: &mut JoinSet<()>,
    stream: TcpStream,
    peer: SocketAddr,
    common: &Arc<Common>,
    stopping: watch::Receiver<bool>,
    stay: Stay,
) {
    let common = Arc::clone(common);
    tasks.spawn(async move {
        connection::run(stream, peer, &common, stopping).await;
        drop(stay);
    });
}

fn refuse(stream: &TcpStream, peer: SocketAddr, refusal: Refusal, door: &Door) {
    tracing::warn!(%peer, "connection refused: {}", refusal.reason());
    // Into the socket's own buffer or not at all: a refused client gets no time of ours. Where TLS is spoken, these
    // words would be no words.
    if door.tls.is_none() {
        let _ = stream.try_write(&refusal.answer());
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!("a connection's task panicked; the others go on");
    }
}

async fn drain(mut tasks: JoinSet<()>, within: Duration) -> Drained {
    let all = async {
        while let Some(ended) = tasks.join_next().await {
            report(ended);
        }
    };
    if tokio::time::timeout(within, all).await.is_ok() {
        return Drained { cut: 0 };
    }
    let cut = tasks.len();
    tasks.shutdown().await;
    tracing::warn!(cut, "some requests had not ended at the deadline of the stop");
    Drained { cut }
}

#[cfg(test)]
#[path = "accept_tests.rs"]
mod tests;
