//! `add`, `list`, `edit`, `delete` and `restore`.

use super::*;
use crate::client::fake::refusal;
use api::expense::{Batch, ExpensePatch};
use api::problem::Code;

#[tokio::test]
async fn add_sends_the_line_with_the_writers_day_and_prints_the_row() {
    let fake = server();
    fake.on(
        "quick_expense",
        &json!({ "expense": expense(&id("2c3b4a59"), json!({})) }),
    );
    let ran = ran(&fake, &["add", "12.50", "Rewe", "#groceries"]).await;
    assert_eq!(ran.talk, "Saved to Sat 21 Nov 2026.\n");
    assert_eq!(
        ran.data(),
        "2026-11-21  12.50  Food: Groceries  Card  Rewe  2c3b4a59\n"
    );
    let request = fake.requests_of("quick_expense").remove(0);
    let body: Value = request.body_value().unwrap();
    assert_eq!(
        (&body["text"], &body["today"]),
        (&json!("12.50 Rewe #groceries"), &json!("2026-11-21"))
    );
    assert!(request.key.is_some() && body["id"].is_string());
}

#[tokio::test]
async fn add_with_an_id_of_ones_own_can_be_run_again_with_the_same_key() {
    let fake = server();
    fake.on(
        "quick_expense",
        &json!({ "expense": expense(&id("2c3b4a59"), json!({})) }),
    );
    for _ in 0..2 {
        ran(&fake, &["add", "12.50", "--id", &id("2c3b4a59")])
            .await
            .data();
    }
    let requests = fake.requests_of("quick_expense");
    assert!(requests[0] == requests[1], "{requests:?}");
}

#[tokio::test]
async fn json_is_the_body_as_it_came() {
    let fake = server();
    fake.on(
        "quick_expense",
        &json!({ "expense": expense(&id("2c3b4a59"), json!({})) }),
    );
    let data = ran(&fake, &["add", "12.50", "--json"]).await.data();
    assert!(data.contains("\"from_the_future\":true"), "{data}");
    assert_eq!(data.lines().count(), 1);
}

#[tokio::test]
async fn list_asks_for_what_the_filter_line_says_and_shows_each_kind() {
    let fake = server();
    let rows = [
        expense(
            &id("00000001"),
            json!({ "payee": "\u{1b}[31mRewe", "tags": ["trip"], "note": "two\nlines" }),
        ),
        expense(
            &id("00000002"),
            json!({ "kind": "refund", "amount": "3.00", "currency": "USD" }),
        ),
        expense(
            &id("00000003"),
            json!({ "kind": "transfer", "category_id": null, "account_id": BANK, "payee": null, "amount": "200.00" }),
        ),
    ];
    fake.on("list_expenses", &page(json!(rows)));
    let ran = ran(
        &fake,
        &[
            "list", "#food", ">20", "--month", "2026-02", "--sort", "-amount", "--limit", "7",
        ],
    )
    .await;
    let query = fake.requests_of("list_expenses").remove(0).query;
    for part in [
        "category=food",
        "min=20",
        "from=2026-02-01",
        "to=2026-02-28",
        "sort=-amount",
        "limit=7",
    ] {
        assert!(query.contains(part), "{part} is missing in {query}");
    }
    let data = ran.data();
    assert!(!data.contains('\u{1b}'), "{data}");
    let lines: Vec<_> = data.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].ends_with("+trip // two lines  00000001"), "{data}");
    assert!(lines[1].contains("USD  refund"), "{data}");
    assert!(
        lines[2].contains("200.00") && lines[2].contains("Bank > outside"),
        "{data}"
    );
}

#[tokio::test]
async fn list_walks_pages_up_to_its_limit_and_says_that_there_are_more() {
    let fake = server();
    let first: Vec<_> = (0..200)
        .map(|n| expense(&id(&format!("{n:08x}")), json!({})))
        .collect();
    fake.once("list_expenses", &json!({ "items": first, "next_cursor": "two" }));
    let second: Vec<_> = (200..250)
        .map(|n| expense(&id(&format!("{n:08x}")), json!({})))
        .collect();
    fake.once(
        "list_expenses",
        &json!({ "items": second, "next_cursor": "three" }),
    );
    let ran = ran(&fake, &["list", "--limit", "250"]).await;
    assert!(ran.talk.contains("first 250"), "{}", ran.talk);
    assert_eq!(ran.data().lines().count(), 250);
    let queries: Vec<_> = fake
        .requests_of("list_expenses")
        .into_iter()
        .map(|request| request.query)
        .collect();
    assert_eq!(queries, ["limit=200", "cursor=two&limit=50"]);
}

#[tokio::test]
async fn a_wrong_filter_is_told_with_its_piece_before_anything_is_asked() {
    let fake = server();
    let (code, sentence) = ran(&fake, &["list", "kind:lunch"]).await.failure();
    assert_eq!(code, 2);
    assert!(sentence.starts_with("kind:lunch: "), "{sentence}");
    assert!(fake.requests_of("list_expenses").is_empty());
    let (code, sentence) = ran(&fake, &["list", "--from", "2026-02-31"]).await.failure();
    assert_eq!(code, 2);
    assert!(sentence.contains("28 days"), "{sentence}");
}

