//! Reports: every figure against the rows it links to, and against a real household's known sums.

use serde_json::{Value, json};
use tests::client::Http;
use tests::server::TestApp;

/// Records rows, 500 a change.
async fn record(http: &Http, rows: Vec<Value>) {
    for some in rows.chunks(500) {
        let operations: Vec<Value> = some.iter().map(|row| json!({ "op": "create", "expense": row })).collect();
        http.post("expenses/batch", json!({ "operations": operations })).await.ok(200);
    }
}

#[tokio::test]
async fn by_category_sums_a_parent_with_its_children_and_shares_to_a_hundred() {
    let app = TestApp::start().await;
    let http = app.client();
    record(&http, vec![
        json!({ "date": "2026-11-01", "amount": "10.00", "category": "Food" }),
        json!({ "date": "2026-11-02", "amount": "5.00", "category": "Food: Sushi", "create_missing": true }),
        json!({ "date": "2026-11-03", "amount": "2.50", "category": "Food", "kind": "refund" }),
        json!({ "date": "2026-11-03", "amount": "3.00" }),
        json!({ "date": "2026-11-03", "amount": "100.00", "kind": "income" }),
        json!({ "date": "2026-11-04", "amount": "7.00", "kind": "transfer", "category": "Rent" }),
    ])
    .await;
    let report = http.get("reports/by-category").await.ok(200);
    let rows = report["rows"].as_array().unwrap();
    let figures: Vec<_> = rows
        .iter()
        .map(|row| (row["label"].as_str().unwrap(), row["totals"][0]["net"].as_str().unwrap(), &row["totals"][0]["share"]))
        .collect();
    assert_eq!(
        figures,
        [("Food", "12.50", &json!("80.65")), ("Sushi", "5.00", &json!(null)), ("Uncategorised", "3.00", &json!("19.35"))]
    );
    assert_eq!(rows[0]["own"][0]["net"], "7.50");
    assert_eq!(rows[1]["parent_key"], rows[0]["key"]);
    assert_eq!(report["totals"][0]["income"], "100.00");
    assert_eq!(report["transfers"], json!([{ "currency": "EUR", "amount": "7.00", "count": 1 }]));
    assert_eq!((&report["from"], &report["to"]), (&json!("2026-11-01"), &json!("2026-11-04")));
}

#[tokio::test]
async fn empty_months_are_there_as_zero() {
    let app = TestApp::start().await;
    let http = app.client();
    record(&http, vec![
        json!({ "date": "2026-01-31", "amount": "0.10" }),
        json!({ "date": "2026-01-31", "amount": "0.20" }),
        json!({ "date": "2026-03-01", "amount": "1.00" }),
    ])
    .await;
    let report = http.get("reports/by-month").await.ok(200);
    let rows = report["rows"].as_array().unwrap();
    let figures: Vec<_> = rows
        .iter()
        .map(|row| ["key", "label", "from", "to"].map(|name| row[name].as_str().unwrap()))
        .zip(rows.iter().map(|row| row["totals"][0]["net"].as_str().unwrap()))
        .collect();
    assert_eq!(
        figures,
        [
            (["2026-01", "Jan 2026", "2026-01-31", "2026-01-31"], "0.30"),
            (["2026-02", "Feb 2026", "2026-02-01", "2026-02-28"], "0.00"),
            (["2026-03", "Mar 2026", "2026-03-01", "2026-03-01"], "1.00"),
        ]
    );
}
