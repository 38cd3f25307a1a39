//! What the log counts: rows are expenses, names made along are named apart, and an operation is one entry however many
//! changes it is made of.

use super::{add, undo};
use serde_json::{Value, json};
use tests::client::Http;
use tests::server::TestApp;

fn row(n: usize) -> Value {
    json!({ "op": "create", "expense": {
        "date": "2026-11-21", "amount": "1.00", "payee": format!("Payee {n}"), "create_missing": true,
    }})
}

async fn latest(http: &Http, more: &str) -> Value {
    let page = http
        .get(&format!("changes?sort=-rev&limit=1{more}"))
        .await
        .ok(200);
    page["items"][0].clone()
}

#[tokio::test]
async fn rows_are_expenses_and_names_made_along_are_counted_apart() {
    let app = TestApp::start().await;
    let http = app.client();
    let rows: Vec<Value> = (0..40).map(row).collect();
    http.post("expenses/batch", json!({ "operations": rows }))
        .await
        .expect(200);
    let pasted = latest(&http, "").await;
    let payees = |made: u64, changed: u64| json!([{ "noun": "payee", "made": made, "changed": changed }]);
    assert_eq!(pasted["row_count"], 40);
    assert_eq!(pasted["name_counts"], payees(40, 0));
    assert_eq!(
        pasted["operation"],
        json!({ "change_count": 1, "row_count": 40, "name_counts": payees(40, 0) })
    );
    let undone = undo(&http, pasted["rev"].as_i64().unwrap()).await;
    assert_eq!((&undone["restored"], &undone["skipped"]), (&json!(40), &json!(0)));
    assert_eq!(undone["name_counts"], payees(0, 40));

    let tea = add(&http, json!({ "payee": "Tea shop", "tags": ["tea"] })).await;
    let change = latest(&http, "").await;
    assert_eq!(change["row_count"], 1);
    let undone = undo(&http, change["rev"].as_i64().unwrap()).await;
    assert_eq!(undone["restored"], 1, "one tea is one row");
    let history = http
        .get(&format!("expenses/{}/history", tea["id"].as_str().unwrap()))
        .await
        .ok(200);
    let told = &history["items"][0];
    assert_eq!(
        (&told["row_count"], &told["operation"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(told["name_counts"], json!([]));

    http.post("payees", json!({ "name": "Alone" })).await.expect(201);
    let named = latest(&http, "").await;
    assert_eq!(
        (&named["row_count"], &named["name_counts"]),
        (&json!(0), &payees(1, 0))
    );
}

#[tokio::test]
async fn an_operation_of_many_changes_is_one_entry_with_its_whole_count() {
    let app = TestApp::start().await;
    let http = app.client();
    let into = http.post("categories", json!({ "name": "Into" })).await.ok(201);
    let from = http.post("categories", json!({ "name": "From" })).await.ok(201);
    let one = json!({ "op": "create", "expense": { "date": "2026-11-21", "amount": "0.10", "category_id": from["id"] }});
    for some in vec![one; 1_500].chunks(500) {
        http.post("expenses/batch", json!({ "operations": some }))
            .await
            .expect(200);
    }
    http.post(
        &format!("categories/{}/merge", from["id"].as_str().unwrap()),
        json!({ "into_id": into["id"] }),
    )
    .await
    .ok(200);
    let step = latest(&http, "").await;
    // The one that is merged; where the other one takes something over from it, that as well.
    let merged = step["operation"]["name_counts"][0]["changed"].as_u64().unwrap();
    assert!((1..=2).contains(&merged), "{step}");
    let whole = json!({ "change_count": 2, "row_count": 1_500,
        "name_counts": [{ "noun": "category", "made": 0, "changed": merged }] });
    assert!(step["row_count"].as_u64() < Some(1_000), "{}", step["row_count"]);
    assert_eq!(step["operation"], whole);
    // What was merged is shown wherever among the rows it stands.
    assert!(
        step["rows"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["label"] == "From")
    );

    let entries = http.walk("changes?sort=-rev&limit=2&whole=true").await;
    let kinds: Vec<&str> = entries
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "merge_category",
            "batch_expenses",
            "batch_expenses",
            "batch_expenses",
            "create_category",
            "create_category"
        ]
    );
    assert_eq!(entries[0]["operation"], whole);
    assert_eq!(
        entries[0]["rev"], step["rev"],
        "it stands where its last change does"
    );
    assert_eq!(entries[0]["rows"].as_array().unwrap().len(), 50);
    assert_eq!(entries[0]["rows"][0]["label"], "From");
    let oldest = http.walk("changes?limit=2&whole=true").await;
    let backwards: Vec<&Value> = oldest.iter().rev().map(|entry| &entry["rev"]).collect();
    assert_eq!(
        backwards,
        entries.iter().map(|entry| &entry["rev"]).collect::<Vec<_>>()
    );
    // Two revisions of one operation, and both lead to all of it.
    let undone = undo(&http, step["rev"].as_i64().unwrap()).await;
    assert_eq!(
        (&undone["restored"], &undone["name_counts"]),
        (&json!(1_500), &whole["name_counts"])
    );
}
