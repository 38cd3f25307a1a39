//! The log in order: without gaps, with everything that was done, for who may look.

use super::{add, last_rev, path};
use entity::change_row;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use std::future::IntoFuture;
use tests::server::TestApp;

#[tokio::test]
async fn what_was_done_stands_in_the_log_field_by_field() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = add(
        &http,
        json!({ "payee": "Rewe", "tags": ["b", "a"], "note": "milk" }),
    )
    .await;
    http.patch(
        &path(&row),
        json!({ "amount": "13.00", "note": null, "tags": ["a"] }),
    )
    .await
    .ok(200);
    http.delete(&path(&row)).await.expect(204);
    let page = http.get("changes").await.ok(200);
    let items = page["items"].as_array().unwrap();
    let kinds: Vec<_> = items.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["create_expense", "update_expense", "delete_expense"]);
    for (item, rev) in items.iter().zip(1..) {
        assert_eq!(
            (
                item["rev"].as_i64(),
                item["by_name"].as_str(),
                item["client"].as_str()
            ),
            (Some(rev), Some("local"), Some("tests/1")),
            "{item}"
        );
    }
    let expense = items[0]["rows"].as_array().unwrap();
    let nouns: Vec<_> = expense.iter().map(|row| row["noun"].as_str().unwrap()).collect();
    assert_eq!(nouns, ["payee", "tag", "tag", "expense"]);
    assert_eq!(items[0]["row_count"], 1);
    let updated = &items[1]["rows"][0];
    assert_eq!(
        (&updated["action"], &updated["label"], &updated["version"]),
        (&json!("updated"), &json!("13.00 EUR Rewe"), &json!(2))
    );
    let fields: Vec<(&str, &Value, &Value)> = updated["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| {
            (
                field["field"].as_str().unwrap(),
                &field["before"],
                &field["after"],
            )
        })
        .collect();
    assert_eq!(
        fields,
        [
            ("amount", &json!("12.50"), &json!("13.00")),
            ("note", &json!("milk"), &Value::Null),
            ("tags", &json!(["a", "b"]), &json!(["a"])),
        ]
    );
    assert_eq!(items[2]["rows"][0]["action"], "deleted");
}

#[tokio::test]
async fn since_goes_on_where_it_was_and_pages_have_no_gaps() {
    let app = TestApp::start().await;
    let http = app.client();
    for n in 0..7 {
        add(&http, json!({ "note": format!("n{n}") })).await;
    }
    let mut revs = Vec::new();
    let mut since = "0".to_owned();
    loop {
        let page = http.get(&format!("changes?limit=3&since={since}")).await.ok(200);
        let items = page["items"].as_array().unwrap();
        if items.is_empty() {
            break;
        }
        revs.extend(items.iter().map(|item| item["rev"].as_i64().unwrap()));
        since = page["next_since"].as_str().unwrap().to_owned();
    }
    assert_eq!(revs, (1..=7).collect::<Vec<_>>());
    assert_eq!(http.walk("changes?limit=2").await.len(), 7);
    let newest: Vec<_> = http
        .walk("changes?limit=2&sort=-rev")
        .await
        .iter()
        .map(|item| item["rev"].as_i64().unwrap())
        .collect();
    assert_eq!(newest, (1..=7).rev().collect::<Vec<_>>());
    add(&http, json!({})).await;
    let page = http.get(&format!("changes?since={since}")).await.ok(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(last_rev(&http).await, 8);
}

#[tokio::test]
async fn a_place_in_another_log_is_refused() {
    let app = TestApp::start().await;
    let http = app.client();
    add(&http, json!({})).await;
    let page = http.get("changes").await.ok(200);
    let since = page["next_since"].as_str().unwrap();
    let other = app.add_person("other").await;
    let theirs = app.client_of(&other);
    theirs
        .get(&format!("changes?since={since}"))
        .await
        .refused(400, "bad-cursor");
    http.get("changes?since=2").await.refused(400, "bad-cursor");
    http.get("changes?since=99999999999999999999")
        .await
        .refused(400, "bad-cursor");
    http.get("changes?since=rubbish").await.refused(400, "bad-cursor");
    http.get("changes?since=1&sort=-rev")
        .await
        .refused(400, "validation");
    http.get("changes?sort=sideways").await.refused(400, "validation");
    // A restored ledger is another one.
    app.renew_epoch(app.ledger_id()).await;
    http.get(&format!("changes?since={since}"))
        .await
        .refused(410, "resync");
}

#[tokio::test]
async fn reading_the_log_takes_few_statements_however_long_it_is() {
    let app = TestApp::start().await;
    let http = app.client();
    for n in 0..20 {
        add(&http, json!({ "note": format!("n{n}") })).await;
    }
    let (few, _) = app.statements_of(http.get("changes?limit=5").into_future()).await;
    let (many, _) = app
        .statements_of(http.get("changes?limit=20").into_future())
        .await;
    assert_eq!(few, many);
    assert!(many <= 8, "{many} statements");
}

#[tokio::test]
async fn a_row_of_the_log_is_smaller_than_two_of_the_rows_that_it_tells_of() {
    let app = TestApp::start().await;
    let http = app.client();
    // As people have them: a category, an account, a payee, a tag, now and then a note; half of them edited once.
    for n in 0..20 {
        let row = add(
            &http,
            json!({ "payee": format!("Payee number {n}"), "category": "Food", "account": "Card", "tags": ["trip"],
                "note": "for all of us", "paid_by": app.owner().user_id }),
        )
        .await;
        if n % 2 == 0 {
            http.patch(&path(&row), json!({ "amount": "13.00" }))
                .await
                .ok(200);
        }
    }
    let rows = http.walk("expenses").await;
    let of_rows = rows.iter().map(|row| row.to_string().len()).sum::<usize>() / rows.len();
    let logged = change_row::Entity::find()
        .filter(change_row::Column::Noun.eq("expense"))
        .all(app.connection())
        .await
        .unwrap();
    let size = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let images = logged
        .iter()
        .map(|row| size(&row.before_image) + size(&row.after_image));
    // Beside its images a row of the log has ids of 16 bytes, two numbers and a word.
    let of_log = images.sum::<usize>() / logged.len() + 16 + 8 + 4 + 7 + 16;
    assert!(of_log < 2 * of_rows, "{of_log} against {of_rows}");
}
