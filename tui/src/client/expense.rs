//! Operations on expenses, batches and entry lines.

use super::{Api, Key, Method, Reply, Request};
use api::expense::{Batch, BatchResult, Expense, ExpensePatch, ExpenseQuery, NewExpense};
use api::id::ExpenseId;
use api::page::Page;
use api::quick::{EntryLine, ParsedEntry, QuickResult};

impl dyn Api {
    /// A page of the list.
    pub fn list_expenses(&self, query: &ExpenseQuery) -> Reply<Page<Expense>> {
        self.ask(Request::get("list_expenses", "/expenses").query(query))
    }

    /// Makes a row.
    pub fn create_expense(&self, expense: &NewExpense, key: Key) -> Reply<Expense> {
        self.ask(Request::write("create_expense", Method::Post, "/expenses", key).json(expense))
    }

    /// A row.
    pub fn get_expense(&self, id: ExpenseId) -> Reply<Expense> {
        self.ask(Request::get("get_expense", format!("/expenses/{id}")))
    }

    /// Changes a row that still has this version.
    pub fn update_expense(
        &self,
        id: ExpenseId,
        version: i64,
        patch: &ExpensePatch,
        key: Key,
    ) -> Reply<Expense> {
        let path = format!("/expenses/{id}");
        self.ask(
            Request::write("update_expense", Method::Patch, path, key)
                .if_version(version)
                .json(patch),
        )
    }

    /// Deletes a row that still has this version; it can be restored.
    pub fn delete_expense(&self, id: ExpenseId, version: i64, key: Key) -> Reply<()> {
        let path = format!("/expenses/{id}");
        self.tell(Request::write("delete_expense", Method::Delete, path, key).if_version(version))
    }

    /// Brings a deleted row back.
    pub fn restore_expense(&self, id: ExpenseId, key: Key) -> Reply<Expense> {
        self.ask(Request::write(
            "restore_expense",
            Method::Post,
            format!("/expenses/{id}/restore"),
            key,
        ))
    }

    /// Several changes, all or nothing.
    pub fn batch_expenses(&self, batch: &Batch, key: Key) -> Reply<BatchResult> {
        self.ask(Request::write("batch_expenses", Method::Post, "/expenses/batch", key).json(batch))
    }

    /// What an entry line is understood as. Nothing is written, so it carries no key.
    pub fn parse_entry(&self, line: &EntryLine) -> Reply<ParsedEntry> {
        let mut request = Request::get("parse_entry", "/expenses/parse").json(line);
        request.method = Method::Post;
        self.ask(request)
    }

    /// Saves an entry line.
    pub fn quick_expense(&self, line: &EntryLine, key: Key) -> Reply<QuickResult> {
        self.ask(Request::write("quick_expense", Method::Post, "/expenses/quick", key).json(line))
    }
}
