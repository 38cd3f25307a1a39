//! Verbs that steer the view: its filter, its period, the row it stands on, what is taken out of it to elsewhere.

use super::Expenses;
use crate::figures;
use crate::fx::Fx;
use crate::popup::filter_line::{FilterLine, Filtered};
use crate::popup::prompt::{DayPrompt, RangePrompt};
use crate::screen::view::View;
use crate::text;
use api::date::{Date, Period};
use api::expense::{Expense, ExpenseFilter};

impl Expenses {
    pub(super) fn ask_filter(&mut self) -> Fx<Self> {
        let line = FilterLine::new(self.desk.book.clone(), &self.view.filter_text);
        Fx::ask(line, |screen: &mut Self, Filtered { filter, text }, _| {
            screen.look_at(View {
                filter,
                filter_text: text,
                ..screen.view.clone()
            })
        })
    }

    pub(super) fn clear_filter(&mut self) -> Fx<Self> {
        if !self.view.is_filtered() {
            return Fx::notify("There is no filter.");
        }
        let filter = ExpenseFilter::default();
        self.look_at(View {
            filter,
            filter_text: String::new(),
            ..self.view.clone()
        })
    }

    /// Esc takes marks away, then the filter, then the screen if it is not the lowest.
    pub(super) fn step_back(&mut self) -> Fx<Self> {
        if !self.list.marked.is_empty() {
            self.list.marked.clear();
            return Fx::none();
        }
        if self.view.is_filtered() && self.is_lowest() {
            return self.clear_filter();
        }
        Fx::pass()
    }

    pub(super) fn ask_range(&mut self) -> Fx<Self> {
        let (from, to) = self.view.period.range(self.desk.book.lists().calendar);
        Fx::ask(RangePrompt::new(from, to), |screen: &mut Self, (from, to), _| {
            screen.look_at(View {
                period: Period::Custom(from, to),
                ..screen.view.clone()
            })
        })
    }

    pub(super) fn ask_day() -> Fx<Self> {
        Fx::ask(DayPrompt::new("Go to"), |screen: &mut Self, day, _| {
            screen.go_to(day)
        })
    }

    /// The period of the same length around a day, on its first row.
    fn go_to(&mut self, day: Date) -> Fx<Self> {
        let calendar = self.desk.book.lists().calendar;
        let (from, to) = self.view.period.range(calendar);
        self.wanted_day = Some(day);
        if (from..=to).contains(&day) {
            self.stand_on_day();
            return Fx::none();
        }
        let period = self.view.around(day, calendar);
        self.look_at(View {
            period,
            ..self.view.clone()
        })
    }

    pub(super) fn stand_on_day(&mut self) {
        let Some(day) = self.wanted_day.take() else { return };
        let nearest = self
            .list
            .rows()
            .enumerate()
            .min_by_key(|(_, row)| row.date.days_since(day).unsigned_abs());
        if let Some((at, _)) = nearest {
            self.scroll.select(at, self.list.shown_len());
        }
    }

    /// As columns between tabs, the id last.
    pub(super) fn copy(&mut self) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let line = |row: &Expense| {
            let category = row.category_id.map_or("", |id| lists.category_path(id));
            let account = crate::expense_row::account_words(row, &lists);
            let amount = format!("{}{}", figures::sign(row.kind), row.amount);
            let parts = [
                row.date.to_string(),
                row.payee.clone().unwrap_or_default(),
                category.to_owned(),
                account,
                amount,
                row.currency.to_string(),
                row.note.clone().unwrap_or_default(),
                row.id.to_string(),
            ];
            parts.map(|part| text::clean(&part).into_owned()).join("\t")
        };
        let rows = self.chosen();
        if rows.is_empty() {
            return Fx::none();
        }
        let count = figures::rows(rows.len() as u64);
        Fx::copy(rows.iter().map(line).collect::<Vec<_>>().join("\n"))
            .and(Fx::notify(format!("Sent {count} to your terminal's clipboard.")))
    }

    pub(super) fn next_currency(&mut self) -> Fx<Self> {
        let count = self.report.as_ref().map_or(0, |report| report.totals.len());
        if count < 2 {
            return Fx::notify("There is one currency here.");
        }
        self.currency = (self.currency + 1) % count;
        Fx::none()
    }
}
