//! A day as it is on the server now, put under what was typed: what nobody typed over is theirs,
//! what was typed stays, and where both changed the same cell both are shown. Nothing is lost.

use api::{date::Date, expense::Expense, id::ExpenseId};

use super::{
    cell::{Col, is_same, stored_text},
    sheet::{News, Sheet, SheetRow},
};
use crate::{book::Lists, client::DayRead};

/// What others did to the day meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Meanwhile {
    pub(super) added: usize,
    pub(super) changed: usize,
    pub(super) gone: usize,
}

impl Meanwhile {
    pub(super) fn is_none(self) -> bool {
        self == Self::default()
    }

    /// `1 row added, 2 changed`.
    pub(super) fn words(self) -> String {
        let counts = [
            (self.added, "added"),
            (self.changed, "changed"),
            (self.gone, "deleted"),
        ];
        let mut words: Vec<String> = Vec::new();
        for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
            let noun = match (words.is_empty(), count) {
                (true, 1) => " row",
                (true, _) => " rows",
                (false, _) => "",
            };
            words.push(format!("{count}{noun} {what}"));
        }
        words.join(", ")
    }
}

impl Sheet {
    /// Takes the day in as it is now.
    pub(super) fn take(&mut self, read: DayRead, lists: &Lists, today: Date) -> Meanwhile {
        let mut chosen = self.row().map(|row| row.id);
        let was_loaded = self.is_loaded;
        let mut meanwhile = Meanwhile::default();
        let mut old: Vec<SheetRow> = std::mem::take(&mut self.rows);
        for fresh in read.day.rows {
            let at = old.iter().position(|row| row.id == fresh.id);
            let row = match at.map(|at| old.remove(at)) {
                Some(row) => row.over(fresh, lists, today),
                None if was_loaded => SheetRow {
                    news: News::Added,
                    ..SheetRow::of(&fresh)
                },
                None => SheetRow::of(&fresh),
            };
            meanwhile.added += usize::from(row.news == News::Added);
            meanwhile.changed += usize::from(row.news == News::Changed);
            self.rows.push(row);
        }
        for row in old {
            meanwhile.gone += usize::from(!row.is_new());
            let was_chosen = chosen == Some(row.id);
            let row = row.without();
            if was_chosen {
                chosen = row.as_ref().map(|row| row.id).or(chosen);
            }
            self.rows.extend(row);
        }
        self.etag = Some(read.etag);
        self.is_loaded = true;
        self.error = None;
        self.select(chosen);
        meanwhile
    }
}

impl SheetRow {
    /// This row's typing over what the server has now.
    fn over(mut self, fresh: Expense, lists: &Lists, today: Date) -> Self {
        let old = self.stored.take().filter(|_| self.news != News::Gone);
        let Some(old) = old else {
            // It was new here and is there: a save whose answer was lost.
            self.stored = Some(fresh);
            self.news = News::None;
            self.drop_same(lists, today);
            return self;
        };
        let moved = |col: Col| stored_text(&old, col, lists) != stored_text(&fresh, col, lists);
        let is_changed = old.version != fresh.version;
        let both: Vec<Col> = Col::ALL
            .into_iter()
            .filter(|col| self.typed(*col).is_some() && moved(*col))
            .collect();
        self.theirs.retain(|(col, _)| !both.contains(col));
        self.theirs
            .extend(both.into_iter().map(|col| (col, stored_text(&fresh, col, lists))));
        self.theirs.sort_by_key(|(col, _)| *col);
        if is_changed {
            self.news = News::Changed;
        }
        self.stored = Some(fresh);
        self.drop_same(lists, today);
        self
    }

    /// What was typed and is there already is typed no more.
    fn drop_same(&mut self, lists: &Lists, today: Date) {
        for col in Col::ALL {
            let is_there = self
                .typed(col)
                .is_some_and(|typed| is_same(typed, self.stored.as_ref(), col, lists, today));
            if is_there {
                self.set_typed(col, None);
                self.theirs.retain(|(of, _)| *of != col);
                self.faults.retain(|(of, _)| *of != col);
            }
        }
    }

    /// The row, once the server has it no more: where something was typed into it a save makes it
    /// again, as it was and with what was typed; untouched or removed here as well, it goes.
    fn without(self) -> Option<Self> {
        if self.stored.is_none() || self.news == News::Gone {
            return Some(self);
        }
        let is_wanted = !self.is_removed && self.is_changed();
        is_wanted.then(|| Self {
            id: ExpenseId::new(),
            news: News::Gone,
            theirs: Vec::new(),
            ..self
        })
    }
}
