//! `/v1/ledgers/{ledger}/accounts`: decode, call the service, encode.

use super::checked::{Asked, Checked, Item};
use super::guard::Guard;
use super::key::{IfVersion, Key};
use super::reply::{Created, Found, NoContent, Reply};
use super::right::{Names, Read, Write};
use super::{Tag, item_url};
use crate::error::Result;
use crate::service::entry::Accounts;
use crate::service::merge::{Merging, Verb};
use crate::service::{dictionary, history, operation};
use crate::state::AppState;
use api::account::{Account, AccountPatch, NewAccount};
use api::category::{Merge, OperationResult};
use api::id::AccountId;
use api::page::{EntryQuery, Page, PageQuery};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct AccountsApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/accounts", tag = "Tag::Accounts")]
impl AccountsApi {
    /// List accounts
    ///
    /// In order of their names, a page at a time, archived ones too.
    #[oai(path = "/", method = "get", operation_id = "list_accounts")]
    async fn list_accounts(
        &self,
        ledger: Guard<Names>,
        query: Asked<EntryQuery>,
    ) -> Result<Found<Page<Account>>> {
        let page = dictionary::list::<Accounts>(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Make an account
    ///
    /// Cash, a card, a bank account, a wallet.
    #[oai(path = "/", method = "post", operation_id = "create_account")]
    async fn create_account(
        &self,
        ledger: Guard<Write>,
        idempotency_key: Key,
        body: Checked<NewAccount>,
    ) -> Result<Created<Account>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        let account = dictionary::create::<Accounts>(&self.state, grant, key, body.0).await?;
        let url = item_url(grant, "accounts", account.id);
        Ok(with_version(account).location(url))
    }

    /// Get an account
    ///
    /// Archived ones too.
    #[oai(path = "/:account", method = "get", operation_id = "get_account")]
    async fn get_account(&self, ledger: Guard<Names>, account: Item<AccountId>) -> Result<Found<Account>> {
        let found = dictionary::get::<Accounts>(&self.state, &ledger.grant, account.0.into()).await?;
        Ok(with_version(found))
    }

    /// Change an account
    ///
    /// Renames it, archives it or brings it back, sets the marks that imports find it by. A merge patch (RFC 7396).
    #[oai(path = "/:account", method = "patch", operation_id = "update_account")]
    async fn update_account(
        &self,
        ledger: Guard<Write>,
        account: Item<AccountId>,
        idempotency_key: Key,
        if_match: IfVersion,
        body: Checked<AccountPatch>,
    ) -> Result<Found<Account>> {
        let (grant, key, id) = (&ledger.grant, &idempotency_key.0, account.0.into());
        let changed = dictionary::update::<Accounts>(&self.state, grant, key, id, if_match.0, body.0).await?;
        Ok(with_version(changed))
    }

    /// Delete an account
    ///
    /// Only while no row uses it; else archive it or merge it.
    #[oai(path = "/:account", method = "delete", operation_id = "delete_account")]
    async fn delete_account(
        &self,
        ledger: Guard<Write>,
        account: Item<AccountId>,
        idempotency_key: Key,
        if_match: IfVersion,
    ) -> Result<NoContent> {
        let (grant, key, id) = (&ledger.grant, &idempotency_key.0, account.0.into());
        dictionary::delete::<Accounts>(&self.state, grant, key, id, if_match.0).await?;
        Ok(NoContent)
    }

    /// Merge an account into another
    ///
    /// All its rows go over, deleted ones too, then it is deleted.
    #[oai(path = "/:account/merge", method = "post", operation_id = "merge_account")]
    async fn merge_account(
        &self,
        ledger: Guard<Write>,
        account: Item<AccountId>,
        idempotency_key: Key,
        body: Checked<Merge>,
    ) -> Result<Found<OperationResult>> {
        let (from, into) = (account.0.into(), Some(body.0.into_id.into()));
        let merging = Merging {
            verb: Verb::MergeAccount,
            from,
            into,
        };
        Ok(Reply::new(
            operation::merge(&self.state, &ledger.grant, &idempotency_key.0, merging).await?,
        ))
    }

    /// The history of an account
    ///
    /// Who changed what and when, the latest first, a page at a time. A bulk change or an import shows as its operation.
    #[oai(
        path = "/:account/history",
        method = "get",
        operation_id = "list_account_history"
    )]
    async fn list_account_history(
        &self,
        ledger: Guard<Read>,
        account: Item<AccountId>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<api::change::Change>>> {
        let (grant, id) = (&ledger.grant, account.0.into());
        let page = history::of_row::<Accounts>(&self.state, grant, id, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }
}

fn with_version<const STATUS: u16>(account: Account) -> Reply<Account, STATUS> {
    let version = account.version;
    Reply::new(account).version(version)
}
