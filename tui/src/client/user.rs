//! Operations on people, for who looks after their accounts, and the audit that everybody has of their own.

use super::{Api, Key, Method, Reply, Request, every_page};
use api::audit::{AuditEvent, AuditQuery};
use api::auth::SignUp;
use api::id::UserId;
use api::page::{Page, PageQuery};
use api::user::{NewUser, ResetCode, User, UserPatch};
use std::sync::Arc;

impl dyn Api {
    /// A page of everybody.
    pub fn list_users(&self, page: &PageQuery) -> Reply<Page<User>> {
        self.ask(Request::get("list_users", "/v1/users").of_server().query(page))
    }

    /// Everybody.
    pub fn every_user(self: &Arc<Self>) -> Reply<Vec<User>> {
        let api = Arc::clone(self);
        Box::pin(every_page(move |page| api.list_users(&page)))
    }

    /// One of them.
    pub fn get_user(&self, id: UserId) -> Reply<User> {
        self.ask(Request::get("get_user", format!("/v1/users/{id}")).of_server())
    }

    /// Adds somebody.
    pub fn create_user(&self, user: &NewUser, key: Key) -> Reply<User> {
        self.ask(
            Request::write("create_user", Method::Post, "/v1/users", key)
                .of_server()
                .json(user),
        )
    }

    /// Changes somebody who still has this version.
    pub fn update_user(&self, id: UserId, version: i64, patch: &UserPatch, key: Key) -> Reply<User> {
        let path = format!("/v1/users/{id}");
        self.ask(
            Request::write("update_user", Method::Patch, path, key)
                .of_server()
                .if_version(version)
                .json(patch),
        )
    }

    /// Makes a code for a new password; it is told this once.
    pub fn create_reset_code(&self, id: UserId, key: Key) -> Reply<ResetCode> {
        let path = format!("/v1/users/{id}/reset-code");
        self.ask(Request::write("create_reset_code", Method::Post, path, key).of_server())
    }

    /// Makes an account for oneself, where the server lets everybody.
    pub fn sign_up(&self, wanted: &SignUp, key: Key) -> Reply<User> {
        self.ask(
            Request::write("sign_up", Method::Post, "/v1/auth/sign-up", key)
                .of_server()
                .json(wanted),
        )
    }

    /// A page of what happened to an account, the newest first.
    pub fn list_audit(&self, query: &AuditQuery) -> Reply<Page<AuditEvent>> {
        self.ask(Request::get("list_audit", "/v1/audit").of_server().query(query))
    }
}
