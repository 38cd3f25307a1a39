//! What `create_expense` refuses: each with its status, code and pointer, all faults of a request at once, and nothing
//! written.

use super::{plain, with};
use serde_json::{Value, json};
use tests::client::Answer;
use tests::server::TestApp;

/// Sends a body that must be refused, and checks that nothing came of it.
async fn refused(app: &TestApp, body: Value) -> Answer {
    let answer = app.client().post("expenses", body).await;
    assert!(answer.status >= 400, "accepted: {answer:?}");
    assert_eq!(
        (app.rev().await, app.count_expenses().await),
        (0, 0),
        "something was written: {answer:?}"
    );
    answer
}

#[tokio::test]
async fn each_wrong_field_is_named_with_its_reason() {
    let app = TestApp::start().await;
    let mut wrong = Vec::new();
    let long = |count: usize| "x".repeat(count);
    for (fields, status, pointer, code) in [
        (
            json!({ "amount": "12.5.0" }),
            400,
            "/amount",
            "two-decimal-points",
        ),
        (json!({ "amount": "1e5" }), 400, "/amount", "exponent"),
        (json!({ "amount": "-1" }), 400, "/amount", "signed-amount"),
        (json!({ "amount": "" }), 400, "/amount", "amount-missing"),
        (
            json!({ "amount": "1 000" }),
            400,
            "/amount",
            "separator-in-amount",
        ),
        (json!({ "amount": 12.5 }), 400, "/amount", "type"),
        (json!({ "amount": 12 }), 400, "/amount", "type"),
        (json!({ "amount": null }), 400, "/amount", "type"),
        (json!({ "amount": "0" }), 422, "/amount", "zero-amount"),
        (json!({ "amount": "0.00" }), 422, "/amount", "zero-amount"),
        (json!({ "amount": "12.345" }), 422, "/amount", "too-many-decimals"),
        (
            json!({ "amount": "12.5", "currency": "JPY" }),
            422,
            "/amount",
            "too-many-decimals",
        ),
        (
            json!({ "amount": "10000000000000000" }),
            400,
            "/amount",
            "amount-too-large",
        ),
        (
            json!({ "amount": "10000000000.00" }),
            422,
            "/amount",
            "amount-too-large",
        ),
        (json!({ "date": "2026-02-31" }), 400, "/date", "no-such-day"),
        (json!({ "date": "0025-01-01" }), 400, "/date", "date-out-of-range"),
        (json!({ "date": "21.11.2026" }), 400, "/date", "not-a-date"),
        (json!({ "date": 20_261_121 }), 400, "/date", "type"),
        (
            json!({ "currency": "EURO" }),
            400,
            "/currency",
            "unknown-currency",
        ),
        (json!({ "currency": "ZZZ" }), 400, "/currency", "unknown-currency"),
        (json!({ "kind": "gift" }), 400, "/kind", "not-one-of"),
        (json!({ "id": "12" }), 400, "/id", "format"),
        (json!({ "colour": "red" }), 400, "/colour", "unknown"),
        (json!({ "payee": long(101) }), 400, "/payee", "too-long"),
        (json!({ "note": long(2001) }), 400, "/note", "too-long"),
        (json!({ "tags": vec!["x"; 21] }), 400, "/tags", "too-many"),
        (json!({ "tags": "trip" }), 400, "/tags", "type"),
        (json!({ "tags": ["ok", long(101)] }), 422, "/tags/1", "too-long"),
        (json!({ "payee": "a\u{0}b" }), 422, "/payee", "control-character"),
        (
            json!({ "payee": "a\u{1b}[2Jb" }),
            422,
            "/payee",
            "control-character",
        ),
        (json!({ "payee": "a\nb" }), 422, "/payee", "line-break"),
        (json!({ "payee": "  " }), 422, "/payee", "blank"),
        (json!({ "note": "a\u{202e}b" }), 422, "/note", "direction-mark"),
        (json!({ "note": "a\u{0}b" }), 422, "/note", "control-character"),
        (
            json!({ "note": "\u{1b}]0;title\u{7}" }),
            422,
            "/note",
            "control-character",
        ),
        (json!({ "tags": ["\u{2066}a"] }), 422, "/tags/0", "direction-mark"),
        (
            json!({ "external_id": "a\u{7f}" }),
            422,
            "/external_id",
            "control-character",
        ),
        (
            json!({ "to_account": "Cash" }),
            422,
            "/to_account_id",
            "transfer-only",
        ),
        (
            json!({ "category": "Nothing like it" }),
            409,
            "/category",
            "unknown-name",
        ),
        (
            json!({ "category_id": api::id::new_uuid() }),
            409,
            "/category_id",
            "unknown-name",
        ),
        (
            json!({ "account_id": api::id::new_uuid() }),
            409,
            "/account_id",
            "unknown-name",
        ),
        (
            json!({ "paid_by": api::id::new_uuid() }),
            409,
            "/paid_by",
            "unknown-name",
        ),
    ] {
        let whole = match status {
            400 => "validation",
            422 => "unprocessable",
            _ => "unknown-name",
        };
        let answer = refused(&app, with(plain(), fields)).await;
        let is_right = answer.status == status
            && answer.json["code"] == whole
            && answer.faults() == [(pointer.to_owned(), code.to_owned())];
        if !is_right {
            wrong.push(format!("expected {status} {whole} {pointer} {code}: {answer:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
