//! What is shown, and what the keys change.

use ratatui::style::{Color, Modifier};

use super::*;

#[test]
fn by_category_at_80x24() {
    insta::assert_snapshot!("by_category_80x24", open(&fake()).screen());
}

#[test]
fn by_category_at_140x40() {
    let app = Harness::new(140, 40).open(insights(&fake()));
    insta::assert_snapshot!("by_category_140x40", app.screen());
}

#[test]
fn by_category_in_mono_and_ascii() {
    let app = Harness::new(80, 24).mono().ascii().open(insights(&fake()));
    let shown = app.screen().replace("日本食堂", "");
    assert!(shown.is_ascii(), "{shown}");
    insta::assert_snapshot!("by_category_mono_ascii", app.screen());
}

#[test]
fn the_table_says_the_same_and_more() {
    let mut app = open(&fake());
    app.keys("v");
    insta::assert_snapshot!("by_category_table_80x24", app.screen());
    app.resize(140, 40);
    insta::assert_snapshot!("by_category_table_140x40", app.screen());
    app.keys("v");
    assert!(app.screen().contains('█'));
}

#[test]
fn by_month_the_newest_is_last_and_said_to_be_partial() {
    let fake = fake();
    let mut app = open(&fake);
    app.keys("bmonth<cr>");
    insta::assert_snapshot!("by_month_80x24", app.screen());
    assert!(app.line(15).contains("Nov 2026"), "{}", app.screen());
    assert!(app.line(15).starts_with('>') && app.line(15).contains("21 of 30 days"));
    let request = fake.requests_of("report_by_month").pop().unwrap();
    let filter = super::asked(&request.query);
    assert_eq!(filter.from, "2025-12-01".parse().ok());
    assert_eq!(filter.to, "2026-11-30".parse().ok());
    app.resize(140, 40);
    insta::assert_snapshot!("by_month_140x40", app.screen());
    app.keys("v");
    insta::assert_snapshot!("by_month_table_140x40", app.screen());
}

#[test]
fn the_average_leaves_out_empty_months_before_the_first_and_the_one_that_is_not_over() {
    let mut app = open(&fake());
    app.keys("bmonth<cr>");
    // 120000 98050 143010 110000 0 131200 99900 120500 170000 over nine months.
    assert!(app.screen().contains("average 1,102.96"), "{}", app.screen());
}

#[test]
fn i_goes_through_spending_income_and_net() {
    let mut app = open(&fake());
    app.keys("bmonth<cr>i");
    assert!(app.line(2).contains("by month, income"), "{}", app.line(2));
    assert!(app.line(15).contains("3,000.00"));
    app.keys("i");
    assert!(app.line(2).contains("income less spending"));
    assert!(app.line(15).contains("1,157.70"), "{}", app.line(15));
    app.keys("i");
    assert!(app.line(15).contains("1,842.30"));
}

#[test]
fn a_change_from_twenty_percent_on_is_bold_and_a_smaller_one_is_not() {
    let app = open(&fake());
    assert!(
        app.style_of("+22%").add_modifier.contains(Modifier::BOLD),
        "{}",
        app.screen()
    );
    assert!(app.style_of("-30%").add_modifier.contains(Modifier::BOLD));
    assert!(!app.style_of("0%").add_modifier.contains(Modifier::BOLD));
}

#[test]
fn all_bars_have_one_accent_and_what_came_back_has_marks_of_its_own() {
    let app = open(&fake());
    let bar = app.find("██").unwrap();
    assert_eq!(app.style_at(bar.x, bar.y).fg, Some(Color::Cyan));
    assert_eq!(app.style_at(bar.x, bar.y + 1).fg, Some(Color::Cyan));
    let line = app
        .lines()
        .iter()
        .position(|line| line.contains("Household"))
        .unwrap();
    let text = app.line(u16::try_from(line).unwrap());
    assert!(text.contains("-25.00"), "{text}");
    assert!(text.contains("-25.00          - |"), "{text}");
    let mark = app.find("          - |").unwrap();
    assert_eq!(app.style_at(mark.x + 10, mark.y).fg, Some(Color::Green));
}

#[test]
fn what_is_not_in_the_chart_is_said_and_the_key_shows_it() {
    let mut app = open(&fake());
    assert!(
        app.screen()
            .contains("USD 120.00 in 4 rows not shown, $ shows it"),
        "{}",
        app.screen()
    );
    assert!(!app.screen().contains("Books"));
    app.keys("$");
    assert!(app.screen().contains("Books"));
    assert!(
        app.screen().contains("EUR 1,817.30 in 61 rows not shown"),
        "{}",
        app.screen()
    );
    app.keys("$");
    assert!(app.screen().contains("Rent"));
}

