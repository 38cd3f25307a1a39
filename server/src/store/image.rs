//! What a row was before and after a change: the images that the log keeps and that every answer is made from, so
//! that a replay reads the same as the first answer. The JSON here is stored for years: fields are only added.

use crate::error::{AppError, Result};
use api::account::{Account, AccountKind};
use api::category::Category;
use api::currency::Currency;
use api::date::Date;
use api::expense::{Expense, Kind};
use api::instant::Instant;
use api::ledger::Ledger;
use api::member::Role;
use api::money::Amount;
use api::payee::Payee;
use api::tag::Tag;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A dictionary entry by id and the name it had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// Its name first, so that lists sort by it.
    pub name: String,
    /// Its id.
    pub id: Uuid,
}

/// An expense as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpenseImage {
    pub id: Uuid,
    pub date: Date,
    pub amount_minor: i64,
    pub currency: Currency,
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_account_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<Named>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Named>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_by: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    pub version: i64,
    pub created_by: Uuid,
    pub created_at: Instant,
    pub updated_at: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Instant>,
}

impl From<ExpenseImage> for Expense {
    fn from(image: ExpenseImage) -> Self {
        Self {
            id: image.id.into(),
            date: image.date,
            amount: Amount::from_minor(image.amount_minor, image.currency),
            currency: image.currency,
            kind: image.kind,
            category_id: image.category_id.map(Into::into),
            account_id: image.account_id.map(Into::into),
            to_account_id: image.to_account_id.map(Into::into),
            payee: image.payee.map(|payee| payee.name),
            tags: image.tags.into_iter().map(|tag| tag.name).collect(),
            note: image.note,
            paid_by: image.paid_by.map(Into::into),
            external_id: image.external_id,
            version: image.version,
            created_by: image.created_by.into(),
            created_at: image.created_at,
            updated_at: image.updated_at,
            deleted_at: image.deleted_at,
        }
    }
}

/// A category, account, payee or tag as it stood. Only categories have a parent, only accounts have marks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryImage {
    pub id: Uuid,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountMarks>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_archived: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_deleted: bool,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// What an account has beside its name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountMarks {
    pub kind: AccountKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iban: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acctid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_ends: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<Uuid>,
}

impl EntryImage {
    /// A fresh entry.
    pub fn new(id: Uuid, name: String, at: Instant) -> Self {
        Self {
            id,
            name,
            parent_id: None,
            account: None,
            is_archived: false,
            is_deleted: false,
            version: 1,
            created_at: at,
            updated_at: at,
        }
    }
}

impl From<EntryImage> for Category {
    fn from(image: EntryImage) -> Self {
        let EntryImage {
            id,
            name,
            parent_id,
            is_archived,
            version,
            created_at,
            updated_at,
            ..
        } = image;
        let parent_id = parent_id.map(Into::into);
        Self {
            id: id.into(),
            name,
            parent_id,
            is_archived,
            version,
            created_at,
            updated_at,
        }
    }
}

impl From<EntryImage> for Account {
    fn from(image: EntryImage) -> Self {
        let AccountMarks {
            kind,
            iban,
            acctid,
            card_ends,
            owner_id,
        } = image.account.unwrap_or_default();
        let EntryImage {
            id,
            name,
            is_archived,
            version,
            created_at,
            updated_at,
            ..
        } = image;
        Self {
            id: id.into(),
            name,
            kind,
            iban,
            acctid,
            card_ends,
            owner: owner_id.map(Into::into),
            is_archived,
            version,
            created_at,
            updated_at,
        }
    }
}

impl From<EntryImage> for Payee {
    fn from(image: EntryImage) -> Self {
        let EntryImage {
            id,
            name,
            is_archived,
            version,
            created_at,
            updated_at,
            ..
        } = image;
        Self {
            id: id.into(),
            name,
            is_archived,
            version,
            created_at,
            updated_at,
        }
    }
}

impl From<EntryImage> for Tag {
    fn from(image: EntryImage) -> Self {
        let EntryImage {
            id,
            name,
            is_archived,
            version,
            created_at,
            updated_at,
            ..
        } = image;
        Self {
            id: id.into(),
            name,
            is_archived,
            version,
            created_at,
            updated_at,
        }
    }
}

/// A ledger's settings as they stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerImage {
    pub id: Uuid,
    pub name: String,
    pub base_currency: Currency,
    pub month_start_day: u8,
    pub week_start: u8,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl LedgerImage {
    /// The ledger as somebody in that role sees it, at a revision.
    pub fn seen(self, rev: i64, role: Role) -> Ledger {
        let Self {
            id,
            name,
            base_currency,
            month_start_day,
            week_start,
            version,
            created_at,
            updated_at,
        } = self;
        Ledger {
            id: id.into(),
            name,
            base_currency,
            month_start_day,
            week_start,
            role,
            rev,
            version,
            created_at,
            updated_at,
        }
    }
}

/// Reads a stored currency code.
pub fn currency(code: &str) -> Result<Currency> {
    Currency::parse(code).ok_or_else(|| AppError::Internal("stored currency is unknown".into()))
}

/// Reads a stored kind.
pub fn kind(word: &str) -> Result<Kind> {
    Kind::from_word(word).ok_or_else(|| AppError::Internal("stored kind is unknown".into()))
}
