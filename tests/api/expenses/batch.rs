//! `batch_expenses`: several operations as one change, or none of them.

use super::{at, created, ids, items, plain, with};
use serde_json::{Value, json};
use tests::server::TestApp;

fn batch(operations: Value) -> Value {
    json!({ "operations": operations })
}

#[tokio::test]
async fn all_four_operations_are_one_change_and_answered_in_order() {
    let app = TestApp::start().await;
    let http = app.client();
    let (a, b, c) = (
        created(&http, json!({})).await,
        created(&http, json!({})).await,
        created(&http, json!({})).await,
    );
    http.delete(&at(&c)).await.expect(204);
    let id = api::id::new_uuid();
    let result = http
        .post("expenses/batch", batch(json!([
            { "op": "restore", "id": c["id"] },
            { "op": "create", "expense": with(plain(), json!({ "id": id, "category": "New", "create_missing": true })) },
            { "op": "delete", "id": a["id"], "version": 1 },
            { "op": "update", "id": b["id"], "version": 1, "patch": { "note": "changed", "category": "Food" } },
        ])))
        .await
        .ok(200);
    assert_eq!((result["rev"].as_i64(), app.rev().await), (Some(5), 5));
    let rows = items(&result);
    let expected = [&c["id"], &json!(id), &a["id"], &b["id"]].map(|id| id.as_str().unwrap().to_owned());
    assert_eq!(ids(&rows), expected);
    assert_eq!(rows[0]["deleted_at"], json!(null));
    assert!(rows[2]["deleted_at"].is_string());
    for row in &rows {
        assert_eq!(&http.get(&at(row)).await.ok(200), row);
    }
}

#[tokio::test]
async fn one_bad_operation_and_nothing_is_written() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = created(&http, json!({})).await;
    let good = json!({ "op": "create", "expense": plain() });
    let nobody = api::id::new_uuid();
    for (bad, status, whole, pointer, code) in [
        (
            json!({ "op": "create", "expense": with(plain(), json!({ "amount": "0" })) }),
            422,
            "unprocessable",
            "/operations/1/expense/amount",
            "zero-amount",
        ),
        (
            json!({ "op": "create", "expense": with(plain(), json!({ "category": "No such" })) }),
            409,
            "unknown-name",
            "/operations/1/expense/category",
            "unknown-name",
        ),
        (
            json!({ "op": "create", "expense": with(plain(), json!({ "amount": 3 })) }),
            400,
            "validation",
            "/operations/1/expense/amount",
            "type",
        ),
        (
            json!({ "op": "update", "id": row["id"], "patch": { "payee": "\u{0}" } }),
            422,
            "unprocessable",
            "/operations/1/patch/payee",
            "control-character",
        ),
        (
            json!({ "op": "delete", "id": nobody }),
            404,
            "not-found",
            "/operations/1/id",
            "not-found",
        ),
        (
            json!({ "op": "restore", "id": nobody }),
            404,
            "not-found",
            "/operations/1/id",
            "not-found",
        ),
        (
            json!({ "op": "delete" }),
            422,
            "unprocessable",
            "/operations/1/id",
            "missing",
        ),
        (
            json!({ "op": "update", "id": row["id"] }),
            422,
            "unprocessable",
            "/operations/1/patch",
            "missing",
        ),
        (
            json!({ "op": "create" }),
            422,
            "unprocessable",
            "/operations/1/expense",
            "missing",
        ),
        (
            json!({ "op": "delete", "id": row["id"], "patch": {} }),
            422,
            "unprocessable",
            "/operations/1/patch",
            "not-here",
        ),
        (
            json!({ "op": "merge", "id": row["id"] }),
            400,
            "validation",
            "/operations/1/op",
            "not-one-of",
        ),
        (
            json!({ "op": "delete", "id": row["id"], "why": "x" }),
            400,
            "validation",
            "/operations/1/why",
            "unknown",
        ),
    ] {
        let answer = http.post("expenses/batch", batch(json!([good, bad]))).await;
        answer.refused(status, whole).with_faults(&[(pointer, code)]);
    }
    assert_eq!((app.rev().await, app.count_expenses().await), (1, 1));
    assert_eq!(http.get(&at(&row)).await.ok(200), row);
}

