//! `/v1/ledgers/{ledger}/changes`: decode, call the service, encode.

use super::Tag;
use super::checked::Asked;
use super::guard::Guard;
use super::reply::{Found, Reply};
use super::right::Read;
use crate::error::Result;
use crate::service;
use crate::state::AppState;
use api::change::{ChangePage, ChangeQuery};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct ChangesApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/changes", tag = "Tag::Changes")]
impl ChangesApi {
    /// List changes
    ///
    /// The log: who changed what, in order and without gaps, with `since` for what is new; or the latest first.
    #[oai(path = "/", method = "get", operation_id = "list_changes")]
    async fn list_changes(
        &self,
        ledger: Guard<Read>,
        query: Asked<ChangeQuery>,
    ) -> Result<Found<ChangePage>> {
        let page = service::history::list(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }
}
