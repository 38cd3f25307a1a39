//! What was typed and not saved: kept on disk while it is typed, offered when the same form is opened again, in this
//! run or the next. The shelf holds what no open form has; a slot is one form's place on the disk.

use crate::outbox::{Draft, Outbox};
use api::id::new_uuid;
use futures_util::future::BoxFuture;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The drafts that no open form has. Cheap to clone.
#[derive(Clone)]
pub struct Drafts {
    outbox: Outbox,
    shelf: Arc<Mutex<Vec<Draft>>>,
}

impl Drafts {
    pub(crate) fn new(outbox: Outbox) -> Self {
        Self {
            outbox,
            shelf: Arc::default(),
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Vec<Draft>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts drafts on the shelf, as they were found on disk or as a form left them.
    pub fn put(&self, drafts: impl IntoIterator<Item = Draft>) {
        self.shelf().extend(drafts);
    }

    /// Takes the newest draft of a form off the shelf. It stays on disk until its slot forgets it.
    pub fn take(&self, kind: &str) -> Option<Draft> {
        let mut shelf = self.shelf();
        let at = shelf.iter().rposition(|draft| draft.kind == kind)?;
        Some(shelf.remove(at))
    }

    /// Whether a form has a draft on the shelf.
    pub fn has(&self, kind: &str) -> bool {
        self.shelf().iter().any(|draft| draft.kind == kind)
    }

    /// A form's place on the disk, and what is in it.
    pub fn slot(&self, kind: &str) -> (Slot, Option<String>) {
        let draft = self.take(kind);
        let slot = Slot {
            drafts: self.clone(),
            kind: kind.to_owned(),
            id: draft.as_ref().map_or_else(new_uuid, |draft| draft.id),
            turn: 0,
            done: Arc::default(),
        };
        (slot, draft.map(|draft| draft.text))
    }
}

/// One form's place on the disk. What is written later stays, whichever arrives there first.
#[derive(Clone)]
pub struct Slot {
    drafts: Drafts,
    kind: String,
    id: Uuid,
    turn: u64,
    done: Arc<Mutex<u64>>,
}

impl Slot {
    /// Its id, so that what is made of it can have the same and is never offered besides.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Keeps a text; an empty one is nothing to keep.
    pub fn keep(&mut self, text: &str) -> BoxFuture<'static, ()> {
        let (kind, id, text) = (self.kind.clone(), self.id, text.to_owned());
        self.in_turn(move |outbox| {
            if text.trim().is_empty() {
                outbox.drop_draft(id)
            } else {
                outbox.keep_draft(Some(id), &kind, &text).map(drop)
            }
        })
    }

    /// It was saved, or is not wanted.
    pub fn forget(&mut self) -> BoxFuture<'static, ()> {
        let id = self.id;
        self.in_turn(move |outbox| outbox.drop_draft(id))
    }

    /// The form is closed: its text is offered the next time.
    pub fn shelve(&self, text: &str) {
        if !text.trim().is_empty() {
            let (kind, text) = (self.kind.clone(), text.to_owned());
            self.drafts.put([Draft {
                id: self.id,
                kind,
                text,
                book: String::new(),
            }]);
        }
    }

    fn in_turn(
        &mut self,
        work: impl FnOnce(&Outbox) -> io::Result<()> + Send + 'static,
    ) -> BoxFuture<'static, ()> {
        self.turn += 1;
        let (turn, done, outbox) = (self.turn, Arc::clone(&self.done), self.drafts.outbox.clone());
        Box::pin(async move {
            let written = outbox.beside(move |outbox| {
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                if turn < *done {
                    return Ok(());
                }
                *done = turn;
                work(outbox)
            });
            if let Err(error) = written.await {
                tracing::warn!(%error, "a draft could not be kept");
            }
        })
    }
}
