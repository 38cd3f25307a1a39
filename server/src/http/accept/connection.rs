//! One connection from its first byte to its last: TLS is agreed on where it is spoken, hyper speaks HTTP/1.1 on it,
//! this task closes it when a phase has lasted too long, and winds it down at a stop. Only HTTP/1.1: nothing of ours needs HTTP/2, and its floods
//! are the larger part of what goes wrong in servers.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Request};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::phase::{NEVER, TrackedBody, TrackedIo, Tracker, tracked_body};
use super::refusal::Refusal;
use super::socket::{Socket, Watched};
use super::tls::Tls;
use super::{App, Common};
use crate::http::stream::EVENT_STREAM;

/// Past this nothing is read any more, answered 431 and closed. The limit layer refuses from 16 KiB on.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// At a stop, for a request of which the last bytes may be under way.
const HALF_SENT_GRACE: Duration = Duration::from_millis(250);

/// A client that still sends when it is refused loses the answer if the socket is closed under it. So what it sends
/// is read and thrown away, for this long and this much: the whole file of an import that is told to come again.
const LINGER: Duration = Duration::from_secs(10);
const LINGER_BYTES: usize = 32 * 1024 * 1024;

pub(super) async fn run(
    stream: TcpStream,
    peer: SocketAddr,
    common: &Common,
    mut stopping: watch::Receiver<bool>,
) {
    // Answers are written whole; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let local = LocalAddr(stream.local_addr().map(Addr::from).unwrap_or_default());
    let remote = RemoteAddr(Addr::from(peer));
    let tracker = Tracker::new();
    let Some(socket) = open(stream, peer, common, &tracker, &mut stopping).await else {
        return;
    };
    tracker.connected();
    let mut changes = tracker.changes();

    let scheme = if socket.is_tls() {
        Scheme::HTTPS
    } else {
        Scheme::HTTP
    };
    let service = service_fn({
        let tracker = tracker.clone();
        move |request: hyper::Request<Incoming>| {
            let from = (local.clone(), remote.clone(), scheme.clone());
            let (app, tracker) = (common.app.clone(), tracker.clone());
            async move { Ok::<_, Infallible>(answer(request, app, tracker, from).await) }
        }
    });
    let io = TokioIo::new(TrackedIo::new(socket, tracker.clone()));
    let mut connection = http1::Builder::new()
        .max_buf_size(MAX_HEADER_BYTES)
        // hyper looks whether the client is still there while it answers; where it need not be, the phases say so.
        .half_close(false)
        // Phases keep the time, in finer steps than this one would.
        .header_read_timeout(None)
        .serve_connection(io, service);

    let mut stop_at: Option<Instant> = None;
    loop {
        let state = tracker.state();
        let cut_at = stop_at.filter(|_| state.is_half_sent());
        let deadline = [state.deadline(&common.limits), cut_at]
            .into_iter()
            .flatten()
            .min();
        let timer = sleep_until(deadline.unwrap_or_else(|| Instant::now() + NEVER));
        tokio::select! {
            biased;
            ended = &mut connection => {
                if let Err(error) = ended {
                    tracing::debug!(%peer, %error, "connection ended");
                }
                break;
            }
            _ = changes.changed() => {}
            Ok(_) = stopping.wait_for(|stopping| *stopping), if stop_at.is_none() => {
                stop_at = Some(Instant::now() + HALF_SENT_GRACE);
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
            () = timer => {
                tracing::debug!(%peer, phase = ?state.phase, "connection closed: it took too long");
                if state.blocked_since.is_some() {
                    // The system would go on offering the rest of the answer, and hold its memory, for many minutes.
                    let socket = connection.into_parts().io.into_inner().into_inner();
                    let _ = socket.tcp().set_zero_linger();
                }
                return;
            }
        }
    }
    if tracker.state().is_unread && stop_at.is_none() {
        linger(connection.into_parts().io.into_inner().into_inner()).await;
    }
}

/// The socket as hyper shall have it; none where nothing can be spoken on it, or not in time.
async fn open(
    stream: TcpStream,
    peer: SocketAddr,
    common: &Common,
    tracker: &Tracker,
    stopping: &mut watch::Receiver<bool>,
) -> Option<Socket> {
    let Some(tls) = &common.door.tls else {
        return Some(Socket::Clear(Watched::new(stream, tracker.clone())));
    };
    let deadline = tracker.state().deadline(&common.limits);
    tokio::select! {
        biased;
        agreed = agree(stream, tls, tracker) => match agreed {
            Ok(socket) => socket,
            Err(error) => {
                tracing::debug!(%peer, %error, "no TLS could be agreed on");
                None
            }
        },
        _ = stopping.wait_for(|stopping| *stopping) => None,
        () = sleep_until(deadline.unwrap_or_else(|| Instant::now() + NEVER)) => {
            tracing::debug!(%peer, "connection closed: agreeing on TLS took too long");
            None
        }
    }
}

/// Agrees on TLS with a client that speaks it. One that speaks clear HTTP is told so; nothing it sent is looked at.
async fn agree(mut stream: TcpStream, tls: &Tls, tracker: &Tracker) -> std::io::Result<Option<Socket>> {
    let mut first = [0; 1];
    let count = stream.peek(&mut first).await?;
    // A method begins with a letter, TLS with 22.
    if count == 1 && first[0].is_ascii_alphabetic() {
        stream.write_all(&Refusal::NoTls.answer()).await?;
        stream.shutdown().await?;
        linger(stream).await;
        return Ok(None);
    }
    let watched = Watched::new(stream, tracker.clone());
    let agreed = tls.acceptor().accept(watched).await?;
    Ok(Some(Socket::Tls(Box::new(agreed))))
}

async fn answer(
    request: hyper::Request<Incoming>,
    app: App,
    tracker: Tracker,
    (local, remote, scheme): (LocalAddr, RemoteAddr, Scheme),
) -> hyper::Response<TrackedBody<impl hyper::body::Body<Data = hyper::body::Bytes, Error = std::io::Error>>> {
    let has_body = !request.body().is_end_stream();
    tracker.request_came(has_body);
    let mut request = Request::from((request, local, remote, scheme));
    if has_body {
        let body = tracked_body(request.take_body(), tracker.clone());
        request.set_body(body);
    }
    let response = match app.call(request).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    };
    if response.content_type() == Some(EVENT_STREAM) {
        tracker.endless();
    }
    hyper::Response::from(response).map(|body| TrackedBody::new(body, tracker))
}

async fn linger(mut stream: impl AsyncRead + Unpin) {
    let mut scratch = vec![0; 16 * 1024];
    let mut left = LINGER_BYTES;
    let read_to_end = async {
        while let Ok(count @ 1..) = stream.read(&mut scratch).await {
            left = left.saturating_sub(count);
            if left == 0 {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(LINGER, read_to_end).await;
}
