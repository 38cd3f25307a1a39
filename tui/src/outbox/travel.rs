//! The way of an entry: onto the disk, then, when it is its turn, to the server, and off the disk once that has it. The
//! entries behind it learn which version its rows have before it goes, so that a program killed midway sends the same.

use super::queue::Turn;
use super::{Answer, Entry, Outbox};
use crate::client::{Api, ClientError};
use api::expense::Expense;
use futures_util::future::BoxFuture;
use std::io;
use std::sync::Arc;
use uuid::Uuid;

/// A server that fails over an entry so often will fail over it the next time: it is no reason to hold up the others.
const MOST_FAILURES: u32 = 3;

/// How sending an entry ended.
#[derive(Debug)]
pub enum Sent {
    /// The server has it.
    Saved(Box<Entry>, Answer),
    /// It stays in the outbox and will be sent again. Without an error, others are before it.
    Waiting(Box<Entry>, Option<ClientError>),
    /// The server will not have it as it is; it stays in the outbox for its user to mend or drop.
    Refused(Box<Entry>, ClientError),
}

impl Outbox {
    /// Writes the entry to disk and sends it when it is its turn; it is removed once the server has it.
    pub fn send(&self, api: Arc<dyn Api>, entry: Entry) -> BoxFuture<'static, Sent> {
        self.send_then(api, entry, None)
    }

    /// As [`Outbox::send`]; `kept` is awaited between, once the entry is on the disk.
    pub fn send_then(
        &self,
        api: Arc<dyn Api>,
        mut entry: Entry,
        kept: Option<BoxFuture<'static, ()>>,
    ) -> BoxFuture<'static, Sent> {
        entry.refusal = None;
        let entry = self.queue().put(entry, true);
        let way = Way::of(self, entry.id);
        Box::pin(async move {
            // Where the disk is full the entry is still sent; it is lost only if the server is away as well, and the
            // program ends before it is back.
            match way.outbox.write(entry.id).await {
                Ok(()) => {
                    if let Some(kept) = kept {
                        kept.await;
                    }
                }
                Err(error) => tracing::warn!(%error, "an entry could not be written to the outbox"),
            }
            way.outbox.travel(&api, entry).await
        })
    }

    /// Sends the first entry that waits and that nothing stands against.
    pub fn send_next(&self, api: Arc<dyn Api>) -> Option<(Entry, BoxFuture<'static, Sent>)> {
        let entry = self.queue().next()?;
        let way = Way::of(self, entry.id);
        let first = entry.clone();
        Some((
            first,
            Box::pin(async move { way.outbox.travel(&api, entry).await }),
        ))
    }

    async fn travel(&self, api: &Arc<dyn Api>, entry: Entry) -> Sent {
        let mut landed = self.inner.landed.subscribe();
        let entry = loop {
            match self.turn(&entry) {
                Turn::Mine(entry) => break *entry,
                Turn::Behind(entry) => return Sent::Waiting(entry, None),
                Turn::Gone => return Sent::Waiting(Box::new(entry), None),
                Turn::Later => {}
            }
            // The sender lives as long as this outbox.
            if landed.changed().await.is_err() {
                return Sent::Waiting(Box::new(entry), None);
            }
        };
        let outcome = entry.write.ask(api, entry.key, &entry.before).await;
        let sent = self.arrived(entry, outcome).await;
        self.tell();
        sent
    }

    fn turn(&self, entry: &Entry) -> Turn {
        let turn = self.queue().turn(entry.id);
        if matches!(turn, Turn::Behind(_)) {
            self.tell();
        }
        turn
    }

    async fn arrived(&self, mut entry: Entry, outcome: Result<Answer, ClientError>) -> Sent {
        match outcome {
            Ok(answer) => {
                self.remove(&entry, &answer.rows).await;
                Sent::Saved(Box::new(entry), answer)
            }
            Err(error) if self.is_passing(entry.id, &error) => {
                let mut queue = self.queue();
                queue.land(entry.id);
                if !matches!(error, ClientError::Unreachable { .. }) {
                    queue.lost(entry.id);
                }
                drop(queue);
                Sent::Waiting(Box::new(entry), Some(error))
            }
            Err(error) => {
                entry.refusal = Some(error.sentence());
                self.queue().put(entry.clone(), false);
                if let Err(error) = self.write(entry.id).await {
                    tracing::warn!(%error, "a refused entry could not be kept");
                }
                Sent::Refused(Box::new(entry), error)
            }
        }
    }

    fn is_passing(&self, id: Uuid, error: &ClientError) -> bool {
        let is_fault = error.problem().is_some_and(|problem| problem.status == 500);
        error.is_passing() && (!is_fault || self.queue().failed(id) < MOST_FAILURES)
    }

    /// Disk is slow where it must be safe, so that this runs beside the loop.
    async fn write(&self, id: Uuid) -> io::Result<()> {
        self.beside(move |outbox| outbox.write_now(id)).await
    }

    /// Those behind it first: sent again after a crash between, it is found to be saved with the same versions.
    async fn remove(&self, entry: &Entry, rows: &[Expense]) {
        let id = entry.id;
        let followers = self.queue().follow(id, rows);
        let removed = self.beside(move |outbox| {
            followers
                .iter()
                .try_for_each(|follower| outbox.write_now(*follower))?;
            outbox.inner.entries.remove(id)
        });
        // What stays is sent again with its key and found to be saved.
        if let Err(error) = removed.await {
            tracing::warn!(%error, "a saved entry could not be taken out of the outbox");
        }
        self.queue().remove(id);
    }

    /// Whoever waits for a turn looks again.
    pub(super) fn tell(&self) {
        self.inner
            .landed
            .send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// An entry under way. However that ends, it is not under way any more.
struct Way {
    outbox: Outbox,
    id: Uuid,
}

impl Way {
    fn of(outbox: &Outbox, id: Uuid) -> Self {
        let outbox = outbox.clone();
        Self { outbox, id }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.outbox.queue().land(self.id);
        self.outbox.tell();
    }
}
