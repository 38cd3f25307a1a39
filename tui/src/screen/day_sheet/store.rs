//! Days that are loaded and saved, and what is kept on disk meanwhile. An answer belongs to the
//! day that it was asked for, whichever is shown by then.

use api::{date::Date, expense::Expense};

use super::{
    DaySheet, draft,
    save::{Update, is_stale},
    sheet::{Sheet, SheetRow},
    today,
    words::{change, left_words, news, saved_words},
};
use crate::{
    book::RowsChanged,
    client::{ClientError, DayRead},
    fx::{Fx, Message},
    keymap::Action,
    outbox::Sent,
    theme::Look,
};

impl DaySheet {
    /// Shows a day.
    pub(super) fn go(&mut self, date: Date) -> Fx<Self> {
        if let Some(sheet) = self.sheet_mut() {
            sheet.tidy();
        }
        self.sheets
            .retain(|_, sheet| sheet.has_unsaved() || sheet.is_saving);
        self.date = date;
        if !self.sheets.contains_key(&date) {
            let (slot, text) = self.desk.drafts.slot(&draft::kind(date));
            let mut sheet = Sheet::new(date, slot);
            sheet.restored = text.map_or(0, |text| sheet.restore(&text));
            self.sheets.insert(date, sheet);
        }
        self.load()
    }

    pub(super) fn load(&mut self) -> Fx<Self> {
        let date = self.date;
        let day = self.desk.api.get_day(date);
        let label = format!("loading {}", self.desk.dates.short(date));
        Fx::call_latest("day", label, day, move |layer: &mut Self, day, look| {
            layer.loaded(date, day, look)
        })
    }

