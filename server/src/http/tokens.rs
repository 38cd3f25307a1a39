//! `/v1/tokens`: decode, call the service, encode.

use super::Tag;
use super::checked::{Asked, Checked, Item};
use super::guard::Caller;
use super::key::Key;
use super::reply::{Created, Found, NoContent, Reply};
use super::right::{Account, Mint};
use super::visitor::Visitor;
use crate::error::Result;
use crate::service;
use crate::state::AppState;
use api::id::TokenId;
use api::page::{Page, PageQuery};
use api::token::{IssuedToken, NewToken, Token};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct TokensApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/tokens", tag = "Tag::People")]
impl TokensApi {
    /// List your tokens
    ///
    /// Those that are still good, sessions too, oldest first, a page at a time. No secret is among them.
    #[oai(path = "/", method = "get", operation_id = "list_tokens")]
    async fn list_tokens(
        &self,
        caller: Caller<Account>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<Token>>> {
        let page = service::token::list(&self.state, &caller.person, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Make a token
    ///
    /// For a program, with no more scopes, ledgers and time than the token that asks. One that an API token makes ends with that token; one that a session makes outlives the session. Its secret is shown this once; a repeat is answered 409 `already-done`.
    #[oai(path = "/", method = "post", operation_id = "create_token")]
    async fn create_token(
        &self,
        caller: Caller<Mint>,
        visitor: Visitor,
        idempotency_key: Key,
        body: Checked<NewToken>,
    ) -> Result<Created<IssuedToken>> {
        let issued =
            service::token::create(&self.state, &caller.person, visitor.0, &idempotency_key.0, body.0)
                .await?;
        let url = format!("/v1/tokens/{}", issued.token.id);
        Ok(Reply::new(issued).location(url))
    }

    /// Revoke a token
    ///
    /// It is refused everywhere at once. A session is ended the same way.
    #[oai(path = "/:token", method = "delete", operation_id = "revoke_token")]
    async fn revoke_token(
        &self,
        caller: Caller<Account>,
        token: Item<TokenId>,
        visitor: Visitor,
        idempotency_key: Key,
    ) -> Result<NoContent> {
        service::token::revoke(
            &self.state,
            &caller.person,
            visitor.0,
            &idempotency_key.0,
            token.0,
        )
        .await?;
        Ok(NoContent)
    }
}
