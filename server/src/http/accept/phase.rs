//! What a connection is doing, seen from its bytes: the socket wrapper and the bodies report, the connection's
//! task listens and sets the deadline. Nothing here decides what happens at a deadline.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Stream, StreamExt as _, stream};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::Instant;

use super::Limits;
use super::refusal::{Refusal, status_of_bare_error};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Connected, and TLS not yet agreed on where it is spoken.
    Handshake,
    /// Not a byte of a request yet.
    Silent,
    /// Some of a request's headers.
    Header,
    /// Headers whole, body not.
    Body,
    /// The request is whole, the answer is not.
    Answer,
    /// Answered; the next request may come.
    Idle,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    pub(super) phase: Phase,
    pub(super) since: Instant,
    /// Since when the client takes nothing of what is written to it.
    pub(super) blocked_since: Option<Instant>,
    /// Whether the last request was answered before all of it had come, so that the client may still be sending.
    pub(super) is_unread: bool,
    /// Whether the answer goes on until the client goes away.
    pub(super) is_endless: bool,
    /// Whether bytes of a next request came during the answer.
    is_ahead: bool,
}

impl State {
    /// When this phase has lasted too long. The body's and the answer's own time is kept by the limit layer.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        let phase = match self.phase {
            Phase::Handshake => Some(limits.handshake),
            Phase::Silent => Some(limits.first_byte),
            Phase::Header => Some(limits.header),
            Phase::Idle => Some(limits.idle),
            Phase::Body | Phase::Answer => None,
        };
        let phase = phase.and_then(|within| self.since.checked_add(within));
        let blocked = self
            .blocked_since
            .and_then(|since| since.checked_add(limits.write));
        [phase, blocked].into_iter().flatten().min()
    }

    /// At a stop: whether the request has not wholly come, so that closing loses nothing the client was told.
    pub(super) fn is_half_sent(&self) -> bool {
        matches!(
            self.phase,
            Phase::Handshake | Phase::Silent | Phase::Header | Phase::Body
        )
    }
}

/// The state of one connection, shared by its parts.
#[derive(Debug, Clone)]
pub(super) struct Tracker(watch::Sender<State>);

impl Tracker {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(State {
            phase: Phase::Handshake,
            since: Instant::now(),
            blocked_since: None,
            is_unread: false,
            is_endless: false,
            is_ahead: false,
        }))
    }

    pub(super) fn state(&self) -> State {
        *self.0.borrow()
    }

    pub(super) fn changes(&self) -> watch::Receiver<State> {
        self.0.subscribe()
    }

    fn enter(&self, phase: Phase) {
        self.0.send_if_modified(|state| {
            let is_new = state.phase != phase;
            if is_new {
                state.phase = phase;
                state.since = Instant::now();
            }
            is_new
        });
    }

    /// Requests may come.
    pub(super) fn connected(&self) {
        self.enter(Phase::Silent);
    }

    /// A request's headers are whole.
    pub(super) fn request_came(&self, has_body: bool) {
        self.0.send_modify(|state| {
            (state.is_unread, state.is_endless, state.is_ahead) = (false, false, false);
        });
        self.enter(if has_body { Phase::Body } else { Phase::Answer });
    }

    /// The answer has been taken over, to be written.
    fn answered(&self) {
        if self.state().phase == Phase::Body {
            self.0.send_modify(|state| state.is_unread = true);
        }
        let is_ahead = self.state().is_ahead;
        self.enter(if is_ahead { Phase::Header } else { Phase::Idle });
    }

    /// The answer is one that goes on until the client goes away.
    pub(super) fn endless(&self) {
        self.0.send_modify(|state| state.is_endless = true);
    }

    /// The client sends nothing more. During an answer that ends by itself that is no reason not to give it: a script that
    /// closes its sending side after the request still wants it.
    fn is_end_passed_over(&self) -> bool {
        let state = self.state();
        state.phase == Phase::Answer && !state.is_endless
    }

    /// hyper could not read the request, of which more may come.
    fn unreadable(&self) {
        self.0.send_modify(|state| state.is_unread = true);
    }

    /// Bytes came. They begin a request where none is under way, and the next one during an answer.
    fn bytes_came(&self) {
        match self.state().phase {
            Phase::Silent | Phase::Idle => self.enter(Phase::Header),
            Phase::Answer => self.0.send_modify(|state| state.is_ahead = true),
            Phase::Handshake | Phase::Header | Phase::Body => {}
        }
    }

    fn body_came(&self) {
        if self.state().phase == Phase::Body {
            self.enter(Phase::Answer);
        }
    }

    /// Whether the system takes no more of what is written.
    pub(super) fn blocked(&self, is_blocked: bool) {
        if self.state().blocked_since.is_some() != is_blocked {
            self.0
                .send_modify(|state| state.blocked_since = is_blocked.then(Instant::now));
        }
    }
}

