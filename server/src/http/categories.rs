//! `/v1/ledgers/{ledger}/categories`: decode, call the service, encode.

use super::checked::{Asked, Checked, Item};
use super::guard::Guard;
use super::key::{IfVersion, Key};
use super::reply::{Created, Found, NoContent, Reply};
use super::right::{Names, Read, Write};
use super::{Tag, item_url};
use crate::error::Result;
use crate::service::entry::Categories;
use crate::service::merge::{Merging, Verb};
use crate::service::{dictionary, history, operation};
use crate::state::AppState;
use api::category::{Category, CategoryPatch, NewCategory};
use api::category::{Merge, OperationResult, Reassign};
use api::id::CategoryId;
use api::page::{EntryQuery, Page, PageQuery};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct CategoriesApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/categories", tag = "Tag::Categories")]
impl CategoriesApi {
    /// List categories
    ///
    /// In order of their names, a page at a time, archived ones too.
    #[oai(path = "/", method = "get", operation_id = "list_categories")]
    async fn list_categories(
        &self,
        ledger: Guard<Names>,
        query: Asked<EntryQuery>,
    ) -> Result<Found<Page<Category>>> {
        let page = dictionary::list::<Categories>(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Make a category
    ///
    /// At the top, or under one that is at the top.
    #[oai(path = "/", method = "post", operation_id = "create_category")]
    async fn create_category(
        &self,
        ledger: Guard<Write>,
        idempotency_key: Key,
        body: Checked<NewCategory>,
    ) -> Result<Created<Category>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        let category = dictionary::create::<Categories>(&self.state, grant, key, body.0).await?;
        let url = item_url(grant, "categories", category.id);
        Ok(with_version(category).location(url))
    }

    /// Get a category
    ///
    /// Archived ones too.
    #[oai(path = "/:category", method = "get", operation_id = "get_category")]
    async fn get_category(
        &self,
        ledger: Guard<Names>,
        category: Item<CategoryId>,
    ) -> Result<Found<Category>> {
        let found = dictionary::get::<Categories>(&self.state, &ledger.grant, category.0.into()).await?;
        Ok(with_version(found))
    }

    /// Change a category
    ///
    /// Renames it, archives it or brings it back, moves it under another one. A merge patch (RFC 7396).
    #[oai(path = "/:category", method = "patch", operation_id = "update_category")]
    async fn update_category(
        &self,
        ledger: Guard<Write>,
        category: Item<CategoryId>,
        idempotency_key: Key,
        if_match: IfVersion,
        body: Checked<CategoryPatch>,
    ) -> Result<Found<Category>> {
        let (grant, key, id) = (&ledger.grant, &idempotency_key.0, category.0.into());
        let changed =
            dictionary::update::<Categories>(&self.state, grant, key, id, if_match.0, body.0).await?;
        Ok(with_version(changed))
    }

    /// Delete a category
    ///
    /// Only while no row uses it and it has no subcategories; else archive it or merge it.
    #[oai(path = "/:category", method = "delete", operation_id = "delete_category")]
    async fn delete_category(
        &self,
        ledger: Guard<Write>,
        category: Item<CategoryId>,
        idempotency_key: Key,
        if_match: IfVersion,
    ) -> Result<NoContent> {
        let (grant, key, id) = (&ledger.grant, &idempotency_key.0, category.0.into());
        dictionary::delete::<Categories>(&self.state, grant, key, id, if_match.0).await?;
        Ok(NoContent)
    }

    /// Merge a category into another
    ///
    /// All its rows go over, deleted ones too, then it is deleted. Subcategories go along: under the other one, or into the one there of the same name.
    #[oai(path = "/:category/merge", method = "post", operation_id = "merge_category")]
    async fn merge_category(
        &self,
        ledger: Guard<Write>,
        category: Item<CategoryId>,
        idempotency_key: Key,
        body: Checked<Merge>,
    ) -> Result<Found<OperationResult>> {
        let (from, into) = (category.0.into(), Some(body.0.into_id.into()));
        let merging = Merging {
            verb: Verb::MergeCategory,
            from,
            into,
        };
        Ok(Reply::new(
            operation::merge(&self.state, &ledger.grant, &idempotency_key.0, merging).await?,
        ))
    }

    /// Reassign the rows of a category
    ///
    /// They go to another one, or to none. The category itself stays, and so do its subcategories and their rows; with
    /// `delete` it goes once it has no rows left, in the same operation, which one undo takes back.
    #[oai(
        path = "/:category/reassign",
        method = "post",
        operation_id = "reassign_category"
    )]
    async fn reassign_category(
        &self,
        ledger: Guard<Write>,
        category: Item<CategoryId>,
        idempotency_key: Key,
        body: Checked<Reassign>,
    ) -> Result<Found<OperationResult>> {
        let (from, into) = (category.0.into(), body.0.to_id.map(Into::into));
        let verb = if body.0.delete {
            Verb::RemoveCategory
        } else {
            Verb::ReassignCategory
        };
        let merging = Merging { verb, from, into };
        Ok(Reply::new(
            operation::merge(&self.state, &ledger.grant, &idempotency_key.0, merging).await?,
        ))
    }

    /// The history of a category
    ///
    /// Who changed what and when, the latest first, a page at a time. A bulk change or an import shows as its operation.
    #[oai(
        path = "/:category/history",
        method = "get",
        operation_id = "list_category_history"
    )]
    async fn list_category_history(
        &self,
        ledger: Guard<Read>,
        category: Item<CategoryId>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<api::change::Change>>> {
        let (grant, id) = (&ledger.grant, category.0.into());
        let page = history::of_row::<Categories>(&self.state, grant, id, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }
}

fn with_version<const STATUS: u16>(category: Category) -> Reply<Category, STATUS> {
    let version = category.version;
    Reply::new(category).version(version)
}
