//! `/v1/audit`: decode, call the service, encode.

use super::Tag;
use super::checked::Asked;
use super::guard::Caller;
use super::reply::{Found, Reply};
use super::right::Account;
use crate::error::Result;
use crate::service::audit;
use crate::state::AppState;
use api::audit::{AuditEvent, AuditQuery};
use api::page::Page;
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct AuditApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/audit", tag = "Tag::Users")]
impl AuditApi {
    /// What happened to an account
    ///
    /// Sign-ins, failed ones too, new passwords, codes and changes of your account, the newest first, a page at a time. Admins may ask for others'.
    #[oai(path = "/", method = "get", operation_id = "list_audit")]
    async fn list_audit(
        &self,
        caller: Caller<Account>,
        query: Asked<AuditQuery>,
    ) -> Result<Found<Page<AuditEvent>>> {
        let page = audit::of_account(&self.state, &caller.person, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }
}
