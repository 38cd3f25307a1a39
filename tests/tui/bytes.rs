//! What the app costs on a slow line and an idle machine, measured at the terminal: bytes, ticks, requests.

use std::fmt::Write as _;
use std::time::Duration;
use tests::daemon::Household;
use tests::program::is_long_run;
use tests::relay::Relay;
use tests::terminal::{ENTER, ESC};

const MOST_OF_A_FRAME: usize = 4096;
const MOST_OF_A_KEY: usize = 600;
/// Another screen is nearly all of the frame anew: eighteen rows go and six bars with their words come, or the other way
/// round.
const MOST_OF_A_SWITCH: usize = 1300;

/// Thirty rows of this month in six categories, as an import makes them.
fn house_with_rows() -> Household {
    let house = Household::new();
    let day = house.expense(&["add", "1.00 first #food", "--json"]).json();
    let month = day["expense"]["date"].as_str().unwrap()[..7].to_owned();
    let mut csv = String::from("date,amount,category,payee\n");
    for n in 1..=28 {
        let category = ["Food", "Rent", "Shopping", "Other", "Travel", "Health"][n % 6];
        let amount = 10 + n * 7;
        writeln!(csv, "{month}-{n:02},{amount}.{n:02},{category},Payee number {n}").unwrap();
    }
    let file = house.home.write("rows.csv", &csv);
    house
        .expense(&["import", &file.display().to_string(), "--create-missing", "--yes"])
        .ok();
    house
}

#[test]
fn a_frame_and_a_key_stay_within_their_bytes() {
    let house = house_with_rows();
    let mut app = house.open();
    let first = app.first_frame();
    assert!(
        first.bytes <= MOST_OF_A_FRAME,
        "the first frame took {} bytes",
        first.bytes
    );
    app.wait("Payee number 28");
    let mut took = Vec::new();
    for keys in ["j", "j", "k"] {
        took.push((keys, app.bytes_of(keys)));
    }
    app.bytes_of("a");
    // With the first letter the offers go and the coming row appears.
    for keys in ["1", "2", ".", "5", " ", "l", "u"] {
        took.push((keys, app.bytes_of(keys)));
    }
    app.bytes_of(ESC);
    for (keys, bytes) in took {
        assert!(
            (1..=MOST_OF_A_KEY).contains(&bytes),
            "{keys:?} took {bytes} bytes"
        );
    }
    let insights = app.bytes_of("2");
    assert!(insights <= MOST_OF_A_SWITCH, "2 took {insights} bytes");
    let back = app.bytes_of("1");
    assert!(back <= MOST_OF_A_SWITCH, "1 took {back} bytes");
}

#[test]
fn an_idle_app_sends_nothing_and_does_nothing() {
    let house = house_with_rows();
    let mut app = house.open();
    app.wait("Payee number 28");
    app.send("2");
    app.wait_quiet();
    let time = Duration::from_secs(if is_long_run() { 60 } else { 3 });
    let before = app.cpu_ticks();
    assert_eq!(app.bytes_in(time), 0, "{}", app.text());
    // A tick that was nearly full before may fill while the pool's idle threads end; work would take more than one.
    let ticks = app.cpu_ticks() - before;
    assert!(
        ticks <= 1,
        "{ticks} ticks of the processor while nothing happened"
    );
}

#[test]
fn typing_asks_the_server_nothing() {
    let mut house = Household::served();
    let relay = Relay::to(house.server().address());
    house.home.set("EXPENSE_SERVER", &relay.url());
    let mut app = house.open();
    app.wait("No rows in");
    app.wait_quiet();
    let before = relay.requests();
    assert!(!before.is_empty());
    app.send("a");
    app.wait("12.50 lunch #food");
    for key in "12.50 lunch #fo\t @cash +trip y // a note".chars() {
        app.send(&key.to_string());
    }
    app.wait("a note");
    app.wait_quiet();
    assert_eq!(relay.requests(), before);
    app.send(ENTER);
    app.send(ENTER);
    app.wait("Saved");
    assert!(relay.requests().len() > before.len(), "saving does");
}
