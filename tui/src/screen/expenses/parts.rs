//! What is done to more rows than one batch holds: as many batches as it takes, one after the other, and one sentence
//! once all of them are with the server.

use super::Expenses;
use crate::figures;
use crate::fx::Fx;
use crate::outbox::Entry;
use crate::theme::Look;
use api::expense::{Expense, MAX_BATCH};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Batches on their way that belong together.
#[derive(Debug)]
pub(super) struct Parts {
    left: BTreeSet<Uuid>,
    count: usize,
    /// `Deleted 575 rows, 1,234.00`
    words: String,
}

impl Expenses {
    /// Does it to all rows: `entry` makes the write of some of them.
    pub(super) fn in_parts(
        &mut self,
        did: &str,
        rows: Vec<Expense>,
        look: &Look,
        entry: impl Fn(&Self, Vec<Expense>, &Look) -> Entry,
    ) -> Fx<Self> {
        let label = |count: usize| format!("{} of {}", did.to_lowercase(), figures::rows(count as u64));
        if rows.len() <= MAX_BATCH {
            let count = rows.len();
            let entry = entry(self, rows, look);
            return self.send(entry, label(count));
        }
        let words = format!("{did} {}", self.words_of(&rows, look));
        let entries: Vec<Entry> = rows
            .chunks(MAX_BATCH)
            .map(|some| entry(self, some.to_vec(), look))
            .collect();
        self.list.marked.clear();
        self.parts = Some(Parts {
            left: entries.iter().map(|entry| entry.id).collect(),
            count: entries.len(),
            words,
        });
        let sends = entries.into_iter().map(|entry| {
            let count = entry.before.len();
            self.send(entry, label(count))
        });
        sends.fold(Fx::none(), Fx::and)
    }

    /// One of them is with the server: with the last one, what they come to together.
    pub(super) fn part_landed(&mut self, id: Uuid) -> Fx<Self> {
        let Some(parts) = &mut self.parts else {
            return Fx::none();
        };
        if !parts.left.remove(&id) || !parts.left.is_empty() {
            return Fx::none();
        }
        let said = format!(
            "{}, in {} changes. <expenses.undo> takes back the last of them.",
            parts.words, parts.count
        );
        self.parts = None;
        Fx::notify(said)
    }
}
