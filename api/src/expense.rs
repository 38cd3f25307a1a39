//! The row of the book: what it looks like on the wire, what creates and changes it, and what is wrong with that by
//! itself, which both ends check before anything is sent or stored. Lists and batches of rows are beside it.

mod batch;
mod check;
mod filter;

pub use batch::{Batch, BatchOperation, BatchResult, BatchVerb};
pub use check::{check_amount, check_transfer};
pub use filter::{ExpenseFilter, ExpenseQuery, check_range};

use crate::currency::Currency;
use crate::date::Date;
use crate::id::{AccountId, CategoryId, ExpenseId, UserId};
use crate::instant::Instant;
use crate::member::MemberRef;
use crate::money::Amount;
use crate::patch::Patch;
use crate::problem::Faults;
use check::{check_pair, check_texts};
use serde::{Deserialize, Serialize};

/// Longest payee, category, account or tag name, in characters.
pub const MAX_NAME: usize = 100;
/// Longest note, in characters; it may hold line feeds.
pub const MAX_NOTE: usize = 2000;
/// Most tags an expense may carry.
pub const MAX_TAGS: usize = 20;
/// Longest external id, in characters.
pub const MAX_EXTERNAL_ID: usize = 200;
/// Most operations in a batch, and most rows in a day sheet.
pub const MAX_BATCH: usize = 500;

/// The sign of a row. The amount itself is always positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Money spent.
    #[default]
    Expense,
    /// Money that came back; it nets its category.
    Refund,
    /// Money earned; shown beside spending, never netted with it.
    Income,
    /// Money moved between accounts; listed and counted apart, in no sum.
    Transfer,
}

impl Kind {
    /// All kinds, in the order of their names in this document.
    pub const ALL: [Self; 4] = [Self::Expense, Self::Refund, Self::Income, Self::Transfer];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expense => "expense",
            Self::Refund => "refund",
            Self::Income => "income",
            Self::Transfer => "transfer",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// An expense, refund, income or transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Expense {
    /// Its id.
    pub id: ExpenseId,
    /// The day it belongs to.
    pub date: Date,
    /// A positive amount with exactly the currency's digits.
    pub amount: Amount,
    /// ISO 4217 code.
    pub currency: Currency,
    /// Which way the money went.
    pub kind: Kind,
    /// Its category; `null` is Uncategorised.
    pub category_id: Option<CategoryId>,
    /// What it was paid with.
    pub account_id: Option<AccountId>,
    /// Transfers only: where the money went; `null` is outside.
    pub to_account_id: Option<AccountId>,
    /// Who was paid, or who paid.
    pub payee: Option<String>,
    /// Names of its tags, in order.
    pub tags: Vec<String>,
    /// Free text.
    pub note: Option<String>,
    /// The member who paid.
    pub paid_by: Option<UserId>,
    /// The bank's own id of this row; unique within the account.
    pub external_id: Option<String>,
    /// Goes up by one with each change; also the `ETag`.
    pub version: i64,
    /// Who recorded it.
    pub created_by: UserId,
    /// When it was recorded.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When it was deleted; `null` while it is not.
    pub deleted_at: Option<Instant>,
}

/// What creates an expense.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct NewExpense {
    /// An id of the client's choice, so that a retry cannot make a second row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ExpenseId>,
    /// The day it belongs to.
    pub date: Date,
    /// A positive amount, at most the currency's digits after the point.
    pub amount: Amount,
    /// ISO 4217 code; the ledger's base currency when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Which way the money went; `expense` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Its category, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// Its category, by name instead of id; `Parent: Child` names a subcategory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 202)))]
    pub category: Option<String>,
    /// What it was paid with, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// What it was paid with, by name instead of id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub account: Option<String>,
    /// Transfers only: where the money went, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_account_id: Option<AccountId>,
    /// Transfers only: where the money went, by name instead of id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub to_account: Option<String>,
    /// Who was paid, or who paid, by name or id; a new name is made on use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub payee: Option<String>,
    /// Tags by name or id; a new name is made on use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", oai(default, validator(max_items = 20)))]
    pub tags: Vec<String>,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 2000)))]
    pub note: Option<String>,
    /// The member who paid, by id or by user name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_by: Option<MemberRef>,
    /// The bank's own id of this row; unique within the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 200)))]
    pub external_id: Option<String>,
    /// True makes a category or account that is named but not there yet, in the same change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", oai(default))]
    pub create_missing: bool,
}

