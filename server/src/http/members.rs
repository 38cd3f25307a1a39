//! `/v1/ledgers/{ledger}/members` and `/leave`: decode, call the service, encode.

use super::Tag;
use super::checked::{Asked, Checked, Item};
use super::guard::Guard;
use super::key::{IfVersion, Key};
use super::reply::{Found, NoContent, Reply};
use super::right::{Entrust, Leave, Members, Share};
use super::visitor::Visitor;
use crate::error::Result;
use crate::service;
use crate::state::AppState;
use api::id::UserId;
use api::member::{Member, MemberPatch};
use api::page::{Page, PageQuery};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct MembersApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger", tag = "Tag::Members")]
impl MembersApi {
    /// List members
    ///
    /// Who may open the ledger, and as what, a page at a time.
    #[oai(path = "/members", method = "get", operation_id = "list_members")]
    async fn list_members(
        &self,
        ledger: Guard<Members>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<Member>>> {
        let page = service::member::list(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Get a member
    ///
    /// By the id of the user.
    #[oai(path = "/members/:user", method = "get", operation_id = "get_member")]
    async fn get_member(&self, ledger: Guard<Members>, user: Item<UserId>) -> Result<Found<Member>> {
        Ok(with_version(
            service::member::get(&self.state, &ledger.grant, user.0).await?,
        ))
    }

    /// Change a member's role
    ///
    /// The last owner keeps that role: 409. A merge patch (RFC 7396).
    #[oai(path = "/members/:user", method = "patch", operation_id = "update_member")]
    async fn update_member(
        &self,
        ledger: Guard<Entrust>,
        user: Item<UserId>,
        visitor: Visitor,
        idempotency_key: Key,
        if_match: IfVersion,
        body: Checked<MemberPatch>,
    ) -> Result<Found<Member>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        let member =
            service::member::update(&self.state, grant, visitor.0, key, user.0, if_match.0, body.0).await?;
        Ok(with_version(member))
    }

    /// Remove a member
    ///
    /// It holds at once, on every server. What they recorded stays. The last owner cannot be removed: 409.
    #[oai(path = "/members/:user", method = "delete", operation_id = "remove_member")]
    async fn remove_member(
        &self,
        ledger: Guard<Share>,
        user: Item<UserId>,
        visitor: Visitor,
        idempotency_key: Key,
        if_match: IfVersion,
    ) -> Result<NoContent> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        service::member::remove(&self.state, grant, visitor.0, key, user.0, if_match.0).await?;
        Ok(NoContent)
    }

    /// Hand a ledger over
    ///
    /// That member becomes an owner and you an editor, in one change.
    #[oai(
        path = "/members/:user/hand-over",
        method = "post",
        operation_id = "hand_over_ledger"
    )]
    async fn hand_over_ledger(
        &self,
        ledger: Guard<Entrust>,
        user: Item<UserId>,
        visitor: Visitor,
        idempotency_key: Key,
    ) -> Result<Found<Member>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        Ok(with_version(
            service::member::hand_over(&self.state, grant, visitor.0, key, user.0).await?,
        ))
    }

    /// Leave a ledger
    ///
    /// What you recorded stays. The last owner cannot leave: 409.
    #[oai(path = "/leave", method = "post", operation_id = "leave_ledger")]
    async fn leave_ledger(
        &self,
        ledger: Guard<Leave>,
        visitor: Visitor,
        idempotency_key: Key,
    ) -> Result<NoContent> {
        service::member::leave(&self.state, &ledger.grant, visitor.0, &idempotency_key.0).await?;
        Ok(NoContent)
    }
}

fn with_version(member: Member) -> Found<Member> {
    let version = member.version;
    Reply::new(member).version(version)
}
