//! Operations on tags.

use super::{Api, Key, Method, Reply, Request, every_page};
use api::category::{Merge, OperationResult};
use api::id::TagId;
use api::page::{Page, PageQuery};
use api::tag::{NewTag, Tag, TagPatch};
use std::sync::Arc;

impl dyn Api {
    /// A page of the tags, archived ones too.
    pub fn list_tags(&self, page: &PageQuery) -> Reply<Page<Tag>> {
        self.ask(Request::get("list_tags", "/tags").query(page))
    }

    /// Every one of the tags, archived ones too.
    pub fn every_tag(self: &Arc<Self>) -> Reply<Vec<Tag>> {
        let api = Arc::clone(self);
        Box::pin(every_page(move |page| api.list_tags(&page)))
    }

    /// Makes a tag.
    pub fn create_tag(&self, tag: &NewTag, key: Key) -> Reply<Tag> {
        self.ask(Request::write("create_tag", Method::Post, "/tags", key).json(tag))
    }

    /// A tag.
    pub fn get_tag(&self, id: TagId) -> Reply<Tag> {
        self.ask(Request::get("get_tag", format!("/tags/{id}")))
    }

    /// Changes a tag that still has this version.
    pub fn update_tag(&self, id: TagId, version: i64, patch: &TagPatch, key: Key) -> Reply<Tag> {
        let path = format!("/tags/{id}");
        self.ask(
            Request::write("update_tag", Method::Patch, path, key)
                .if_version(version)
                .json(patch),
        )
    }

    /// Deletes a tag that nothing uses.
    pub fn delete_tag(&self, id: TagId, version: i64, key: Key) -> Reply<()> {
        let path = format!("/tags/{id}");
        self.tell(Request::write("delete_tag", Method::Delete, path, key).if_version(version))
    }

    /// Moves all its rows to another one and deletes it.
    pub fn merge_tag(&self, id: TagId, into_id: TagId, key: Key) -> Reply<OperationResult> {
        let merge = Merge {
            into_id: into_id.0.into(),
        };
        self.ask(Request::write("merge_tag", Method::Post, format!("/tags/{id}/merge"), key).json(&merge))
    }
}
