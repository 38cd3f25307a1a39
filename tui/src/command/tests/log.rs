//! `undo` and `log`.

use super::*;
use crate::client::fake::refusal;
use api::problem::Code;

fn change(rev: i64, kind: &str, action: &str, fields: Value) -> Value {
    json!({
        "rev": rev, "operation_id": FOOD, "kind": kind, "by": FOOD, "by_name": "ana", "client": "expense/0.1.0",
        "at": "2026-11-21T10:05:00Z", "undoes": null, "undone_by": null, "is_undoable": true, "row_count": 1,
        "rows": [{ "noun": "expense", "id": id("2c3b4a59"), "action": action, "label": "48.90 EUR Rewe",
            "version": 2, "fields": fields }],
        "from_the_future": true,
    })
}

fn log(changes: Value) -> Value {
    json!({ "items": changes, "next_cursor": null, "next_since": null, "rev": 9 })
}

fn undone(restored: u64, skipped: u64) -> Value {
    json!({ "operation_id": FOOD, "undoes": FOOD, "rev": 8, "restored": restored, "skipped": skipped,
        "is_done": true, "from_the_future": 1 })
}

#[tokio::test]
async fn undo_takes_back_my_latest_change_or_the_one_of_that_number() {
    let fake = server();
    fake.on(
        "list_changes",
        &log(json!([change(7, "update_expense", "updated", json!([]))])),
    );
    fake.on("undo_change", &undone(1, 0));
    let latest = ran(&fake, &["undo"]).await;
    assert_eq!(
        latest.talk,
        "1 row changed. `expense undo --redo` takes it back.\n"
    );
    assert_eq!(latest.data(), "Undone: edit of 48.90 Rewe\n");
    let asked = fake.requests_of("list_changes").remove(0).query;
    for part in ["mine=true", "open_to=undo", "sort=-rev", "limit=1"] {
        assert!(asked.contains(part), "{asked}");
    }
    ran(&fake, &["undo", "7", "--skip-conflicts"]).await.data();
    assert_eq!(fake.requests_of("list_changes")[1].query, "limit=1&since=6");
    let sent = fake.requests_of("undo_change").remove(1);
    assert_eq!(
        (sent.path.as_str(), sent.query.as_str()),
        ("/changes/7/undo", "skip=conflicts")
    );

    fake.on(
        "list_changes",
        &log(json!([change(8, "undo", "updated", json!([]))])),
    );
    assert_eq!(
        ran(&fake, &["undo", "--redo"]).await.data(),
        "Done again: 48.90 Rewe\n"
    );
    assert!(fake.requests_of("list_changes")[2].query.contains("open_to=redo"));

    let json = ran(&fake, &["undo", "--json"]).await.data();
    assert!(json.contains("\"from_the_future\":1"), "{json}");
    assert_eq!(json.lines().count(), 1);
}

#[tokio::test]
async fn what_cannot_be_undone_ends_with_its_code() {
    let fake = server();
    fake.on("list_changes", &log(json!([])));
    assert_eq!(
        ran(&fake, &["undo"]).await.failure(),
        (65, "Nothing of yours is left to undo".to_owned())
    );
    fake.on(
        "list_changes",
        &log(json!([change(7, "update_expense", "updated", json!([]))])),
    );
    fake.on("undo_change", &undone(1, 0));
    fake.fail_once("undo_change", refusal(Code::ChangedSince));
    let clash = ran(&fake, &["undo"]).await;
    assert_eq!(clash.talk, "--skip-conflicts undoes the other rows.\n");
    assert_eq!(clash.failure().0, 65);
    fake.fail_once("undo_change", refusal(Code::Forbidden));
    assert_eq!(ran(&fake, &["undo", "7"]).await.failure().0, 77);
}

#[tokio::test]
async fn log_prints_changes_and_the_history_of_a_row_with_its_fields() {
    let fake = server();
    let mut taken_back = change(6, "delete_expense", "deleted", json!([]));
    taken_back["undone_by"] = json!(BANK);
    fake.on(
        "list_changes",
        &log(json!([
            change(7, "update_expense", "updated", json!([])),
            taken_back
        ])),
    );
    assert_eq!(
        ran(&fake, &["log"]).await.data(),
        "7  2026-11-21 10:05  ana  edited 48.90 Rewe           expense/0.1.0\n\
         6  2026-11-21 10:05  ana  deleted 48.90 Rewe, undone  expense/0.1.0\n"
    );
    let json = ran(&fake, &["log", "--limit", "3", "--json"]).await.data();
    assert!(json.contains("\"from_the_future\":true"), "{json}");
    let asked = &fake.requests_of("list_changes")[1].query;
    assert!(
        asked.contains("limit=3") && asked.contains("sort=-rev"),
        "{asked}"
    );

    let fields = json!([
        { "field": "amount", "before": "45.00", "after": "48.90" },
        { "field": "category_id", "before": null, "after": GROCERIES },
    ]);
    fake.on(
        "list_expense_history",
        &page(json!([change(7, "update_expense", "updated", fields)])),
    );
    fake.on(
        "list_expenses",
        &page(json!([expense(&id("2c3b4a59"), json!({}))])),
    );
    assert_eq!(
        ran(&fake, &["log", "2c3b4a59"]).await.data(),
        "7  2026-11-21 10:05  ana  edited: Amount 45.00 -> 48.90, Category Food: Groceries  expense/0.1.0\n"
    );
    let asked = fake.requests_of("list_expense_history").remove(0).path;
    assert_eq!(asked, format!("/expenses/{}/history", id("2c3b4a59")));
    assert_eq!(ran(&fake, &["log", "lunch"]).await.failure().0, 65);
}
