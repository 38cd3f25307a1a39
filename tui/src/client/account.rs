//! Operations on accounts.

use super::{Api, Key, Method, Reply, Request, every_page};
use api::account::{Account, AccountPatch, NewAccount};
use api::category::{Merge, OperationResult};
use api::id::AccountId;
use api::page::{Page, PageQuery};
use std::sync::Arc;

impl dyn Api {
    /// A page of the accounts, archived ones too.
    pub fn list_accounts(&self, page: &PageQuery) -> Reply<Page<Account>> {
        self.ask(Request::get("list_accounts", "/accounts").query(page))
    }

    /// Every one of the accounts, archived ones too.
    pub fn every_account(self: &Arc<Self>) -> Reply<Vec<Account>> {
        let api = Arc::clone(self);
        Box::pin(every_page(move |page| api.list_accounts(&page)))
    }

    /// Makes an account.
    pub fn create_account(&self, account: &NewAccount, key: Key) -> Reply<Account> {
        self.ask(Request::write("create_account", Method::Post, "/accounts", key).json(account))
    }

    /// An account.
    pub fn get_account(&self, id: AccountId) -> Reply<Account> {
        self.ask(Request::get("get_account", format!("/accounts/{id}")))
    }

    /// Changes an account that still has this version.
    pub fn update_account(
        &self,
        id: AccountId,
        version: i64,
        patch: &AccountPatch,
        key: Key,
    ) -> Reply<Account> {
        let path = format!("/accounts/{id}");
        self.ask(
            Request::write("update_account", Method::Patch, path, key)
                .if_version(version)
                .json(patch),
        )
    }

    /// Deletes an account that nothing uses.
    pub fn delete_account(&self, id: AccountId, version: i64, key: Key) -> Reply<()> {
        let path = format!("/accounts/{id}");
        self.tell(Request::write("delete_account", Method::Delete, path, key).if_version(version))
    }

    /// Moves all its rows to another one and deletes it.
    pub fn merge_account(&self, id: AccountId, into_id: AccountId, key: Key) -> Reply<OperationResult> {
        let merge = Merge {
            into_id: into_id.0.into(),
        };
        self.ask(
            Request::write(
                "merge_account",
                Method::Post,
                format!("/accounts/{id}/merge"),
                key,
            )
            .json(&merge),
        )
    }
}
