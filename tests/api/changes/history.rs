//! The history of one row: its own entries and no others, the latest first.

use super::{add, path};
use serde_json::json;
use std::future::IntoFuture;
use tests::server::TestApp;

#[tokio::test]
async fn a_row_tells_who_did_what_to_it() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = add(&http, json!({ "payee": "Rewe" })).await;
    add(&http, json!({ "payee": "other" })).await;
    let ben = app.add_person("ben").await;
    app.add_member(ben.user_id, app.ledger_id(), "editor").await;
    let bens = app.client_of(&ben).in_ledger(app.ledger_id());
    bens.patch(&path(&row), json!({ "note": "by ben" })).await.ok(200);
    let history = http.walk(&format!("{}/history?limit=1", path(&row))).await;
    let told: Vec<_> = history
        .iter()
        .map(|item| (item["kind"].as_str().unwrap(), item["by_name"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("update_expense", "ben"), ("create_expense", "local")]);
    assert!(
        history
            .iter()
            .all(|item| item["rows"].as_array().unwrap().len() == 1)
    );
    assert_eq!(
        history[0]["rows"][0]["fields"],
        json!([{ "field": "note", "before": null, "after": "by ben" }])
    );
}

#[tokio::test]
async fn every_noun_has_a_history_and_what_is_not_there_has_none() {
    let app = TestApp::start().await;
    let http = app.client();
    for (noun, new) in [
        ("categories", json!({ "name": "Sushi" })),
        ("accounts", json!({ "name": "Giro", "kind": "bank" })),
        ("payees", json!({ "name": "Rewe" })),
        ("tags", json!({ "name": "trip" })),
    ] {
        let entry = http.post(noun, new).await.ok(201);
        let at = format!("{noun}/{}", entry["id"].as_str().unwrap());
        http.patch(&at, json!({ "name": "Renamed" })).await.ok(200);
        let history = http.get(&format!("{at}/history")).await.ok(200);
        let items = history["items"].as_array().unwrap();
        assert_eq!(items.len(), 2, "{history}");
        assert_eq!(items[0]["rows"][0]["label"], "Renamed");
        let gone = format!("{noun}/{}/history", api::id::new_uuid());
        http.get(&gone).await.refused(404, "not-found");
    }
    let row = add(&http, json!({})).await;
    let stranger = app.add_person("stranger").await;
    let theirs = app.client_of(&stranger);
    theirs
        .get(&format!("{}/history", path(&row)))
        .await
        .refused(404, "not-found");
}

#[tokio::test]
async fn history_reads_the_row_and_not_the_ledger() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = add(&http, json!({})).await;
    let at = format!("{}/history", path(&row));
    let (few, _) = app.statements_of(http.get(&at).into_future()).await;
    for _ in 0..20 {
        add(&http, json!({})).await;
    }
    let (many, _) = app.statements_of(http.get(&at).into_future()).await;
    assert_eq!(few, many);
    assert!(many <= 6, "{many} statements");
}
