//! What happens in the open ledger elsewhere: the stream of its changes, kept open for as long as the books are, and
//! handed on in parts, so that a burst of changes costs a few loads and not one each. What a change is in words is
//! beside it.

mod words;

#[cfg(test)]
pub(crate) use words::tests as samples;

use crate::app::{Link, Poster};
use crate::client::{Api, ClientError, Feed, News};
use crate::door::LedgerGone;
use crate::fx::Change as Told;
use crate::waiting::ServerBack;
use api::change::{Change, ChangeAction};
use api::id::{OperationId, UserId, new_uuid};
use api::problem::Code;
use futures_util::StreamExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout_at};

/// Between two parts of what goes on without a pause.
const PART: Duration = Duration::from_millis(500);
/// Before the stream is opened again: the first time, and at most.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_mins(1);

/// Announced when others changed something, or this user on another device.
#[derive(Debug, Clone, Default)]
pub struct LiveChanges {
    /// In their order.
    pub changes: Vec<LiveChange>,
    /// Nothing is known of what happened: everything is to be loaded again.
    pub is_all: bool,
    /// Who sits here, where that is known.
    pub me: Option<UserId>,
}

/// A change as it came.
#[derive(Debug, Clone)]
pub struct LiveChange {
    pub change: Change,
    /// It was made here, and its layers know of it.
    pub is_ours: bool,
    /// Its operation made changes before: it goes on after it was answered.
    pub is_continued: bool,
}

impl LiveChanges {
    /// What happened elsewhere.
    pub fn news(&self) -> impl DoubleEndedIterator<Item = &LiveChange> {
        self.changes.iter().filter(|change| !change.is_ours)
    }

    /// Whether rows are other ones than are shown. Of an own operation its layers know what it did at once.
    pub fn touches_rows(&self) -> bool {
        let is_of_rows = |live: &LiveChange| live.change.row_count != Some(0);
        let mut unknown = self
            .changes
            .iter()
            .filter(|live| !live.is_ours || live.is_continued);
        self.is_all || unknown.any(is_of_rows)
    }

    /// Whether names, members or settings are other ones. New payees and tags come with the rows that have them.
    pub fn touches_lists(&self) -> bool {
        let is_listed = |live: &LiveChange| {
            live.change.rows.iter().any(|row| match row.noun.as_str() {
                "expense" | "import" => false,
                "payee" | "tag" => row.action != ChangeAction::Created,
                _ => true,
            })
        };
        self.is_all || self.news().any(is_listed)
    }
}

/// At most one load on its way, and one more after it: what a layer has for each thing that it loads anew.
#[derive(Debug, Clone, Copy, Default)]
pub struct Refresh {
    is_busy: bool,
    is_again: bool,
}

impl Refresh {
    /// Something changed. True where a load is to begin now.
    pub fn want(&mut self) -> bool {
        self.is_again = self.is_busy;
        !std::mem::replace(&mut self.is_busy, true)
    }

    /// A load ended. True where another one is to begin.
    pub fn done(&mut self) -> bool {
        self.is_busy = std::mem::take(&mut self.is_again);
        self.is_busy
    }
}

/// Keeps the stream open until the app or its books are gone.
pub async fn follow(api: Arc<dyn Api>, poster: Poster) {
    let mut follower = Follower {
        api,
        poster,
        place: None,
        me: None,
        operation: None,
        is_broken: false,
    };
    let mut pause = FIRST;
    follower.poster.feed(Link::Connecting);
    loop {
        // From before it is opened: a token that comes while this one is refused is not to be missed.
        let renewed = follower.api.renewed();
        let wait = match follower.api.stream_changes(follower.place.clone()).await {
            Ok(feed) => {
                if follower.read(feed).await {
                    pause = FIRST;
                }
                follower.is_broken = true;
                follower.poster.feed(Link::Connecting);
                jittered(pause)
            }
            Err(error) => {
                if error.code() == Some(Code::NotFound) && is_out(&follower.api).await {
                    follower.poster.change(Told::new(LedgerGone));
                }
                follower.refused(&error).unwrap_or_else(|| jittered(pause))
            }
        };
        tokio::select! {
            () = sleep(wait) => {}
            () = renewed => {}
        }
        pause = (pause * 2).min(LONGEST);
    }
}

