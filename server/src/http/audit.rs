//! `/v1/audit`: decode, call the service, encode.

use super::Tag;
use super::checked::Asked;
use super::guard::{Caller, Guard};
use super::reply::{Found, Reply};
use super::right::{Account, Share};
use crate::error::Result;
use crate::service::audit;
use crate::state::AppState;
use api::audit::{AuditEvent, AuditQuery};
use api::page::{Page, PageQuery};
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

/// The resource of a ledger's part.
#[derive(Debug)]
pub struct LedgerAuditApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/audit", tag = "Tag::Members")]
impl LedgerAuditApi {
    /// What happened to who may open a ledger
    ///
    /// Invites, and members who joined, changed, left or were removed, the newest first, a page at a time.
    #[oai(path = "/", method = "get", operation_id = "list_ledger_audit")]
    async fn list_ledger_audit(
        &self,
        ledger: Guard<Share>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<AuditEvent>>> {
        let page = audit::of_ledger(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }
}
