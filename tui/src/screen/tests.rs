//! Going from screen to screen: what is carried along, and what was under way.

use std::sync::Arc;

use api::expense::ExpenseFilter;
use tempfile::TempDir;

use super::{Screen, expenses::Expenses, insights::Insights};
use crate::{
    book::tests::{date, household, lists, page, row},
    client::fake::FakeApi,
    desk::Desk,
    outbox::Outbox,
    testkit::Harness,
};

struct Bench {
    fake: Arc<FakeApi>,
    desk: Desk,
    /// Goes when the test does.
    _state: TempDir,
}

impl Bench {
    fn new() -> Self {
        let fake = Arc::new(FakeApi::new());
        household(&fake);
        let rows = vec![row(1, "2026-11-20", "48.90", "Rewe", Some(0), Some(2))];
        fake.on("list_expenses", &page(rows));
        let state = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(state.path(), "test").unwrap();
        let desk = Desk::new(fake.clone(), api::currency::Currency::EUR, outbox);
        desk.book.set(lists(&[]));
        Self {
            fake,
            desk,
            _state: state,
        }
    }

    fn open(&self) -> Harness {
        let (expenses, insights) = (self.desk.clone(), self.desk.clone());
        let today = date("2026-11-21");
        Harness::new(80, 24).screens(vec![
            Screen::new("Expenses", move || Expenses::new(expenses, today)),
            Screen::new("Insights", move || Insights::new(insights)),
        ])
    }

    /// What the newest request of an operation asked with.
    fn asked(&self, operation: &str) -> ExpenseFilter {
        let query = self.fake.requests_of(operation).pop().unwrap().query;
        let fields: serde_json::Map<String, serde_json::Value> =
            url::form_urlencoded::parse(query.as_bytes())
                .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
                .collect();
        serde_json::from_value(fields.into()).unwrap()
    }
}

fn days(filter: &ExpenseFilter) -> String {
    format!("{} {}", filter.from.unwrap(), filter.to.unwrap())
}

#[test]
fn insights_takes_over_the_period_and_the_filter_of_expenses_and_gives_its_own_back() {
    let bench = Bench::new();
    let mut app = bench.open();
    app.keys("h/@visa<cr>2");
    let asked = bench.asked("report_compare");
    assert_eq!(days(&asked), "2026-10-01 2026-10-31");
    assert!(asked.account.is_some(), "{asked:?}");
    assert!(
        app.line(2).contains("October 2026") || app.line(2).contains("Oct 2026"),
        "{}",
        app.screen()
    );
    app.keys("hx1");
    let asked = bench.asked("list_expenses");
    assert_eq!(days(&asked), "2026-09-01 2026-09-30");
    assert_eq!(asked.account, None);
    app.keys("l2");
    assert_eq!(days(&bench.asked("report_compare")), "2026-10-01 2026-10-31");
}

#[test]
fn a_switch_that_changes_nothing_asks_for_nothing() {
    let bench = Bench::new();
    let mut app = bench.open();
    app.keys("/from:2026-11-02 to:2026-11-20<cr>2");
    assert_eq!(days(&bench.asked("report_compare")), "2026-11-02 2026-11-20");
    let before = bench.fake.requests().len();
    app.keys("1");
    assert!(app.screen().contains("from:2026-11-02"), "{}", app.screen());
    app.keys("2");
    assert_eq!(bench.fake.requests().len(), before);
}

#[test]
fn rows_behind_a_bar_carry_the_period_of_insights_and_not_their_own() {
    let bench = Bench::new();
    bench
        .fake
        .on("report_compare", &super::insights::tests::november());
    let mut app = bench.open();
    app.keys("2<cr>");
    assert!(app.titles().len() > 1, "{:?}", app.titles());
    assert!(bench.asked("list_expenses").category.is_some());
    app.keys("1");
    assert!(!app.screen().contains("#rent"), "{}", app.screen());
    app.keys("r");
    assert_eq!(bench.asked("list_expenses").category, None);
}
