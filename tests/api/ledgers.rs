//! `/v1/ledgers`.

use crate::dictionary::text;
use serde_json::{Value, json};
use tests::people::TokenRow;
use tests::server::TestApp;

#[tokio::test]
async fn one_lists_the_ledgers_one_is_a_member_of() {
    let app = TestApp::start().await;
    let ben = app.add_person("ben").await;
    app.add_person("cleo").await;
    app.add_member(ben.user_id, app.ledger_id(), "viewer").await;
    let http = app.client_of(&ben);
    let all = http.walk("/v1/ledgers?limit=1").await;
    let mut ids: Vec<&str> = all.iter().map(|ledger| text(ledger, "id")).collect();
    let mut expected = [app.ledger_id().to_string(), ben.ledger_id.to_string()];
    ids.sort_unstable();
    expected.sort();
    assert_eq!(ids, expected);
    let page = http.get("/v1/ledgers?limit=1").await.expect(200);
    assert!(
        page.header("link")
            .unwrap()
            .contains("/v1/ledgers?limit=1&cursor=")
    );
    assert_eq!(app.client().walk("/v1/ledgers").await.len(), 1);
    app.stranger()
        .get("/v1/ledgers")
        .await
        .refused(401, "unauthenticated");
    http.get("/v1/ledgers?limit=201").await.refused(400, "validation");
    http.get("/v1/ledgers?cursor=x").await.refused(400, "bad-cursor");
    let scopes = TokenRow {
        scopes: "account",
        ..TokenRow::default()
    };
    let keeper = tests::people::Person {
        token: app.add_token(ben.user_id, scopes).await,
        ..ben
    };
    app.client_of(&keeper)
        .get("/v1/ledgers")
        .await
        .refused(403, "forbidden");
}

#[tokio::test]
async fn a_ledger_is_read_and_changed() {
    let app = TestApp::start().await;
    let http = app.client();
    let before = http.get("/v1/ledgers/default").await.expect(200);
    assert_eq!(before.etag(), "\"1\"");
    let by_id = format!("/v1/ledgers/{}", app.ledger_id());
    assert_eq!(http.get(&by_id).await.ok(200), before.json);
    let patch =
        json!({ "name": " Joint  account ", "base_currency": "JPY", "month_start_day": 31, "week_start": 7 });
    let change = || {
        http.patch("/v1/ledgers/default", patch.clone())
            .if_match("\"1\"")
            .key("settings")
    };
    let after = change().await.expect(200);
    assert_eq!(after.etag(), "\"2\"");
    let ledger = &after.json;
    assert_eq!(
        (
            &ledger["name"],
            &ledger["base_currency"],
            &ledger["month_start_day"],
            &ledger["week_start"]
        ),
        (&json!("Joint account"), &json!("JPY"), &json!(31), &json!(7))
    );
    assert_eq!(ledger["rev"], app.rev().await);
    // What comes after does not change what a repeat answers.
    let row = json!({ "date": "2026-11-21", "amount": "100" });
    assert_eq!(http.post("expenses", row).await.ok(201)["currency"], "JPY");
    assert_eq!(change().await.expect(200).body, after.body);
    let stale = http
        .patch("/v1/ledgers/default", json!({ "name": "x" }))
        .if_match("\"1\"")
        .await;
    let stale = stale.refused(412, "stale-version");
    assert_eq!(
        stale.json["current"],
        http.get("/v1/ledgers/default").await.ok(200)
    );
    let rev = app.rev().await;
    let same = http
        .patch("/v1/ledgers/default", json!({ "week_start": 7 }))
        .await
        .ok(200);
    assert_eq!((&same["version"], &same["rev"]), (&json!(2), &json!(rev)));
    assert_eq!(app.rev().await, rev, "nothing changed");
}

#[tokio::test]
async fn what_is_no_setting_is_refused() {
    let app = TestApp::start().await;
    let http = app.client();
    let send = |body: Value| http.patch("/v1/ledgers/default", body);
    let refused =
        send(json!({ "month_start_day": 32, "week_start": 0, "base_currency": "EURO", "x": 1 })).await;
    refused.refused(400, "validation").with_faults(&[
        ("/month_start_day", "too-large"),
        ("/week_start", "too-small"),
        ("/base_currency", "unknown-currency"),
        ("/x", "unknown"),
    ]);
    let refused = send(json!({ "name": "\u{202e}" }))
        .await
        .refused(422, "unprocessable");
    refused.with_faults(&[("/name", "direction-mark")]);
    assert_eq!(app.rev().await, 0);
}

#[tokio::test]
async fn only_its_owner_changes_a_ledger_and_others_do_not_see_it() {
    let app = TestApp::start().await;
    let ben = app.add_person("ben").await;
    let http = app.client_of(&ben);
    let ledger = format!("/v1/ledgers/{}", app.ledger_id());
    let missing = format!("/v1/ledgers/{}", api::id::new_uuid());
    let plain = |mut problem: Value| {
        problem["request_id"] = Value::Null;
        problem
    };
    for path in [&missing, &"/v1/ledgers/nonsense".to_owned()] {
        let (theirs, nobodys) = (http.get(&ledger).await, http.get(path).await);
        let (theirs, nobodys) = (
            theirs.refused(404, "not-found"),
            nobodys.refused(404, "not-found"),
        );
        assert_eq!(plain(theirs.json), plain(nobodys.json));
        let (theirs, nobodys) = (
            http.patch(&ledger, json!({ "name": "x" }))
                .await
                .refused(404, "not-found"),
            http.patch(path, json!({ "name": "x" }))
                .await
                .refused(404, "not-found"),
        );
        assert_eq!(plain(theirs.json), plain(nobodys.json));
    }
    app.add_member(ben.user_id, app.ledger_id(), "editor").await;
    http.get(&ledger).await.expect(200);
    http.patch(&ledger, json!({ "name": "x" }))
        .await
        .refused(403, "forbidden");
}
