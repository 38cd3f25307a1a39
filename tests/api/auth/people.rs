//! `/v1/me` and `/v1/users`: oneself, and what admins do for others.

use super::{login, sign_in};
use serde_json::{Value, json};
use server::http::examples::EXAMPLE_PASSWORD;
use tests::client::Http;
use tests::people::TokenRow;
use tests::server::TestApp;

/// A new admin, signed in.
async fn admin(app: &TestApp, name: &str) -> Http {
    let person = app.add_person(name).await;
    app.make_admin(person.user_id).await;
    sign_in(app, name).await
}

fn path(user: &Value) -> String {
    format!("/v1/users/{}", user["id"].as_str().unwrap())
}

#[tokio::test]
async fn one_sees_and_changes_oneself() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.add_person("ana").await, app.add_person("ben").await);
    let http = app.client_of(&ana);
    let before = http.get("/v1/me").await.expect(200);
    assert_eq!(before.etag(), "\"1\"");
    assert_eq!(before.json["default_ledger_id"], json!(ana.ledger_id));
    app.add_member(ana.user_id, ben.ledger_id, "viewer").await;
    let patch = json!({
        "display_name": " Ana  Keller ", "timezone": "Europe/Berlin", "default_ledger_id": ben.ledger_id,
    });
    let change = || http.patch("/v1/me", patch.clone()).if_match("\"1\"").key("me");
    let after = change().await.expect(200);
    assert_eq!(after.etag(), "\"2\"");
    assert_eq!(
        (&after.json["display_name"], &after.json["timezone"]),
        (&json!("Ana Keller"), &json!("Europe/Berlin"))
    );
    let ledger = http.get("/v1/ledgers/default").await.ok(200);
    assert_eq!(ledger["id"], json!(ben.ledger_id));
    assert_eq!(change().await.expect(200).json, after.json, "a repeat");
    http.patch("/v1/me", json!({ "display_name": "x" }))
        .key("me")
        .await
        .refused(422, "key-reused");
    let stale = http
        .patch("/v1/me", json!({ "timezone": null }))
        .if_match("\"1\"")
        .await;
    assert_eq!(stale.refused(412, "stale-version").json["current"], after.json);
    let cleared = json!({ "timezone": null, "default_ledger_id": null });
    let cleared = http.patch("/v1/me", cleared).await.ok(200);
    assert_eq!(
        (&cleared["timezone"], &cleared["version"]),
        (&Value::Null, &json!(3))
    );
    let same = http.patch("/v1/me", json!({ "timezone": null })).await.ok(200);
    assert_eq!(same["version"], 3, "nothing changed");
}

#[tokio::test]
async fn what_one_may_not_make_of_oneself_is_refused() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.add_person("ana").await, app.add_person("ben").await);
    let http = app.client_of(&ana);
    for field in ["is_admin", "is_disabled", "name", "password_hash", "version"] {
        let refused = http
            .patch("/v1/me", json!({ field: true }))
            .await
            .refused(400, "validation");
        refused.with_faults(&[(&format!("/{field}"), "unknown")]);
    }
    for ledger in [ben.ledger_id, api::id::new_uuid()] {
        let refused = http.patch("/v1/me", json!({ "default_ledger_id": ledger })).await;
        refused
            .refused(409, "unknown-name")
            .with_faults(&[("/default_ledger_id", "unknown")]);
    }
    let odd = json!({ "display_name": "A\u{1b}]52;c;x\u{7}", "timezone": "../etc" });
    http.patch("/v1/me", odd)
        .await
        .refused(422, "unprocessable")
        .with_faults(&[("/display_name", "control-character"), ("/timezone", "format")]);
    let read = TokenRow {
        scopes: "write share",
        ..TokenRow::default()
    };
    let read = app.add_token(ana.user_id, read).await;
    let read = Http::new(app.address(), Some(&read));
    read.get("/v1/me").await.expect(200);
    read.patch("/v1/me", json!({ "timezone": "UTC" }))
        .await
        .refused(403, "forbidden");
    app.stranger().get("/v1/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn an_admin_adds_somebody_who_begins_with_a_ledger_and_a_code() {
    let app = TestApp::start().await;
    let http = admin(&app, "root").await;
    let body = json!({ "name": "Ana", "display_name": "Ana K.", "currency": "JPY", "ledger": "Haushalt" });
    let add = || http.post("/v1/users", body.clone()).key("ana");
    let made = add().await.expect(201);
    let user = &made.json;
    assert_eq!(made.header("location"), Some(path(user).as_str()));
    assert_eq!(
        (
            &user["name"],
            &user["has_password"],
            &user["is_admin"],
            &user["version"]
        ),
        (&json!("ana"), &json!(false), &json!(false), &json!(1))
    );
    assert_eq!(add().await.ok(201), *user, "a repeat");
    http.post("/v1/users", json!({ "name": "other" }))
        .key("ana")
        .await
        .refused(422, "key-reused");
    assert_eq!(http.get(&path(user)).await.ok(200), *user);
    login(&app.stranger(), "ana", EXAMPLE_PASSWORD)
        .await
        .refused(401, "unauthenticated");
    let code = http
        .call(reqwest::Method::POST, &format!("{}/reset-code", path(user)))
        .await
        .ok(200);
    let reset = json!({ "name": "ana", "code": code["code"], "password": EXAMPLE_PASSWORD });
    app.stranger().post("/v1/auth/reset", reset).await.expect(204);
    let ana = sign_in(&app, "ana").await;
    let ledger = ana.get("/v1/ledgers/default").await.ok(200);
    assert_eq!(
        (&ledger["name"], &ledger["base_currency"], &ledger["rev"]),
        (&json!("Haushalt"), &json!("JPY"), &json!(1))
    );
    let names: Vec<Value> = http.walk("/v1/users?limit=2").await;
    let names: Vec<&str> = names.iter().map(|user| user["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ana", "local", "root"]);
}

