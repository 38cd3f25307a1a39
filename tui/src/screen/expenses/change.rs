//! What changes around the rows: rows that were saved, changed or deleted here or elsewhere, other lists, another day.
//! The row under the cursor stays under it, unless it is told to go to the new one.

use super::list::State;
use super::{Expenses, Outside};
use crate::book::RowsChanged;
use crate::fx::{Fx, Message};
use crate::screen::view::View;
use crate::theme::Look;
use crate::{expense_row, figures};
use api::date::{Date, Period};
use api::expense::Expense;
use api::id::ExpenseId;
use api::ledger::Ledger;
use chrono::NaiveDate;

impl Expenses {
    /// Whether a row belongs to what is shown, as far as this side can tell.
    pub(super) fn is_in_view(&self, row: &Expense) -> bool {
        let Some(view) = &self.shown else { return true };
        let (from, to) = view.range(self.desk.book.lists().calendar);
        (from..=to).contains(&row.date)
    }

    pub(super) fn selected_id(&self) -> Option<ExpenseId> {
        self.list.get(self.scroll.selected()).map(|item| item.row.id)
    }

    /// Stands on the wanted row if it is there, else where it stood.
    pub(super) fn stand_on(&mut self, selected: Option<ExpenseId>) {
        let len = self.list.shown_len();
        let wanted = self.wanted.and_then(|id| self.list.place_of(id));
        let place = wanted.or_else(|| selected.and_then(|id| self.list.place_of(id)));
        self.scroll
            .select(place.unwrap_or_else(|| self.scroll.selected()), len);
    }

    pub(super) fn rows_changed(&mut self, change: &RowsChanged) -> Fx<Self> {
        if change.before.is_empty() && change.after.is_empty() {
            return self.load();
        }
        self.changes += 1;
        let selected = self.selected_id();
        let is_unknown = self.desk.book.learn(&change.after);
        let lists = self.desk.book.lists();
        let is_filtered = self.view.is_filtered();
        for row in &change.after {
            let was_shown = self.list.remove(row.id).is_some();
            let stays = row.deleted_at.is_none() && self.is_in_view(row) && (was_shown || !is_filtered);
            if stays {
                self.list.put(row.clone(), State::Saved, self.view.sort, &lists);
            }
            if row.deleted_at.is_some() {
                self.list.marked.remove(&row.id);
            }
        }
        self.show_unsent();
        self.stand_on(selected);
        let mut fx = if is_filtered || self.list.is_empty() {
            self.load()
        } else {
            self.wanted = None;
            self.ask_totals().and(self.load_more())
        };
        if is_unknown {
            fx = fx.and(self.desk.book.refresh(&self.desk.api));
        }
        fx
    }

    /// A row that was saved did not come with the rows of the view.
    pub(super) fn saved_outside(&mut self, id: ExpenseId) -> Option<Fx<Self>> {
        let row = self.undo.iter().rev().find_map(|undo| undo.created(id))?;
        let (id, day) = (row.id, row.date);
        self.outside = Some(Outside { id, day });
        Some(Fx::notify(format!(
            "Saved to {}, outside this view. <expenses.accept> shows it.",
            self.desk.dates.short(day)
        )))
    }

    pub(super) fn show_outside(&mut self, outside: Outside) -> Fx<Self> {
        self.wanted = Some(outside.id);
        let calendar = self.desk.book.lists().calendar;
        let period = self.view.around(outside.day, calendar);
        let mut view = View {
            period,
            ..self.view.clone()
        };
        if view.period == self.view.period {
            view = View {
                sort: self.view.sort,
                ..View::month_of(outside.day, calendar)
            };
            view.period = period;
        }
        self.look_at(view)
    }

    /// The lists are there: the ledger's months may begin on another day than was thought.
    pub(super) fn book_changed(&mut self) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let is_news = |ledger: &Ledger| self.desk.outbox.is_of(ledger.id);
        if self.is_lowest() && lists.ledger.as_ref().is_some_and(is_news) {
            return self.take_over().and(self.look_at_book());
        }
        self.look_at_book()
    }

    fn look_at_book(&mut self) -> Fx<Self> {
        let calendar = self.desk.book.lists().calendar;
        if self.is_first_book && calendar != api::date::Calendar::default() {
            self.is_first_book = false;
            if let Period::Month(month) = self.view.period {
                let day = self.first_day.unwrap_or(calendar.month_range(month).0);
                self.view.period = self.view.around(day, calendar);
            }
            return self.load();
        }
        let is_first = std::mem::take(&mut self.is_first_book);
        let greeting = if is_first { self.greet() } else { Fx::none() };
        let base = self.desk.book.lists().base;
        if self
            .report
            .as_ref()
            .is_some_and(|report| report.base_currency == base)
        {
            return greeting;
        }
        // Only now is it known whether there are reports to ask for.
        let is_empty = self.shown.is_some() && self.list.is_empty();
        let before = if is_empty { self.ask_before() } else { Fx::none() };
        greeting.and(self.ask_totals()).and(before)
    }

    /// A book without a row: it takes the currency of the place, and says how to begin.
    fn greet(&self) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let Some(wanted) = self.desk.new_book_currency.filter(|_| lists.is_new()) else {
            return Fx::none();
        };
        let said = format!(
            "New books in {wanted} (:currency). <expenses.add> adds the first row; :connect opens a server."
        );
        if wanted == lists.base {
            return Fx::notify(said);
        }
        crate::popup::currency::adopt(&self.desk, wanted, move || Fx::notify(said))
    }

    /// A new day: who looked at the month of yesterday's today looks at today's.
    pub(super) fn new_day(&mut self, day: NaiveDate, _: &Look) -> Fx<Self> {
        let calendar = self.desk.book.lists().calendar;
        let Some(today) = Date::from_naive(day) else {
            return Fx::none();
        };
        let yesterday = today.shift_days(-1);
        let (from, to) = self.view.period.range(calendar);
        let is_current = (from..=to).contains(&yesterday) && !matches!(self.view.period, Period::Custom(..));
        if !is_current || (from..=to).contains(&today) {
            return Fx::none();
        }
        let period = self.view.around(today, calendar);
        self.look_at(View {
            period,
            ..self.view.clone()
        })
        .and(Fx::notify(Message::from(format!(
            "It is {}.",
            self.desk.dates.short(today)
        ))))
    }

    /// `12.50 lunch`, or `3 rows, 175.75 EUR,`: in a sentence of another ledger, whose own currency may be another.
    pub(super) fn words_in_full(&self, rows: &[Expense], look: &Look) -> String {
        if let [_] = rows {
            return self.words_of(rows, look);
        }
        let count = figures::rows(rows.len() as u64);
        let sums = super::marks::sums_in_full(rows.iter());
        let parts = [count, sums].into_iter().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join(", ") + ","
    }

    /// `12.50 lunch`, or `3 rows, 175.75`.
    pub(super) fn words_of(&self, rows: &[Expense], look: &Look) -> String {
        let lists = self.desk.book.lists();
        if let [row] = rows {
            return expense_row::words(row, lists.base, look);
        }
        let count = figures::rows(rows.len() as u64);
        let sums = super::marks::sums(rows.iter(), lists.base);
        [count, sums]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }
}
