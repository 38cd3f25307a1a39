//! `/v1/ledgers/{ledger}/days/{date}`: a day read and saved as a whole, and everything that must not happen to its rows.

use serde_json::{Value, json};
use tests::client::Http;
use tests::server::TestApp;

const DAY: &str = "days/2026-11-21";

/// Records rows of the day, in one change, and gives them back.
async fn record(http: &Http, rows: &[Value]) -> Vec<Value> {
    let row = |row: &Value| {
        let mut row = row.clone();
        row.as_object_mut()
            .unwrap()
            .entry("date")
            .or_insert("2026-11-21".into());
        json!({ "op": "create", "expense": row })
    };
    let operations: Vec<Value> = rows.iter().map(row).collect();
    let batch = http
        .post("expenses/batch", json!({ "operations": operations }))
        .await
        .ok(200);
    batch["items"].as_array().unwrap().clone()
}

/// The day's rows and the tag they were read with.
async fn read(http: &Http) -> (Vec<Value>, String) {
    let answer = http.get(DAY).await.expect(200);
    let tag = answer.etag();
    (answer.json["rows"].as_array().unwrap().clone(), tag)
}

async fn eight_rows(http: &Http) -> Vec<Value> {
    record(
        http,
        &[
            json!({ "amount": "1.10", "category": "Food", "payee": "baker", "tags": ["trip", "a b"], "note": "two\nlines" }),
            json!({ "amount": "2.20", "category": "Food: Sushi", "create_missing": true, "account": "Card" }),
            json!({ "amount": "3.30", "kind": "refund", "category": "Shopping" }),
            json!({ "amount": "4.40", "kind": "income", "external_id": "salary-11" }),
            json!({ "amount": "5.50", "kind": "transfer", "account": "Cash", "to_account": "Bank" }),
            json!({ "amount": "600", "currency": "JPY" }),
            json!({ "amount": "7.777", "currency": "KWD" }),
            json!({ "amount": "1234567.89" }),
        ],
    )
    .await
}

fn ids(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| json!({ "id": row["id"] })).collect()
}

/// A row as a sheet sends all of it back.
fn whole(row: &Value) -> Value {
    let mut sent = json!({});
    for name in [
        "id",
        "amount",
        "currency",
        "kind",
        "category_id",
        "account_id",
        "to_account_id",
        "payee",
        "tags",
        "note",
        "paid_by",
        "external_id",
    ] {
        sent[name] = row[name].clone();
    }
    sent
}

#[tokio::test]
async fn a_day_of_eight_rows_saved_unchanged_keeps_every_row_version_and_the_revision() {
    let app = TestApp::start().await;
    let http = app.client();
    let made = eight_rows(&http).await;
    let (rows, tag) = read(&http).await;
    assert_eq!(rows, made);
    let (rev, changes) = (app.rev().await, app.count_changes(app.ledger_id()).await);
    for body in [ids(&rows), rows.iter().map(whole).collect()] {
        let saved = http
            .put(DAY, json!({ "rows": body }))
            .if_match(&tag)
            .await
            .ok(200);
        let unchanged =
            json!({ "date": "2026-11-21", "rev": rev, "created": [], "updated": [], "deleted": [] });
        assert_eq!(saved, unchanged);
        assert_eq!(read(&http).await, (rows.clone(), tag.clone()));
        assert_eq!(
            (app.rev().await, app.count_changes(app.ledger_id()).await),
            (rev, changes)
        );
    }
}