#[test]
fn a_book_in_another_currency_than_its_own_is_charted_in_that() {
    let fake = fake();
    let rows = vec![row(
        "usd",
        "Books",
        None,
        vec![total("USD", (12_000, 0, 0), (4, 0))],
        vec![],
    )];
    let totals = vec![eur(0), total("USD", (12_000, 0, 0), (4, 0))];
    fake.on("report_compare", &report(rows, totals, None));
    let app = open(&fake);
    assert!(app.line(2).contains("USD"), "{}", app.screen());
    assert!(
        app.line(4).contains("Books") && app.line(4).contains("120.00"),
        "{}",
        app.screen()
    );
}

#[test]
fn subcategories_unfold_under_their_parent() {
    let mut app = open(&fake());
    assert!(app.screen().contains("Food (2)"));
    assert!(!app.screen().contains("Groceries"));
    app.keys("j ");
    assert!(app.line(6).contains("    Groceries"), "{}", app.screen());
    app.keys("j ");
    assert!(!app.screen().contains("Groceries"));
    assert!(app.line(5).starts_with("> Food"), "{}", app.screen());
}

#[test]
fn periods_move_and_old_figures_stay_dim_until_the_new_ones_are_there() {
    let fake = fake();
    let mut app = open(&fake);
    app.hold().keys("h");
    assert!(app.line(2).contains("1-31 Oct 2026"));
    assert!(app.screen().contains("Rent"));
    assert!(app.style_of("Travel").add_modifier.contains(Modifier::DIM));
    app.wait(301);
    assert!(app.line(0).contains("loading 1-31 Oct 2026"), "{}", app.line(0));
    app.release();
    assert!(!app.style_of("Travel").add_modifier.contains(Modifier::DIM));
    let request = fake.requests_of("report_compare").pop().unwrap();
    assert!(request.query.contains("from=2026-10-01"), "{}", request.query);
    assert!(
        request.query.contains("before_from=2026-09-01"),
        "{}",
        request.query
    );
    app.keys("py");
    assert!(
        app.line(2).contains("2026") && !app.line(2).contains("Oct"),
        "{}",
        app.line(2)
    );
    app.keys("t");
    assert!(app.line(2).starts_with(" 2026"), "{}", app.line(2));
}

#[test]
fn the_newest_question_wins_however_late_the_answers_are() {
    let mut october = november();
    october.rows.truncate(1);
    let by_days = ByDays(FakeApi::new(), FakeApi::new());
    by_days.0.on("report_compare", &october);
    by_days.1.on("report_compare", &november());
    let mut app = Harness::new(80, 24).open(Insights::new(desk(Arc::new(by_days))));
    app.hold().keys("h").settle().keys("l").release();
    assert!(app.line(2).contains("1-30 Nov 2026"));
    assert!(
        app.screen().contains("Travel"),
        "the answer for October must not stand under November"
    );
    app.keys("h");
    assert!(!app.screen().contains("Travel"), "{}", app.screen());
}

/// Another report for October than for any other month.
struct ByDays(FakeApi, FakeApi);

impl Api for ByDays {
    fn call(&self, request: crate::client::Request) -> crate::client::Reply<crate::client::Answer> {
        let filter = asked(&request.query);
        let is_october = filter.from == "2026-10-01".parse().ok();
        if is_october {
            self.0.call(request)
        } else {
            self.1.call(request)
        }
    }
}

#[test]
fn a_dead_server_leaves_the_figures_and_says_so() {
    let fake = fake();
    let mut app = open(&fake);
    fake.fail("report_compare", unreachable());
    app.keys("r");
    assert!(app.screen().contains("Rent"));
    assert!(
        app.message()
            .unwrap()
            .text
            .contains("Shown as of the last answer.")
    );
}

#[test]
fn a_first_answer_that_is_a_failure_names_the_key_that_tries_again() {
    let fake = Arc::new(FakeApi::new());
    fake.fail_once("report_compare", refusal(api::problem::Code::Unavailable));
    fake.on("report_compare", &november());
    let mut app = open(&fake);
    assert!(app.screen().contains("r tries again."), "{}", app.screen());
    app.keys("r");
    assert!(app.screen().contains("Rent"));
}

