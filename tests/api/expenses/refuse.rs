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

#[tokio::test]
async fn an_id_and_a_name_for_the_same_thing_are_refused() {
    let app = TestApp::start().await;
    let category = api::id::new_uuid();
    let answer = refused(
        &app,
        with(plain(), json!({ "category": "Food", "category_id": category })),
    )
    .await;
    let faults = answer.refused(422, "unprocessable").faults();
    assert!(
        faults.contains(&("/category".to_owned(), "twice".to_owned())),
        "{faults:?}"
    );
}

#[tokio::test]
async fn all_faults_against_the_schema_are_told_at_once() {
    let app = TestApp::start().await;
    let body = json!({ "amount": 12.5, "currency": "EURO", "kind": "gift", "colour": "red", "note": "x".repeat(2001) });
    refused(&app, body)
        .await
        .refused(400, "validation")
        .with_faults(&[
            ("/amount", "type"),
            ("/colour", "unknown"),
            ("/currency", "unknown-currency"),
            ("/date", "missing"),
            ("/kind", "not-one-of"),
            ("/note", "too-long"),
        ]);
}

#[tokio::test]
async fn broken_rules_and_unknown_names_are_told_together() {
    let app = TestApp::start().await;
    let fields = json!({
        "amount": "0", "payee": "a\u{0}", "note": "\u{202e}", "tags": ["fine", "\u{1b}"], "category": "No such",
        "account_id": api::id::new_uuid(),
    });
    refused(&app, with(plain(), fields))
        .await
        .refused(422, "unprocessable")
        .with_faults(&[
            ("/account_id", "unknown-name"),
            ("/amount", "zero-amount"),
            ("/category", "unknown-name"),
            ("/note", "direction-mark"),
            ("/payee", "control-character"),
            ("/tags/1", "control-character"),
        ]);
}

#[tokio::test]
async fn what_is_no_json_document_is_refused_before_anything_else() {
    let app = TestApp::start().await;
    let deep = format!("{{\"note\":{}{}}}", "[".repeat(100), "]".repeat(100));
    let bottomless = "[".repeat(5_000);
    for body in [
        "".as_bytes(),
        b"{",
        b"lunch",
        br#"{"date":"2026-11-21","amount":"1"} {}"#,
        br#"{"date":"2026-11-21","amount":"1","amount":"2"}"#,
        br#"{"date":"2026-11-21","amount":"1","tags":[{"a":1,"a":2}]}"#,
        b"{\"date\":\"2026-11-21\",\"amount\":\"\xff\"}",
        b"\xef\xbb\xbf{}",
        deep.as_bytes(),
        bottomless.as_bytes(),
    ] {
        let call = app
            .client()
            .post("expenses", json!(null))
            .bytes("application/json", body);
        call.await.refused(400, "bad-request");
    }
    for body in [json!([]), json!("x"), json!(7), json!(null)] {
        app.client()
            .post("expenses", body)
            .await
            .refused(400, "validation");
    }
    assert_eq!((app.rev().await, app.count_expenses().await), (0, 0));
}

#[tokio::test]
async fn a_duplicate_key_is_named() {
    let app = TestApp::start().await;
    let body = r#"{"date":"2026-11-21","amount":"1","amount":"2"}"#;
    let answer = app
        .client()
        .post("expenses", json!(null))
        .bytes("application/json", body)
        .await;
    let answer = answer.refused(400, "bad-request");
    assert!(answer.text().contains("amount"), "{answer:?}");
}

#[tokio::test]
async fn other_media_types_and_packed_bodies_are_refused() {
    let app = TestApp::start().await;
    let body = plain().to_string();
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/jsonx",
    ] {
        let call = app
            .client()
            .post("expenses", json!(null))
            .bytes(media_type, body.as_str());
        call.await.refused(415, "unsupported-media-type");
    }
    let nothing_said = app.client().post("expenses", plain()).without("content-type");
    nothing_said.await.refused(415, "unsupported-media-type");
    for encoding in ["gzip", "br", "deflate", "zstd", "gzip, identity"] {
        let packed = app
            .client()
            .post("expenses", plain())
            .header("content-encoding", encoding);
        packed.await.refused(415, "unsupported-media-type");
    }
    assert_eq!((app.rev().await, app.count_expenses().await), (0, 0));
    let said_fully = app
        .client()
        .post("expenses", json!(null))
        .bytes("application/json; charset=utf-8", body);
    said_fully.await.expect(201);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_unread() {
    let app = TestApp::start().await;
    for megabytes in [1, 2] {
        let body = with(plain(), json!({ "note": "x".repeat(megabytes << 20) }));
        refused(&app, body).await.refused(413, "too-large");
    }
}

#[tokio::test]
async fn a_bad_idempotency_key_is_refused() {
    let app = TestApp::start().await;
    for key in ["", "with blank", "ümlaut", "semi;colon", &"k".repeat(65)] {
        let call = app.client().post("expenses", plain()).key(key);
        call.await
            .refused(400, "bad-request")
            .with_faults(&[("/Idempotency-Key", "pattern")]);
    }
    assert_eq!(app.rev().await, 0);
    app.client()
        .post("expenses", plain())
        .key(&"k".repeat(64))
        .await
        .expect(201);
}

#[tokio::test]
async fn no_refusal_says_what_is_inside_the_server() {
    let app = TestApp::start().await;
    let id = json!({ "id": api::id::new_uuid(), "external_id": "same" });
    app.client()
        .post("expenses", with(plain(), id.clone()))
        .await
        .expect(201);
    for answer in [
        app.client().post("expenses", with(plain(), id)).await,
        app.client()
            .post("expenses", with(plain(), json!({ "external_id": "same" })))
            .await,
        app.client()
            .post("expenses", with(plain(), json!({ "amount": {} })))
            .await,
        app.client().get("expenses?limit=x&sort=y").await,
        app.client().get("expenses/x").await,
    ] {
        let text = answer.text().to_lowercase();
        for word in [
            "sql",
            "constraint",
            "serde",
            "poem",
            "panicked",
            ".rs",
            "select ",
            "insert ",
        ] {
            assert!(!text.contains(word), "{word}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn no_row_makes_an_entry_with_the_word_that_filters_have_for_none() {
    let app = TestApp::start().await;
    let body = json!({
        "category": "Food: none", "payee": "None", "tags": ["ok", "none"], "create_missing": true,
    });
    app.client()
        .post("expenses", with(plain(), body))
        .await
        .refused(422, "unprocessable")
        .with_faults(&[
            ("/category", "reserved-name"),
            ("/payee", "reserved-name"),
            ("/tags/1", "reserved-name"),
        ]);
    assert_eq!(app.rev().await, 0);
}
