//! What is listed: periods, filters, orders, pages, empty views, late answers.

use super::*;
use crate::client::fake::unreachable;
use api::page::Page;

fn open() -> (Bench, Harness) {
    let bench = Bench::new();
    let app = bench.open(Harness::new(80, 24));
    (bench, app)
}

fn last_query(bench: &Bench) -> String {
    bench.fake.requests_of("list_expenses").pop().unwrap().query
}

#[test]
fn the_month_is_shown_with_its_rows_and_totals() {
    let (bench, app) = open();
    insta::assert_snapshot!(app.screen());
    assert!(last_query(&bench).contains("limit=200"));
    let list = bench.fake.requests_of("list_expenses");
    assert!(
        list.iter()
            .any(|request| request.query.contains("from=2026-11-01"))
    );
    assert!(app.style_of("+3,000.00").fg.is_some(), "income has its colour");
    assert!(app.style_of("-35.00").fg.is_some(), "a refund has its colour");
    assert!(
        app.style_of("900.00")
            .fg
            .is_none_or(|color| color == ratatui::style::Color::Reset)
    );
}

#[test]
fn a_pane_beside_the_table_has_the_categories_from_120_columns() {
    let bench = Bench::new();
    let app = bench.open(Harness::new(140, 40));
    insta::assert_snapshot!(app.screen());
    assert!(app.screen().contains("not in it: USD 17.99"));
    let narrow = bench.open(Harness::new(119, 40));
    assert!(!narrow.screen().contains("By category"));
}

#[test]
fn keys_go_through_time_and_keep_its_measure() {
    let (bench, mut app) = open();
    app.keys("h");
    assert!(last_query(&bench).contains("from=2026-10-01") && last_query(&bench).contains("to=2026-10-31"));
    assert!(app.line(2).contains("1-31 Oct 2026"), "{}", app.line(2));
    app.keys("lpw");
    assert!(app.line(2).contains("16-22 Nov 2026"), "{}", app.line(2));
    app.keys("pd");
    assert!(app.line(2).contains("Sat 21 Nov 2026"), "{}", app.line(2));
    app.keys("py");
    assert!(app.line(2).starts_with(" 2026 "), "{}", app.line(2));
    app.keys("pmhht");
    assert!(app.line(2).contains("1-30 Nov 2026"));
    app.keys("T28/2<cr>");
    assert!(app.line(2).contains("1-28 Feb 2026"), "{}", app.screen());
}

#[test]
fn a_chosen_period_refuses_to_run_backwards() {
    let (bench, mut app) = open();
    app.keys("pc<c-u>2026-11-20<tab><c-u>2026-11-03<c-x>");
    assert!(
        app.screen().contains("The period ends before it begins"),
        "{}",
        app.screen()
    );
    app.keys("<c-u>2026-12-24<c-x>");
    assert!(app.line(2).contains("20 Nov - 24 Dec 2026"), "{}", app.line(2));
    assert!(last_query(&bench).contains("to=2026-12-24"));
}

#[test]
fn a_filter_narrows_rows_and_sums_and_its_faults_stop_it() {
    let (bench, mut app) = open();
    let before = bench.fake.requests().len();
    app.keys("/#fod >20");
    assert_eq!(bench.fake.requests().len(), before, "typing asked the server");
    app.keys("<cr>");
    assert!(
        app.screen().contains("No category is called fod"),
        "{}",
        app.screen()
    );
    assert!(
        app.style_of("fod")
            .add_modifier
            .contains(ratatui::style::Modifier::UNDERLINED)
    );
    app.keys("<c-u>#foo >20 rewe<cr>");
    let query = last_query(&bench);
    assert!(
        query.contains("category=Food") && query.contains("min=20.00") && query.contains("q=rewe"),
        "{query}"
    );
    assert!(app.line(2).contains("#foo >20 rewe"));
    let report = bench.fake.requests_of("report_by_category").pop().unwrap().query;
    assert!(report.contains("category=Food"), "{report}");
    app.keys("x");
    assert!(!last_query(&bench).contains("category"));
    assert!(!app.line(2).contains("#foo"));
}

#[test]
fn an_empty_view_names_keys_and_numbers() {
    let (bench, mut app) = open();
    bench.fake.on("list_expenses", &page(Vec::<Expense>::new()));
    app.keys("l");
    assert!(
        app.screen()
            .contains("No rows in December. a adds, h November (9)"),
        "{}",
        app.screen()
    );
    app.keys("/#food<cr>");
    assert!(
        app.screen()
            .contains("No rows in December for #food. x clears the filter, h November (9)"),
        "{}",
        app.screen()
    );
}

