//! Walking a list page by page.

use super::{ClientError, Reply};
use api::Wire;
use api::page::{MAX_LIMIT, Page};
use serde::Serialize;

/// Which part of a list without filters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PageQuery {
    /// How many, 1 to 200.
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// The largest page that begins at `cursor`.
    pub fn at(cursor: Option<String>) -> Self {
        Self {
            limit: Some(MAX_LIMIT),
            cursor,
        }
    }
}

/// Every item of a list: asks `page` for one page after the other.
pub async fn every_page<T: Wire>(
    mut page: impl FnMut(PageQuery) -> Reply<Page<T>>,
) -> Result<Vec<T>, ClientError> {
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let next = page(PageQuery::at(cursor.clone())).await?;
        items.extend(next.items);
        match next.next_cursor {
            None => return Ok(items),
            // A server that never ends a list would fill the memory.
            Some(next) if Some(&next) == cursor.as_ref() => {
                let reason = "a page names itself as the next one".to_owned();
                return Err(ClientError::Unreadable {
                    operation: "list",
                    reason,
                    server_version: None,
                });
            }
            next => cursor = next,
        }
    }
}
