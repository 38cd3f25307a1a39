//! `create_expense`: what is recorded, what is made on the way, and what a list then shows.

use super::{created, plain, with};
use serde_json::json;
use tests::server::TestApp;

#[tokio::test]
async fn the_least_that_can_be_said_makes_an_expense() {
    let app = TestApp::start_at("2026-11-22T10:11:12.123456Z").await;
    let answer = app.client().post("expenses", plain()).await.expect(201);
    let id = answer.json["id"].as_str().unwrap().to_owned();
    let owner = app.owner().user_id;
    let expected = json!({
        "id": id, "date": "2026-11-21", "amount": "12.50", "currency": "EUR", "kind": "expense",
        "category_id": null, "account_id": null, "to_account_id": null, "payee": null, "tags": [], "note": null,
        "paid_by": null, "external_id": null, "version": 1, "created_by": owner,
        "created_at": "2026-11-22T10:11:12.123456Z", "updated_at": "2026-11-22T10:11:12.123456Z", "deleted_at": null,
    });
    assert_eq!(answer.json, expected);
    assert_eq!(answer.etag(), "\"1\"");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let address = format!("/v1/ledgers/{}/expenses/{id}", app.ledger_id());
    assert_eq!(answer.header("location"), Some(address.as_str()));

    let read = app.client().get(&address).await.expect(200);
    assert_eq!((read.etag(), &read.json), (answer.etag(), &expected));
    assert_eq!(
        app.client().get("expenses").await.ok(200),
        json!({ "items": [expected], "next_cursor": null })
    );
    assert_eq!(
        (app.rev().await, app.count_changes(app.ledger_id()).await),
        (1, 1)
    );
}

#[tokio::test]
async fn everything_that_can_be_said_comes_back() {
    let app = TestApp::start().await;
    let owner = app.owner().user_id;
    let id = api::id::ExpenseId::new();
    let said = json!({
        "id": id, "date": "2026-02-28", "amount": "1234567.89", "currency": "USD", "kind": "refund",
        "category": "food", "account": "CARD", "payee": "  Corner   shop ", "tags": ["Trip", "lunch"],
        "note": " two\nlines ", "paid_by": owner, "external_id": "BANK-1",
    });
    let row = app.client().post("expenses", said).await.ok(201);
    assert_eq!(row["id"], json!(id));
    assert_eq!(
        (&row["amount"], &row["currency"], &row["kind"]),
        (&json!("1234567.89"), &json!("USD"), &json!("refund"))
    );
    assert_eq!(
        (&row["payee"], &row["note"]),
        (&json!("Corner shop"), &json!("two\nlines"))
    );
    assert_eq!(row["tags"], json!(["Trip", "lunch"]));
    assert_eq!(
        (&row["paid_by"], &row["external_id"]),
        (&json!(owner), &json!("BANK-1"))
    );
    assert!(row["category_id"].is_string() && row["account_id"].is_string());
    assert_eq!(app.client().get(&format!("expenses/{id}")).await.ok(200), row);
}

#[tokio::test]
async fn a_transfer_goes_from_an_account_to_another_or_outside() {
    let app = TestApp::start().await;
    let both = created(
        &app.client(),
        json!({ "kind": "transfer", "account": "Bank", "to_account": "Cash" }),
    )
    .await;
    assert!(both["account_id"].is_string() && both["to_account_id"].is_string());
    assert_ne!(both["account_id"], both["to_account_id"]);
    let outside = created(&app.client(), json!({ "kind": "transfer", "account": "Bank" })).await;
    assert_eq!(outside["to_account_id"], json!(null));
}

#[tokio::test]
async fn two_rows_alike_are_two_expenses() {
    let app = TestApp::start().await;
    let (one, two) = (
        created(&app.client(), json!({})).await,
        created(&app.client(), json!({})).await,
    );
    assert_ne!(one["id"], two["id"]);
    assert_eq!(app.count_expenses().await, 2);
}

#[tokio::test]
async fn payees_and_tags_are_made_once_whatever_their_case_and_accents() {
    let app = TestApp::start().await;
    let first = created(
        &app.client(),
        json!({ "payee": "Café Müller", "tags": ["Été", "ete"] }),
    )
    .await;
    assert_eq!(first["tags"], json!(["Été"]), "one tag, spelled as it came first");
    let second = created(&app.client(), json!({ "payee": "CAFE MULLER", "tags": ["ÉTÉ"] })).await;
    assert_eq!(
        (&second["payee"], &second["tags"]),
        (&first["payee"], &first["tags"])
    );
}

