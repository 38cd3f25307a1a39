//! Undo and redo: every field a user set comes back, whatever was done; what was changed since is named.

use super::{add, bare, last_rev, path, undo};
use serde_json::{Value, json};
use tests::server::TestApp;

#[tokio::test]
async fn an_edit_a_delete_and_a_batch_are_taken_back_to_the_last_field() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = add(
        &http,
        json!({ "payee": "Rewe", "tags": ["b", "a"], "note": "milk", "category": "Food", "external_id": "x1" }),
    )
    .await;
    let other = add(&http, json!({ "amount": "3.00" })).await;
    let before = [
        http.get(&path(&row)).await.ok(200),
        http.get(&path(&other)).await.ok(200),
    ];
    let batch = json!({ "operations": [
        { "op": "update", "id": row["id"], "patch": { "amount": "99.00", "kind": "refund", "payee": "Else", "tags": [],
            "note": null, "category_id": null, "date": "2026-01-01", "external_id": null } },
        { "op": "delete", "id": other["id"] },
    ] });
    http.post("expenses/batch", batch).await.ok(200);
    let done = undo(&http, last_rev(&http).await).await;
    assert_eq!(
        (&done["restored"], &done["skipped"], &done["is_done"]),
        (&json!(2), &json!(0), &json!(true)),
        "{done}"
    );
    // The payee that the batch made goes as well.
    assert_eq!(
        done["name_counts"],
        json!([{ "noun": "payee", "made": 0, "changed": 1 }])
    );
    for before in &before {
        let now = http.get(&path(before)).await.ok(200);
        assert_eq!(bare(&now), bare(before));
        assert_eq!(
            now["version"].as_i64().unwrap(),
            before["version"].as_i64().unwrap() + 2
        );
    }
    let payees = http.walk("payees").await;
    assert!(payees.iter().all(|payee| payee["name"] != "Else"), "{payees:?}");
}

#[tokio::test]
async fn an_undo_is_undone_and_each_only_once() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = add(&http, json!({ "payee": "Sushi Bar", "category": "Sushi" })).await;
    let made = last_rev(&http).await;
    undo(&http, made).await;
    let gone = http.get(&path(&row)).await.ok(200);
    assert!(gone["deleted_at"].is_string(), "{gone}");
    let categories = http.walk("categories").await;
    assert!(categories.iter().all(|category| category["name"] != "Sushi"));
    http.post(&format!("changes/{made}/undo"), Value::Null)
        .await
        .refused(409, "not-undoable");
    let undone = last_rev(&http).await;
    undo(&http, undone).await;
    let back = http.get(&path(&row)).await.ok(200);
    assert_eq!(bare(&back), bare(&row));
    let categories = http.walk("categories").await;
    assert!(categories.iter().any(|category| category["name"] == "Sushi"));
    let kinds: Vec<_> = http
        .walk("changes?sort=-rev")
        .await
        .iter()
        .map(|item| {
            (
                item["kind"].as_str().unwrap().to_owned(),
                item["is_undoable"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            ("redo".to_owned(), true),
            ("undo".to_owned(), false),
            // It holds again.
            ("create_expense".to_owned(), true)
        ]
    );
    // And once more from the start.
    undo(&http, made).await;
    assert!(http.get(&path(&row)).await.ok(200)["deleted_at"].is_string());
}

#[tokio::test]
async fn my_latest_change_and_my_latest_undo_are_found_on_any_device() {
    let app = TestApp::start().await;
    let http = app.client();
    let ben = app.add_person("ben").await;
    app.add_member(ben.user_id, app.ledger_id(), "editor").await;
    let bens = app.client_of(&ben).in_ledger(app.ledger_id());
    add(&http, json!({ "note": "mine 1" })).await;
    add(&http, json!({ "note": "mine 2" })).await;
    add(&bens, json!({ "note": "ben's" })).await;
    let open = async |to: &str| {
        let page = http
            .get(&format!("changes?sort=-rev&mine=true&open_to={to}&limit=1"))
            .await
            .ok(200);
        page["items"][0]["rev"].as_i64()
    };
    assert_eq!((open("undo").await, open("redo").await), (Some(2), None));
    undo(&http, 2).await;
    assert_eq!((open("undo").await, open("redo").await), (Some(1), Some(4)));
    undo(&http, 4).await;
    // The redo is what can be taken back now, as the change that it is.
    assert_eq!((open("undo").await, open("redo").await), (Some(2), None));
    // Taken back by its own number, the first undo holds again.
    undo(&http, 5).await;
    assert_eq!((open("undo").await, open("redo").await), (Some(1), Some(6)));
}

#[tokio::test]
async fn rows_changed_since_are_named_and_can_be_left_as_they_are() {
    let app = TestApp::start().await;
    let http = app.client();
    let (a, b) = (add(&http, json!({})).await, add(&http, json!({})).await);
    let batch = json!({ "operations": [
        { "op": "update", "id": a["id"], "patch": { "note": "both" } },
        { "op": "update", "id": b["id"], "patch": { "note": "both" } },
    ] });
    http.post("expenses/batch", batch).await.ok(200);
    let rev = last_rev(&http).await;
    http.patch(&path(&b), json!({ "amount": "77.00" })).await.ok(200);
    let now = last_rev(&http).await;
    let refused = http
        .post(&format!("changes/{rev}/undo"), Value::Null)
        .await
        .refused(409, "changed-since");
    let pointers: Vec<_> = refused.faults().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, [format!("/expense/{}", b["id"].as_str().unwrap())]);
    assert_eq!(last_rev(&http).await, now);
    let done = http
        .post(&format!("changes/{rev}/undo?skip=conflicts"), Value::Null)
        .await
        .ok(200);
    assert_eq!((&done["restored"], &done["skipped"]), (&json!(1), &json!(1)));
    assert_eq!(http.get(&path(&a)).await.ok(200)["note"], Value::Null);
    assert_eq!(http.get(&path(&b)).await.ok(200)["note"], "both");
}

