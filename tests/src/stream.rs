//! A stream of changes as a test reads it: its events one by one, each waited for.

use crate::calls;
use crate::client::Call;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use serde_json::Value;
use std::time::Duration;

/// How long an event or the end may take; a test that is right never waits for it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a stream may be read.
const MOST: Duration = Duration::from_mins(10);

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `ready`, `change`; `ping` for a sign of life.
    pub name: String,
    /// What leads behind it.
    pub id: String,
    pub data: Value,
}

/// An open stream. Dropped, it is left.
pub struct Events {
    chunks: BoxStream<'static, Vec<u8>>,
    text: String,
}

impl Events {
    pub(crate) fn new(answer: reqwest::Response) -> Self {
        let chunks = answer
            .bytes_stream()
            .map(|chunk| chunk.map(Vec::from).unwrap_or_default());
        // A connection that breaks is an end as well.
        let chunks = chunks.take_while(|chunk| std::future::ready(!chunk.is_empty()));
        Self {
            chunks: chunks.boxed(),
            text: String::new(),
        }
    }

    /// The next event, signs of life among them; none at the end.
    pub async fn next_or_ping(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = parse(event);
                self.text = rest.to_owned();
                return Some(event);
            }
            let chunk = tokio::time::timeout(PATIENCE, self.chunks.next());
            let chunk = chunk.await.expect("an event or the end of the stream")?;
            self.text.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }

    /// The next event, none at the end.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            let event = self.next_or_ping().await?;
            if event.name != "ping" {
                return Some(event);
            }
        }
    }

    /// The next change.
    pub async fn change(&mut self) -> Event {
        let event = self.next().await.expect("a change, not the end");
        assert_eq!(event.name, "change");
        event
    }

    /// Nothing but signs of life until the end.
    pub async fn end(&mut self) {
        assert_eq!(self.next().await, None);
    }
}

fn parse(text: &str) -> Event {
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned()).unwrap_or_default()
    };
    if text.starts_with(':') {
        return Event {
            name: "ping".to_owned(),
            id: String::new(),
            data: Value::Null,
        };
    }
    Event {
        name: field("event:"),
        id: field("id:"),
        data: serde_json::from_str(&field("data:")).expect("JSON"),
    }
}

impl Call {
    /// Opens a stream and waits for its first event, by which it listens.
    pub async fn events(self) -> Events {
        let path = self.path().to_owned();
        let answer = self.open(MOST).await.expect("an answer");
        let status = answer.status().as_u16();
        assert_eq!(status, 200, "{path}: {:?}", answer.text().await);
        calls::note("GET", &path, status);
        let mut events = Events::new(answer);
        let ready = events.next().await.expect("a first event");
        assert!(ready.name == "ready" && !ready.id.is_empty(), "{ready:?}");
        events
    }
}
