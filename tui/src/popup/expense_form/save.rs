//! Saving what the form holds: on disk first, then to the server; what it objects to goes under the fields, and where
//! somebody was faster it is asked whose change counts.

use super::fields;
use super::reading;
use super::{ExpenseForm, FormDone, Subject};
use crate::client::ClientError;
use crate::expense_row;
use crate::fx::{Fx, Message};
use crate::outbox::{Entry, Sent, Write};
use crate::popup::conflict::{Conflict, Decided};
use crate::popup::quick_add::row_of;
use crate::theme::Look;
use api::expense::{Expense, ExpensePatch, NewExpense};
use api::problem::{Code, Problem};

/// How sending ended, as far as the form goes.
enum Outcome {
    Saved(Box<Expense>),
    Waiting(Box<Entry>, Option<String>),
    Refused(ClientError),
}

impl ExpenseForm {
    pub(super) fn save(&mut self, look: &Look) -> Fx<Self> {
        if self.is_saving {
            return Fx::none();
        }
        let lists = self.desk.book.lists();
        let before = match &self.subject {
            Subject::Row(row) => Some(row.as_ref()),
            _ => None,
        };
        let wanted = match reading::wanted(&self.form, before, &lists, look) {
            Ok(wanted) => wanted,
            Err(faults) => return self.paint(&faults),
        };
        match &self.subject {
            Subject::Row(row) => {
                let patch = reading::patch(row, &wanted, &lists);
                if patch == ExpensePatch::default() {
                    let forget = self.slot.forget();
                    return Fx::call("", forget, |_, (), _| Fx::none())
                        .and(Fx::notify("Nothing was changed."))
                        .and(Fx::pop());
                }
                let row = row.clone();
                self.update(*row, patch, look)
            }
            Subject::New => {
                let mut wanted = wanted;
                wanted.id = Some(self.slot.id().into());
                let text = fields::line(&self.form);
                self.create(wanted, &text, true, look)
            }
            Subject::Unsent(old) => {
                let mut wanted = wanted;
                wanted.id = old.created();
                if let Write::Create(old) = &old.write
                    && !lists.members.is_shared()
                {
                    // There is no field for it.
                    let payer = old.paid_by.as_ref();
                    wanted.paid_by = payer.and_then(|member| lists.members.of(member)).map(Into::into);
                }
                let text = old.text.clone();
                self.create(wanted, &text, false, look)
            }
        }
    }

    fn create(&mut self, wanted: NewExpense, text: &str, is_new: bool, look: &Look) -> Fx<Self> {
        let row = row_of(&wanted, &self.desk.book.lists(), look);
        let entry = self.desk.outbox.create(wanted, text);
        let label = format!("saving {}", fields::line(&self.form));
        let entry = Entry {
            after: vec![row],
            ..entry
        };
        self.send(entry, label, is_new, move |form, outcome, _| match outcome {
            Outcome::Saved(after) => Fx::answer(FormDone::Saved { before: None, after }),
            Outcome::Waiting(entry, why) => Fx::answer(FormDone::Waiting(entry, why)),
            Outcome::Refused(error) => form.refused(&error),
        })
    }

