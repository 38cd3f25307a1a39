//! Reports: sums of rows by something, one figure a currency, and for every figure the link to its rows.

use crate::balance::Balance;
use crate::currency::Currency;
use crate::date::Date;
use crate::expense::{ExpenseFilter, check_range};
use crate::money::{Share, Total as Sum};
use crate::problem::Faults;
use serde::{Deserialize, Serialize};

/// The sums of one currency. No figure ever adds two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Total {
    /// ISO 4217 code.
    pub currency: Currency,
    /// Sum of expenses.
    pub spent: Sum,
    /// Sum of refunds.
    pub refunded: Sum,
    /// Spent less refunded; negative where more came back.
    pub net: Sum,
    /// Sum of income.
    pub income: Sum,
    /// How many rows: expenses, refunds and income.
    pub count: u64,
    /// How many of them are income.
    pub income_count: u64,
    /// The part of all spending in this currency, in percent with two decimals; the shares of a report sum to
    /// exactly 100.00. `null` where net is not positive, or where parts would overlap.
    pub share: Option<Share>,
}

/// Transfers of one currency, counted apart and in no other sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct TransferTotal {
    /// ISO 4217 code.
    pub currency: Currency,
    /// Sum of the amounts moved.
    pub amount: Sum,
    /// How many transfers.
    pub count: u64,
}

/// One row of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct ReportRow {
    /// What it sums: an id, a month `2026-11`, a day, `none`, or `all`.
    pub key: String,
    /// Its name for people.
    pub label: String,
    /// For a subcategory: the key of its parent.
    pub parent_key: Option<String>,
    /// First day it sums, where the report cuts time.
    pub from: Option<Date>,
    /// Last day it sums, where the report cuts time.
    pub to: Option<Date>,
    /// One entry a currency: the ledger's base first, then by code; where no row is, one of zero in the currency asked
    /// for. A category's include its subcategories'.
    pub totals: Vec<Total>,
    /// By category: the category's own rows, without its subcategories'.
    pub own: Option<Vec<Total>>,
    /// In a comparison: the same over the other period.
    pub before: Option<Vec<Total>>,
    /// The list of exactly the rows that `totals` sum.
    pub rows_url: String,
    /// By category: the list of exactly the rows that `own` sums.
    pub own_rows_url: Option<String>,
    /// In a comparison: the list of exactly the rows that `before` sums.
    pub before_rows_url: Option<String>,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Report {
    /// First day summed; the first row's where the request named none.
    pub from: Option<Date>,
    /// Last day summed; the last row's where the request named none.
    pub to: Option<Date>,
    /// The ledger's base currency.
    pub base_currency: Currency,
    /// The rows: by category, account, payee, member and tag the largest first, subcategories below their parent; by month and
    /// day in order.
    pub rows: Vec<ReportRow>,
    /// Sums over all rows, each counted once.
    pub totals: Vec<Total>,
    /// In a comparison: sums over the other period.
    pub before: Option<Vec<Total>>,
    /// Transfers in the period, apart.
    pub transfers: Vec<TransferTotal>,
    /// By member: who owes whom on even shares, one entry a currency in which there are expenses or refunds.
    pub balances: Option<Vec<Balance>>,
    /// The list of exactly the rows that `totals` sum.
    pub rows_url: String,
    /// In a comparison: the list of exactly the rows that `before` sums.
    pub before_rows_url: Option<String>,
    /// The list of exactly the rows that `transfers` sum.
    pub transfers_url: String,
}

/// By how many percent a figure moved, half away from zero; `None` where there was nothing before, or less than that.
pub fn percent_moved(now: i64, before: i64) -> Option<i64> {
    if before <= 0 {
        return None;
    }
    let (now, before) = (i128::from(now), i128::from(before));
    let twice = (now - before) * 200;
    let rounded = (twice + twice.signum() * before) / (before * 2);
    Some(i64::try_from(rounded).unwrap_or(i64::MAX))
}

/// What a comparison compares with what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct CompareQuery {
    /// Which rows; `from` and `to` are needed.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", oai(flatten))]
    pub filter: ExpenseFilter,
    /// First day of the other period; left out, the period of the same length just before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_from: Option<Date>,
    /// Last day of the other period, inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_to: Option<Date>,
}

impl CompareQuery {
    /// Finds what contradicts itself.
    pub fn check(&self, base: Currency, faults: &mut Faults) {
        self.filter.check(base, faults);
        check_range(self.before_from, self.before_to, faults);
        for (name, value) in [("/from", self.filter.from), ("/to", self.filter.to)] {
            if value.is_none() {
                faults.add(name, "missing", "A comparison needs both ends of its period");
            }
        }
        if self.before_from.is_some() != self.before_to.is_some() {
            faults.add(
                "/before_from",
                "missing",
                "Give both ends of the other period, or neither",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::percent_moved;

    #[test]
    fn a_change_is_rounded_half_away_from_zero() {
        for (now, before, wanted) in [
            (7_350, 10_000, Some(-27)),
            (7_351, 10_000, Some(-26)),
            (12_650, 10_000, Some(27)),
            (10_000, 10_000, Some(0)),
            (1, 0, None),
            (1, -5, None),
        ] {
            assert_eq!(percent_moved(now, before), wanted, "{now} {before}");
        }
    }
}