    fn loaded(&mut self, date: Date, day: Result<DayRead, ClientError>, look: &Look) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let is_in_outbox = self.is_in_outbox(date);
        let Some(sheet) = self.sheets.get_mut(&date) else {
            return Fx::none();
        };
        let read = match day {
            Ok(read) if read.day.date == date => read,
            Ok(_) => {
                return Fx::notify(Message::error(
                    "The server answered with another day; nothing was taken over.",
                ));
            }
            Err(error) => {
                sheet.error = Some(error.sentence());
                return Fx::notify(Message::error(error.sentence()));
            }
        };
        let was_waiting = !is_in_outbox && sheet.waiting.take().is_some();
        // What was done in this app is no news, and was told where it was done.
        let was_here = std::mem::take(&mut self.changed_here);
        let was_loaded = sheet.is_loaded && !was_waiting && !was_here;
        let restored = std::mem::take(&mut sheet.restored);
        let was_stale = std::mem::take(&mut sheet.is_stale);
        let meanwhile = sheet.take(read, &lists, today(look));
        if was_waiting || was_here {
            sheet.forget_news();
        }
        let by = self.changed_by.take();
        let words = news(was_loaded, was_stale, restored, (by, meanwhile), look);
        self.keep().and(words.map_or_else(Fx::none, Fx::notify))
    }

    /// Rows were changed in this app: the day is loaded again where it may be one of theirs.
    pub(super) fn rows_changed(&mut self, rows: &RowsChanged) -> Fx<Self> {
        let is_of_day = |row: &Expense| row.date == self.date;
        let is_unknown = rows.before.is_empty() && rows.after.is_empty();
        let is_mine = is_unknown || rows.before.iter().chain(&rows.after).any(is_of_day);
        let is_busy = self.sheet().is_some_and(|sheet| sheet.is_saving);
        if is_mine && !is_busy {
            self.changed_here = true;
            self.load()
        } else {
            Fx::none()
        }
    }

    /// The lists are other ones: names may be known by now.
    pub(super) fn look_again(&mut self, look: &Look) {
        let (lists, today) = (self.desk.book.lists(), today(look));
        let rows = self.sheets.values_mut().flat_map(|sheet| &mut sheet.rows);
        for row in rows {
            for col in super::Col::ALL {
                if row.typed(col).is_some() && row.fault_of(col, &lists, today).is_none() && !row.is_new() {
                    row.faults
                        .retain(|(of, why)| *of != col || !why.starts_with("Fits "));
                }
            }
        }
    }

    /// Keeps what is unsaved of the shown day on disk.
    pub(super) fn keep(&mut self) -> Fx<Self> {
        let Some(sheet) = self.sheet_mut() else {
            return Fx::none();
        };
        sheet.keep_draft()
    }

    /// Everything of the day, as one request.
    pub(super) fn save(&mut self, look: &Look) -> Fx<Self> {
        let kept = self.leave_cell(look);
        kept.and(self.send(look))
    }

    fn send(&mut self, look: &Look) -> Fx<Self> {
        let (lists, date) = (self.desk.book.lists(), self.date);
        let is_in_outbox = self.is_in_outbox(date);
        let Some(sheet) = self.sheet_mut() else {
            return Fx::none();
        };
        if sheet.is_saving {
            return Fx::notify("This day is being saved already.");
        }
        if is_in_outbox {
            let list = look.key(&["global"], Action::Unsent);
            return Fx::notify(format!(
                "A save of this day is not sent yet; {list} lists it. What was typed since is kept."
            ));
        }
        if !sheet.has_unsaved() {
            return Fx::notify("Nothing to save: no cell was changed.");
        }
        let Some(etag) = sheet.etag.clone() else {
            let save = look.key(&["sheet"], Action::Save);
            return self.load().and(Fx::notify(format!(
                "The day has to be loaded first; then {save} saves it."
            )));
        };
        let update = match sheet.update(&lists, today(look)) {
            Ok(update) => update,
            Err(faults) => return self.point_out(faults),
        };
        sheet.is_saving = true;
        let sent = sheet.rows.clone();
        let entry = self.entry(date, etag, &update, &sent, look);
        let outbox = self.desk.outbox.clone();
        let saving = outbox.send(self.desk.api.clone(), entry);
        let work = async move {
            let saved = saving.await;
            // The cells are here still; the reasons stand under them.
            if let Sent::Refused(entry, _) = &saved {
                let id = entry.id;
                if let Err(error) = outbox.beside(move |outbox| outbox.discard(id)).await {
                    tracing::warn!(%error, "a refused day could not be taken out of the outbox");
                }
            }
            saved
        };
        let label = format!("saving {}", self.desk.dates.short(date));
        Fx::call(label, work, move |layer: &mut Self, saved, look| {
            layer.answered(date, &update, &sent, saved, look)
        })
    }

    /// Goes to the first cell that cannot be saved.
    fn point_out(&mut self, faults: usize) -> Fx<Self> {
        if let Some((row, col)) = self.sheet().and_then(Sheet::first_fault) {
            self.col = col;
            if let Some(sheet) = self.sheet_mut() {
                sheet.selected = row;
            }
        }
        let words = match faults {
            1 => "Not saved: one cell cannot be saved; the reason is under it.".to_owned(),
            _ => format!("Not saved: {faults} cells cannot be saved; the reasons are under them."),
        };
        Fx::notify(Message::error(words))
    }

    fn answered(
        &mut self,
        date: Date,
        update: &Update,
        sent: &[SheetRow],
        saved: Sent,
        look: &Look,
    ) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let Some(sheet) = self.sheets.get_mut(&date) else {
            return Fx::none();
        };
        sheet.is_saving = false;
        match saved {
            Sent::Saved(_, answer) => {
                let Some(saved) = answer.day else {
                    return self.load();
                };
                sheet.saved(sent, &saved);
                let words = saved_words(sheet, &saved, &lists, look);
                let kept = sheet.keep_draft();
                let change = change(sent, saved, look);
                // Told to everybody, this layer among them, which then loads the day anew.
                let told = kept.and(Fx::announce(change)).and(Fx::notify(words));
                if self.is_leaving {
                    told.and(Fx::pop())
                } else {
                    told
                }
            }
            Sent::Waiting(entry, why) => self.waits(date, &entry, why.as_ref()),
            Sent::Refused(_, error) => {
                // Whoever was leaving stays to see why.
                self.is_leaving = false;
                self.refused(date, update, &error, look)
            }
        }
    }

    fn refused(&mut self, date: Date, update: &Update, error: &ClientError, look: &Look) -> Fx<Self> {
        let Some(sheet) = self.sheets.get_mut(&date) else {
            return Fx::none();
        };
        if self.is_left {
            return Fx::notify(Message::error(left_words(date, error, look)));
        }
        if is_stale(error) {
            sheet.is_stale = true;
            return if date == self.date {
                self.load()
            } else {
                Fx::none()
            };
        }
        let faults = error.problem().map_or(&[][..], |problem| &problem.errors);
        let rest = sheet.blame(update, faults);
        let placed = faults.len() - rest.len();
        if placed > 0 && date == self.date {
            return self.point_out(placed);
        }
        Fx::notify(Message::error(format!("Not saved: {}", error.sentence())))
    }
}

impl Sheet {
    /// Writes what is unsaved to its place on the disk, if it is not what lies there.
    pub(super) fn keep_draft(&mut self) -> Fx<DaySheet> {
        let text = self.loose_draft();
        if text == self.kept {
            return Fx::none();
        }
        let work = self.slot.keep(&text);
        self.kept = text;
        Fx::call("keeping what was typed", work, |_, (), _| Fx::none())
    }
}