#[tokio::test]
async fn one_save_changes_adds_and_deletes_in_one_change() {
    let app = TestApp::start().await;
    let http = app.client();
    let rows = eight_rows(&http).await;
    let (_, tag) = read(&http).await;
    let rev = app.rev().await;
    let mut body = ids(&rows);
    body[0] = json!({ "id": rows[0]["id"], "amount": "0.10", "note": null });
    body.remove(4);
    body.push(json!({ "amount": "0.20", "category": "Shopping" }));
    let mine = "0190a6b0-0000-7000-8000-00000000abcd";
    body.push(json!({ "id": mine, "is_new": true, "amount": "9", "kind": "income" }));
    let saved = http
        .put(DAY, json!({ "rows": body }))
        .if_match(&tag)
        .await
        .ok(200);
    assert_eq!(saved["rev"], rev + 1);
    assert_eq!(app.rev().await, rev + 1);
    assert_eq!(saved["deleted"], json!([rows[4]["id"]]));
    let updated = saved["updated"].as_array().unwrap();
    assert_eq!(updated.len(), 1);
    let kept = ["category_id", "payee", "tags", "currency", "kind", "date"];
    assert!(
        kept.iter().all(|name| updated[0][*name] == rows[0][*name]),
        "{updated:?}"
    );
    assert_eq!(
        (&updated[0]["amount"], &updated[0]["note"], &updated[0]["version"]),
        (&json!("0.10"), &Value::Null, &json!(2))
    );
    let created = saved["created"].as_array().unwrap();
    assert_eq!(created.len(), 2);
    assert!(
        created
            .iter()
            .all(|row| row["date"] == "2026-11-21" && row["version"] == 1),
        "{created:?}"
    );
    assert!(
        created
            .iter()
            .any(|row| row["id"] == mine && row["amount"] == "9.00")
    );
    let (after, _) = read(&http).await;
    assert_eq!(after.len(), 9);
    let untouched = |row: &&Value| rows.contains(*row);
    assert_eq!(after.iter().filter(untouched).count(), 6);
}

#[tokio::test]
async fn a_bad_row_changes_nothing_and_all_faults_are_told() {
    let app = TestApp::start().await;
    let http = app.client();
    let rows = eight_rows(&http).await;
    let other = record(&http, &[json!({ "date": "2026-11-20", "amount": "1" })]).await;
    let before = read(&http).await;
    let (rev, count) = (app.rev().await, app.count_expenses().await);
    let mut body = ids(&rows);
    body[0]["amount"] = "0.99".into();
    body[2] = json!({ "id": rows[2]["id"], "amount": "12.345", "category": "Nowhere", "date": "2026-11-22" });
    body[5]["amount"] = "12.5".into();
    body.push(json!({ "note": "no amount", "account": "Nothing" }));
    body.push(json!({ "id": other[0]["id"], "amount": "1" }));
    body.push(json!({ "id": rows[0]["id"], "amount": "2" }));
    body.push(json!({ "amount": "1", "to_account": "Bank" }));
    http.put(DAY, json!({ "rows": body }))
        .if_match(&before.1)
        .await
        .refused(422, "unprocessable")
        .with_faults(&[
            ("/rows/2/amount", "too-many-decimals"),
            ("/rows/2/category", "unknown-name"),
            ("/rows/2/date", "not-here"),
            ("/rows/5/amount", "too-many-decimals"),
            ("/rows/8/account", "unknown-name"),
            ("/rows/8/amount", "missing"),
            ("/rows/9/id", "not-of-this-day"),
            ("/rows/10/id", "twice"),
            ("/rows/11/to_account_id", "transfer-only"),
        ]);
    assert_eq!(read(&http).await, before);
    assert_eq!((app.rev().await, app.count_expenses().await), (rev, count));
}

#[tokio::test]
async fn what_breaks_the_schema_is_told_with_its_place_and_changes_nothing() {
    let app = TestApp::start().await;
    let http = app.client();
    let rows = eight_rows(&http).await;
    let before = read(&http).await;
    let mut body = ids(&rows);
    body[2]["amount"] = "12.5.0".into();
    body[3]["amount"] = 5.into();
    body[4]["colour"] = "red".into();
    http.put(DAY, json!({ "rows": body }))
        .if_match(&before.1)
        .await
        .refused(400, "validation")
        .with_faults(&[
            ("/rows/2/amount", "two-decimal-points"),
            ("/rows/3/amount", "type"),
            ("/rows/4/colour", "unknown"),
        ]);
    http.put(DAY, json!({}))
        .if_match(&before.1)
        .await
        .refused(400, "validation")
        .with_faults(&[("/rows", "missing")]);
    assert_eq!(read(&http).await, before);
}

