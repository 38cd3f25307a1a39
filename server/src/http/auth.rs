//! `/v1/auth`: decode, call the service, encode. What needs no token stands here and nowhere else.

use super::Tag;
use super::checked::Checked;
use super::guard::Caller;
use super::key::Key;
use super::reply::{Created, Found, NoContent, Reply};
use super::right::{Account, Anyone};
use super::visitor::Visitor;
use crate::error::Result;
use crate::service::{confirm, password_reset, sign_in};
use crate::state::AppState;
use api::auth::{Login, PasswordConfirmation, PasswordReset, Session, SignUp};
use api::user::User;
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct AuthApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/auth", tag = "Tag::Auth")]
impl AuthApi {
    /// Sign in
    ///
    /// Begins a session and answers with its token, shown this once. After several failures there is a wait, even for the right password; an address that fails often gets 429.
    #[oai(path = "/login", method = "post", operation_id = "login")]
    async fn login(
        &self,
        visitor: Visitor,
        idempotency_key: Key,
        body: Checked<Login>,
    ) -> Result<Found<Session>> {
        let session = sign_in::login(&self.state, &visitor.0, &idempotency_key.0, body.0).await?;
        Ok(Reply::new(session))
    }

    /// Sign out
    ///
    /// Ends the token that this is asked with, at once and on every server.
    #[oai(path = "/logout", method = "post", operation_id = "logout")]
    async fn logout(
        &self,
        caller: Caller<Anyone>,
        visitor: Visitor,
        idempotency_key: Key,
    ) -> Result<NoContent> {
        let by = visitor.0.signed_in(&caller.person);
        sign_in::logout(&self.state, &caller.person, &by, &idempotency_key.0).await?;
        Ok(NoContent)
    }

    /// Give one's password again
    ///
    /// What lets others in, or gives them more (tokens, invites, roles, handing over, people, reset codes), is refused with 403 `confirm-password` where the session gave its password more than 10 minutes ago. This gives it afresh. API tokens are not asked: their scopes `share` and `account` say it.
    #[oai(path = "/confirm", method = "post", operation_id = "confirm_password")]
    async fn confirm_password(
        &self,
        caller: Caller<Account>,
        idempotency_key: Key,
        body: Checked<PasswordConfirmation>,
    ) -> Result<NoContent> {
        confirm::confirm(&self.state, &caller.person, &idempotency_key.0, body.0).await?;
        Ok(NoContent)
    }

    /// Set a new password with a code
    ///
    /// The code was made by an admin, is good for 30 minutes and is used up by this. All sessions end.
    #[oai(path = "/reset", method = "post", operation_id = "reset_password")]
    async fn reset_password(
        &self,
        visitor: Visitor,
        idempotency_key: Key,
        body: Checked<PasswordReset>,
    ) -> Result<NoContent> {
        password_reset::reset(&self.state, &visitor.0, &idempotency_key.0, body.0).await?;
        Ok(NoContent)
    }

    /// Make an account for oneself
    ///
    /// Only where the server is configured so; it comes with a first ledger. Sign in afterwards.
    #[oai(path = "/sign-up", method = "post", operation_id = "sign_up")]
    async fn sign_up(
        &self,
        visitor: Visitor,
        idempotency_key: Key,
        body: Checked<SignUp>,
    ) -> Result<Created<User>> {
        let user = sign_in::sign_up(&self.state, &visitor.0, &idempotency_key.0, body.0).await?;
        let (version, url) = (user.version, "/v1/me".to_owned());
        Ok(Reply::new(user).version(version).location(url))
    }
}
