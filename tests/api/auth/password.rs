//! New passwords, by the old one and by a one-time code.

use super::{NEW_PASSWORD, login, plain, sign_in};
use chrono::TimeDelta;
use entity::reset_code;
use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use server::http::examples::EXAMPLE_PASSWORD;
use server::service::secret::{SecretKind, draw};
use tests::client::{Call, Http};
use tests::people::Person;
use tests::server::TestApp;

async fn code_for(app: &TestApp, person: &Person) -> String {
    let path = format!("/v1/users/{}/reset-code", person.user_id);
    let made = app.client().call(Method::POST, &path).await.ok(200);
    made["code"].as_str().unwrap().to_owned()
}

fn reset(app: &TestApp, name: &str, code: &str, password: &str) -> Call {
    let body = json!({ "name": name, "code": code, "password": password });
    app.stranger().post("/v1/auth/reset", body)
}

fn change(http: &Http, old: &str, new: &str) -> Call {
    let body = json!({ "old_password": old, "new_password": new });
    http.post("/v1/me/password", body)
}

#[tokio::test]
async fn a_code_sets_a_new_password_once_and_ends_all_sessions() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let session = sign_in(&app, "ana").await;
    let code = code_for(&app, &ana).await;
    let once = || reset(&app, " Ana ", &code, NEW_PASSWORD).key("reset");
    once().await.expect(204);
    session.get("/v1/me").await.refused(401, "unauthenticated");
    app.client_of(&ana).get("/v1/me").await.expect(200);
    let http = app.stranger();
    login(&http, "ana", EXAMPLE_PASSWORD)
        .await
        .refused(401, "unauthenticated");
    let session = login(&http, "ana", NEW_PASSWORD).await.ok(200);
    assert_eq!(session["user"]["name"], "ana");
    // The same request again is the same request; another one finds the code used up.
    once().await.expect(204);
    let used = reset(&app, "ana", &code, EXAMPLE_PASSWORD).await;
    used.refused(401, "unauthenticated");
    login(&http, "ana", NEW_PASSWORD).await.expect(200);
    let stored = reset_code::Entity::find().all(app.connection()).await.unwrap();
    assert!(
        stored
            .iter()
            .all(|row| !code.as_bytes().windows(32).any(|part| part == row.hash))
    );
}

#[tokio::test]
async fn what_is_no_good_code_gets_one_answer_and_changes_nothing() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let (ana, ben) = (app.add_person("ana").await, app.add_person("ben").await);
    let shut = app.add_person("cleo").await;
    let older = code_for(&app, &ana).await;
    let code = code_for(&app, &ana).await;
    let bens = code_for(&app, &ben).await;
    let cleos = code_for(&app, &shut).await;
    let path = format!("/v1/users/{}", shut.user_id);
    app.client()
        .patch(&path, json!({ "is_disabled": true }))
        .await
        .expect(200);
    let mut answers = Vec::new();
    for (name, code) in [
        ("ana", older.as_str()),
        ("ana", &bens),
        ("nobody", &code),
        ("cleo", &cleos),
        ("ana", &draw(SecretKind::Reset)),
        ("ana", &draw(SecretKind::Invite)),
        ("ana", &code[..code.len() - 1]),
        ("ana", ""),
    ] {
        // A weak password is not judged for who has no code.
        let answer = reset(&app, name, code, "weak").await;
        answers.push(plain(&answer.refused(401, "unauthenticated")));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    app.state
        .clock
        .advance(TimeDelta::minutes(30) - TimeDelta::seconds(1));
    for (password, fault) in [
        ("ab12-cd34", "too-short"),
        ("ana-ana-ana-ana", "easy-to-guess"),
        ("passwordpassword", "easy-to-guess"),
    ] {
        let refused = reset(&app, "ana", &code, password)
            .await
            .refused(422, "unprocessable");
        assert!(!refused.text().contains(password));
        refused.with_faults(&[("/password", fault)]);
    }
    app.state.clock.advance(TimeDelta::seconds(1));
    let late = reset(&app, "ana", &code, NEW_PASSWORD).await;
    assert_eq!(plain(&late), answers[0]);
    sign_in(&app, "ana").await;
}