#[tokio::test]
async fn delete_takes_unique_ends_and_whole_ids_and_deletes_all_or_none_with_their_versions() {
    let fake = server();
    let rows = [
        expense(&id("aaaa0001"), json!({})),
        expense(&id("bbbb0002"), json!({ "version": 8 })),
    ];
    fake.on("list_expenses", &page(json!(rows)));
    fake.on("batch_expenses", &json!({ "rev": 10, "items": [] }));
    let whole = id("cccc0003");
    ran(&fake, &["delete", "0001", "BBBB0002", &whole, "aaaa0001"])
        .await
        .data();
    let batch: Batch = fake.requests_of("batch_expenses").remove(0).body_value().unwrap();
    let versions: Vec<_> = batch
        .operations
        .iter()
        .map(|operation| operation.version)
        .collect();
    assert_eq!(versions, [Some(3), Some(8), None]);
}

#[tokio::test]
async fn an_end_that_fits_nothing_or_several_deletes_nothing() {
    let fake = server();
    let rows = [
        expense(&id("aaaa7777"), json!({})),
        expense(&id("bbbb7777"), json!({})),
    ];
    fake.on("list_expenses", &page(json!(rows)));
    for (end, part) in [
        ("7777", "write more of the id, such as aaaa7777 or bbbb7777"),
        ("dddd1234", "No row among the newest"),
        ("77", "at least the last 4"),
        ("lunch", "names no row"),
        ("..", "names no row"),
    ] {
        let (code, sentence) = ran(&fake, &["delete", "aaaa7777", end]).await.failure();
        assert_eq!(code, 65, "{sentence}");
        assert!(sentence.contains(part), "{sentence}");
    }
    assert!(fake.requests_of("batch_expenses").is_empty());
}

#[tokio::test]
async fn restore_looks_among_deleted_rows_only() {
    let fake = server();
    let rows = [
        expense(&id("aaaa0001"), json!({})),
        expense(&id("bbbb0001"), json!({ "deleted_at": TIME })),
    ];
    fake.on("list_expenses", &page(json!(rows)));
    fake.on("batch_expenses", &json!({ "rev": 10, "items": [] }));
    ran(&fake, &["restore", "0001"]).await.data();
    assert!(
        fake.requests_of("list_expenses")[0]
            .query
            .contains("include_deleted=true")
    );
    let batch: Batch = fake.requests_of("batch_expenses").remove(0).body_value().unwrap();
    assert_eq!(batch.operations[0].id.unwrap().to_string(), id("bbbb0001"));
}

#[tokio::test]
async fn edit_sends_only_the_fields_that_are_named_and_clears_with_nothing() {
    let fake = server();
    fake.on(
        "list_expenses",
        &page(json!([expense(&id("aaaa0001"), json!({}))])),
    );
    fake.on(
        "update_expense",
        &expense(&id("aaaa0001"), json!({ "version": 4 })),
    );
    let line = [
        "edit",
        "aaaa0001",
        "amount=13.00",
        "note=",
        "category=",
        "account=Bank",
        "date=y",
        "tags=a, +b",
        "payee=A=B",
        "paid-by=ana",
    ];
    ran(&fake, &line).await.data();
    let request = fake.requests_of("update_expense").remove(0);
    assert_eq!(request.if_match.as_deref(), Some("\"3\""));
    let body: Value = request.body_value().unwrap();
    assert_eq!(
        body,
        json!({
            "amount": "13.00", "note": null, "category": null, "account": "Bank", "date": "2026-11-20",
            "tags": ["a", "b"], "payee": "A=B", "paid_by": "ana",
        })
    );
    assert!(request.body_value::<ExpensePatch>().is_some());
}

#[tokio::test]
async fn edit_refuses_what_is_no_field_and_says_when_the_row_changed_meanwhile() {
    let fake = server();
    for (field, part) in [
        ("amuont=1", "is no field"),
        ("note", "no field=value"),
        ("kind=gift", "one of expense"),
        ("currency=EURO", "ISO 4217"),
        ("date=2026-13-01", "month"),
    ] {
        let (code, sentence) = ran(&fake, &["edit", "aaaa0001", field]).await.failure();
        assert_eq!(code, 2, "{sentence}");
        assert!(sentence.contains(part), "{sentence}");
    }
    assert!(fake.requests().is_empty());
    fake.on(
        "list_expenses",
        &page(json!([expense(&id("aaaa0001"), json!({}))])),
    );
    fake.fail("update_expense", refusal(Code::StaleVersion));
    let (code, sentence) = ran(&fake, &["edit", "aaaa0001", "note=x"]).await.failure();
    assert_eq!(code, 1);
    assert!(sentence.contains("load it again"), "{sentence}");
}

#[tokio::test]
async fn days_are_written_as_the_setting_has_it_and_in_iso_without_one() {
    let fake = server();
    let row = expense(&id("00000001"), json!({ "date": "2026-11-20" }));
    fake.on("list_expenses", &page(json!([row])));
    let plain = ran(&fake, &["list"]).await.data();
    assert!(plain.starts_with("2026-11-20 "), "{plain}");
    let dates = Dates::of_format("%d/%m/%y").unwrap();
    let listed = ran_with(&fake, dates.clone(), &["list"]).await.data();
    assert!(listed.starts_with("20/11/26 "), "{listed}");
    let json = ran_with(&fake, dates, &["list", "--json"]).await.data();
    assert!(json.contains("2026-11-20"), "{json}");
}
