//! `/v1/ledgers/{ledger}/tags`: decode, call the service, encode.

use super::checked::{Asked, Checked, Item};
use super::guard::Guard;
use super::item_url;
use super::key::{IfVersion, Key};
use super::reply::{Created, Found, NoContent, Reply};
use super::right::{Names, Read, Write};
use crate::error::Result;
use crate::service::entry::Tags;
use crate::service::merge::{Merging, Verb};
use crate::service::{dictionary, history, operation};
use crate::state::AppState;
use api::category::{Merge, OperationResult};
use api::id::TagId;
use api::page::{EntryQuery, Page, PageQuery};
use api::tag::{NewTag, Tag, TagPatch};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct TagsApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/tags", tag = "super::Tag::Tags")]
impl TagsApi {
    /// List tags
    ///
    /// In order of their names, a page at a time, archived ones too.
    #[oai(path = "/", method = "get", operation_id = "list_tags")]
    async fn list_tags(&self, ledger: Guard<Names>, query: Asked<EntryQuery>) -> Result<Found<Page<Tag>>> {
        let page = dictionary::list::<Tags>(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Make a tag
    ///
    /// Expenses make theirs on use; this makes one beforehand.
    #[oai(path = "/", method = "post", operation_id = "create_tag")]
    async fn create_tag(
        &self,
        ledger: Guard<Write>,
        idempotency_key: Key,
        body: Checked<NewTag>,
    ) -> Result<Created<Tag>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        let tag = dictionary::create::<Tags>(&self.state, grant, key, body.0).await?;
        let url = item_url(grant, "tags", tag.id);
        Ok(with_version(tag).location(url))
    }

    /// Get a tag
    ///
    /// Archived ones too.
    #[oai(path = "/:tag", method = "get", operation_id = "get_tag")]
    async fn get_tag(&self, ledger: Guard<Names>, tag: Item<TagId>) -> Result<Found<Tag>> {
        let found = dictionary::get::<Tags>(&self.state, &ledger.grant, tag.0.into()).await?;
        Ok(with_version(found))
    }

    /// Change a tag
    ///
    /// Renames it, archives it or brings it back. A merge patch (RFC 7396).
    #[oai(path = "/:tag", method = "patch", operation_id = "update_tag")]
    async fn update_tag(
        &self,
        ledger: Guard<Write>,
        tag: Item<TagId>,
        idempotency_key: Key,
        if_match: IfVersion,
        body: Checked<TagPatch>,
    ) -> Result<Found<Tag>> {
        let (grant, key, id) = (&ledger.grant, &idempotency_key.0, tag.0.into());
        let changed = dictionary::update::<Tags>(&self.state, grant, key, id, if_match.0, body.0).await?;
        Ok(with_version(changed))
    }

    /// Delete a tag
    ///
    /// Only while no row uses it; else archive it or merge it.
    #[oai(path = "/:tag", method = "delete", operation_id = "delete_tag")]
    async fn delete_tag(
        &self,
        ledger: Guard<Write>,
        tag: Item<TagId>,
        idempotency_key: Key,
        if_match: IfVersion,
    ) -> Result<NoContent> {
        let (grant, key, id) = (&ledger.grant, &idempotency_key.0, tag.0.into());
        dictionary::delete::<Tags>(&self.state, grant, key, id, if_match.0).await?;
        Ok(NoContent)
    }

    /// Merge a tag into another
    ///
    /// All its rows go over, deleted ones too, then it is deleted.
    #[oai(path = "/:tag/merge", method = "post", operation_id = "merge_tag")]
    async fn merge_tag(
        &self,
        ledger: Guard<Write>,
        tag: Item<TagId>,
        idempotency_key: Key,
        body: Checked<Merge>,
    ) -> Result<Found<OperationResult>> {
        let (from, into) = (tag.0.into(), Some(body.0.into_id.into()));
        let merging = Merging {
            verb: Verb::MergeTag,
            from,
            into,
        };
        Ok(Reply::new(
            operation::merge(&self.state, &ledger.grant, &idempotency_key.0, merging).await?,
        ))
    }

    /// The history of a tag
    ///
    /// Who changed what and when, the latest first, a page at a time. A bulk change or an import shows as its operation.
    #[oai(path = "/:tag/history", method = "get", operation_id = "list_tag_history")]
    async fn list_tag_history(
        &self,
        ledger: Guard<Read>,
        tag: Item<TagId>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<api::change::Change>>> {
        let (grant, id) = (&ledger.grant, tag.0.into());
        let page = history::of_row::<Tags>(&self.state, grant, id, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }
}

fn with_version<const STATUS: u16>(tag: Tag) -> Reply<Tag, STATUS> {
    let version = tag.version;
    Reply::new(tag).version(version)
}
