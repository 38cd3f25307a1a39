//! Who was paid, or who paid: a dictionary of the ledger, made on use.

use crate::expense::MAX_NAME;
use crate::id::PayeeId;
use crate::instant::Instant;
use crate::problem::Faults;
use crate::text::check_name;
use serde::{Deserialize, Serialize};

/// A payee of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Payee {
    /// Its id.
    pub id: PayeeId,
    /// Its name, unique in the ledger whatever its case and accents.
    pub name: String,
    /// True where it is kept for old rows but not offered for new ones.
    pub is_archived: bool,
    /// Goes up by one with each change; also the `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// What creates a payee.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct NewPayee {
    /// An id of the client's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<PayeeId>,
    /// Its name, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub name: String,
}

/// What changes a payee: a merge patch (RFC 7396).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields, default)]
pub struct PayeePatch {
    /// Its name, 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub name: Option<String>,
    /// True archives it, false brings it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_archived: Option<bool>,
}

impl NewPayee {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        if let Err(fault) = check_name(&self.name, MAX_NAME) {
            faults.add("/name", fault.code(), fault.to_string());
        }
    }
}

impl PayeePatch {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        if let Some(Err(fault)) = self.name.as_deref().map(|name| check_name(name, MAX_NAME)) {
            faults.add("/name", fault.code(), fault.to_string());
        }
    }
}