#[tokio::test]
async fn a_row_that_another_client_added_between_read_and_save_survives_and_is_shown() {
    let app = TestApp::start().await;
    let http = app.client();
    let rows = eight_rows(&http).await;
    let (_, tag) = read(&http).await;
    let theirs = record(&http, &[json!({ "amount": "8.00", "note": "theirs" })]).await;
    let rev = app.rev().await;
    let mut body = ids(&rows);
    body[0]["amount"] = "0.50".into();
    let refused = http
        .put(DAY, json!({ "rows": body }))
        .if_match(&tag)
        .await
        .refused(412, "stale-version");
    let (now, fresh) = read(&http).await;
    assert_eq!(
        refused.json["current"],
        json!({ "date": "2026-11-21", "rows": now })
    );
    assert_eq!(now.len(), 9);
    assert!(now.contains(&theirs[0]) && rows.iter().all(|row| now.contains(row)));
    assert_eq!(app.rev().await, rev);
    assert_ne!(fresh, tag);
    body.push(json!({ "id": theirs[0]["id"] }));
    http.put(DAY, json!({ "rows": body }))
        .if_match(&fresh)
        .await
        .ok(200);
    assert!(read(&http).await.0.contains(&theirs[0]));
}

#[tokio::test]
async fn a_row_changed_or_deleted_by_another_client_makes_the_sheet_stale_too() {
    let app = TestApp::start().await;
    let http = app.client();
    let rows = eight_rows(&http).await;
    let id = rows[1]["id"].as_str().unwrap();
    for change in 0..2 {
        let (_, tag) = read(&http).await;
        if change == 0 {
            http.patch(&format!("expenses/{id}"), json!({ "note": "meanwhile" }))
                .await
                .ok(200);
        } else {
            http.delete(&format!("expenses/{id}")).await.expect(204);
        }
        http.put(DAY, json!({ "rows": ids(&rows) }))
            .if_match(&tag)
            .await
            .refused(412, "stale-version");
    }
    let (now, tag) = read(&http).await;
    assert_eq!(now.len(), 7);
    http.put(DAY, json!({ "rows": ids(&rows) }))
        .if_match(&tag)
        .await
        .refused(409, "unknown-name")
        .with_faults(&[("/rows/1/id", "not-of-this-day")]);
}

#[tokio::test]
async fn of_two_sheets_saved_at_once_one_wins_and_the_other_is_told() {
    let app = TestApp::start().await;
    let http = app.client();
    let rows = record(&http, &[json!({ "amount": "1" })]).await;
    let (_, tag) = read(&http).await;
    let save = |amount: &str| {
        let body = json!({ "rows": [{ "id": rows[0]["id"], "amount": amount }] });
        http.put(DAY, body).if_match(&tag).send()
    };
    let answers = tokio::join!(save("2"), save("3"), save("4"), save("5"));
    let mut statuses = [
        answers.0.status,
        answers.1.status,
        answers.2.status,
        answers.3.status,
    ];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412]);
    assert_eq!(read(&http).await.0[0]["version"], 2);
}

#[tokio::test]
async fn a_repeated_save_happens_once_and_answers_the_same() {
    let app = TestApp::start().await;
    let http = app.client();
    let rows = eight_rows(&http).await;
    let (_, tag) = read(&http).await;
    let body =
        json!({ "rows": [{ "id": rows[0]["id"], "amount": "2" }, { "amount": "3", "payee": "new one" }] });
    let first = http
        .put(DAY, body.clone())
        .if_match(&tag)
        .key("sheet-1")
        .await
        .expect(200);
    let again = http
        .put(DAY, body)
        .if_match(&tag)
        .key("sheet-1")
        .await
        .expect(200);
    assert_eq!(first.body, again.body);
    assert_eq!(read(&http).await.0.len(), 2);
    http.put(DAY, json!({ "rows": [] }))
        .if_match(&tag)
        .key("sheet-1")
        .await
        .refused(422, "key-reused");
}

