//! How the sheet looks, at every size.

use ratatui::style::{Color, Modifier};

use super::*;

#[test]
fn a_day_of_every_kind_at_80x24() {
    insta::assert_snapshot!("day_80x24", Bench::new().open().screen());
}

#[test]
fn a_day_of_every_kind_at_140x40() {
    insta::assert_snapshot!("day_140x40", Bench::new().open_at(140, 40).screen());
}

#[test]
fn typing_shows_offers_under_its_cell() {
    let mut app = Bench::new().open();
    app.keys("<tab>e<c-u>ea");
    insta::assert_snapshot!("day_typing_80x24", app.screen());
}

#[test]
fn in_mono_and_ascii_signs_say_what_colours_cannot() {
    let bench = Bench::new();
    let sheet = DaySheet::new(bench.desk.clone(), date("2026-11-20"));
    let mut app = Harness::new(80, 24).mono().ascii().open(sheet);
    app.keys("50<esc>jdja1.2.3<tab>sushi<esc>");
    insta::assert_snapshot!("day_mono_ascii", app.screen());
}

#[test]
fn money_that_came_in_is_green_with_a_sign_and_the_chosen_cell_is_reversed() {
    let app = Bench::new().open();
    assert_eq!(app.style_of("-35.00").fg, Some(Color::Green));
    assert_eq!(app.style_of("+3,000.00").fg, Some(Color::Green));
    assert_ne!(app.style_of("6.40").fg, Some(Color::Green));
    assert!(app.style_of("48.90").add_modifier.contains(Modifier::REVERSED));
    assert!(app.line(4).starts_with('>'), "{}", app.screen());
    assert!(app.cursor().is_some_and(|at| at.y == 4));
}

#[test]
fn an_empty_day_names_its_keys() {
    let app = Bench::with(vec![]).open();
    assert!(
        app.screen().contains("No rows on Fri 20 Nov 2026."),
        "{}",
        app.screen()
    );
    assert!(app.screen().contains("a adds one."));
    assert!(app.screen().contains("[ shows the day before, ] the day after."));
}

#[test]
fn a_day_that_cannot_be_had_says_why_and_what_to_press() {
    let bench = Bench::with(vec![]);
    let _ = bench.fake.requests();
    let fake = Arc::new(FakeApi::new());
    fake.fail("get_day", unreachable());
    let desk = super::desk(&fake, &bench.state);
    let app = Harness::new(80, 24).open(DaySheet::new(desk, date("2026-11-20")));
    assert!(app.screen().contains("r tries again."), "{}", app.screen());
}

#[test]
fn too_many_rows_for_a_sheet_are_told_in_words() {
    let bench = Bench::with(vec![]);
    let fake = Arc::new(FakeApi::new());
    let mut problem = refused(Code::TooManyRows, &[]);
    if let ClientError::Problem { problem, .. } = &mut problem {
        problem.detail = "This day has 501 rows - a sheet holds 500".to_owned();
    }
    fake.fail("get_day", problem);
    let desk = super::desk(&fake, &bench.state);
    let app = Harness::new(80, 24).open(DaySheet::new(desk, date("2026-11-20")));
    assert!(app.screen().contains("This day has 501 rows"), "{}", app.screen());
}

#[test]
fn no_size_is_too_small_or_too_large_and_the_chosen_cell_is_always_in_view() {
    let bench = Bench::new();
    let mut app = bench.open();
    for script in ["", "e", "<tab>x<tab><tab><tab>long note", "<esc>a1.2.3<esc>"] {
        app.keys(script);
        for (width, height) in [(1, 1), (39, 9), (40, 10), (60, 12), (80, 24), (300, 80), (1, 80)] {
            app.resize(width, height);
            assert_eq!(app.lines().len(), usize::from(height));
            if width >= 40 && height >= 10 {
                assert!(
                    app.cursor().is_some(),
                    "{script} {width}x{height}\n{}",
                    app.screen()
                );
            }
        }
    }
}

#[test]
fn a_long_day_scrolls_and_a_frame_stays_within_its_bytes() {
    let rows = (0..200).map(|n| row(n, "2026-11-20", "1.00", &format!("Shop {n}"), Some(0), Some(0)));
    let bench = Bench::with(rows.collect());
    let mut app = bench.open();
    let first = app.take_bytes().len();
    assert!(first <= 4096, "{first}");
    for key in ["j", "k", "e", "x"] {
        app.keys(key);
        let sent = app.take_bytes().len();
        assert!(sent <= 600, "{key}: {sent}");
    }
    app.keys("<esc>G");
    assert!(app.screen().contains("Shop 199"));
    assert!(app.screen().contains("200 rows"), "{}", app.screen());
}
