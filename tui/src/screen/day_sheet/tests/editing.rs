//! Typing in cells, rows that come and go.

use super::*;

#[test]
fn a_digit_starts_typing_and_takes_the_place_of_what_stood_there() {
    let mut app = Bench::new().open();
    app.keys("12.5+3<esc>");
    assert!(app.line(4).contains("15.50"), "{}", app.screen());
    assert!(
        app.screen().contains("1 changed, ^x saves all"),
        "{}",
        app.screen()
    );
}

#[test]
fn letters_are_keys_until_typing_begins() {
    let bench = Bench::new();
    let mut app = bench.open();
    app.keys("d");
    assert!(app.screen().contains("7 rows"), "{}", app.screen());
    assert!(app.screen().contains("1 to remove"));
    app.keys("d<tab><tab><tab>e and d");
    assert!(app.line(4).contains("Rewe and d"), "{}", app.screen());
    assert!(app.screen().contains("8 rows"));
}

#[test]
fn typing_asks_nothing_of_the_server() {
    let bench = Bench::new();
    let mut app = bench.open();
    let before = bench.fake.requests().len();
    app.keys("12<tab>groc<tab>vi<tab>rew<tab>a note<tab>7<esc>");
    assert_eq!(bench.fake.requests().len(), before);
}

#[test]
fn what_is_typed_back_is_no_change() {
    let bench = Bench::new();
    let mut app = bench.open();
    app.keys("50<esc>");
    assert!(app.screen().contains("1 changed"));
    app.keys("48.9<tab>food<tab>giro<tab>Rewe<esc>");
    assert!(!app.screen().contains("changed"), "{}", app.screen());
    app.keys("<c-x>");
    assert!(app.message().unwrap().text.contains("Nothing to save"));
    assert!(bench.sent().is_empty());
}

#[test]
fn a_part_of_a_name_is_completed_and_an_unknown_one_is_said_to_be_new() {
    let mut app = Bench::new().open();
    app.keys("<tab>e<c-u>trav<tab><esc>");
    assert!(app.line(4).contains("Travel"), "{}", app.screen());
    app.keys("<s-tab>e<c-u>sushi<esc>");
    assert!(app.line(4).contains("Eating out: Su"), "{}", app.screen());
    app.keys("e<c-u>Kites<esc>");
    assert!(app.line(4).contains("Kites (new)"), "{}", app.screen());
}

#[test]
fn a_cell_reached_with_tab_is_typed_over_and_one_opened_with_e_goes_on() {
    let mut app = Bench::new().open();
    app.keys("e<tab>");
    assert!(
        app.style_of("Food")
            .add_modifier
            .contains(ratatui::style::Modifier::REVERSED)
    );
    app.keys("rent<tab><tab>X<esc>");
    assert!(app.line(4).contains("Rent"), "{}", app.screen());
    assert!(
        app.line(4).trim_end().ends_with('X') && !app.line(4).contains("Rewe"),
        "{}",
        app.screen()
    );
    app.keys("eY<esc>");
    assert!(app.line(4).contains("XY"), "{}", app.screen());
    app.keys("<s-tab><s-tab>e<tab><bs><esc>");
    assert!(!app.line(4).contains("Giro"), "{}", app.screen());
}

#[test]
fn a_payee_is_free_text_and_a_likeness_is_taken_only_where_asked_for() {
    let mut app = Bench::new().open();
    app.keys("<tab><tab><tab>e<c-u>Re<esc>");
    assert!(app.line(4).trim_end().ends_with(" Re"), "{}", app.line(4));
    app.keys("e<c-u>Re<down><tab><esc>");
    assert!(app.line(4).contains("Rewe"), "{}", app.line(4));
}

#[test]
fn a_faulty_amount_says_why_under_its_cell_and_the_text_stays() {
    let mut app = Bench::new().open();
    for (typed, why) in [
        ("12.5.0", "Two decimal points"),
        ("1e5", "No exponents"),
        ("0", "above zero"),
        ("12.3456", "EUR has 2 decimals"),
        ("9999999999999999", "Too large"),
        ("1,234", "Either"),
    ] {
        app.keys(&format!("{typed}<esc>"));
        assert!(app.screen().contains(why), "{typed}\n{}", app.screen());
        assert!(app.line(4).contains(typed), "{typed}\n{}", app.screen());
        assert!(app.line(5).contains("! "), "{}", app.screen());
    }
    app.keys("e<c-u>lunch<esc>");
    assert!(app.screen().contains("Not an amount"), "{}", app.screen());
}

