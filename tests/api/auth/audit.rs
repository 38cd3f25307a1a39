//! `/v1/audit`: what happened to an account is known to who it is about, and holds no secret.

use super::{NEW_PASSWORD, login, sign_in};
use entity::{account_write, audit, change};
use reqwest::Method;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use server::http::examples::EXAMPLE_PASSWORD;
use tests::client::Http;
use tests::people::TokenRow;
use tests::server::TestApp;

fn kinds(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["kind"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn everything_that_happens_to_an_account_is_in_its_audit_newest_first() {
    let app = TestApp::start().await;
    let admin = app.client();
    let made = admin.post("/v1/users", json!({ "name": "ana" })).await.ok(201);
    let user = format!("/v1/users/{}", made["id"].as_str().unwrap());
    let code = admin
        .call(Method::POST, &format!("{user}/reset-code"))
        .await
        .ok(200);
    let reset = json!({ "name": "ana", "code": code["code"], "password": EXAMPLE_PASSWORD });
    app.stranger().post("/v1/auth/reset", reset).await.expect(204);
    login(&app.stranger(), "ana", "wrong").await.expect(401);
    let http = sign_in(&app, "ana").await;
    let change = json!({ "old_password": EXAMPLE_PASSWORD, "new_password": NEW_PASSWORD });
    http.post("/v1/me/password", change).await.expect(204);
    http.patch("/v1/me", json!({ "timezone": "UTC" }))
        .await
        .expect(200);
    http.call(Method::POST, "/v1/auth/logout").await.expect(204);
    for is_disabled in [true, false] {
        let patch = json!({ "is_disabled": is_disabled });
        admin.patch(&user, patch).await.expect(200);
    }
    admin.patch(&user, json!({ "is_admin": true })).await.expect(200);
    let session = login(&app.stranger(), "ana", NEW_PASSWORD).await.ok(200);
    let http = super::with_token(&app, &session);
    let events = http.walk("/v1/audit?limit=3").await;
    assert_eq!(
        kinds(&events),
        [
            "sign-in",
            "user-changed",
            "user-enabled",
            "user-disabled",
            "sign-out",
            "user-changed",
            "password-changed",
            "sign-in",
            "sign-in-failed",
            "reset-code-used",
            "reset-code-made",
            "user-created",
        ]
    );
    let by = |at: usize| &events[at]["actor_id"];
    assert_eq!((by(0), by(8)), (&made["id"], &Value::Null));
    assert_eq!(by(11), &json!(app.owner().user_id));
    assert!(events.iter().all(|event| event["user_id"] == made["id"]
        && event["address"] == "127.0.0.1"
        && event["client"] == "tests/1"));
    assert_eq!(
        events[1]["detail"],
        json!({ "fields": ["is_admin"], "is_admin": true })
    );
    // An admin may look at it, and sees their own by default.
    let of_ana = format!("/v1/audit?user={}", made["id"].as_str().unwrap());
    let seen = admin.get(&of_ana).await.ok(200);
    assert_eq!(seen["items"], json!(events));
    assert_eq!(admin.get("/v1/audit").await.ok(200)["items"], json!([]));
    let dump = format!("{:?}", audit::Entity::find().all(app.connection()).await.unwrap());
    for secret in [EXAMPLE_PASSWORD, NEW_PASSWORD, "exp_", "argon2"] {
        assert!(!dump.contains(secret), "{dump}");
    }
    // A fast hash of a request would be one of its password.
    let writes = account_write::Entity::find().all(app.connection()).await.unwrap();
    for write in writes {
        let holds_password = matches!(
            write.kind.as_str(),
            "login" | "reset_password" | "change_password"
        );
        assert_eq!(holds_password, write.request_hash == [0; 32], "{write:?}");
    }
}

#[tokio::test]
async fn the_audit_of_others_is_for_admins_and_cursors_are_for_one_list() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.add_person("ana").await, app.add_person("ben").await);
    for _ in 0..3 {
        sign_in(&app, "ana").await;
    }
    let http = app.client_of(&ana);
    let of_ben = format!("/v1/audit?user={}", ben.user_id);
    http.get(&of_ben).await.refused(403, "forbidden");
    let own = format!("/v1/audit?user={}", ana.user_id);
    let page = http.get(&format!("{own}&limit=2")).await.expect(200);
    assert!(
        page.header("link")
            .is_some_and(|link| link.contains("rel=\"next\""))
    );
    let cursor = page.json["next_cursor"].as_str().unwrap();
    let rest = http.get(&format!("{own}&cursor={cursor}")).await.ok(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    app.client_of(&ben)
        .get(&format!("/v1/audit?cursor={cursor}"))
        .await
        .refused(400, "bad-cursor");
    http.get("/v1/audit?user=me").await.refused(400, "validation");
    http.get("/v1/audit?limit=201").await.refused(400, "validation");
    let row = TokenRow {
        scopes: "read write share",
        ..TokenRow::default()
    };
    let narrow = Http::new(app.address(), Some(&app.add_token(ana.user_id, row).await));
    narrow.get("/v1/audit").await.refused(403, "forbidden");
    app.stranger()
        .get("/v1/audit")
        .await
        .refused(401, "unauthenticated");
}

#[tokio::test]
async fn failed_sign_ins_of_nobody_are_forgotten_and_those_of_somebody_kept() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    for name in ["ana", "nobody"] {
        login(&app.stranger(), name, "wrong").await.expect(401);
    }
    app.state.clock.advance(chrono::TimeDelta::days(31));
    server::job::clear::clear(&app.state).await.unwrap();
    let left = audit::Entity::find().all(app.connection()).await.unwrap();
    assert!(left.len() == 1 && left[0].user_id.is_some(), "{left:?}");
    let changes = change::Entity::find().count(app.connection()).await.unwrap();
    assert_eq!(changes, 0, "no book is touched by any of this");
}
