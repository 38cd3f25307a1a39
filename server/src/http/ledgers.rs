//! `/v1/ledgers`: decode, call the service, encode.

use super::Tag;
use super::checked::{Asked, Checked};
use super::guard::{Caller, Guard};
use super::key::{IfVersion, Key};
use super::reply::{Created, Found, Reply};
use super::right::{Ledgers, Look, Make, Own};
use crate::error::Result;
use crate::service;
use crate::service::ledger::create::create;
use crate::state::AppState;
use api::ledger::{Ledger, LedgerPatch, NewLedger};
use api::page::{Page, PageQuery};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct LedgersApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers", tag = "Tag::Ledgers")]
impl LedgersApi {
    /// List ledgers
    ///
    /// Those that you are a member of, oldest first, a page at a time.
    #[oai(path = "/", method = "get", operation_id = "list_ledgers")]
    async fn list_ledgers(
        &self,
        caller: Caller<Look>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<Ledger>>> {
        let page = service::ledger::list(&self.state, &caller.person, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Make a ledger
    ///
    /// You own it. It begins with some categories and accounts unless told otherwise.
    #[oai(path = "/", method = "post", operation_id = "create_ledger")]
    async fn create_ledger(
        &self,
        caller: Caller<Make>,
        idempotency_key: Key,
        body: Checked<NewLedger>,
    ) -> Result<Created<Ledger>> {
        let ledger = create(&self.state, &caller.person, &idempotency_key.0, body.0).await?;
        let (version, url) = (ledger.version, format!("/v1/ledgers/{}", ledger.id));
        Ok(Reply::new(ledger).version(version).location(url))
    }
}

/// The resource of one of them. Its prefix holds the name that the guard looks for.
#[derive(Debug)]
pub struct LedgerApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger", tag = "Tag::Ledgers")]
impl LedgerApi {
    /// Get a ledger
    ///
    /// Its settings, and the revision it is at.
    #[oai(path = "/", method = "get", operation_id = "get_ledger")]
    async fn get_ledger(&self, ledger: Guard<Ledgers>) -> Result<Found<Ledger>> {
        Ok(with_version(
            service::ledger::get(&self.state, &ledger.grant).await?,
        ))
    }

    /// Change a ledger
    ///
    /// Its name, its base currency, and how its months and weeks are cut. A merge patch (RFC 7396).
    #[oai(path = "/", method = "patch", operation_id = "update_ledger")]
    async fn update_ledger(
        &self,
        ledger: Guard<Own>,
        idempotency_key: Key,
        if_match: IfVersion,
        body: Checked<LedgerPatch>,
    ) -> Result<Found<Ledger>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        Ok(with_version(
            service::ledger::update(&self.state, grant, key, if_match.0, body.0).await?,
        ))
    }
}

fn with_version(ledger: Ledger) -> Found<Ledger> {
    let version = ledger.version;
    Reply::new(ledger).version(version)
}
