//! Operations on categories.

use super::{Api, Key, Method, Reply, Request, every_page};
use api::category::{Category, CategoryPatch, Merge, NewCategory, OperationResult, Reassign};
use api::id::CategoryId;
use api::page::{Page, PageQuery};
use std::sync::Arc;

impl dyn Api {
    /// A page of the categories, archived ones too.
    pub fn list_categories(&self, page: &PageQuery) -> Reply<Page<Category>> {
        self.ask(Request::get("list_categories", "/categories").query(page))
    }

    /// Every one of the categories, archived ones too.
    pub fn every_category(self: &Arc<Self>) -> Reply<Vec<Category>> {
        let api = Arc::clone(self);
        Box::pin(every_page(move |page| api.list_categories(&page)))
    }

    /// Makes a category.
    pub fn create_category(&self, category: &NewCategory, key: Key) -> Reply<Category> {
        self.ask(Request::write("create_category", Method::Post, "/categories", key).json(category))
    }

    /// A category.
    pub fn get_category(&self, id: CategoryId) -> Reply<Category> {
        self.ask(Request::get("get_category", format!("/categories/{id}")))
    }

    /// Changes a category that still has this version.
    pub fn update_category(
        &self,
        id: CategoryId,
        version: i64,
        patch: &CategoryPatch,
        key: Key,
    ) -> Reply<Category> {
        let path = format!("/categories/{id}");
        self.ask(
            Request::write("update_category", Method::Patch, path, key)
                .if_version(version)
                .json(patch),
        )
    }

    /// Deletes a category that nothing uses.
    pub fn delete_category(&self, id: CategoryId, version: i64, key: Key) -> Reply<()> {
        let path = format!("/categories/{id}");
        self.tell(Request::write("delete_category", Method::Delete, path, key).if_version(version))
    }

    /// Moves all its rows to another one and deletes it.
    pub fn merge_category(&self, id: CategoryId, into_id: CategoryId, key: Key) -> Reply<OperationResult> {
        let merge = Merge {
            into_id: into_id.0.into(),
        };
        self.ask(
            Request::write(
                "merge_category",
                Method::Post,
                format!("/categories/{id}/merge"),
                key,
            )
            .json(&merge),
        )
    }

    /// Moves all rows of a category elsewhere; the category itself stays.
    pub fn reassign_category(&self, id: CategoryId, to: &Reassign, key: Key) -> Reply<OperationResult> {
        let path = format!("/categories/{id}/reassign");
        self.ask(Request::write("reassign_category", Method::Post, path, key).json(to))
    }
}
