//! A form: labelled fields under each other, an error under its field, what a value was understood
//! as beside it, and for a choice the best matches to pick from. What was typed stays whatever
//! happens. A form checks nothing by itself: each field brings its own check.

mod draw;
mod field;
#[cfg(test)]
mod tests;

pub use field::{Checked, Field, Kind, offers};

use crate::{keymap::Action, layer::TextEvent, theme::Look};

/// What a key did to the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormEvent {
    /// Only the view changed.
    Moved,
    /// The value of this field.
    Changed(&'static str),
    /// The user wants it saved and no check objects.
    Submit,
    /// The user wants it saved, and the first faulty field has the cursor.
    Refused,
    /// Not a verb of forms.
    Passed,
}

/// Fields and which of them has the cursor.
pub struct Form {
    fields: Vec<Field>,
    focus: usize,
    scroll: usize,
}

impl Form {
    pub fn new(fields: Vec<Field>) -> Self {
        Self {
            fields,
            focus: 0,
            scroll: 0,
        }
    }

    fn find(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    fn find_mut(&mut self, id: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.id == id)
    }

    /// What was typed, untrimmed; empty for a field that there is not.
    pub fn value(&self, id: &str) -> &str {
        self.find(id).map_or("", |field| field.line.value())
    }

    pub fn set(&mut self, id: &str, value: impl Into<String>) {
        if let Some(field) = self.find_mut(id) {
            field.line.set(value);
        }
    }

    pub fn set_ghost(&mut self, id: &str, ghost: impl Into<String>) {
        if let Some(field) = self.find_mut(id) {
            field.ghost = ghost.into();
        }
    }

    pub fn set_options(&mut self, id: &str, new: Vec<String>) {
        if let Some(Field {
            kind: Kind::Choice { options, .. },
            ..
        }) = self.find_mut(id)
        {
            *options = new;
        }
    }

    /// Paints an error under a field, as the server or the screen found it. False: no such field.
    pub fn set_error(&mut self, id: &str, error: impl Into<String>) -> bool {
        let found = self.find_mut(id);
        let is_found = found.is_some();
        if let Some(field) = found {
            field.error = Some(error.into());
        }
        is_found
    }

    pub fn has_errors(&self) -> bool {
        self.fields.iter().any(|field| field.error.is_some())
    }

    /// The id of the field that has the cursor.
    pub fn focused(&self) -> &'static str {
        self.fields.get(self.focus).map_or("", |field| field.id)
    }

    pub fn focus_on(&mut self, id: &str) {
        if let Some(at) = self.fields.iter().position(|field| field.id == id) {
            self.focus = at;
        }
    }

    /// Puts the cursor on the first field with an error.
    pub fn focus_on_error(&mut self) {
        if let Some(at) = self.fields.iter().position(|field| field.error.is_some()) {
            self.focus = at;
        }
    }

    pub fn on_text(&mut self, event: TextEvent) -> FormEvent {
        let Some(field) = self.fields.get_mut(self.focus) else {
            return FormEvent::Passed;
        };
        if !field.line.on_text(event) {
            return FormEvent::Moved;
        }
        field.error = None;
        field.is_touched = false;
        field.picked = 0;
        FormEvent::Changed(field.id)
    }

    pub fn on_action(&mut self, action: Action, look: &Look) -> FormEvent {
        let last = self.fields.len().saturating_sub(1);
        match action {
            Action::Up | Action::Down if self.pick(action == Action::Down) => FormEvent::Moved,
            Action::Accept if self.focus == last || self.is_at_end() => self.submit(look),
            Action::Save => self.submit(look),
            Action::NextField | Action::Down | Action::Accept => {
                self.leave(look, if self.focus == last { 0 } else { self.focus + 1 })
            }
            Action::PreviousField | Action::Up => self.leave(look, self.focus.checked_sub(1).unwrap_or(last)),
            _ => FormEvent::Passed,
        }
    }

    /// Up and Down pick among the matches of a choice that is being typed.
    fn pick(&mut self, is_down: bool) -> bool {
        let Some(field) = self.fields.get_mut(self.focus) else {
            return false;
        };
        let offers = field.offers().len();
        if offers == 0 {
            return false;
        }
        field.picked = if is_down {
            (field.picked + 1) % offers
        } else {
            field.picked.checked_sub(1).unwrap_or(offers - 1)
        };
        true
    }

    fn leave(&mut self, look: &Look, next: usize) -> FormEvent {
        let Some(field) = self.fields.get_mut(self.focus) else {
            return FormEvent::Passed;
        };
        let before = field.line.value().to_owned();
        field.settle();
        if field.error.is_none() {
            field.error = field.checked(look).err();
        }
        self.focus = next;
        if before == field.line.value() {
            FormEvent::Moved
        } else {
            FormEvent::Changed(field.id)
        }
    }

    fn is_at_end(&self) -> bool {
        self.fields.get(self.focus).is_some_and(|field| field.is_end)
    }

    fn submit(&mut self, look: &Look) -> FormEvent {
        for field in &mut self.fields {
            field.settle();
            field.error = field.checked(look).err();
        }
        if self.has_errors() {
            self.focus_on_error();
            FormEvent::Refused
        } else {
            FormEvent::Submit
        }
    }
}