#[tokio::test]
async fn the_longest_texts_that_fit_come_back_whole() {
    let app = TestApp::start().await;
    let name = |number: usize| format!("{number:02}{}", "𝄞".repeat(98));
    let tags: Vec<String> = (0..20).map(name).collect();
    let fields =
        json!({ "payee": name(0), "tags": tags, "note": "𝄞".repeat(2000), "external_id": "é".repeat(200) });
    let row = created(&app.client(), fields.clone()).await;
    for field in ["payee", "tags", "note", "external_id"] {
        assert_eq!(row[field], fields[field], "{field}");
    }
    assert_eq!(app.client().get(&super::at(&row)).await.ok(200), row);
    let changed = app
        .client()
        .patch(&super::at(&row), json!({ "amount": "1.00" }))
        .await
        .ok(200);
    assert_eq!(changed["tags"], row["tags"]);
}

#[tokio::test]
async fn a_taken_id_is_refused_and_nothing_is_written() {
    let app = TestApp::start().await;
    let row = created(&app.client(), json!({})).await;
    let again = app
        .client()
        .post("expenses", with(plain(), json!({ "id": row["id"] })))
        .await;
    again.refused(409, "id-taken");
    assert_eq!((app.rev().await, app.count_expenses().await), (1, 1));
}

#[tokio::test]
async fn money_comes_back_exactly_as_it_went() {
    let app = TestApp::start().await;
    for (currency, sent, kept) in [
        ("EUR", "1234567.89", "1234567.89"),
        ("EUR", "0.10", "0.10"),
        ("EUR", "0.2", "0.20"),
        ("EUR", "7", "7.00"),
        ("EUR", "0.01", "0.01"),
        ("EUR", "9999999999.99", "9999999999.99"),
        ("JPY", "1", "1"),
        ("JPY", "999999999999", "999999999999"),
        ("KWD", "0.001", "0.001"),
        ("KWD", "12.5", "12.500"),
    ] {
        let row = created(&app.client(), json!({ "currency": currency, "amount": sent })).await;
        assert_eq!(row["amount"], json!(kept), "{currency} {sent}");
    }
}

#[tokio::test]
async fn an_add_takes_ten_statements_at_most_with_begin_and_commit() {
    let app = TestApp::start().await;
    let http = app.client();
    let body =
        json!({ "category": "Food", "account": "Card", "payee": "lunch", "tags": ["a", "b"], "note": "x" });
    let (all_new, _) = app.statements_of(created(&http, body.clone())).await;
    let (known, _) = app.statements_of(created(&http, body)).await;
    let new_payee = json!({ "category": "Food", "account": "Card", "payee": "dinner", "tags": ["a", "b"] });
    let (new_payee, _) = app.statements_of(created(&http, new_payee)).await;
    assert!(
        (1..=8).contains(&known),
        "{known} statements and two for the transaction"
    );
    assert!(
        (1..=8).contains(&new_payee),
        "{new_payee} statements and two for the transaction"
    );
    assert!(
        (1..=9).contains(&all_new),
        "{all_new} statements where payee and tags are both new"
    );
}

#[tokio::test]
async fn the_line_ends_of_a_note_are_stored_as_line_feeds_whoever_wrote_them() {
    let app = TestApp::start().await;
    let row = created(&app.client(), json!({ "note": "one\r\ntwo\rthree\n" })).await;
    assert_eq!(row["note"], "one\ntwo\nthree");
    let address = format!("expenses/{}", row["id"].as_str().unwrap());
    let patched = app
        .client()
        .patch(&address, json!({ "note": "x\r\ny" }))
        .send()
        .await;
    assert_eq!(patched.ok(200)["note"], "x\ny");
    let day = app.client().get("days/2026-11-21").send().await;
    let rows = json!({ "rows": [{ "id": row["id"], "note": "p\rq" }] });
    let saved = app
        .client()
        .put("days/2026-11-21", rows)
        .if_match(&day.etag())
        .send()
        .await;
    assert_eq!(saved.ok(200)["updated"][0]["note"], "p\nq");
    app.client()
        .post("expenses", with(plain(), json!({ "note": "a\u{1b}\r\nb" })))
        .await
        .refused(422, "unprocessable")
        .with_faults(&[("/note", "control-character")]);
}
