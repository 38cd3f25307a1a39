//! From a bar to its rows and back.

use api::page::Page;
use serde_json::json;

use super::*;

fn rows(count: usize, cursor: Option<&str>) -> Page<api::expense::Expense> {
    let row = |n: usize| {
        json!({
            "id": api::id::ExpenseId::new(), "date": "2026-11-20", "amount": "48.90", "currency": "EUR",
            "kind": "expense", "payee": format!("Rewe {n}"), "tags": [], "version": 1,
            "created_by": api::id::UserId::new(), "created_at": "2026-11-21T12:00:00Z",
            "updated_at": "2026-11-21T12:00:00Z",
        })
    };
    let items: Vec<_> = (0..count).map(row).collect();
    serde_json::from_value(json!({"items": items, "next_cursor": cursor})).unwrap()
}

#[test]
fn enter_lists_exactly_the_rows_of_the_bar_and_esc_comes_back_to_it() {
    let fake = fake();
    fake.on("list_expenses", &rows(3, None));
    let mut app = open(&fake);
    app.keys("j<cr>");
    insta::assert_snapshot!("rows_behind_a_bar", app.screen());
    let filter = asked(&fake.requests_of("list_expenses").pop().unwrap().query);
    assert_eq!(filter.category.as_deref(), Some("food"));
    assert_eq!(filter.from, "2026-11-01".parse().ok());
    assert_eq!(filter.kind.as_deref(), Some("expense,refund"));
    assert_eq!(filter.currency, Some(Currency::EUR));
    app.keys("<esc>");
    assert_eq!(app.titles(), ["Insights"]);
    assert!(app.line(5).starts_with("> Food"), "{}", app.screen());
}

#[test]
fn income_bars_lead_to_income_rows_of_their_month() {
    let fake = fake();
    fake.on("list_expenses", &rows(1, None));
    let mut app = open(&fake);
    app.keys("bmonth<cr>ik<cr>");
    let filter = asked(&fake.requests_of("list_expenses").pop().unwrap().query);
    assert_eq!(filter.kind.as_deref(), Some("income"));
    assert_eq!(filter.from, "2026-10-01".parse().ok());
    assert_eq!(filter.to, "2026-10-31".parse().ok());
}

#[test]
fn a_long_list_is_loaded_as_it_is_scrolled() {
    let fake = fake();
    fake.once("list_expenses", &rows(200, Some("c1")));
    fake.on("list_expenses", &rows(50, None));
    let mut app = open(&fake);
    app.keys("<cr>");
    assert_eq!(app.with(|list: &mut rows::RowList| list.loaded()), Some(200));
    app.keys("j");
    assert_eq!(fake.requests_of("list_expenses").len(), 1, "the end is far away");
    app.keys("G");
    assert_eq!(app.with(|list: &mut rows::RowList| list.loaded()), Some(250));
    assert!(fake.requests_of("list_expenses")[1].query.contains("cursor=c1"));
}

#[test]
fn a_bar_of_the_period_before_only_has_no_rows_to_show() {
    let fake = fake();
    let gone = vec![row("gone", "Gone", None, vec![], vec![eur(500)])];
    fake.on("report_compare", &report(gone, vec![], Some(vec![eur(500)])));
    let mut app = open(&fake);
    app.keys("<cr>");
    assert_eq!(app.titles(), ["Insights"]);
    assert!(app.message().unwrap().text.contains("Gone has no rows"));
}

#[test]
fn rows_that_cannot_be_had_say_why() {
    let fake = fake();
    fake.fail("list_expenses", unreachable());
    let mut app = open(&fake);
    app.keys("<cr>");
    assert!(app.screen().contains("r tries again."), "{}", app.screen());
}
