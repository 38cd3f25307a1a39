//! A day that somebody else changed meanwhile.

use super::*;
use crate::book::RowsChanged;
use crate::live::LiveChanges;

/// The day after somebody raised the first row, wrote a note on the second, deleted the fourth and
/// added a ninth.
fn theirs() -> Vec<Expense> {
    let mut rows = eight();
    rows[0].amount = api::money::Amount::from_minor(4_950, Currency::EUR);
    rows[0].version = 2;
    rows[1].note = Some("with Ana".to_owned());
    rows[1].version = 2;
    rows.remove(3);
    rows.push(row(9, "2026-11-20", "9.00", "Ana's bakery", Some(0), Some(0)));
    rows
}

#[test]
fn a_stale_save_shows_mine_and_theirs_by_row_and_loses_nothing() {
    let bench = Bench::new();
    bench
        .fake
        .fail_once("update_day", refused(Code::StaleVersion, &[]));
    let mut app = bench.open();
    bench.fake.once_tagged("get_day", &day(theirs()), "\"8-new\"");
    app.keys("50<esc>j<tab><tab><tab>eX<esc><s-tab><s-tab><s-tab>jj36<esc>");
    app.keys("<c-x>");
    insta::assert_snapshot!("day_conflict_80x24", app.screen());
    assert!(
        app.screen().contains("Amount: mine 50, theirs 49.50"),
        "{}",
        app.screen()
    );
    assert!(
        app.screen().contains("with Ana"),
        "what nobody typed over is theirs"
    );
    assert!(app.screen().contains("Ana's bakery"));
    assert!(
        app.screen().contains("deleted elsewhere; ^x adds it again"),
        "{}",
        app.screen()
    );
    assert!(
        app.message()
            .unwrap()
            .text
            .contains("1 row added, 2 changed, 1 deleted elsewhere. ^x saves."),
        "{:?}",
        app.message()
    );
    bench.fake.on("update_day", &saved(vec![], vec![], vec![]));
    app.keys("<c-x>");
    assert_eq!(bench.sent()[1].if_match.as_deref(), Some("\"8-new\""));
    let update = bench.update();
    assert_eq!(update.rows.len(), 9, "theirs survives, mine is made again");
    assert_eq!(update.rows[0].fields.amount.as_ref().unwrap().as_str(), "50.00");
    assert!(update.rows[8].is_new);
    assert_eq!(update.rows[8].fields.amount.as_ref().unwrap().as_str(), "36.00");
    assert_eq!(update.rows[8].fields.kind, Some(Kind::Refund));
    assert_eq!(update.rows[8].fields.payee.set().unwrap(), "Amazon");
    assert_ne!(bench.sent()[0].key, bench.sent()[1].key);
}

#[test]
fn u_takes_theirs() {
    let bench = Bench::new();
    bench
        .fake
        .fail_once("update_day", refused(Code::StaleVersion, &[]));
    let mut app = bench.open();
    bench.fake.once_tagged("get_day", &day(theirs()), "\"8-new\"");
    app.keys("50<esc><c-x>u");
    assert!(app.line(4).contains("49.50"), "{}", app.screen());
    assert!(!app.screen().contains("mine"), "{}", app.screen());
}

#[test]
fn changes_elsewhere_come_in_under_what_is_typed() {
    let bench = Bench::new();
    let mut app = bench.open();
    app.keys("jjj<esc>2");
    bench.fake.once_tagged("get_day", &day(theirs()), "\"8-new\"");
    app.poster().change(crate::fx::Change::new(LiveChanges {
        is_all: true,
        ..LiveChanges::default()
    }));
    app.settle();
    assert!(app.screen().contains("added elsewhere"), "{}", app.screen());
    assert!(app.screen().contains("changed elsewhere"), "{}", app.screen());
    assert!(
        app.message().unwrap().text.starts_with("Changed elsewhere"),
        "{:?}",
        app.message()
    );
}

#[test]
fn what_was_done_in_this_app_is_not_told_as_somebody_elses() {
    let bench = Bench::new();
    let mut app = bench.open();
    bench.fake.once_tagged("get_day", &day(theirs()), "\"8-new\"");
    let added = row(9, "2026-11-20", "9.00", "", None, None);
    app.poster().change(RowsChanged::change(vec![], vec![added]));
    app.settle();
    assert!(!app.screen().contains("elsewhere"), "{}", app.screen());
    assert_eq!(app.message(), None);
    assert!(app.screen().contains("Ana's bakery"), "{}", app.screen());
}

#[test]
fn changes_of_other_days_are_not_looked_at() {
    let bench = Bench::new();
    let mut app = bench.open();
    let before = bench.fake.requests_of("get_day").len();
    app.poster().change(RowsChanged::change(
        vec![],
        vec![row(9, "2026-11-01", "9.00", "", None, None)],
    ));
    app.settle();
    assert_eq!(bench.fake.requests_of("get_day").len(), before);
}

#[test]
fn a_new_row_that_is_there_already_is_no_twin() {
    let bench = Bench::new();
    bench.fake.fail_once("update_day", unreachable());
    let mut app = bench.open();
    app.keys("a3.50<tab>food<esc><c-x>");
    let sent = bench.update().rows.pop().unwrap();
    let mut there = row(9, "2026-11-20", "3.50", "", Some(0), None);
    there.id = sent.id.unwrap();
    let mut after = eight();
    after.push(there);
    bench.fake.once_tagged("get_day", &day(after), "\"9-new\"");
    app.keys("r");
    assert!(app.screen().contains("9 rows"), "{}", app.screen());
    assert!(!app.screen().contains("saves all"), "{}", app.screen());
}

#[test]
fn a_day_that_somebody_else_changed_says_who_and_keeps_what_is_typed() {
    use crate::live::samples::{added, elsewhere};
    let bench = Bench::new();
    let mut app = bench.open();
    bench.fake.once_tagged("get_day", &day(theirs()), "\"8-new\"");
    app.keys("50<esc>");
    let mut live = added("9.00 EUR Ana's bakery");
    live.change.rows[1].fields = vec![api::change::FieldChange {
        field: "date".to_owned(),
        before: None,
        after: Some("2026-11-20".into()),
    }];
    let mut other = live.clone();
    other.change.rows[1].fields[0].after = Some("2026-11-19".into());
    let asked = bench.fake.requests_of("get_day").len();
    app.poster()
        .change(crate::fx::Change::new(elsewhere(vec![other])));
    app.settle();
    assert_eq!(bench.fake.requests_of("get_day").len(), asked, "another day");
    app.poster().change(crate::fx::Change::new(elsewhere(vec![live])));
    app.settle();
    let said = &app.message().unwrap().text;
    assert!(said.starts_with("ana changed this day: 1 row added"), "{said}");
    assert!(
        app.screen().contains("Amount: mine 50, theirs 49.50"),
        "{}",
        app.screen()
    );
}
