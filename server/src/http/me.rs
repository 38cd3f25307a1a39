//! `/v1/me`: decode, call the service, encode.

use super::Tag;
use super::checked::Checked;
use super::guard::Caller;
use super::key::{IfVersion, Key};
use super::reply::{Found, NoContent, Reply};
use super::right::{Account, Anyone};
use super::visitor::Visitor;
use crate::error::Result;
use crate::service::{password_reset, user};
use crate::state::AppState;
use api::auth::PasswordChange;
use api::user::{MePatch, User};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct MeApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/me", tag = "Tag::Users")]
impl MeApi {
    /// Who am I
    ///
    /// Whoever the token belongs to. `default_ledger_id` is what `default` means for this token.
    #[oai(path = "/", method = "get", operation_id = "get_me")]
    async fn get_me(&self, caller: Caller<Anyone>) -> Result<Found<User>> {
        let me = user::get_me(&self.state, &caller.person).await?;
        Ok(with_version(me))
    }

    /// Change oneself
    ///
    /// One's display name, time zone, and the ledger that `default` means. A merge patch (RFC 7396).
    #[oai(path = "/", method = "patch", operation_id = "update_me")]
    async fn update_me(
        &self,
        caller: Caller<Account>,
        visitor: Visitor,
        idempotency_key: Key,
        if_match: IfVersion,
        body: Checked<MePatch>,
    ) -> Result<Found<User>> {
        let (person, key) = (&caller.person, &idempotency_key.0);
        let by = visitor.0.signed_in(person);
        let me = user::update_me(&self.state, person, &by, key, if_match.0, body.0).await?;
        Ok(with_version(me))
    }

    /// Change one's password
    ///
    /// All sessions end but the one that this is asked with; API tokens stay.
    #[oai(path = "/password", method = "post", operation_id = "change_password")]
    async fn change_password(
        &self,
        caller: Caller<Account>,
        visitor: Visitor,
        idempotency_key: Key,
        body: Checked<PasswordChange>,
    ) -> Result<NoContent> {
        let by = visitor.0.signed_in(&caller.person);
        password_reset::change(&self.state, &caller.person, &by, &idempotency_key.0, body.0).await?;
        Ok(NoContent)
    }
}

fn with_version(user: User) -> Found<User> {
    let version = user.version;
    Reply::new(user).version(version)
}
