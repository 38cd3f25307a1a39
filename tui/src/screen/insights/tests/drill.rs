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
    assert_eq!(app.titles(), ["Insights", "Expenses"]);
    assert!(app.screen().contains("Rewe 1"), "{}", app.screen());
    let filter = rows_asked(&fake);
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
    let filter = rows_asked(&fake);
    assert_eq!(filter.kind.as_deref(), Some("income"));
    assert_eq!(filter.from, "2026-10-01".parse().ok());
    assert_eq!(filter.to, "2026-10-31".parse().ok());
}

#[test]
fn a_filter_on_the_way_to_the_rows_is_in_words() {
    let fake = fake();
    let mut app = open(&fake);
    app.keys("j");
    let view = app.with(|screen: &mut Insights| {
        let (view, shown) = (screen.view.clone().unwrap(), screen.shown.as_ref().unwrap());
        let line = screen.chosen().unwrap();
        rows::rows_view(line, &view, shown, Currency::EUR, &screen.desk.book.lists()).unwrap()
    });
    let view = view.unwrap();
    assert_eq!(view.filter_text, "#Food kind:expense,refund cur:eur");
    assert_eq!(view.period, Period::Month("2026-11".parse().unwrap()));
}

#[test]
fn a_bar_of_the_period_before_only_leads_to_the_rows_of_that_period() {
    let fake = fake();
    fake.on("list_expenses", &rows(1, None));
    let mut gone = row("gone", "Gone", None, vec![], vec![eur(500)]);
    gone.before_rows_url = Some(
        "/v1/ledgers/default/expenses?from=2026-10-01&to=2026-10-31&category=gone&kind=expense,refund"
            .to_owned(),
    );
    fake.on(
        "report_compare",
        &report(vec![gone], vec![], Some(vec![eur(500)])),
    );
    let mut app = open(&fake);
    assert!(app.line(4).contains("-100%"), "{}", app.screen());
    app.keys("<cr>");
    assert_eq!(rows_asked(&fake).from, "2026-10-01".parse().ok());
    assert_eq!(app.titles(), ["Insights", "Expenses"]);
}

#[test]
fn a_month_without_rows_leads_nowhere_and_says_so() {
    let fake = fake();
    let mut app = open(&fake);
    app.keys("bmonth<cr>g<cr>");
    assert_eq!(app.titles(), ["Insights"]);
    assert!(
        app.message().unwrap().text.contains("Dec 2025 has no rows"),
        "{:?}",
        app.message()
    );
}

#[test]
fn what_a_parent_has_besides_its_subcategories_is_a_line_among_them() {
    let fake = fake();
    fake.on("list_expenses", &rows(1, None));
    let mut with_own = november();
    with_own.rows[1].own = Some(vec![eur(1_000)]);
    with_own.rows[1].own_rows_url = Some(format!("{}&category_only=true", with_own.rows[1].rows_url));
    with_own.rows[2].totals = vec![eur(51_480)];
    fake.on("report_compare", &with_own);
    let mut app = open(&fake);
    app.keys("j ");
    assert!(
        app.line(8).contains("Food itself") && app.line(8).contains("10.00"),
        "{}",
        app.screen()
    );
    app.keys("jjj<cr>");
    let filter = rows_asked(&fake);
    assert_eq!(
        (filter.category.as_deref(), filter.category_only),
        (Some("food"), Some(true))
    );
}

#[test]
fn rows_that_cannot_be_had_say_why() {
    let fake = fake();
    fake.fail("list_expenses", unreachable());
    let mut app = open(&fake);
    app.keys("<cr>");
    assert!(
        app.message().unwrap().text.contains("No server answers"),
        "{}",
        app.screen()
    );
}

/// What the list behind a bar was asked with.
fn rows_asked(fake: &FakeApi) -> ExpenseFilter {
    let mut requests = fake.requests_of("list_expenses").into_iter();
    asked(
        &requests
            .find(|request| request.query.contains("kind="))
            .unwrap()
            .query,
    )
}