#[tokio::test]
async fn the_faults_of_all_operations_are_told_at_once() {
    let app = TestApp::start().await;
    let bad = |fields: Value| json!({ "op": "create", "expense": with(plain(), fields) });
    let body = batch(json!([
        bad(json!({ "amount": "0" })),
        bad(json!({ "category": "No such" })),
        bad(json!({ "note": "\u{1b}" }))
    ]));
    app.client()
        .post("expenses/batch", body)
        .await
        .refused(422, "unprocessable")
        .with_faults(&[
            ("/operations/0/expense/amount", "zero-amount"),
            ("/operations/1/expense/category", "unknown-name"),
            ("/operations/2/expense/note", "control-character"),
        ]);
}

#[tokio::test]
async fn a_stale_version_in_a_batch_stops_all_of_it() {
    let app = TestApp::start().await;
    let http = app.client();
    let (a, b) = (created(&http, json!({})).await, created(&http, json!({})).await);
    let b = http.patch(&at(&b), json!({ "note": "newer" })).await.ok(200);
    let body = batch(json!([
        { "op": "delete", "id": a["id"], "version": 1 },
        { "op": "update", "id": b["id"], "version": 1, "patch": { "note": "mine" } },
    ]));
    let answer = http
        .post("expenses/batch", body)
        .await
        .refused(412, "stale-version");
    assert_eq!(answer.json["current"], b);
    answer.with_faults(&[("/operations/1/version", "stale-version")]);
    let both = batch(json!([
        { "op": "update", "id": b["id"], "version": 1, "patch": { "note": "mine" } },
        { "op": "delete", "id": a["id"], "version": 7 },
    ]));
    let answer = http.post("expenses/batch", both).await;
    let answer = answer.refused(412, "stale-version");
    assert_eq!(answer.json["current"], b);
    answer.with_faults(&[
        ("/operations/0/version", "stale-version"),
        ("/operations/1/version", "stale-version"),
    ]);
    assert_eq!(app.rev().await, 3);
    assert_eq!(http.get(&at(&a)).await.ok(200), a);
}

#[tokio::test]
async fn a_row_named_twice_is_refused() {
    let app = TestApp::start().await;
    let row = created(&app.client(), json!({})).await;
    let delete = json!({ "op": "delete", "id": row["id"] });
    let answer = app
        .client()
        .post("expenses/batch", batch(json!([delete, delete])))
        .await;
    answer
        .refused(422, "unprocessable")
        .with_faults(&[("/operations/1/id", "twice")]);
    let same = json!({ "op": "create", "expense": with(plain(), json!({ "id": api::id::new_uuid() })) });
    let answer = app
        .client()
        .post("expenses/batch", batch(json!([same, same])))
        .await;
    answer
        .refused(422, "unprocessable")
        .with_faults(&[("/operations/1/expense/id", "twice")]);
    let external = json!({ "op": "create", "expense": with(plain(), json!({ "external_id": "e" })) });
    let answer = app
        .client()
        .post("expenses/batch", batch(json!([external, external])))
        .await;
    answer
        .refused(409, "duplicate-external-id")
        .with_faults(&[("/operations/1/expense/external_id", "duplicate-external-id")]);
    assert_eq!((app.rev().await, app.count_expenses().await), (1, 1));
}

#[tokio::test]
async fn five_hundred_operations_fit_and_one_more_does_not() {
    let app = TestApp::start().await;
    let http = app.client();
    let operations = |count: usize| {
        batch(json!(vec![
            json!({ "op": "create", "expense": with(plain(), json!({ "payee": "p", "tags": ["t"] })) });
            count
        ]))
    };
    http.post("expenses/batch", operations(0))
        .await
        .refused(400, "validation")
        .with_faults(&[("/operations", "too-few")]);
    http.post("expenses/batch", operations(501))
        .await
        .refused(400, "validation")
        .with_faults(&[("/operations", "too-many")]);
    assert_eq!(app.rev().await, 0);
    let (statements, answer) = app
        .statements_of(http.post("expenses/batch", operations(500)).send())
        .await;
    assert_eq!(items(&answer.ok(200)).len(), 500);
    assert_eq!((app.rev().await, app.count_expenses().await), (1, 500));
    assert!(statements <= 12, "{statements} statements for 500 rows");
}

