//! What others do while one looks: in its place, under no cursor, once for a burst, and in words.

use super::*;
use crate::live::LiveChanges;
use crate::live::samples::{added, elsewhere};

/// Sixty rows, the newest first.
fn sixty() -> Vec<Expense> {
    let each = (0..60).map(|n: u32| {
        let day = format!("2026-11-{:02}", 21 - n / 3);
        row(
            u128::from(900 - n),
            &day,
            "7.00",
            &format!("Payee {n:02}"),
            None,
            None,
        )
    });
    each.collect()
}

fn chosen(app: &Harness) -> String {
    let lines = app.lines();
    lines.into_iter().find(|line| line.starts_with('>')).unwrap()
}

fn hear(app: &mut Harness, live: LiveChanges) {
    app.poster().change(Change::new(live));
    app.settle();
}

#[test]
fn rows_above_the_view_move_nothing_and_rows_in_it_stand_in_their_places() {
    let bench = Bench::new();
    bench.fake.on("list_expenses", &page(sixty()));
    let mut app = bench.open(Harness::new(80, 24));
    app.keys("jjjjjjjjjjjjjjjjjjjj");
    let (before, at) = (app.lines(), chosen(&app));
    let mut rows = sixty();
    rows.insert(0, row(990, "2026-11-22", "48.90", "Rewe", Some(0), None));
    bench.fake.on("list_expenses", &page(rows.clone()));
    hear(&mut app, elsewhere(vec![added("48.90 EUR Rewe")]));
    assert_eq!(app.lines()[4..22], before[4..22], "the view stands still");
    assert_eq!(app.message().unwrap().text, "ana added Rewe 48.90.");

    // One below the cursor, one changed, one gone.
    let place = rows
        .iter()
        .position(|row| row.id == crate::book::tests::id(1900 - 20))
        .unwrap();
    rows.insert(place + 1, row(375, "2026-11-13", "1.50", "Kiosk", None, None));
    rows[place + 2].version = 2;
    rows[place + 2].payee = Some("Renamed".to_owned());
    rows.remove(place - 1);
    bench.fake.on("list_expenses", &page(rows));
    hear(&mut app, elsewhere(vec![added("1.50 EUR Kiosk")]));
    assert_eq!(chosen(&app), at, "the cursor stays on its row: {}", app.screen());
    let line = |text: &str| app.lines().into_iter().find(|line| line.contains(text));
    let kiosk = app
        .lines()
        .into_iter()
        .find(|line| line.contains("Kiosk") && !line.contains("ana"));
    assert!(kiosk.unwrap().starts_with(" +"), "{}", app.screen());
    assert!(line("Renamed").unwrap().starts_with(" ^"), "{}", app.screen());
    insta::assert_snapshot!("live_rows_80x24", app.screen());
    app.keys("r");
    assert!(!app.screen().contains(" ^"), "seen: {}", app.screen());
}

#[test]
fn at_the_top_a_new_row_is_seen_and_the_cursor_stays_on_its_row() {
    let bench = Bench::new();
    let mut app = bench.open(Harness::new(80, 24));
    let at = chosen(&app);
    let mut rows = november();
    rows.insert(0, row(99, "2026-11-21", "3.10", "Stamps", None, None));
    bench.fake.on("list_expenses", &page(rows));
    hear(&mut app, elsewhere(vec![added("3.10 EUR Stamps")]));
    assert!(app.line(4).contains("Stamps"), "{}", app.screen());
    assert!(chosen(&app).contains("SNCF Connect"), "{at}\n{}", app.screen());
}

#[test]
fn a_burst_is_one_load_and_one_more_and_what_was_done_here_is_none() {
    let bench = Bench::new();
    let mut app = bench.open(Harness::new(80, 24));
    let asked = || bench.fake.requests_of("list_expenses").len();
    let before = asked();
    for _ in 0..200 {
        app.poster()
            .change(Change::new(elsewhere(vec![added("3.10 EUR Stamps")])));
    }
    app.settle();
    assert!(
        (1..=3).contains(&(asked() - before)),
        "{} loads",
        asked() - before
    );
    let before = asked();
    let mut ours = added("3.10 EUR Stamps");
    ours.is_ours = true;
    app.keys("j");
    hear(&mut app, elsewhere(vec![ours]));
    assert_eq!((asked(), app.message()), (before, None));
}

#[test]
fn what_is_said_of_ones_own_doing_stays_and_what_others_did_stands_beside_it() {
    let bench = Bench::new();
    let mut app = bench.open(Harness::new(80, 24));
    app.poster().notify(crate::fx::Message::warning("Kept here."));
    hear(&mut app, elsewhere(vec![added("3.10 EUR Stamps")]));
    assert_eq!(app.message().unwrap().text, "Kept here.");
    assert_eq!(app.line(22).trim(), "Kept here.   ana added Stamps 3.10.");
    app.poster().notify("x".repeat(50));
    hear(&mut app, elsewhere(vec![added("3.10 EUR Stamps")]));
    let whole = format!("{}   ana added Stamps 3.10.", "x".repeat(50));
    assert_eq!(app.line(22).trim(), whole);
    app.poster().notify("x".repeat(54));
    hear(&mut app, elsewhere(vec![added("3.10 EUR Stamps")]));
    let begun = format!("{}   ana added Stamps 3.1…", "x".repeat(54));
    assert_eq!(app.line(22).trim(), begun, "news give way to one's own");
    app.poster().notify("x".repeat(60));
    hear(&mut app, elsewhere(vec![added("3.10 EUR Stamps")]));
    assert_eq!(
        app.line(22).trim(),
        "x".repeat(60),
        "less than a beginning says nothing"
    );
    app.poster()
        .notify(format!("{}. <expenses.undo> undo", "x".repeat(90)));
    app.settle();
    assert!(
        app.line(22).ends_with("… u undo"),
        "the key goes last: {}",
        app.line(22)
    );
    let warning = "x".repeat(60);
    app.poster().notify(crate::fx::Message::warning(warning.clone()));
    hear(&mut app, elsewhere(vec![added("3.10 EUR Stamps")]));
    assert_eq!(app.line(22).trim(), warning, "a warning gives way to nothing");
    app.keys("j");
    assert_eq!((app.message(), app.line(22).trim()), (None, ""));
}
