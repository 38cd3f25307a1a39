//! What the money was for: at most two levels; archived, not deleted, while in use.

use crate::expense::MAX_NAME;
use crate::id::{CategoryId, EntryId, OperationId};
use crate::instant::Instant;
use crate::patch::Patch;
use crate::problem::Faults;
use crate::text::check_name;
use serde::{Deserialize, Serialize};

/// A category of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Its name, unique under its parent whatever its case and accents.
    pub name: String,
    /// The category it belongs under; `null` at the top.
    pub parent_id: Option<CategoryId>,
    /// True where it is kept for old rows but not offered for new ones.
    pub is_archived: bool,
    /// Goes up by one with each change; also the `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// What creates a category.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    /// An id of the client's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CategoryId>,
    /// Its name, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub name: String,
    /// The category it belongs under, which must be at the top itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<CategoryId>,
}

/// What changes a category: a merge patch (RFC 7396).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields, default)]
pub struct CategoryPatch {
    /// Its name, 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub name: Option<String>,
    /// True archives it, false brings it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_archived: Option<bool>,
    /// Moves it under another one; `null` brings it to the top.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub parent_id: Patch<CategoryId>,
}

impl NewCategory {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        if let Err(fault) = check_name(&self.name, MAX_NAME) {
            faults.add("/name", fault.code(), fault.to_string());
        }
    }
}

impl CategoryPatch {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        if let Some(Err(fault)) = self.name.as_deref().map(|name| check_name(name, MAX_NAME)) {
            faults.add("/name", fault.code(), fault.to_string());
        }
    }
}

/// Where the rows of a dictionary entry go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The entry that takes over all rows; the merged one is deleted.
    pub into_id: EntryId,
}

/// Where the rows of a category go, and whether the category itself stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields, default)]
pub struct Reassign {
    /// The category that takes over all rows; `null` makes them Uncategorised.
    pub to_id: Option<CategoryId>,
    /// True deletes the category once it has no rows left; only while it has no subcategories.
    #[cfg_attr(feature = "openapi", oai(default))]
    pub delete: bool,
}

/// What a merge or a reassignment did, or how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct OperationResult {
    /// The operation that history shows and undo takes back.
    pub operation_id: OperationId,
    /// Rows moved.
    pub moved: u64,
    /// False where the rest is carried out in the background.
    pub is_done: bool,
}
