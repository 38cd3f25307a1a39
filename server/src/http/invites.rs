//! `/v1/ledgers/{ledger}/invites` and `/v1/invites/accept`: decode, call the service, encode.

use super::checked::{Asked, Checked, Item};
use super::guard::{Caller, Guard};
use super::key::Key;
use super::reply::{Created, Found, NoContent, Reply};
use super::right::{Entrust, Join, Share};
use super::visitor::Visitor;
use super::{Tag, item_url};
use crate::error::Result;
use crate::service;
use crate::state::AppState;
use api::id::InviteId;
use api::member::{Invite, InviteCode, IssuedInvite, Joined, NewInvite};
use api::page::{Page, PageQuery};
use poem_openapi::OpenApi;

/// The invites of a ledger.
#[derive(Debug)]
pub struct InvitesApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/invites", tag = "Tag::Members")]
impl InvitesApi {
    /// List invites
    ///
    /// Those that can still be accepted, without their codes, a page at a time.
    #[oai(path = "/", method = "get", operation_id = "list_invites")]
    async fn list_invites(
        &self,
        ledger: Guard<Share>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<Invite>>> {
        let page = service::invite::list(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Invite somebody
    ///
    /// Makes a code that is accepted once. It is shown this once; a repeat is answered 409 `already-done`.
    #[oai(path = "/", method = "post", operation_id = "create_invite")]
    async fn create_invite(
        &self,
        ledger: Guard<Entrust>,
        visitor: Visitor,
        idempotency_key: Key,
        body: Checked<NewInvite>,
    ) -> Result<Created<IssuedInvite>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        let issued = service::invite::create(&self.state, grant, visitor.0, key, body.0).await?;
        let url = item_url(grant, "invites", issued.invite.id);
        Ok(Reply::new(issued).location(url))
    }

    /// Take an invite back
    ///
    /// Its code is good for nothing from then on.
    #[oai(path = "/:invite", method = "delete", operation_id = "revoke_invite")]
    async fn revoke_invite(
        &self,
        ledger: Guard<Share>,
        invite: Item<InviteId>,
        visitor: Visitor,
        idempotency_key: Key,
    ) -> Result<NoContent> {
        service::invite::revoke(
            &self.state,
            &ledger.grant,
            visitor.0,
            &idempotency_key.0,
            invite.0,
        )
        .await?;
        Ok(NoContent)
    }
}

/// Accepting them.
#[derive(Debug)]
pub struct JoinApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/invites", tag = "Tag::Members")]
impl JoinApi {
    /// Accept an invite
    ///
    /// Makes you a member of the ledger that the code is for. One that is used, expired, taken back or for somebody else is not found.
    #[oai(path = "/accept", method = "post", operation_id = "accept_invite")]
    async fn accept_invite(
        &self,
        caller: Caller<Join>,
        visitor: Visitor,
        idempotency_key: Key,
        body: Checked<InviteCode>,
    ) -> Result<Found<Joined>> {
        Ok(Reply::new(
            service::invite::accept(&self.state, &caller.person, visitor.0, &idempotency_key.0, body.0)
                .await?,
        ))
    }
}