#[tokio::test]
async fn tenths_add_up_and_large_amounts_come_back_as_they_went() {
    let app = TestApp::start().await;
    let http = app.client();
    let (rows, tag) = read(&http).await;
    assert!(rows.is_empty());
    let body = json!({ "rows": [{ "amount": "0.10" }, { "amount": "0.20" }] });
    http.put(DAY, body).if_match(&tag).await.ok(200);
    let report = http.get("reports/summary").await.ok(200);
    assert_eq!(report["totals"][0]["net"], "0.30");
    let (rows, tag) = read(&http).await;
    let body = json!({ "rows": [{ "id": rows[0]["id"], "amount": "1234567.89" }, { "id": rows[1]["id"] }] });
    http.put(DAY, body).if_match(&tag).await.ok(200);
    assert_eq!(read(&http).await.0[0]["amount"], "1234567.89");
}

#[tokio::test]
async fn a_category_outside_the_starter_set_works() {
    let app = TestApp::start().await;
    let http = app.client();
    let (_, tag) = read(&http).await;
    let body = json!({ "rows": [{ "amount": "4", "category": "Beekeeping", "create_missing": true }] });
    let saved = http.put(DAY, body).if_match(&tag).await.ok(200);
    assert_eq!(saved["created"].as_array().unwrap().len(), 1);
    let (rows, tag) = read(&http).await;
    let body = json!({ "rows": [{ "id": rows[0]["id"], "amount": "5" }, { "amount": "1", "category": "beekeeping" }] });
    http.put(DAY, body).if_match(&tag).await.ok(200);
    let report = http.get("reports/by-category").await.ok(200);
    assert_eq!(report["rows"][0]["label"], "Beekeeping");
    assert_eq!(report["rows"][0]["totals"][0]["net"], "6.00");
}

#[tokio::test]
async fn a_day_without_rows_is_a_day_and_a_day_can_be_emptied() {
    let app = TestApp::start().await;
    let http = app.client();
    let empty = http.get(DAY).await.expect(200);
    assert_eq!(empty.json, json!({ "date": "2026-11-21", "rows": [] }));
    let rev = app.rev().await;
    http.put(DAY, json!({ "rows": [] }))
        .if_match(&empty.etag())
        .await
        .ok(200);
    assert_eq!(app.rev().await, rev);
    let rows = eight_rows(&http).await;
    let (_, tag) = read(&http).await;
    let saved = http.put(DAY, json!({ "rows": [] })).if_match(&tag).await.ok(200);
    assert_eq!(saved["deleted"].as_array().unwrap().len(), 8);
    assert_eq!(read(&http).await, (vec![], empty.etag()));
    let one = http
        .get(&format!("expenses/{}", rows[0]["id"].as_str().unwrap()))
        .await
        .ok(200);
    assert!(one["deleted_at"].is_string());
}

#[tokio::test]
async fn five_hundred_rows_are_a_sheet_and_one_more_is_not() {
    let app = TestApp::start().await;
    let http = app.client();
    let (_, tag) = read(&http).await;
    let rows: Vec<Value> = (1..=500)
        .map(|n| json!({ "amount": "1", "note": format!("row {n}") }))
        .collect();
    let saved = http
        .put(DAY, json!({ "rows": rows }))
        .if_match(&tag)
        .await
        .ok(200);
    assert_eq!(saved["created"].as_array().unwrap().len(), 500);
    let (rows, tag) = read(&http).await;
    let mut body = ids(&rows);
    for row in &mut body {
        row["amount"] = "2".into();
    }
    let saved = http
        .put(DAY, json!({ "rows": body }))
        .if_match(&tag)
        .await
        .ok(200);
    assert_eq!(saved["updated"].as_array().unwrap().len(), 500);
    let (_, tag) = read(&http).await;
    body.push(json!({ "amount": "1" }));
    http.put(DAY, json!({ "rows": body }))
        .if_match(&tag)
        .await
        .refused(400, "validation")
        .with_faults(&[("/rows", "too-many")]);
    record(&http, &[json!({ "amount": "1" })]).await;
    http.get(DAY).await.refused(409, "too-many-rows");
    body.pop();
    let rev = app.rev().await;
    http.put(DAY, json!({ "rows": body }))
        .if_match(&tag)
        .await
        .refused(409, "too-many-rows");
    assert_eq!(app.rev().await, rev);
}

