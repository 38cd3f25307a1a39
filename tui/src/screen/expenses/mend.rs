//! Mending what the server refused while it waited: the form again with what was typed and the reason, mine or theirs
//! where somebody was faster, the sheet of a day, the lines that were pasted. What is mended goes from the same place.

use super::Expenses;
use super::unsent::not_kept;
use crate::client::ClientError;
use crate::fx::{Change, Fx, Message};
use crate::outbox::{Draft, Entry, OutboxChanged, Standing, Unsent, Write};
use crate::popup::conflict::{Conflict, Decided};
use crate::popup::expense_form::ExpenseForm;
use crate::popup::quick_add::DRAFT;
use crate::popup::{Confirm, unsent::MendAsked};
use crate::screen::day_sheet::{DaySheet, draft_kind};
use crate::theme::Look;
use api::expense::{Expense, ExpensePatch};
use api::id::ExpenseId;
use std::io;

impl Expenses {
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
                let said = format!(
                    "It cannot be mended now: {} <unsent.delete> drops it.",
                    error.sentence()
                );
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
        let conflict = Conflict::new(self.desk.clone(), before, theirs, (**patch).clone());
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
            screen.desk.drafts.put([Draft {
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