#[test]
fn other_kinds_keep_their_sign_and_stay_what_they_are() {
    let bench = Bench::new();
    let mut app = bench.open();
    app.keys("jjj40<esc>");
    assert!(app.line(7).contains("-40.00"), "{}", app.screen());
    app.keys("+40<esc>");
    assert!(
        app.screen().contains("is a refund and stays one"),
        "{}",
        app.screen()
    );
    app.keys("-40<esc>jjj3100<esc>");
    assert!(app.line(10).contains("+3,100.00"), "{}", app.screen());
    app.keys("kk<tab>e");
    assert!(
        app.message().unwrap().text.contains("transfer"),
        "{}",
        app.screen()
    );
}

#[test]
fn a_new_row_is_typed_cell_by_cell_and_the_next_one_below_it() {
    let bench = Bench::new();
    bench.fake.on("update_day", &saved(vec![], vec![], vec![]));
    let mut app = bench.open();
    app.keys("G<cr>12.5+3<tab>food<tab>cash<tab>Bäcker<tab>rolls<cr>-4<tab><tab><tab>Rewe<cr>");
    assert!(app.screen().contains("10 rows"), "{}", app.screen());
    assert!(app.screen().contains("2 new, ^x saves all"), "{}", app.screen());
    app.keys("<c-x>");
    let update = bench.update();
    assert_eq!(update.rows.len(), 10, "the blank row is none");
    let new = &update.rows[8];
    assert!(new.is_new && new.id.is_some());
    assert_eq!(new.fields.amount.as_ref().unwrap().as_str(), "15.50");
    assert_eq!(new.fields.category_id.set(), Some(&id(100)));
    assert_eq!(new.fields.account_id.set(), Some(&id(200)));
    assert_eq!(new.fields.payee.set().unwrap(), "Bäcker");
    assert_eq!(new.fields.note.set().unwrap(), "rolls");
    assert_eq!(update.rows[9].fields.kind, Some(Kind::Refund));
}

#[test]
fn u_takes_a_row_back_to_what_is_stored() {
    let mut app = Bench::new().open();
    app.keys("50<tab>trav<esc>u");
    assert!(
        app.line(4).contains("48.90") && app.line(4).contains("Food"),
        "{}",
        app.screen()
    );
    assert!(!app.screen().contains("changed"));
}

#[test]
fn u_undoes_what_was_saved_last_where_nothing_is_unsaved() {
    use crate::screen::expenses::tests::{log, made_by, result};
    let bench = Bench::new();
    let mut app = bench.open();
    let before = row(1, "2026-11-20", "45.00", "Rewe", Some(0), Some(2));
    let change = made_by("update_day", "updated", std::slice::from_ref(&before));
    bench.fake.on("list_changes", &log(vec![change]));
    bench.fake.on("undo_change", &result(1, 0, true));
    bench.fake.on("get_expense", &before);
    bench.fake.once_tagged("get_day", &day(eight()), "\"9\"");
    let loads = bench.fake.requests_of("get_day").len();
    app.keys("u");
    assert!(
        app.message()
            .unwrap()
            .text
            .starts_with("Undone: edit of 45.00 Rewe."),
        "{:?}",
        app.message()
    );
    assert_eq!(
        bench.fake.requests_of("get_day").len(),
        loads + 1,
        "the day is read anew"
    );
    // What is typed goes first.
    app.keys("50<esc>u");
    assert_eq!(bench.fake.requests_of("undo_change").len(), 1);
}

#[test]
fn sums_are_exact_by_currency_and_follow_the_typing() {
    let mut first = row(1, "2026-11-20", "0.10", "a", None, None);
    first.version = 1;
    let bench = Bench::with(vec![first, row(2, "2026-11-20", "0.20", "b", None, None)]);
    let mut app = bench.open();
    assert!(app.screen().contains("2 rows 0.30"), "{}", app.screen());
    app.keys("12.5");
    assert!(app.screen().contains("2 rows 12.70"), "{}", app.screen());
    let mut app = Bench::new().open();
    // 48.90 + 6.40 + 31.20 - 35.00 + 1234567.89
    assert!(
        app.screen().contains("8 rows 1,234,619.39 + USD 17.99"),
        "{}",
        app.screen()
    );
    app.keys("Gd");
    assert!(
        app.screen().contains("7 rows 51.50 + USD 17.99"),
        "{}",
        app.screen()
    );
}

#[test]
fn a_pasted_line_goes_into_the_cell() {
    let mut app = Bench::new().open();
    app.keys("<tab><tab><tab><tab>e").paste("two\nlines");
    assert!(app.line(4).contains("two lines"), "{}", app.screen());
}

#[test]
fn the_501st_row_is_refused_with_its_reason() {
    let rows = (0..500).map(|n| row(n, "2026-11-20", "1.00", "Shop", Some(0), Some(0)));
    let mut app = Bench::with(rows.collect()).open();
    app.keys("a");
    assert!(
        app.message().unwrap().text.contains("at most 500 rows"),
        "{}",
        app.screen()
    );
    app.keys("da");
    assert!(
        app.message().is_none(),
        "one is to be removed, so that one has room"
    );
}