#[test]
fn an_empty_period_names_keys_and_numbers() {
    let fake = fake();
    let before = Some(vec![total("EUR", (100, 0, 0), (41, 0))]);
    fake.on("report_compare", &report(vec![], vec![], before));
    let app = open(&fake);
    assert!(
        app.screen().contains("No spending in 1-30 Nov 2026."),
        "{}",
        app.screen()
    );
    assert!(
        app.screen()
            .contains("h goes back to 1-31 Oct 2026 (at least 41 rows)."),
        "{}",
        app.screen()
    );
    assert!(app.screen().contains("a adds an expense."));
}

#[test]
fn rows_changed_anywhere_are_in_the_figures_at_once() {
    let fake = fake();
    let mut app = open(&fake);
    let mut more = november();
    more.rows[0].label = "Rent and more".to_owned();
    fake.on("report_compare", &more);
    app.poster().change(RowsChanged::change(vec![], vec![]));
    app.settle();
    assert!(app.screen().contains("Rent and more"));
}

#[test]
fn moving_and_changing_the_view_asks_nothing() {
    let fake = fake();
    let mut app = open(&fake);
    let before = fake.requests().len();
    app.keys("jjkgGvivi$ssSj y");
    assert_eq!(fake.requests().len(), before);
}

#[test]
fn a_filter_narrows_every_figure_and_x_clears_it() {
    let fake = fake();
    let mut app = open(&fake);
    app.keys("/@visa >20<cr>");
    let filter = asked(&fake.requests_of("report_compare").pop().unwrap().query);
    assert_eq!(filter.account.as_deref(), Some("visa"));
    assert!(app.line(2).ends_with("/ @visa >20"), "{}", app.line(2));
    app.keys("x");
    let filter = asked(&fake.requests_of("report_compare").pop().unwrap().query);
    assert_eq!(filter.account, None);
    assert!(!app.line(2).contains('/'));
}

#[test]
fn a_chosen_period_and_a_day_to_go_to() {
    let fake = fake();
    let mut app = open(&fake);
    app.keys("pc<c-u>2026-01-05<tab><c-u>2026-02-10<cr>");
    assert!(app.line(2).contains("5 Jan - 10 Feb 2026"), "{}", app.screen());
    let filter = asked(&fake.requests_of("report_compare").pop().unwrap().query);
    assert_eq!(
        (filter.from, filter.to),
        ("2026-01-05".parse().ok(), "2026-02-10".parse().ok())
    );
    app.keys("pmT2026-07-14<cr>");
    assert!(app.line(2).contains("1-31 Jul 2026"), "{}", app.screen());
}

#[test]
fn by_payee_both_periods_are_asked_for_and_put_together() {
    let fake = fake();
    let mut app = open(&fake);
    let flat = |key: &str, amount| ReportRow {
        before: None,
        ..row(key, key, None, vec![eur(amount)], vec![])
    };
    fake.once(
        "report_by_payee",
        &report(
            vec![flat("Rewe", 4_890), flat("Shell", 6_155)],
            vec![eur(11_045)],
            None,
        ),
    );
    fake.once(
        "report_by_payee",
        &report(
            vec![flat("Rewe", 4_000), flat("Lidl", 3_708)],
            vec![eur(7_708)],
            None,
        ),
    );
    app.keys("bpayee<cr>");
    assert!(app.line(2).contains("by payee"), "{}", app.screen());
    assert!(
        app.line(4).contains("Shell") && app.line(4).contains("new"),
        "{}",
        app.screen()
    );
    assert!(
        app.line(5).contains("Rewe") && app.line(5).contains("+22%"),
        "{}",
        app.screen()
    );
    assert!(
        app.line(6).contains("Lidl") && app.line(6).contains("-100%"),
        "{}",
        app.screen()
    );
    assert!(
        app.screen().contains("1-21 Oct 2026 77.08, +43%"),
        "{}",
        app.screen()
    );
    let asked: Vec<_> = fake
        .requests_of("report_by_payee")
        .iter()
        .map(|request| asked(&request.query).from)
        .collect();
    assert_eq!(asked, ["2026-11-01".parse().ok(), "2026-10-01".parse().ok()]);
}