/// What hyper reads and writes, in clear, reporting what passes.
pub(super) struct TrackedIo<I> {
    io: I,
    tracker: Tracker,
    /// What is written in place of hyper's own answer to something unreadable, and has not gone out yet.
    refusal: Vec<u8>,
}

impl<I> TrackedIo<I> {
    pub(super) fn new(io: I, tracker: Tracker) -> Self {
        Self {
            io,
            tracker,
            refusal: Vec::new(),
        }
    }

    pub(super) fn into_inner(self) -> I {
        self.io
    }
}

impl<I: AsyncWrite + Unpin> TrackedIo<I> {
    fn poll_refusal(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.refusal.is_empty() {
            let count = ready!(Pin::new(&mut self.io).poll_write(cx, &self.refusal))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.refusal.drain(..count);
        }
        Poll::Ready(Ok(()))
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for TrackedIo<I> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.io).poll_read(cx, buf);
        if polled.is_ready() && buf.filled().len() > before {
            self.tracker.bytes_came();
        }
        if matches!(polled, Poll::Ready(Ok(()))) && buf.filled().len() == before {
            // Found again once the answer is out: nobody has to be woken for it.
            if self.tracker.is_end_passed_over() {
                return Poll::Pending;
            }
        }
        polled
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for TrackedIo<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.tracker.state().phase == Phase::Header
            && let Some(status) = status_of_bare_error(buf)
        {
            self.refusal = Refusal::of_status(status).answer();
            self.tracker.unreadable();
            return Poll::Ready(Ok(buf.len()));
        }
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_refusal(cx))?;
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_refusal(cx))?;
        Pin::new(&mut self.io).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.tracker.state().phase == Phase::Header {
            let first = bufs
                .iter()
                .find(|buf| !buf.is_empty())
                .map_or(&b""[..], |buf| buf);
            return self.poll_write(cx, first);
        }
        Pin::new(&mut self.io).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

/// The request's body, reporting its end.
pub(super) fn tracked_body(body: poem::Body, tracker: Tracker) -> poem::Body {
    let end = stream::poll_fn(move |_| {
        tracker.body_came();
        Poll::Ready(None)
    });
    poem::Body::from_bytes_stream(pinned(body.into_bytes_stream()).chain(end))
}

fn pinned<S: Stream<Item = Result<Bytes, io::Error>> + Send + 'static>(
    stream: S,
) -> Pin<Box<dyn Stream<Item = Result<Bytes, io::Error>> + Send>> {
    Box::pin(stream)
}

/// The answer's body; when it is dropped, hyper has taken all of it.
pub(super) struct TrackedBody<B> {
    body: Pin<Box<B>>,
    tracker: Tracker,
}

impl<B> TrackedBody<B> {
    pub(super) fn new(body: B, tracker: Tracker) -> Self {
        Self {
            body: Box::pin(body),
            tracker,
        }
    }
}

impl<B> Drop for TrackedBody<B> {
    fn drop(&mut self) {
        self.tracker.answered();
    }
}

impl<B: Body> Body for TrackedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.body.as_mut().poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Far enough away to mean never, near enough not to overflow.
pub(super) const NEVER: Duration = Duration::from_hours(365 * 24);
