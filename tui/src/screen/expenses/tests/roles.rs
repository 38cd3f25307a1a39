//! What the role in the ledger leaves of the screen: what is not offered, what is said, and what is not even asked.

use super::*;
use crate::book::tests::ledger;
use api::ledger::Ledger;
use api::member::Role;

fn open_as(role: Role, width: u16, height: u16) -> (Bench, Harness) {
    let bench = Bench::new();
    let ledger = Ledger { role, ..ledger() };
    bench.fake.on("get_ledger", &ledger);
    let app = bench.open(Harness::new(width, height));
    (bench, app)
}

fn said(app: &Harness) -> String {
    app.message()
        .map(|message| message.text.clone())
        .unwrap_or_default()
}

#[test]
fn a_viewer_is_offered_nothing_that_changes_rows_and_told_why() {
    let (bench, mut app) = open_as(Role::Viewer, 80, 24);
    insta::assert_snapshot!(app.screen());
    assert!(app.line(0).starts_with(" Joint EUR (viewer)"), "{}", app.line(0));
    let refused = "You are a viewer in Joint: adding is for editors and owners.";
    for key in ["a", "i", "D"] {
        app.keys(key);
        assert_eq!(said(&app), refused, "{key}");
    }
    for key in ["e", "<cr>", "c", "d", "m", "u"] {
        app.keys(key);
        assert_eq!(
            said(&app),
            "You are a viewer in Joint: changing is for editors and owners.",
            "{key}"
        );
    }
    let asked = bench.fake.operations();
    for write in [
        "create_expense",
        "update_expense",
        "delete_expense",
        "batch_expenses",
    ] {
        assert!(!asked.contains(&write), "{asked:?}");
    }
    app.keys("?");
    for word in ["add an expense", "delete the", "change the category"] {
        assert!(!app.screen().contains(word), "{word}:\n{}", app.screen());
    }
    assert!(app.screen().contains("filter"));
    app.keys("<esc>:add");
    assert!(!app.screen().contains("add an expense"), "{}", app.screen());
}

#[test]
fn a_viewer_reads_a_day_and_types_nothing_into_it() {
    let (bench, mut app) = open_as(Role::Viewer, 80, 24);
    let day = serde_json::json!({ "date": "2026-11-20", "rows": november()[1..3], "totals": [] });
    bench.fake.once_tagged("get_day", &day, "\"1\"");
    app.keys("jo");
    assert!(app.screen().contains("Rewe"), "{}", app.screen());
    for key in ["1", "e", "a", "d", "<c-x>"] {
        app.keys(key);
        assert!(
            said(&app).starts_with("You are a viewer in Joint"),
            "{key}: {}",
            said(&app)
        );
    }
    assert!(!app.screen().contains("save all"), "{}", app.screen());
}

#[test]
fn an_adder_has_sums_of_own_rows_and_asks_for_no_report() {
    let (bench, mut app) = open_as(Role::Adder, 80, 24);
    insta::assert_snapshot!(app.screen());
    assert!(app.line(0).starts_with(" Joint EUR (adder)"), "{}", app.line(0));
    app.keys("a5 tea<cr>hljkx");
    let asked = bench.fake.operations();
    assert!(asked.contains(&"create_expense"));
    assert!(
        !asked.iter().any(|operation| operation.starts_with("report")),
        "{asked:?}"
    );
    // Without a log to read, what was done here is taken back as it was done.
    app.keys("a7 cake<cr>u");
    assert!(said(&app).starts_with("Taken back: 7.00 cake"), "{}", said(&app));
    assert!(!bench.fake.operations().contains(&"list_changes"));
    app.keys("U");
    assert!(said(&app).starts_with("An adder cannot"), "{}", said(&app));
    app.keys("o");
    assert_eq!(
        said(&app),
        "You are an adder in Joint: what others recorded is for viewers, editors and owners."
    );
    let (_bench, wide) = open_as(Role::Adder, 140, 40);
    insta::assert_snapshot!(wide.screen());
}

#[test]
fn the_ledger_has_a_colour_by_its_place_and_none_in_mono() {
    use ratatui::style::{Color, Modifier};
    let bench = Bench::new();
    let mut others = vec![Ledger {
        id: crate::book::tests::id(2),
        ..ledger()
    }];
    bench.fake.on("list_ledgers", &page(others.clone()));
    let app = bench.open(Harness::new(80, 24));
    assert_eq!(
        app.style_of("Joint").fg,
        Some(Color::Cyan),
        "the first where nobody knows"
    );
    others.push(ledger());
    bench.fake.on("list_ledgers", &page(others));
    let app = bench.open(Harness::new(80, 24));
    assert_eq!(app.style_of("Joint").fg, Some(Color::Magenta));
    let mono = bench.open(Harness::new(80, 24).mono());
    let style = mono.style_of("Joint");
    assert!(
        style.fg.is_none_or(|color| color == Color::Reset) && style.add_modifier.contains(Modifier::BOLD)
    );
}

#[test]
fn an_adder_is_told_before_sending_that_a_new_name_is_not_theirs_to_make() {
    let (bench, mut app) = open_as(Role::Adder, 80, 24);
    app.keys("a9 noodles #Noodles +trip<cr><cr>");
    let reason = "There is no Noodles - to make it is for editors and owners";
    assert!(app.screen().contains(reason), "{}", app.screen());
    assert!(bench.fake.requests_of("create_expense").is_empty());
    app.keys("<c-u>9 noodles #food +trip<cr>");
    assert_eq!(
        bench.fake.requests_of("create_expense").len(),
        1,
        "{}",
        app.screen()
    );
}
