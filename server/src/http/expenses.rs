//! `/v1/ledgers/{ledger}/expenses`: decode, call the service, encode.

use super::checked::{Asked, Checked, Item};
use super::guard::Guard;
use super::key::{IfVersion, Key};
use super::reply::{Created, Found, NoContent, Reply};
use super::right::{Add, Change, Names, Read, Rows};
use super::{Tag, item_url};
use crate::error::Result;
use crate::service;
use crate::state::AppState;
use api::expense::{Batch, BatchResult, Expense, ExpensePatch, ExpenseQuery, NewExpense};
use api::id::ExpenseId;
use api::page::{Page, PageQuery};
use api::quick::{EntryLine, ParsedEntry, QuickResult};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct ExpensesApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/expenses", tag = "Tag::Expenses")]
impl ExpensesApi {
    /// List expenses
    ///
    /// Newest first unless sorted otherwise, a page at a time. Every filter narrows.
    #[oai(path = "/", method = "get", operation_id = "list_expenses")]
    async fn list_expenses(
        &self,
        ledger: Guard<Rows>,
        query: Asked<ExpenseQuery>,
    ) -> Result<Found<Page<Expense>>> {
        let page = service::expense::list(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Record an expense
    ///
    /// Also a refund, income or transfer, by `kind`. Payee and tags are made on use.
    #[oai(path = "/", method = "post", operation_id = "create_expense")]
    async fn create_expense(
        &self,
        ledger: Guard<Add>,
        idempotency_key: Key,
        body: Checked<NewExpense>,
    ) -> Result<Created<Expense>> {
        let expense =
            service::expense::create(&self.state, &ledger.grant, &idempotency_key.0, body.0).await?;
        let url = item_url(&ledger.grant, "expenses", expense.id);
        Ok(Reply::new(expense).version(1).location(url))
    }

    /// Carry out several changes
    ///
    /// Up to 500 creates, updates, deletes and restores, all or nothing.
    #[oai(path = "/batch", method = "post", operation_id = "batch_expenses")]
    async fn batch_expenses(
        &self,
        ledger: Guard<Change>,
        idempotency_key: Key,
        body: Checked<Batch>,
    ) -> Result<Found<BatchResult>> {
        Ok(Reply::new(
            service::expense::batch(&self.state, &ledger.grant, &idempotency_key.0, body.0).await?,
        ))
    }

    /// Understand an entry line
    ///
    /// What `12.50 lunch @card #food +trip y // note` was understood as, piece by piece, and the row that it would make. Nothing is written.
    #[oai(path = "/parse", method = "post", operation_id = "parse_entry")]
    async fn parse_entry(
        &self,
        ledger: Guard<Names>,
        body: Checked<EntryLine>,
    ) -> Result<Found<ParsedEntry>> {
        Ok(Reply::new(
            service::quick::parse_entry(&self.state, &ledger.grant, &body.0).await?,
        ))
    }

    /// Record an expense by its entry line
    ///
    /// The same line as for parsing, saved. What stands in the way is told with the place in the line.
    #[oai(path = "/quick", method = "post", operation_id = "quick_expense")]
    async fn quick_expense(
        &self,
        ledger: Guard<Add>,
        idempotency_key: Key,
        body: Checked<EntryLine>,
    ) -> Result<Created<QuickResult>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        let saved = service::quick::create(&self.state, grant, key, body.0).await?;
        let url = item_url(grant, "expenses", saved.expense.id);
        Ok(Reply::new(saved).version(1).location(url))
    }

    /// Get an expense
    ///
    /// Deleted ones too, with `deleted_at`.
    #[oai(path = "/:expense", method = "get", operation_id = "get_expense")]
    async fn get_expense(&self, ledger: Guard<Rows>, expense: Item<ExpenseId>) -> Result<Found<Expense>> {
        Ok(with_version(
            service::expense::get(&self.state, &ledger.grant, expense.0).await?,
        ))
    }

    /// Change an expense
    ///
    /// A merge patch (RFC 7396): a field left out stays, `null` clears.
    #[oai(path = "/:expense", method = "patch", operation_id = "update_expense")]
    async fn update_expense(
        &self,
        ledger: Guard<Change>,
        expense: Item<ExpenseId>,
        idempotency_key: Key,
        if_match: IfVersion,
        body: Checked<ExpensePatch>,
    ) -> Result<Found<Expense>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        let changed =
            service::expense::update(&self.state, grant, key, expense.0, if_match.0, body.0).await?;
        Ok(with_version(changed))
    }

    /// Delete an expense
    ///
    /// It can be restored for 30 days.
    #[oai(path = "/:expense", method = "delete", operation_id = "delete_expense")]
    async fn delete_expense(
        &self,
        ledger: Guard<Change>,
        expense: Item<ExpenseId>,
        idempotency_key: Key,
        if_match: IfVersion,
    ) -> Result<NoContent> {
        service::expense::delete(
            &self.state,
            &ledger.grant,
            &idempotency_key.0,
            expense.0,
            if_match.0,
        )
        .await?;
        Ok(NoContent)
    }

    /// Restore a deleted expense
    ///
    /// One that is there already stays as it is.
    #[oai(path = "/:expense/restore", method = "post", operation_id = "restore_expense")]
    async fn restore_expense(
        &self,
        ledger: Guard<Change>,
        expense: Item<ExpenseId>,
        idempotency_key: Key,
        if_match: IfVersion,
    ) -> Result<Found<Expense>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        Ok(with_version(
            service::expense::restore(&self.state, grant, key, expense.0, if_match.0).await?,
        ))
    }

    /// The history of an expense
    ///
    /// Who changed what and when, the latest first, a page at a time. A bulk change or an import shows as its operation.
    #[oai(
        path = "/:expense/history",
        method = "get",
        operation_id = "list_expense_history"
    )]
    async fn list_expense_history(
        &self,
        ledger: Guard<Read>,
        expense: Item<ExpenseId>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<api::change::Change>>> {
        let (grant, id) = (&ledger.grant, expense.0.into());
        let page =
            service::history::of_row::<service::expense::Expenses>(&self.state, grant, id, query.query)
                .await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }
}

fn with_version(expense: Expense) -> Found<Expense> {
    let version = expense.version;
    Reply::new(expense).version(version)
}
