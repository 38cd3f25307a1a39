//! Saving what the form holds: on disk first, then to the server; what it objects to goes under the fields, and where
//! somebody was faster it is asked whose change counts.

use super::fields;
use super::reading;
use super::{ExpenseForm, FormDone, Subject};
use crate::client::{ClientError, Key};
use crate::fx::{Fx, Message};
use crate::outbox::{Entry, Sent};
use crate::popup::conflict::{Conflict, Decided};
use crate::theme::Look;
use api::expense::{Expense, ExpensePatch};
use api::problem::{Code, Problem};

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
                self.update(*row, patch)
            }
            Subject::New => {
                let mut wanted = wanted;
                wanted.id = Some(self.slot.id().into());
                self.create(self.desk.outbox.entry(wanted, &fields::line(&self.form)), true)
            }
            Subject::Unsent(old) => {
                let mut wanted = wanted;
                wanted.id = old.id();
                if !lists.members.is_shared() {
                    // There is no field for it.
                    let payer = old.expense.paid_by.as_ref();
                    wanted.paid_by = payer.and_then(|member| lists.members.of(member)).map(Into::into);
                }
                let entry = self.desk.outbox.entry(wanted, &old.text);
                self.create(entry, false)
            }
        }
    }

    /// On disk first, then to the server. Where it is refused, a new one comes back into this form for good.
    fn create(&mut self, entry: Entry, is_new: bool) -> Fx<Self> {
        self.is_saving = true;
        let (outbox, api) = (self.desk.outbox.clone(), self.desk.api.clone());
        let mut slot = self.slot.clone();
        let text = fields::text(&self.form);
        let work = async move {
            if outbox.keep(&entry).await.is_ok() {
                slot.forget().await;
            }
            let sent = outbox.send(api, entry).await;
            if let Sent::Refused(entry, _) = &sent
                && is_new
            {
                let entry = entry.clone();
                slot.keep(&text).await;
                if let Err(error) = outbox.beside(move |outbox| outbox.discard(&entry)).await {
                    tracing::warn!(%error, "a refused entry could not be taken out of the outbox");
                }
            }
            (sent, slot)
        };
        let label = format!("saving {}", fields::line(&self.form));
        Fx::call(label, work, |form: &mut Self, (sent, slot), _| {
            form.is_saving = false;
            form.slot = slot;
            match sent {
                Sent::Saved(after) => Fx::answer(FormDone::Saved { before: None, after }),
                Sent::Waiting(entry, error) => Fx::answer(FormDone::Waiting(entry, error.sentence())),
                Sent::Refused(_, error) => form.refused(&error),
            }
        })
    }

    fn update(&mut self, before: Expense, patch: ExpensePatch) -> Fx<Self> {
        self.is_saving = true;
        let api = self.desk.api.clone();
        let mut slot = self.slot.clone();
        let sent = patch.clone();
        let (id, version) = (before.id, before.version);
        let work = async move {
            let saved = api.update_expense(id, version, &sent, Key::new()).await;
            if saved.is_ok() {
                slot.forget().await;
            }
            (saved, slot)
        };
        Fx::call(
            "saving the row",
            work,
            move |form: &mut Self, (saved, slot), look| {
                form.is_saving = false;
                form.slot = slot;
                match saved {
                    Ok(after) => {
                        let before = Some(Box::new(before));
                        Fx::answer(FormDone::Saved {
                            before,
                            after: Box::new(after),
                        })
                    }
                    Err(error) if error.code() == Some(Code::StaleVersion) => {
                        form.stale(before, patch, &error, look)
                    }
                    Err(error) => form.refused(&error),
                }
            },
        )
    }

    /// Somebody was faster: mine or theirs, field by field.
    fn stale(&mut self, before: Expense, patch: ExpensePatch, error: &ClientError, _: &Look) -> Fx<Self> {
        let current = error.problem().and_then(|problem| problem.current.clone());
        let Some(theirs) = current.and_then(|row| serde_json::from_value::<Expense>(row).ok()) else {
            return self.refused(error);
        };
        let conflict = Conflict::new(self.desk.book.lists(), before, theirs, patch);
        Fx::ask(conflict, |form: &mut Self, Decided { theirs, patch }, _| {
            if patch == ExpensePatch::default() {
                let forget = form.slot.forget();
                let after = Box::new(theirs.clone());
                let done = FormDone::Saved {
                    before: Some(Box::new(theirs)),
                    after,
                };
                return Fx::call("", forget, |_, (), _| Fx::none()).and(Fx::answer(done));
            }
            form.update(theirs, patch)
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
