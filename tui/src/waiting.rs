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
const LONGEST: Duration = Duration::from_secs(60);

/// Where the count is told.
#[derive(Clone)]
pub struct Waiting {
    count: Arc<watch::Sender<usize>>,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            count: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Waiting {
    /// So many wait now. Told again, it is looked for the server again.
    pub fn set(&self, count: usize) {
        if count > 0 || *self.count.borrow() > 0 {
            self.count.send_replace(count);
        }
    }

    /// How many wait.
    pub fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// Watches until the app is gone. `normal` is what the header says when nothing waits.
    pub fn watch(
        &self,
        api: Arc<dyn Api>,
        poster: Poster,
        normal: Link,
    ) -> impl Future<Output = ()> + Send + use<> {
        watch_for(self.count.subscribe(), api, poster, normal)
    }
}

async fn watch_for(mut count: watch::Receiver<usize>, api: Arc<dyn Api>, poster: Poster, normal: Link) {
    let mut pause = FIRST;
    while count.changed().await.is_ok() {
        let waiting = *count.borrow_and_update();
        if waiting == 0 {
            pause = FIRST;
            poster.link(normal);
            continue;
        }
        poster.link(Link::Offline { waiting });
        loop {
            tokio::select! {
                told = count.changed() => {
                    if told.is_err() {
                        return;
                    }
                    // Looked at once more at the top.
                    count.mark_changed();
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
