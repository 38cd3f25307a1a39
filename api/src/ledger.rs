//! One set of books: its name, its base currency, and how its months and weeks are cut.

use crate::currency::Currency;
use crate::expense::MAX_NAME;
use crate::id::LedgerId;
use crate::instant::Instant;
use crate::member::Role;
use crate::problem::Faults;
use crate::text::check_line;
use serde::{Deserialize, Serialize};

/// A ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Ledger {
    /// Its id.
    pub id: LedgerId,
    /// Its name.
    pub name: String,
    /// The currency of rows that name none; listed first in every report.
    pub base_currency: Currency,
    /// The day a month begins on, 1 to 31, clamped to the month's last day.
    pub month_start_day: u8,
    /// The day a week begins on, 1 (Monday) to 7 (Sunday), ISO 8601.
    pub week_start: u8,
    /// What you may do in it.
    pub role: Role,
    /// Goes up by one with each change in the ledger, without gaps.
    pub rev: i64,
    /// Goes up by one with each change of these settings; also the `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When its settings were last changed.
    pub updated_at: Instant,
}

/// Most ledgers that somebody may own.
pub const MAX_LEDGERS: u64 = 100;

/// What makes a ledger. It begins with the usual categories and accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct NewLedger {
    /// An id of the client's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<LedgerId>,
    /// Its name, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub name: String,
    /// The currency of rows that name none.
    pub base_currency: Currency,
    /// The day a month begins on, 1 to 31; 1 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        oai(validator(minimum(value = "1"), maximum(value = "31")))
    )]
    pub month_start_day: Option<u8>,
    /// The day a week begins on, 1 (Monday) to 7 (Sunday); 1 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        oai(validator(minimum(value = "1"), maximum(value = "7")))
    )]
    pub week_start: Option<u8>,
    /// True leaves out the categories and accounts that a ledger begins with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", oai(default))]
    pub is_bare: bool,
}

impl NewLedger {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        if let Err(fault) = check_line(&self.name, MAX_NAME) {
            faults.add("/name", fault.code(), fault.to_string());
        }
    }
}

/// What changes a ledger: a merge patch (RFC 7396).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields, default)]
pub struct LedgerPatch {
    /// Its name, 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub name: Option<String>,
    /// The currency of rows that name none. Rows recorded before keep theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_currency: Option<Currency>,
    /// The day a month begins on, 1 to 31.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        oai(validator(minimum(value = "1"), maximum(value = "31")))
    )]
    pub month_start_day: Option<u8>,
    /// The day a week begins on, 1 (Monday) to 7 (Sunday).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        oai(validator(minimum(value = "1"), maximum(value = "7")))
    )]
    pub week_start: Option<u8>,
}

impl LedgerPatch {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        if let Some(Err(fault)) = self.name.as_deref().map(|name| check_line(name, MAX_NAME)) {
            faults.add("/name", fault.code(), fault.to_string());
        }
    }
}
