//! Insights in sessions of keys against a server that answers what a test tells it to.

use std::sync::Arc;

use api::{
    currency::Currency,
    expense::ExpenseFilter,
    money::{Share, Total as Sum},
    report::{Report, ReportRow, Total, TransferTotal},
};

use super::*;
use crate::{
    book::RowsChanged,
    client::{
        Api,
        fake::{FakeApi, refusal, unreachable},
    },
    outbox::Outbox,
    testkit::Harness,
};

mod drill;
mod live;
mod members;
mod sessions;

pub(super) fn cur(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

/// (spent, refunded, income) in minor units.
pub(super) fn total(code: &str, sums: (i64, i64, i64), counts: (u64, u64)) -> Total {
    let currency = cur(code);
    let sum = |minor| Sum::from_minor(minor, currency);
    Total {
        currency,
        spent: sum(sums.0),
        refunded: sum(sums.1),
        net: sum(sums.0 - sums.1),
        income: sum(sums.2),
        count: counts.0 + counts.1,
        income_count: counts.1,
        share: None,
    }
}

pub(super) fn eur(spent: i64) -> Total {
    total("EUR", (spent, 0, 0), (u64::from(spent != 0), 0))
}

pub(super) fn row(
    key: &str,
    label: &str,
    parent: Option<&str>,
    now: Vec<Total>,
    then: Vec<Total>,
) -> ReportRow {
    ReportRow {
        key: key.to_owned(),
        label: label.to_owned(),
        parent_key: parent.map(str::to_owned),
        from: None,
        to: None,
        totals: now,
        own: None,
        before: Some(then),
        own_rows_url: None,
        before_rows_url: None,
        rows_url: format!(
            "/v1/ledgers/default/expenses?from=2026-11-01&to=2026-11-30&category={key}&kind=expense,refund,income"
        ),
    }
}

fn share(mut total: Total, hundredths: u16) -> Vec<Total> {
    total.share = Share::from_hundredths(hundredths);
    vec![total]
}

pub(super) fn report(rows: Vec<ReportRow>, totals: Vec<Total>, before: Option<Vec<Total>>) -> Report {
    Report {
        from: "2026-11-01".parse().ok(),
        to: "2026-11-30".parse().ok(),
        base_currency: Currency::EUR,
        rows,
        totals,
        before,
        before_rows_url: None,
        transfers: Vec::new(),
        balances: None,
        rows_url: String::new(),
        transfers_url: String::new(),
    }
}

/// A month as a household has it: a refund that outweighs its category, subcategories, dollars.
pub(crate) fn november() -> Report {
    let rows = vec![
        row("rent", "Rent", None, share(eur(90_000), 4_885), vec![eur(90_000)]),
        row("food", "Food", None, share(eur(61_200), 3_321), vec![eur(50_000)]),
        row(
            "groc",
            "Groceries",
            Some("food"),
            vec![eur(52_480)],
            vec![eur(45_000)],
        ),
        row(
            "eat",
            "Eating out",
            Some("food"),
            vec![eur(8_720)],
            vec![eur(5_000)],
        ),
        row(
            "trav",
            "Travel",
            None,
            share(eur(21_955), 1_192),
            vec![eur(31_364)],
        ),
        row(
            "util",
            "Utilities",
            None,
            share(eur(8_410), 457),
            vec![eur(8_410)],
        ),
        row("jp", "日本食堂", None, share(eur(2_665), 145), vec![]),
        row(
            "house",
            "Household",
            None,
            vec![total("EUR", (1_000, 3_500, 0), (2, 0))],
            vec![eur(4_000)],
        ),
        row(
            "usd",
            "Books",
            None,
            vec![total("USD", (12_000, 0, 0), (4, 0))],
            vec![],
        ),
    ];
    let mut november = report(
        rows,
        vec![
            total("EUR", (185_230, 3_500, 300_000), (61, 1)),
            total("USD", (12_000, 0, 0), (4, 0)),
        ],
        Some(vec![total("EUR", (183_774, 0, 300_000), (40, 1))]),
    );
    november.transfers = vec![TransferTotal {
        currency: Currency::EUR,
        amount: Sum::from_minor(20_000, Currency::EUR),
        count: 2,
    }];
    november
}

/// Twelve months up to November 2026, the first two of them empty.
pub(super) fn year() -> Report {
    let spent = [
        0, 0, 120_000, 98_050, 143_010, 110_000, 0, 131_200, 99_900, 120_500, 170_000, 184_230,
    ];
    let mut month: api::date::Month = "2025-12".parse().unwrap();
    let calendar = Calendar::default();
    let mut rows = Vec::new();
    for spent in spent {
        let (from, to) = calendar.month_range(month);
        let totals = if spent == 0 {
            vec![]
        } else {
            vec![total("EUR", (spent, 0, 300_000), (9, 1))]
        };
        rows.push(ReportRow {
            label: month.words(),
            from: Some(from),
            to: Some(to),
            before: None,
            rows_url: format!("/v1/ledgers/default/expenses?from={from}&to={to}&kind=expense,refund,income"),
            ..row(&month.to_string(), "", None, totals, vec![])
        });
        month = month.next();
    }
    report(rows, vec![total("EUR", (1_176_890, 0, 2_700_000), (90, 9))], None)
}

pub(super) fn fake() -> Arc<FakeApi> {
    let fake = FakeApi::new();
    fake.on("report_compare", &november());
    fake.on("report_by_month", &year());
    Arc::new(fake)
}

thread_local! {
    /// Folders of this test's desks; they go when the test's thread does.
    static FOLDERS: std::cell::RefCell<Vec<tempfile::TempDir>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// A desk with nothing on it but a server.
pub(super) fn desk(api: Arc<dyn Api>) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Outbox::open(folder.path(), "test").unwrap();
    FOLDERS.with_borrow_mut(|folders| folders.push(folder));
    Desk::new(api, Currency::EUR, outbox)
}

pub(super) fn insights(fake: &Arc<FakeApi>) -> Insights {
    Insights::new(desk(fake.clone()))
}

pub(super) fn open(fake: &Arc<FakeApi>) -> Harness {
    Harness::new(80, 24).open(insights(fake))
}

/// The filter that a request asked with.
pub(super) fn asked(query: &str) -> ExpenseFilter {
    rows::filter_of(&format!("?{query}")).unwrap()
}
