//! Operations on payees.

use super::{Api, Key, Method, Reply, Request, every_page};
use api::category::{Merge, OperationResult};
use api::id::PayeeId;
use api::page::{Page, PageQuery};
use api::payee::{NewPayee, Payee, PayeePatch};
use std::sync::Arc;

impl dyn Api {
    /// A page of the payees, archived ones too.
    pub fn list_payees(&self, page: &PageQuery) -> Reply<Page<Payee>> {
        self.ask(Request::get("list_payees", "/payees").query(page))
    }

    /// Every one of the payees, archived ones too.
    pub fn every_payee(self: &Arc<Self>) -> Reply<Vec<Payee>> {
        let api = Arc::clone(self);
        Box::pin(every_page(move |page| api.list_payees(&page)))
    }

    /// Makes a payee.
    pub fn create_payee(&self, payee: &NewPayee, key: Key) -> Reply<Payee> {
        self.ask(Request::write("create_payee", Method::Post, "/payees", key).json(payee))
    }

    /// A payee.
    pub fn get_payee(&self, id: PayeeId) -> Reply<Payee> {
        self.ask(Request::get("get_payee", format!("/payees/{id}")))
    }

    /// Changes a payee that still has this version.
    pub fn update_payee(&self, id: PayeeId, version: i64, patch: &PayeePatch, key: Key) -> Reply<Payee> {
        let path = format!("/payees/{id}");
        self.ask(
            Request::write("update_payee", Method::Patch, path, key)
                .if_version(version)
                .json(patch),
        )
    }

    /// Deletes a payee that nothing uses.
    pub fn delete_payee(&self, id: PayeeId, version: i64, key: Key) -> Reply<()> {
        let path = format!("/payees/{id}");
        self.tell(Request::write("delete_payee", Method::Delete, path, key).if_version(version))
    }

    /// Moves all its rows to another one and deletes it.
    pub fn merge_payee(&self, id: PayeeId, into_id: PayeeId, key: Key) -> Reply<OperationResult> {
        let merge = Merge {
            into_id: into_id.0.into(),
        };
        self.ask(Request::write("merge_payee", Method::Post, format!("/payees/{id}/merge"), key).json(&merge))
    }
}
