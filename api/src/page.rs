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

/// Which part of a list. The queries of lists with filters have it among them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct PageQuery {
    /// How many, 1 to 200; 50 when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        oai(validator(minimum(value = "1"), maximum(value = "200")))
    )]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 3000)))]
    pub cursor: Option<String>,
}

impl PageQuery {
    /// So many, from the beginning.
    pub fn first(count: u32) -> Self {
        Self {
            limit: Some(count),
            cursor: None,
        }
    }

    /// As many as a page can hold, from a `next_cursor` or from the beginning.
    pub fn largest(cursor: Option<String>) -> Self {
        Self {
            limit: Some(MAX_LIMIT),
            cursor,
        }
    }
}

/// Which entries of a dictionary, in order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct EntryQuery {
    /// Only names that begin so, whatever their case and accents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub q: Option<String>,
    /// Which part of it.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", oai(flatten))]
    pub page: PageQuery,
}
