//! `/v1/ledgers/{ledger}/changes`: the log read in order, the history of a row, undo and redo.

mod counts;
mod history;
mod list;
mod model;
mod purge;
mod together;
mod undo;

use serde_json::{Value, json};
use tests::client::Http;

/// Records an expense.
async fn add(http: &Http, more: Value) -> Value {
    let mut row = json!({ "date": "2026-11-21", "amount": "12.50", "create_missing": true });
    for (key, value) in more.as_object().expect("an object") {
        row[key] = value.clone();
    }
    http.post("expenses", row).await.ok(201)
}

fn path(row: &Value) -> String {
    format!("expenses/{}", row["id"].as_str().expect("an id"))
}

/// The number of the last change.
async fn last_rev(http: &Http) -> i64 {
    let page = http.get("changes?sort=-rev&limit=1").await.ok(200);
    page["rev"].as_i64().expect("a revision")
}

/// Takes back the change with that number.
async fn undo(http: &Http, rev: i64) -> Value {
    http.post(&format!("changes/{rev}/undo"), Value::Null)
        .await
        .ok(200)
}

/// Everything of a row but what every change counts on.
fn bare(row: &Value) -> Value {
    let mut row = row.clone();
    row["version"] = Value::Null;
    row["updated_at"] = Value::Null;
    row
}