#[test]
fn pages_are_loaded_as_far_as_it_is_looked() {
    let bench = Bench::new();
    let rows = |from: u128| {
        (0..200)
            .map(|n| row(5000 - from - n, "2026-11-10", "1.00", "x", None, None))
            .collect::<Vec<_>>()
    };
    let paged = |from, next: Option<&str>| Page {
        items: rows(from),
        next_cursor: next.map(str::to_owned),
    };
    // The lists' own look at the latest rows comes second.
    bench.fake.once("list_expenses", &paged(0, Some("two")));
    bench.fake.on("list_expenses", &page(november()));
    let mut app = bench.open(Harness::new(80, 24));
    assert_eq!(bench.fake.requests_of("list_expenses").len(), 2);
    bench.fake.once("list_expenses", &paged(200, Some("three")));
    bench.fake.on("list_expenses", &paged(400, None));
    app.keys("jjjj");
    assert_eq!(
        bench.fake.requests_of("list_expenses").len(),
        2,
        "nothing is asked for before it is near"
    );
    app.keys("<c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d><c-d>");
    assert!(
        last_query(&bench).contains("cursor=two"),
        "{}",
        last_query(&bench)
    );
    assert_eq!(bench.fake.requests_of("list_expenses").len(), 3);
    // The last row is the last one there is, not the last one loaded.
    app.keys("G");
    assert_eq!(bench.fake.requests_of("list_expenses").len(), 4);
    assert!(app.line(20).starts_with('>'), "{}", app.screen());
    let end = app.screen();
    app.keys("jG");
    assert_eq!(
        (app.screen(), bench.fake.requests_of("list_expenses").len()),
        (end, 4)
    );
    assert!(!app.screen().contains('…'), "{}", app.screen());
    app.keys("g");
    assert!(app.line(4).starts_with('>'));
}

#[test]
fn another_order_is_asked_for_and_named() {
    let (bench, mut app) = open();
    app.keys("s");
    assert!(last_query(&bench).contains("sort=-amount"));
    assert!(
        app.line(2).contains("by amount, largest first"),
        "{}",
        app.line(2)
    );
    app.keys("S");
    assert!(last_query(&bench).contains("sort=amount"));
}

#[test]
fn old_rows_stay_while_loading_and_when_the_server_is_gone() {
    let (bench, mut app) = open();
    app.hold().keys("h").wait(301);
    assert!(app.line(0).contains("loading 1-31 Oct 2026"), "{}", app.line(0));
    assert!(app.screen().contains("SNCF Connect"));
    app.release();
    bench.fake.fail("list_expenses", unreachable());
    app.keys("h");
    assert!(app.screen().contains("SNCF Connect"));
    assert!(app.message().unwrap().text.contains("nobody is there"));
    assert!(
        app.line(2).contains("1-31 Oct 2026"),
        "what is shown is named for what it is: {}",
        app.line(2)
    );
}

#[test]
fn a_late_answer_to_an_older_question_is_dropped() {
    let (_bench, mut app) = open();
    app.hold().keys("hhhll").release();
    assert!(app.line(2).contains("1-31 Oct 2026"), "{}", app.line(2));
}

#[test]
fn a_server_that_was_never_there_is_named_with_what_to_do() {
    let bench = Bench::new();
    bench.fake.fail("list_expenses", unreachable());
    bench.fake.fail("get_ledger", unreachable());
    let mut app = bench.open(Harness::new(80, 24));
    assert!(app.screen().contains("r tries again"), "{}", app.screen());
    bench.fake.on("list_expenses", &page(november()));
    household(&bench.fake);
    app.poster().change(Change::new(ServerBack));
    app.settle();
    assert!(app.screen().contains("SNCF Connect"), "{}", app.screen());
}

#[test]
fn a_month_that_begins_on_another_day_is_asked_for_once_that_is_known() {
    let bench = Bench::new();
    let mut ledger = crate::book::tests::ledger();
    ledger.month_start_day = 25;
    bench.fake.on("get_ledger", &ledger);
    let app = bench.open(Harness::new(80, 24));
    assert!(app.line(2).contains("25 Oct - 24 Nov 2026"), "{}", app.line(2));
    assert!(last_query(&bench).contains("from=2026-10-25"));
}
