//! A password given again: what lets others in asks for it, and nothing else does.

use super::{login, sign_in, with_token};
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::http::examples::EXAMPLE_PASSWORD;
use tests::client::{Answer, Http};
use tests::server::TestApp;

async fn make_token(http: &Http) -> Answer {
    let body = json!({ "name": "script", "scopes": ["read"] });
    http.post("/v1/tokens", body).send().await
}

async fn confirm(http: &Http, password: &str) -> Answer {
    http.post("/v1/auth/confirm", json!({ "password": password }))
        .send()
        .await
}

#[tokio::test]
async fn a_password_holds_for_ten_minutes_and_for_its_session_alone() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    let (one, other) = (sign_in(&app, "ana").await, sign_in(&app, "ana").await);
    make_token(&one).await.expect(201);
    app.state.clock.advance(TimeDelta::seconds(599));
    make_token(&one).await.expect(201);
    app.state.clock.advance(TimeDelta::seconds(1));
    let body = json!({ "name": "script", "scopes": ["read"] });
    let refused = one.post("/v1/tokens", body.clone()).key("again").await;
    refused.refused(403, "confirm-password");
    confirm(&one, "not this one at all")
        .await
        .refused(422, "unprocessable")
        .with_faults(&[("/password", "wrong-password")]);
    make_token(&one).await.refused(403, "confirm-password");
    confirm(&one, EXAMPLE_PASSWORD).await.expect(204);
    // The refused one was not done, and so its key is still good.
    one.post("/v1/tokens", body).key("again").await.expect(201);
    make_token(&other).await.refused(403, "confirm-password");
    app.state.clock.advance(TimeDelta::minutes(10));
    make_token(&one).await.refused(403, "confirm-password");
}

#[tokio::test]
async fn who_may_not_do_it_anyway_is_not_asked_and_an_api_token_never_is() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let ana = app.add_person("ana").await;
    app.add_member(ana.user_id, app.ledger_id(), "editor").await;
    let session = sign_in(&app, "ana").await;
    app.state.clock.advance(TimeDelta::minutes(11));
    let invite = json!({ "role": "viewer" });
    let shared = session.in_ledger(app.ledger_id());
    shared
        .post("invites", invite.clone())
        .await
        .refused(403, "forbidden");
    let code = format!("/v1/users/{}/reset-code", app.owner().user_id);
    session.post(&code, Value::Null).await.refused(403, "forbidden");
    session
        .post("invites", invite.clone())
        .await
        .refused(403, "confirm-password");
    // `add_person` gives an API token of all scopes.
    app.client_of(&ana)
        .post("invites", invite.clone())
        .await
        .expect(201);
    confirm(&app.client_of(&ana), EXAMPLE_PASSWORD).await.expect(204);
    session
        .post("invites", invite)
        .await
        .refused(403, "confirm-password");
}

#[tokio::test]
async fn the_session_of_a_run_is_asked_for_nothing() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.state.clock.advance(TimeDelta::days(13));
    make_token(&app.client()).await.expect(201);
    confirm(&app.client(), EXAMPLE_PASSWORD)
        .await
        .refused(422, "unprocessable");
}

#[tokio::test]
async fn guesses_cost_growing_waits_and_stop_no_sign_in() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    app.add_person("ana").await;
    let session = sign_in(&app, "ana").await;
    for _ in 0..6 {
        confirm(&session, "not this one at all")
            .await
            .refused(422, "unprocessable");
    }
    let refused = confirm(&session, EXAMPLE_PASSWORD)
        .await
        .refused(429, "rate-limited");
    assert!(refused.header("retry-after").is_some());
    let again = login(&app.stranger(), "ana", EXAMPLE_PASSWORD).await.ok(200);
    make_token(&with_token(&app, &again)).await.expect(201);
    app.state.clock.advance(TimeDelta::minutes(15));
    confirm(&session, EXAMPLE_PASSWORD).await.expect(204);
    // What was right is not counted.
    for _ in 0..8 {
        confirm(&session, EXAMPLE_PASSWORD).await.expect(204);
    }
}
