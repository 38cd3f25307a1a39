//! Imports: a file, its preview, the commit.

use super::{Api, Key, Method, Reply, Request, every_page};
use api::id::ImportId;
use api::import::{Import, ImportOptions, ImportRow, ImportRowQuery, Verdict};
use api::page::{Page, PageQuery};
use std::sync::Arc;

impl dyn Api {
    /// Hands a CSV file over and gets its preview. Nothing is written to the book.
    pub fn create_import(&self, options: &ImportOptions, file: Vec<u8>, key: Key) -> Reply<Import> {
        let request = Request::write("create_import", Method::Post, "/imports", key);
        self.ask(request.query(options).file("text/csv", file))
    }

    /// An import, as it stands.
    pub fn get_import(&self, id: ImportId) -> Reply<Import> {
        self.ask(Request::get("get_import", format!("/imports/{id}")))
    }

    /// A page of its rows, of one verdict or of all.
    pub fn list_import_rows(
        &self,
        id: ImportId,
        verdict: Option<Verdict>,
        page: PageQuery,
    ) -> Reply<Page<ImportRow>> {
        let request = Request::get("list_import_rows", format!("/imports/{id}/rows"));
        self.ask(request.query(&ImportRowQuery { verdict, page }))
    }

    /// Every row of one verdict.
    pub fn every_import_row(self: &Arc<Self>, id: ImportId, verdict: Verdict) -> Reply<Vec<ImportRow>> {
        let api = Arc::clone(self);
        Box::pin(every_page(move |page| {
            api.list_import_rows(id, Some(verdict), page)
        }))
    }

    /// Writes the rows that the preview showed as new.
    pub fn commit_import(&self, id: ImportId, key: Key) -> Reply<Import> {
        self.ask(Request::write(
            "commit_import",
            Method::Post,
            format!("/imports/{id}/commit"),
            key,
        ))
    }
}
