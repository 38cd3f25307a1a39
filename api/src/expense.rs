//! The row of the book: what it looks like on the wire, what creates and changes it, what a list can ask for,
//! and the rules that both ends check before anything is sent or stored.

use crate::currency::Currency;
use crate::date::Date;
use crate::id::{AccountId, CategoryId, ExpenseId, UserId};
use crate::instant::Instant;
use crate::member::MemberRef;
use crate::money::Amount;
use crate::patch::Patch;
use crate::problem::Faults;
use crate::text::{check_line, check_name, check_note};
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
    /// Who was paid, or who paid; made on use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub payee: Option<String>,
    /// Names of tags; made on use.
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
    /// Who was paid, or who paid.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub payee: Patch<String>,
    /// Names of its tags, all of them.
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

/// What a list of expenses, a report or an export can ask for. Every filter narrows; left out, it does not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct ExpenseFilter {
    /// First day, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// A category by id or name, with its subcategories; `none` is Uncategorised.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 202)))]
    pub category: Option<String>,
    /// True leaves the subcategories of `category` out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category_only: Option<bool>,
    /// An account by id or name, on either side of a transfer; `none` is no account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub account: Option<String>,
    /// A payee by id or name; `none` is no payee.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub payee: Option<String>,
    /// A tag by id or name; `none` is no tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub tag: Option<String>,
    /// Words; each must begin a word of the payee, a tag or the note, whatever its case and accents.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 200)))]
    pub q: Option<String>,
    /// Smallest amount, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Amount>,
    /// Largest amount, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Amount>,
    /// Kinds, comma between: `expense,refund`; `none` alone is no row at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        oai(validator(
            pattern = "^(none|(expense|refund|income|transfer)(,(expense|refund|income|transfer)){0,3})$",
            max_length = 40
        ))
    )]
    pub kind: Option<String>,
    /// ISO 4217 code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The member who paid, by id or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub paid_by: Option<String>,
    /// True lists deleted rows too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_deleted: Option<bool>,
}

/// A list: its filter, its order, and where in it the page begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct ExpenseQuery {
    /// Which rows.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", oai(flatten))]
    pub filter: ExpenseFilter,
    /// In which order, how many, from where.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", oai(flatten))]
    pub paging: Paging,
}

/// The order of a list and where in it the page begins.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct Paging {
    /// `-date` (newest first, the default) or `date`; `amount`, `payee`, `category`, `created`, each also with a
    /// minus for descending, over at most 20,000 rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        oai(validator(pattern = "^-?(date|amount|payee|category|created)$"))
    )]
    pub sort: Option<String>,
    /// How many rows, 1 to 200; 50 when left out.
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

/// Several changes, all or nothing, in one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Up to 500 operations, carried out in this order.
    #[cfg_attr(feature = "openapi", oai(validator(min_items = 1, max_items = 500)))]
    pub operations: Vec<BatchOperation>,
}

/// What an operation of a batch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum BatchVerb {
    /// Makes `expense`.
    Create,
    /// Applies `patch` to `id`.
    Update,
    /// Deletes `id`.
    Delete,
    /// Brings the deleted `id` back.
    Restore,
}

/// One operation of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct BatchOperation {
    /// What to do.
    pub op: BatchVerb,
    /// Which row; not for `create`, whose id is in `expense`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ExpenseId>,
    /// The version it must still have; left out, any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The row to make; `create` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expense: Option<NewExpense>,
    /// The change; `update` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<ExpensePatch>,
}

/// The rows of a batch as they are after it, one for each operation, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct BatchResult {
    /// The ledger's revision that this batch is.
    pub rev: i64,
    /// The rows, deleted ones with `deleted_at`. A row that an operation left as it was is not among them.
    pub items: Vec<Expense>,
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

