//! `update_expense`, `delete_expense` and `restore_expense`: what changes and what stays, versions, and who comes too late.

use super::{at, created};
use serde_json::{Value, json};
use std::sync::Arc;
use tests::server::TestApp;

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let http = app.client();
    let fields = json!({ "category": "Food", "payee": "lunch", "tags": ["trip"], "note": "with Ana" });
    let row = created(&http, fields).await;
    app.state.clock.advance(chrono::TimeDelta::seconds(60));
    let answer = http
        .patch(&at(&row), json!({ "amount": "13.00", "tags": ["home", "trip"] }))
        .await
        .expect(200);
    let mut expected = row.clone();
    expected["amount"] = json!("13.00");
    expected["tags"] = json!(["home", "trip"]);
    expected["version"] = json!(2);
    expected["updated_at"] = answer.json["updated_at"].clone();
    assert_ne!(answer.json["updated_at"], row["updated_at"]);
    assert_eq!((answer.etag(), &answer.json), ("\"2\"".to_owned(), &expected));
    assert_eq!(http.get(&at(&row)).await.ok(200), expected);
    assert_eq!(app.rev().await, 2);
}

#[tokio::test]
async fn null_clears_what_may_be_empty_and_is_refused_elsewhere() {
    let app = TestApp::start().await;
    let http = app.client();
    let owner = app.owner().user_id;
    let fields = json!({
        "category": "Food", "account": "Card", "payee": "lunch", "tags": ["trip"], "note": "x", "paid_by": owner,
        "external_id": "b1",
    });
    let row = created(&http, fields).await;
    let nothing = json!({
        "category_id": null, "account_id": null, "payee": null, "note": null, "paid_by": null, "external_id": null,
        "tags": [],
    });
    let bare = http.patch(&at(&row), nothing).await.ok(200);
    for name in [
        "category_id",
        "account_id",
        "payee",
        "note",
        "paid_by",
        "external_id",
    ] {
        assert_eq!(bare[name], json!(null), "{name}");
    }
    assert_eq!(bare["tags"], json!([]));
    for name in ["date", "amount", "currency", "kind", "tags"] {
        let answer = http
            .patch(&at(&row), json!({ name: null }))
            .await
            .refused(400, "validation");
        answer.with_faults(&[(&format!("/{name}"), "type")]);
    }
    assert_eq!(app.rev().await, 2);
}

#[tokio::test]
async fn null_for_a_name_clears_as_null_for_its_id_does_and_both_are_refused() {
    let app = TestApp::start().await;
    let http = app.client();
    let fields = json!({ "kind": "transfer", "category": "Food", "account": "Card", "to_account": "Bank" });
    let row = created(&http, fields).await;
    let both = json!({
        "category": null, "category_id": null, "account": "Card", "account_id": null, "to_account": null,
        "to_account_id": row["account_id"],
    });
    http.patch(&at(&row), both)
        .await
        .refused(422, "unprocessable")
        .with_faults(&[
            ("/account", "twice"),
            ("/category", "twice"),
            ("/to_account", "twice"),
        ]);
    let bare = json!({ "category": null, "account": null, "to_account": null });
    let bare = http.patch(&at(&row), bare).await.ok(200);
    for name in ["category_id", "account_id", "to_account_id"] {
        assert_eq!(bare[name], json!(null), "{name}");
    }
    assert_eq!(app.rev().await, 2);
    // A row of a sheet, new or not, takes it too.
    let day = http.get("days/2026-11-21").await;
    let rows = json!([{ "id": row["id"], "category": null, "account": "Card" }, { "amount": "1.00", "category": null }]);
    let saved = http
        .put("days/2026-11-21", json!({ "rows": rows }))
        .if_match(&day.etag())
        .await
        .ok(200);
    assert_eq!(saved["created"][0]["category_id"], json!(null));
    assert_ne!(saved["updated"][0]["account_id"], json!(null));
}

