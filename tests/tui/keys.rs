//! Keys as slow lines and clumsy terminals deliver them.

use std::time::Duration;
use tests::daemon::Household;
use tests::terminal::{ENTER, Screen};

const HOME: &str = "\x1b[H";
const END: &str = "\x1b[F";

/// Where the pointer stands, as the text of its row.
fn pointed(screen: &Screen) -> String {
    let columns = screen.size().1.get();
    let row = screen.rows(0, columns).find(|row| row.starts_with('>'));
    row.unwrap_or_default()
}

fn three_rows() -> Household {
    let house = Household::new();
    for line in ["3 third", "2 second", "1 first"] {
        house.expense(&["add", line]).ok();
    }
    house
}

#[test]
fn an_arrow_in_three_pieces_is_one_arrow() {
    let house = three_rows();
    let mut app = house.open();
    app.wait_until("a pointer", |screen| pointed(screen).contains("first"));
    for (start, from, pieces) in [
        (HOME, "first", ["\x1b", "[", "B"]),
        (END, "third", ["\x1b", "[", "A"]),
        (HOME, "first", ["\x1b", "O", "B"]),
    ] {
        loop {
            app.send(start);
            app.wait_until(from, |screen| pointed(screen).contains(from));
            // Pieces that a busy machine let lie for longer than a lone Esc waits prove nothing.
            if app.send_in_pieces(&pieces, Duration::from_millis(20)) < Duration::from_millis(40) {
                break;
            }
        }
        app.wait_until("second", |screen| pointed(screen).contains("second"));
    }
    app.wait_quiet();
    let text = app.text();
    assert!(pointed(&app.screen()).contains("second"), "{text}");
    assert!(!text.contains("12.50 lunch"), "nothing was opened: {text}");
}

#[test]
fn a_lone_escape_goes_back_and_never_quits() {
    let house = three_rows();
    let mut app = house.open();
    app.wait("first");
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send("\x1b");
    app.wait_gone("12.50 lunch #food");
    for _ in 0..3 {
        app.send_in_pieces(&["\x1b"], Duration::from_millis(80));
    }
    app.wait_quiet();
    assert!(app.is_running());
    app.send("q");
    assert_eq!(app.ended().code, 0);
}

#[test]
fn several_pasted_lines_are_shown_and_saved_together() {
    let house = Household::new();
    let mut app = house.open();
    app.wait("No rows in");
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send("\x1b[200~1.10 one #food\r2.20 two #food\r3.30 three #food\x1b[201~");
    app.wait("3 entries");
    let before = house.expense(&["list"]).ok();
    assert!(!before.contains("1.10"), "a paste alone saves nothing: {before}");
    app.send(ENTER);
    app.wait("Saved 3 rows");
    app.wait("Spent 6.60");
}

#[test]
fn a_pasted_line_waits_for_enter_and_is_no_keys() {
    let house = three_rows();
    let mut app = house.open();
    app.wait("first");
    // Into the table, where each letter is a key: d would delete, q would quit.
    app.send("\x1b[200~dq\x1b[201~");
    app.wait_quiet();
    assert!(app.is_running());
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send("\x1b[200~4.40 four\x1b[201~");
    app.wait("4.40 four");
    app.send(ENTER);
    app.wait("Saved 4.40 four");
    app.wait("Spent 10.40");
}
