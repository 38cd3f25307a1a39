//! Signing in and out.

use super::{login, plain, sign_in, with_token};
use chrono::TimeDelta;
use entity::user;
use sea_orm::EntityTrait;
use serde_json::json;
use server::clock::Clock;
use server::http::examples::EXAMPLE_PASSWORD;
use tests::client::Http;
use tests::server::TestApp;
use uuid::Uuid;

const WRONG: &str = "grotto lantern 42 velvel";

async fn disable(app: &TestApp, name: &str) {
    let ana = app.add_person(name).await;
    let patch = json!({ "is_disabled": true });
    let path = format!("/v1/users/{}", ana.user_id);
    app.client().patch(&path, patch).await.expect(200);
}

#[tokio::test]
async fn a_session_does_what_its_user_may_until_it_is_ended() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let body = json!({ "name": "ana", "password": EXAMPLE_PASSWORD, "client": " my  laptop " });
    let session = app.stranger().post("/v1/auth/login", body).await.ok(200);
    assert_eq!(session["user"]["id"], json!(ana.user_id));
    assert!(session["token"].as_str().unwrap().starts_with("exp_ses_"));
    let http = with_token(&app, &session);
    assert_eq!(http.get("/v1/me").await.ok(200), session["user"]);
    let row = json!({ "date": "2026-11-21", "amount": "1" });
    http.post("expenses", row).await.expect(201);
    let tokens = http.get("/v1/tokens").await.ok(200);
    let mine = tokens["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|token| token["is_this"] == true)
        .unwrap();
    assert_eq!(
        (&mine["kind"], &mine["name"], &mine["expires_at"]),
        (&json!("session"), &json!("my laptop"), &session["expires_at"])
    );
    let other = sign_in(&app, "ana").await;
    http.call(reqwest::Method::POST, "/v1/auth/logout")
        .await
        .expect(204);
    http.get("/v1/me").await.refused(401, "unauthenticated");
    http.call(reqwest::Method::POST, "/v1/auth/logout")
        .await
        .refused(401, "unauthenticated");
    other.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn the_four_that_do_not_get_in_get_the_same_bytes_after_the_same_statements() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let http = app.stranger();
    for name in ["ana", "locked"] {
        app.add_person(name).await;
    }
    disable(&app, "ben").await;
    for _ in 0..6 {
        login(&http, "locked", WRONG).await.expect(401);
    }
    let mut answers = Vec::new();
    // The local owner has no password at all.
    for (name, password) in [
        ("nobody", EXAMPLE_PASSWORD),
        ("ana", WRONG),
        ("ben", EXAMPLE_PASSWORD),
        ("local", EXAMPLE_PASSWORD),
        ("", ""),
        ("x\u{0}' OR 1=1 --", WRONG),
    ] {
        let (first, answer) = app.statements_of(login(&http, name, password).send()).await;
        let (second, _) = app.statements_of(login(&http, name, password).send()).await;
        answers.push((plain(&answer.refused(401, "unauthenticated")), first, second));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    let locked = login(&http, "locked", EXAMPLE_PASSWORD).await;
    assert_eq!(plain(&locked), answers[0].0);
    let kept_out = app.state.clock.now();
    app.state.clock.advance(TimeDelta::seconds(2));
    login(&http, "locked", EXAMPLE_PASSWORD).await.expect(200);
    assert!(app.state.clock.now() > kept_out);
}

#[tokio::test]
async fn names_are_taken_in_any_case_and_passwords_to_the_byte() {
    let app = TestApp::start().await;
    app.add_person("ana").await;
    let http = app.stranger();
    login(&http, " ANA ", EXAMPLE_PASSWORD).await.expect(200);
    for password in [
        EXAMPLE_PASSWORD.to_uppercase(),
        format!(" {EXAMPLE_PASSWORD}"),
        format!("{EXAMPLE_PASSWORD}\n"),
        String::new(),
    ] {
        login(&http, "ana", &password)
            .await
            .refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_token_is_told_once() {
    let app = TestApp::start().await;
    app.add_person("ana").await;
    let http = app.stranger();
    let once = || login(&http, "ana", EXAMPLE_PASSWORD).key("first");
    let session = once().await.expect(200);
    let repeat = once().await.refused(409, "already-done");
    let token = session.json["token"].as_str().unwrap();
    assert!(!repeat.text().contains(token));
    // Nobody learns from a key that somebody signed in with it.
    login(&http, "ana", WRONG)
        .key("first")
        .await
        .refused(401, "unauthenticated");
    login(&http, "ana", EXAMPLE_PASSWORD)
        .key("second")
        .await
        .expect(200);
    let sessions = with_token(&app, &session.json).get("/v1/tokens").await.ok(200);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 3, "{sessions}");
}

#[tokio::test]
async fn a_session_ends_when_it_is_left_alone_and_after_ninety_days_in_any_case() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    let (used, left) = (sign_in(&app, "ana").await, sign_in(&app, "ana").await);
    for day in (12..90).step_by(12) {
        app.state.clock.advance(TimeDelta::days(12));
        used.get("/v1/me").await.expect(200);
        server::service::token_use::store_uses(&app.state).await.unwrap();
        if day > 14 {
            left.get("/v1/me").await.refused(401, "unauthenticated");
        }
    }
    app.state
        .clock
        .advance(TimeDelta::days(6) - TimeDelta::seconds(1));
    used.get("/v1/me").await.expect(200);
    app.state.clock.advance(TimeDelta::seconds(1));
    used.get("/v1/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_twenty_first_session_ends_the_oldest() {
    let app = TestApp::start().await;
    app.add_person("ana").await;
    let mut sessions: Vec<Http> = Vec::new();
    for _ in 0..21 {
        sessions.push(sign_in(&app, "ana").await);
    }
    sessions[0].get("/v1/me").await.refused(401, "unauthenticated");
    sessions[1].get("/v1/me").await.expect(200);
    sessions[20].get("/v1/me").await.expect(200);
}

async fn stored_hash(app: &TestApp, id: Uuid) -> String {
    let row = user::Entity::find_by_id(id).one(app.connection()).await;
    row.unwrap().unwrap().password_hash.unwrap()
}

#[tokio::test]
async fn a_password_is_hashed_anew_once_more_work_is_asked_for() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    login(&app.stranger(), "ana", EXAMPLE_PASSWORD).await.expect(200);
    let before = stored_hash(&app, ana.user_id).await;
    assert!(before.contains("$m=19456,t=2,p=1$"), "{before}");
    let raised = app.another(|config| config.auth.argon2_iterations = 3).await;
    let http = Http::new(raised.address, None);
    login(&http, "ana", WRONG).await.refused(401, "unauthenticated");
    assert_eq!(stored_hash(&app, ana.user_id).await, before);
    login(&http, "ana", EXAMPLE_PASSWORD).await.expect(200);
    let after = stored_hash(&app, ana.user_id).await;
    assert!(after.contains("$m=19456,t=3,p=1$"), "{after}");
    // A server that asks for less takes what is more, and leaves it.
    login(&app.stranger(), "ana", EXAMPLE_PASSWORD).await.expect(200);
    assert_eq!(stored_hash(&app, ana.user_id).await, after);
    raised.shutdown().await;
}

#[tokio::test]
async fn what_is_no_sign_in_is_refused_without_repeating_it() {
    let app = TestApp::start().await;
    app.add_person("ana").await;
    let send = |body: serde_json::Value| app.stranger().post("/v1/auth/login", body);
    let long = "secret-".repeat(100);
    for (body, pointer, code) in [
        (json!({ "password": "secret-1" }), "/name", "missing"),
        (json!({ "name": "ana" }), "/password", "missing"),
        (
            json!({ "name": "ana", "password": 1_234_567 }),
            "/password",
            "type",
        ),
        (
            json!({ "name": "ana", "password": ["secret-1"] }),
            "/password",
            "type",
        ),
        (
            json!({ "name": "ana", "password": long }),
            "/password",
            "too-long",
        ),
        (
            json!({ "name": long, "password": "secret-1" }),
            "/name",
            "too-long",
        ),
        (
            json!({ "name": "ana", "password": "secret-1", "otp": 1 }),
            "/otp",
            "unknown",
        ),
    ] {
        let refused = send(body).await.refused(400, "validation");
        assert_eq!(refused.faults(), [(pointer.to_owned(), code.to_owned())]);
        assert!(!refused.text().contains("secret-") && !refused.text().contains("1234567"));
    }
    let odd = json!({ "name": "ana", "password": EXAMPLE_PASSWORD, "client": "a\u{1b}[2J" });
    send(odd)
        .await
        .refused(422, "unprocessable")
        .with_faults(&[("/client", "control-character")]);
    app.stranger()
        .call(reqwest::Method::POST, "/v1/auth/login")
        .bytes(
            "application/json",
            "{\"name\": \"ana\", \"password\": \"secret-1\"",
        )
        .await
        .refused(400, "bad-request");
}

#[tokio::test]
async fn everybody_makes_their_own_account_only_where_that_is_configured() {
    let body = json!({ "name": "Ana", "password": EXAMPLE_PASSWORD, "currency": "JPY" });
    let closed = TestApp::start().await;
    closed
        .stranger()
        .post("/v1/auth/sign-up", body.clone())
        .await
        .refused(403, "forbidden");
    let app = TestApp::start_with(Clock::system(), |config| config.auth.open_sign_up = true).await;
    let http = app.stranger();
    let sign_up = || http.post("/v1/auth/sign-up", body.clone()).key("ana-1");
    let user = sign_up().await.ok(201);
    assert_eq!(
        (&user["name"], &user["display_name"], &user["is_admin"]),
        (&json!("ana"), &json!("ana"), &json!(false))
    );
    assert_eq!(sign_up().await.ok(201), user, "a repeat");
    let ledger = sign_in(&app, "ana")
        .await
        .get("/v1/ledgers/default")
        .await
        .ok(200);
    assert_eq!(
        (&ledger["base_currency"], &ledger["rev"]),
        (&json!("JPY"), &json!(1))
    );
    http.post("/v1/auth/sign-up", body)
        .await
        .refused(409, "name-taken")
        .with_faults(&[("/name", "name-taken")]);
    http.post(
        "/v1/auth/sign-up",
        json!({ "name": "a b", "password": "password123456", "display_name": "\u{202e}" }),
    )
    .await
    .refused(422, "unprocessable")
    .with_faults(&[("/name", "pattern"), ("/display_name", "direction-mark")]);
    http.post(
        "/v1/auth/sign-up",
        json!({ "name": "ben", "password": "password123456" }),
    )
    .await
    .refused(422, "unprocessable")
    .with_faults(&[("/password", "easy-to-guess")]);
}
