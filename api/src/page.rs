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

/// Which part of a list without filters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default, deny_unknown_fields)]
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
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 600)))]
    pub cursor: Option<String>,
}

/// Which entries of a dictionary, in order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default, deny_unknown_fields)]
pub struct EntryQuery {
    /// Only names that begin so, whatever their case and accents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub q: Option<String>,
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