#[tokio::test]
async fn nothing_is_saved_without_the_tag_that_was_read() {
    let app = TestApp::start().await;
    let http = app.client();
    eight_rows(&http).await;
    let before = read(&http).await;
    http.put(DAY, json!({ "rows": [] }))
        .await
        .refused(428, "precondition-required");
    http.put(DAY, json!({ "rows": [] }))
        .if_match("*")
        .await
        .refused(428, "precondition-required");
    for tag in ["\"8\"", "\"8-0000000000000000\""] {
        http.put(DAY, json!({ "rows": [] }))
            .if_match(tag)
            .await
            .refused(412, "stale-version");
    }
    for tag in ["\"\"", "8", "W/\"8-0\""] {
        http.put(DAY, json!({ "rows": [] }))
            .if_match(tag)
            .await
            .refused(400, "bad-request");
    }
    assert_eq!(read(&http).await, before);
}

#[tokio::test]
async fn a_day_that_does_not_exist_is_not_found() {
    let app = TestApp::start().await;
    let http = app.client();
    for day in [
        "2026-02-31",
        "2026-13-01",
        "0025-01-01",
        "2200-01-01",
        "today",
        "2026-1-1",
        "2026-11-21T00:00",
        "%00",
    ] {
        http.get(&format!("days/{day}")).await.refused(404, "not-found");
        http.put(&format!("days/{day}"), json!({ "rows": [] }))
            .if_match("\"0-0\"")
            .await
            .refused(404, "not-found");
    }
}

#[tokio::test]
async fn a_sheet_costs_no_statement_a_row() {
    let app = TestApp::start().await;
    let http = app.client();
    let rows: Vec<Value> = (0..50)
        .map(|n| json!({ "amount": "1", "payee": format!("p{n}"), "tags": ["a", "b"] }))
        .collect();
    record(&http, &rows).await;
    let (read_cost, answer) = app.statements_of(http.get(DAY).send()).await;
    assert!(read_cost <= 3, "{read_cost} statements for a day");
    let tag = answer.etag();
    let body = ids(answer.expect(200).json["rows"].as_array().unwrap());
    let (cost, _) = app
        .statements_of(http.put(DAY, json!({ "rows": body })).if_match(&tag).send())
        .await;
    assert!(cost <= 10, "{cost} statements for an unchanged day");
}

#[tokio::test]
async fn another_ledgers_rows_are_out_of_reach() {
    let app = TestApp::start().await;
    let http = app.client();
    let mine = eight_rows(&http).await;
    let stranger = app.add_person("ben").await;
    let theirs = app.client_of(&stranger);
    theirs
        .in_ledger(app.ledger_id())
        .get(DAY)
        .await
        .refused(404, "not-found");
    let put = theirs.in_ledger(app.ledger_id());
    put.put(DAY, json!({ "rows": [] }))
        .if_match("\"0-0\"")
        .await
        .refused(404, "not-found");
    let empty = theirs.get(DAY).await.expect(200);
    assert_eq!(empty.json["rows"], json!([]));
    theirs
        .put(DAY, json!({ "rows": [{ "id": mine[0]["id"], "amount": "1" }] }))
        .if_match(&empty.etag())
        .await
        .refused(409, "unknown-name");
    assert_eq!(read(&http).await.0, mine);
}