#[tokio::test]
async fn names_and_ids_are_taken_once() {
    let app = TestApp::start().await;
    let http = app.client();
    let ana = app.add_person("ana").await;
    let add = |body: Value| http.post("/v1/users", body);
    for name in ["ana", "ANA", " ana "] {
        let refused = add(json!({ "name": name })).await.refused(409, "name-taken");
        refused.with_faults(&[("/name", "name-taken")]);
    }
    let same_id = json!({ "name": "ben", "id": ana.user_id });
    add(same_id)
        .await
        .refused(409, "id-taken")
        .with_faults(&[("/id", "id-taken")]);
    let own_id = api::id::new_uuid();
    let made = add(json!({ "name": "ben", "id": own_id })).await.ok(201);
    assert_eq!(made["id"], json!(own_id));
    let refused = add(json!({ "name": "a b", "display_name": "\u{202e}", "ledger": "\n" })).await;
    refused.refused(422, "unprocessable").with_faults(&[
        ("/name", "pattern"),
        ("/display_name", "direction-mark"),
        ("/ledger", "line-break"),
    ]);
    let refused = add(json!({ "name": "", "currency": "EURO", "is_admin": 1, "password": "x" })).await;
    refused.refused(400, "validation").with_faults(&[
        ("/name", "too-short"),
        ("/currency", "unknown-currency"),
        ("/is_admin", "type"),
        ("/password", "unknown"),
    ]);
    assert_eq!(http.walk("/v1/users").await.len(), 3, "nothing was half made");
}

#[tokio::test]
async fn who_is_shut_out_is_out_on_every_server_at_once() {
    let app = TestApp::start().await;
    let http = admin(&app, "root").await;
    let ana = app.add_person("ana").await;
    let session = sign_in(&app, "ana").await;
    let other = app.another(|_| ()).await;
    let elsewhere = Http::new(other.address, Some(&ana.token));
    elsewhere.get("/v1/me").await.expect(200);
    let user = format!("/v1/users/{}", ana.user_id);
    let shut = http.patch(&user, json!({ "is_disabled": true })).await.ok(200);
    assert_eq!(shut["is_disabled"], true);
    for http in [&session, &elsewhere, &app.client_of(&ana)] {
        http.get("/v1/me").await.refused(401, "unauthenticated");
    }
    login(&app.stranger(), "ana", EXAMPLE_PASSWORD)
        .await
        .refused(401, "unauthenticated");
    let code = format!("{user}/reset-code");
    http.call(reqwest::Method::POST, &code)
        .await
        .refused(409, "conflict");
    http.patch(&user, json!({ "is_disabled": false }))
        .await
        .expect(200);
    // The sessions stay ended, what was made for programs works again.
    session.get("/v1/me").await.refused(401, "unauthenticated");
    elsewhere.get("/v1/me").await.expect(200);
    sign_in(&app, "ana").await;
    other.shutdown().await;
}

