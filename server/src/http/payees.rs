//! `/v1/ledgers/{ledger}/payees`: decode, call the service, encode.

use super::checked::{Asked, Checked, Item};
use super::guard::Guard;
use super::key::{IfVersion, Key};
use super::reply::{Created, Found, NoContent, Reply};
use super::right::{Names, Read, Write};
use super::{Tag, item_url};
use crate::error::Result;
use crate::service::entry::Payees;
use crate::service::merge::{Merging, Verb};
use crate::service::{dictionary, history, operation};
use crate::state::AppState;
use api::category::{Merge, OperationResult};
use api::id::PayeeId;
use api::page::{EntryQuery, Page, PageQuery};
use api::payee::{NewPayee, Payee, PayeePatch};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct PayeesApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/payees", tag = "Tag::Payees")]
impl PayeesApi {
    /// List payees
    ///
    /// In order of their names, a page at a time, archived ones too.
    #[oai(path = "/", method = "get", operation_id = "list_payees")]
    async fn list_payees(
        &self,
        ledger: Guard<Names>,
        query: Asked<EntryQuery>,
    ) -> Result<Found<Page<Payee>>> {
        let page = dictionary::list::<Payees>(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Make a payee
    ///
    /// Expenses make theirs on use; this makes one beforehand.
    #[oai(path = "/", method = "post", operation_id = "create_payee")]
    async fn create_payee(
        &self,
        ledger: Guard<Write>,
        idempotency_key: Key,
        body: Checked<NewPayee>,
    ) -> Result<Created<Payee>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        let payee = dictionary::create::<Payees>(&self.state, grant, key, body.0).await?;
        let url = item_url(grant, "payees", payee.id);
        Ok(with_version(payee).location(url))
    }

    /// Get a payee
    ///
    /// Archived ones too.
    #[oai(path = "/:payee", method = "get", operation_id = "get_payee")]
    async fn get_payee(&self, ledger: Guard<Names>, payee: Item<PayeeId>) -> Result<Found<Payee>> {
        let found = dictionary::get::<Payees>(&self.state, &ledger.grant, payee.0.into()).await?;
        Ok(with_version(found))
    }

    /// Change a payee
    ///
    /// Renames it, archives it or brings it back. A merge patch (RFC 7396).
    #[oai(path = "/:payee", method = "patch", operation_id = "update_payee")]
    async fn update_payee(
        &self,
        ledger: Guard<Write>,
        payee: Item<PayeeId>,
        idempotency_key: Key,
        if_match: IfVersion,
        body: Checked<PayeePatch>,
    ) -> Result<Found<Payee>> {
        let (grant, key, id) = (&ledger.grant, &idempotency_key.0, payee.0.into());
        let changed = dictionary::update::<Payees>(&self.state, grant, key, id, if_match.0, body.0).await?;
        Ok(with_version(changed))
    }

    /// Delete a payee
    ///
    /// Only while no row uses it; else archive it or merge it.
    #[oai(path = "/:payee", method = "delete", operation_id = "delete_payee")]
    async fn delete_payee(
        &self,
        ledger: Guard<Write>,
        payee: Item<PayeeId>,
        idempotency_key: Key,
        if_match: IfVersion,
    ) -> Result<NoContent> {
        let (grant, key, id) = (&ledger.grant, &idempotency_key.0, payee.0.into());
        dictionary::delete::<Payees>(&self.state, grant, key, id, if_match.0).await?;
        Ok(NoContent)
    }

    /// Merge a payee into another
    ///
    /// All its rows go over, deleted ones too, then it is deleted.
    #[oai(path = "/:payee/merge", method = "post", operation_id = "merge_payee")]
    async fn merge_payee(
        &self,
        ledger: Guard<Write>,
        payee: Item<PayeeId>,
        idempotency_key: Key,
        body: Checked<Merge>,
    ) -> Result<Found<OperationResult>> {
        let (from, into) = (payee.0.into(), Some(body.0.into_id.into()));
        let merging = Merging {
            verb: Verb::MergePayee,
            from,
            into,
        };
        Ok(Reply::new(
            operation::merge(&self.state, &ledger.grant, &idempotency_key.0, merging).await?,
        ))
    }

    /// The history of a payee
    ///
    /// Who changed what and when, the latest first, a page at a time. A bulk change or an import shows as its operation.
    #[oai(path = "/:payee/history", method = "get", operation_id = "list_payee_history")]
    async fn list_payee_history(
        &self,
        ledger: Guard<Read>,
        payee: Item<PayeeId>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<api::change::Change>>> {
        let (grant, id) = (&ledger.grant, payee.0.into());
        let page = history::of_row::<Payees>(&self.state, grant, id, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }
}

fn with_version<const STATUS: u16>(payee: Payee) -> Reply<Payee, STATUS> {
    let version = payee.version;
    Reply::new(payee).version(version)
}
