//! Operations on the members of a ledger and on the invites into it.

use super::{Api, Key, Method, Reply, Request, every_page};
use api::id::{InviteId, UserId};
use api::member::{Invite, InviteCode, IssuedInvite, Joined, Member, MemberPatch, NewInvite};
use api::page::{Page, PageQuery};
use std::sync::Arc;

impl dyn Api {
    /// A page of the members.
    pub fn list_members(&self, page: &PageQuery) -> Reply<Page<Member>> {
        self.ask(Request::get("list_members", "/members").query(page))
    }

    /// Every one of the members.
    pub fn every_member(self: &Arc<Self>) -> Reply<Vec<Member>> {
        let api = Arc::clone(self);
        Box::pin(every_page(move |page| api.list_members(&page)))
    }

    /// A member.
    pub fn get_member(&self, id: UserId) -> Reply<Member> {
        self.ask(Request::get("get_member", format!("/members/{id}")))
    }

    /// Changes a member that still has this version.
    pub fn update_member(&self, id: UserId, version: i64, patch: &MemberPatch, key: Key) -> Reply<Member> {
        let path = format!("/members/{id}");
        self.ask(
            Request::write("update_member", Method::Patch, path, key)
                .if_version(version)
                .json(patch),
        )
    }

    /// Removes a member that still has this version.
    pub fn remove_member(&self, id: UserId, version: i64, key: Key) -> Reply<()> {
        let path = format!("/members/{id}");
        self.tell(Request::write("remove_member", Method::Delete, path, key).if_version(version))
    }

    /// Makes that member an owner and oneself an editor.
    pub fn hand_over_ledger(&self, id: UserId, key: Key) -> Reply<Member> {
        let path = format!("/members/{id}/hand-over");
        self.ask(Request::write("hand_over_ledger", Method::Post, path, key))
    }

    /// Leaves the ledger.
    pub fn leave_ledger(&self, key: Key) -> Reply<()> {
        self.tell(Request::write("leave_ledger", Method::Post, "/leave", key))
    }

    /// A page of the invites that can still be accepted.
    pub fn list_invites(&self, page: &PageQuery) -> Reply<Page<Invite>> {
        self.ask(Request::get("list_invites", "/invites").query(page))
    }

    /// Every one of them.
    pub fn every_invite(self: &Arc<Self>) -> Reply<Vec<Invite>> {
        let api = Arc::clone(self);
        Box::pin(every_page(move |page| api.list_invites(&page)))
    }

    /// Makes an invite; its code is told this once.
    pub fn create_invite(&self, invite: &NewInvite, key: Key) -> Reply<IssuedInvite> {
        self.ask(Request::write("create_invite", Method::Post, "/invites", key).json(invite))
    }

    /// Takes an invite back.
    pub fn revoke_invite(&self, id: InviteId, key: Key) -> Reply<()> {
        self.tell(Request::write(
            "revoke_invite",
            Method::Delete,
            format!("/invites/{id}"),
            key,
        ))
    }

    /// Accepts an invite by its code.
    pub fn accept_invite(&self, code: &InviteCode, key: Key) -> Reply<Joined> {
        self.ask(
            Request::write("accept_invite", Method::Post, "/v1/invites/accept", key)
                .of_server()
                .json(code),
        )
    }
}
