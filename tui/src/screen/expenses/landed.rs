//! A write that the server has: who learns of it, what is said, and its rows as they stand from then on.

use super::Expenses;
use super::list::State;
use super::undo::Undo;
use crate::book::RowsChanged;
use crate::figures;
use crate::fx::Fx;
use crate::outbox::{Answer, Entry, Write};
use crate::theme::Look;
use api::expense::{Batch, BatchVerb, Expense};

impl Expenses {
    /// The server has it.
    pub(super) fn landed(&mut self, entry: Entry, answer: Answer, look: &Look) -> Fx<Self> {
        self.settle(&entry, &answer.rows);
        self.desk.waiting.taken(self.desk.outbox.waiting());
        let (before, after) = (entry.before, answer.rows);
        let told = |before, after| Fx::announce(RowsChanged::change(before, after));
        let is_all = |verb: BatchVerb, batch: &Batch| batch.operations.iter().all(|each| each.op == verb);
        let fx = match &entry.write {
            Write::Create(_) => match after.into_iter().next() {
                Some(row) => self.saved(row, look),
                None => Fx::none(),
            },
            Write::Delete { .. } => self.deleted(before, after, look),
            Write::Batch(batch) if is_all(BatchVerb::Delete, batch) => self.deleted(before, after, look),
            Write::Batch(_) if entry.write.only_creates() => {
                let said = format!("Saved {}. u undo", figures::rows(after.len() as u64));
                self.remember(Undo::Created(after.clone()));
                self.wanted = after.first().map(|row| row.id);
                told(Vec::new(), after).and(Fx::notify(said))
            }
            Write::Update { .. } | Write::Batch(_) => self.changed_rows(before, after, look),
            Write::Restore { .. } => {
                let said = format!("Back again: {}.", self.words_of(&after, look));
                told(before, after).and(Fx::notify(said))
            }
            Write::Day { date, .. } => {
                let said = format!("Saved {}.", look.dates.short(*date));
                told(before, after).and(Fx::notify(said))
            }
        };
        fx.and(self.flush())
    }

    /// Its rows stand as the server has them now, those that it left as they were among them.
    fn settle(&mut self, entry: &Entry, rows: &[Expense]) {
        let selected = self.selected_id();
        self.own.remove(&entry.id);
        let (sort, lists) = (self.view.sort, self.desk.book.lists());
        for id in entry.rows() {
            let now = rows.iter().chain(&entry.before).find(|row| row.id == id);
            let is_shown = self.list.place_of(id).is_some();
            if let Some(row) = now.filter(|row| is_shown && row.deleted_at.is_none()) {
                self.list.put(row.clone(), State::Saved, sort, &lists);
            }
        }
        self.show_unsent();
        self.stand_on(selected);
    }
}
