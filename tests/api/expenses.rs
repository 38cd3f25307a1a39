//! `/v1/ledgers/{ledger}/expenses`. What the tests of its operations share: rows to send, and entries to name in them.

mod create;
mod refuse;

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
