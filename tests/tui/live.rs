//! Two people in two apps on two servers over one database: what one does stands before the other within moments, in
//! its place, with their name, and nothing moves under the cursor.

use serde_json::json;
use server::embedded::Running;
use tests::client::Http;
use tests::daemon::Household;
use tests::people::Person;
use tests::program::{Home, block_on, eventually};
use tests::relay::Relay;
use tests::server::TestApp;
use tests::terminal::{ENTER, Screen, Terminal};

/// Carla's ledger, which Ana edits at another server; three rows of this month in it.
fn shared() -> (TestApp, Running, Person, Person) {
    block_on(async {
        let app = TestApp::start().await;
        let other = app.another(|_| ()).await;
        let carla = app.add_person("carla").await;
        let ana = app.add_person("ana").await;
        app.add_member(ana.user_id, carla.ledger_id, "editor").await;
        let today = app.state.clock.now().date_naive();
        for payee in ["Baker", "Cinema", "Dentist"] {
            let row = json!({ "date": today, "amount": "7.00", "payee": payee });
            app.client_of(&carla).post("expenses", row).await.expect(201);
        }
        (app, other, carla, ana)
    })
}

fn home_of(person: &Person, url: &str, ledger: &Person) -> Home {
    let mut home = Home::new();
    home.set("EXPENSE_SERVER", url);
    home.set("EXPENSE_TOKEN", &person.token);
    home.set("EXPENSE_LEDGER", &ledger.ledger_id.to_string());
    home
}

/// The line that the cursor stands on.
fn chosen(screen: &Screen) -> String {
    let text = screen.contents();
    let line = text.lines().find(|line| line.starts_with('>'));
    line.unwrap_or_else(|| panic!("nothing is chosen:\n{text}"))
        .to_owned()
}

/// The line with this sign before it.
fn marked(screen: &Screen, sign: &str) -> String {
    let text = screen.contents();
    let line = text.lines().find(|line| line.starts_with(&format!(" {sign}")));
    line.unwrap_or_default().to_owned()
}

#[test]
fn an_add_in_one_app_appears_in_the_other_in_its_place_and_says_who_did_it() {
    let (app, other, carla, ana) = shared();
    let (home_here, home_there) = (
        home_of(&carla, &app.url(), &carla),
        home_of(&ana, &format!("http://{}", other.address), &carla),
    );
    let mut here = Terminal::open(&home_here, &[]);
    here.wait(" live");
    here.wait("Baker");
    here.send("j");
    let before = chosen(&here.wait_until("the second row", |screen| chosen(screen).contains("Cinema")));
    let mut there = Terminal::open(&home_there, &[]);
    there.wait(" live");
    there.wait("Baker");
    there.send("a");
    there.wait("12.50 lunch #food");
    there.send("48.90 Rewe");
    there.send(ENTER);
    there.wait("Saved 48.90 Rewe");
    here.wait("ana added Rewe 48.90.");
    let screen = here.wait_until("the row and the totals", |screen| {
        marked(screen, "+").contains("Rewe") && screen.contents().contains("69.90")
    });
    assert_eq!(chosen(&screen), before, "the cursor stays on its row");

    // What one does oneself is no news; what one does elsewhere is.
    there.wait_quiet();
    assert!(!there.text().contains("another device"), "{}", there.text());
    home_there.expense(&["add", "3.10 stamps"]).ok();
    there.wait("You added stamps 3.10 on another device.");
    here.wait("ana added stamps 3.10.");

    // The sums of Insights follow as well.
    here.send("2");
    here.wait("73.00");
    there.send("G");
    there.wait_until("the last row", |screen| chosen(screen).contains("Baker"));
    there.send("d");
    there.wait("Deleted 7.00 Baker");
    here.wait("ana deleted Baker 7.00.");
    here.wait("66.00");
    here.send("1");
    here.wait_until("the rows without it", |screen| {
        !screen.contents().contains("Baker  ")
    });

    // A change is marked by another sign than what is unsent. One's own message has the line until the next key.
    there.send("k");
    there.wait_until("the line to be free", |screen| {
        !screen.contents().contains("Deleted 7.00")
    });
    block_on(async {
        let hers = Http::new(other.address, Some(&ana.token)).in_ledger(carla.ledger_id);
        let page = hers.get("expenses?q=dentist").await.ok(200);
        let path = format!("expenses/{}", page["items"][0]["id"].as_str().unwrap());
        hers.patch(&path, json!({ "amount": "8.00" })).await.expect(200);
    });
    here.wait("ana changed Dentist 8.00.");
    here.wait_until("the sign", |screen| marked(screen, "^").contains("Dentist"));
    there.wait("You changed Dentist 8.00 on another device.");
    for mut terminal in [here, there] {
        terminal.send("q");
        assert_eq!(terminal.ended().code, 0);
    }
    block_on(other.shutdown());
}

