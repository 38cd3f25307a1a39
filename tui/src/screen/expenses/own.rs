//! What the rows that are loaded come to, in the form of the server's report: for an adder, who sees own rows and gets
//! no reports. Transfers are counted apart, no sum adds two currencies.

use super::Expenses;
use crate::book::Lists;
use api::category::Category;
use api::currency::Currency;
use api::expense::{Expense, Kind};
use api::id::CategoryId;
use api::money::{Total as Sum, shares};
use api::report::{Report, ReportRow, Total, TransferTotal};
use std::collections::BTreeMap;

/// One currency's sums.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    spent: i64,
    refunded: i64,
    income: i64,
    count: u64,
    income_count: u64,
}

impl Sums {
    fn take(&mut self, kind: Kind, minor: i64) {
        self.count += 1;
        match kind {
            Kind::Expense => self.spent += minor,
            Kind::Refund => self.refunded += minor,
            Kind::Income => {
                self.income += minor;
                self.income_count += 1;
            }
            Kind::Transfer => {}
        }
    }

    fn net(&self) -> i64 {
        self.spent - self.refunded
    }

    fn total(self, currency: Currency) -> Total {
        let sum = |minor| Sum::from_minor(minor, currency);
        Total {
            currency,
            spent: sum(self.spent),
            refunded: sum(self.refunded),
            net: sum(self.net()),
            income: sum(self.income),
            count: self.count,
            income_count: self.income_count,
            share: None,
        }
    }
}

/// The ledger's currency first, then by code.
type ByCurrency = BTreeMap<(bool, Currency), Sums>;

impl Expenses {
    /// Adds up what is loaded.
    pub(super) fn add_up_own(&mut self) {
        self.report = Some(report_of(self.list.rows(), &self.desk.book.lists()));
    }
}

fn report_of<'a>(rows: impl Iterator<Item = &'a Expense>, lists: &Lists) -> Report {
    let mut all = ByCurrency::new();
    let mut of_top: BTreeMap<Option<CategoryId>, ByCurrency> = BTreeMap::new();
    let mut moved: BTreeMap<(bool, Currency), (i64, u64)> = BTreeMap::new();
    for row in rows {
        let place = (row.currency != lists.base, row.currency);
        let minor = row.amount.minor(row.currency).unwrap_or(0);
        if row.kind == Kind::Transfer {
            let sum = moved.entry(place).or_default();
            *sum = (sum.0 + minor, sum.1 + 1);
            continue;
        }
        all.entry(place).or_default().take(row.kind, minor);
        let top = row.category_id.map(|id| top_of(id, &lists.categories));
        let sums = of_top.entry(top).or_default();
        sums.entry(place).or_default().take(row.kind, minor);
    }
    let mut rows: Vec<ReportRow> = of_top
        .into_iter()
        .map(|(id, sums)| report_row(id, &sums, lists))
        .collect();
    let net = |row: &ReportRow| {
        let first = row.totals.iter().find(|total| total.currency == lists.base);
        first.and_then(|total| total.net.minor(lists.base)).unwrap_or(0)
    };
    rows.sort_by_key(|row| std::cmp::Reverse(net(row)));
    for (_, currency) in all.keys() {
        share_out(&mut rows, *currency);
    }
    Report {
        from: None,
        to: None,
        base_currency: lists.base,
        rows,
        totals: totals(&all),
        before: None,
        balances: None,
        transfers: moved
            .into_iter()
            .map(|((_, currency), (minor, count))| TransferTotal {
                currency,
                amount: Sum::from_minor(minor, currency),
                count,
            })
            .collect(),
        rows_url: String::new(),
        before_rows_url: None,
        transfers_url: String::new(),
    }
}

/// The category at the top of its branch.
fn top_of(id: CategoryId, categories: &[Category]) -> CategoryId {
    let found = categories.iter().find(|category| category.id == id);
    found.and_then(|category| category.parent_id).unwrap_or(id)
}

fn totals(sums: &ByCurrency) -> Vec<Total> {
    let each = sums.iter();
    each.map(|((_, currency), sums)| sums.total(*currency)).collect()
}

fn report_row(id: Option<CategoryId>, sums: &ByCurrency, lists: &Lists) -> ReportRow {
    ReportRow {
        key: id.map_or_else(|| "none".to_owned(), |id| id.to_string()),
        label: id
            .map_or("Uncategorised", |id| lists.category_name(id))
            .to_owned(),
        parent_key: None,
        from: None,
        to: None,
        totals: totals(sums),
        own: None,
        before: None,
        rows_url: String::new(),
        own_rows_url: None,
        before_rows_url: None,
    }
}

fn share_out(rows: &mut [ReportRow], currency: Currency) {
    let mut of_currency: Vec<&mut Total> = rows
        .iter_mut()
        .flat_map(|row| &mut row.totals)
        .filter(|total| total.currency == currency)
        .collect();
    let nets: Vec<i64> = of_currency
        .iter()
        .map(|total| total.net.minor(currency).unwrap_or(0))
        .collect();
    for (total, share) in of_currency.iter_mut().zip(shares(&nets)) {
        total.share = share;
    }
}
