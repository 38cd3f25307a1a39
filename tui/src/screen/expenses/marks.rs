//! Marks: which rows are meant by the next verb, and what they come to.

use super::Expenses;
use crate::figures;
use crate::fx::Fx;
use crate::keymap::Action;
use api::currency::Currency;
use api::expense::{Expense, Kind};
use std::collections::BTreeMap;

impl Expenses {
    pub(super) fn mark(&mut self) -> Fx<Self> {
        let len = self.list.shown_len();
        if let Some(item) = self.list.get(self.scroll.selected()) {
            let id = item.row.id;
            if !self.list.marked.remove(&id) {
                self.list.marked.insert(id);
                self.mark_from = Some(id);
            }
        }
        self.scroll.on_action(Action::Down, len);
        self.load_more()
    }

    /// From the row that was marked last to here.
    pub(super) fn mark_range(&mut self) -> Fx<Self> {
        let here = self.scroll.selected();
        let from = self
            .mark_from
            .and_then(|id| self.list.place_of(id))
            .unwrap_or(here);
        let ids: Vec<_> = self
            .list
            .rows()
            .skip(from.min(here))
            .take(from.abs_diff(here) + 1)
            .map(|row| row.id)
            .collect();
        self.list.marked.extend(ids);
        self.mark_from = self.list.get(here).map(|item| item.row.id);
        Fx::none()
    }

    /// Among all rows of the view, which are loaded first, as far as the list holds them.
    pub(super) fn mark_invert(&mut self) -> Fx<Self> {
        self.is_marking = true;
        self.go_on_marking()
    }

    /// Loads what is missing, or marks once everything is there.
    pub(super) fn go_on_marking(&mut self) -> Fx<Self> {
        if !self.is_marking {
            return Fx::none();
        }
        if self.list.next.is_some() && !self.list.is_full() {
            return self.load_more();
        }
        self.is_marking = false;
        self.invert_marks();
        if self.list.next.is_none() {
            return Fx::none();
        }
        let loaded = figures::rows(self.list.len() as u64);
        let all = self.report.as_ref().map(super::ask::row_count);
        let of = all.map_or_else(String::new, |all| format!(" of {}", figures::rows(all)));
        Fx::notify(crate::fx::Message::warning(format!(
            "Only the first {loaded}{of} are loaded and marked; a shorter period or <expenses.filter> reaches the others."
        )))
    }

    /// A verb that is about rows waits until it is known which are marked.
    pub(super) fn refuse_while_marking(&mut self, action: Action) -> Option<Fx<Self>> {
        use Action as A;
        if !self.is_marking {
            return None;
        }
        match action {
            A::Back => {
                self.is_marking = false;
                Some(Fx::cancel("more").and(Fx::notify("Nothing was marked.")))
            }
            A::Delete | A::Categorise | A::MoveRows | A::Copy | A::Mark | A::MarkRange | A::MarkInvert => {
                let loaded = figures::rows(self.list.len() as u64);
                Some(Fx::notify(format!(
                    "The rows to mark are still being loaded, {loaded} so far; <global.back> stops it."
                )))
            }
            _ => None,
        }
    }

    fn invert_marks(&mut self) {
        let others: Vec<_> = self
            .list
            .rows()
            .map(|row| row.id)
            .filter(|id| !self.list.marked.contains(id))
            .collect();
        self.list.marked = others.into_iter().collect();
    }

    pub(super) fn marked(&self) -> Vec<Expense> {
        self.list
            .rows()
            .filter(|row| self.list.marked.contains(&row.id))
            .cloned()
            .collect()
    }

    /// The rows that a verb means: the marked ones, else the one under the cursor.
    pub(super) fn chosen(&self) -> Vec<Expense> {
        let marked = self.marked();
        if !marked.is_empty() {
            return marked;
        }
        self.list
            .get(self.scroll.selected())
            .map(|item| item.row.clone())
            .into_iter()
            .collect()
    }

    /// `2 marked: 175.75`
    pub(super) fn mark_words(&self, base: Currency) -> Option<String> {
        if self.list.marked.is_empty() {
            return None;
        }
        let marked: Vec<&Expense> = self
            .list
            .rows()
            .filter(|row| self.list.marked.contains(&row.id))
            .collect();
        let sums = sums(marked.iter().copied(), base);
        let colon = if sums.is_empty() { "" } else { ": " };
        let count = figures::grouped(&marked.len().to_string());
        Some(format!("{count} marked{colon}{sums}"))
    }
}

/// What rows come to, a sum a currency: spending less refunds, income beside it, transfers in neither.
pub(super) fn sums<'a>(rows: impl Iterator<Item = &'a Expense>, base: Currency) -> String {
    sums_by(rows, Some(base), |minor, currency| {
        figures::amount_in(minor, currency, base)
    })
}

/// The same with every currency named: `45.20 EUR`.
pub(super) fn sums_in_full<'a>(rows: impl Iterator<Item = &'a Expense>) -> String {
    sums_by(rows, None, |minor, currency| {
        format!("{} {currency}", figures::amount(minor, currency))
    })
}

fn sums_by<'a>(
    rows: impl Iterator<Item = &'a Expense>,
    base: Option<Currency>,
    figure: impl Fn(i64, Currency) -> String,
) -> String {
    let mut spent: BTreeMap<Currency, i64> = BTreeMap::new();
    let mut income: BTreeMap<Currency, i64> = BTreeMap::new();
    for row in rows {
        let minor = row.amount.minor(row.currency).unwrap_or(0);
        match row.kind {
            Kind::Expense => *spent.entry(row.currency).or_default() += minor,
            Kind::Refund => *spent.entry(row.currency).or_default() -= minor,
            Kind::Income => *income.entry(row.currency).or_default() += minor,
            Kind::Transfer => {}
        }
    }
    let words = |sums: BTreeMap<Currency, i64>, prefix: &str| {
        let mut sums: Vec<(Currency, i64)> = sums.into_iter().collect();
        sums.sort_by_key(|(currency, _)| Some(*currency) != base);
        let words = sums.into_iter().map(|(currency, minor)| figure(minor, currency));
        words.map(|sum| format!("{prefix}{sum}")).collect::<Vec<_>>()
    };
    let mut all = words(spent, "");
    all.extend(words(income, "income "));
    all.join(", ")
}
