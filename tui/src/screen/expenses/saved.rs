//! A row that the server has now: who learns of it, where the cursor goes, and what is said: the row, its day, and what
//! its category comes to in that month.

use super::undo::Undo;
use super::{Expenses, Outside};
use crate::book::RowsChanged;
use crate::client::ClientError;
use crate::figures;
use crate::fx::Fx;
use crate::theme::Look;
use api::expense::{Expense, ExpenseFilter};
use api::report::Report;

impl Expenses {
    pub(super) fn saved(&mut self, row: Expense, look: &Look) -> Fx<Self> {
        self.remember(Undo::Created(vec![row.clone()]));
        let is_wanted = self.wanted == Some(row.id);
        let said = self.saved_words(&row, None, look);
        let announced = Fx::announce(RowsChanged::change(Vec::new(), vec![row.clone()]));
        if !is_wanted {
            return announced.and(Fx::notify(said));
        }
        if !self.is_in_view(&row) {
            self.outside = Some(Outside {
                id: row.id,
                day: row.date,
            });
            let today = Self::today(look);
            let day = figures::day_words(row.date, today, &look.dates);
            return announced.and(Fx::notify(format!(
                "Saved to {day}, outside this view. <expenses.accept> shows it."
            )));
        }
        self.is_fresh = true;
        announced.and(Fx::notify(said)).and(self.ask_month_total(row))
    }

    /// `Saved 12.50 lunch, Food, today.`
    fn saved_words(&self, row: &Expense, total: Option<&str>, look: &Look) -> String {
        let lists = self.desk.book.lists();
        let what = crate::expense_row::words(row, lists.base, look);
        let category = row.category_id.map_or("", |id| lists.category_name(id));
        let day = figures::day_words(row.date, Self::today(look), &look.dates);
        let parts: Vec<&str> = [what.as_str(), category, day.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        let total = total.map_or_else(String::new, |total| format!(" {total}."));
        format!("Saved {}.{total} <expenses.undo> undo", parts.join(", "))
    }

    /// What the category comes to in that month.
    fn ask_month_total(&self, row: Expense) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let Some(category) = row.category_id.filter(|_| self.has_reports()) else {
            return Fx::none();
        };
        let (from, to) = lists.calendar.month_range(lists.calendar.month_of(row.date));
        let filter = ExpenseFilter {
            from: Some(from),
            to: Some(to),
            category: Some(category.to_string()),
            ..ExpenseFilter::default()
        };
        let report = self.desk.api.report_summary(&filter);
        Fx::call_latest(
            "month",
            "adding up",
            report,
            move |screen: &mut Self, report, look| screen.month_added_up(&row, report, look),
        )
    }

    fn month_added_up(
        &mut self,
        row: &Expense,
        report: Result<Report, ClientError>,
        look: &Look,
    ) -> Fx<Self> {
        let lists = self.desk.book.lists();
        let (Ok(report), Some(category), true) = (report, row.category_id, self.is_fresh) else {
            return Fx::none();
        };
        let total = report.totals.iter().find(|total| total.currency == row.currency);
        let Some(net) = total.and_then(|total| total.net.minor(row.currency)) else {
            return Fx::none();
        };
        let month = lists.calendar.month_of(row.date);
        let name = api::date::month_name(month.month());
        let category = lists.category_name(category);
        // Made just now: the lists that name it are on their way.
        if category.is_empty() {
            return Fx::none();
        }
        let total = format!(
            "{category} in {name} {}",
            figures::amount_in(net, row.currency, lists.base)
        );
        Fx::notify(self.saved_words(row, Some(&total), look))
    }
}
