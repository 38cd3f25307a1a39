//! The screen, used as a person would, against a server that answers what it was told to.

use std::sync::Arc;

use api::expense::{Expense, Kind};
use tempfile::TempDir;

use super::*;
use crate::book::Book;
use crate::book::tests::{household, page, row};
use crate::client::fake::FakeApi;
use crate::outbox::Outbox;
use crate::testkit::{Harness, Starter};

pub(super) struct Bench {
    pub(super) fake: Arc<FakeApi>,
    pub(super) desk: Desk,
    /// Goes when the test does.
    pub(super) state: TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
        let fake = Arc::new(FakeApi::new());
        household(&fake);
        fake.on("list_expenses", &page(november()));
        fake.on("report_by_category", &report());
        fake.on("report_summary", &report());
        let state = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(state.path(), "test").unwrap();
        let desk = Desk {
            api: fake.clone(),
            book: Book::new(api::currency::Currency::EUR),
            outbox,
        };
        Self { fake, desk, state }
    }

    pub(super) fn open(&self, starter: Starter) -> Harness {
        let today = "2026-11-21".parse().unwrap();
        starter.open(Expenses::new(self.desk.clone(), today))
    }
}

pub(super) fn november() -> Vec<Expense> {
    let mut rows = vec![
        row(20, "2026-11-21", "129.00", "SNCF Connect", Some(3), Some(1)),
        row(19, "2026-11-20", "48.90", "Rewe", Some(0), Some(2)),
        row(18, "2026-11-20", "6.40", "Café Einstein", Some(1), Some(0)),
        row(17, "2026-11-19", "31.20", "日本食堂", Some(4), Some(1)),
        row(16, "2026-11-18", "35.00", "Amazon", Some(0), Some(1)),
        row(15, "2026-11-16", "200.00", "", None, Some(2)),
        row(14, "2026-11-15", "17.99", "Netflix", None, Some(1)),
        row(13, "2026-11-13", "3000.00", "Salary", None, Some(2)),
        row(12, "2026-11-02", "900.00", "Landlord", Some(2), Some(2)),
    ];
    rows[4].kind = Kind::Refund;
    rows[5].kind = Kind::Transfer;
    rows[5].to_account_id = Some(crate::book::tests::id(203));
    rows[6].currency = api::currency::Currency::parse("USD").unwrap();
    rows[6].note = Some("family plan".to_owned());
    rows[6].tags = vec!["tv".to_owned()];
    rows[7].kind = Kind::Income;
    rows
}

pub(super) fn report() -> Report {
    let total = |currency: &str,
                 spent: &str,
                 refunded: &str,
                 net: &str,
                 income: &str,
                 count: u64,
                 share: Option<&str>| {
        serde_json::json!({ "currency": currency, "spent": spent, "refunded": refunded, "net": net, "income": income,
            "count": count, "income_count": 0, "share": share })
    };
    let category = |key: u128, label: &str, net: &str, share: &str| {
        serde_json::json!({ "key": crate::book::tests::id::<api::id::CategoryId>(100 + key), "label": label,
            "totals": [total("EUR", net, "0.00", net, "0.00", 1, Some(share))], "rows_url": "" })
    };
    let none = serde_json::json!({ "key": "none", "label": "Uncategorised", "rows_url": "",
        "totals": [total("EUR", "0.00", "0.00", "0.00", "3000.00", 1, None), total("USD", "17.99", "0.00", "17.99", "0.00", 1, None)] });
    serde_json::from_value(serde_json::json!({
        "from": "2026-11-01", "to": "2026-11-30", "base_currency": "EUR",
        "rows": [category(2, "Rent", "900.00", "83.28"), category(3, "Travel", "129.00", "11.94"),
            category(1, "Eating out", "37.60", "3.48"), category(0, "Food", "13.90", "1.30"), none],
        "totals": [total("EUR", "1115.50", "35.00", "1080.50", "3000.00", 7, Some("100.00")),
            total("USD", "17.99", "0.00", "17.99", "0.00", 1, Some("100.00"))],
        "transfers": [{ "currency": "EUR", "amount": "200.00", "count": 1 }],
        "rows_url": "", "transfers_url": "",
    }))
    .unwrap()
}

#[test]
fn the_month_is_shown_with_its_rows_and_totals() {
    let bench = Bench::new();
    let app = bench.open(Harness::new(80, 24));
    eprintln!("{}", app.screen());
    assert!(app.line(2).contains("1-30 Nov 2026"), "{}", app.screen());
    assert!(app.screen().contains("Café Einstein"));
}