#[test]
fn income_by_category_has_shares_of_its_own_that_sum_to_a_hundred() {
    let fake = fake();
    let earned = |key: &str, income| row(key, key, None, vec![total("EUR", (0, 0, income), (0, 1))], vec![]);
    let rows = vec![earned("a", 100), earned("b", 100), earned("c", 100)];
    fake.on(
        "report_compare",
        &report(rows, vec![total("EUR", (0, 0, 300), (0, 3))], None),
    );
    let mut app = open(&fake);
    assert!(app.screen().contains("No spending in"), "{}", app.screen());
    app.keys("i");
    assert!(
        app.line(4).contains("33.34%") && app.line(5).contains("33.33%"),
        "{}",
        app.screen()
    );
}

#[test]
fn a_renamed_category_is_asked_for_again() {
    let fake = fake();
    let id: uuid::Uuid = crate::book::tests::id(100);
    let renamed = row(&id.to_string(), "Groceries", None, vec![eur(500)], vec![]);
    fake.on("report_compare", &report(vec![renamed], vec![eur(500)], None));
    let desk = desk(fake.clone());
    let mut app = Harness::new(80, 24).open(Insights::new(desk.clone()));
    let before = fake.requests_of("report_compare").len();
    let change = || crate::fx::Change::new(crate::book::BookChanged);
    app.poster().change(change());
    app.settle();
    assert_eq!(
        fake.requests_of("report_compare").len(),
        before,
        "nothing is known by another name"
    );
    desk.book.set(crate::book::tests::lists(&[]));
    app.poster().change(change());
    app.settle();
    assert_eq!(fake.requests_of("report_compare").len(), before + 1);
}

#[test]
fn sorting_by_name_and_back() {
    let mut app = open(&fake());
    app.keys("s");
    assert!(app.line(4).contains("Food"), "{}", app.screen());
    app.keys("S");
    assert!(app.line(4).contains("日本食堂"), "{}", app.screen());
}

#[test]
fn more_lines_than_room_scroll_and_none_is_lumped() {
    let fake = fake();
    let rows = (0..40).map(|n| {
        row(
            &format!("c{n}"),
            &format!("Category {n}"),
            None,
            vec![eur(100_000 - n)],
            vec![],
        )
    });
    fake.on("report_compare", &report(rows.collect(), vec![eur(1)], None));
    let mut app = open(&fake);
    assert!(app.screen().contains("↓ 26 more"), "{}", app.screen());
    app.keys("G");
    assert!(app.screen().contains("Category 39") && !app.screen().contains("Other"));
}

#[test]
fn the_copy_is_the_table_with_tabs() {
    let mut app = open(&fake());
    app.keys("y");
    let copied = app.copied().first().unwrap().clone();
    assert!(copied.starts_with("Category\tSpent\tRefunds"), "{copied}");
    assert!(
        copied.contains("Travel\t219.55\t0.00\t219.55\t11.92%\t313.64\t-30%"),
        "{copied}"
    );
}

#[test]
fn no_size_is_too_small_or_too_large_and_bytes_stay_within_their_budget() {
    for script in ["", "v", "bmonth<cr>", "b"] {
        let mut app = open(&fake());
        app.keys(script);
        for (width, height) in [(1, 1), (39, 9), (40, 10), (60, 12), (80, 24), (300, 80), (1, 80)] {
            app.resize(width, height);
            assert_eq!(app.lines().len(), usize::from(height));
        }
    }
    let mut app = open(&fake());
    let first = app.take_bytes().len();
    assert!(first <= 4096, "{first}");
    for key in ["j", "k"] {
        app.keys(key);
        let sent = app.take_bytes().len();
        assert!(sent <= 600, "{key}: {sent}");
    }
}

#[test]
fn a_month_against_itself_moves_by_whole_percents_rounded_half_away() {
    let words = |now, then| lines::moved(now, then).text.into_owned();
    assert_eq!(words(112, Some(100)), "+12%");
    assert_eq!(words(1_005, Some(1_000)), "+1%");
    assert_eq!(words(1_004, Some(1_000)), "0%");
    assert_eq!(words(995, Some(1_000)), "-1%");
    assert_eq!(words(0, Some(500)), "-100%");
    assert_eq!(words(5, Some(0)), "new");
    assert_eq!(words(0, Some(0)), "");
    assert_eq!(words(5, Some(-10)), "");
    assert_eq!(words(i64::MAX, Some(1)), ">9999%");
    assert!(lines::moved(120, Some(100)).is_big && !lines::moved(119, Some(100)).is_big);
    assert!(lines::moved(80, Some(100)).is_big);
}
