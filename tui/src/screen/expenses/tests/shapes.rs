//! Sizes, tiers, bytes: the screen anywhere, and how little it sends.

use super::*;

#[test]
fn no_size_is_too_small_or_too_large() {
    for script in [
        "", "a", "a9 #out", "/#food", "i", "je", "jc", "  d", "T", "pc", "?", ":",
    ] {
        let bench = Bench::new();
        let mut app = bench.open(Harness::new(80, 24));
        app.keys(script);
        for (width, height) in [
            (1, 1),
            (39, 9),
            (40, 10),
            (41, 11),
            (60, 12),
            (120, 10),
            (300, 80),
            (1, 80),
            (300, 1),
        ] {
            app.resize(width, height);
            assert_eq!(app.lines().len(), usize::from(height), "{script}");
        }
    }
}

#[test]
fn in_a_window_that_shows_nothing_no_key_does_anything() {
    let bench = Bench::new();
    let mut app = bench.open(Harness::new(80, 24));
    let before = app.screen();
    app.resize(30, 8);
    let asked = bench.fake.requests().len();
    app.keys("dyajj2 uG").paste("9 lunch\n");
    app.resize(80, 24);
    assert_eq!((app.screen(), bench.fake.requests().len()), (before, asked));
}

#[test]
fn forty_by_ten_keeps_day_payee_and_amount() {
    let bench = Bench::new();
    let app = bench.open(Harness::new(40, 10));
    insta::assert_snapshot!(app.screen());
}

#[test]
fn mono_and_ascii_tell_the_same() {
    let bench = Bench::new();
    let mut app = bench.open(Harness::new(140, 30).mono().ascii());
    app.keys("j");
    let foreign: Vec<String> = app.lines().into_iter().filter(|line| !line.is_ascii()).collect();
    assert!(
        foreign
            .iter()
            .all(|line| line.contains("Café") || line.contains("日本")),
        "{foreign:?}"
    );
    assert!(app.line(5).starts_with('>'));
    assert!(
        app.style_at(3, 5)
            .add_modifier
            .contains(ratatui::style::Modifier::REVERSED)
    );
    assert!(app.screen().contains("###"), "{}", app.screen());
    assert!(
        app.style_of("+3,000.00")
            .fg
            .is_none_or(|color| color == ratatui::style::Color::Reset)
    );
}

#[test]
fn wide_characters_stay_in_their_column() {
    let bench = Bench::new();
    let app = bench.open(Harness::new(80, 24));
    let line = app
        .lines()
        .into_iter()
        .find(|line| line.contains("日本食堂"))
        .unwrap();
    let (before, _) = line.split_once("Sushi bar").unwrap();
    assert_eq!(
        crate::text::width(before),
        usize::from(app.find("Travel").unwrap().x),
        "{}",
        app.screen()
    );
}

#[test]
fn a_frame_and_a_key_stay_within_their_bytes() {
    let bench = Bench::new();
    let rows: Vec<Expense> = (0..60)
        .map(|n| {
            row(
                900 - n,
                &format!("2026-11-{:02}", 21 - n / 4),
                "1234.56",
                "Somebody & Sons",
                Some(0),
                Some(1),
            )
        })
        .collect();
    bench.fake.on("list_expenses", &page(rows));
    let mut app = bench.open(Harness::new(80, 24));
    app.take_bytes();
    app.keys("<c-l>");
    let frame = app.take_bytes().len();
    assert!(frame <= 4096, "{frame}");
    for key in ["j", "k", "j", "a", "1", "2", "#", "<bs>", "<esc>"] {
        app.keys(key);
        let sent = app.take_bytes().len();
        let most = if matches!(key, "a" | "<esc>") { 4096 } else { 600 };
        assert!(sent <= most, "{key}: {sent}");
    }
    app.wait(60_000);
    assert!(app.take_bytes().is_empty());
}

#[test]
fn hostile_text_reaches_neither_the_screen_nor_the_clipboard() {
    let bench = Bench::new();
    let mut evil = row(
        1,
        "2026-11-20",
        "1.00",
        "a\u{1b}]0;owned\u{7}\u{202e}b",
        Some(0),
        None,
    );
    evil.note = Some("x\u{1b}[2J".to_owned());
    bench.fake.on("list_expenses", &page(vec![evil]));
    let mut app = bench.open(Harness::new(140, 24));
    app.keys("ydu");
    let sent = String::from_utf8(app.take_bytes()).unwrap();
    assert!(!sent.contains('\u{7}') && !sent.contains('\u{202e}') && !sent.contains("\u{1b}]0"));
    assert!(!app.copied()[0].contains('\u{1b}'));
}

#[test]
fn the_next_day_moves_todays_view_on() {
    use std::sync::atomic::{AtomicI64, Ordering};
    let ahead = Arc::new(AtomicI64::new(0));
    let clock = ahead.clone();
    let bench = Bench::new();
    let starter = Harness::new(80, 24)
        .clock(move || crate::testkit::noon() + chrono::TimeDelta::hours(clock.load(Ordering::SeqCst)));
    let mut app = bench.open(starter);
    app.keys("pd");
    assert!(app.line(2).contains("Sat 21 Nov 2026"));
    ahead.store(24, Ordering::SeqCst);
    app.wait(0).settle();
    assert!(app.line(2).contains("Sun 22 Nov 2026"), "{}", app.line(2));
}

#[test]
fn days_are_written_as_the_setting_has_it_in_the_header_the_table_and_the_preview() {
    let mut bench = Bench::new();
    let dates = crate::dates::Dates::of_format("%a, %d/%m/%Y").unwrap();
    bench.desk.dates = dates.clone();
    let mut app = bench.open(Harness::new(100, 24).dates(dates));
    assert!(
        app.line(2).contains("Sun, 01/11/2026 - Mon, 30/11/2026"),
        "{}",
        app.screen()
    );
    assert!(app.screen().contains("Fri, 20/11/2026  "), "{}", app.screen());
    assert!(!app.screen().contains("20 Nov"), "{}", app.screen());
    app.keys("a1");
    assert!(app.screen().contains("Sat, 21/11/2026  "), "{}", app.screen());
}
