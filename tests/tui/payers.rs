//! Two people in one set of books: who paid, by the commands and in the app.

use serde_json::{Value, json};
use server::http::examples::EXAMPLE_PASSWORD;
use tests::client::Http;
use tests::daemon::Household;
use tests::program::block_on;
use tests::terminal::ENTER;

/// A served household that Ana joined, as people do: an account, a password, a sign-in, an invite.
fn shared_by_two() -> Household {
    let house = Household::served();
    let (owner, address) = (house.server().client(), house.server().address());
    block_on(async {
        let me = owner.get("/v1/me").await.ok(200);
        let mine = json!({ "display_name": "Ben" });
        owner
            .patch("/v1/me", mine)
            .if_match(&format!("\"{}\"", me["version"]))
            .await
            .ok(200);
        let ana = owner
            .post("/v1/users", json!({ "name": "ana", "display_name": "Ana" }))
            .await
            .ok(201);
        let id = ana["id"].as_str().unwrap();
        let code = owner
            .post(&format!("/v1/users/{id}/reset-code"), Value::Null)
            .await
            .ok(200);
        let anybody = Http::new(address, None);
        let reset = json!({ "name": "ana", "code": code["code"], "password": EXAMPLE_PASSWORD });
        anybody.post("/v1/auth/reset", reset).await.expect(204);
        let login = json!({ "name": "ana", "password": EXAMPLE_PASSWORD });
        let session = anybody.post("/v1/auth/login", login).await.ok(200);
        let invite = owner.post("invites", json!({ "role": "editor" })).await.ok(201);
        let hers = Http::new(address, session["token"].as_str());
        hers.post("/v1/invites/accept", json!({ "code": invite["code"] }))
            .await
            .ok(200);
    });
    house
}

#[test]
fn rows_are_added_listed_and_summed_by_who_paid() {
    let house = shared_by_two();
    house.expense(&["add", "812.40 rent #rent by:ana"]).ok();
    let line = house.expense(&["add", "503.10 food #food by:local"]).ok();
    // An account has an owner, who paid what is recorded on it.
    house.expense(&["accounts", "owner", "card", "ana"]).ok();
    let cards = house.expense(&["add", "1 gum @card"]).ok();
    assert!(house.expense(&["list", "by:ana"]).ok().contains("gum"));
    house
        .expense(&["delete", cards.split_whitespace().last().unwrap()])
        .ok();
    house.expense(&["accounts", "owner", "card"]).ok();
    // Nobody is named, and so it is whoever records it; then nobody.
    let stamps = house.expense(&["add", "23 stamps"]).ok();
    assert!(house.expense(&["list", "by:me"]).ok().contains("stamps"));
    let end = stamps.split_whitespace().last().unwrap();
    house.expense(&["edit", end, "paid-by="]).ok();
    let list = house.expense(&["list", "by:ana"]).ok();
    assert!(list.lines().count() == 1 && list.contains("812.40"), "{list}");
    let refused = house.expense(&["add", "9 tea by:zed"]).failed(65);
    assert!(refused.contains("No member has that name"), "{refused}");
    house.expense(&["list", "by:zed"]).failed(65);

    let report = house.expense(&["report", "by-member"]).ok();
    assert!(
        report.contains("Ana 812.40, Ben 503.10: Ben owes Ana 154.65; 23.00 with nobody named"),
        "{report}"
    );
    let report = house.expense(&["report", "by-member", "--json"]).json();
    assert_eq!(report["balances"][0]["payments"][0]["amount"], "154.65");

    let end = line.split_whitespace().last().unwrap();
    house.expense(&["edit", end, "paid-by=ana"]).ok();
    let report = house.expense(&["report", "by-member"]).ok();
    assert!(
        report.contains("Ana 1315.50, Ben 0.00: Ben owes Ana 657.75"),
        "{report}"
    );
    let report = house.expense(&["report", "by-member", "by:ana"]).ok();
    assert!(report.contains("1315.50") && !report.contains("owes"), "{report}");
    house.expense(&["edit", end, "paid-by="]).ok();
    assert!(house.expense(&["list", "by:none"]).ok().contains("503.10"));
}

#[test]
fn the_app_completes_who_paid_and_says_who_owes_whom() {
    let house = shared_by_two();
    house.expense(&["add", "503.10 food #food by:local"]).ok();
    let mut app = house.open();
    app.wait("503.10");
    app.send("a812.40 rent #rent by:an");
    app.wait("Tab: by:ana");
    app.send("\t");
    app.wait("paid by Ana");
    app.send(ENTER);
    app.wait("Saved 812.40 rent");
    app.send("/by:an\t");
    app.wait("/ by:ana");
    app.send(ENTER);
    app.wait_gone("503.10");
    app.send("x2");
    app.wait("by category, spending");
    app.send("b");
    app.wait("by member");
    app.send("member");
    app.wait_quiet();
    app.send(ENTER);
    app.wait("Ana 812.40, Ben 503.10: Ben owes Ana 154.65");
    app.resize(140, 40);
    app.send("1");
    app.wait("  By  ");
}