#[tokio::test]
async fn a_code_taken_twice_at_once_works_once() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let other = app.another(|_| ()).await;
    let code = code_for(&app, &ana).await;
    let elsewhere = Http::new(other.address, None);
    let body = json!({ "name": "ana", "code": code, "password": EXAMPLE_PASSWORD });
    let (one, two) = tokio::join!(
        reset(&app, "ana", &code, NEW_PASSWORD).send(),
        elsewhere.post("/v1/auth/reset", body).send()
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 401], "{one:?} {two:?}");
    other.shutdown().await;
}

#[tokio::test]
async fn a_code_is_told_once_and_lets_somebody_in_who_waits() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let ana = app.add_person("ana").await;
    let path = format!("/v1/users/{}/reset-code", ana.user_id);
    let make = || app.client().call(Method::POST, &path).key("code");
    let made = make().await.ok(200);
    assert_eq!(made["expires_at"], "2026-11-22T10:30:00.000000Z");
    make().await.refused(409, "already-done");
    for _ in 0..6 {
        login(&app.stranger(), "ana", "wrong").await.expect(401);
    }
    let code = made["code"].as_str().unwrap();
    reset(&app, "ana", code, NEW_PASSWORD).await.expect(204);
    login(&app.stranger(), "ana", NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn who_knows_the_old_password_chooses_a_new_one_and_keeps_this_session_alone() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let (here, there) = (sign_in(&app, "ana").await, sign_in(&app, "ana").await);
    let once = || change(&here, EXAMPLE_PASSWORD, NEW_PASSWORD).key("change");
    once().await.expect(204);
    here.get("/v1/me").await.expect(200);
    there.get("/v1/me").await.refused(401, "unauthenticated");
    app.client_of(&ana).get("/v1/me").await.expect(200);
    once().await.expect(204);
    login(&app.stranger(), "ana", EXAMPLE_PASSWORD)
        .await
        .refused(401, "unauthenticated");
    login(&app.stranger(), "ana", NEW_PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_new_password_is_refused_where_the_old_one_is_wrong_or_it_is_weak() {
    let app = TestApp::start().await;
    app.add_person("ana").await;
    let http = sign_in(&app, "ana").await;
    let refused = |answer: tests::client::Answer, pointer: &str, code: &str| {
        answer
            .refused(422, "unprocessable")
            .with_faults(&[(pointer, code)])
    };
    let wrong = change(&http, NEW_PASSWORD, NEW_PASSWORD).await;
    refused(wrong, "/old_password", "wrong-password");
    let weak = change(&http, EXAMPLE_PASSWORD, "aaaaaaaaaaaaaaaa").await;
    refused(weak, "/new_password", "easy-to-guess");
    let long = change(&http, EXAMPLE_PASSWORD, &"ä".repeat(300)).await;
    refused(long, "/new_password", "too-long");
    let body = json!({ "old_password": EXAMPLE_PASSWORD });
    let missing = http
        .post("/v1/me/password", body)
        .await
        .refused(400, "validation");
    missing.with_faults(&[("/new_password", "missing")]);
    app.stranger()
        .post(
            "/v1/me/password",
            json!({ "old_password": "x", "new_password": "y" }),
        )
        .await
        .refused(401, "unauthenticated");
    change(&app.client(), EXAMPLE_PASSWORD, NEW_PASSWORD)
        .await
        .refused(409, "conflict");
    http.get("/v1/me").await.expect(200);
}

#[tokio::test]
async fn a_lost_token_does_not_find_out_the_password() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let ana = app.add_person("ana").await;
    let thief = app.client_of(&ana);
    for _ in 0..6 {
        let wrong = change(&thief, "a guess at it", NEW_PASSWORD).await;
        wrong.refused(422, "unprocessable");
    }
    let answer = change(&thief, EXAMPLE_PASSWORD, NEW_PASSWORD).await;
    let answer = answer.refused(429, "rate-limited");
    assert!(
        answer
            .header("retry-after")
            .is_some_and(|secs| secs.parse::<u64>().is_ok())
    );
    // Nor does it keep its owner out.
    let session: Value = login(&app.stranger(), "ana", EXAMPLE_PASSWORD).await.ok(200);
    assert_eq!(session["user"]["name"], "ana");
}
