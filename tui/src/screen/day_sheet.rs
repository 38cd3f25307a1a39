//! The day sheet: all rows of one day as cells to type in, saved as a whole or not at all. What is
//! typed stays with its day, whatever day is shown, and on disk until the server has it.

mod cell;
mod draft;
mod draw;
mod layout;
mod live;
mod log;
mod merge;
mod moves;
mod save;
mod sheet;
mod show;
mod store;
mod typing;
mod unsent;
mod words;

pub(super) use draft::kind as draft_kind;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use api::date::Date;
use ratatui::layout::{Position, Rect};

use self::{cell::Col, sheet::Sheet, typing::Typing};
use crate::{
    book::{BookChanged, RowsChanged},
    desk::Desk,
    fx::{Change, Fx},
    keymap::Action,
    layer::{Layer, TextEvent},
    live::LiveChanges,
    outbox::OutboxChanged,
    theme::Look,
    widget::{Canvas, Scroll},
};

/// The layer.
pub struct DaySheet {
    desk: Desk,
    /// The day that is shown.
    date: Date,
    /// Days with something unsaved, and the one shown.
    sheets: BTreeMap<Date, Sheet>,
    col: Col,
    typing: Option<Typing>,
    /// Who changed the day that is being loaded anew.
    changed_by: Option<String>,
    /// It is loaded anew for what was done in this app.
    changed_here: bool,
    /// Asked to go while a day is being saved.
    is_leaving: bool,
    /// Another screen is shown; what is still said here is said there.
    is_left: bool,
    scroll: Scroll,
    /// Rows and cells as they were drawn, for clicks.
    drawn: layout::Drawn,
}

fn today(look: &Look) -> Date {
    Date::from_naive(look.today()).unwrap_or(Date::MIN)
}

impl DaySheet {
    /// Over whatever is there, on that day.
    pub fn new(desk: Desk, date: Date) -> Self {
        Self {
            desk,
            date,
            sheets: BTreeMap::new(),
            col: Col::Amount,
            typing: None,
            changed_by: None,
            changed_here: false,
            is_leaving: false,
            is_left: false,
            scroll: Scroll::default(),
            drawn: layout::Drawn::default(),
        }
    }

    fn sheet(&self) -> Option<&Sheet> {
        self.sheets.get(&self.date)
    }

    fn sheet_mut(&mut self) -> Option<&mut Sheet> {
        self.sheets.get_mut(&self.date)
    }
}

/// However the sheet goes, also by a switch to another screen: what is unsaved is offered again.
impl Drop for DaySheet {
    fn drop(&mut self) {
        for sheet in self.sheets.values() {
            sheet.slot.shelve(&sheet.loose_draft());
        }
    }
}

impl Layer for DaySheet {
    fn title(&self) -> String {
        self.desk.dates.day(self.date)
    }

    fn contexts(&self) -> Vec<&'static str> {
        vec![if self.typing.is_some() { "cell" } else { "sheet" }]
    }

    fn about(&self) -> [&'static str; 3] {
        [
            "All rows of one day, as cells to type in; nothing is saved before you say so, then all at once.",
            "A digit or <sheet.edit> types in a cell, <sheet.next-field> goes to the next, <sheet.add-row> to the row below; <cell.back> ends typing.",
            "Unsaved cells stay with their day, also when you leave or the connection breaks.",
        ]
    }

    fn hints(&self) -> Vec<Action> {
        use Action as A;
        if self.typing.is_some() {
            return vec![A::NextField, A::AddRow, A::Save, A::Back];
        }
        vec![
            A::Edit,
            A::NextField,
            A::Add,
            A::Delete,
            A::PreviousDay,
            A::NextDay,
            A::Save,
        ]
    }

    fn wants_text(&self) -> bool {
        self.typing.is_some()
    }

    fn takes_char(&self, c: char) -> bool {
        self.typing.is_none() && (c.is_ascii_digit() || "-+(.,".contains(c)) && self.can_type()
    }

    fn on_text(&mut self, event: TextEvent, look: &Look) -> Fx<Self> {
        self.typed(event, look)
    }

    fn on_open(&mut self, _: &Look) -> Fx<Self> {
        self.go(self.date)
    }

    /// Days that are not being saved go to where the next sheet finds them.
    fn on_leave(&mut self, look: &Look) {
        let _: Fx<Self> = self.leave_cell(look);
        self.is_left = true;
        self.sheets.retain(|_, sheet| {
            if !sheet.is_saving {
                sheet.slot.shelve(&sheet.loose_draft());
            }
            sheet.is_saving
        });
    }

    fn outlasts_switch(&self) -> bool {
        !self.sheets.is_empty()
    }

    fn on_change(&mut self, change: &Change, look: &Look) -> Fx<Self> {
        if let Some(rows) = change.get::<RowsChanged>() {
            return self.rows_changed(rows);
        }
        if let Some(change) = change.get::<OutboxChanged>() {
            self.outbox_changed(change);
        }
        if let Some(live) = change.get::<LiveChanges>() {
            return self.live(live, look);
        }
        if change.get::<BookChanged>().is_some() {
            self.look_again(look);
        }
        Fx::none()
    }

    fn on_action(&mut self, action: Action, look: &Look) -> Fx<Self> {
        self.act(action, look)
    }

    fn on_click(&mut self, at: Position, look: &Look) -> Fx<Self> {
        self.click(at, look)
    }

    fn draw(&mut self, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
        self.paint(canvas, area, look);
    }
}
