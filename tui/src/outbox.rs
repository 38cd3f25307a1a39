//! What was typed and is not saved yet: every write of rows on its way to the server, and the text of forms that were
//! closed. Each lies on disk, in a file of its own, before it is sent or put aside, and goes when the server has it.
//! Writes go in order, one at a time; what the server refuses waits for its user and holds back later writes of its
//! rows alone. What another running program holds is not touched; what a dead one left is taken over.

mod entry;
mod leaving;
mod queue;
mod store;
mod travel;
mod write;

pub use entry::{Draft, Entry};
pub use queue::{Standing, Unsent};
pub use travel::Sent;
pub use write::{Answer, Write, deleted};

use crate::client::Key;
use crate::fx::Change;
use api::expense::NewExpense;
use api::id::{ExpenseId, LedgerId, new_uuid};
use queue::Queue;
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Store;
use tokio::sync::watch;
use uuid::Uuid;

/// Announced when entries were dropped, mended or given back to be sent: what waits is to be looked at anew.
#[derive(Debug, Clone, Default)]
pub struct OutboxChanged {
    /// Those that are not there any more, their writes not done.
    pub dropped: Vec<Entry>,
    /// There is no use in trying at once: the server is away, or somebody tries already.
    pub is_away: bool,
}

impl OutboxChanged {
    /// Entries stand otherwise than before, and whoever saw to that goes on.
    pub fn news() -> Change {
        Change::new(Self {
            is_away: true,
            ..Self::default()
        })
    }
}

/// The unsent entries and drafts of one book. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Inner>,
}

struct Inner {
    /// Its names: as it was opened, and by the ledger's id once that is known.
    books: Mutex<Vec<String>>,
    /// The folder that all lies in.
    state: PathBuf,
    entries: Store<Entry>,
    drafts: Store<Draft>,
    /// The entries that this program holds.
    queue: Mutex<Queue>,
    /// Those of them that the disk did not take.
    in_memory: Mutex<BTreeSet<Uuid>>,
    /// Held while an entry is written, so that what is written last is what it is last.
    writing: Mutex<()>,
    /// Told whenever one that was under way is not any more.
    landed: watch::Sender<u64>,
}

impl Outbox {
    /// The outbox of `book` in the folder `state`. What other books left there is passed over.
    pub fn open(state: &Path, book: &str) -> io::Result<Self> {
        let inner = Inner {
            books: Mutex::new(vec![book.to_owned()]),
            state: state.to_owned(),
            entries: Store::open(&state.join("outbox"))?,
            drafts: Store::open(&state.join("drafts"))?,
            queue: Mutex::default(),
            in_memory: Mutex::default(),
            writing: Mutex::default(),
            landed: watch::Sender::new(0),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    fn books(&self) -> MutexGuard<'_, Vec<String>> {
        self.inner.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// A new entry of this book, with a key of its own. Nothing is written yet.
    pub fn entry(&self, write: Write, text: &str) -> Entry {
        let book = self.book();
        Entry {
            id: new_uuid(),
            key: Key::new(),
            write,
            text: text.to_owned(),
            typed: String::new(),
            draft: None,
            book,
            before: Vec::new(),
            after: Vec::new(),
            refusal: None,
        }
    }

    /// A new row as an entry, which has the row's id.
    pub fn create(&self, mut expense: NewExpense, text: &str) -> Entry {
        let id = *expense.id.get_or_insert_with(ExpenseId::new);
        Entry {
            id: id.0,
            ..self.entry(Write::Create(Box::new(expense)), text)
        }
    }

    /// What is not sent, in order, and how each stands.
    pub fn unsent(&self) -> Vec<Unsent> {
        self.queue().all()
    }

    /// How many entries go by themselves when they can.
    pub fn waiting(&self) -> usize {
        self.queue().waiting()
    }

    /// Takes over what earlier runs left: entries of this book that no running program holds. Those without a refusal
    /// are to be sent again.
    pub fn take_over(&self) -> io::Result<Vec<Entry>> {
        let entries = self
            .inner
            .entries
            .claim(|entry| self.books().contains(&entry.book))?;
        let mut queue = self.queue();
        for entry in &entries {
            queue.put(entry.clone(), false);
            queue.lost(entry.id);
        }
        Ok(entries)
    }

    /// How many entries lie there for other ledgers of this server, one of which `default` may turn out to be.
    pub fn strangers(&self) -> io::Result<usize> {
        let books = self.books().clone();
        let server = books.first().and_then(|book| book.rsplit_once(' '));
        let Some((server, _)) = server else { return Ok(0) };
        self.inner.entries.free(|entry| {
            let of = entry.book.rsplit_once(' ');
            entry.refusal.is_none() && of.is_some_and(|(of, _)| of == server)
        })
    }

    /// Gives an entry other rows to be shown by, and takes no refusal of it back.
    pub fn show_as(&self, entry: Entry) {
        self.queue().put(entry, false);
    }

    /// Drops an entry for good, because its user said so or saved it another way. Changes of a row that is then never
    /// made go with it. Gives what went: nothing where it is on its way to the server.
    pub fn discard(&self, id: Uuid) -> io::Result<Vec<Entry>> {
        let gone: Vec<Entry> = {
            let mut queue = self.queue();
            if queue.is_travelling(id) {
                return Ok(Vec::new());
            }
            let Some(first) = queue.remove(id) else {
                self.inner.entries.remove(id)?;
                return Ok(Vec::new());
            };
            let row = first.created();
            let is_of_row = |unsent: &Unsent| row.is_some_and(|row| unsent.entry.write.rows() == [row]);
            let mut gone = vec![first];
            for unsent in queue.all().into_iter().filter(is_of_row) {
                gone.extend(queue.remove(unsent.entry.id));
            }
            gone
        };
        self.tell();
        gone.iter()
            .try_for_each(|entry| self.inner.entries.remove(entry.id))?;
        Ok(gone)
    }

    /// Whether the server refused it.
    pub fn is_refused(&self, id: Uuid) -> bool {
        self.queue().get(id).is_some_and(|entry| entry.refusal.is_some())
    }

    /// Takes back what was said against an entry: it is to be sent again as it is.
    pub fn again(&self, id: Uuid) -> io::Result<()> {
        let found = self.queue().get(id);
        found.map_or(Ok(()), |entry| {
            self.mend(Entry {
                refusal: None,
                ..entry
            })
        })
    }

    /// Puts a mended entry in the place of the one that was refused.
    pub fn mend(&self, entry: Entry) -> io::Result<()> {
        let entry = self.queue().put(entry, false);
        self.write_now(entry.id)
    }

    fn write_now(&self, id: Uuid) -> io::Result<()> {
        let _writing = self.inner.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = self.queue().get(id);
        let written = entry.map_or(Ok(()), |entry| self.inner.entries.write(id, &entry));
        let mut in_memory = self
            .inner
            .in_memory
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if written.is_ok() {
            in_memory.remove(&id);
        } else {
            in_memory.insert(id);
        }
        written
    }

    /// That an entry waits, and whether it outlives the app.
    pub fn waiting_words(&self, entry: &Entry) -> String {
        let in_memory = self
            .inner
            .in_memory
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if in_memory.contains(&entry.id) {
            return format!("Not on the disk, gone when you leave: {}.", entry.text);
        }
        format!("Kept here, not sent yet: {}.", entry.text)
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
}

#[cfg(test)]
mod tests;
