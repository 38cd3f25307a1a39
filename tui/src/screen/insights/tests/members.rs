//! By who paid: only where several share the books, with who owes whom below.

use super::*;
use crate::balance::tests::balance;
use crate::book::tests::{household, id, page, share as share_among};
use api::id::UserId;

fn key(number: u128) -> String {
    id::<UserId>(number).to_string()
}

fn paid(number: u128, label: &str, spent: i64) -> ReportRow {
    let key = key(number);
    ReportRow {
        before: None,
        rows_url: format!(
            "/v1/ledgers/default/expenses?from=2026-11-01&to=2026-11-30&paid_by={key}&kind=expense,refund,income"
        ),
        ..row(&key, label, None, vec![eur(spent)], Vec::new())
    }
}

/// Ana and Ben, one who left, and rows with nobody named.
fn report_of_members() -> Report {
    let mut none = paid(0, "Nobody named", 2_300);
    none.key = "none".to_owned();
    none.rows_url = "/x?from=2026-11-01&to=2026-11-30&paid_by=none&kind=expense,refund,income".to_owned();
    let rows = vec![
        paid(9, "Ana", 81_240),
        paid(10, "Ben", 50_310),
        paid(99, "Cleo", 500),
        none,
    ];
    let mut report = report(rows, vec![eur(134_350)], None);
    report.balances = Some(vec![balance(
        &[(81_240, 65_775), (50_310, 65_775)],
        &[(10, 9, 15_465)],
        2_300,
    )]);
    report
}

/// Books that the first so many people share, with the lists loaded.
fn opened(people: usize, size: (u16, u16)) -> (Arc<FakeApi>, Harness) {
    let (fake, _, app) = opened_at_a_desk(people, size);
    (fake, app)
}

fn opened_at_a_desk(people: usize, size: (u16, u16)) -> (Arc<FakeApi>, Desk, Harness) {
    let fake = fake();
    household(&fake);
    fake.on("list_expenses", &page(Vec::<api::expense::Expense>::new()));
    fake.on("report_by_member", &report_of_members());
    let desk = desk(fake.clone());
    share_and_load(&fake, &desk, people);
    let app = Harness::new(size.0, size.1).open(Insights::new(desk.clone()));
    (fake, desk, app)
}

fn share_and_load(fake: &Arc<FakeApi>, desk: &Desk, people: usize) {
    share_among(fake, people);
    let lists = crate::book::load(fake.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    desk.book.set(runtime.block_on(lists).unwrap());
}

#[test]
fn by_member_has_a_bar_each_and_who_owes_whom_below() {
    let (_fake, mut app) = opened(2, (80, 24));
    app.keys("bmember<cr>");
    insta::assert_snapshot!("by_member_80x24", app.screen());
    assert!(
        app.screen()
            .contains("Ana 812.40, Ben 503.10: Ben owes Ana 154.65"),
        "{}",
        app.screen()
    );
    app.keys("v");
    insta::assert_snapshot!("by_member_table_80x24", app.screen());
    // What is earned is nothing to settle.
    app.keys("vi");
    assert!(!app.screen().contains("owes"), "{}", app.screen());
}

#[test]
fn short_names_leave_the_heading_whole() {
    let (fake, mut app) = opened(2, (80, 24));
    let mut report = report_of_members();
    report.rows.truncate(2);
    fake.on("report_by_member", &report);
    app.keys("bmember<cr>");
    assert!(app.line(3).starts_with("  Paid by"), "{}", app.screen());
}

#[test]
fn a_book_of_one_person_is_not_cut_by_member() {
    let (_fake, mut app) = opened(1, (80, 24));
    app.keys("b");
    assert!(
        app.screen().contains("by tag") && !app.screen().contains("by member"),
        "{}",
        app.screen()
    );
    // What stands where the members would is what is chosen.
    app.keys("tag<cr>");
    assert!(app.line(2).contains("by tag"), "{}", app.screen());
}

#[test]
fn when_the_others_have_left_it_is_by_category_again() {
    let (fake, desk, mut app) = opened_at_a_desk(2, (80, 24));
    app.keys("bmember<cr>");
    share_and_load(&fake, &desk, 1);
    app.poster().change(Change::new(crate::book::BookChanged));
    app.settle();
    assert!(app.line(2).contains("by category"), "{}", app.screen());
    assert!(
        app.screen().contains("Food") && !app.screen().contains("owes"),
        "{}",
        app.screen()
    );
}

#[test]
fn a_bar_leads_to_the_rows_that_a_member_paid() {
    for (downs, paid_by, words) in [
        (1, key(10), "by:ben".to_owned()),
        (2, key(99), format!("by:{}", key(99))),
        (3, "none".to_owned(), "by:none".to_owned()),
    ] {
        let (fake, mut app) = opened(2, (100, 24));
        app.keys("bmember<cr>");
        let order = ["Ana", "Ben", "Nobody named", "Cleo"];
        let wanted = ["Ana", "Ben", "Cleo", "Nobody named"][downs];
        let place = order.iter().position(|label| *label == wanted).unwrap();
        app.keys(&"j".repeat(place)).keys("<cr>");
        let query = fake.requests_of("list_expenses").pop().unwrap().query;
        assert_eq!(asked(&query).paid_by.as_deref(), Some(paid_by.as_str()));
        assert!(app.screen().contains(&words), "{}", app.screen());
    }
}

#[test]
fn a_balance_among_many_takes_three_lines_at_most() {
    let (fake, mut app) = opened(2, (60, 24));
    let mut report = report_of_members();
    let balances = report.balances.as_mut().unwrap();
    let member = balances[0].members[0].clone();
    for n in 0..40 {
        let mut member = member.clone();
        member.name = format!("Somebody {n}");
        balances[0].members.push(member);
    }
    fake.on("report_by_member", &report);
    app.keys("bmember<cr>");
    let said: Vec<String> = app
        .lines()
        .into_iter()
        .filter(|line| line.contains("Somebody "))
        .collect();
    assert_eq!(said.len(), 3, "{}", app.screen());
    assert!(said[2].ends_with('…'), "{}", said[2]);
}
