//! The stream of changes: at once from the same server, within two looks from another one, without a gap or a double
//! across reconnections, to nobody who may not read, at no cost while nobody listens, and over at a stop.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use server::clock::Clock;
use std::time::{Duration, Instant};
use tests::client::{Answer, Http};
use tests::server::TestApp;

const STREAM: &str = "changes/stream";

fn row(payee: &str) -> Value {
    json!({ "date": "2026-11-21", "amount": "12.50", "payee": payee })
}

async fn add(http: &Http, payee: &str) {
    http.post("expenses", row(payee)).await.expect(201);
}

/// A server that gives a sign of life every second.
async fn lively() -> TestApp {
    TestApp::start_with(Clock::system(), |config| config.server.ping_secs = 1).await
}

/// The expense of a change.
fn expense(change: &Value) -> &Value {
    let mut rows = change["rows"].as_array().unwrap().iter();
    rows.find(|row| row["noun"] == "expense").expect("an expense")
}

#[tokio::test]
async fn a_change_arrives_at_once_and_is_the_one_of_the_list() {
    let app = TestApp::start().await;
    let http = app.client();
    add(&http, "before").await;
    let mut events = http.get(STREAM).events().await;
    add(&http, "Rewe").await;
    let event = events.change().await;
    assert_eq!(
        (&event.data["rev"], &event.data["kind"]),
        (&json!(2), &json!("create_expense"))
    );
    assert_eq!(expense(&event.data)["label"], "12.50 EUR Rewe");
    let listed = http.get("changes?since=1").await.ok(200);
    assert_eq!(listed["items"][0], event.data);
    assert_eq!(
        http.get(&format!("changes?since={}", event.id)).await.ok(200)["items"],
        json!([]),
        "the id of an event is a place in the list too"
    );
    let id = expense(&event.data)["id"].as_str().unwrap();
    http.delete(&format!("expenses/{id}")).await.expect(204);
    let event = events.change().await;
    assert_eq!(expense(&event.data)["action"], "deleted");
}

#[tokio::test]
async fn a_change_of_another_server_arrives_within_two_looks() {
    let app = TestApp::start().await;
    let other = app.another(|_| ()).await;
    let there = Http::new(other.address, Some(&other.token));
    let mut events = app.client().get(STREAM).events().await;
    let mut slowest = Duration::ZERO;
    for n in 0..5 {
        let begun = Instant::now();
        add(&there, &format!("n{n}")).await;
        assert_eq!(events.change().await.data["rev"], n + 1);
        slowest = slowest.max(begun.elapsed());
    }
    // A look a second; the rest is for a busy machine.
    assert!(slowest < Duration::from_secs(4), "{slowest:?}");
    other.shutdown().await;
}

#[tokio::test]
async fn nothing_is_lost_and_nothing_comes_twice_over_200_writes_and_random_reconnections() {
    let app = lively().await;
    let other = app.another(|_| ()).await;
    let (here, there) = (app.client(), Http::new(other.address, Some(&other.token)));
    let writing = tokio::spawn({
        let (here, there) = (here.clone(), there.clone());
        async move {
            for n in 0..200 {
                add(if n % 2 == 0 { &here } else { &there }, &format!("n{n}")).await;
            }
        }
    });
    let mut random = StdRng::seed_from_u64(7);
    let (mut seen, mut last) = (Vec::new(), None::<String>);
    while seen.len() < 200 {
        let http = if random.random_bool(0.5) { &here } else { &there };
        // From the beginning, then from where the last one was left.
        let call = match &last {
            None => http.get(&format!("{STREAM}?since=0")),
            Some(last) => http.get(STREAM).header("last-event-id", last),
        };
        let mut events = call.events().await;
        let many = random.random_range(0..30_usize).min(200 - seen.len());
        for _ in 0..many {
            let event = events.change().await;
            seen.push(event.data["rev"].as_i64().unwrap());
            last = Some(event.id);
        }
    }
    writing.await.unwrap();
    assert_eq!(seen, (1..=200).collect::<Vec<i64>>());
    other.shutdown().await;
}

#[tokio::test]
async fn the_header_goes_before_the_address_and_the_beginning_is_a_place_too() {
    let app = TestApp::start().await;
    let http = app.client();
    for payee in ["one", "two", "three"] {
        add(&http, payee).await;
    }
    let mut events = http.get(&format!("{STREAM}?since=2")).events().await;
    assert_eq!(events.change().await.data["rev"], 3);
    let call = http
        .get(&format!("{STREAM}?since=2"))
        .header("last-event-id", "1");
    assert_eq!(call.events().await.change().await.data["rev"], 2);
}

#[tokio::test]
async fn a_place_that_is_none_is_refused() {
    let app = TestApp::start().await;
    let http = app.client();
    add(&http, "one").await;
    let ana = app.add_person("ana").await;
    let theirs = app.client_of(&ana).get("changes").await.ok(200);
    let foreign = theirs["next_since"].as_str().unwrap();
    for (since, why) in [("2", "not yet"), ("x", "no place"), (foreign, "another ledger's")] {
        http.get(&format!("{STREAM}?since={since}"))
            .await
            .refused(400, "bad-cursor");
        let by_header = http.get(STREAM).header("last-event-id", since).await;
        assert_eq!(by_header.status, 400, "{why}: {by_header:?}");
    }
    http.get(&format!("{STREAM}?since=1&limit=3"))
        .await
        .refused(400, "validation");
    let place = http.get("changes").await.ok(200)["next_since"].clone();
    let place = place.as_str().unwrap();
    http.get(&format!("{STREAM}?since={place}")).events().await;
    renew_epoch(&app).await;
    http.get(&format!("{STREAM}?since={place}"))
        .await
        .refused(410, "resync");
}

