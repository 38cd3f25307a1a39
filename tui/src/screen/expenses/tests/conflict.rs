//! A row that somebody else changed while its form was open: what each did, who it was, and what is sent.

use super::*;
use api::problem::{Code, Problem};

fn stale(theirs: &Expense) -> ClientError {
    ClientError::refused(Problem {
        code: Code::StaleVersion.as_str().to_owned(),
        status: 412,
        current: serde_json::to_value(theirs).ok(),
        ..Problem::default()
    })
}

/// Rewe, opened in its form, after somebody changed it so.
fn open(theirs: impl FnOnce(&mut Expense)) -> (Bench, Harness) {
    let bench = Bench::shared();
    let mut row = november().remove(1);
    row.paid_by = Some(crate::book::tests::id(10));
    theirs(&mut row);
    row.version = 2;
    bench.fake.fail_once("update_expense", stale(&row));
    let mut change = made_by("update_expense", "updated", &[row]);
    change.by = crate::book::tests::id(10);
    let history = api::page::Page {
        items: vec![change],
        next_cursor: None,
    };
    bench.fake.on("list_expense_history", &history);
    let mut app = bench.open(Harness::new(80, 24));
    app.keys("je");
    (bench, app)
}

fn sent(bench: &Bench) -> (Option<String>, ExpensePatch) {
    let request = bench.fake.requests_of("update_expense").remove(1);
    (request.if_match.clone(), request.body_value().unwrap())
}

#[test]
fn fields_that_do_not_clash_merge_by_one_key() {
    let (bench, mut app) = open(|row| row.note = Some("for the party".to_owned()));
    app.keys("<c-u>50<c-x>");
    assert!(app.screen().contains("By Ben, today 11:05."), "{}", app.screen());
    assert!(
        app.screen().contains("No field was changed by both"),
        "{}",
        app.screen()
    );
    app.keys("<cr>");
    let (version, patch) = sent(&bench);
    assert_eq!(version.as_deref(), Some("\"2\""));
    assert_eq!(
        patch.amount.map(|amount| amount.to_string()).as_deref(),
        Some("50.00")
    );
    assert!(patch.note.is_keep(), "theirs stays");
    assert_eq!(app.titles(), ["Expenses"]);
}

#[test]
fn fields_that_clash_are_chosen_one_by_one() {
    let (bench, mut app) = open(|row| {
        row.amount = api::money::Amount::from_minor(4_950, api::currency::Currency::EUR);
        row.payee = Some("Rewe Mitte".to_owned());
        row.note = Some("for the party".to_owned());
    });
    app.keys("<c-u>50<tab><tab><tab><c-u>Rewe City<c-x>");
    insta::assert_snapshot!("conflict_80x24", app.screen());
    app.keys("<cr>");
    assert_eq!(
        bench.fake.requests_of("update_expense").len(),
        1,
        "nothing is sent yet"
    );
    assert!(
        app.message()
            .unwrap()
            .text
            .starts_with("Both changed it: Amount."),
        "{}",
        app.screen()
    );
    app.keys("t");
    assert!(app.screen().contains("[49.50]"), "{}", app.screen());
    app.keys("m");
    assert!(app.screen().contains("[Rewe City]"), "{}", app.screen());
    app.keys("<c-x>");
    let (_, patch) = sent(&bench);
    assert_eq!(patch.amount, None);
    assert_eq!(patch.payee, api::patch::Patch::Set("Rewe City".to_owned()));
}

#[test]
fn what_both_did_alike_is_no_question() {
    let (bench, mut app) = open(|row| {
        row.amount = api::money::Amount::from_minor(5_000, api::currency::Currency::EUR);
    });
    app.keys("<c-u>50<c-x>");
    assert!(!app.screen().contains("Amount  "), "{}", app.screen());
    app.keys("<cr>");
    assert_eq!(bench.fake.requests_of("update_expense").len(), 1);
}

#[test]
fn a_row_that_somebody_deleted_meanwhile_is_no_conflict_of_fields() {
    let (bench, mut app) = open(|row| row.deleted_at = Some(row.updated_at));
    app.keys("<c-u>50<c-x>");
    let said = app.message().unwrap().text.clone();
    assert!(
        said.contains("Somebody deleted this row") && said.contains(":trash"),
        "{said}"
    );
    assert!(
        app.screen().contains("Edit row") && app.screen().contains("50"),
        "{}",
        app.screen()
    );
    assert_eq!(bench.fake.requests_of("update_expense").len(), 1);
}
