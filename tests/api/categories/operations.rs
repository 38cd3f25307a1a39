//! Merging and reassigning as operations: many changes of at most a thousand rows, done once, taken up after a crash.

use crate::dictionary::{made, path, text};
use entity::{change, change_row, operation};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use server::config::{Config, DatabaseUrl};
use server::run::Stop;
use std::time::Duration;
use tests::client::Http;
use tests::server::TestApp;
use uuid::Uuid;

const ROWS: usize = 2_500;

async fn fill(http: &Http, category: &Value, rows: usize) {
    let row = json!({ "op": "create", "expense": {
        "date": "2026-11-21", "amount": "0.10", "category_id": category["id"], "tags": ["many"]
    }});
    for some in vec![row; rows].chunks(500) {
        http.post("expenses/batch", json!({ "operations": some }))
            .await
            .expect(200);
    }
}

/// How many rows each change of an operation holds, in order.
async fn sizes(app: &TestApp, operation_id: &str) -> Vec<u64> {
    let id: Uuid = operation_id.parse().unwrap();
    let changes = change::Entity::find()
        .filter(change::Column::OpId.eq(id))
        .order_by_asc(change::Column::Rev)
        .all(app.connection())
        .await
        .unwrap();
    let mut sizes = Vec::new();
    for change in changes {
        let rows = change_row::Entity::find()
            .filter(change_row::Column::LedgerId.eq(change.ledger_id))
            .filter(change_row::Column::Rev.eq(change.rev));
        sizes.push(rows.count(app.connection()).await.unwrap());
    }
    sizes
}

async fn count(http: &Http, category: &Value) -> usize {
    http.walk(&format!("expenses?limit=200&category={}", text(category, "id")))
        .await
        .len()
}

#[tokio::test]
async fn many_rows_are_merged_in_changes_of_at_most_a_thousand() {
    let app = TestApp::start().await;
    let http = app.client();
    let (from, into) = (
        made(&http, "categories", "From").await,
        made(&http, "categories", "Into").await,
    );
    fill(&http, &from, ROWS).await;
    let merge = || {
        let body = json!({ "into_id": into["id"] });
        http.post(&format!("{}/merge", path("categories", &from)), body)
            .key("merge")
    };
    let (statements, done) = app.statements_of(async { merge().await }).await;
    let done = done.expect(200);
    assert_eq!(
        (&done.json["moved"], &done.json["is_done"]),
        (&json!(ROWS), &json!(true))
    );
    assert!(statements < 100, "{statements} statements");
    let sizes = sizes(&app, text(&done.json, "operation_id")).await;
    assert!(
        sizes.len() == 3 && sizes.iter().all(|size| *size <= 1_000),
        "{sizes:?}"
    );
    // The rows, and the category archived and then deleted.
    assert_eq!(sizes.iter().sum::<u64>(), ROWS as u64 + 2);
    let rev = app.rev().await;
    assert_eq!(merge().await.expect(200).body, done.body);
    assert_eq!(app.rev().await, rev);
    assert_eq!(
        app.count_changes(app.ledger_id()).await,
        u64::try_from(rev).unwrap()
    );
    assert_eq!(count(&http, &into).await, ROWS);
    http.get(&path("categories", &from))
        .await
        .refused(404, "not-found");
}

#[tokio::test]
async fn reassigned_rows_go_elsewhere_or_nowhere_and_the_category_stays() {
    let app = TestApp::start().await;
    let http = app.client();
    let (from, into) = (
        made(&http, "categories", "From").await,
        made(&http, "categories", "Into").await,
    );
    fill(&http, &from, 1_000).await;
    let reassign = |body: Value, key: &str| {
        http.post(&format!("{}/reassign", path("categories", &from)), body)
            .key(key)
    };
    let done = reassign(json!({ "to_id": into["id"] }), "one").await.expect(200);
    assert_eq!(
        (&done.json["moved"], &done.json["is_done"]),
        (&json!(1_000), &json!(true))
    );
    let version = http.get(&path("categories", &from)).await.ok(200)["version"].clone();
    assert_eq!(version, 1, "the category itself is as it was");
    // Nothing left to move: an operation all the same, so that a repeat of its key answers it.
    let nothing = reassign(json!({ "to_id": null }), "two").await.expect(200);
    assert_eq!(nothing.json["moved"], 0);
    fill(&http, &from, 1).await;
    assert_eq!(
        reassign(json!({ "to_id": null }), "two").await.expect(200).body,
        nothing.body
    );
    assert_eq!(
        reassign(json!({ "to_id": null }), "three").await.ok(200)["moved"],
        1
    );
    assert_eq!(http.walk("expenses?category=none").await.len(), 1);
    reassign(json!({ "to_id": null }), "one")
        .await
        .refused(422, "key-reused");
    let refused = reassign(json!({ "to_id": from["id"] }), "same")
        .await
        .refused(422, "unprocessable");
    refused.with_faults(&[("/to_id", "same")]);
    let refused = reassign(json!({ "to_id": api::id::new_uuid() }), "none").await;
    refused
        .refused(409, "unknown-name")
        .with_faults(&[("/to_id", "unknown-name")]);
    let missing = format!("categories/{}/reassign", api::id::new_uuid());
    http.post(&missing, json!({})).await.refused(404, "not-found");
}

