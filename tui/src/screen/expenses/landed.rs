//! A write that the server has: who learns of it, what is said, and its rows as they stand from then on.

use super::Expenses;
use super::list::State;
use super::undo::Undo;
use crate::book::{Lists, RowsChanged};
use crate::figures;
use crate::fx::Fx;
use crate::logged;
use crate::outbox::{Answer, Entry, Write};
use crate::theme::Look;
use api::change::NameCount;
use api::expense::{Batch, BatchVerb, Expense};
use api::text::fold;
use std::collections::BTreeSet;

impl Expenses {
    /// The server has it.
    pub(super) fn landed(&mut self, entry: Entry, answer: Answer, look: &Look) -> Fx<Self> {
        self.settle(&entry, &answer.rows);
        self.desk.waiting.taken(self.desk.outbox.waiting());
        let id = entry.id;
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
                let names = new_names(&after, &self.desk.book.lists());
                let names = match logged::new_names(&names).as_str() {
                    "" => String::new(),
                    names => format!(" with {names}"),
                };
                let count = figures::rows(after.len() as u64);
                let said = format!("Saved {count}{names}. <expenses.undo> undo");
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
        let together = self.part_landed(id);
        fx.and(together).and(self.flush())
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

/// What rows that were just made have in names that no list knew: made along with them.
fn new_names(rows: &[Expense], lists: &Lists) -> Vec<NameCount> {
    let is_new = |known: &[String], name: &str| !known.iter().any(|known| fold(known) == fold(name));
    let payees = rows.iter().filter_map(|row| row.payee.as_deref());
    let tags = rows.iter().flat_map(|row| &row.tags).map(String::as_str);
    let categories = rows.iter().filter_map(|row| row.category_id);
    let accounts = rows
        .iter()
        .flat_map(|row| [row.account_id, row.to_account_id])
        .flatten();
    let payees: BTreeSet<String> = payees
        .filter(|name| is_new(&lists.payees, name))
        .map(fold)
        .collect();
    let tags: BTreeSet<String> = tags.filter(|name| is_new(&lists.tags, name)).map(fold).collect();
    let categories: BTreeSet<_> = categories
        .filter(|id| lists.category_path(*id).is_empty())
        .collect();
    let accounts: BTreeSet<_> = accounts.filter(|id| lists.account_name(*id).is_empty()).collect();
    let counts = [
        ("category", categories.len()),
        ("account", accounts.len()),
        ("payee", payees.len()),
        ("tag", tags.len()),
    ];
    // Before the lists are there, nothing can be said to be new.
    let counts = counts.into_iter().filter(|_| lists.is_loaded());
    let of = |(noun, made): (&str, usize)| NameCount {
        noun: noun.to_owned(),
        made: made as u64,
        changed: 0,
    };
    counts.map(of).collect()
}