    fn update(&mut self, before: Expense, patch: ExpensePatch, look: &Look) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let text = format!("change {}", expense_row::words(&before, lists.base, look));
        let write = Write::Update {
            id: before.id,
            version: before.version,
            patch: Box::new(patch.clone()),
        };
        let mut entry = self.desk.outbox.entry(write, &text);
        let is_new = self.replaces.is_none();
        entry.id = self.replaces.unwrap_or(entry.id);
        entry.after = vec![reading::patched(&before, &patch, &lists)];
        entry.before = vec![before.clone()];
        self.send(
            entry,
            "saving the row".to_owned(),
            is_new,
            move |form, outcome, look| match outcome {
                Outcome::Saved(after) => {
                    let before = Some(Box::new(before));
                    Fx::answer(FormDone::Saved { before, after })
                }
                Outcome::Waiting(entry, why) => Fx::answer(FormDone::Waiting(entry, why)),
                Outcome::Refused(error) if error.code() == Some(Code::StaleVersion) => {
                    form.stale(before, patch, &error, look)
                }
                Outcome::Refused(error) => form.refused(&error),
            },
        )
    }

    /// On disk first, then to the server. Where it is refused, a new one comes back into this form for good.
    fn send(
        &mut self,
        entry: Entry,
        label: String,
        is_new: bool,
        then: impl FnOnce(&mut Self, Outcome, &Look) -> Fx<Self> + Send + 'static,
    ) -> Fx<Self> {
        self.is_saving = true;
        let mut slot = self.slot.clone();
        let text = fields::text(&self.form);
        let entry = Entry {
            typed: text.clone(),
            draft: Some(slot.id()),
            ..entry
        };
        let (outbox, forget) = (self.desk.outbox.clone(), slot.forget());
        let sent = outbox.send_then(self.desk.api.clone(), entry, Some(forget));
        let work = async move {
            let sent = sent.await;
            if let Sent::Refused(entry, _) = &sent
                && is_new
            {
                let id = entry.id;
                slot.keep(&text).await;
                if let Err(error) = outbox.beside(move |outbox| outbox.discard(id)).await {
                    tracing::warn!(%error, "a refused entry could not be taken out of the outbox");
                }
            }
            (sent, slot)
        };
        Fx::call(label, work, move |form: &mut Self, (sent, slot), look| {
            form.is_saving = false;
            form.slot = slot;
            let outcome = match sent {
                Sent::Saved(entry, answer) => match answer.rows.into_iter().next() {
                    Some(row) => Outcome::Saved(Box::new(row)),
                    None => Outcome::Waiting(entry, None),
                },
                Sent::Waiting(entry, why) => Outcome::Waiting(entry, why.map(|error| error.sentence())),
                Sent::Refused(_, error) => Outcome::Refused(error),
            };
            then(form, outcome, look)
        })
    }

    /// Somebody was faster: mine or theirs, field by field.
    fn stale(&mut self, before: Expense, patch: ExpensePatch, error: &ClientError, _: &Look) -> Fx<Self> {
        let current = error.problem().and_then(|problem| problem.current.clone());
        let Some(theirs) = current.and_then(|row| serde_json::from_value::<Expense>(row).ok()) else {
            return self.refused(error);
        };
        if theirs.deleted_at.is_some() {
            return Fx::notify(Message::warning(
                "Somebody deleted this row meanwhile. :trash brings it back; what is typed here is kept.",
            ));
        }
        let conflict = Conflict::new(self.desk.clone(), before, theirs, patch);
        Fx::ask(conflict, |form: &mut Self, Decided { theirs, patch }, look| {
            if patch == ExpensePatch::default() {
                let forget = form.slot.forget();
                let after = Box::new(theirs.clone());
                let done = FormDone::Saved {
                    before: Some(Box::new(theirs)),
                    after,
                };
                return Fx::call("", forget, |_, (), _| Fx::none()).and(Fx::answer(done));
            }
            form.update(theirs, patch, look)
        })
    }

    /// Each fault under its field, the rest on the message line.
    fn refused(&mut self, error: &ClientError) -> Fx<Self> {
        let painted = error.problem().map(|problem| self.paint_problem(problem));
        match painted {
            Some(true) => Fx::notify(Message::error("Not saved; the fields say why.")),
            _ => Fx::notify(Message::error(format!("Not saved: {}", error.sentence()))),
        }
    }

    fn paint_problem(&mut self, problem: &Problem) -> bool {
        let mut faults = Vec::new();
        for fault in &problem.errors {
            let mut words = if fault.detail.is_empty() {
                fault.code.clone()
            } else {
                fault.detail.clone()
            };
            if !fault.candidates.is_empty() {
                words = format!("{words} - perhaps {}", fault.candidates.join(", "));
            }
            faults.push((fields::field_of(&fault.pointer), words));
        }
        let all = !faults.is_empty() && faults.iter().all(|(field, _)| field.is_some());
        let known: Vec<(&'static str, String)> = faults
            .into_iter()
            .filter_map(|(field, words)| Some((field?, words)))
            .collect();
        let _: Fx<Self> = self.paint(&known);
        all
    }

    fn paint(&mut self, faults: &[(&'static str, String)]) -> Fx<Self> {
        for (field, words) in faults {
            self.form.set_error(field, words.clone());
        }
        self.form.focus_on_error();
        Fx::none()
    }
}
