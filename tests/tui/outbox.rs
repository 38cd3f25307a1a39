//! What is changed while the server is away is there when it is back, all of it, once, in order: by the app that made
//! the changes, or by the next one after it was killed or its line dropped.

use serde_json::Value;
use tests::daemon::Household;
use tests::program::{block_on, eventually};
use tests::relay::Relay;
use tests::terminal::{ENTER, ESC, Terminal};

const CTRL_U: &str = "\x15";
const CTRL_X: &str = "\x18";

fn rows(house: &Household) -> Vec<Value> {
    let page = block_on(async { house.server().client().get("expenses?limit=200").await.ok(200) });
    page["items"].as_array().unwrap().clone()
}

fn waiting(house: &Household) -> usize {
    let files = std::fs::read_dir(house.home.state().join("outbox"));
    let names = files.into_iter().flatten().flatten().map(|file| file.path());
    names
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .count()
}

fn house() -> (Household, Relay) {
    let mut house = Household::served();
    for line in ["1.00 kept", "2.00 changed", "3.00 gone"] {
        house.expense(&["add", line]).ok();
    }
    let relay = Relay::to(house.server().address());
    house.home.set("EXPENSE_SERVER", &relay.url());
    (house, relay)
}

/// Deletes a row, changes one, makes one and changes that, all while nobody answers.
fn work_without_server(house: &Household, relay: &Relay) -> Terminal {
    let mut app = house.open();
    app.wait("live");
    app.wait("gone");
    app.wait_quiet();
    relay.lead(None);
    app.send("d");
    app.wait("not sent yet: delete 3.00 gone");
    app.send("e");
    app.wait("Edit row");
    app.send(CTRL_U);
    app.send("20");
    app.send(CTRL_X);
    app.wait("not sent yet: change 2.00 changed");
    app.wait("20.00");
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send("4.00 fresh");
    app.wait("4.00 fresh");
    app.send(ENTER);
    app.wait("offline, 3 waiting");
    app.send("e");
    app.wait("Edit row");
    app.send(CTRL_U);
    app.send("5");
    app.send(CTRL_X);
    app.wait_gone("Edit row");
    app.wait("offline, 4 waiting");
    app.wait("5.00");
    assert_eq!(waiting(house), 4);
    app.send("w");
    app.wait("Not sent yet: 4");
    app.send(ESC);
    app.wait_gone("Not sent yet: 4");
    app
}

fn is_all_there_once(house: &Household) {
    eventually("everything is sent", || waiting(house) == 0);
    let mut rows: Vec<(String, String, i64)> = rows(house)
        .iter()
        .map(|row| {
            let text = |field: &str| row[field].as_str().unwrap().to_owned();
            (text("payee"), text("amount"), row["version"].as_i64().unwrap())
        })
        .collect();
    rows.sort();
    let row = |payee: &str, amount: &str, version| (payee.to_owned(), amount.to_owned(), version);
    assert_eq!(
        rows,
        [
            row("changed", "20.00", 2),
            row("fresh", "5.00", 2),
            row("kept", "1.00", 1)
        ]
    );
}

#[test]
fn what_was_done_while_the_server_was_away_is_there_once_when_it_is_back() {
    let (house, relay) = house();
    let mut app = work_without_server(&house, &relay);
    relay.lead(Some(house.server().address()));
    app.wait("live");
    is_all_there_once(&house);
    let screen = app.wait_until("rows without a sign", |screen| !screen.contents().contains('~'));
    assert!(screen.contents().contains("20.00"), "{}", screen.contents());
    app.send("w");
    app.wait("Everything is with the server.");
    app.send(ESC);
    app.wait_gone("Everything is with the server.");
    app.send("q");
    assert_eq!(app.ended().code, 0);
}

#[test]
fn what_a_killed_app_or_a_dropped_line_left_is_sent_by_the_next() {
    for name in ["KILL", "HUP"] {
        let (house, relay) = house();
        let app = work_without_server(&house, &relay);
        app.signal(name);
        app.ended();
        assert_eq!(waiting(&house), 4);
        // The next one begins while the server is away still.
        let mut app = house.open();
        app.wait("offline, 4 waiting");
        relay.lead(Some(house.server().address()));
        app.wait("live");
        is_all_there_once(&house);
        app.wait("20.00");
        app.send("q");
        assert_eq!(app.ended().code, 0, "{name}");
    }
}
