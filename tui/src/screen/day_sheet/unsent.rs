//! A save of a day in the outbox: as it lies there until the server has it, one of each day at a time, and what it means
//! for the cells meanwhile.

use api::date::Date;

use super::{
    DaySheet, draft,
    save::Update,
    sheet::{Sheet, SheetRow},
};
use crate::{
    client::ClientError,
    fx::{Change, Fx, Message},
    outbox::{Entry, OutboxChanged, Write},
    theme::Look,
};

impl DaySheet {
    /// The save as it is kept until the server has it.
    pub(super) fn entry(
        &self,
        date: Date,
        etag: String,
        update: &Update,
        rows: &[SheetRow],
        look: &Look,
    ) -> Entry {
        let lists = self.desk.book.lists();
        let text = format!("day {}", self.desk.dates.short(date));
        let write = Write::Day {
            date,
            etag,
            update: update.update.clone(),
        };
        let stored = |row: &SheetRow| row.stored.clone().filter(|_| !row.is_new());
        let after = rows
            .iter()
            .filter(|row| row.is_changed())
            .filter_map(|row| update.row_after(row, date, &lists, look));
        let sheet = self.sheets.get(&date);
        Entry {
            typed: sheet.map_or_else(String::new, Sheet::draft),
            draft: sheet.map(|sheet| sheet.slot.id()),
            before: rows.iter().filter_map(stored).collect(),
            after: after.collect(),
            ..self.desk.outbox.entry(write, &text)
        }
    }

    /// Whether a save of the day lies in the outbox.
    pub(super) fn is_in_outbox(&self, day: Date) -> bool {
        let unsent = self.desk.outbox.unsent();
        unsent
            .iter()
            .any(|unsent| matches!(unsent.entry.write, Write::Day { date, .. } if date == day))
    }

    /// A save that was dropped there leaves its cells unsaved here.
    pub(super) fn outbox_changed(&mut self, change: &OutboxChanged) {
        for entry in &change.dropped {
            if let Write::Day { date, .. } = &entry.write
                && let Some(sheet) = self.sheets.get_mut(date)
            {
                sheet.waiting = None;
            }
        }
    }

    /// It lies in the outbox, and needs no draft beside it.
    pub(super) fn waits(&mut self, date: Date, entry: &Entry, why: Option<&ClientError>) -> Fx<Self> {
        let mut fx = Fx::none();
        if let Some(sheet) = self.sheets.get_mut(&date) {
            let forget = sheet.slot.forget();
            sheet.slot = self.desk.drafts.slot(&draft::kind(date)).0;
            sheet.kept = String::new();
            sheet.waiting = Some(entry.typed.clone());
            fx = Fx::call("", forget, |_, (), _| Fx::none()).and(sheet.keep_draft());
        }
        let mut said = self.desk.outbox.waiting_words(entry);
        if let Some(why) = why {
            self.desk.waiting.away(self.desk.outbox.waiting());
            said = format!("{said} {}", why.sentence());
        }
        let change = OutboxChanged {
            is_away: why.is_some(),
            ..OutboxChanged::default()
        };
        let told = fx
            .and(Fx::announce(Change::new(change)))
            .and(Fx::notify(Message::warning(said)));
        if self.is_leaving {
            told.and(Fx::pop())
        } else {
            told
        }
    }
}
