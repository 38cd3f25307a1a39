//! What every layer works with: the server, the lists of the open ledger, what is not saved yet, and the part of the
//! books that is looked at. Handed from layer to layer; a copy is as good as the original.

use crate::book::Book;
use crate::client::Api;
use crate::dates::Dates;
use crate::door::{Closed, Door};
use crate::drafts::Drafts;
use crate::outbox::Outbox;
use crate::scope::Carried;
use crate::undo::Turn;
use crate::waiting::Waiting;
use api::currency::Currency;
use std::sync::Arc;

/// The tools of a layer.
#[derive(Clone)]
pub struct Desk {
    pub api: Arc<dyn Api>,
    pub book: Book,
    pub outbox: Outbox,
    pub drafts: Drafts,
    pub waiting: Waiting,
    /// One undo after the other.
    pub undoing: Turn,
    /// What the screen that was left looked at.
    pub carried: Carried,
    /// How days are written.
    pub dates: Dates,
    /// The way to other books.
    pub door: Arc<dyn Door>,
    /// What a book without rows is to be in, if it is ours to say.
    pub new_book_currency: Option<Currency>,
}

impl Desk {
    /// Tools for a ledger of which nothing is known yet but the currency it will probably have.
    pub fn new(api: Arc<dyn Api>, base: Currency, outbox: Outbox) -> Self {
        let drafts = Drafts::new(outbox.clone());
        Self {
            api,
            book: Book::new(base),
            outbox,
            drafts,
            waiting: Waiting::default(),
            undoing: Turn::default(),
            carried: Carried::default(),
            dates: Dates::default(),
            door: Arc::new(Closed),
            new_book_currency: None,
        }
    }
}
