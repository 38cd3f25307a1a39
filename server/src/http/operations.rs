//! `/v1/ledgers/{ledger}/operations`: decode, call the service, encode.

use super::Tag;
use super::checked::{Asked, Item};
use super::guard::Guard;
use super::reply::{Found, Reply};
use super::right::Read;
use crate::error::Result;
use crate::service;
use crate::state::AppState;
use api::id::OperationId;
use api::operation::{Operation, OperationQuery};
use api::page::Page;
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct OperationsApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/operations", tag = "Tag::Changes")]
impl OperationsApi {
    /// List operations
    ///
    /// Long work of many changes: undos, merges, reassignments, imports. Those under way come first, then those that ended,
    /// the latest first. While one is under way, lists and reports hold what it has done so far.
    #[oai(path = "/", method = "get", operation_id = "list_operations")]
    async fn list_operations(
        &self,
        ledger: Guard<Read>,
        query: Asked<OperationQuery>,
    ) -> Result<Found<Page<Operation>>> {
        let page = service::operation::list(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Get an operation
    ///
    /// How far it is, and whether it is done.
    #[oai(path = "/:operation", method = "get", operation_id = "get_operation")]
    async fn get_operation(
        &self,
        ledger: Guard<Read>,
        operation: Item<OperationId>,
    ) -> Result<Found<Operation>> {
        Ok(Reply::new(
            service::operation::get(&self.state, &ledger.grant, operation.0).await?,
        ))
    }
}
