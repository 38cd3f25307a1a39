//! The full form of one row, new or there already: every field with its reading beside it and its error under it. What
//! was typed stays through refusals, a dead server and Esc; only a save lets go of it.

mod fields;
mod reading;
mod save;
#[cfg(test)]
mod tests;

pub use reading::patched;

use super::frame;
use crate::book::Lists;
use crate::desk::Desk;
use crate::drafts::Slot;
use crate::fx::Fx;
use crate::keymap::Action;
use crate::layer::{Layer, Popup, TextEvent};
use crate::outbox::{Entry, Write};
use crate::theme::Look;
use crate::widget::{Canvas, Form, FormEvent};
use api::expense::Expense;
use fields::Typed;
use ratatui::layout::{Position, Rect};
use uuid::Uuid;

/// How it ended.
pub enum FormDone {
    /// The server has it.
    Saved {
        before: Option<Box<Expense>>,
        after: Box<Expense>,
    },
    /// It lies in the outbox, where it shows as it will be. With the reason, unless others are before it.
    Waiting(Box<Entry>, Option<String>),
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
    /// The refused entry in whose place it saves.
    replaces: Option<Uuid>,
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
        let kind = format!("form {}", entry.key);
        Self::open(desk, Subject::Unsent(Box::new(entry)), &kind, look)
    }

    /// A change of a row that the server refused, as it was typed.
    pub fn edit_again(desk: Desk, row: Expense, entry: &Entry, look: &Look) -> Self {
        let lists = desk.book.lists();
        let mut this = Self::edit(desk, row, look);
        if !entry.typed.is_empty() {
            fields::restore(&mut this.form, &entry.typed);
        } else if let Some(after) = entry.after.first() {
            fields::fill(&mut this.form, after, &lists);
        }
        if let Some(refusal) = &entry.refusal {
            this.form.set_error("amount", refusal.clone());
        }
        this.typed.follow(&this.form, lists.base);
        this.replaces = Some(entry.id);
        this
    }

    fn open(desk: Desk, subject: Subject, kind: &str, look: &Look) -> Self {
        let lists = desk.book.lists();
        let (slot, draft) = desk.drafts.slot(kind);
        let (mut form, typed) = fields::form(&lists);
        match &subject {
            Subject::New => {}
            Subject::Row(row) => fields::fill(&mut form, row, &lists),
            Subject::Unsent(entry) => {
                if let Write::Create(expense) = &entry.write {
                    let row = super::quick_add::row_of(expense, &lists, look);
                    fields::fill(&mut form, &row, &lists);
                    fields::name_new(&mut form, expense);
                }
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
            replaces: None,
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
            "Every field of one row. <form.save> saves from anywhere, <form.next-field> and <form.accept> go on, <form.back> closes and keeps a draft.",
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
