//! What the server does not have yet, as it is shown among the rows: new and changed rows with a sign, deleted ones
//! gone; and how it goes again: dropped, sent by another layer, or taken back.

use super::Expenses;
use super::list::State;
use crate::fx::{Change, Fx, Message};
use crate::keymap::Action;
use crate::outbox::{Entry, OutboxChanged, Standing, Unsent};
use crate::popup::ShutLedger;
use crate::theme::Look;
use api::expense::Expense;
use api::id::ExpenseId;
use std::io;
use uuid::Uuid;

impl Expenses {
    /// The ledger is not ours to open any more: something stands before its rows until another one is chosen.
    pub(super) fn shut(&mut self) -> Fx<Self> {
        if self.is_shut || !self.is_lowest() {
            return Fx::none();
        }
        self.is_shut = true;
        Fx::push(ShutLedger::new(self.desk.clone()))
    }

    /// Puts what is unsent over the rows as the server has them.
    pub(super) fn show_unsent(&mut self) {
        let (sort, lists) = (self.view.sort, self.desk.book.lists());
        let is_filtered = self.view.is_filtered();
        self.new_categories.clear();
        for Unsent { entry, standing, .. } in self.desk.outbox.unsent() {
            let state = if standing.is_parked() {
                State::Refused
            } else {
                State::Unsent
            };
            for row in &entry.after {
                if let Some(name) = entry.write.new_category(row.id) {
                    self.new_categories.insert(row.id, name.to_owned());
                }
                let is_gone = row.deleted_at.is_some() && state == State::Unsent;
                if is_gone || !self.is_in_view(row) {
                    self.list.remove(row.id);
                    continue;
                }
                let is_shown = self.list.place_of(row.id).is_some();
                if is_shown || !is_filtered || self.own.contains(&entry.id) {
                    let row = Expense {
                        deleted_at: None,
                        ..row.clone()
                    };
                    self.list.put(row, state, sort, &lists);
                }
            }
        }
    }

    /// An entry is not there any more and was not carried out: its rows are as they were.
    pub(super) fn as_before(&mut self, entry: &Entry) {
        let (sort, lists) = (self.view.sort, self.desk.book.lists());
        for row in &entry.after {
            self.list.remove(row.id);
        }
        for row in &entry.before {
            if self.is_in_view(row) {
                self.list.put(row.clone(), State::Saved, sort, &lists);
            }
        }
    }

    /// The entry that a row is shown by: the refused one if there is one, else the last.
    pub(super) fn entry_of(&self, row: ExpenseId) -> Option<Unsent> {
        let unsent = self.desk.outbox.unsent().into_iter();
        let mut of_row: Vec<Unsent> = unsent
            .filter(|unsent| unsent.entry.rows().contains(&row))
            .collect();
        let refused = of_row
            .iter()
            .position(|unsent| matches!(unsent.standing, Standing::Refused(_)));
        match refused {
            Some(at) => Some(of_row.swap_remove(at)),
            None => of_row.pop(),
        }
    }

    pub(super) fn outbox_changed(&mut self, change: &OutboxChanged) -> Fx<Self> {
        let selected = self.selected_id();
        for entry in &change.dropped {
            self.as_before(entry);
        }
        self.show_unsent();
        self.stand_on(selected);
        if !self.is_lowest() {
            return Fx::none();
        }
        self.desk.waiting.recount(self.desk.outbox.waiting());
        let is_away = self.desk.waiting.count() > 0;
        let load = if change.dropped.is_empty() || is_away {
            Fx::none()
        } else {
            self.load()
        };
        if change.is_away {
            load
        } else {
            load.and(self.flush())
        }
    }

    /// Rows that are shown as unsent and are not any more: another layer saw to them.
    pub(super) fn look_again(&mut self) -> Fx<Self> {
        let unsent = self.desk.outbox.unsent();
        let is_known = |id: ExpenseId| {
            let mut all = unsent.iter();
            all.any(|unsent| unsent.entry.after.iter().any(|row| row.id == id))
        };
        if self.list.unsaved().any(|row| !is_known(row.id)) {
            self.load()
        } else {
            Fx::none()
        }
    }

    /// While something waits, what was changed last is not on the server yet.
    pub(super) fn undo(&mut self, look: &Look) -> Fx<Self> {
        let unsent = self.desk.outbox.unsent();
        let mut waiting = unsent.iter().rev().filter(|unsent| !unsent.standing.is_parked());
        match waiting.next() {
            None => self.undo_last(),
            Some(last) => Fx::notify(format!(
                "Not sent yet: {}. {} lists what waits and can drop it.",
                last.entry.text,
                look.key(&["global"], Action::Unsent)
            )),
        }
    }

    /// What `d` does to a row that is not as the server has it. `None`: it is deleted as any other.
    pub(super) fn drop_unsent(&mut self, row: &Expense, look: &Look) -> Option<Fx<Self>> {
        let Unsent {
            entry,
            standing,
            may_be_there,
        } = self.entry_of(row.id)?;
        let is_new = entry.created() == Some(row.id) && !may_be_there;
        let goes = matches!(standing, Standing::Refused(_)) || (is_new && standing == Standing::Waiting);
        if !goes {
            return None;
        }
        let mut said = format!("Dropped {}.", self.words_of(std::slice::from_ref(row), look));
        if entry.created().is_some() {
            self.recall.push(entry.text.clone());
            said.push_str(" a and Up bring its text back.");
        }
        Some(self.discard(entry.id).and(Fx::notify(said)))
    }

    pub(super) fn discard(&self, id: Uuid) -> Fx<Self> {
        let outbox = self.desk.outbox.clone();
        let discard = async move { outbox.beside(move |outbox| outbox.discard(id)).await };
        Fx::call("dropping an entry", discard, |_, gone: io::Result<_>, _| {
            let dropped = match gone {
                Ok(dropped) => dropped,
                Err(error) => return not_kept(&error),
            };
            if dropped.is_empty() {
                return Fx::notify("It was on its way to the server already.");
            }
            Fx::announce(Change::new(OutboxChanged {
                dropped,
                ..OutboxChanged::default()
            }))
        })
    }
}

pub(super) fn not_kept(error: &io::Error) -> Fx<Expenses> {
    Fx::notify(Message::error(format!("The disk refuses: {error}.")))
}
