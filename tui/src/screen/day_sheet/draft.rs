//! The unsaved cells of a day as they lie on disk, with the rows that they were typed over, so
//! that another run can put them over the day as it is by then.

use api::{date::Date, expense::Expense, id::ExpenseId};
use serde::{Deserialize, Serialize};

use super::{
    cell::Col,
    sheet::{News, Sheet, SheetRow},
};

#[derive(Serialize, Deserialize)]
struct Saved {
    date: Date,
    rows: Vec<SavedRow>,
}

#[derive(Serialize, Deserialize)]
struct SavedRow {
    id: ExpenseId,
    /// As the server had it when it was typed over; `None` for a new one.
    stored: Option<Expense>,
    typed: Vec<(Col, String)>,
    is_removed: bool,
    /// Deleted elsewhere, to be made again.
    #[serde(default)]
    is_gone: bool,
}

/// Which draft is a day's.
pub(in crate::screen) fn kind(date: Date) -> String {
    format!("day {date}")
}

impl Sheet {
    /// Everything unsaved; empty when nothing is.
    pub(super) fn draft(&self) -> String {
        let rows: Vec<SavedRow> = self
            .rows
            .iter()
            .filter(|row| row.is_changed())
            .map(saved)
            .collect();
        if rows.is_empty() {
            return String::new();
        }
        serde_json::to_string(&Saved {
            date: self.date,
            rows,
        })
        .unwrap_or_default()
    }

    /// What is unsaved and not in the outbox either; cells of a save that waits there come along with later ones.
    pub(super) fn loose_draft(&self) -> String {
        let draft = self.draft();
        match &self.waiting {
            Some(waiting) if *waiting == draft => String::new(),
            _ => draft,
        }
    }

    /// Puts back what another run or an earlier opening left. What cannot be read is passed over.
    pub(super) fn restore(&mut self, text: &str) -> usize {
        let saved: Option<Saved> = serde_json::from_str(text).ok();
        let Some(saved) = saved.filter(|saved| saved.date == self.date) else {
            return 0;
        };
        let count = saved.rows.len();
        self.rows.extend(saved.rows.into_iter().map(restored));
        count
    }
}

fn saved(row: &SheetRow) -> SavedRow {
    let typed = |col: Col| row.typed(col).map(|text| (col, text.to_owned()));
    SavedRow {
        id: row.id,
        stored: row.stored.clone(),
        typed: Col::ALL.into_iter().filter_map(typed).collect(),
        is_removed: row.is_removed,
        is_gone: row.news == News::Gone,
    }
}

fn restored(saved: SavedRow) -> SheetRow {
    let mut row = SheetRow {
        stored: saved.stored,
        is_removed: saved.is_removed,
        ..SheetRow::new(saved.id)
    };
    if saved.is_gone {
        row.news = News::Gone;
    }
    for (col, text) in saved.typed {
        row.set_typed(col, Some(text));
    }
    row
}
