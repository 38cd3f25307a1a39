//! One's own tokens: made, shown once, bound, revoked at once on every server.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::client::Http;
use tests::server::TestApp;

async fn make(http: &Http, body: Value) -> (String, String) {
    let issued = http.post("/v1/tokens", body).await.ok(201);
    let text = |pointer: &str| issued.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    (text("/token/id"), text("/secret"))
}

fn names(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|token| token["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_until_it_is_revoked() {
    let app = TestApp::start().await;
    let (id, secret) = make(
        &app.client(),
        json!({ "name": " phone  shortcut ", "scopes": ["add"] }),
    )
    .await;
    let phone = Http::new(app.address(), Some(&secret));
    let row = json!({ "date": "2026-11-21", "amount": "1" });
    phone.post("expenses", row.clone()).await.expect(201);
    phone.get("expenses").await.refused(403, "forbidden");
    phone.get("/v1/tokens").await.refused(403, "forbidden");
    let listed = app.client().get("/v1/tokens").await.ok(200);
    assert_eq!(names(&listed), ["this run", "phone shortcut"]);
    assert_eq!(listed["items"][0]["is_this"], true);
    assert!(!listed.to_string().contains(&secret));
    app.client()
        .delete(&format!("/v1/tokens/{id}"))
        .key("gone")
        .await
        .expect(204);
    phone.post("expenses", row).await.refused(401, "unauthenticated");
    // A repeat by its key is done already; another try finds nothing.
    app.client()
        .delete(&format!("/v1/tokens/{id}"))
        .key("gone")
        .await
        .expect(204);
    app.client()
        .delete(&format!("/v1/tokens/{id}"))
        .await
        .refused(404, "not-found");
    assert_eq!(names(&app.client().get("/v1/tokens").await.ok(200)), ["this run"]);
}

#[tokio::test]
async fn a_secret_is_told_once() {
    let app = TestApp::start().await;
    let http = app.client();
    let body = json!({ "name": "once", "scopes": ["read"] });
    http.post("/v1/tokens", body.clone())
        .key("token-1")
        .await
        .expect(201);
    http.post("/v1/tokens", body)
        .key("token-1")
        .await
        .refused(409, "already-done");
    let other = json!({ "name": "another", "scopes": ["read"] });
    http.post("/v1/tokens", other)
        .key("token-1")
        .await
        .refused(422, "key-reused");
    assert_eq!(names(&http.get("/v1/tokens").await.ok(200)), ["this run", "once"]);
}

#[tokio::test]
async fn a_token_makes_none_that_may_more() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let body = json!({ "name": "narrow", "scopes": ["account", "read"], "ledger_ids": [app.ledger_id()] });
    let (_, secret) = make(&app.client(), body).await;
    let narrow = Http::new(app.address(), Some(&secret));
    let wider = json!({ "name": "wider", "scopes": ["read", "write", "share"] });
    let refused = narrow
        .post("/v1/tokens", wider)
        .await
        .refused(422, "unprocessable");
    assert_eq!(refused.json["errors"][0]["pointer"], "/scopes");
    assert!(
        refused.json["detail"]
            .as_str()
            .unwrap()
            .contains("`write`, `share`")
    );
    // What it makes is bound as it is.
    let (_, same) = make(&narrow, json!({ "name": "same", "scopes": ["read"] })).await;
    let same = Http::new(app.address(), Some(&same)).in_ledger(ana.ledger_id);
    same.get("expenses").await.refused(404, "not-found");
    let foreign = json!({ "name": "x", "scopes": ["read"], "ledger_ids": [app.ledger_id(), ana.ledger_id] });
    for http in [app.client(), narrow] {
        let refused = http
            .post("/v1/tokens", foreign.clone())
            .await
            .refused(409, "unknown-name");
        assert_eq!(refused.json["errors"][0]["pointer"], "/ledger_ids/1");
    }
}

#[tokio::test]
async fn a_token_ends_when_its_time_is_over() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let (_, secret) = make(
        &app.client(),
        json!({ "name": "short", "scopes": ["read"], "days": 1 }),
    )
    .await;
    let http = Http::new(app.address(), Some(&secret));
    http.get("expenses").await.expect(200);
    app.state.clock.advance(TimeDelta::days(1));
    http.get("expenses").await.refused(401, "unauthenticated");
    assert_eq!(names(&app.client().get("/v1/tokens").await.ok(200)), ["this run"]);
}

#[tokio::test]
async fn tokens_of_others_are_not_there() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let (id, secret) = make(&app.client(), json!({ "name": "mine", "scopes": ["read"] })).await;
    let url = format!("/v1/tokens/{id}");
    app.client_of(&ana).delete(&url).await.refused(404, "not-found");
    Http::new(app.address(), Some(&secret))
        .get("expenses")
        .await
        .expect(200);
    app.client_of(&ana)
        .get("/v1/tokens?limit=0")
        .await
        .refused(400, "validation");
    for bad in [
        json!({ "name": "x", "scopes": [] }),
        json!({ "name": "x", "scopes": ["read", "read"] }),
        json!({ "name": "x", "scopes": ["root"] }),
        json!({ "name": "", "scopes": ["read"] }),
        json!({ "name": "x", "scopes": ["read"], "days": 367 }),
        json!({ "name": "x", "scopes": ["read"], "secret": "mine" }),
    ] {
        app.client()
            .post("/v1/tokens", bad)
            .await
            .refused(400, "validation");
    }
    let escape = json!({ "name": "x\u{1b}[2J", "scopes": ["read"] });
    app.client()
        .post("/v1/tokens", escape)
        .await
        .refused(422, "unprocessable");
}

#[tokio::test]
async fn nobody_has_more_than_fifty() {
    let app = TestApp::start().await;
    let body = json!({ "name": "one of many", "scopes": ["read"] });
    for _ in 0..50 {
        app.client().post("/v1/tokens", body.clone()).await.expect(201);
    }
    app.client()
        .post("/v1/tokens", body)
        .await
        .refused(409, "conflict");
}

#[tokio::test]
async fn what_one_server_revokes_the_other_refuses_at_once() {
    let app = TestApp::start().await;
    let other = app.another(|_| ()).await;
    let mut accepted = 0;
    for round in 0..10 {
        let body = json!({ "name": format!("round {round}"), "scopes": ["read"] });
        let (id, secret) = make(&app.client(), body).await;
        let there = Http::new(other.address, Some(&secret));
        there.get("expenses").await.expect(200);
        app.client().delete(&format!("/v1/tokens/{id}")).await.expect(204);
        for _ in 0..100 {
            let answer = there.get("expenses").await;
            if answer.status != 401 {
                accepted += 1;
            }
        }
    }
    assert_eq!(accepted, 0, "of 1,000 tries");
}
