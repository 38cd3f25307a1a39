//! One day: its rows as the server has them and, over them, what was typed and is not saved. Rows
//! belong to this day whatever day is shown. Changes of state only; nothing is asked or drawn.

use api::{
    currency::Currency,
    date::Date,
    expense::{Expense, Kind, MAX_BATCH},
    id::ExpenseId,
};

use super::cell::{Col, Named, Worth, is_same, read_account, read_amount, read_category, stored_text};
use crate::{book::Lists, drafts::Slot};

/// What happened to a row elsewhere since it was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum News {
    #[default]
    None,
    Added,
    Changed,
    /// It was deleted there; saving makes it again.
    Gone,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SheetRow {
    pub(super) id: ExpenseId,
    /// As the server has it, or had it before somebody deleted it; `None` for a new one.
    pub(super) stored: Option<Expense>,
    pub(super) typed: [Option<String>; 5],
    pub(super) is_removed: bool,
    /// Why a cell cannot be saved.
    pub(super) faults: Vec<(Col, String)>,
    /// Cells that say something else on the server by now, and what.
    pub(super) theirs: Vec<(Col, String)>,
    pub(super) news: News,
}

impl SheetRow {
    pub(super) fn new(id: ExpenseId) -> Self {
        Self {
            id,
            stored: None,
            typed: [const { None }; 5],
            is_removed: false,
            faults: Vec::new(),
            theirs: Vec::new(),
            news: News::None,
        }
    }

    pub(super) fn of(row: &Expense) -> Self {
        Self {
            stored: Some(row.clone()),
            ..Self::new(row.id)
        }
    }

    /// Whether a save makes it: it was never there, or is there no more.
    pub(super) fn is_new(&self) -> bool {
        self.stored.is_none() || self.news == News::Gone
    }

    pub(super) fn typed(&self, col: Col) -> Option<&str> {
        self.typed.get(col.at()).and_then(Option::as_deref)
    }

    pub(super) fn set_typed(&mut self, col: Col, text: Option<String>) {
        if let Some(cell) = self.typed.get_mut(col.at()) {
            *cell = text;
        }
    }

    /// A new row in which nothing stands.
    pub(super) fn is_blank(&self) -> bool {
        self.stored.is_none()
            && Col::ALL
                .iter()
                .all(|col| self.typed(*col).is_none_or(|text| text.trim().is_empty()))
    }

    /// Whether saving would do anything about it.
    pub(super) fn is_changed(&self) -> bool {
        if self.is_new() {
            return !self.is_blank() && !self.is_removed;
        }
        self.is_removed || Col::ALL.iter().any(|col| self.typed(*col).is_some())
    }

    /// What stands in a cell, as it is typed.
    pub(super) fn text(&self, col: Col, lists: &Lists) -> String {
        match (self.typed(col), &self.stored) {
            (Some(typed), _) => typed.to_owned(),
            (None, Some(row)) => stored_text(row, col, lists),
            (None, None) => String::new(),
        }
    }

    /// What the row comes to; `None` while its amount is missing or faulty.
    pub(super) fn worth(&self, base: Currency, today: Date) -> Option<Worth> {
        match (self.typed(Col::Amount), &self.stored) {
            (Some(typed), stored) => read_amount(typed, stored.as_ref(), base, today).ok(),
            (None, Some(row)) => Worth::of(row),
            (None, None) => None,
        }
    }

    /// The ends of a transfer are not for a sheet.
    pub(super) fn can_type(&self, col: Col) -> bool {
        let is_transfer = self.stored.as_ref().is_some_and(|row| row.kind == Kind::Transfer);
        !(is_transfer && matches!(col, Col::Account | Col::Category))
    }

    /// Takes a text that was typed; what says the same as before is no change.
    pub(super) fn put(&mut self, col: Col, text: String, lists: &Lists, today: Date) {
        self.faults.retain(|(of, _)| *of != col);
        let is_same = is_same(&text, self.stored.as_ref(), col, lists, today);
        if is_same {
            self.theirs.retain(|(of, _)| *of != col);
        }
        self.set_typed(col, (!is_same).then_some(text));
        if let Some(fault) = self.fault_of(col, lists, today) {
            self.faults.push((col, fault));
        }
    }

    /// What forbids saving the cell as it is typed.
    pub(super) fn fault_of(&self, col: Col, lists: &Lists, today: Date) -> Option<String> {
        let typed = self.typed(col)?;
        match col {
            Col::Amount => read_amount(typed, self.stored.as_ref(), lists.base, today).err(),
            Col::Category => read_category(typed, lists).err(),
            Col::Account => read_account(typed, lists).err(),
            Col::Payee | Col::Note => None,
        }
    }

    /// Whether a cell names a category or an account that there is not yet.
    pub(super) fn is_unknown(&self, col: Col, lists: &Lists) -> bool {
        let Some(typed) = self.typed(col) else {
            return false;
        };
        match col {
            Col::Category => matches!(read_category(typed, lists), Ok(Named::New(_))),
            Col::Account => matches!(read_account(typed, lists), Ok(Named::New(_))),
            _ => false,
        }
    }

