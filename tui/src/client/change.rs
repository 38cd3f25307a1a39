//! Operations on the log of a ledger: what happened in it, what happened to one row, undo and redo.

use super::{Api, Key, Method, Reply, Request};
use api::change::{Change, ChangePage, ChangeQuery, Skip, UndoQuery, UndoResult};
use api::id::ExpenseId;
use api::page::{Page, PageQuery};

impl dyn Api {
    /// A part of the log.
    pub fn list_changes(&self, query: &ChangeQuery) -> Reply<ChangePage> {
        self.ask(Request::get("list_changes", "/changes").query(query))
    }

    /// What happened to a row, the latest first.
    pub fn list_expense_history(&self, id: ExpenseId, page: &PageQuery) -> Reply<Page<Change>> {
        let path = format!("/expenses/{id}/history");
        self.ask(Request::get("list_expense_history", path).query(page))
    }

    /// Takes back the operation that a change belongs to; with a skip, what it can of it.
    pub fn undo_change(&self, rev: i64, skip: Option<Skip>, key: Key) -> Reply<UndoResult> {
        let path = format!("/changes/{rev}/undo");
        let request = Request::write("undo_change", Method::Post, path, key);
        self.ask(request.query(&UndoQuery { skip }))
    }
}
