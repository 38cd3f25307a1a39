//! Operations on one's own tokens.

use super::{Api, Key, Method, Reply, Request, every_page};
use api::id::TokenId;
use api::page::{Page, PageQuery};
use api::token::{IssuedToken, NewToken, Token};
use std::sync::Arc;

impl dyn Api {
    /// A page of one's tokens that are still good.
    pub fn list_tokens(&self, page: &PageQuery) -> Reply<Page<Token>> {
        self.ask(Request::get("list_tokens", "/v1/tokens").of_server().query(page))
    }

    /// Every one of them.
    pub fn every_token(self: &Arc<Self>) -> Reply<Vec<Token>> {
        let api = Arc::clone(self);
        Box::pin(every_page(move |page| api.list_tokens(&page)))
    }

    /// Makes a token; its secret is told this once.
    pub fn create_token(&self, token: &NewToken, key: Key) -> Reply<IssuedToken> {
        self.ask(
            Request::write("create_token", Method::Post, "/v1/tokens", key)
                .of_server()
                .json(token),
        )
    }

    /// Revokes a token.
    pub fn revoke_token(&self, id: TokenId, key: Key) -> Reply<()> {
        let path = format!("/v1/tokens/{id}");
        self.tell(Request::write("revoke_token", Method::Delete, path, key).of_server())
    }
}
