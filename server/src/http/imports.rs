//! `/v1/ledgers/{ledger}/imports`: decode, call the service, encode.

use super::checked::{Asked, Item};
use super::file::{File, FileTurn};
use super::guard::Guard;
use super::key::{IfVersion, Key};
use super::reply::{Created, Found, NoContent, Reply};
use super::right::{Read, Write};
use super::{Tag, item_url};
use crate::error::Result;
use crate::service;
use crate::service::import::Upload;
use crate::state::AppState;
use api::id::ImportId;
use api::import::{Import, ImportOptions, ImportRow, ImportRowQuery};
use api::page::{Page, PageQuery};
use poem_openapi::OpenApi;

/// The resource.
#[derive(Debug)]
pub struct ImportsApi {
    /// The server's state.
    pub state: AppState,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/imports", tag = "Tag::Imports")]
impl ImportsApi {
    /// List imports
    ///
    /// Newest first, a page at a time.
    #[oai(path = "/", method = "get", operation_id = "list_imports")]
    async fn list_imports(
        &self,
        ledger: Guard<Read>,
        query: Asked<PageQuery>,
    ) -> Result<Found<Page<Import>>> {
        let page = service::import::list(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Preview a file
    ///
    /// The body is the file. Every row gets a verdict; no expense is written before the preview is committed. With a
    /// column for the kind its words decide; with columns for debit and credit a debit is an expense and a credit
    /// income; else a minus is an expense and a plus income, and where no amount is negative all are expenses.
    #[oai(path = "/", method = "post", operation_id = "create_import")]
    async fn create_import(
        &self,
        ledger: Guard<Write>,
        turn: FileTurn,
        idempotency_key: Key,
        query: Asked<ImportOptions>,
        body: File,
    ) -> Result<Created<Import>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        let upload = Upload {
            bytes: body.0,
            options: query.query,
            turn: turn.0,
        };
        let import = service::import::create(&self.state, grant, key, upload).await?;
        let (url, version) = (item_url(grant, "imports", import.id), import.version);
        Ok(Reply::new(import).version(version).location(url))
    }

    /// Get an import
    ///
    /// Where it stands, and how many rows have which verdict.
    #[oai(path = "/:import", method = "get", operation_id = "get_import")]
    async fn get_import(&self, ledger: Guard<Read>, import: Item<ImportId>) -> Result<Found<Import>> {
        Ok(with_version(
            service::import::get(&self.state, &ledger.grant, import.0).await?,
        ))
    }

    /// List the rows of an import
    ///
    /// In the order of the file, with what each was understood as, or why it is left out.
    #[oai(path = "/:import/rows", method = "get", operation_id = "list_import_rows")]
    async fn list_import_rows(
        &self,
        ledger: Guard<Read>,
        import: Item<ImportId>,
        query: Asked<ImportRowQuery>,
    ) -> Result<Found<Page<ImportRow>>> {
        let page = service::import::rows(&self.state, &ledger.grant, import.0, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Commit an import
    ///
    /// Writes the new rows as one operation of changes of at most 1,000 rows. A long one answers while it is still
    /// `committing` and goes on by itself, also after a crash. Committing it again changes nothing.
    #[oai(path = "/:import/commit", method = "post", operation_id = "commit_import")]
    async fn commit_import(
        &self,
        ledger: Guard<Write>,
        import: Item<ImportId>,
        idempotency_key: Key,
        if_match: IfVersion,
    ) -> Result<Found<Import>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        Ok(with_version(
            service::import::commit(&self.state, grant, key, import.0, if_match.0).await?,
        ))
    }

    /// Drop a preview
    ///
    /// What was committed is taken back by undoing its operation instead.
    #[oai(path = "/:import", method = "delete", operation_id = "delete_import")]
    async fn delete_import(
        &self,
        ledger: Guard<Write>,
        import: Item<ImportId>,
        idempotency_key: Key,
        if_match: IfVersion,
    ) -> Result<NoContent> {
        service::import::delete(
            &self.state,
            &ledger.grant,
            &idempotency_key.0,
            import.0,
            if_match.0,
        )
        .await?;
        Ok(NoContent)
    }
}

fn with_version(import: Import) -> Found<Import> {
    let version = import.version;
    Reply::new(import).version(version)
}