#[tokio::test]
async fn a_merge_is_taken_back_with_the_category_its_rows_and_its_children() {
    let app = TestApp::start().await;
    let http = app.client();
    let category = async |name: &str, parent: Value| {
        let new = json!({ "name": name, "parent_id": parent });
        let new = if parent.is_null() {
            json!({ "name": name })
        } else {
            new
        };
        http.post("categories", new).await.ok(201)["id"].clone()
    };
    let from = category("From", Value::Null).await;
    let child = category("Child", from.clone()).await;
    let into = category("Into", Value::Null).await;
    let mut rows = Vec::new();
    for id in [&from, &child, &into] {
        rows.push(add(&http, json!({ "category_id": id })).await);
    }
    let before = http.walk("categories").await;
    let merge = format!("categories/{}/merge", from.as_str().unwrap());
    http.post(&merge, json!({ "into_id": into })).await.ok(200);
    undo(&http, last_rev(&http).await).await;
    for row in &rows {
        assert_eq!(bare(&http.get(&path(row)).await.ok(200)), bare(row));
    }
    let after: Vec<_> = http.walk("categories").await.iter().map(bare).collect();
    assert_eq!(after, before.iter().map(bare).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_whole_import_is_taken_back_and_can_be_imported_again() {
    let app = TestApp::start().await;
    let http = app.client();
    let file = "Date,Amount,Note,Payee,external_id,Account\n2026-11-19,7.00,one,Shop,a1,Giro\n2026-11-20,8.00,two,Shop,a2,Giro\n";
    let import = async || {
        let made = http
            .call(reqwest::Method::POST, "imports?create_missing=true")
            .bytes("text/csv", file)
            .await
            .ok(201);
        assert_eq!(made["new_count"], 2, "{made}");
        let at = format!("imports/{}", made["id"].as_str().unwrap());
        http.post(&format!("{at}/commit"), Value::Null).await.ok(200);
        at
    };
    let at = import().await;
    let rev = last_rev(&http).await;
    // One that was thrown away by hand comes with the file again as well, and one that was in another account for a while.
    let mut rows = http.walk("expenses").await;
    http.delete(&path(&rows.remove(0))).await.expect(204);
    let row = rows.remove(0);
    for account in ["Cash", "Giro"] {
        let moved = json!({ "account": account });
        http.patch(&path(&row), moved).await.ok(200);
    }
    let done = undo(&http, rev).await;
    assert_eq!(done["is_done"], true);
    assert_eq!(http.walk("expenses").await.len(), 0);
    assert_eq!(http.get(&at).await.ok(200)["state"], "undone");
    assert_eq!(http.walk("payees").await.len(), 0);
    let accounts = http.walk("accounts").await;
    assert!(
        accounts.iter().all(|account| account["name"] != "Giro"),
        "{accounts:?}"
    );
    import().await;
    assert_eq!(http.walk("expenses").await.len(), 2);
    // The first one cannot come back beside it: its external ids are taken.
    let undone = http.walk("changes?mine=true&open_to=redo").await;
    let redo = format!("changes/{}/undo", undone[0]["rev"]);
    http.post(&redo, Value::Null).await.refused(409, "changed-since");
}

#[tokio::test]
async fn what_is_no_change_of_rows_cannot_be_undone() {
    let app = TestApp::start().await;
    let http = app.client();
    http.patch(
        &format!("/v1/ledgers/{}", app.ledger_id()),
        json!({ "name": "Other" }),
    )
    .await
    .ok(200);
    let rev = last_rev(&http).await;
    http.post(&format!("changes/{rev}/undo"), Value::Null)
        .await
        .refused(409, "not-undoable");
    http.post("changes/9999/undo", Value::Null)
        .await
        .refused(404, "not-found");
    http.post("changes/0/undo?skip=everything", Value::Null)
        .await
        .refused(400, "validation");
}

#[tokio::test]
async fn a_name_that_found_other_uses_stays_and_one_that_was_taken_is_told() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = add(&http, json!({ "payee": "Shared", "category": "Sushi" })).await;
    let made = last_rev(&http).await;
    let other = add(&http, json!({ "payee": "Shared", "category": "Sushi" })).await;
    undo(&http, made).await;
    assert!(http.get(&path(&row)).await.ok(200)["deleted_at"].is_string());
    let kept = http.get(&path(&other)).await.ok(200);
    assert_eq!(
        (&kept["payee"], &kept["category_id"]),
        (&json!("Shared"), &row["category_id"])
    );
    let tag = http.post("tags", json!({ "name": "trip" })).await.ok(201);
    let at = format!("tags/{}", tag["id"].as_str().unwrap());
    http.delete(&at).await.expect(204);
    let deleted = last_rev(&http).await;
    http.post("tags", json!({ "name": "Trip" })).await.ok(201);
    http.post(&format!("changes/{deleted}/undo"), Value::Null)
        .await
        .refused(409, "changed-since");
}

#[tokio::test]
async fn an_undo_sent_again_under_its_key_happens_once() {
    let app = TestApp::start().await;
    let http = app.client();
    add(&http, json!({})).await;
    let send = || http.post("changes/1/undo", Value::Null).key("undo-once");
    let first = send().await.ok(200);
    let again = send().await.ok(200);
    assert_eq!(first, again);
    assert_eq!(last_rev(&http).await, 2);
}