/// Whether the ledger is not to be opened any more.
async fn is_out(api: &Arc<dyn Api>) -> bool {
    let asked = api.get_ledger().await;
    asked.is_err_and(|error| error.code() == Some(Code::NotFound))
}

/// Never the same for two apps, which a server that comes back would otherwise meet all at once.
fn jittered(pause: Duration) -> Duration {
    let drawn = u16::try_from(new_uuid().as_u128() & 0xffff).unwrap_or(0);
    pause.mul_f64(f64::from(drawn) / f64::from(u16::MAX) / 2.0 + 0.5)
}

struct Follower {
    api: Arc<dyn Api>,
    poster: Poster,
    /// What leads back to where the stream was left.
    place: Option<String>,
    me: Option<UserId>,
    /// The operation that was heard of last.
    operation: Option<OperationId>,
    is_broken: bool,
}

impl Follower {
    /// Reads until the stream ends. True where it said anything.
    async fn read(&mut self, mut feed: Feed) -> bool {
        let mut has_spoken = false;
        let mut earliest = Instant::now();
        while let Some(first) = feed.next().await {
            has_spoken = true;
            let mut part = LiveChanges::default();
            self.take(first, &mut part);
            // The first comes at once; what follows on its heels comes together.
            while !part.changes.is_empty() {
                match timeout_at(earliest, feed.next()).await {
                    Ok(Some(news)) => self.take(news, &mut part),
                    Ok(None) | Err(_) => break,
                }
            }
            if !part.changes.is_empty() {
                earliest = Instant::now() + PART;
                self.post(part).await;
            }
        }
        has_spoken
    }

    fn take(&mut self, news: News, part: &mut LiveChanges) {
        match news {
            News::Ready { place } => {
                let is_new = self.place.replace(place).is_none();
                self.poster.feed(Link::Live);
                if std::mem::take(&mut self.is_broken) {
                    self.poster.change(Told::new(ServerBack));
                    // It begins now and not where it was left: what happened in between nobody tells.
                    if is_new {
                        self.poster.change(Told::new(LiveChanges {
                            is_all: true,
                            ..LiveChanges::default()
                        }));
                    }
                }
            }
            News::Changed {
                change,
                is_ours,
                place,
            } => {
                self.place = Some(place);
                let before = self.operation.replace(change.operation_id);
                let is_continued = before == Some(change.operation_id);
                part.changes.push(LiveChange {
                    change: *change,
                    is_ours,
                    is_continued,
                });
            }
        }
    }

    async fn post(&mut self, mut part: LiveChanges) {
        if self.me.is_none() && part.news().next().is_some() {
            self.me = self.api.get_me().await.ok().map(|me| me.id);
        }
        part.me = self.me;
        self.poster.change(Told::new(part));
    }

    /// The stream cannot be had: how long to wait before it is asked for again, where the reason says so.
    fn refused(&mut self, error: &ClientError) -> Option<Duration> {
        self.is_broken = true;
        let wait = match error.code() {
            // Restored, or a place that is none any more: whatever is shown may be other by now.
            Some(Code::Resync | Code::BadCursor) => {
                self.place = None;
                Some(Duration::ZERO)
            }
            // An adder gets none, and is told so by nothing: all that they see is what they do.
            Some(Code::Forbidden | Code::NotFound | Code::Unauthenticated) => Some(LONGEST),
            Some(Code::RateLimited) => Some(LONGEST / 4),
            _ => None,
        };
        self.poster.feed(match wait {
            None if error.is_passing() => Link::Offline { waiting: 0 },
            None => Link::Connecting,
            Some(_) => Link::Quiet,
        });
        wait
    }
}
