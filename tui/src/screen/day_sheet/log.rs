//! Undo, redo and history in the sheet: first of what is not saved, then of what is.

use api::change::OpenTo;

use super::{DaySheet, sheet::Sheet};
use crate::{fx::Fx, popup::History, theme::Look, undo};

impl DaySheet {
    /// What is not saved goes back first; where there is nothing of that, what was saved last.
    pub(super) fn undo(&mut self, look: &Look) -> Fx<Self> {
        let is_typed = self.typing.is_some() || self.sheet().is_some_and(Sheet::has_unsaved);
        if is_typed {
            return self.revert(look);
        }
        undo::latest(&self.desk, OpenTo::Undo, undo::nothing)
    }

    pub(super) fn redo(&mut self, look: &Look) -> Fx<Self> {
        let kept = self.leave_cell(look);
        kept.and(undo::latest(&self.desk, OpenTo::Redo, undo::nothing))
    }

    pub(super) fn history(&self, look: &Look) -> Fx<Self> {
        let row = self.sheet().and_then(Sheet::row);
        match row.and_then(|row| row.stored.as_ref()) {
            Some(row) => Fx::push(History::new(self.desk.clone(), row, look)),
            None => Fx::notify("This row is not saved yet."),
        }
    }
}
