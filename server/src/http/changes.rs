//! `/v1/ledgers/{ledger}/changes`: decode, call the service, encode.

use super::Tag;
use super::checked::{Asked, Item};
use super::guard::Guard;
use super::key::Key;
use super::reply::{Found, Reply};
use super::right::{Read, Write};
use super::stream::Events;
use crate::error::Result;
use crate::run::Stop;
use crate::service;
use crate::service::live::Reader;
use crate::state::AppState;
use api::change::{Change, ChangePage, ChangeQuery, StreamQuery, UndoQuery, UndoResult};
use poem_openapi::OpenApi;
use poem_openapi::param::Header;

/// The resource.
#[derive(Debug)]
pub struct ChangesApi {
    /// The server's state.
    pub state: AppState,
    /// What ends streams.
    pub stop: Stop,
}

#[OpenApi(prefix_path = "/v1/ledgers/:ledger/changes", tag = "Tag::Changes")]
impl ChangesApi {
    /// List changes
    ///
    /// The log: who changed what, in order and without gaps, with `since` for what is new; or the latest first.
    #[oai(path = "/", method = "get", operation_id = "list_changes")]
    async fn list_changes(
        &self,
        ledger: Guard<Read>,
        query: Asked<ChangeQuery>,
    ) -> Result<Found<ChangePage>> {
        let page = service::history::list(&self.state, &ledger.grant, query.query).await?;
        let next = page.next_cursor.clone();
        Ok(Reply::new(page).next(&query.url, next.as_ref()))
    }

    /// Undo a change
    ///
    /// The whole operation that it belongs to is taken back: an edit, a batch, a merge, an import. Every row becomes what
    /// it was, with a new version. Rows that were changed since are a 409 that names them, or stay with `skip=conflicts`.
    /// An undo is a change as well: undoing it does again what was done. Members and settings cannot be undone.
    #[oai(path = "/:rev/undo", method = "post", operation_id = "undo_change")]
    async fn undo_change(
        &self,
        ledger: Guard<Write>,
        rev: Item<i64>,
        idempotency_key: Key,
        query: Asked<UndoQuery>,
    ) -> Result<Found<UndoResult>> {
        let (grant, key) = (&ledger.grant, &idempotency_key.0);
        Ok(Reply::new(
            service::undo::undo(&self.state, grant, key, rev.0, query.query).await?,
        ))
    }

    /// Stream changes
    ///
    /// The log as it grows, from now on or from a place in it: each change within two seconds, whichever server wrote it.
    /// The stream ends when its reader may not read the ledger any more.
    #[oai(path = "/stream", method = "get", operation_id = "stream_changes")]
    async fn stream_changes(
        &self,
        ledger: Guard<Read>,
        query: Asked<StreamQuery>,
        /// The `id` of the last event that was received: the stream goes on after it. Goes before `since`.
        #[oai(name = "Last-Event-ID", validator(max_length = 600))]
        last_event_id: Header<Option<String>>,
    ) -> Result<Events<Change>> {
        let since = last_event_id.0.or(query.query.since);
        let reader = Reader::open(&self.state, &ledger.grant, since.as_deref()).await?;
        Ok(Events::of(&self.state, &self.stop, ledger, reader))
    }
}
