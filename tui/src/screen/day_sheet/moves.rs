//! Keys of the sheet: moving by cell, typing, rows that come and go, other days.

use api::date::Date;
use ratatui::layout::Position;

use super::{DaySheet, cell::Col, sheet::Sheet, today, typing::Typing};
use crate::{
    fx::{Fx, Message},
    keymap::Action,
    layer::TextEvent,
    popup::prompt::DayPrompt,
    theme::Look,
};

impl DaySheet {
    pub(super) fn act(&mut self, action: Action, look: &Look) -> Fx<Self> {
        use Action as A;
        match action {
            A::Up | A::Down if self.picks(action == A::Down) => Fx::none(),
            A::Up | A::Down | A::HalfUp | A::HalfDown | A::First | A::Last => {
                let kept = self.leave_cell(look);
                self.move_rows(action);
                kept
            }
            A::Left => self.beside(-1),
            A::Right => self.beside(1),
            A::NextField => self.next_cell(1, look),
            A::PreviousField => self.next_cell(-1, look),
            A::Edit | A::Accept => self.start_typing(Typing::new),
            A::AddRow => self.row_below(look),
            A::Add => self.add(look),
            A::Delete => self.delete(look),
            A::Undo => self.undo(look),
            A::Redo => self.redo(look),
            A::History => self.history(look),
            A::Save => self.save(look),
            A::Reload => self.load(),
            A::PreviousDay => self.other_day(self.date.shift_days(-1), look),
            A::NextDay => self.other_day(self.date.shift_days(1), look),
            A::Today => self.other_day(today(look), look),
            A::GoToDate => {
                let kept = self.leave_cell(look);
                kept.and(Fx::ask(
                    DayPrompt::new("Go to a day"),
                    |layer: &mut Self, day, look| layer.other_day(day, look),
                ))
            }
            A::Back if self.typing.is_some() => self.leave_cell(look),
            A::Back | A::Quit => self.close(look),
            _ => Fx::pass(),
        }
    }

    fn picks(&mut self, is_down: bool) -> bool {
        self.typing.as_mut().is_some_and(|typing| typing.pick(is_down))
    }

    fn move_rows(&mut self, action: Action) {
        let half = (self.scroll.height() / 2).max(1);
        let Some(sheet) = self.sheet_mut() else { return };
        let last = sheet.rows.len().saturating_sub(1);
        sheet.selected = match action {
            Action::Up => sheet.selected.saturating_sub(1),
            Action::Down => sheet.selected + 1,
            Action::HalfUp => sheet.selected.saturating_sub(half),
            Action::HalfDown => sheet.selected + half,
            Action::First => 0,
            _ => last,
        }
        .min(last);
    }

    fn beside(&mut self, by: isize) -> Fx<Self> {
        self.col = self.col.step(by).unwrap_or(self.col);
        Fx::none()
    }

    /// Whether the chosen cell is one to type in.
    pub(super) fn can_type(&self) -> bool {
        self.sheet()
            .and_then(Sheet::row)
            .is_some_and(|row| row.can_type(self.col) && !row.is_removed)
    }

