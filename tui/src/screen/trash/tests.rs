//! The screen over a server that answers what it was told to.

use super::*;
use crate::book::tests::page;
use crate::screen::expenses::tests::{Bench, november};
use crate::testkit::Harness;

fn deleted() -> Vec<Expense> {
    let mut rows = november();
    let at = [
        "2026-11-21T10:00:00Z",
        "2026-11-21T10:30:00Z",
        "2026-11-18T08:00:00Z",
    ];
    for (row, at) in rows.iter_mut().zip(at) {
        row.deleted_at = at.parse().ok();
    }
    rows.truncate(3);
    rows
}

/// Opened over the list, whose lists of names are there by then.
fn open(rows: Vec<Expense>) -> (Bench, Harness) {
    let bench = Bench::new();
    drop(bench.open(Harness::new(80, 24)));
    bench.fake.on("list_expenses", &page(rows));
    let app = Harness::new(80, 24).open(Trash::new(bench.desk.clone()));
    (bench, app)
}

#[test]
fn the_latest_deletion_stands_first_and_a_row_comes_back_by_one_key() {
    let (bench, mut app) = open(deleted());
    insta::assert_snapshot!("trash_80x24", app.screen());
    let asked = bench.fake.requests_of("list_expenses").pop().unwrap();
    assert_eq!(asked.query, "limit=200&only_deleted=true");
    bench.fake.on("list_expenses", &page(deleted().split_off(2)));
    app.keys("<cr>");
    let sent = bench.fake.requests_of("restore_expense").remove(0);
    assert_eq!(sent.path, format!("/expenses/{}/restore", november()[1].id));
    assert_eq!(app.message().unwrap().text, "Back again: 48.90 Rewe, Fri 20 Nov.");
    assert!(!app.screen().contains("48.90  "), "{}", app.screen());
}

#[test]
fn an_empty_trash_and_one_that_cannot_be_loaded_say_so() {
    let (bench, app) = open(Vec::new());
    assert!(
        app.screen().contains("Nothing is deleted here"),
        "{}",
        app.screen()
    );
    bench
        .fake
        .fail("list_expenses", crate::client::fake::unreachable());
    let app = Harness::new(80, 24).open(Trash::new(bench.desk.clone()));
    assert!(app.screen().contains("No server answers"), "{}", app.screen());
}
