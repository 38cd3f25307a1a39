//! `/v1/ledgers/{ledger}/reports`: decode, call the service, encode.

use super::Tag;
use super::checked::Asked;
use super::guard::Guard;
use super::reply::{Found, Reply};
use super::right::Read;
use crate::error::Result;
use crate::service::report::{self, By};
use crate::state::AppState;
use api::expense::ExpenseFilter;
use api::report::{CompareQuery, Report};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct ReportsApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/reports", tag = "Tag::Reports")]
impl ReportsApi {
    /// Sum everything
    ///
    /// One row over all rows asked for.
    #[oai(path = "/summary", method = "get", operation_id = "report_summary")]
    async fn report_summary(
        &self,
        ledger: Guard<Read>,
        query: Asked<ExpenseFilter>,
    ) -> Result<Found<Report>> {
        self.report(&ledger, query, By::All).await
    }

    /// Sum by category
    ///
    /// The largest first, subcategories below their parent, whose totals include theirs. Rows without a category are
    /// the row `none`.
    #[oai(path = "/by-category", method = "get", operation_id = "report_by_category")]
    async fn report_by_category(
        &self,
        ledger: Guard<Read>,
        query: Asked<ExpenseFilter>,
    ) -> Result<Found<Report>> {
        self.report(&ledger, query, By::Category).await
    }

    /// Sum by month
    ///
    /// The ledger's months in order, empty ones too. The first and last are cut at the ends of the period.
    #[oai(path = "/by-month", method = "get", operation_id = "report_by_month")]
    async fn report_by_month(
        &self,
        ledger: Guard<Read>,
        query: Asked<ExpenseFilter>,
    ) -> Result<Found<Report>> {
        self.report(&ledger, query, By::Month).await
    }

    /// Sum by day
    ///
    /// In order. Days without rows are there too where `from` and `to` are given and at most 3,660 days apart.
    #[oai(path = "/by-day", method = "get", operation_id = "report_by_day")]
    async fn report_by_day(&self, ledger: Guard<Read>, query: Asked<ExpenseFilter>) -> Result<Found<Report>> {
        self.report(&ledger, query, By::Day).await
    }

    /// Sum by account
    ///
    /// By what was paid with, the largest first.
    #[oai(path = "/by-account", method = "get", operation_id = "report_by_account")]
    async fn report_by_account(
        &self,
        ledger: Guard<Read>,
        query: Asked<ExpenseFilter>,
    ) -> Result<Found<Report>> {
        self.report(&ledger, query, By::Account).await
    }

    /// Sum by payee
    ///
    /// The largest first.
    #[oai(path = "/by-payee", method = "get", operation_id = "report_by_payee")]
    async fn report_by_payee(
        &self,
        ledger: Guard<Read>,
        query: Asked<ExpenseFilter>,
    ) -> Result<Found<Report>> {
        self.report(&ledger, query, By::Payee).await
    }

    /// Sum by member
    ///
    /// By who paid, the largest first; rows with nobody named are the row `none`. `balances` says who owes whom where
    /// what members paid is split evenly among all that can add rows.
    #[oai(path = "/by-member", method = "get", operation_id = "report_by_member")]
    async fn report_by_member(
        &self,
        ledger: Guard<Read>,
        query: Asked<ExpenseFilter>,
    ) -> Result<Found<Report>> {
        Ok(Reply::new(
            report::by_member(&self.state, &ledger.grant, query.query).await?,
        ))
    }

    /// Sum by tag
    ///
    /// The largest first. What has two tags is in two rows, and once in the totals; there are no shares. A filter on a
    /// tag leaves only that tag's row.
    #[oai(path = "/by-tag", method = "get", operation_id = "report_by_tag")]
    async fn report_by_tag(&self, ledger: Guard<Read>, query: Asked<ExpenseFilter>) -> Result<Found<Report>> {
        self.report(&ledger, query, By::Tag).await
    }

    /// Compare two periods
    ///
    /// By category, with the other period's sums as `before`: whole months with as many months before them, anything
    /// else with as many days, unless the request names the other period.
    #[oai(path = "/compare", method = "get", operation_id = "report_compare")]
    async fn report_compare(&self, ledger: Guard<Read>, query: Asked<CompareQuery>) -> Result<Found<Report>> {
        Ok(Reply::new(
            report::compare(&self.state, &ledger.grant, query.query).await?,
        ))
    }
}

impl ReportsApi {
    async fn report(
        &self,
        ledger: &Guard<Read>,
        query: Asked<ExpenseFilter>,
        by: By,
    ) -> Result<Found<Report>> {
        Ok(Reply::new(
            report::report(&self.state, &ledger.grant, query.query, by).await?,
        ))
    }
}
