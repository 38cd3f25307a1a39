//! What the server does not have yet, as it is shown among the rows: new and changed rows with a sign, deleted ones
//! gone; and what its user does about it: looking, dropping, mending what was refused.

use super::Expenses;
use super::list::State;
use crate::client::ClientError;
use crate::fx::{Change, Fx, Message};
use crate::keymap::Action;
use crate::outbox::{Entry, OutboxChanged, Standing, Unsent, Write};
use crate::popup::conflict::{Conflict, Decided};
use crate::popup::expense_form::ExpenseForm;
use crate::popup::quick_add::DRAFT;
use crate::popup::{Confirm, unsent::MendAsked};
use crate::screen::day_sheet::{DaySheet, draft_kind};
use crate::theme::Look;
use api::expense::{Expense, ExpensePatch};
use api::id::ExpenseId;
use std::io;
use uuid::Uuid;

impl Expenses {
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
    fn entry_of(&self, row: ExpenseId) -> Option<Unsent> {
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
            Fx::announce(Change::new(OutboxChanged {
                dropped,
                ..OutboxChanged::default()
            }))
        })
    }

    /// A refused row is mended where it stands.
    pub(super) fn mend_row(&mut self, row: ExpenseId, look: &Look) -> Fx<Self> {
        match self.entry_of(row) {
            Some(unsent) => self.mend(&MendAsked(unsent.entry.id), look),
            None => Fx::none(),
        }
    }

    /// Opens what the entry was made with, and why it was refused.
    pub(super) fn mend(&mut self, asked: &MendAsked, look: &Look) -> Fx<Self> {
        let unsent = self.desk.outbox.unsent();
        let Some(Unsent { entry, standing, .. }) =
            unsent.into_iter().find(|unsent| unsent.entry.id == asked.0)
        else {
            return Fx::notify("It was sent meanwhile.");
        };
        match (standing, &entry.write) {
            (Standing::Travelling, _) => Fx::notify("It is on its way to the server; try again in a moment."),
            (Standing::Held(text), _) => {
                Fx::notify(format!("It waits for: {text}. Mend or drop that first."))
            }
            (_, Write::Create(_)) => {
                let form = ExpenseForm::mend(self.desk.clone(), entry, look);
                Fx::ask(form, Self::form_done)
            }
            (_, Write::Update { id, .. } | Write::Delete { id, .. } | Write::Restore { id }) => {
                let row = self.desk.api.get_expense(*id);
                Fx::call("looking at the row", row, move |screen: &mut Self, row, look| {
                    screen.mend_onto(entry, row, look)
                })
            }
            (_, Write::Batch(_)) if entry.write.only_creates() => self.back_to_draft(entry, DRAFT.to_owned()),
            (_, Write::Batch(_)) => {
                let question = format!(
                    "{}: do it whatever the rows are by now? Other fields stay as others left them.",
                    entry.text
                );
                Fx::ask(
                    Confirm::new("Send again", question),
                    move |screen: &mut Self, is_sure, _| {
                        let write = regardless(&entry.write);
                        if is_sure {
                            screen.give_back(entry.anew(write))
                        } else {
                            Fx::none()
                        }
                    },
                )
            }
            (_, Write::Day { date, .. }) => {
                let kind = draft_kind(*date);
                self.back_to_draft(entry, kind)
            }
        }
    }

    /// Mine or theirs where somebody was faster, else the form again.
    fn mend_onto(&mut self, entry: Entry, theirs: Result<Expense, ClientError>, look: &Look) -> Fx<Self> {
        let theirs = match theirs {
            Ok(theirs) => theirs,
            Err(error) => {
                let said = format!("It cannot be mended now: {} d drops it.", error.sentence());
                return Fx::notify(Message::error(said));
            }
        };
        let Write::Update { id, version, patch } = &entry.write else {
            let question = format!("{}: it was changed meanwhile. Do it all the same?", entry.text);
            return Fx::ask(
                Confirm::new("Send again", question),
                move |screen: &mut Self, is_sure, _| {
                    let write = match &entry.write {
                        Write::Delete { id, .. } => Write::Delete {
                            id: *id,
                            version: theirs.version,
                        },
                        other => other.clone(),
                    };
                    if is_sure {
                        screen.give_back(entry.anew(write))
                    } else {
                        Fx::none()
                    }
                },
            );
        };
        let before = entry.before.iter().find(|row| row.id == *id).cloned();
        let before = before.unwrap_or_else(|| theirs.clone());
        if theirs.version == *version {
            let form = ExpenseForm::edit_again(self.desk.clone(), theirs, &entry, look);
            return Fx::ask(form, Self::form_done);
        }
        let conflict = Conflict::new(self.desk.book.lists(), before, theirs, (**patch).clone());
        Fx::ask(
            conflict,
            move |screen: &mut Self, Decided { theirs, patch }, _| {
                if patch == ExpensePatch::default() {
                    return screen.discard(entry.id).and(Fx::notify("Left as it is there."));
                }
                let write = Write::Update {
                    id: theirs.id,
                    version: theirs.version,
                    patch: Box::new(patch),
                };
                let mut entry = entry.anew(write);
                entry.before = vec![theirs];
                screen.give_back(entry)
            },
        )
    }

    /// In the place of the refused one; it goes when it is its turn.
    fn give_back(&self, entry: Entry) -> Fx<Self> {
        let outbox = self.desk.outbox.clone();
        let mended = async move { outbox.beside(move |outbox| outbox.mend(entry)).await };
        Fx::call("keeping it", mended, |_, kept: io::Result<()>, _| match kept {
            Ok(()) => Fx::announce(Change::new(OutboxChanged::default())),
            Err(error) => not_kept(&error),
        })
    }

    /// What was typed becomes a draft again, and its form opens with it.
    fn back_to_draft(&self, entry: Entry, kind: String) -> Fx<Self> {
        let outbox = self.desk.outbox.clone();
        let (id, of_draft, typed) = (entry.id, kind.clone(), entry.typed.clone());
        let work = async move {
            let kept = outbox.beside(move |outbox| {
                let draft = outbox.keep_draft(None, &of_draft, &typed)?;
                Ok((draft, outbox.discard(id)?))
            });
            kept.await
        };
        Fx::call("taking it back", work, move |screen: &mut Self, kept, _| {
            let (id, dropped) = match kept {
                Ok(kept) => kept,
                Err(error) => return not_kept(&error),
            };
            let text = entry.typed.clone();
            screen.desk.drafts.put([crate::outbox::Draft {
                id,
                kind,
                text,
                book: String::new(),
            }]);
            let told = Fx::announce(Change::new(OutboxChanged {
                dropped,
                ..OutboxChanged::default()
            }));
            told.and(match &entry.write {
                Write::Day { date, .. } => Fx::push(DaySheet::new(screen.desk.clone(), *date)),
                _ => screen.add(),
            })
        })
    }
}

fn not_kept(error: &io::Error) -> Fx<Expenses> {
    Fx::notify(Message::error(format!("The disk refuses: {error}.")))
}

/// The same changes, whichever versions the rows have.
fn regardless(write: &Write) -> Write {
    let mut write = write.clone();
    if let Write::Batch(batch) = &mut write {
        for operation in &mut batch.operations {
            operation.version = None;
        }
    }
    write
}
