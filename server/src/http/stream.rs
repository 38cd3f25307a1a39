//! An answer that goes on: events as `text/event-stream` (HTML, server-sent events), a sign of life in between, a clean
//! end at a stop. Before each event and at each sign of life the guard looks again, so that nothing goes out to who may
//! not read any more; a client that is too slow is only not read for.

use super::guard::Guard;
use super::right::Right;
use crate::error::Result;
use crate::run::Stop;
use crate::service::live::Reader;
use crate::state::AppState;
use api::change::Change;
use futures_util::stream;
use hyper::body::Bytes;
use poem::http::{HeaderValue, header};
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type;
use std::io;
use std::marker::PhantomData;

/// The media type of events.
pub const EVENT_STREAM: &str = "text/event-stream";

/// Events, each with a `T` as its data.
#[derive(Debug)]
pub struct Events<T> {
    body: Body,
    data: PhantomData<T>,
}

/// What an endless answer is made from.
struct Endless<R> {
    state: AppState,
    stop: Stop,
    guard: Guard<R>,
    reader: Reader,
    is_begun: bool,
}

impl Events<Change> {
    /// The changes that a reader finds, for as long as the guard lets it.
    pub fn of<R: Right>(state: &AppState, stop: &Stop, guard: Guard<R>, reader: Reader) -> Self {
        let endless = Endless {
            state: state.clone(),
            stop: stop.clone(),
            guard,
            reader,
            is_begun: false,
        };
        let events = stream::unfold(endless, |mut endless| async move {
            match endless.next().await {
                Ok(bytes) => bytes.map(|bytes| (Ok::<_, io::Error>(bytes), endless)),
                Err(error) => {
                    // The answer has begun: all that can be said is its end. The next request is told why.
                    tracing::debug!(%error, "a stream of changes ends");
                    None
                }
            }
        });
        Self {
            body: Body::from_bytes_stream(Box::pin(events)),
            data: PhantomData,
        }
    }
}

impl<R: Right> Endless<R> {
    /// What goes out next; none at the end.
    async fn next(&mut self) -> Result<Option<Bytes>> {
        if !self.is_begun {
            self.is_begun = true;
            let ready = format!("event: ready\nid: {}\ndata: {{}}\n\n", self.reader.seal()?);
            return Ok(Some(ready.into()));
        }
        loop {
            tokio::select! {
                biased;
                () = self.stop.requested() => return Ok(None),
                () = self.reader.grown() => {}
                () = tokio::time::sleep(self.state.streams.ping) => {
                    self.guard.look_again(&self.state).await?;
                    return Ok(Some(Bytes::from_static(b": ping\n\n")));
                }
            }
            let changes = self.reader.read().await?;
            // After they were read: what is committed after a revoke is never sent.
            self.guard.look_again(&self.state).await?;
            if changes.is_empty() {
                continue;
            }
            let mut text = String::new();
            for (place, change) in changes {
                let data = serde_json::to_string(&change).unwrap_or_default();
                // JSON on one line, as the format asks.
                for part in ["event: change\nid: ", &place, "\ndata: ", &data, "\n\n"] {
                    text.push_str(part);
                }
            }
            return Ok(Some(text.into()));
        }
    }
}

impl<T: Send> IntoResponse for Events<T> {
    fn into_response(self) -> Response {
        let mut response = Response::builder().content_type(EVENT_STREAM).body(self.body);
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // What proxies of the usual kind take as: send it on as it comes.
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }
}

impl<T: Type + Send> ApiResponse for Events<T> {
    fn meta() -> MetaResponses {
        let mut schema = MetaSchema::new("string");
        schema.description = Some(
            "Lines as in the HTML standard, section server-sent events. `event: ready` first and `event: change` for \
             each change, its data a `Change` as JSON on one line; the `id` of each is what `Last-Event-ID` and `since` \
             go on from. Lines that begin with a colon are signs of life.",
        );
        schema.example = Some("event: ready\nid: 41\ndata: {}\n\n".into());
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Events, until either side ends it.",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: EVENT_STREAM,
                    schema: MetaSchemaRef::Inline(Box::new(schema)),
                }],
                headers: Vec::new(),
            }],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}
