//! The lists of the open ledger, held in the app: its settings, categories, accounts, payees, tags, members, and what was
//! entered lately. Loaded in the background and refreshed after changes; typing, completion and names on the screen
//! use them and never the network. A cheap handle that layers share; each gets it handed, none finds it as a global.

mod habit;
mod lists;
mod load;
mod members;
#[cfg(test)]
pub(crate) mod tests;

pub use habit::{Habit, Habits};
pub use lists::Lists;
pub use load::load;
pub use members::{Members, SOMEONE};

use crate::client::{Api, ClientError};
use crate::door::LedgerGone;
use crate::fx::{Change, Fx, Message};
use crate::layer::Layer;
use crate::open_ledger::OpenLedger;
use crate::theme::Look;
use api::expense::Expense;
use api::id::ExpenseId;
use api::ledger::Ledger;
use api::problem::Code;
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex, PoisonError};

/// Announced when the lists are other ones than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookChanged;

/// Announced after rows were saved, changed, deleted or restored: what they were and what they are. Without any row:
/// nobody knows which, and everything that shows rows loads them again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowsChanged {
    /// Rows as they were shown before, where that is known.
    pub before: Vec<Expense>,
    /// Rows as they are now; a deleted one has its `deleted_at`.
    pub after: Vec<Expense>,
}

impl RowsChanged {
    /// Whether it may be about this row: it is one of them, or nobody knows which they are.
    pub fn is_about(&self, id: ExpenseId) -> bool {
        let mut rows = self.before.iter().chain(&self.after);
        (self.before.is_empty() && self.after.is_empty()) || rows.any(|row| row.id == id)
    }

    /// The change that tells every layer so.
    pub fn change(before: Vec<Expense>, after: Vec<Expense>) -> Change {
        Change::new(Self { before, after })
    }
}

/// The lists, shared.
#[derive(Clone)]
pub struct Book {
    lists: Arc<Mutex<Arc<Lists>>>,
}

impl Book {
    /// A book of which nothing is known yet but the currency it will probably have.
    pub fn new(base: api::currency::Currency) -> Self {
        Self {
            lists: Arc::new(Mutex::new(Arc::new(Lists::empty(base)))),
        }
    }

    /// The lists as they are now. Cheap.
    pub fn lists(&self) -> Arc<Lists> {
        Arc::clone(&self.lists.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other lists there.
    pub fn set(&self, lists: Lists) {
        *self.lists.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(lists);
    }

    /// The lists, loaded first where nothing is known yet: for what cannot be done without them.
    pub fn known(&self, api: &Arc<dyn Api>) -> BoxFuture<'static, Result<Arc<Lists>, ClientError>> {
        let (book, api) = (self.clone(), Arc::clone(api));
        Box::pin(async move {
            if book.lists().ledger.is_none() {
                book.set(load(api).await?);
            }
            Ok(book.lists())
        })
    }

    /// Loads the lists beside everything else, then announces [`BookChanged`] and names the ledger in the header.
    pub fn refresh<L: Layer>(&self, api: &Arc<dyn Api>) -> Fx<L> {
        let book = self.clone();
        Fx::call_latest(
            "book",
            "loading the lists",
            load(Arc::clone(api)),
            move |_, outcome, look| book.loaded(outcome, look),
        )
    }

    fn loaded<L: Layer>(&self, outcome: Result<Lists, ClientError>, _: &Look) -> Fx<L> {
        match outcome {
            Ok(lists) => {
                let open = OpenLedger::of(&lists);
                self.set(lists);
                Fx::ledger(open).and(Fx::announce(Change::new(BookChanged)))
            }
            // Every list of it is there for whoever may open it.
            Err(error) if error.code() == Some(Code::NotFound) => Fx::announce(Change::new(LedgerGone)),
            Err(error) => Fx::notify(Message::error(error.sentence())),
        }
    }

    /// Takes the ledger's settings in as the server has them now: nothing is asked, so that it is so whichever layer
    /// goes meanwhile.
    pub fn adopt<L: Layer>(&self, ledger: Ledger) -> Fx<L> {
        let lists = Lists::clone(&self.lists()).with_ledger(ledger);
        let open = OpenLedger::of(&lists);
        self.set(lists);
        Fx::ledger(open).and(Fx::announce(Change::new(BookChanged)))
    }

    /// Takes rows in that were saved: their payees, tags and habits are known from the next key on. Says whether
    /// they name something that is in no list, so that the lists are to be loaded again.
    pub fn learn(&self, rows: &[Expense]) -> bool {
        let mut lists = Lists::clone(&self.lists());
        let is_known = rows.iter().all(|row| lists.learn(row));
        self.set(lists);
        !is_known
    }
}
