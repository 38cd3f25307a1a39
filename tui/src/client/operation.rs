//! Operations: long work of many changes, and how far it is.

use super::{Api, Reply, Request};
use api::id::OperationId;
use api::operation::{Operation, OperationQuery, OperationState};
use api::page::{Page, PageQuery};

impl dyn Api {
    /// A page of the operations, those under way first.
    pub fn list_operations(&self, query: &OperationQuery) -> Reply<Page<Operation>> {
        self.ask(Request::get("list_operations", "/operations").query(query))
    }

    /// Those under way, the latest first; there are never many.
    pub fn list_running(&self) -> Reply<Page<Operation>> {
        self.list_operations(&OperationQuery {
            state: Some(OperationState::Running),
            page: PageQuery::default(),
        })
    }

    /// How far an operation is.
    pub fn get_operation(&self, id: OperationId) -> Reply<Operation> {
        self.ask(Request::get("get_operation", format!("/operations/{id}")))
    }
}
