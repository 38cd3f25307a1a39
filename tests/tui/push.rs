//! `expense push`: a whole book goes to a server once, however often it is copied, and the figures of both sides agree.

use serde_json::json;
use tests::daemon::Household;
use tests::program::{Finished, Home, block_on};

/// A book of one's own, and a server whose token it is given.
struct Pair {
    home: Home,
    target: Household,
}

impl Pair {
    fn new() -> Self {
        let target = Household::served();
        let mut home = Home::new();
        let token = target.home.state().join("server.token");
        home.set("EXPENSE_TOKEN_FILE", &token.display().to_string());
        Self { home, target }
    }

    fn push(&self) -> Finished {
        self.home.expense(&["push", "--to", &self.target.server().url()])
    }

    /// Of the copy, by the server's own client.
    fn there(&self, path: &str) -> serde_json::Value {
        let ledgers = block_on(async { self.target.server().client().get("/v1/ledgers").await }).ok(200);
        let copy = ledgers["items"].as_array().unwrap().last().unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let url = format!("/v1/ledgers/{copy}/{path}");
        block_on(async { self.target.server().client().get(&url).await }).ok(200)
    }
}

fn fill(home: &Home) {
    for line in [
        "12.50 lunch #food @cash +trip // with Ana",
        "+3000 salary @bank",
        "-5.25 shoes #shopping",
        "@bank>@cash 200",
        "1200 jpy taxi",
    ] {
        home.expense(&["add", line]).ok();
    }
    home.expense(&["add", "9.99 book #hobby", "--create-missing"])
        .ok();
    home.expense(&["add", "1.00 gone"]).ok();
    let gone = home.expense(&["list", "gone", "--json"]).json();
    home.expense(&["delete", gone["items"][0]["id"].as_str().unwrap()])
        .ok();
}

#[test]
fn a_book_is_copied_once_and_both_sides_agree() {
    let pair = Pair::new();
    fill(&pair.home);
    let first = pair.push();
    let printed = first.stdout.clone();
    first.ok();
    assert!(printed.contains("EUR spent"), "{printed}");
    let listed = pair.there("expenses?limit=200");
    assert_eq!(listed["items"].as_array().unwrap().len(), 6, "{listed}");
    // The same ids, so that a second run has nothing to do.
    let again = pair.push();
    assert!(
        again.stderr.contains("0 rows copied, 6 rows there already"),
        "{again:?}"
    );
    again.ok();
    pair.home.expense(&["add", "2.00 later"]).ok();
    let third = pair.push();
    assert!(third.stderr.contains("1 row copied"), "{third:?}");
    third.ok();
    assert_eq!(
        pair.there("expenses?limit=200")["items"]
            .as_array()
            .unwrap()
            .len(),
        7
    );
}

#[test]
fn what_was_changed_there_stays_and_is_told() {
    let pair = Pair::new();
    fill(&pair.home);
    pair.push().ok();
    let listed = pair.there("expenses?limit=200&q=lunch");
    let row = &listed["items"][0];
    let ledgers = block_on(async { pair.target.server().client().get("/v1/ledgers").await }).ok(200);
    let copy = ledgers["items"].as_array().unwrap().last().unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let url = format!("/v1/ledgers/{copy}/expenses/{}", row["id"].as_str().unwrap());
    let patch = json!({ "amount": "13.00" });
    block_on(async { pair.target.server().client().patch(&url, patch).await }).expect(200);
    let refused = pair.push();
    assert!(
        refused.stdout.contains("13.00") || refused.stderr.contains("not alike"),
        "{refused:?}"
    );
    refused.failed(1);
    let still = block_on(async { pair.target.server().client().get(&url).await }).ok(200);
    assert_eq!(still["amount"], "13.00");
}

#[test]
fn without_a_token_or_a_server_nothing_is_copied() {
    let mut pair = Pair::new();
    pair.home.expense(&["add", "1.00 lunch"]).ok();
    pair.home.unset("EXPENSE_TOKEN_FILE");
    pair.push().failed(77);
    pair.home
        .expense(&["push", "--to", "http://127.0.0.1:1"])
        .failed(69);
    pair.home
        .expense(&["push", "--to", "http://books.example.org"])
        .failed(78);
    pair.home.expense(&["push"]).failed(2);
    let ledgers = block_on(async { pair.target.server().client().get("/v1/ledgers").await }).ok(200);
    assert_eq!(ledgers["items"].as_array().unwrap().len(), 1);
}
