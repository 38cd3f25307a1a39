//! What was typed and is not saved yet: single creates on their way to the server, and the text of forms that were
//! closed. Each lies on disk, in a file of its own, before it is sent or put aside, and goes when the server has it.
//! What another running program holds is not touched; what a dead one left is taken over.

mod store;

use crate::client::{Api, ClientError, Key};
use api::expense::{Expense, NewExpense};
use api::id::{ExpenseId, LedgerId, new_uuid};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Store;
use uuid::Uuid;

/// A create that is not known to be saved. It is sent with this id and this key, however often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub key: Key,
    /// With its id set.
    pub expense: NewExpense,
    /// As it was typed.
    pub text: String,
    /// The book it belongs to; it is never sent to another one.
    pub book: String,
    /// Why the server refused it. From then on it waits for its user.
    pub refusal: Option<String>,
}

impl Entry {
    /// The id of the row it will be.
    pub fn id(&self) -> Option<ExpenseId> {
        self.expense.id
    }
}

/// The text of a form that was closed before it was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub id: Uuid,
    /// Which form, such as `quick-add` or `day 2026-11-21`.
    pub kind: String,
    /// What was in it, in the form's own words.
    pub text: String,
    pub book: String,
}

/// How sending an entry ended.
#[derive(Debug)]
pub enum Sent {
    /// The server has it.
    Saved(Box<Expense>),
    /// It stays in the outbox and will be sent again.
    Waiting(Box<Entry>, ClientError),
    /// The server will not have it as it is; it stays in the outbox for its user to mend or drop.
    Refused(Box<Entry>, ClientError),
}

/// The unsent entries and drafts of one book. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Inner>,
}

struct Inner {
    /// Its names: as it was opened, and by the ledger's id once that is known.
    books: Mutex<Vec<String>>,
    entries: Store<Entry>,
    drafts: Store<Draft>,
}

impl Outbox {
    /// The outbox of `book` in the folder `state`. What other books left there is passed over.
    pub fn open(state: &Path, book: &str) -> io::Result<Self> {
        let inner = Inner {
            books: Mutex::new(vec![book.to_owned()]),
            entries: Store::open(&state.join("outbox"))?,
            drafts: Store::open(&state.join("drafts"))?,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    fn books(&self) -> MutexGuard<'_, Vec<String>> {
        self.inner.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name that new entries and drafts get.
    fn book(&self) -> String {
        self.books().last().cloned().unwrap_or_default()
    }

    /// The book turned out to be this ledger's: from now on that is its name, whichever ledger `default` will be. True
    /// where that is news, and there may be more to take over.
    pub fn is_of(&self, ledger: LedgerId) -> bool {
        let mut books = self.books();
        let name = match books.first().and_then(|book| book.rsplit_once(' ')) {
            Some((server, _)) => format!("{server} {ledger}"),
            None => return false,
        };
        let is_news = !books.contains(&name);
        if is_news {
            books.push(name);
        }
        is_news
    }

    /// A new entry of this book, with an id and a key of its own. Nothing is written yet.
    pub fn entry(&self, mut expense: NewExpense, text: &str) -> Entry {
        expense.id = Some(expense.id.unwrap_or_else(ExpenseId::new));
        let book = self.book();
        Entry {
            key: Key::new(),
            expense,
            text: text.to_owned(),
            book,
            refusal: None,
        }
    }

    /// Writes the entry to disk, sends it, and removes it once the server has it.
    pub fn send(&self, api: Arc<dyn Api>, mut entry: Entry) -> BoxFuture<'static, Sent> {
        let outbox = self.clone();
        Box::pin(async move {
            entry.refusal = None;
            // Where the disk is full the entry is still sent; it is lost only if the server is away as well, and
            // then whoever sent it still has it in hand.
            if let Err(error) = outbox.write(entry.clone()).await {
                tracing::warn!(%error, "an entry could not be written to the outbox");
            }
            match api.create_expense(&entry.expense, entry.key).await {
                Ok(expense) => {
                    outbox.remove(&entry).await;
                    Sent::Saved(Box::new(expense))
                }
                Err(error) if error.is_passing() => Sent::Waiting(Box::new(entry), error),
                Err(error @ (ClientError::Unreadable { .. } | ClientError::TooLarge { .. })) => {
                    // It was saved: sent again, the same answer would come again.
                    Sent::Waiting(Box::new(entry), error)
                }
                Err(error) => {
                    entry.refusal = Some(error.sentence());
                    if let Err(error) = outbox.write(entry.clone()).await {
                        tracing::warn!(%error, "a refused entry could not be kept");
                    }
                    Sent::Refused(Box::new(entry), error)
                }
            }
        })
    }

    /// Takes over what earlier runs left: entries of this book that no running program holds. Those without a refusal
    /// are to be sent again.
    pub fn take_over(&self) -> io::Result<Vec<Entry>> {
        self.inner
            .entries
            .claim(|entry| self.books().contains(&entry.book))
    }

    /// Drops an entry for good, because its user said so or saved it another way.
    pub fn discard(&self, entry: &Entry) -> io::Result<()> {
        entry.id().map_or(Ok(()), |id| self.inner.entries.remove(id.0))
    }

    /// Keeps the text of a form. The same `id` again replaces it.
    pub fn keep_draft(&self, id: Option<Uuid>, kind: &str, text: &str) -> io::Result<Uuid> {
        let id = id.unwrap_or_else(new_uuid);
        let book = self.book();
        let draft = Draft {
            id,
            kind: kind.to_owned(),
            text: text.to_owned(),
            book,
        };
        self.inner.drafts.write(id, &draft)?;
        Ok(id)
    }

    /// Takes over the drafts that no running program holds. Each stays on disk until it is dropped.
    pub fn take_drafts(&self) -> io::Result<Vec<Draft>> {
        self.inner
            .drafts
            .claim(|draft| self.books().contains(&draft.book))
    }

    /// Drops a draft: it was saved, or its user said so.
    pub fn drop_draft(&self, id: Uuid) -> io::Result<()> {
        self.inner.drafts.remove(id)
    }

    /// How many entries and drafts lie on disk, of every book and every program.
    pub fn counts(&self) -> io::Result<(usize, usize)> {
        Ok((self.inner.entries.count()?, self.inner.drafts.count()?))
    }

    /// Writes an entry to disk before it is sent.
    pub async fn keep(&self, entry: &Entry) -> io::Result<()> {
        self.write(entry.clone()).await
    }

    /// Runs disk work beside the loop.
    pub async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let outbox = self.clone();
        tokio::task::spawn_blocking(move || work(&outbox))
            .await
            .map_err(io::Error::other)?
    }

    /// Disk is slow where it must be safe, so that this runs beside the loop.
    async fn write(&self, entry: Entry) -> io::Result<()> {
        let inner = Arc::clone(&self.inner);
        let write = move || entry.id().map_or(Ok(()), |id| inner.entries.write(id.0, &entry));
        tokio::task::spawn_blocking(write)
            .await
            .map_err(io::Error::other)?
    }

    async fn remove(&self, entry: &Entry) {
        let (outbox, entry) = (self.clone(), entry.clone());
        let removed = tokio::task::spawn_blocking(move || outbox.discard(&entry)).await;
        // What stays is sent again with its key and found to be saved.
        if let Err(error) = removed.map_err(io::Error::other).and_then(|done| done) {
            tracing::warn!(%error, "a saved entry could not be taken out of the outbox");
        }
    }
}

#[cfg(test)]
mod tests;
