//! The log of the open ledger as it grows: one long answer, read event by event. When to ask again, and from where, is
//! whoever reads it to say.

use super::http::HttpApi;
use super::sse::{Event, Parser};
use super::{ClientError, Reply};
use api::change::Change;
use futures_util::stream::{self, BoxStream};
use std::collections::VecDeque;
use std::time::Duration;

/// A server gives a sign of life every 15 seconds; after three that did not come it is not there any more. One on this
/// machine is missed by its end of the connection.
const SILENCE: Duration = Duration::from_secs(45);

/// What a stream says.
#[derive(Debug, Clone, PartialEq)]
pub enum News {
    /// It listens, from this place on.
    Ready {
        /// What leads back here.
        place: String,
    },
    /// A change was made.
    Changed {
        /// What it was.
        change: Box<Change>,
        /// Whether it was made from here.
        is_ours: bool,
        /// What leads behind it.
        place: String,
    },
}

/// The news of a ledger, until the stream breaks or is ended by the server.
pub type Feed = BoxStream<'static, News>;

struct Open {
    api: HttpApi,
    answer: reqwest::Response,
    parser: Parser,
    events: VecDeque<Event>,
}

/// Opens the stream behind a place, or from now on.
pub(super) fn open(api: HttpApi, after: Option<String>) -> Reply<Feed> {
    Box::pin(async move {
        let answer = api.open_stream("/changes/stream", after.as_deref()).await?;
        let open = Open {
            api,
            answer,
            parser: Parser::default(),
            events: VecDeque::new(),
        };
        let feed: Feed = Box::pin(stream::unfold(open, |mut open| async move {
            let news = open.next().await?;
            Some((news, open))
        }));
        Ok(feed)
    })
}

impl Open {
    /// None at the end, whatever the reason.
    async fn next(&mut self) -> Option<News> {
        loop {
            if let Some(event) = self.events.pop_front() {
                if let Some(news) = self.read(event).await {
                    return Some(news);
                }
                continue;
            }
            let chunk = if self.api.is_on_this_machine() {
                self.answer.chunk().await
            } else {
                tokio::time::timeout(SILENCE, self.answer.chunk()).await.ok()?
            };
            let chunk = chunk.ok()??;
            self.events.extend(self.parser.push(&chunk).ok()?);
        }
    }

    /// None for what is not known on this side.
    async fn read(&self, event: Event) -> Option<News> {
        let place = event.id?;
        match event.name.as_str() {
            "ready" => Some(News::Ready { place }),
            "change" => {
                let change: Change = serde_json::from_str(&event.data).ok()?;
                let is_ours = self.api.made(&change).await;
                Some(News::Changed {
                    change: Box::new(change),
                    is_ours,
                    place,
                })
            }
            _ => None,
        }
    }
}

/// What there is where nothing is pushed.
pub(super) fn none() -> Reply<Feed> {
    let reason = "nothing is pushed here".to_owned();
    Box::pin(std::future::ready(Err(ClientError::Unsendable { reason })))
}