#[tokio::test]
async fn a_patch_that_changes_nothing_counts_nothing() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = created(
        &http,
        json!({ "category": "Food", "tags": ["a", "b"], "payee": "Lunch" }),
    )
    .await;
    for patch in [
        json!({}),
        json!({ "amount": "12.5", "category": "food", "tags": ["b", "a", "A"], "payee": " lunch " }),
        json!({ "date": "2026-11-21", "note": "  " }),
    ] {
        let answer = http.patch(&at(&row), patch).await.expect(200);
        assert_eq!((answer.etag(), &answer.json), ("\"1\"".to_owned(), &row));
    }
    assert_eq!(
        (app.rev().await, app.count_changes(app.ledger_id()).await),
        (1, 1)
    );
}

#[tokio::test]
async fn each_wrong_field_of_a_patch_is_named() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = created(&http, json!({})).await;
    let yen = created(&http, json!({ "currency": "JPY", "amount": "100" })).await;
    for (row, patch, status, whole, pointer, code) in [
        (
            &row,
            json!({ "amount": "0" }),
            422,
            "unprocessable",
            "/amount",
            "zero-amount",
        ),
        (&row, json!({ "amount": 1 }), 400, "validation", "/amount", "type"),
        (
            &yen,
            json!({ "amount": "1.5" }),
            422,
            "unprocessable",
            "/amount",
            "too-many-decimals",
        ),
        (
            &row,
            json!({ "currency": "JPY" }),
            422,
            "unprocessable",
            "/amount",
            "missing",
        ),
        (
            &row,
            json!({ "date": "2026-02-31" }),
            400,
            "validation",
            "/date",
            "no-such-day",
        ),
        (
            &row,
            json!({ "id": api::id::new_uuid() }),
            400,
            "validation",
            "/id",
            "unknown",
        ),
        (
            &row,
            json!({ "version": 1 }),
            400,
            "validation",
            "/version",
            "unknown",
        ),
        (
            &row,
            json!({ "category": "No such" }),
            409,
            "unknown-name",
            "/category",
            "unknown-name",
        ),
        (
            &row,
            json!({ "to_account": "Cash" }),
            422,
            "unprocessable",
            "/to_account_id",
            "transfer-only",
        ),
        (
            &row,
            json!({ "payee": "\u{0}" }),
            422,
            "unprocessable",
            "/payee",
            "control-character",
        ),
    ] {
        http.patch(&at(row), patch)
            .await
            .refused(status, whole)
            .with_faults(&[(pointer, code)]);
    }
    assert_eq!(http.get(&at(&row)).await.ok(200), row);
    assert_eq!(app.rev().await, 2);
}

#[tokio::test]
async fn what_stops_being_a_transfer_loses_its_target() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = created(
        &http,
        json!({ "kind": "transfer", "account": "Bank", "to_account": "Cash" }),
    )
    .await;
    let changed = http.patch(&at(&row), json!({ "kind": "expense" })).await.ok(200);
    assert_eq!(
        (&changed["kind"], &changed["to_account_id"]),
        (&json!("expense"), &json!(null))
    );
    assert_eq!(changed["account_id"], row["account_id"]);
}

