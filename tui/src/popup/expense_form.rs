//! The full form of one row, new or there already: every field with its reading beside it and its error under it. What
//! was typed stays through refusals, a dead server and Esc; only a save lets go of it.

mod fields;
mod reading;
#[cfg(test)]
mod tests;

use super::conflict::{Conflict, Decided};
use super::frame;
use crate::book::Lists;
use crate::client::{ClientError, Key};
use crate::desk::Desk;
use crate::drafts::Slot;
use crate::fx::{Fx, Message};
use crate::keymap::Action;
use crate::layer::{Layer, Popup, TextEvent};
use crate::outbox::{Entry, Sent};
use crate::theme::Look;
use crate::widget::{Canvas, Form, FormEvent};
use api::expense::{Expense, ExpensePatch};
use api::problem::{Code, Problem};
use fields::Typed;
use ratatui::layout::{Position, Rect};

/// How it ended.
pub enum FormDone {
    /// The server has it.
    Saved {
        before: Option<Box<Expense>>,
        after: Box<Expense>,
    },
    /// The server is away; it lies in the outbox. With the reason.
    Waiting(Box<Entry>, String),
}

/// What the form is about.
enum Subject {
    New,
    Row(Box<Expense>),
    /// An entry that was refused or waits.
    Unsent(Box<Entry>),
}

/// The form.
pub struct ExpenseForm {
    desk: Desk,
    form: Form,
    typed: Typed,
    subject: Subject,
    slot: Slot,
    /// Where it was drawn, for clicks.
    area: Rect,
    is_saving: bool,
}

impl ExpenseForm {
    /// A row that is not there yet.
    pub fn new(desk: Desk, look: &Look) -> Self {
        Self::open(desk, Subject::New, "form", look)
    }

    /// A row as it is.
    pub fn edit(desk: Desk, row: Expense, look: &Look) -> Self {
        let kind = format!("form {}", row.id);
        Self::open(desk, Subject::Row(Box::new(row)), &kind, look)
    }

    /// An entry that the server did not take.
    pub fn mend(desk: Desk, entry: Entry, look: &Look) -> Self {
        let kind = format!("form {}", entry.expense.date);
        Self::open(desk, Subject::Unsent(Box::new(entry)), &kind, look)
    }

    fn open(desk: Desk, subject: Subject, kind: &str, look: &Look) -> Self {
        let lists = desk.book.lists();
        let (slot, draft) = desk.drafts.slot(kind);
        let (mut form, typed) = fields::form(&lists);
        match &subject {
            Subject::New => {}
            Subject::Row(row) => fields::fill(&mut form, row, &lists),
            Subject::Unsent(entry) => {
                fields::fill(
                    &mut form,
                    &super::quick_add::row_of(&entry.expense, &lists, look),
                    &lists,
                );
                fields::name_new(&mut form, &entry.expense);
            }
        }
        if let Some(draft) = &draft {
            fields::restore(&mut form, draft);
        }
        if let Subject::Unsent(entry) = &subject
            && let Some(refusal) = &entry.refusal
        {
            form.set_error("amount", refusal.clone());
        }
        typed.follow(&form, lists.base);
        form.focus_on("amount");
        Self {
            desk,
            form,
            typed,
            subject,
            slot,
            area: Rect::ZERO,
            is_saving: false,
        }
    }

    fn changed(&mut self, id: &'static str) -> Fx<Self> {
        let lists = self.desk.book.lists();
        self.typed.follow(&self.form, lists.base);
        if id == "payee" && matches!(self.subject, Subject::New) {
            fields::suggest(&mut self.form, &lists);
        }
        let keep = self.slot.keep(&fields::text(&self.form));
        Fx::call_latest("draft", "", keep, |_, (), _| Fx::none())
    }

    fn save(&mut self, look: &Look) -> Fx<Self> {
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
                self.create(self.desk.outbox.entry(wanted, &fields::line(&self.form)), None)
            }
            Subject::Unsent(old) => {
                let mut wanted = wanted;
                wanted.id = old.id();
                let old = old.clone();
                self.create(self.desk.outbox.entry(wanted, &old.text), Some(*old))
            }
        }
    }

    /// On disk first, then to the server. Where it is refused it comes back into this form.
    fn create(&mut self, entry: Entry, old: Option<Entry>) -> Fx<Self> {
        self.is_saving = true;
        let (outbox, api) = (self.desk.outbox.clone(), self.desk.api.clone());
        let (mut slot, again) = (self.slot.clone(), old.is_none());
        let text = fields::text(&self.form);
        let work = async move {
            if outbox.keep(&entry).await.is_ok() {
                slot.forget().await;
            }
            let sent = outbox.send(api, entry).await;
            if let Sent::Refused(entry, _) = &sent
                && again
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

    fn lists(&self) -> std::sync::Arc<Lists> {
        self.desk.book.lists()
    }

    fn on_event(&mut self, event: FormEvent, look: &Look) -> Fx<Self> {
        match event {
            FormEvent::Changed(id) => self.changed(id),
            FormEvent::Submit => self.save(look),
            FormEvent::Passed => Fx::pass(),
            FormEvent::Moved | FormEvent::Refused => {
                self.typed.follow(&self.form, self.lists().base);
                Fx::none()
            }
        }
    }
}

impl Popup for ExpenseForm {
    type Answer = FormDone;
}

impl Layer for ExpenseForm {
    fn title(&self) -> String {
        match &self.subject {
            Subject::New => "New row".to_owned(),
            Subject::Row(_) => "Edit row".to_owned(),
            Subject::Unsent(_) => "Row that is not saved".to_owned(),
        }
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec!["form"]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "Every field of one row. ^x saves from anywhere, Tab and Enter go on, Esc closes and keeps a draft.",
            "Category, account and payee are found by any part of their name; a new name is made with the row.",
            "A date is 28, 28/10, fri, y or 2026-10-28; an amount may be 12.5+3.",
        ]
    }

    fn wants_text(&self) -> bool {
        true
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        let inner = frame(canvas, area, &self.title(), look);
        self.area = inner;
        self.form.draw(canvas, inner, look);
    }

    fn on_text(&mut self, event: TextEvent, look: &Look) -> Fx<Self> {
        let event = self.form.on_text(event);
        self.on_event(event, look)
    }

    fn on_click(&mut self, at: Position, _: &Look) -> Fx<Self> {
        self.form.click(self.area, at);
        Fx::none()
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        if action == Action::Back {
            if self.is_saving {
                return Fx::notify("It is being saved; one moment.");
            }
            if fields::is_touched(&self.form, &self.typed) {
                self.slot.shelve(&fields::text(&self.form));
                return Fx::notify("Kept as a draft; the form offers it again.").and(Fx::pop());
            }
            return Fx::pop();
        }
        let event = self.form.on_action(action, look);
        self.on_event(event, look)
    }
}
