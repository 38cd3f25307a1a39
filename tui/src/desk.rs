//! What every layer works with: the server, the lists of the open ledger, and what is not saved yet. Handed from layer
//! to layer; a copy is as good as the original.

use crate::book::Book;
use crate::client::Api;
use crate::outbox::Outbox;
use std::sync::Arc;

/// The tools of a layer.
#[derive(Clone)]
pub struct Desk {
    pub api: Arc<dyn Api>,
    pub book: Book,
    pub outbox: Outbox,
}
