//! `/v1/ledgers/{ledger}/expenses`. What the tests of its operations share: rows to send, and entries to name in them.

mod batch;
mod change;
mod create;
mod filter;
mod ids;
mod names;
mod paging;
mod payer;
mod refuse;
mod retry;
mod search;
mod sort;

use serde_json::{Value, json};
use tests::client::Http;

/// The least that makes an expense.
fn plain() -> Value {
    json!({ "date": "2026-11-21", "amount": "12.50" })
}

/// A body with other fields put in.
fn with(mut body: Value, fields: Value) -> Value {
    let (Some(body_fields), Value::Object(fields)) = (body.as_object_mut(), fields) else {
        panic!("two objects are wanted")
    };
    body_fields.extend(fields);
    body
}

/// Records one and gives it back.
async fn created(http: &Http, fields: Value) -> Value {
    http.post("expenses", with(plain(), fields)).await.ok(201)
}

/// The address of a row in its ledger.
fn at(row: &Value) -> String {
    format!("expenses/{}", row["id"].as_str().unwrap())
}

/// The ids of rows, in order.
fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The rows of one page.
fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().clone()
}