    fn start_typing(&mut self, how: fn(String) -> Typing) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let Some(row) = self.sheet().and_then(Sheet::row) else {
            return Fx::none();
        };
        if row.is_removed {
            return Fx::notify("This row is marked for removal; <sheet.delete> takes the mark away.");
        }
        if !row.can_type(self.col) {
            return Fx::notify("The accounts of a transfer are changed in its form.");
        }
        self.typing = Some(how(row.text(self.col, &lists)));
        Fx::none()
    }

    /// A key or a paste for the cell. One that starts typing takes the place of what stood there.
    pub(super) fn typed(&mut self, event: TextEvent, look: &Look) -> Fx<Self> {
        if self.typing.is_none() {
            if !self.can_type() {
                return self.start_typing(Typing::over);
            }
            self.typing = Some(Typing::new(String::new()));
        }
        let lists = self.desk.book.lists();
        let col = self.col;
        let Some(typing) = &mut self.typing else {
            return Fx::none();
        };
        if !typing.on_text(event, col, &lists) {
            return Fx::none();
        }
        let text = typing.line.value().to_owned();
        let _ = look;
        if let Some(row) = self.sheet_mut().and_then(Sheet::row_mut) {
            row.set_typed(col, Some(text));
            row.faults.retain(|(of, _)| *of != col);
        }
        self.keep()
    }

    /// Ends typing; what was typed stands in the cell.
    pub(super) fn leave_cell(&mut self, look: &Look) -> Fx<Self> {
        let Some(typing) = self.typing.take() else {
            return Fx::none();
        };
        let (lists, today, col) = (self.desk.book.lists(), today(look), self.col);
        let Some(text) = typing.settled() else {
            return Fx::none();
        };
        if let Some(row) = self.sheet_mut().and_then(Sheet::row_mut) {
            row.put(col, text, &lists, today);
        }
        self.keep()
    }

    /// Tab: the next cell, at the end of a row the next row's first; typing goes on there.
    fn next_cell(&mut self, by: isize, look: &Look) -> Fx<Self> {
        let was_typing = self.typing.is_some();
        let kept = self.leave_cell(look);
        loop {
            match self.col.step(by) {
                Some(col) => self.col = col,
                None if !self.next_row(by) => return kept,
                None => self.col = if by > 0 { Col::Amount } else { Col::Note },
            }
            if self.can_type() || !was_typing {
                break;
            }
        }
        if was_typing {
            kept.and(self.start_typing(Typing::over))
        } else {
            kept
        }
    }

    /// The row below or above; below the last one in which something stands, a new one.
    fn next_row(&mut self, by: isize) -> bool {
        let Some(sheet) = self.sheet_mut() else {
            return false;
        };
        match sheet.selected.checked_add_signed(by) {
            Some(next) if next < sheet.rows.len() => {
                sheet.selected = next;
                true
            }
            Some(_) if sheet.row().is_none_or(|row| !row.is_blank()) && sheet.has_room() => {
                sheet.add();
                true
            }
            None | Some(_) => false,
        }
    }

    /// Enter: the row below, and typing where it is a new one.
    fn row_below(&mut self, look: &Look) -> Fx<Self> {
        let kept = self.leave_cell(look);
        if !self.has_loaded() {
            return kept;
        }
        if !self.next_row(1) {
            return kept.and(self.say_full());
        }
        let is_new = self
            .sheet()
            .and_then(Sheet::row)
            .is_some_and(super::sheet::SheetRow::is_new);
        if is_new {
            self.col = Col::Amount;
            return kept.and(self.start_typing(Typing::over));
        }
        kept
    }

    fn say_full(&self) -> Fx<Self> {
        if self.sheet().is_some_and(Sheet::has_room) {
            return Fx::none();
        }
        Fx::notify(Message::warning(
            "A day holds at most 500 rows. Use the list for more.",
        ))
    }

    fn has_loaded(&self) -> bool {
        self.sheet().is_some_and(|sheet| sheet.is_loaded)
    }

    fn add(&mut self, look: &Look) -> Fx<Self> {
        let kept = self.leave_cell(look);
        if !self.has_loaded() {
            return kept.and(Fx::notify("The day is not loaded yet."));
        }
        let Some(sheet) = self.sheet_mut() else {
            return kept;
        };
        match sheet.rows.last().is_some_and(super::sheet::SheetRow::is_blank) {
            true => sheet.selected = sheet.rows.len() - 1,
            false if sheet.has_room() => sheet.add(),
            false => return kept.and(self.say_full()),
        }
        self.col = Col::Amount;
        kept.and(self.start_typing(Typing::over))
    }

    fn delete(&mut self, look: &Look) -> Fx<Self> {
        let kept = self.leave_cell(look);
        if let Some(sheet) = self.sheet_mut() {
            sheet.toggle_removed();
        }
        kept.and(self.keep())
    }

    /// Takes back what was typed in the chosen row.
    pub(super) fn revert(&mut self, look: &Look) -> Fx<Self> {
        let kept = self.leave_cell(look);
        let Some(sheet) = self.sheet_mut() else {
            return kept;
        };
        match sheet.row_mut() {
            Some(row) if row.is_new() => sheet.toggle_removed(),
            Some(row) => row.revert(),
            None => {}
        }
        kept.and(self.keep())
    }

    fn other_day(&mut self, date: Date, look: &Look) -> Fx<Self> {
        let kept = self.leave_cell(look);
        if date == self.date {
            return kept;
        }
        kept.and(self.go(date))
    }

    /// Leaves the sheet; what is unsaved is offered when its day is opened again. A save on its way
    /// is waited for, unless asked twice.
    fn close(&mut self, look: &Look) -> Fx<Self> {
        let kept = self.leave_cell(look);
        let is_saving = self.sheets.values().any(|sheet| sheet.is_saving);
        if is_saving && !std::mem::replace(&mut self.is_leaving, true) {
            return kept.and(Fx::notify("Leaving as soon as the day is saved."));
        }
        let unsaved = self
            .sheets
            .values()
            .filter(|sheet| !sheet.loose_draft().is_empty());
        let unsaved: Vec<String> = unsaved.map(|sheet| self.desk.dates.short(sheet.date)).collect();
        if unsaved.is_empty() {
            return kept.and(Fx::pop());
        }
        let words = format!(
            "Unsaved cells of {} are kept; the day sheet shows them again.",
            unsaved.join(", ")
        );
        kept.and(Fx::notify(words)).and(Fx::pop())
    }

    pub(super) fn click(&mut self, at: Position, look: &Look) -> Fx<Self> {
        let kept = self.leave_cell(look);
        let (row, col) = self.drawn.find(at);
        if let Some(col) = col {
            self.col = col;
        }
        if let (Some(row), Some(sheet)) = (row, self.sheet_mut()) {
            sheet.selected = row.min(sheet.rows.len().saturating_sub(1));
        }
        kept
    }
}
