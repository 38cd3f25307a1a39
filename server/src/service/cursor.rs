//! Cursors: where in a list the next page begins, signed, and bound to the ledger, its epoch, the filters and the
//! sort they came from.

use crate::error::{AppError, Result};
use crate::service::{Grant, Person};
use crate::state::AppState;
use api::page::{DEFAULT_LIMIT, Page, PageQuery};
use api::problem::Code;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Bytes of the signature that a cursor carries.
const MARK: usize = 16;

/// What a list belongs to: a ledger in its present epoch, or a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Book {
    id: Uuid,
    epoch: Uuid,
}

impl From<&Grant> for Book {
    fn from(grant: &Grant) -> Self {
        Self {
            id: grant.ledger_id(),
            epoch: grant.epoch(),
        }
    }
}

impl From<&Person> for Book {
    fn from(person: &Person) -> Self {
        Self {
            id: person.user_id(),
            epoch: Uuid::nil(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Content<K> {
    #[serde(rename = "e")]
    epoch: Uuid,
    #[serde(rename = "l")]
    list: [u8; 8],
    #[serde(rename = "k")]
    key: K,
}

/// Makes a cursor for what follows `key` in the list that `list` describes.
pub fn seal<K: Serialize>(
    secret: &[u8; 32],
    of: impl Into<Book>,
    list: &impl Serialize,
    key: K,
) -> Result<String> {
    let book = of.into();
    let content = Content {
        epoch: book.epoch,
        list: digest(book, list)?,
        key,
    };
    let mut bytes =
        serde_json::to_vec(&content).map_err(|error| AppError::Internal(format!("cursor: {error}")))?;
    let mark = sign(secret, &bytes)?;
    bytes.extend(mark);
    Ok(BASE64.encode(bytes))
}

/// Opens a cursor that came from the same list; refuses any other.
pub fn open<K: DeserializeOwned>(
    secret: &[u8; 32],
    of: impl Into<Book>,
    list: &impl Serialize,
    cursor: &str,
) -> Result<K> {
    let foreign = || {
        AppError::fault(
            Code::BadCursor,
            "/cursor",
            "bad-cursor",
            "This cursor belongs to another list; start without one",
        )
    };
    let bytes = BASE64.decode(cursor).map_err(|_| foreign())?;
    let (body, mark) = bytes
        .split_at_checked(bytes.len().saturating_sub(MARK))
        .ok_or_else(foreign)?;
    let mut mac = mac(secret)?;
    mac.update(body);
    mac.verify_truncated_left(mark).map_err(|_| foreign())?;
    let content: Content<K> = serde_json::from_slice(body).map_err(|_| foreign())?;
    let book = of.into();
    if content.list != digest(book, list)? || mark.len() != MARK {
        return Err(foreign());
    }
    if content.epoch != book.epoch {
        return Err(AppError::refuse(
            Code::Resync,
            "The ledger was restored since; load the list again",
        ));
    }
    Ok(content.key)
}

/// A list that is read a page at a time: whose it is, what tells it from every other, and what part was asked for.
#[derive(Debug)]
pub struct Walk<'a, L> {
    secret: &'a [u8; 32],
    book: Book,
    list: L,
    page: &'a PageQuery,
}

impl<'a, L: Serialize> Walk<'a, L> {
    /// `list` names the list and holds all that narrows or orders it, so that a cursor fits no other.
    pub fn new(state: &'a AppState, of: impl Into<Book>, list: L, page: &'a PageQuery) -> Self {
        Self {
            secret: &state.cursor_key,
            book: of.into(),
            list,
            page,
        }
    }

    /// The key of the last row of the page before; none at the beginning.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>> {
        let cursor = self.page.cursor.as_deref();
        cursor
            .map(|cursor| open(self.secret, self.book, &self.list, cursor))
            .transpose()
    }

    fn limit(&self) -> u32 {
        self.page.limit.unwrap_or(DEFAULT_LIMIT)
    }

    /// How many rows to read: one more than the page holds, which tells whether there is a next one.
    pub fn count(&self) -> u64 {
        u64::from(self.limit()) + 1
    }

    /// Cuts the page out of the rows that were read.
    pub fn page<R, K, T>(
        &self,
        mut rows: Vec<R>,
        key: impl FnOnce(&R) -> K,
        item: impl FnMut(R) -> T,
    ) -> Result<Page<T>>
    where
        K: Serialize,
        T: api::Wire,
    {
        let limit = usize::try_from(self.limit()).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows
            .last()
            .filter(|_| has_more)
            .map(|last| seal(self.secret, self.book, &self.list, key(last)))
            .transpose()?;
        Ok(Page {
            items: rows.into_iter().map(item).collect(),
            next_cursor,
        })
    }
}

fn digest(book: Book, list: &impl Serialize) -> Result<[u8; 8]> {
    let text = serde_json::to_vec(list).map_err(|error| AppError::Internal(format!("cursor: {error}")))?;
    let hash = Sha256::new()
        .chain_update(book.id.as_bytes())
        .chain_update(text)
        .finalize();
    let mut short = [0; 8];
    for (to, from) in short.iter_mut().zip(hash) {
        *to = from;
    }
    Ok(short)
}

fn mac(secret: &[u8; 32]) -> Result<Hmac<Sha256>> {
    Hmac::new_from_slice(secret).map_err(|error| AppError::Internal(format!("cursor key: {error}")))
}

fn sign(secret: &[u8; 32], body: &[u8]) -> Result<Vec<u8>> {
    let mut mac = mac(secret)?;
    mac.update(body);
    Ok(mac.finalize().into_bytes().into_iter().take(MARK).collect())
}