impl ExpenseFilter {
    /// Finds what contradicts itself: a reversed period, a smallest amount above the largest.
    pub fn check(&self, base: Currency, faults: &mut Faults) {
        check_range(self.from, self.to, faults);
        let currency = self.currency.unwrap_or(base);
        let bound = |amount: &Option<Amount>, pointer: &str, faults: &mut Faults| {
            let amount = amount.as_ref()?;
            amount
                .minor(currency)
                .map_err(|error| faults.add(pointer, error.code(), error.to_string()))
                .ok()
        };
        let min = bound(&self.min, "/min", faults);
        let max = bound(&self.max, "/max", faults);
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            faults.add(
                "/max",
                "reversed",
                "The largest amount is below the smallest - swap them",
            );
        }
    }

    /// The kinds asked for; `None` where none is named, which means all.
    pub fn kinds(&self) -> Option<Vec<Kind>> {
        self.kind
            .as_deref()
            .map(|kinds| kinds.split(',').filter_map(Kind::from_word).collect())
    }
}

impl BatchOperation {
    /// Finds fields that do not go with the operation.
    pub fn check(&self, faults: &mut Faults) {
        let (id, expense, patch) = match self.op {
            BatchVerb::Create => (false, true, false),
            BatchVerb::Update => (true, false, true),
            BatchVerb::Delete | BatchVerb::Restore => (true, false, false),
        };
        for (name, wanted, given) in [
            ("id", id, self.id.is_some()),
            ("expense", expense, self.expense.is_some()),
            ("patch", patch, self.patch.is_some()),
        ] {
            match (wanted, given) {
                (true, false) => faults.add(
                    format!("/{name}"),
                    "missing",
                    format!("This operation needs `{name}`"),
                ),
                (false, true) => {
                    faults.add(
                        format!("/{name}"),
                        "not-here",
                        format!("This operation takes no `{name}`"),
                    );
                }
                _ => {}
            }
        }
    }
}

/// Finds a period that ends before it begins.
pub fn check_range(from: Option<Date>, to: Option<Date>, faults: &mut Faults) {
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        faults.add(
            "/to",
            "reversed",
            format!("The period ends before it begins - swap {from} and {to}"),
        );
    }
}

/// Finds an amount that the currency cannot hold.
pub fn check_amount(amount: &Amount, currency: Currency, faults: &mut Faults) {
    if let Err(error) = amount.minor(currency) {
        faults.add("/amount", error.code(), error.to_string());
    }
}

/// Finds a target account on what is not a transfer.
pub fn check_transfer(kind: Kind, has_target: bool, faults: &mut Faults) {
    if has_target && kind != Kind::Transfer {
        faults.add(
            "/to_account_id",
            "transfer-only",
            "Only a transfer has an account it goes to - set kind to transfer",
        );
    }
}

fn check_pair(name: &str, by_id: bool, by_name: bool, faults: &mut Faults) {
    if by_id && by_name {
        faults.add(
            format!("/{name}"),
            "twice",
            format!("Give {name}_id or {name}, not both"),
        );
    }
}

fn check_texts(
    lines: &[(&str, Option<&str>, usize)],
    note: Option<&str>,
    tags: &[String],
    faults: &mut Faults,
) {
    for (pointer, text, max) in lines {
        let check = if *pointer == "/external_id" {
            check_line
        } else {
            check_name
        };
        if let Some(Err(fault)) = text.map(|text| check(text, *max)) {
            faults.add(*pointer, fault.code(), fault.to_string());
        }
    }
    if let Some(Err(fault)) = note.map(|note| check_note(note, MAX_NOTE)) {
        faults.add("/note", fault.code(), fault.to_string());
    }
    if tags.len() > MAX_TAGS {
        faults.add("/tags", "too-many", format!("At most {MAX_TAGS} tags"));
    }
    for (index, tag) in tags.iter().enumerate() {
        if let Err(fault) = check_name(tag, MAX_NAME) {
            faults.add(format!("/tags/{index}"), fault.code(), fault.to_string());
        }
    }
}
