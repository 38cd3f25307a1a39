//! Keyset pages: the items and an opaque cursor for the next ones. No offsets, no totals.

use crate::Wire;
use serde::{Deserialize, Serialize};

/// Items a page holds unless asked otherwise.
pub const DEFAULT_LIMIT: u32 = 50;
/// Most items a page may hold.
pub const MAX_LIMIT: u32 = 200;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Page<T: Wire> {
    /// The rows, in the order asked for.
    pub items: Vec<T>,
    /// Hand this back as `cursor` for the next page; `null` on the last one. Also sent as `Link: rel="next"`.
    pub next_cursor: Option<String>,
}
