//! One's own tokens: made, shown once, bound, revoked at once on every server.

use chrono::TimeDelta;
use entity::token;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use server::http::examples::EXAMPLE_PASSWORD;
use tests::client::Http;
use tests::server::TestApp;
use uuid::Uuid;

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

/// A token made by another one, with everything that the maker has.
async fn made_by(http: &Http, app: &TestApp, scopes: &[&str]) -> (String, Http) {
    let (id, secret) = make(http, json!({ "name": "made", "scopes": scopes })).await;
    (id, Http::new(app.address(), Some(&secret)))
}

#[tokio::test]
async fn what_an_api_token_made_ends_with_it_down_to_the_last_one() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    for how in ["revoked", "over"] {
        let (id, secret) = make(
            &app.client(),
            json!({ "name": "maker", "scopes": ["account", "read"], "days": 2 }),
        )
        .await;
        let maker = Http::new(app.address(), Some(&secret));
        let (child_id, child) = made_by(&maker, &app, &["account", "read"]).await;
        let (grandchild_id, grandchild) = made_by(&child, &app, &["read"]).await;
        let (beside_id, beside) = made_by(&app.client(), &app, &["read"]).await;
        let listed = app.client().get("/v1/tokens").await.ok(200);
        let listed = listed["items"].as_array().unwrap().clone();
        let of = |id: &str| listed.iter().find(|token| token["id"] == id).unwrap();
        assert_eq!(of(&child_id)["made_by"], json!(id));
        assert_eq!(of(&grandchild_id)["made_by"], json!(child_id));
        assert_eq!(of(&beside_id)["made_by"], json!(null), "a session is no maker");
        // It lives no longer than its maker, whatever was asked.
        assert_eq!(of(&child_id)["expires_at"], of(&id)["expires_at"]);
        assert_eq!(of(&grandchild_id)["expires_at"], of(&id)["expires_at"]);
        for http in [&maker, &child, &grandchild, &beside] {
            http.get("expenses").await.expect(200);
        }
        if how == "revoked" {
            app.client().delete(&format!("/v1/tokens/{id}")).await.expect(204);
        } else {
            app.state.clock.advance(TimeDelta::days(2));
        }
        for http in [&maker, &child, &grandchild] {
            http.get("expenses").await.refused(401, "unauthenticated");
        }
        beside.get("expenses").await.expect(200);
    }
}

#[tokio::test]
async fn what_is_written_of_a_token_never_makes_it_more_than_its_maker_is() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    app.add_member(ana.user_id, app.ledger_id(), "editor").await;
    let all = ["read", "add", "write", "share", "account"];
    let (maker_id, secret) = make(&app.client_of(&ana), json!({ "name": "maker", "scopes": all })).await;
    let maker = Http::new(app.address(), Some(&secret));
    let (_, child) = made_by(&maker, &app, &all).await;
    let child = child.in_ledger(app.ledger_id());
    let row = json!({ "date": "2026-11-21", "amount": "1" });
    child.post("expenses", row.clone()).await.expect(201);
    // The maker is narrowed, in whatever way: at its next use what it made is so, too.
    let narrow = async |column, value: &str| {
        let done = token::Entity::update_many()
            .col_expr(column, Expr::value(value))
            .filter(token::Column::Id.eq(Uuid::try_parse(&maker_id).unwrap()))
            .exec(app.connection())
            .await;
        assert_eq!(done.unwrap().rows_affected, 1);
    };
    narrow(token::Column::Scopes, "read account").await;
    child.post("expenses", row).await.refused(403, "forbidden");
    child.get("expenses").await.expect(200);
    narrow(token::Column::LedgerIds, &json!([ana.ledger_id]).to_string()).await;
    child.get("expenses").await.refused(404, "not-found");
    child.in_ledger(ana.ledger_id).get("expenses").await.expect(200);
    let listed = child.get("/v1/ledgers").await.ok(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    // And its person is looked at each time.
    let root = app.add_person("root").await;
    app.make_admin(root.user_id).await;
    app.make_admin(ana.user_id).await;
    child.get("/v1/users").await.expect(200);
    let user = format!("/v1/users/{}", ana.user_id);
    let root = app.client_of(&root);
    root.patch(&user, json!({ "is_admin": false })).await.expect(200);
    child.get("/v1/users").await.refused(403, "forbidden");
    root.patch(&user, json!({ "is_disabled": true }))
        .await
        .expect(200);
    child.get("/v1/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_session_that_ends_leaves_what_it_made() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    let body = json!({ "name": "ana", "password": EXAMPLE_PASSWORD });
    let sign_in = async || {
        let session = app.stranger().post("/v1/auth/login", body.clone()).await.ok(200);
        Http::new(app.address(), session["token"].as_str())
    };
    let session = sign_in().await;
    let (_, signed_out) = made_by(&session, &app, &["read"]).await;
    session.post("/v1/auth/logout", json!(null)).await.expect(204);
    signed_out.get("expenses").await.expect(200);
    let session = sign_in().await;
    let (_, left_alone) = made_by(&session, &app, &["read"]).await;
    app.state.clock.advance(TimeDelta::days(15));
    session.get("/v1/me").await.refused(401, "unauthenticated");
    for http in [signed_out, left_alone] {
        http.get("expenses").await.expect(200);
    }
}

#[tokio::test]
async fn a_bound_token_is_told_of_no_ledger_but_its_own() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    app.add_member(ana.user_id, app.ledger_id(), "editor").await;
    let body = json!({ "name": "bound", "scopes": ["read", "account"], "ledger_ids": [app.ledger_id()] });
    let (_, secret) = make(&app.client_of(&ana), body).await;
    let bound = Http::new(app.address(), Some(&secret));
    assert_eq!(
        app.client_of(&ana).get("/v1/me").await.ok(200)["default_ledger_id"],
        json!(ana.ledger_id)
    );
    let me = bound.get("/v1/me").await.expect(200);
    assert_eq!(me.json["default_ledger_id"], json!(app.ledger_id()));
    assert_eq!(
        bound.get("/v1/ledgers/default").await.ok(200)["id"],
        json!(app.ledger_id())
    );
    let renamed = bound
        .patch("/v1/me", json!({ "display_name": "Ana" }))
        .await
        .ok(200);
    assert_eq!(renamed["default_ledger_id"], json!(app.ledger_id()));
    bound
        .patch("/v1/me", json!({ "default_ledger_id": ana.ledger_id }))
        .await
        .expect(200);
    let other = app.add_person("ben").await;
    app.add_member(ana.user_id, other.ledger_id, "viewer").await;
    bound
        .patch("/v1/me", json!({ "default_ledger_id": other.ledger_id }))
        .await
        .refused(409, "unknown-name");
    // Once it is no member there, there is none.
    app.client()
        .delete(&format!("members/{}", ana.user_id))
        .await
        .expect(204);
    assert_eq!(
        bound.get("/v1/me").await.ok(200)["default_ledger_id"],
        json!(null)
    );
}