#[test]
fn what_happened_while_the_server_was_away_is_there_when_it_is_back() {
    let mut house = Household::served();
    let relay = Relay::to(house.server().address());
    house.home.set("EXPENSE_SERVER", &relay.url());
    let mut app = house.open();
    app.wait(" live");
    app.wait("No rows in");
    house.kill_server();
    app.wait(" offline");
    let address = house.restart();
    let today = server::clock::Clock::system().now().date_naive();
    let row = json!({ "date": today, "amount": "7.00", "payee": "Meanwhile" });
    block_on(async { house.server().client().post("expenses", row).await.expect(201) });
    relay.lead(Some(address));
    app.wait("Meanwhile");
    app.wait(" live");
    app.send("q");
    assert_eq!(app.ended().code, 0);
}

/// A form that is open while another edits the same row, and while its own server dies.
#[test]
fn an_edit_that_met_anothers_is_shown_and_merged_by_one_key() {
    let (app, other, carla, ana) = shared();
    let home = home_of(&carla, &app.url(), &carla);
    let mut here = Terminal::open(&home, &[]);
    here.wait(" live");
    here.wait("Baker");
    here.send("j");
    here.wait_until("the second row", |screen| chosen(screen).contains("Cinema"));
    here.send("e");
    here.wait("Edit row");
    here.send("\x15");
    here.send("9.50");
    here.wait("9.50");
    let theirs = Http::new(other.address, Some(&ana.token)).in_ledger(carla.ledger_id);
    let path = block_on(async {
        let page = theirs.get("expenses?q=cinema").await.ok(200);
        let path = format!("expenses/{}", page["items"][0]["id"].as_str().unwrap());
        theirs
            .patch(&path, json!({ "note": "with Ben" }))
            .await
            .expect(200);
        path
    });
    here.send("\x18");
    here.wait("Somebody changed it meanwhile");
    let text = here.wait("By ana").contents();
    assert!(
        text.contains("9.50") && text.contains("with Ben") && text.contains("before"),
        "{text}"
    );
    here.send(ENTER);
    here.wait_gone("Somebody changed it meanwhile");
    let row = || block_on(async { theirs.get(&path).await.ok(200) });
    eventually("what was merged is saved", || row()["amount"] == "9.50");
    assert_eq!(row()["note"], "with Ben");
    here.send("q");
    assert_eq!(here.ended().code, 0);
    block_on(other.shutdown());
}

#[test]
fn a_form_that_is_open_while_its_server_dies_is_saved_once_when_it_is_back() {
    let mut house = Household::served();
    house.expense(&["add", "7.00 Cinema"]).ok();
    let relay = Relay::to(house.server().address());
    house.home.set("EXPENSE_SERVER", &relay.url());
    let mut app = house.open();
    app.wait(" live");
    app.wait("Cinema");
    app.send("e");
    app.wait("Edit row");
    house.kill_server();
    app.send("\x15");
    app.send("9.50");
    app.wait("9.50");
    app.send("\x18");
    app.wait("not sent yet: change 7.00 Cinema");
    app.wait("offline, 1 waiting");
    let address = house.restart();
    relay.lead(Some(address));
    app.wait(" live");
    app.wait_gone("waiting");
    let http = house.server().client();
    let page = block_on(async { http.get("expenses").await.ok(200) });
    let rows = page["items"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{page}");
    assert_eq!(
        (&rows[0]["amount"], &rows[0]["version"]),
        (&json!("9.50"), &json!(2))
    );
    app.send("q");
    assert_eq!(app.ended().code, 0);
}