    /// Back to what the server has.
    pub(super) fn revert(&mut self) {
        self.typed = [const { None }; 5];
        self.is_removed = false;
        self.faults.clear();
        self.theirs.clear();
        self.news = News::None;
    }
}

/// How many rows are to be saved, by what happens to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) rows: usize,
    pub(super) changed: usize,
    pub(super) new: usize,
    pub(super) removed: usize,
}

impl Counts {
    pub(super) fn unsaved(self) -> usize {
        self.changed + self.new + self.removed
    }
}

/// A day.
pub(super) struct Sheet {
    pub(super) date: Date,
    /// What a save needs; `None` until the day was loaded, and after a save until it is again.
    pub(super) etag: Option<String>,
    pub(super) is_loaded: bool,
    /// Why it could not be loaded.
    pub(super) error: Option<String>,
    pub(super) rows: Vec<SheetRow>,
    pub(super) selected: usize,
    pub(super) slot: Slot,
    /// The draft as it was when a save of it was put into the outbox: what was typed until then is kept there.
    pub(super) waiting: Option<String>,
    pub(super) is_saving: bool,
    /// The last save was refused because the day had changed.
    pub(super) is_stale: bool,
    /// Rows that an earlier opening left, until they were told of.
    pub(super) restored: usize,
    /// The draft as it lies on disk.
    pub(super) kept: String,
}

impl Sheet {
    pub(super) fn new(date: Date, slot: Slot) -> Self {
        Self {
            date,
            etag: None,
            is_loaded: false,
            error: None,
            rows: Vec::new(),
            selected: 0,
            slot,
            waiting: None,
            is_saving: false,
            is_stale: false,
            restored: 0,
            kept: String::new(),
        }
    }

    pub(super) fn row(&self) -> Option<&SheetRow> {
        self.rows.get(self.selected)
    }

    pub(super) fn row_mut(&mut self) -> Option<&mut SheetRow> {
        self.rows.get_mut(self.selected)
    }

    /// Blank new rows are there to type in and count for nothing.
    pub(super) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in self.rows.iter().filter(|row| !row.is_blank()) {
            counts.rows += usize::from(!row.is_removed);
            if row.is_changed() {
                match (row.is_removed, row.is_new()) {
                    (true, _) => counts.removed += 1,
                    (false, true) => counts.new += 1,
                    (false, false) => counts.changed += 1,
                }
            }
        }
        counts
    }

    pub(super) fn has_unsaved(&self) -> bool {
        self.rows.iter().any(SheetRow::is_changed)
    }

    /// Spending of the day by currency, the base first: expenses less refunds, as they would be
    /// after a save. Faulty amounts are in no sum.
    pub(super) fn sums(&self, base: Currency, today: Date) -> Vec<(Currency, i64)> {
        let mut sums = vec![(base, 0_i64)];
        let mut is_base_used = false;
        for row in self.rows.iter().filter(|row| !row.is_removed) {
            let Some(worth) = row.worth(base, today) else {
                continue;
            };
            let signed = match worth.kind {
                Kind::Expense => worth.minor,
                Kind::Refund => -worth.minor,
                Kind::Income | Kind::Transfer => continue,
            };
            is_base_used |= worth.currency == base;
            match sums.iter_mut().find(|(currency, _)| *currency == worth.currency) {
                Some((_, sum)) => *sum = sum.saturating_add(signed),
                None => sums.push((worth.currency, signed)),
            }
        }
        // A zero of the ledger's own currency says nothing beside another.
        if sums.len() > 1 && !is_base_used {
            sums.remove(0);
        }
        sums
    }

    /// Whether one more row fits into a day.
    pub(super) fn has_room(&self) -> bool {
        self.rows.iter().filter(|row| !row.is_removed).count() < MAX_BATCH
    }

    /// A blank row at the end, chosen.
    pub(super) fn add(&mut self) {
        self.rows.push(SheetRow::new(ExpenseId::new()));
        self.selected = self.rows.len() - 1;
    }

    /// Marks the chosen row for removal or takes the mark away; a new one goes at once.
    pub(super) fn toggle_removed(&mut self) {
        let Some(row) = self.row_mut() else { return };
        if row.is_new() {
            self.rows.remove(self.selected);
            self.selected = self.selected.min(self.rows.len().saturating_sub(1));
        } else {
            row.is_removed = !row.is_removed;
        }
    }

    /// Takes blank new rows away, except the chosen one.
    pub(super) fn tidy(&mut self) {
        let chosen = self.row().map(|row| row.id);
        self.rows.retain(|row| !row.is_blank() || Some(row.id) == chosen);
        self.select(chosen);
    }

    pub(super) fn select(&mut self, id: Option<ExpenseId>) {
        let at = id.and_then(|id| self.rows.iter().position(|row| row.id == id));
        self.selected = at.unwrap_or(self.selected).min(self.rows.len().saturating_sub(1));
    }

    /// The first cell that cannot be saved.
    pub(super) fn first_fault(&self) -> Option<(usize, Col)> {
        self.rows.iter().enumerate().find_map(|(at, row)| {
            let (col, _) = row.faults.iter().min_by_key(|(col, _)| *col)?;
            Some((at, *col))
        })
    }
}