#[tokio::test]
async fn a_stale_version_is_refused_with_the_row_as_it_is() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = created(&http, json!({})).await;
    let now = http
        .patch(&at(&row), json!({ "note": "newer" }))
        .if_match("\"1\"")
        .await
        .ok(200);
    let rev = app.rev().await;
    let restore = format!("{}/restore", at(&row));
    for answer in [
        http.patch(&at(&row), json!({ "note": "mine" }))
            .if_match("\"1\"")
            .await,
        http.delete(&at(&row)).if_match("\"1\"").await,
        http.delete(&at(&row)).if_match("\"3\"").await,
        http.post(&restore, json!(null)).if_match("\"1\"").await,
    ] {
        assert_eq!(answer.refused(412, "stale-version").json["current"], now);
    }
    assert_eq!((app.rev().await, http.get(&at(&row)).await.ok(200)), (rev, now));
    http.patch(&at(&row), json!({ "note": "any" }))
        .if_match("*")
        .await
        .expect(200);
    http.patch(&at(&row), json!({ "note": "unconditional" }))
        .await
        .expect(200);
    for tag in ["W/\"4\"", "4", "\"x\"", "\"1\", \"4\"", "\"\""] {
        let answer = http
            .patch(&at(&row), json!({ "note": "bad tag" }))
            .if_match(tag)
            .await;
        answer
            .refused(400, "bad-request")
            .with_faults(&[("/If-Match", "pattern")]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_edits_of_one_version_one_wins() {
    let app = Arc::new(TestApp::start().await);
    let row = created(&app.client(), json!({})).await;
    let mut tasks = Vec::new();
    for number in 0..12 {
        let (http, path) = (app.client(), at(&row));
        tasks.push(tokio::spawn(async move {
            http.patch(&path, json!({ "note": format!("edit {number}") }))
                .if_match("\"1\"")
                .await
        }));
    }
    let mut winners: Vec<Value> = Vec::new();
    for task in tasks {
        let answer = task.await.unwrap();
        if answer.status == 200 {
            winners.push(answer.json);
        } else {
            let answer = answer.refused(412, "stale-version");
            assert_eq!(answer.json["current"]["version"], json!(2));
        }
    }
    assert_eq!(winners.len(), 1);
    assert_eq!(app.client().get(&at(&row)).await.ok(200), winners[0]);
    assert_eq!(app.rev().await, 2);
}

#[tokio::test]
async fn a_deleted_row_leaves_the_list_and_comes_back_as_it_was() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = created(
        &http,
        json!({ "category": "Food", "tags": ["a"], "payee": "p", "external_id": "e" }),
    )
    .await;
    let gone = http.delete(&at(&row)).if_match("\"1\"").await.expect(204);
    assert!(gone.body.is_empty());
    assert_eq!(http.get("expenses").await.ok(200)["items"], json!([]));
    let all = http.get("expenses?include_deleted=true").await.ok(200);
    assert_eq!(all["items"][0]["version"], json!(2));
    assert!(all["items"][0]["deleted_at"].is_string());
    // A deleted row can be neither changed nor deleted again.
    http.patch(&at(&row), json!({ "note": "x" }))
        .await
        .refused(404, "not-found");
    http.delete(&at(&row)).await.refused(404, "not-found");
    let back = http
        .post(&format!("{}/restore", at(&row)), json!(null))
        .if_match("\"2\"")
        .await
        .expect(200);
    let mut expected = row.clone();
    expected["version"] = json!(3);
    expected["updated_at"] = back.json["updated_at"].clone();
    assert_eq!((back.etag(), &back.json), ("\"3\"".to_owned(), &expected));
    assert_eq!(http.get("expenses").await.ok(200)["items"], json!([expected]));
}

#[tokio::test]
async fn deleted_rows_can_be_listed_alone() {
    let app = TestApp::start().await;
    let http = app.client();
    let (gone, kept) = (created(&http, json!({})).await, created(&http, json!({})).await);
    http.delete(&at(&gone)).await.expect(204);
    let ids = async |query: &str| {
        let page = http.get(&format!("expenses?{query}")).await.ok(200);
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|row| row["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids("only_deleted=true").await, [gone["id"].clone()]);
    assert_eq!(
        ids("only_deleted=true&include_deleted=true").await,
        [gone["id"].clone()]
    );
    assert_eq!(ids("only_deleted=false").await, [kept["id"].clone()]);
    assert_eq!(
        ids("only_deleted=true&min=13").await,
        Vec::<serde_json::Value>::new()
    );
    http.get("expenses?only_deleted=perhaps")
        .await
        .refused(400, "validation");
}

#[tokio::test]
async fn restoring_what_is_there_changes_nothing() {
    let app = TestApp::start().await;
    let row = created(&app.client(), json!({})).await;
    let restored = app
        .client()
        .post(&format!("{}/restore", at(&row)), json!(null))
        .await
        .ok(200);
    assert_eq!((restored, app.rev().await), (row, 1));
}
