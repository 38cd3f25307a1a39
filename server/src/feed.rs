//! Who listens to which ledger, in this process. A write here says at once which revision its ledger is at; what other
//! servers write is found by looking (`service::live`). Nothing of a change is kept: whoever listens reads the log
//! from where it is, so that a slow reader costs no memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use uuid::Uuid;

/// The listeners. Clones are one.
#[derive(Debug, Clone)]
pub struct Feed {
    ledgers: Arc<Mutex<Ledgers>>,
    /// How many listen, for whoever looks for other servers' writes.
    count: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Ledgers {
    revs: HashMap<Uuid, watch::Sender<i64>>,
    of_user: HashMap<Uuid, usize>,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            ledgers: Arc::default(),
            count: watch::Sender::new(0),
        }
    }
}

impl Feed {
    /// Listens to a ledger on behalf of somebody. `None` where they listen so many times already.
    pub fn listen(&self, ledger_id: Uuid, user_id: Uuid, most: usize) -> Option<Listener> {
        let mut ledgers = self.ledgers();
        let theirs = ledgers.of_user.entry(user_id).or_default();
        if *theirs >= most {
            return None;
        }
        *theirs += 1;
        let sender = ledgers.revs.entry(ledger_id);
        let rev = sender.or_insert_with(|| watch::Sender::new(0)).subscribe();
        self.count.send_modify(|count| *count += 1);
        Some(Listener {
            rev,
            feed: self.clone(),
            ledger_id,
            user_id,
        })
    }

    /// A ledger is at this revision, or was a moment ago.
    pub fn tell(&self, ledger_id: Uuid, rev: i64) {
        if let Some(sender) = self.ledgers().revs.get(&ledger_id) {
            sender.send_if_modified(|known| {
                let is_news = rev > *known;
                *known = rev.max(*known);
                is_news
            });
        }
    }

    /// The ledgers that somebody listens to.
    pub fn listened(&self) -> Vec<Uuid> {
        self.ledgers().revs.keys().copied().collect()
    }

    /// How many listen.
    pub fn count(&self) -> usize {
        *self.count.borrow()
    }

    /// Resolves once somebody listens.
    pub async fn is_listened_to(&self) {
        // The sender lives in self, so that waiting cannot fail.
        let _ = self.count.subscribe().wait_for(|count| *count > 0).await;
    }

    /// Resolves once nobody listens.
    pub async fn is_left(&self) {
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }

    fn ledgers(&self) -> MutexGuard<'_, Ledgers> {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who listens, until it is dropped.
#[derive(Debug)]
pub struct Listener {
    rev: watch::Receiver<i64>,
    feed: Feed,
    ledger_id: Uuid,
    user_id: Uuid,
}

impl Listener {
    /// The last revision that was told; 0 before any was.
    pub fn rev(&self) -> i64 {
        *self.rev.borrow()
    }

    /// Resolves once the ledger is known to be beyond a revision.
    pub async fn beyond(&mut self, rev: i64) {
        // The sender goes after its last listener, so that waiting cannot fail.
        let _ = self.rev.wait_for(|told| *told > rev).await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut ledgers = self.feed.ledgers();
        // This one is still among the receivers.
        let is_last = |sender: &watch::Sender<i64>| sender.receiver_count() <= 1;
        if ledgers.revs.get(&self.ledger_id).is_some_and(is_last) {
            ledgers.revs.remove(&self.ledger_id);
        }
        if let Some(theirs) = ledgers.of_user.get_mut(&self.user_id) {
            *theirs = theirs.saturating_sub(1);
            if *theirs == 0 {
                ledgers.of_user.remove(&self.user_id);
            }
        }
        self.feed
            .count
            .send_modify(|count| *count = count.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_listener_hears_of_its_ledger_alone_and_of_nothing_older() {
        let (feed, [ledger, other, user]) = (Feed::default(), std::array::from_fn(|_| api::id::new_uuid()));
        let mut listener = feed.listen(ledger, user, 2).unwrap();
        feed.tell(other, 9);
        assert_eq!(listener.rev(), 0);
        feed.tell(ledger, 7);
        feed.tell(ledger, 6);
        listener.beyond(6).await;
        assert_eq!((listener.rev(), feed.listened()), (7, vec![ledger]));
    }

    #[tokio::test]
    async fn places_are_counted_by_user_and_come_back() {
        let (feed, [ledger, user, other]) = (Feed::default(), std::array::from_fn(|_| api::id::new_uuid()));
        let one = feed.listen(ledger, user, 2).unwrap();
        let two = feed.listen(other, user, 2).unwrap();
        assert!(feed.listen(ledger, user, 2).is_none());
        let three = feed.listen(ledger, other, 2).unwrap();
        assert_eq!(feed.count(), 3);
        drop(one);
        let four = feed.listen(ledger, user, 2).unwrap();
        drop((two, three, four));
        assert_eq!((feed.count(), feed.listened().len()), (0, 0));
        assert!(feed.ledgers().of_user.is_empty());
    }
}
