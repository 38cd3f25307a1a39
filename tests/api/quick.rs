//! `/v1/ledgers/{ledger}/expenses/parse` and `/quick`: the entry line, understood and saved.

use crate::dictionary::{made, path, text};
use serde_json::{Value, json};
use tests::client::Http;
use tests::server::TestApp;

fn line(text: &str) -> Value {
    json!({ "text": text, "today": "2026-11-21" })
}

fn making(text: &str) -> Value {
    json!({ "text": text, "today": "2026-11-21", "create_missing": true })
}

async fn id_of(http: &Http, collection: &str, name: &str) -> Value {
    http.walk(&format!("{collection}?q={name}")).await.remove(0)["id"].clone()
}

#[tokio::test]
async fn a_line_is_understood_and_nothing_is_written() {
    let app = TestApp::start().await;
    let http = app.client();
    let text = "12.50 lunch #food @card +trip y // with Ana";
    let (statements, parsed) = app
        .statements_of(async { http.post("expenses/parse", line(text)).await })
        .await;
    let parsed = parsed.ok(200);
    assert!(statements <= 2, "{statements} statements");
    let kinds: Vec<&str> = parsed["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .map(|token| self::text(token, "kind"))
        .collect();
    assert_eq!(
        kinds,
        ["amount", "word", "category", "account", "tag", "date", "note"]
    );
    assert_eq!(
        parsed["tokens"][2],
        json!({ "start": 12, "end": 17, "kind": "category", "detail": null })
    );
    assert_eq!(
        (&parsed["faults"], &parsed["new_names"]),
        (&json!([]), &json!([]))
    );
    let expense = &parsed["expense"];
    assert_eq!(
        (
            &expense["amount"],
            &expense["date"],
            &expense["payee"],
            &expense["note"],
            &expense["tags"]
        ),
        (
            &json!("12.50"),
            &json!("2026-11-20"),
            &json!("lunch"),
            &json!("with Ana"),
            &json!(["trip"])
        )
    );
    assert_eq!(expense["category_id"], id_of(&http, "categories", "food").await);
    assert_eq!(expense["account_id"], id_of(&http, "accounts", "card").await);
    assert_eq!(app.rev().await, 0);
    // What it would make is what a create takes.
    let sent: serde_json::Map<String, Value> = expense
        .as_object()
        .unwrap()
        .clone()
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect();
    http.post("expenses", Value::Object(sent)).await.expect(201);
}

#[tokio::test]
async fn a_line_is_saved_once() {
    let app = TestApp::start().await;
    let http = app.client();
    let id = api::id::new_uuid();
    let mut body = line("+3000 salary @bank");
    body["id"] = json!(id);
    let save = || http.post("expenses/quick", body.clone()).key("salary");
    let (statements, saved) = app.statements_of(async { save().await }).await;
    let saved = saved.expect(201);
    assert!(statements <= 10, "{statements} statements");
    assert_eq!(saved.etag(), "\"1\"");
    let expense = &saved.json["expense"];
    assert_eq!(
        (&expense["id"], &expense["kind"], &expense["amount"]),
        (&json!(id), &json!("income"), &json!("3000.00"))
    );
    assert_eq!(
        http.get(saved.header("location").unwrap()).await.ok(200),
        *expense
    );
    // A repeat answers the same, even where the line would mean something else by now.
    let bank = id_of(&http, "accounts", "bank").await;
    http.patch(
        &format!("accounts/{}", bank.as_str().unwrap()),
        json!({ "name": "Giro" }),
    )
    .await
    .expect(200);
    assert_eq!(save().await.expect(201).body, saved.body);
    http.post("expenses/quick", line("1 x"))
        .key("salary")
        .await
        .refused(422, "key-reused");
    http.post("expenses/quick", body.clone())
        .await
        .refused(409, "unknown-name");
    body["text"] = json!("1 x");
    http.post("expenses/quick", body.clone())
        .await
        .refused(409, "id-taken");
    assert_eq!(app.count_expenses().await, 1);
}

#[tokio::test]
async fn a_transfer_and_another_currency_are_read() {
    let app = TestApp::start().await;
    let http = app.client();
    let transfer = http.post("expenses/quick", line("@bank>@cash 200")).await.ok(201);
    let transfer = &transfer["expense"];
    assert_eq!(transfer["kind"], "transfer");
    assert_eq!(transfer["to_account_id"], id_of(&http, "accounts", "cash").await);
    let yen = http.post("expenses/quick", line("1200JPY ramen")).await.ok(201);
    assert_eq!(
        (&yen["expense"]["amount"], &yen["expense"]["currency"]),
        (&json!("1200"), &json!("JPY"))
    );
}

#[tokio::test]
async fn new_names_are_made_only_when_asked_for() {
    let app = TestApp::start().await;
    let http = app.client();
    let text = "9 roll #foood @upi";
    let parsed = http.post("expenses/parse", line(text)).await.ok(200);
    assert_eq!(
        (&parsed["expense"], &parsed["new_names"]),
        (&json!(null), &json!(["foood", "upi"]))
    );
    let faults = parsed["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 2);
    assert_eq!(faults[0]["candidates"][0], "Food");
    assert!(
        self::text(&faults[0], "detail").contains("bytes 7 to 13"),
        "{faults:?}"
    );
    let refused = http
        .post("expenses/quick", line(text))
        .await
        .refused(409, "unknown-name");
    refused.with_faults(&[("/text", "unknown-name"), ("/text", "unknown-name")]);
    assert_eq!(app.rev().await, 0);
    let parsed = http.post("expenses/parse", making(text)).await.ok(200);
    assert_eq!(
        (&parsed["faults"], &parsed["expense"]["category"]),
        (&json!([]), &json!("foood"))
    );
    let saved = http.post("expenses/quick", making(text)).await.ok(201);
    let category = self::text(&saved["expense"], "category_id").to_owned();
    assert_eq!(
        http.get(&format!("categories/{category}")).await.ok(200)["name"],
        "foood"
    );
    http.post("expenses/quick", line("9 roll #foood @upi"))
        .await
        .expect(201);
    assert_eq!(app.rev().await, 2);
}

#[tokio::test]
async fn an_archived_name_is_neither_taken_nor_made() {
    let app = TestApp::start().await;
    let http = app.client();
    let old = made(&http, "categories", "Gardening").await;
    http.patch(&path("categories", &old), json!({ "is_archived": true }))
        .await
        .expect(200);
    for body in [line("5 rake #gardening"), making("5 rake #gardening")] {
        let parsed = http.post("expenses/parse", body.clone()).await.ok(200);
        assert_eq!(
            (&parsed["expense"], &parsed["faults"][0]["code"]),
            (&json!(null), &json!("archived"))
        );
        assert_eq!(parsed["new_names"], json!([]));
        let refused = http.post("expenses/quick", body).await.refused(409, "archived");
        refused.with_faults(&[("/text", "archived")]);
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_told_with_its_place_and_nothing_is_written() {
    let app = TestApp::start().await;
    let http = app.client();
    for (text, codes, place) in [
        ("lunch", vec!["amount-missing"], ""),
        ("1e5 lunch", vec!["exponent"], "bytes 0 to 3"),
        ("0 lunch", vec!["zero-amount"], "bytes 0 to 1"),
        ("12.3456 lunch", vec!["too-many-decimals"], "bytes 0 to 7"),
        ("1,234 lunch", vec!["ambiguous-amount"], "bytes 0 to 5"),
        ("5 x by:nobody", vec!["unknown-member"], "bytes 4 to 13"),
        ("5 x #food #rent @none>@none", vec![], ""),
    ] {
        let parsed = http.post("expenses/parse", line(text)).await.ok(200);
        let told: Vec<&str> = parsed["faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| self::text(fault, "code"))
            .collect();
        assert_eq!(parsed["expense"], json!(null), "{text}: {parsed}");
        if !codes.is_empty() {
            assert_eq!(told, codes, "{text}: {parsed}");
        }
        let refused = http
            .post("expenses/quick", line(text))
            .await
            .refused(422, "unprocessable");
        assert_eq!(refused.json["errors"], parsed["faults"], "{text}");
        let detail = self::text(&refused.json["errors"][0], "detail");
        assert!(detail.contains(place), "{text}: {detail}");
        assert_eq!(refused.json["errors"][0]["pointer"], "/text");
    }
    let bad = http
        .post(
            "expenses/quick",
            json!({ "text": "", "today": "2026-02-31", "x": 1 }),
        )
        .await;
    let bad = bad.refused(400, "validation");
    assert_eq!(bad.faults().len(), 3, "{bad:?}");
    assert_eq!(app.rev().await, 0);
    assert_eq!(app.count_expenses().await, 0);
}

#[tokio::test]
async fn an_adder_saves_lines_and_a_viewer_only_reads_them() {
    let app = TestApp::start().await;
    for (role, status) in [("adder", 201), ("viewer", 403)] {
        let person = app.add_person(role).await;
        app.add_member(person.user_id, app.ledger_id(), role).await;
        let http = app.client_of(&person).in_ledger(app.ledger_id());
        http.post("expenses/parse", line("5 x")).await.expect(200);
        http.post("expenses/quick", line("5 x")).await.expect(status);
    }
    let stranger = app.add_person("stranger").await;
    let http = app.client_of(&stranger).in_ledger(app.ledger_id());
    http.post("expenses/parse", line("5 x"))
        .await
        .refused(404, "not-found");
    http.post("expenses/quick", line("5 x"))
        .await
        .refused(404, "not-found");
}
