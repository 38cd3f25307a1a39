//! What was deleted long ago is removed for good: nothing of its content is left, who did what and when is.

use super::{add, last_rev, path};
use chrono::TimeDelta;
use entity::{change_row, expense_tag};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use server::service::purge::purge;
use tests::client::Http;
use tests::people::TokenRow;
use tests::server::TestApp;
use uuid::Uuid;

#[tokio::test]
async fn after_its_time_a_deleted_row_leaves_who_and_when_and_nothing_else() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    // Not a session, which would end when it is left alone for so long.
    let token = app.add_token(app.owner().user_id, TokenRow::default()).await;
    let http = Http::new(app.address(), Some(&token));
    let old = add(
        &http,
        json!({ "payee": "Secret", "note": "hidden", "tags": ["t"], "external_id": "x1" }),
    )
    .await;
    http.patch(&path(&old), json!({ "note": "hidden again" }))
        .await
        .ok(200);
    http.delete(&path(&old)).await.expect(204);
    let deleted = last_rev(&http).await;
    app.state.clock.advance(TimeDelta::days(29));
    let young = add(&http, json!({ "note": "young" })).await;
    http.delete(&path(&young)).await.expect(204);
    let kept = add(&http, json!({ "note": "kept" })).await;
    assert_eq!(purge(&app.state, || false).await.unwrap(), 0);
    app.state.clock.advance(TimeDelta::days(2));
    let before = app.rev().await;
    assert_eq!(purge(&app.state, || false).await.unwrap(), 1);
    // Again there is nothing, and no change for it.
    assert_eq!(purge(&app.state, || false).await.unwrap(), 0);
    assert_eq!(app.rev().await, before + 1);

    http.get(&path(&old)).await.refused(410, "gone");
    let restore = format!("{}/restore", path(&old));
    http.post(&restore, Value::Null).await.refused(410, "gone");
    for rev in [1, deleted] {
        http.post(&format!("changes/{rev}/undo"), Value::Null)
            .await
            .refused(410, "gone");
    }
    let history = http.get(&format!("{}/history", path(&old))).await.ok(200);
    let told: Vec<_> = history["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            (
                item["kind"].as_str().unwrap(),
                item["rows"][0]["action"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("purge", "purged"),
            ("delete_expense", "purged"),
            ("update_expense", "purged"),
            ("create_expense", "purged")
        ]
    );
    assert!(!history.to_string().contains("hidden"));
    let id: Uuid = old["id"].as_str().unwrap().parse().unwrap();
    let rows = change_row::Entity::find()
        .filter(change_row::Column::RowId.eq(id))
        .all(app.connection())
        .await
        .unwrap();
    assert!(
        rows.iter()
            .all(|row| row.before_image.is_none() && row.after_image.is_none())
    );
    let links = expense_tag::Entity::find().all(app.connection()).await.unwrap();
    assert!(links.is_empty());
    // The others are as they were, and a bank's id is still known.
    assert!(http.get(&path(&young)).await.ok(200)["deleted_at"].is_string());
    http.get(&path(&kept)).await.ok(200);
    let again = json!({ "date": "2026-11-21", "amount": "1.00", "external_id": "x1" });
    http.post("expenses", again)
        .await
        .refused(409, "duplicate-external-id");
}

#[tokio::test]
async fn what_was_purged_of_an_operation_is_passed_over_and_the_rest_of_it_comes_back() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let token = app.add_token(app.owner().user_id, TokenRow::default()).await;
    let http = Http::new(app.address(), Some(&token));
    let live = add(&http, json!({ "category": "Snacks" })).await;
    let trashed = add(&http, json!({ "category": "Snacks", "note": "trashed" })).await;
    let other = add(&http, json!({ "category": "Food" })).await;
    http.delete(&path(&trashed)).await.expect(204);
    let from = live["category_id"].as_str().unwrap();
    http.post(
        &format!("categories/{from}/merge"),
        json!({ "into_id": other["category_id"] }),
    )
    .await
    .ok(200);
    let merged = last_rev(&http).await;
    app.state.clock.advance(TimeDelta::days(31));
    assert_eq!(purge(&app.state, || false).await.unwrap(), 1);

    let url = format!("changes/{merged}/undo");
    let pointer = format!("/expense/{}", trashed["id"].as_str().unwrap());
    http.post(&url, Value::Null)
        .await
        .refused(409, "changed-since")
        .with_faults(&[(pointer.as_str(), "changed-since")]);
    let done = http
        .post(&format!("{url}?skip=conflicts"), Value::Null)
        .await
        .ok(200);
    assert_eq!((&done["is_done"], &done["skipped"]), (&json!(true), &json!(1)));
    assert_eq!(
        http.get(&path(&live)).await.ok(200)["category_id"],
        live["category_id"]
    );
}

#[tokio::test]
async fn many_go_in_batches_and_none_where_all_is_kept() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let http = app.client();
    let row = json!({ "op": "create", "expense": { "date": "2026-11-21", "amount": "1.00" } });
    let mut ids = Vec::new();
    for _ in 0..2 {
        let made = http
            .post("expenses/batch", json!({ "operations": vec![row.clone(); 400] }))
            .await
            .ok(200);
        ids.extend(
            made["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].clone()),
        );
    }
    for some in ids.chunks(400) {
        let operations: Vec<Value> = some
            .iter()
            .map(|id| json!({ "op": "delete", "id": id }))
            .collect();
        http.post("expenses/batch", json!({ "operations": operations }))
            .await
            .ok(200);
    }
    let keeping = Box::pin(app.another(|config| config.database.trash_days = 0)).await;
    app.state.clock.advance(TimeDelta::days(31));
    assert_eq!(purge(&keeping.state, || false).await.unwrap(), 0);
    assert_eq!(purge(&app.state, || true).await.unwrap(), 0);
    assert_eq!(purge(&app.state, || false).await.unwrap(), 800);
    assert_eq!(app.count_expenses().await, 0);
}
