//! Operations on ledgers.

use super::{Api, Key, Method, Reply, Request, every_page};
use api::ledger::{Ledger, LedgerPatch, NewLedger};
use api::page::{Page, PageQuery};
use std::sync::Arc;

impl dyn Api {
    /// The ledgers that this user may open.
    pub fn list_ledgers(&self, page: &PageQuery) -> Reply<Page<Ledger>> {
        self.ask(
            Request::get("list_ledgers", "/v1/ledgers")
                .of_server()
                .query(page),
        )
    }

    /// Makes a ledger of one's own.
    pub fn create_ledger(&self, ledger: &NewLedger, key: Key) -> Reply<Ledger> {
        self.ask(
            Request::write("create_ledger", Method::Post, "/v1/ledgers", key)
                .of_server()
                .json(ledger),
        )
    }

    /// Every one of them.
    pub fn every_ledger(self: &Arc<Self>) -> Reply<Vec<Ledger>> {
        let api = Arc::clone(self);
        Box::pin(every_page(move |page| api.list_ledgers(&page)))
    }

    /// The ledger this client works in.
    pub fn get_ledger(&self) -> Reply<Ledger> {
        self.ask(Request::get("get_ledger", ""))
    }

    /// Changes its settings.
    pub fn update_ledger(&self, version: i64, patch: &LedgerPatch, key: Key) -> Reply<Ledger> {
        self.ask(
            Request::write("update_ledger", Method::Patch, "", key)
                .if_version(version)
                .json(patch),
        )
    }
}
