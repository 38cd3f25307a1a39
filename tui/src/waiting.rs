//! How many entries wait for the server, told by whoever holds them; and the watch that looks for the server while
//! there are some, says so in the header, and calls out when it answers again. Nothing runs while nothing waits.

use crate::app::{Link, Poster};
use crate::client::Api;
use crate::fx::Change;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Announced when the server answers again: what waits is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerBack;

/// The first look is after so long, each later one after twice as long.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(1);

/// Where the count is told.
#[derive(Clone)]
pub struct Waiting {
    told: Arc<watch::Sender<Told>>,
}

/// How many wait, and whether the server is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Told {
    count: usize,
    is_away: bool,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            told: Arc::new(watch::Sender::new(Told::default())),
        }
    }
}

impl Waiting {
    /// The server did not take one, and so many wait now. Told again, it is looked for the server again.
    pub fn away(&self, count: usize) {
        self.told.send_replace(Told {
            count,
            is_away: count > 0,
        });
    }

    /// The server took one, and so many are left of those that waited. On their ordinary way none does.
    pub fn taken(&self, count: usize) {
        self.told.send_if_modified(|told| {
            let was_waiting = told.count > 0;
            if was_waiting {
                *told = Told {
                    count,
                    is_away: false,
                };
            }
            was_waiting
        });
    }

    /// So many wait now, whatever the server does.
    pub fn recount(&self, count: usize) {
        self.told.send_if_modified(|told| {
            let is_other = told.count > 0 && told.count != count;
            if is_other {
                told.count = count;
            }
            is_other
        });
    }

    /// How many wait.
    pub fn count(&self) -> usize {
        self.told.borrow().count
    }

    /// Watches until the app is gone. `normal` is what the header says when nothing waits.
    pub fn watch(
        &self,
        api: Arc<dyn Api>,
        poster: Poster,
        normal: Link,
    ) -> impl Future<Output = ()> + Send + use<> {
        watch_for(self.told.subscribe(), api, poster, normal)
    }
}

async fn watch_for(mut told: watch::Receiver<Told>, api: Arc<dyn Api>, poster: Poster, normal: Link) {
    let mut pause = FIRST;
    while told.changed().await.is_ok() {
        let Told {
            count: waiting,
            is_away,
        } = *told.borrow_and_update();
        if !is_away {
            pause = FIRST;
        }
        poster.link(match waiting {
            0 => normal,
            _ if is_away => Link::Offline { waiting },
            _ => Link::Sending { waiting },
        });
        if waiting == 0 {
            continue;
        }
        loop {
            tokio::select! {
                changed = told.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    // Looked at once more at the top.
                    told.mark_changed();
                    break;
                }
                () = tokio::time::sleep(pause) => {
                    pause = (pause * 2).min(LONGEST);
                    if api.livez().await.is_ok() {
                        poster.link(Link::Sending { waiting });
                        poster.change(Change::new(ServerBack));
                        break;
                    }
                }
            }
        }
    }
}