/// What changes an expense: a merge patch (RFC 7396). A field left out stays, `null` clears.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct ExpensePatch {
    /// The day it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// A positive amount, at most the currency's digits after the point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// ISO 4217 code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Which way the money went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Its category, by id.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub category_id: Patch<CategoryId>,
    /// Its category, by name instead of id; `null` clears as it does there.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 202)))]
    pub category: Patch<String>,
    /// What it was paid with, by id.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub account_id: Patch<AccountId>,
    /// What it was paid with, by name instead of id; `null` clears as it does there.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub account: Patch<String>,
    /// Transfers only: where the money went, by id.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub to_account_id: Patch<AccountId>,
    /// Transfers only: where the money went, by name instead of id; `null` clears as it does there.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub to_account: Patch<String>,
    /// Who was paid, or who paid, by name or id.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub payee: Patch<String>,
    /// Its tags, all of them, by name or id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_items = 20)))]
    pub tags: Option<Vec<String>>,
    /// Free text.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 2000)))]
    pub note: Patch<String>,
    /// The member who paid, by id or by user name.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub paid_by: Patch<MemberRef>,
    /// The bank's own id of this row.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 200)))]
    pub external_id: Patch<String>,
    /// True makes a category or account that is named but not there yet, in the same change.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", oai(default))]
    pub create_missing: bool,
}

impl NewExpense {
    /// An expense of that day and amount, and nothing else said.
    pub fn new(date: Date, amount: Amount) -> Self {
        Self {
            id: None,
            date,
            amount,
            currency: None,
            kind: None,
            category_id: None,
            category: None,
            account_id: None,
            account: None,
            to_account_id: None,
            to_account: None,
            payee: None,
            tags: Vec::new(),
            note: None,
            paid_by: None,
            external_id: None,
            create_missing: false,
        }
    }

    /// Finds everything that is wrong with it by itself, given the ledger's base currency.
    pub fn check(&self, base: Currency, faults: &mut Faults) {
        let currency = self.currency.unwrap_or(base);
        check_amount(&self.amount, currency, faults);
        check_pair(
            "category",
            self.category_id.is_some(),
            self.category.is_some(),
            faults,
        );
        check_pair(
            "account",
            self.account_id.is_some(),
            self.account.is_some(),
            faults,
        );
        check_pair(
            "to_account",
            self.to_account_id.is_some(),
            self.to_account.is_some(),
            faults,
        );
        let has_target = self.to_account_id.is_some() || self.to_account.is_some();
        check_transfer(self.kind.unwrap_or_default(), has_target, faults);
        check_texts(
            &[
                ("/category", self.category.as_deref(), 2 * MAX_NAME + 2),
                ("/account", self.account.as_deref(), MAX_NAME),
                ("/to_account", self.to_account.as_deref(), MAX_NAME),
                ("/payee", self.payee.as_deref(), MAX_NAME),
                (
                    "/paid_by",
                    self.paid_by.as_ref().and_then(MemberRef::name),
                    MAX_NAME,
                ),
                ("/external_id", self.external_id.as_deref(), MAX_EXTERNAL_ID),
            ],
            self.note.as_deref(),
            &self.tags,
            faults,
        );
    }
}

impl ExpensePatch {
    /// Finds everything that is wrong with it, given the currency the row has now.
    pub fn check(&self, now: Currency, faults: &mut Faults) {
        if let Some(amount) = &self.amount {
            check_amount(amount, self.currency.unwrap_or(now), faults);
        }
        check_pair(
            "category",
            !self.category_id.is_keep(),
            !self.category.is_keep(),
            faults,
        );
        check_pair(
            "account",
            !self.account_id.is_keep(),
            !self.account.is_keep(),
            faults,
        );
        check_pair(
            "to_account",
            !self.to_account_id.is_keep(),
            !self.to_account.is_keep(),
            faults,
        );
        check_texts(
            &[
                (
                    "/category",
                    self.category.set().map(String::as_str),
                    2 * MAX_NAME + 2,
                ),
                ("/account", self.account.set().map(String::as_str), MAX_NAME),
                ("/to_account", self.to_account.set().map(String::as_str), MAX_NAME),
                ("/payee", self.payee.set().map(String::as_str), MAX_NAME),
                ("/paid_by", self.paid_by.set().and_then(MemberRef::name), MAX_NAME),
                (
                    "/external_id",
                    self.external_id.set().map(String::as_str),
                    MAX_EXTERNAL_ID,
                ),
            ],
            self.note.set().map(String::as_str),
            self.tags.as_deref().unwrap_or_default(),
            faults,
        );
    }
}
