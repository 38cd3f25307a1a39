//! `/v1/users`: decode, call the service, encode. All of it is for admins.

use super::Tag;
use super::checked::{Asked, Checked, Item};
use super::guard::Caller;
use super::key::{IfVersion, Key};
use super::reply::{Created, Found, Reply};
use super::right::{Admin, Appoint};
use super::visitor::Visitor;
use crate::error::Result;
use crate::service::{password_reset, user};
use crate::state::AppState;
use api::id::UserId;
use api::page::{Page, PageQuery};
use api::user::{NewUser, ResetCode, User, UserPatch};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct UsersApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/users", tag = "Tag::Users")]
impl UsersApi {
    /// List people
    ///
    /// In order of their names, a page at a time, those shut out too. For admins.
    #[oai(path = "/", method = "get", operation_id = "list_users")]
    async fn list_users(&self, caller: Caller<Admin>, query: Asked<PageQuery>) -> Result<Found<Page<User>>> {
        let page = user::list(&self.state, &caller.person, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Add somebody
    ///
    /// With a first ledger of their own. They choose their password with a reset code. For admins.
    #[oai(path = "/", method = "post", operation_id = "create_user")]
    async fn create_user(
        &self,
        caller: Caller<Appoint>,
        visitor: Visitor,
        idempotency_key: Key,
        body: Checked<NewUser>,
    ) -> Result<Created<User>> {
        let by = visitor.0.signed_in(&caller.person);
        let user = user::add(&self.state, &by, &idempotency_key.0, body.0).await?;
        let url = format!("/v1/users/{}", user.id);
        Ok(with_version(user).location(url))
    }

    /// Get somebody
    ///
    /// For admins.
    #[oai(path = "/:user", method = "get", operation_id = "get_user")]
    async fn get_user(&self, _caller: Caller<Admin>, user: Item<UserId>) -> Result<Found<User>> {
        Ok(with_version(user::get(&self.state, user.0.into()).await?))
    }

    /// Change somebody
    ///
    /// What they are called, whether they are an admin, whether they are shut out. The last admin who can sign in stays one. For admins.
    #[oai(path = "/:user", method = "patch", operation_id = "update_user")]
    async fn update_user(
        &self,
        caller: Caller<Appoint>,
        visitor: Visitor,
        user: Item<UserId>,
        idempotency_key: Key,
        if_match: IfVersion,
        body: Checked<UserPatch>,
    ) -> Result<Found<User>> {
        let (by, key, id) = (
            visitor.0.signed_in(&caller.person),
            &idempotency_key.0,
            user.0.into(),
        );
        let changed = user::update(&self.state, &by, key, id, if_match.0, body.0).await?;
        Ok(with_version(changed))
    }

    /// Make a code for a new password
    ///
    /// Good once, for 30 minutes, shown this one time; with it they choose a password at `/v1/auth/reset`. Their older codes are void. Whoever has the code can become that person: an admin can, by it, do everything that person can. For admins.
    #[oai(
        path = "/:user/reset-code",
        method = "post",
        operation_id = "create_reset_code"
    )]
    async fn create_reset_code(
        &self,
        caller: Caller<Appoint>,
        visitor: Visitor,
        user: Item<UserId>,
        idempotency_key: Key,
    ) -> Result<Found<ResetCode>> {
        let (by, key) = (visitor.0.signed_in(&caller.person), &idempotency_key.0);
        let code = password_reset::create_code(&self.state, &by, key, user.0.into()).await?;
        Ok(Reply::new(code))
    }
}

fn with_version<const STATUS: u16>(user: User) -> Reply<User, STATUS> {
    let version = user.version;
    Reply::new(user).version(version)
}
