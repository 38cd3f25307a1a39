//! New rows on their way: shown at once, kept on disk until the server has them, sent again when it is back, given back
//! to their user where it refuses them.

use super::Expenses;
use super::list::State;
use super::undo::{self, Undo};
use crate::book::RowsChanged;
use crate::figures;
use crate::fx::{Fx, Message};
use crate::outbox::{Draft, Entry, Sent};
use crate::popup::quick_add::{DRAFT, Entered, Typed};
use crate::theme::Look;
use api::expense::{BatchOperation, BatchVerb, Expense};
use api::id::ExpenseId;
use std::io;

/// An entry that the server does not have.
#[derive(Debug, Clone)]
pub(super) struct Unsent {
    pub(super) entry: Entry,
    /// As it is shown.
    pub(super) row: Expense,
    pub(super) is_flying: bool,
}

impl Expenses {
    /// Takes over what earlier runs left on the disk.
    pub(super) fn take_over(&self) -> Fx<Self> {
        let outbox = self.desk.outbox.clone();
        let taken = async move {
            outbox
                .beside(|outbox| Ok((outbox.take_over()?, outbox.take_drafts()?)))
                .await
        };
        Fx::call("", taken, Self::taken_over)
    }

    fn taken_over(&mut self, taken: io::Result<(Vec<Entry>, Vec<Draft>)>, look: &Look) -> Fx<Self> {
        let (entries, drafts) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                return Fx::notify(Message::warning(format!(
                    "Unsent entries cannot be read: {error}."
                )));
            }
        };
        // An entry and its draft have one id: what is on its way already is not offered again, in no later run either.
        let (sent, drafts): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|draft| {
            let mut ids = entries.iter().filter_map(Entry::id);
            ids.any(|id| id.0 == draft.id)
        });
        self.desk.drafts.put(drafts);
        let mut fx = self.forget(sent);
        if self.desk.drafts.has(DRAFT) {
            let add = look.key(&["expenses"], crate::keymap::Action::Add);
            fx = fx.and(Fx::notify(format!("What you typed is kept; {add} offers it.")));
        }
        for entry in entries {
            let row = self.row_of(&entry, look);
            fx = fx.and(if entry.refusal.is_some() {
                self.unsent.push(Unsent {
                    entry,
                    row: row.clone(),
                    is_flying: false,
                });
                self.show(row, State::Refused);
                Fx::none()
            } else {
                self.send(entry, row)
            });
        }
        fx
    }

    fn forget(&self, drafts: Vec<Draft>) -> Fx<Self> {
        if drafts.is_empty() {
            return Fx::none();
        }
        let outbox = self.desk.outbox.clone();
        let dropped = async move {
            outbox
                .beside(move |outbox| drafts.iter().try_for_each(|draft| outbox.drop_draft(draft.id)))
                .await
        };
        Fx::call("", dropped, |_, _, _| Fx::none())
    }

    /// A typed line, or several of them.
    pub(super) fn typed(&mut self, typed: Typed, _: &Look) -> Fx<Self> {
        let Typed { rows, mut slot } = typed;
        for row in &rows {
            self.recall.retain(|line| *line != row.text);
            self.recall.push(row.text.clone());
        }
        if let [
            Entered {
                expense,
                row,
                new_category,
                text,
            },
        ] = rows.as_slice()
        {
            let (row, new_category) = (row.clone(), new_category.clone());
            let entry = self.desk.outbox.entry(expense.clone(), text);
            self.new_categories
                .extend(new_category.map(|name| (row.id, name)));
            self.wanted = Some(row.id);
            let forget = slot.forget();
            return self.send_after(entry, row, Some(forget));
        }
        self.send_batch(rows, slot)
    }

    pub(super) fn send(&mut self, entry: Entry, row: Expense) -> Fx<Self> {
        self.send_after(entry, row, None)
    }

    /// The entry is on the disk before its draft goes, and sent after that.
    fn send_after(
        &mut self,
        entry: Entry,
        row: Expense,
        forget: Option<futures_util::future::BoxFuture<'static, ()>>,
    ) -> Fx<Self> {
        let label = format!("saving {}", entry.text);
        self.unsent.retain(|unsent| unsent.entry.id() != entry.id());
        self.unsent.push(Unsent {
            entry: entry.clone(),
            row: row.clone(),
            is_flying: true,
        });
        self.show(row, State::Unsent);
        let (outbox, api) = (self.desk.outbox.clone(), self.desk.api.clone());
        let work = async move {
            let is_kept = outbox.keep(&entry).await.is_ok();
            if let Some(forget) = forget.filter(|_| is_kept) {
                forget.await;
            }
            outbox.send(api, entry).await
        };
        Fx::call(label, work, Self::sent)
    }

    fn sent(&mut self, sent: Sent, look: &Look) -> Fx<Self> {
        match sent {
            Sent::Saved(row) => self.saved(*row, look),
            Sent::Waiting(entry, error) => {
                let id = entry.id();
                self.wanted = None;
                self.landed(*entry, State::Unsent);
                self.say_waiting();
                let what = self.unsent.iter().find(|unsent| unsent.entry.id() == id);
                let what = what.map_or_else(String::new, |unsent| unsent.entry.text.clone());
                let why = error.sentence();
                Fx::notify(Message::warning(format!(
                    "Kept here, not sent yet: {what}. {why}"
                )))
            }
            Sent::Refused(entry, error) => {
                let said = format!("Not saved: {} e mends it, d drops it.", error.sentence());
                self.wanted = None;
                self.landed(*entry, State::Refused);
                self.say_waiting();
                Fx::notify(Message::error(said))
            }
        }
    }

    /// An entry came back unsaved.
    fn landed(&mut self, entry: Entry, state: State) {
        let Some(unsent) = self
            .unsent
            .iter_mut()
            .find(|unsent| unsent.entry.id() == entry.id())
        else {
            return;
        };
        unsent.is_flying = false;
        unsent.entry = entry;
        let row = unsent.row.clone();
        self.show(row, state);
    }

    /// How many entries wait is the header's to say.
    pub(super) fn say_waiting(&self) {
        let count = self
            .unsent
            .iter()
            .filter(|unsent| unsent.entry.refusal.is_none())
            .count();
        self.desk.waiting.set(count);
    }

    /// Sends what waits again.
    pub(super) fn send_waiting(&mut self) -> Fx<Self> {
        let waiting: Vec<Unsent> = self
            .unsent
            .iter()
            .filter(|unsent| !unsent.is_flying && unsent.entry.refusal.is_none())
            .cloned()
            .collect();
        Fx::batch(
            waiting
                .into_iter()
                .map(|unsent| self.send(unsent.entry, unsent.row)),
        )
    }

    /// Drops an entry for good.
    pub(super) fn drop_unsent(&mut self, id: ExpenseId, look: &Look) -> Fx<Self> {
        let Some(at) = self
            .unsent
            .iter()
            .position(|unsent| unsent.entry.id() == Some(id))
        else {
            return Fx::none();
        };
        if self.unsent.get(at).is_some_and(|unsent| unsent.is_flying) {
            return Fx::notify("It is on its way to the server; try again in a moment.");
        }
        let unsent = self.unsent.remove(at);
        self.list.remove(id);
        self.say_waiting();
        let words = self.words_of(std::slice::from_ref(&unsent.row), look);
        self.recall.push(unsent.entry.text.clone());
        let outbox = self.desk.outbox.clone();
        let discard = async move { outbox.beside(move |outbox| outbox.discard(&unsent.entry)).await };
        Fx::call("dropping an entry", discard, |_, _, _| Fx::none()).and(Fx::notify(format!(
            "Dropped {words}. a and Up bring its text back."
        )))
    }

    fn send_batch(&mut self, rows: Vec<Entered>, mut slot: crate::drafts::Slot) -> Fx<Self> {
        let text = rows
            .iter()
            .map(|row| row.text.as_str())
            .collect::<Vec<_>>()
            .join("\n");
        let operations = rows.into_iter().map(|entered| BatchOperation {
            op: BatchVerb::Create,
            id: None,
            version: None,
            expense: Some(entered.expense),
            patch: None,
        });
        let operations: Vec<BatchOperation> = operations.collect();
        let label = format!("saving {}", figures::rows(operations.len() as u64));
        let api = self.desk.api.clone();
        let work = async move {
            let saved = undo::batch(api, operations.into_iter()).await;
            if saved.is_ok() {
                slot.forget().await;
            }
            (saved, slot)
        };
        Fx::call(
            label,
            work,
            move |screen: &mut Self, (saved, slot), _| match saved {
                Ok(rows) => {
                    let said = format!("Saved {}. u undo", figures::rows(rows.len() as u64));
                    screen.remember(Undo::Created(rows.clone()));
                    screen.wanted = rows.first().map(|row| row.id);
                    Fx::announce(RowsChanged::change(Vec::new(), rows)).and(Fx::notify(said))
                }
                Err(error) => {
                    slot.shelve(&text);
                    let said = format!(
                        "None of them was saved; a offers them again. {}",
                        error.sentence()
                    );
                    Fx::notify(Message::error(said))
                }
            },
        )
    }

    /// An entry from the disk as a row.
    fn row_of(&self, entry: &Entry, look: &Look) -> Expense {
        crate::popup::quick_add::row_of(&entry.expense, &self.desk.book.lists(), look)
    }
}
