//! Walking a list page by page.

use super::{ClientError, Reply};
use api::Wire;
use api::page::{Page, PageQuery};

/// Every item of a list: asks `page` for one page after the other.
pub async fn every_page<T: Wire>(
    mut page: impl FnMut(PageQuery) -> Reply<Page<T>>,
) -> Result<Vec<T>, ClientError> {
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let next = page(PageQuery::largest(cursor.clone())).await?;
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