#[tokio::test]
async fn the_last_admin_who_can_sign_in_stays_one() {
    let app = TestApp::start().await;
    let http = admin(&app, "root").await;
    let root = http.get("/v1/me").await.ok(200);
    for patch in [
        json!({ "is_admin": false }),
        json!({ "is_disabled": true }),
        json!({ "is_admin": false, "display_name": "x" }),
    ] {
        http.patch(&path(&root), patch).await.refused(409, "conflict");
    }
    // The local owner is an admin too, but nobody can sign in as them.
    http.patch(&path(&root), json!({ "display_name": "Root" }))
        .await
        .expect(200);
    let local = http.walk("/v1/users").await;
    let local = local.iter().find(|user| user["name"] == "local").unwrap();
    http.patch(&path(local), json!({ "is_disabled": true }))
        .await
        .expect(200);
    app.client().get("/v1/me").await.refused(401, "unauthenticated");
    let ana = app.add_person("ana").await;
    let ana_path = format!("/v1/users/{}", ana.user_id);
    http.patch(&ana_path, json!({ "is_admin": true }))
        .await
        .expect(200);
    http.patch(&path(&root), json!({ "is_admin": false }))
        .await
        .expect(200);
    http.get("/v1/users").await.refused(403, "forbidden");
    app.client_of(&ana).get("/v1/users").await.expect(200);
}

#[tokio::test]
async fn two_admins_who_demote_each_other_at_once_leave_one() {
    for round in 0..5 {
        let app = TestApp::start().await;
        let (ana, ben) = (admin(&app, "ana").await, admin(&app, "ben").await);
        let other = app.another(|_| ()).await;
        let ids = (ana.get("/v1/me").await.ok(200), ben.get("/v1/me").await.ok(200));
        let demote = json!({ "is_admin": false });
        let (one, two) = tokio::join!(
            ana.patch(&path(&ids.1), demote.clone()).send(),
            ben.patch(&path(&ids.0), demote.clone()).send()
        );
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        // The slower one is told that it is no admin any more, or that it would be the last.
        assert!(
            statuses[0] == 200 && matches!(statuses[1], 403 | 409),
            "{round}: {one:?} {two:?}"
        );
        let left = app.client().walk("/v1/users").await;
        let left = left
            .iter()
            .filter(|user| user["is_admin"] == true && user["name"] != "local");
        assert_eq!(left.count(), 1);
        other.shutdown().await;
    }
}

#[tokio::test]
async fn people_are_looked_after_by_admins_alone_and_what_is_not_there_is_missing() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.add_person("ana").await, app.add_person("ben").await);
    let http = app.client_of(&ana);
    let user = format!("/v1/users/{}", ben.user_id);
    let code = format!("{user}/reset-code");
    let post = |http: &Http, path: &str| http.call(reqwest::Method::POST, path);
    for scopes in ["read add write share account", "read add write share"] {
        let row = TokenRow {
            scopes,
            ..TokenRow::default()
        };
        let of = if scopes.contains("account") {
            ana.user_id
        } else {
            app.owner().user_id
        };
        let http = Http::new(app.address(), Some(&app.add_token(of, row).await));
        http.get("/v1/users").await.refused(403, "forbidden");
        http.get(&user).await.refused(403, "forbidden");
        http.post("/v1/users", json!({ "name": "cleo" }))
            .await
            .refused(403, "forbidden");
        http.patch(&user, json!({ "is_admin": true }))
            .await
            .refused(403, "forbidden");
        post(&http, &code).await.refused(403, "forbidden");
    }
    let admin = app.client();
    for id in [api::id::new_uuid().to_string(), "none".to_owned()] {
        let user = format!("/v1/users/{id}");
        admin.get(&user).await.refused(404, "not-found");
        admin.patch(&user, json!({})).await.refused(404, "not-found");
        post(&admin, &format!("{user}/reset-code"))
            .await
            .refused(404, "not-found");
    }
    let stale = admin
        .patch(&user, json!({ "display_name": "B" }))
        .if_match("\"7\"")
        .await;
    assert_eq!(stale.refused(412, "stale-version").json["current"]["name"], "ben");
    http.get("/v1/users?cursor=x").await.refused(403, "forbidden");
    admin.get("/v1/users?cursor=x").await.refused(400, "bad-cursor");
    admin.get("/v1/users?limit=0").await.refused(400, "validation");
}
