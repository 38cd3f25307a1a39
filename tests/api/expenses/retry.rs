//! Writes sent again under one `Idempotency-Key`: they happen once and are answered alike, whoever asks in between, and a
//! key is good for one request of one person.

use super::{at, created, plain, with};
use serde_json::json;
use std::sync::Arc;
use tests::client::Answer;
use tests::people::TokenRow;
use tests::server::TestApp;

/// Everything of an answer that a repeat must give again.
fn told(answer: &Answer) -> (u16, Vec<u8>, Option<String>, Option<String>) {
    let header = |name: &str| answer.header(name).map(str::to_owned);
    (
        answer.status,
        answer.body.clone(),
        header("etag"),
        header("location"),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_at_once_with_one_key_make_one_row_and_get_the_same_bytes() {
    let app = Arc::new(TestApp::start().await);
    let body = with(plain(), json!({ "payee": "once", "tags": ["once"] }));
    let mut tasks = Vec::new();
    for _ in 0..16 {
        let (http, body) = (app.client(), body.clone());
        tasks.push(tokio::spawn(async move {
            http.post("expenses", body).key("same-key").await.expect(201)
        }));
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(told(&task.await.unwrap()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    assert_eq!((app.count_expenses().await, app.rev().await), (1, 1));
    assert_eq!(app.count_changes(app.ledger_id()).await, 1);
}

#[tokio::test]
async fn a_repeat_gets_the_first_answer_whatever_happened_since() {
    let app = TestApp::start().await;
    let http = app.client();
    let create = || {
        http.post(
            "expenses",
            with(plain(), json!({ "payee": "first", "tags": ["b", "a"] })),
        )
        .key("create")
    };
    let first = create().await.expect(201);
    let path = at(&first.json);
    let update = || {
        http.patch(&path, json!({ "note": "second" }))
            .key("update")
            .if_match("\"1\"")
    };
    let second = update().await.expect(200);
    let delete = || http.delete(&path).key("delete").if_match("\"2\"");
    let third = delete().await.expect(204);
    let restore = || {
        http.post(&format!("{path}/restore"), json!(null))
            .key("restore")
            .if_match("\"3\"")
    };
    let fourth = restore().await.expect(200);
    http.patch(&path, json!({ "payee": "later", "tags": [] }))
        .await
        .expect(200);
    let rev = app.rev().await;
    assert_eq!(told(&create().await), told(&first));
    assert_eq!(told(&update().await), told(&second));
    assert_eq!(told(&delete().await), told(&third));
    assert_eq!(told(&restore().await), told(&fourth));
    assert_eq!((app.rev().await, app.count_expenses().await), (rev, 1));
}

#[tokio::test]
async fn a_repeated_batch_gets_the_first_answer() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = created(&http, json!({})).await;
    let body = json!({ "operations": [
        { "op": "create", "expense": plain() },
        { "op": "update", "id": row["id"], "patch": { "note": "n" } },
    ] });
    let first = http
        .post("expenses/batch", body.clone())
        .key("batch")
        .await
        .expect(200);
    http.delete(&at(&row)).await.expect(204);
    assert_eq!(
        told(&http.post("expenses/batch", body).key("batch").await),
        told(&first)
    );
    assert_eq!(app.count_expenses().await, 2);
}

#[tokio::test]
async fn a_key_used_for_another_request_is_refused() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = http.post("expenses", plain()).key("mine").await.ok(201);
    let path = at(&row);
    for answer in [
        http.post("expenses", with(plain(), json!({ "amount": "12.51" })))
            .key("mine")
            .await,
        http.patch(&path, json!({ "amount": "1.00" })).key("mine").await,
        http.delete(&path).key("mine").await,
        http.post(
            "expenses/batch",
            json!({ "operations": [{ "op": "delete", "id": row["id"] }] }),
        )
        .key("mine")
        .await,
    ] {
        answer.refused(422, "key-reused");
    }
    http.patch(&path, json!({ "note": "x" }))
        .key("patch")
        .if_match("\"1\"")
        .await
        .expect(200);
    let other_version = http
        .patch(&path, json!({ "note": "x" }))
        .key("patch")
        .if_match("\"2\"");
    other_version.await.refused(422, "key-reused");
    assert_eq!(app.rev().await, 2);
}

#[tokio::test]
async fn a_refused_write_leaves_its_key_free() {
    let app = TestApp::start().await;
    let http = app.client();
    http.post("expenses", with(plain(), json!({ "amount": "0" })))
        .key("k")
        .await
        .refused(422, "unprocessable");
    http.post("expenses", with(plain(), json!({ "category": "No such" })))
        .key("k")
        .await
        .refused(409, "unknown-name");
    http.post("expenses", plain()).key("k").await.expect(201);
}

#[tokio::test]
async fn a_key_belongs_to_one_person_and_to_all_their_tokens() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let mine = app
        .client()
        .post("expenses", plain())
        .key("shared-word")
        .await
        .expect(201);
    let hers = app
        .client_of(&ana)
        .post("expenses", plain())
        .key("shared-word")
        .await
        .expect(201);
    assert_ne!(mine.json["id"], hers.json["id"]);
    assert_eq!((app.rev().await, app.rev_of(ana.ledger_id).await), (1, 1));
    let token = app.add_token(app.owner().user_id, TokenRow::default()).await;
    let other_machine = tests::client::Http::new(app.address(), Some(&token));
    let again = other_machine.post("expenses", plain()).key("shared-word").await;
    assert_eq!(told(&again), told(&mine));
    // In another ledger it is another request.
    app.add_member(app.owner().user_id, ana.ledger_id, "editor").await;
    let there = app
        .client()
        .in_ledger(ana.ledger_id)
        .post("expenses", plain())
        .key("shared-word")
        .await;
    there.refused(422, "key-reused");
    assert_eq!(app.rev_of(ana.ledger_id).await, 1);
}

#[tokio::test]
async fn a_client_chosen_id_makes_a_retry_without_a_key_visible() {
    let app = TestApp::start().await;
    let body = with(plain(), json!({ "id": api::id::new_uuid() }));
    app.client().post("expenses", body.clone()).await.expect(201);
    app.client().post("expenses", body).await.refused(409, "id-taken");
    assert_eq!(app.count_expenses().await, 1);
}
