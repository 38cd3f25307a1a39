//! How often one caller may ask: what each answer says of it, the refusal, and whose bucket a request is counted in.

use chrono::TimeDelta;
use serde_json::json;
use server::clock::Clock;
use server::config::Config;
use tests::client::{Answer, Http};
use tests::server::TestApp;

/// A server whose clock stands still.
async fn limited(reads: u32, writes: u32, change: impl FnOnce(&mut Config)) -> TestApp {
    let clock = Clock::fixed("2026-11-22T10:00:00Z".parse().unwrap());
    TestApp::start_with(clock, |config| {
        config.server.reads_per_minute = reads;
        config.server.writes_per_minute = writes;
        change(config);
    })
    .await
}

fn fields(answer: &Answer) -> (Option<&str>, Option<&str>) {
    (answer.header("ratelimit-policy"), answer.header("ratelimit"))
}

fn lunch() -> serde_json::Value {
    json!({ "date": "2026-11-21", "amount": "12.50" })
}

#[tokio::test]
async fn every_answer_says_what_is_allowed_and_what_is_left() {
    let app = limited(60, 30, |_| ()).await;
    let http = app.client();
    let policy = Some(r#""reads";q=60;w=60"#);
    let first = http.get("expenses").await.expect(200);
    assert_eq!(fields(&first), (policy, Some(r#""reads";r=59;t=1"#)));
    let second = http.get("expenses/none").await.refused(404, "not-found");
    assert_eq!(fields(&second), (policy, Some(r#""reads";r=58;t=2"#)));
    let write = http.post("expenses", lunch()).await.expect(201);
    let writes = (Some(r#""writes";q=30;w=60"#), Some(r#""writes";r=29;t=2"#));
    assert_eq!(fields(&write), writes);
    let bad = http.post("expenses", json!([])).await.refused(400, "validation");
    assert_eq!(fields(&bad).1, Some(r#""writes";r=28;t=4"#));
    app.state.clock.advance(TimeDelta::minutes(1));
    let rested = http.get("expenses").await.expect(200);
    assert_eq!(fields(&rested).1, Some(r#""reads";r=59;t=1"#));
}

#[tokio::test]
async fn one_request_too_many_is_refused_until_the_time_it_names() {
    let app = limited(6, 2, |_| ()).await;
    let http = app.client();
    for _ in 0..2 {
        http.post("expenses", lunch()).await.expect(201);
    }
    let rows = app.count_expenses().await;
    let refused = http.post("expenses", lunch()).await.refused(429, "rate-limited");
    assert_eq!(refused.header("retry-after"), Some("30"));
    assert_eq!(
        fields(&refused),
        (Some(r#""writes";q=2;w=60"#), Some(r#""writes";r=0;t=30"#))
    );
    let (sent, _) = app
        .statements_of(async { http.post("expenses", lunch()).await.expect(429) })
        .await;
    assert_eq!(sent, 0, "the database is not asked");
    assert_eq!(app.count_expenses().await, rows);
    http.get("expenses").await.expect(200);
    app.state.clock.advance(TimeDelta::seconds(29));
    http.post("expenses", lunch()).await.refused(429, "rate-limited");
    app.state.clock.advance(TimeDelta::seconds(1));
    http.post("expenses", lunch()).await.expect(201);
    http.post("expenses", lunch()).await.refused(429, "rate-limited");
}

#[tokio::test]
async fn a_refusal_takes_no_key_and_the_same_request_goes_through_later() {
    let app = limited(0, 1, |_| ()).await;
    let http = app.client();
    http.post("expenses", lunch()).key("first").await.expect(201);
    http.post("expenses", lunch())
        .key("second")
        .await
        .refused(429, "rate-limited");
    app.state.clock.advance(TimeDelta::minutes(1));
    http.post("expenses", lunch()).key("second").await.expect(201);
    assert_eq!(app.count_expenses().await, 2);
}

#[tokio::test]
async fn each_token_has_its_own_and_those_without_share_that_of_their_address() {
    let app = limited(3, 3, |_| ()).await;
    let other = app.add_person("Other").await;
    for _ in 0..3 {
        app.client().get("expenses").await.expect(200);
    }
    app.client().get("expenses").await.refused(429, "rate-limited");
    for _ in 0..3 {
        app.client_of(&other).get("expenses").await.expect(200);
    }
    app.client_of(&other)
        .get("expenses")
        .await
        .refused(429, "rate-limited");
    // Tokens drawn by lot, none at all, and what needs none: all from one address.
    let guess = |token: &str| Http::new(app.address(), Some(token));
    guess("exp_guess1")
        .get("expenses")
        .await
        .refused(401, "unauthenticated");
    app.stranger()
        .get("expenses")
        .await
        .refused(401, "unauthenticated");
    app.stranger().get("/livez").await.expect(200);
    guess("exp_guess2")
        .get("expenses")
        .await
        .refused(429, "rate-limited");
    app.stranger().get("/livez").await.refused(429, "rate-limited");
    // The good tokens have theirs, whatever their neighbours do.
    app.state.clock.advance(TimeDelta::minutes(1));
    for _ in 0..3 {
        app.stranger().get("expenses").await.expect(401);
    }
    app.client().get("expenses").await.expect(200);
}

#[tokio::test]
async fn the_address_is_what_the_proxy_says_and_only_a_proxy_that_is_named() {
    let app = limited(1, 1, |config| {
        config.server.proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let from = |address: &str| app.stranger().get("/livez").header("x-forwarded-for", address);
    from("203.0.113.7").await.expect(200);
    from("203.0.113.7").await.refused(429, "rate-limited");
    from("198.51.100.1, 203.0.113.7")
        .await
        .refused(429, "rate-limited");
    from("203.0.113.8").await.expect(200);
    from("2001:db8::1").await.expect(200);
    from("2001:db8::2").await.refused(429, "rate-limited");

    let app = limited(1, 1, |_| ()).await;
    let from = |address: &str| app.stranger().get("/livez").header("x-forwarded-for", address);
    from("203.0.113.7").await.expect(200);
    from("203.0.113.8").await.refused(429, "rate-limited");
}

#[tokio::test]
async fn without_a_limit_nothing_is_said_of_one() {
    let app = limited(0, 5, |_| ()).await;
    for _ in 0..20 {
        let answer = app.client().get("expenses").await.expect(200);
        assert_eq!(fields(&answer), (None, None));
    }
}

#[tokio::test]
async fn the_server_inside_the_app_knows_no_limit() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    let book = folder.path().join("book.db");
    config.database.urls = vec![server::config::DatabaseUrl::sqlite_file(&book)];
    config.server.reads_per_minute = 1;
    let running = Box::pin(server::embedded::start_with(config)).await.unwrap();
    let http = Http::new(running.address, Some(&running.token));
    for _ in 0..5 {
        let answer = http.get("expenses").await.expect(200);
        assert_eq!(fields(&answer), (None, None));
    }
    running.shutdown().await;
}
