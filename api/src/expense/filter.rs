//! What a list of rows, a report or an export can ask for: a filter, an order, a page. The one-line form of a filter is
//! elsewhere.

use super::Kind;
use crate::currency::Currency;
use crate::date::Date;
use crate::money::Amount;
use crate::page::PageQuery;
use crate::problem::Faults;
use serde::{Deserialize, Serialize};

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
    /// Smallest amount, inclusive, in `currency`, or else in the base currency of the ledger; rows in others are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Amount>,
    /// Largest amount, inclusive, in the same currency as `min`.
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
    /// ISO 4217 code: rows in that currency alone, and what `min` and `max` are in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The member who paid, by id or user name, also one who left; `none` is nobody named.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 100)))]
    pub paid_by: Option<String>,
    /// True lists deleted rows too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include_deleted: Option<bool>,
    /// True lists deleted rows alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_deleted: Option<bool>,
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
    /// `-date` (newest first, the default) or `date`; `amount`, `payee`, `category`, `created`, each also with a
    /// minus for descending, over at most 20,000 rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        oai(validator(pattern = "^-?(date|amount|payee|category|created)$"))
    )]
    pub sort: Option<String>,
    /// Which part of it.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", oai(flatten))]
    pub page: PageQuery,
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