async fn renew_epoch(app: &TestApp) {
    let renewed = entity::ledger::Entity::update_many()
        .col_expr(entity::ledger::Column::Epoch, Expr::value(api::id::new_uuid()))
        .filter(entity::ledger::Column::Id.eq(app.ledger_id()));
    renewed.exec(app.connection()).await.unwrap();
}

#[tokio::test]
async fn a_restore_ends_it() {
    let app = lively().await;
    let mut events = app.client().get(STREAM).events().await;
    renew_epoch(&app).await;
    events.end().await;
}

#[tokio::test]
async fn a_ledger_of_others_is_as_missing_as_none_and_an_adder_gets_no_stream() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let bytes = |answer: Answer| {
        let mut json = answer.refused(404, "not-found").json;
        json["request_id"] = Value::Null;
        json
    };
    let http = app.client_of(&ana);
    let theirs = bytes(http.in_ledger(app.ledger_id()).get(STREAM).await);
    assert_eq!(
        theirs,
        bytes(http.in_ledger(api::id::new_uuid()).get(STREAM).await)
    );
    app.add_member(ana.user_id, app.ledger_id(), "adder").await;
    http.in_ledger(app.ledger_id())
        .get(STREAM)
        .await
        .refused(403, "forbidden");
    app.stranger().get(STREAM).await.refused(401, "unauthenticated");
    assert_eq!(app.state.db.feed().count(), 0);
}

#[tokio::test]
async fn whoever_is_removed_hears_nothing_of_what_comes_after() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    app.add_member(ana.user_id, app.ledger_id(), "viewer").await;
    let mut events = app
        .client_of(&ana)
        .in_ledger(app.ledger_id())
        .get(STREAM)
        .events()
        .await;
    let http = app.client();
    add(&http, "for all").await;
    assert_eq!(events.change().await.data["rev"], 1);
    let path = format!("members/{}", ana.user_id);
    let etag = http.get(&path).await.etag();
    http.delete(&path).if_match(&etag).await.expect(204);
    add(&http, "secret").await;
    // Not even that she was removed.
    events.end().await;
}

#[tokio::test]
async fn a_role_that_falls_ends_it_and_one_that_still_reads_does_not() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    app.add_member(ana.user_id, app.ledger_id(), "editor").await;
    let (http, path) = (app.client(), format!("members/{}", ana.user_id));
    let hers = app.client_of(&ana).in_ledger(app.ledger_id());
    let mut events = hers.get(STREAM).events().await;
    for role in ["viewer", "adder"] {
        let etag = http.get(&path).await.etag();
        let patch = json!({ "role": role });
        http.patch(&path, patch).if_match(&etag).await.expect(200);
        if role == "viewer" {
            assert_eq!(events.change().await.data["kind"], "update_member");
        }
    }
    events.end().await;
}

#[tokio::test]
async fn a_token_that_is_revoked_ends_it_though_nothing_is_written() {
    let app = lively().await;
    let ana = app.add_person("ana").await;
    let http = app.client_of(&ana);
    let mut events = http.get(STREAM).events().await;
    let ping = events.next_or_ping().await.unwrap();
    assert_eq!(ping.name, "ping");
    app.forget_tokens(ana.user_id).await;
    events.end().await;
}

#[tokio::test]
async fn one_stream_too_many_is_refused_until_one_is_left() {
    let app = TestApp::start().await;
    let http = app.client();
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(http.get(STREAM).events().await);
    }
    let refused = http.get(STREAM).await.refused(429, "rate-limited");
    assert_eq!(refused.header("retry-after"), Some("15"));
    let ana = app.add_person("ana").await;
    app.client_of(&ana).get(STREAM).events().await;
    open.pop();
    // Who goes is missed at once, though nothing is written and no sign of life is due.
    let begun = Instant::now();
    while app.state.db.feed().count() > 7 {
        assert!(begun.elapsed() < Duration::from_secs(10), "its place stays taken");
        tokio::task::yield_now().await;
    }
    http.get(STREAM).events().await;
}

#[tokio::test]
async fn nothing_is_asked_of_the_database_while_nobody_listens() {
    let app = TestApp::start().await;
    let http = app.client();
    let asked = |app: &TestApp| app.state.db.statements();
    let before = asked(&app);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(asked(&app), before, "nobody listens");
    let events = http.get(STREAM).events().await;
    let before = asked(&app);
    tokio::time::sleep(Duration::from_millis(3500)).await;
    let looks = asked(&app) - before;
    // Once a second for all of them; on SQLite only as long as the file was written to just now.
    assert!(looks <= 5, "{looks} looks in three seconds and a half");
    drop(events);
    while app.state.db.feed().count() > 0 {
        tokio::task::yield_now().await;
    }
    // The look that was under way may end.
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let before = asked(&app);
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(asked(&app), before, "nobody listens any more");
}

#[tokio::test]
async fn a_stop_ends_streams_at_once() {
    let app = TestApp::start().await;
    let other = app.another(|_| ()).await;
    let there = Http::new(other.address, Some(&other.token));
    let mut events = there.get(STREAM).events().await;
    let begun = Instant::now();
    other.shutdown().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    events.end().await;
}

#[tokio::test]
async fn it_is_an_event_stream_that_nothing_on_the_way_keeps() {
    let app = TestApp::start().await;
    let answer = app.client().get(STREAM).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/event-stream"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.text().starts_with("event: ready\nid: "), "{answer:?}");
    app.client()
        .call(Method::POST, STREAM)
        .await
        .refused(405, "method-not-allowed");
}
