//! Reports.

use super::{Api, Reply, Request};
use api::expense::ExpenseFilter;
use api::report::{CompareQuery, Report};

impl dyn Api {
    /// One row of sums over everything asked for.
    pub fn report_summary(&self, filter: &ExpenseFilter) -> Reply<Report> {
        self.ask(Request::get("report_summary", "/reports/summary").query(filter))
    }

    /// A row a category.
    pub fn report_by_category(&self, filter: &ExpenseFilter) -> Reply<Report> {
        self.ask(Request::get("report_by_category", "/reports/by-category").query(filter))
    }

    /// A row a month, empty ones too.
    pub fn report_by_month(&self, filter: &ExpenseFilter) -> Reply<Report> {
        self.ask(Request::get("report_by_month", "/reports/by-month").query(filter))
    }

    /// A row a day.
    pub fn report_by_day(&self, filter: &ExpenseFilter) -> Reply<Report> {
        self.ask(Request::get("report_by_day", "/reports/by-day").query(filter))
    }

    /// A row an account.
    pub fn report_by_account(&self, filter: &ExpenseFilter) -> Reply<Report> {
        self.ask(Request::get("report_by_account", "/reports/by-account").query(filter))
    }

    /// A row a payee.
    pub fn report_by_payee(&self, filter: &ExpenseFilter) -> Reply<Report> {
        self.ask(Request::get("report_by_payee", "/reports/by-payee").query(filter))
    }

    /// A row a member who paid, and who owes whom.
    pub fn report_by_member(&self, filter: &ExpenseFilter) -> Reply<Report> {
        self.ask(Request::get("report_by_member", "/reports/by-member").query(filter))
    }

    /// A row a tag; a row with two tags is in both.
    pub fn report_by_tag(&self, filter: &ExpenseFilter) -> Reply<Report> {
        self.ask(Request::get("report_by_tag", "/reports/by-tag").query(filter))
    }

    /// By category, against another period.
    pub fn report_compare(&self, query: &CompareQuery) -> Reply<Report> {
        self.ask(Request::get("report_compare", "/reports/compare").query(query))
    }
}
