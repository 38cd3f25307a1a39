//! 10,000 hostile texts, through the API and straight into the database: a parser of terminal output sees the app's own
//! sequences and no other, and every column stays where it is.

use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::daemon::Household;
use tests::hostile::{Hostile, fill_with_hostile_texts, sequences};
use tests::program::{block_on, is_long_run};
use tests::terminal::{Screen, Terminal};
use unicode_width::UnicodeWidthStr;

const SEED: u64 = 20_261_122;

/// Everywhere that text is shown, and back; each key waited for.
fn walk(app: &mut Terminal, presses: usize) -> Vec<Screen> {
    let mut screens = Vec::new();
    let mut press = |app: &mut Terminal, keys: &str| {
        app.send_in_pieces(&[keys], Duration::from_millis(20));
        app.wait_quiet();
        screens.push(app.screen());
    };
    for keys in [
        "e", "\x1b", "a", "\t", "\x1b", "?", "\x1b", "o", "\x1b", "f", "\x1b",
    ] {
        press(app, keys);
    }
    for _ in 0..presses {
        press(app, "\x04");
    }
    press(app, "2");
    for _ in 0..presses / 4 {
        press(app, "\x04");
    }
    press(app, "1");
    screens
}

/// The sequences that the app sends where nobody is hostile.
fn own_sequences() -> BTreeSet<String> {
    let house = Household::new();
    house.fill(500);
    let mut app = house.open_at(140, 40);
    app.wait("first");
    // On the first of a month there are few rows in it: a month says little.
    app.send_in_pieces(&["p", "y"], Duration::from_millis(20));
    app.wait_quiet();
    walk(&mut app, 4);
    app.send("q");
    app.ended();
    sequences(&app.output())
}

#[test]
fn the_app_sends_no_sequence_but_its_own_and_keeps_its_columns() {
    let house = Household::new();
    let count = fill_with_hostile_texts(&house, SEED);
    let mut app = house.open_at(140, 40);
    app.wait("first");
    // The whole year, so that every row comes by.
    app.send_in_pieces(&["p", "y"], Duration::from_millis(20));
    app.wait("12.34");
    app.wait_quiet();
    // All of them where there is time, else the first few hundred.
    let presses = if is_long_run() { 150 } else { 12 };
    let screens = walk(&mut app, presses);
    app.send("q");
    app.ended();
    let own = own_sequences();
    let seen = sequences(&app.output());
    let foreign: Vec<_> = seen.difference(&own).collect();
    assert!(
        foreign.is_empty(),
        "of {count} texts came {foreign:?}; the app's own are {own:?}"
    );
    let mut rows = 0;
    for screen in &screens {
        rows += amounts_in_line(screen);
    }
    assert!(rows > presses * 10, "only {rows} rows came by");
}

/// How many rows of a screen end in their amount exactly under the head of that column.
fn amounts_in_line(screen: &Screen) -> usize {
    let lines: Vec<String> = screen.rows(0, 140).collect();
    let Some((head, column)) = lines.iter().enumerate().find_map(|(at, line)| {
        let end = line.find("Amount")? + "Amount".len();
        Some((at, line[..end].width()))
    }) else {
        return 0;
    };
    let mut seen = 0;
    for line in lines.iter().skip(head + 1) {
        for (at, amount) in line.match_indices("12.34") {
            let end = line[..at + amount.len()].width();
            // Sums of days and the pane beside the table stand elsewhere, and never within the column.
            if end.abs_diff(column) < 4 {
                assert_eq!(end, column, "{line}\n{}", lines.join("\n"));
                seen += 1;
            }
        }
    }
    seen
}

#[test]
fn plain_commands_print_no_sequence_and_keep_their_columns() {
    let house = Household::new();
    fill_with_hostile_texts(&house, SEED + 1);
    for arguments in [
        &["list", "--limit", "2500"][..],
        &[],
        &["report", "by-category"],
        &["report", "by-payee"],
        &["report", "by-tag"],
        &["report", "by-account"],
        &["categories"],
        &["accounts"],
        &["doctor"],
    ] {
        let printed = house.expense(arguments);
        for text in [&printed.stdout, &printed.stderr] {
            let mut seen = sequences(text.as_bytes());
            seen.remove("control 0a");
            assert!(seen.is_empty(), "{arguments:?} printed {seen:?}");
        }
    }
    let list = house.expense(&["list", "--limit", "2500"]).ok();
    let ends: BTreeSet<usize> = list
        .lines()
        .filter_map(|line| Some(line[..line.find("12.34")? + 5].width()))
        .collect();
    assert_eq!(ends.len(), 1, "the amounts end at {ends:?}");
}

#[test]
fn what_the_api_takes_of_hostile_texts_is_harmless() {
    let house = Household::served();
    let http = house.server().client();
    let mut texts = Hostile::of_seed(SEED + 2);
    let mut taken = 0;
    block_on(async {
        for n in 0..400 {
            let text = texts.text(60);
            let row = |field: &str| {
                let mut row = json!({ "date": "2026-11-21", "amount": "1.00" });
                row[field] = if field == "tags" {
                    json!([text])
                } else {
                    json!(text)
                };
                row
            };
            for (path, body) in [
                ("expenses", row("payee")),
                ("expenses", row("note")),
                ("expenses", row("tags")),
                ("categories", json!({ "name": text })),
                (
                    "accounts",
                    json!({ "name": format!("{text}{n}"), "kind": "card", "card_ends": text }),
                ),
            ] {
                let answer = http.post(path, body.clone()).await;
                assert!(answer.status < 500, "{body}: {answer:?}");
                // What is refused is told without being obeyed.
                assert!(!answer.text().contains('\u{1b}'), "{answer:?}");
                if answer.status == 201 {
                    taken += 1;
                    let stored = answer.text();
                    let harmful = stored.chars().find(|c| {
                        c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                    });
                    assert_eq!(harmful, None, "{stored}");
                }
            }
        }
    });
    assert!(taken > 40, "only {taken} were taken");
    let printed = house.expense(&["list"]).ok();
    let mut seen = sequences(printed.as_bytes());
    seen.remove("control 0a");
    assert!(seen.is_empty(), "{seen:?}");
}
