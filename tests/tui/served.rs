//! The app and the commands with a server of their own, which others use too.

use serde_json::json;
use tests::daemon::{Daemon, Household};
use tests::db::{Backend, TestDb};
use tests::program::{Home, block_on};
use tests::relay::Relay;
use tests::terminal::ENTER;

#[test]
fn what_the_app_adds_any_client_sees_and_the_other_way_round() {
    let house = Household::served();
    let mut app = house.open();
    app.wait("No rows in");
    app.wait("live");
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send("12.50 lunch #food");
    app.send(ENTER);
    app.wait("Saved 12.50 lunch, Food");
    let http = house.server().client();
    let page = block_on(async { http.get("expenses").await.ok(200) });
    assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
    assert_eq!(page["items"][0]["amount"], "12.50");
    assert_eq!(page["items"][0]["payee"], "lunch");
    let day = page["items"][0]["date"].clone();
    block_on(async {
        http.post(
            "expenses",
            json!({ "date": day, "amount": "7.50", "payee": "elsewhere" }),
        )
        .await
        .ok(201)
    });
    app.send("r");
    app.wait("elsewhere");
    app.wait("Spent 20.00");
    app.send("q");
    assert_eq!(app.ended().code, 0);
}

#[test]
fn the_server_serves_the_book_that_the_app_keeps_by_itself() {
    let mut home = Home::new();
    home.expense(&["add", "12.50 lunch #food"]).ok();
    let mut server = Daemon::start(&home, None);
    home.set("EXPENSE_SERVER", &server.url());
    let list = home.expense(&["list"]).ok();
    assert!(list.contains("lunch"), "{list}");
    assert_eq!(server.stop(), 0);
    assert!(home.expense(&["list"]).failed(69).contains("127.0.0.1"));
}

#[test]
fn a_server_over_an_empty_database_of_mysql_names_the_command_that_prepares_it() {
    if Backend::of_this_run() == Backend::Sqlite {
        return;
    }
    let home = Home::new();
    let db = block_on(TestDb::empty());
    let refused = Daemon::command(&home, Some(db.url())).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(78), "{said}");
    assert!(said.contains("expensed migrate up"), "{said}");
    let mut up = home.command("expensed", &["migrate", "up"]);
    let up = up
        .env("EXPENSE__DATABASE__URLS", format!("[{:?}]", db.url()))
        .output();
    assert!(up.unwrap().status.success());
    let mut server = Daemon::start(&home, Some(db.url()));
    assert_eq!(server.stop(), 0);
}

#[test]
fn without_its_server_the_app_keeps_what_is_added_and_sends_it_when_it_is_back() {
    let mut house = Household::served();
    let relay = Relay::to(house.server().address());
    house.home.set("EXPENSE_SERVER", &relay.url());
    relay.lead(None);
    let mut app = house.open();
    app.first_frame();
    app.send("a");
    app.wait("12.50 lunch #food");
    app.send("12.50 lunch");
    app.send(ENTER);
    app.wait("offline, 1 waiting");
    app.send("q");
    let ended = app.ended();
    assert_eq!((ended.code, ended.is_restored), (0, true), "{ended:?}");

    // In another run of the app, which looks for the server by itself.
    let app = house.open();
    app.wait("offline, 1 waiting");
    relay.lead(Some(house.server().address()));
    app.wait("live");
    app.wait("Spent 12.50");
    app.wait("lunch");
    let page = block_on(async { house.server().client().get("expenses").await.ok(200) });
    assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
}

#[test]
fn a_sign_out_on_the_servers_machine_leaves_its_own_token_and_one_that_is_gone_is_made_anew() {
    let mut home = Home::new();
    let mut server = Daemon::start(&home, None);
    home.set("EXPENSE_SERVER", &server.url());
    home.expense(&["add", "12.50 lunch"]).ok();
    let said = home.expense(&["logout"]).failed(2);
    assert!(said.contains("this machine's own token"), "{said}");
    home.expense(&["list"]).ok();
    // Whoever revokes it all the same is let in again by the next start at the latest.
    let file = home.state().join("server.token");
    let before = std::fs::read_to_string(&file).unwrap();
    block_on(async {
        server
            .client()
            .post("/v1/auth/logout", json!(null))
            .await
            .expect(204)
    });
    home.expense(&["list"]).failed(77);
    assert_eq!(server.stop(), 0);
    let mut server = Daemon::start(&home, None);
    home.set("EXPENSE_SERVER", &server.url());
    assert!(home.expense(&["list"]).ok().contains("lunch"));
    assert_ne!(std::fs::read_to_string(&file).unwrap(), before);
    assert_eq!(server.stop(), 0);
}