#[tokio::test]
async fn what_a_dead_server_left_half_done_is_finished_by_the_next() {
    let app = TestApp::start().await;
    let http = app.client();
    let (from, into) = (
        made(&http, "categories", "From").await,
        made(&http, "categories", "Into").await,
    );
    fill(&http, &from, ROWS).await;
    let (dying, stop) = app.impatient().await;
    let merge = format!("{}/merge", path("categories", &from));
    let body = json!({ "into_id": into["id"] });
    let begun = dying.post(&merge, body.clone()).key("merge").await.ok(200);
    assert_eq!((&begun["moved"], &begun["is_done"]), (&json!(998), &json!(false)));
    stop.request();
    // Meanwhile nobody takes either of them away, and the source takes no new rows.
    for entry in [&from, &into] {
        http.delete(&path("categories", entry))
            .await
            .refused(409, "conflict");
        let patch = http
            .patch(&path("categories", entry), json!({ "name": "x" }))
            .await;
        patch.refused(409, "conflict");
    }
    let other = http.walk("categories?q=rent").await.remove(0);
    let elsewhere = format!("{}/merge", path("categories", &into));
    http.post(&elsewhere, json!({ "into_id": other["id"] }))
        .await
        .refused(409, "conflict");
    let row = json!({ "date": "2026-11-21", "amount": "1", "category_id": from["id"] });
    http.post("expenses", row).await.refused(409, "archived");

    let mut config = Config::default();
    config.database.urls = vec![DatabaseUrl::from(app.test_db().url())];
    let next = server::embedded::start_with(config).await.unwrap();
    let finished = async {
        while http.get(&path("categories", &from)).await.status != 404 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), finished)
        .await
        .unwrap();
    assert_eq!(count(&http, &into).await, ROWS);
    let sizes = sizes(&app, text(&begun, "operation_id")).await;
    assert_eq!((sizes.len(), sizes.iter().sum::<u64>()), (3, ROWS as u64 + 2));
    let again = http.post(&merge, body).key("merge").await.ok(200);
    assert_eq!(
        again,
        json!({ "operation_id": begun["operation_id"], "moved": ROWS, "is_done": true })
    );
    next.shutdown().await;
}

#[tokio::test]
async fn a_repeat_of_the_key_carries_on_what_was_left() {
    let app = TestApp::start().await;
    let http = app.client();
    let (from, into) = (
        made(&http, "categories", "From").await,
        made(&http, "categories", "Into").await,
    );
    fill(&http, &from, ROWS).await;
    let (dying, stop) = app.impatient().await;
    let merge = format!("{}/merge", path("categories", &from));
    let body = json!({ "into_id": into["id"] });
    let begun = dying.post(&merge, body.clone()).key("merge").await.ok(200);
    stop.request();
    let repeats = (0..4).map(|_| async { http.post(&merge, body.clone()).key("merge").await.ok(200) });
    for done in futures_util::future::join_all(repeats).await {
        assert_eq!(
            done,
            json!({ "operation_id": begun["operation_id"], "moved": ROWS, "is_done": true })
        );
    }
    let sizes = sizes(&app, text(&begun, "operation_id")).await;
    assert_eq!(
        (sizes.len(), sizes.iter().sum::<u64>()),
        (3, ROWS as u64 + 2),
        "each step once"
    );
    assert_eq!(count(&http, &into).await, ROWS);
}

#[tokio::test]
async fn an_operation_that_cannot_be_finished_is_given_up_and_lets_go() {
    let app = TestApp::start().await;
    let http = app.client();
    let (from, into) = (
        made(&http, "categories", "From").await,
        made(&http, "categories", "Into").await,
    );
    let now = app.state.clock.now();
    let row = operation::Model {
        ledger_id: app.ledger_id(),
        id: api::id::new_uuid(),
        kind: "merge_category".to_owned(),
        args: json!({ "from": from["id"], "into": api::id::new_uuid(), "step": 1 }).to_string(),
        state: "running".to_owned(),
        done: 7,
        total: 9,
        user_id: app.owner().user_id,
        client: "tests/1".to_owned(),
        idempotency_key: "lost".to_owned(),
        request_hash: vec![0; 32],
        created_at: now,
        updated_at: now,
    };
    let id = (row.ledger_id, row.id);
    server::store::operation::insert(app.connection(), row)
        .await
        .unwrap();
    let merge = format!("{}/merge", path("categories", &from));
    let body = json!({ "into_id": into["id"] });
    http.post(&merge, body.clone()).await.refused(409, "conflict");
    let found = server::service::operation::unfinished(&app.state, chrono::TimeDelta::zero())
        .await
        .unwrap();
    for operation in found {
        server::service::operation::finish(&app.state, operation, &Stop::default())
            .await
            .unwrap();
    }
    let row = operation::Entity::find_by_id(id)
        .one(app.connection())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((row.state.as_str(), row.done), ("failed", 7));
    http.post(&merge, body).await.expect(200);
}