#[tokio::test]
async fn a_batch_that_changes_nothing_counts_nothing() {
    let app = TestApp::start().await;
    let row = created(&app.client(), json!({})).await;
    let body = batch(json!([{ "op": "update", "id": row["id"], "patch": { "amount": "12.50" } }]));
    let result = app.client().post("expenses/batch", body).await.ok(200);
    assert_eq!((result, app.rev().await), (json!({ "rev": 1, "items": [] }), 1));
}

#[tokio::test]
async fn a_row_that_is_made_can_be_changed_in_the_same_batch() {
    let app = TestApp::start().await;
    let http = app.client();
    let id = api::id::new_uuid();
    let make = json!({ "op": "create", "expense": with(plain(), json!({ "id": id, "payee": "first" })) });
    let change = |note: &str| json!({ "op": "update", "id": id, "version": 1, "patch": { "note": note, "amount": "7.00" } });
    let body = batch(json!([make, change("one"), change("two")]));
    let items = items(
        &http
            .post("expenses/batch", body.clone())
            .key("batch-1")
            .await
            .ok(200),
    )
    .to_vec();
    let [row] = items.as_slice() else {
        panic!("one row: {items:?}")
    };
    assert_eq!(
        (&row["note"], &row["amount"], &row["payee"]),
        (&json!("two"), &json!("7.00"), &json!("first"))
    );
    assert_eq!((&row["version"], app.rev().await), (&json!(1), 1));
    assert_eq!(&http.get(&at(row)).await.ok(200), row);
    let again = http.post("expenses/batch", body).key("batch-1").await.ok(200);
    assert_eq!(&again["items"][0], row);
    // One change, and so one thing to take back.
    http.post("changes/1/undo", json!(null)).await.expect(200);
    assert_ne!(http.get(&at(row)).await.ok(200)["deleted_at"], json!(null));
    let other = api::id::new_uuid();
    let make = json!({ "op": "create", "expense": with(plain(), json!({ "id": other })) });
    for second in [
        json!({ "op": "delete", "id": other }),
        json!({ "op": "restore", "id": other }),
    ] {
        let answer = http.post("expenses/batch", batch(json!([make, second]))).await;
        answer
            .refused(422, "unprocessable")
            .with_faults(&[("/operations/1/id", "twice")]);
    }
    let too_early = json!([{ "op": "update", "id": other, "patch": {} }, make]);
    let answer = http.post("expenses/batch", batch(too_early)).await;
    answer
        .refused(422, "unprocessable")
        .with_faults(&[("/operations/1/expense/id", "twice")]);
}

#[tokio::test]
async fn what_is_missing_or_taken_is_told_by_its_operation() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = created(&http, json!({ "external_id": "known" })).await;
    let (one, two) = (api::id::new_uuid(), api::id::new_uuid());
    let missing = batch(json!([
        { "op": "update", "id": one, "patch": { "note": "x" } },
        { "op": "create", "expense": plain() },
        { "op": "delete", "id": two },
    ]));
    let answer = http.post("expenses/batch", missing).await;
    answer.refused(404, "not-found").with_faults(&[
        ("/operations/0/id", "not-found"),
        ("/operations/2/id", "not-found"),
    ]);
    let taken = batch(json!([
        { "op": "create", "expense": plain() },
        { "op": "create", "expense": with(plain(), json!({ "id": row["id"] })) },
    ]));
    let answer = http.post("expenses/batch", taken).await;
    answer
        .refused(409, "id-taken")
        .with_faults(&[("/operations/1/expense/id", "id-taken")]);
    let recorded = json!({ "op": "create", "expense": with(plain(), json!({ "external_id": "known" })) });
    let answer = http.post("expenses/batch", batch(json!([recorded]))).await;
    answer
        .refused(409, "duplicate-external-id")
        .with_faults(&[("/operations/0/expense/external_id", "duplicate-external-id")]);
    assert_eq!((app.rev().await, app.count_expenses().await), (1, 1));
}
