//! Going from screen to screen: what is carried along, and what was under way.

use std::sync::Arc;

use api::{
    day::{Day, DaySaved},
    expense::{Expense, ExpenseFilter},
    problem::{Code, Problem},
};
use tempfile::TempDir;

use super::{Screen, expenses::Expenses, insights::Insights};
use crate::{
    book::tests::{date, household, lists, page, row},
    client::{ClientError, fake::FakeApi},
    desk::Desk,
    keymap::Action,
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
        fake.on("report_compare", &super::insights::tests::november());
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
    let mut app = bench.open();
    app.keys("2<cr>");
    assert!(app.titles().len() > 1, "{:?}", app.titles());
    assert!(bench.asked("list_expenses").category.is_some());
    app.keys("1");
    assert!(!app.screen().contains("#rent"), "{}", app.screen());
    app.keys("r");
    assert_eq!(bench.asked("list_expenses").category, None);
}

fn day(row: Expense) -> Day {
    Day {
        date: row.date,
        rows: vec![row],
    }
}

/// The day sheet of the row, with its amount typed over and the save on its way.
fn saving(bench: &Bench) -> Harness {
    let stored = row(1, "2026-11-20", "48.90", "Rewe", Some(0), Some(2));
    bench.fake.once_tagged("get_day", &day(stored), "\"1-a\"");
    let mut app = bench.open();
    app.keys("o50<esc>").hold().keys("<c-x>");
    app
}

#[test]
fn a_day_that_is_saved_while_the_screen_is_left_is_told_and_shown_and_offered_no_more() {
    let bench = Bench::new();
    let mut stored = row(1, "2026-11-20", "50.00", "Rewe", Some(0), Some(2));
    stored.version = 2;
    bench.fake.on(
        "update_day",
        &DaySaved {
            date: date("2026-11-20"),
            rev: 8,
            created: vec![],
            updated: vec![stored.clone()],
            deleted: vec![],
        },
    );
    let mut app = saving(&bench);
    app.act(Action::Screen2).release();
    assert_eq!(app.titles(), ["Insights"]);
    let said = app.message().unwrap().text.clone();
    assert!(said.starts_with("Saved Fri 20 Nov: 1 changed."), "{said}");
    app.keys("1");
    assert!(app.screen().contains("50.00"), "{}", app.screen());
    bench.fake.on("get_day", &day(stored));
    app.keys("o");
    assert!(app.screen().contains("50.00"), "{}", app.screen());
    assert!(!app.screen().contains("saves all"), "{}", app.screen());
    assert!(bench.desk.outbox.take_drafts().unwrap().is_empty());
}

#[test]
fn a_day_that_is_refused_after_the_screen_was_left_is_told_and_offered_again() {
    let bench = Bench::new();
    let stale = Problem {
        code: Code::StaleVersion.as_str().to_owned(),
        status: Code::StaleVersion.status(),
        ..Problem::default()
    };
    bench.fake.fail_once("update_day", ClientError::refused(stale));
    let mut app = saving(&bench);
    app.act(Action::Screen1).release();
    assert_eq!(app.titles(), ["Expenses"]);
    let said = app.message().unwrap().text.clone();
    assert!(
        said.contains("Fri 20 Nov was not saved: it was changed elsewhere"),
        "{said}"
    );
    let mut theirs = row(1, "2026-11-20", "49.90", "Rewe", Some(0), Some(2));
    theirs.version = 2;
    bench.fake.once_tagged("get_day", &day(theirs), "\"2-b\"");
    app.keys("o");
    assert!(app.screen().contains("mine 50, theirs 49.90"), "{}", app.screen());
    assert!(app.screen().contains("saves all"), "{}", app.screen());
}

#[test]
fn another_day_is_offered_at_once_while_one_is_still_being_saved() {
    let bench = Bench::new();
    let day = |date: &str, rows| Day {
        date: self::date(date),
        rows,
    };
    let rows = vec![row(1, "2026-11-20", "48.90", "Rewe", Some(0), Some(2))];
    bench
        .fake
        .once_tagged("get_day", &day("2026-11-20", rows.clone()), "\"1-a\"");
    bench
        .fake
        .once_tagged("get_day", &day("2026-11-21", vec![]), "\"0-a\"");
    bench
        .fake
        .once_tagged("get_day", &day("2026-11-20", rows), "\"1-a\"");
    let mut app = bench.open();
    app.keys("o]a7<esc>[50<esc>")
        .hold()
        .keys("<c-x>")
        .act(Action::Screen2);
    assert_eq!(app.titles(), ["Insights"]);
    assert!(bench.desk.drafts.has("day 2026-11-21"));
    assert!(!bench.desk.drafts.has("day 2026-11-20"));
    app.release();
    // Nobody took it: it lies in the outbox, and not beside it.
    assert_eq!(bench.desk.outbox.unsent().len(), 1);
    assert!(!bench.desk.drafts.has("day 2026-11-20"));
}

#[test]
fn a_day_that_the_server_cannot_take_waits_and_goes_once_when_it_is_back() {
    let bench = Bench::new();
    let mut app = saving(&bench);
    app.release();
    assert!(
        app.message()
            .unwrap()
            .text
            .starts_with("Kept here, not sent yet: day Fri 20 Nov."),
        "{:?}",
        app.message()
    );
    assert_eq!(bench.desk.outbox.counts().unwrap(), (1, 0), "no draft besides");
    app.keys("<c-x>");
    assert!(
        app.message().unwrap().text.contains("w lists it"),
        "{:?}",
        app.message()
    );
    app.keys("<esc>");
    assert!(app.message().is_none(), "{:?}", app.message());
    assert!(app.screen().contains("50.00"), "{}", app.screen());
    let mut stored = row(1, "2026-11-20", "50.00", "Rewe", Some(0), Some(2));
    stored.version = 2;
    let saved = DaySaved {
        date: date("2026-11-20"),
        rev: 8,
        created: vec![],
        updated: vec![stored.clone()],
        deleted: vec![],
    };
    bench.fake.on("update_day", &saved);
    app.poster()
        .change(crate::fx::Change::new(crate::waiting::ServerBack));
    app.settle();
    let sent = bench.fake.requests_of("update_day");
    assert_eq!((sent.len(), sent[0].key), (2, sent[1].key));
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 0));
    assert_eq!(bench.desk.waiting.count(), 0);
    bench.fake.once_tagged("get_day", &day(stored), "\"2-b\"");
    app.keys("o");
    assert!(!app.screen().contains("saves all"), "{}", app.screen());
}

#[test]
fn a_day_that_was_refused_while_nobody_looked_is_a_sheet_to_mend() {
    let bench = Bench::new();
    let mut app = saving(&bench);
    app.release().keys("<esc>");
    let stale = Problem {
        code: Code::StaleVersion.as_str().to_owned(),
        status: Code::StaleVersion.status(),
        title: Code::StaleVersion.title().to_owned(),
        ..Problem::default()
    };
    bench.fake.fail_once("update_day", ClientError::refused(stale));
    app.poster()
        .change(crate::fx::Change::new(crate::waiting::ServerBack));
    app.settle();
    assert!(
        app.message().unwrap().text.contains("w lists it"),
        "{:?}",
        app.message()
    );
    let mut theirs = row(1, "2026-11-20", "49.90", "Rewe", Some(0), Some(2));
    theirs.version = 2;
    bench.fake.once_tagged("get_day", &day(theirs), "\"2-b\"");
    app.keys("e");
    assert!(app.screen().contains("mine 50, theirs 49.90"), "{}", app.screen());
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 1), "a draft again");
}
