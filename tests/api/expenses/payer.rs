//! Who paid: a member by id or by user name, wherever a row is written; nobody else, and nobody who left.

use super::{at, created, ids, items, plain, with};
use serde_json::{Value, json};
use tests::client::Http;
use tests::people::Person;
use tests::server::TestApp;

/// The seeded ledger with two more members: `ana`, who can add rows, and `ben`, who looks on.
async fn household() -> (TestApp, Person, Person) {
    let app = TestApp::start().await;
    let (ana, ben) = (app.add_person("ana").await, app.add_person("ben").await);
    app.add_member(ana.user_id, app.ledger_id(), "adder").await;
    app.add_member(ben.user_id, app.ledger_id(), "viewer").await;
    (app, ana, ben)
}

async fn remove(http: &Http, person: &Person) {
    http.delete(&format!("members/{}", person.user_id))
        .await
        .expect(204);
}

#[tokio::test]
async fn a_payer_is_named_by_id_or_by_name_in_any_case_and_answered_as_an_id() {
    let (app, ana, ben) = household().await;
    let http = app.client();
    for (given, paid) in [
        (json!("ana"), &ana),
        (json!(" ANA "), &ana),
        (json!(ana.user_id), &ana),
        (json!("Bén"), &ben),
        (json!("local"), app.owner()),
    ] {
        let row = created(&http, json!({ "paid_by": given })).await;
        assert_eq!(row["paid_by"], json!(paid.user_id), "{given}");
    }
    let row = created(&http, json!({})).await;
    assert_eq!(row["paid_by"], json!(app.owner().user_id), "whoever records it");
    for (given, paid) in [
        (json!("ben"), json!(ben.user_id)),
        (json!(ana.user_id), json!(ana.user_id)),
        (json!(null), json!(null)),
    ] {
        let row = http.patch(&at(&row), json!({ "paid_by": given })).await.ok(200);
        assert_eq!(row["paid_by"], paid, "{given}");
    }
}

#[tokio::test]
async fn a_batch_a_day_sheet_and_an_entry_line_take_names_too() {
    let (app, ana, ben) = household().await;
    let http = app.client();
    let row = created(&http, json!({ "paid_by": "ana" })).await;
    let operations = json!([
        { "op": "create", "expense": with(plain(), json!({ "paid_by": "Ben" })) },
        { "op": "update", "id": row["id"], "patch": { "paid_by": "ben" } },
    ]);
    let batch = http
        .post("expenses/batch", json!({ "operations": operations }))
        .await
        .ok(200);
    let ben_paid: Vec<Value> = items(&batch);
    assert!(
        ben_paid.iter().all(|row| row["paid_by"] == json!(ben.user_id)),
        "{batch}"
    );
    assert_eq!(ben_paid.len(), 2);

    let day = http.get("days/2026-11-21").await.expect(200);
    let rows = json!([
        { "id": ben_paid[0]["id"] },
        { "id": ben_paid[1]["id"], "paid_by": "ana" },
        { "amount": "1.00", "paid_by": "local" },
    ]);
    let saved = http
        .put("days/2026-11-21", json!({ "rows": rows }))
        .if_match(&day.etag())
        .await
        .ok(200);
    assert_eq!(saved["updated"][0]["paid_by"], json!(ana.user_id));
    assert_eq!(saved["created"][0]["paid_by"], json!(app.owner().user_id));
    assert_eq!(saved["updated"].as_array().unwrap().len(), 1);

    let line = json!({ "text": "12.50 lunch by:an", "today": "2026-11-21" });
    let parsed = http.post("expenses/parse", line.clone()).await.ok(200);
    assert_eq!(parsed["expense"]["paid_by"], json!(ana.user_id));
    // What was understood can be sent back as it is.
    let row = http.post("expenses", parsed["expense"].clone()).await.ok(201);
    assert_eq!(row["paid_by"], json!(ana.user_id));
    let quick = http.post("expenses/quick", line).await.ok(201);
    assert_eq!(quick["expense"]["paid_by"], json!(ana.user_id));
}

#[tokio::test]
async fn a_name_that_no_member_has_is_refused_with_what_was_perhaps_meant_and_makes_nobody() {
    let (app, _, _) = household().await;
    let http = app.client();
    app.add_person("zoe").await;
    let rev = app.rev().await;
    for (given, candidates) in [("anna", json!(["ana"])), ("zoe", json!(null)), ("", json!(null))] {
        let body = with(plain(), json!({ "paid_by": given, "create_missing": true }));
        let answer = http.post("expenses", body).await;
        let is_blank = given.is_empty();
        let answer = if is_blank {
            answer.refused(422, "unprocessable")
        } else {
            answer
                .refused(409, "unknown-name")
                .with_faults(&[("/paid_by", "unknown-name")])
        };
        if !is_blank {
            assert_eq!(answer.json["errors"][0]["candidates"], candidates, "{given}");
        }
    }
    // Somebody else's member is as unknown as nobody.
    let unknown = async |name: &str| {
        let body = with(plain(), json!({ "paid_by": name }));
        let answer = http.post("expenses", body).await.refused(409, "unknown-name");
        answer.text().replace(name, "NAME").len()
    };
    assert_eq!(unknown("zoe").await, unknown("zof").await);
    let row = created(&http, json!({})).await;
    http.patch(&at(&row), json!({ "paid_by": "anna" }))
        .await
        .refused(409, "unknown-name")
        .with_faults(&[("/paid_by", "unknown-name")]);
    let operations = json!([{ "op": "create", "expense": with(plain(), json!({ "paid_by": "anna" })) }]);
    http.post("expenses/batch", json!({ "operations": operations }))
        .await
        .refused(409, "unknown-name")
        .with_faults(&[("/operations/0/expense/paid_by", "unknown-name")]);
    let line = json!({ "text": "12.50 lunch by:anna", "today": "2026-11-21", "create_missing": true });
    http.post("expenses/quick", line)
        .await
        .refused(422, "unprocessable")
        .with_faults(&[("/text", "unknown-member")]);
    for wrong in [json!(7), json!(["ana"]), json!("x".repeat(101))] {
        let body = with(plain(), json!({ "paid_by": wrong }));
        http.post("expenses", body).await.refused(400, "validation");
    }
    assert_eq!(app.rev().await, rev + 1, "only the one row was written");
    assert_eq!(http.walk("tags").await.len(), 0);
}

#[tokio::test]
async fn who_left_is_set_no_more_and_keeps_the_rows_they_paid() {
    let (app, ana, _) = household().await;
    let http = app.client();
    let row = created(&http, json!({ "paid_by": "ana" })).await;
    let other = created(&http, json!({})).await;
    let other = http.patch(&at(&other), json!({ "paid_by": null })).await.ok(200);
    remove(&http, &ana).await;
    for given in [json!("ana"), json!(ana.user_id)] {
        http.patch(&at(&other), json!({ "paid_by": given }))
            .await
            .refused(409, "unknown-name")
            .with_faults(&[("/paid_by", "unknown-name")]);
        http.post("expenses", with(plain(), json!({ "paid_by": given })))
            .await
            .refused(409, "unknown-name");
    }
    let changed = json!({ "note": "kept", "paid_by": ana.user_id });
    let kept = http.patch(&at(&row), changed).await.ok(200);
    assert_eq!(
        (&kept["paid_by"], &kept["note"]),
        (&json!(ana.user_id), &json!("kept"))
    );
    for filter in ["ana".to_owned(), ana.user_id.to_string()] {
        let page = http.get(&format!("expenses?paid_by={filter}")).await.ok(200);
        assert_eq!(ids(&items(&page)), [row["id"].as_str().unwrap()], "{filter}");
    }
    http.get("expenses?paid_by=anna")
        .await
        .refused(409, "unknown-name")
        .with_faults(&[("/paid_by", "unknown-name")]);
    let none = http.get("expenses?paid_by=none").await.ok(200);
    assert_eq!(ids(&items(&none)), [other["id"].as_str().unwrap()]);
}

/// An account of the ledger with an owner.
async fn account_of(http: &Http, name: &str, owner: Value) -> Value {
    let body = json!({ "name": name, "kind": "card", "owner": owner });
    http.post("accounts", body).await.ok(201)
}

#[tokio::test]
async fn a_row_is_paid_by_the_owner_of_its_account_else_by_who_records_it_unless_said_otherwise() {
    let (app, ana, ben) = household().await;
    let (http, hers) = (app.client(), app.client_of(&ana).in_ledger(app.ledger_id()));
    let visa = account_of(&http, "Bens Visa", json!("ben")).await;
    assert_eq!(visa["owner"], json!(ben.user_id));
    let (me, bens) = (json!(app.owner().user_id), json!(ben.user_id));
    let on_visa = json!({ "account": "bens visa" });
    // One by one, by either of them.
    for (fields, paid) in [
        (json!({}), &me),
        (json!({ "account": "Card" }), &me),
        (on_visa.clone(), &bens),
        (json!({ "account_id": visa["id"] }), &bens),
        (json!({ "account": "bens visa", "paid_by": "me" }), &me),
        (json!({ "account": "bens visa", "kind": "income" }), &bens),
        (
            json!({ "account": "bens visa", "paid_by": "ana" }),
            &json!(ana.user_id),
        ),
        (json!({ "account": "New one", "create_missing": true }), &me),
    ] {
        let row = created(&http, fields.clone()).await;
        assert_eq!(row["paid_by"], *paid, "{fields}");
    }
    let row = created(&hers, json!({})).await;
    assert_eq!(row["paid_by"], json!(ana.user_id));
    let row = created(&hers, on_visa.clone()).await;
    assert_eq!(row["paid_by"], bens);
    // In a batch.
    let operations = json!([
        { "op": "create", "expense": with(plain(), on_visa.clone()) },
        { "op": "create", "expense": plain() },
    ]);
    let batch = http
        .post("expenses/batch", json!({ "operations": operations }))
        .await
        .ok(200);
    let batch = items(&batch);
    assert_eq!((&batch[0]["paid_by"], &batch[1]["paid_by"]), (&bens, &me));
    // In a line.
    for (text, paid) in [
        ("2 tea", &me),
        ("2 tea @\"bens visa\"", &bens),
        ("2 tea @\"bens visa\" by:me", &me),
        ("2 tea by:ME", &me),
        ("2 tea by:ben", &bens),
    ] {
        let line = json!({ "text": text, "today": "2026-11-22" });
        let quick = http.post("expenses/quick", line).await.ok(201);
        assert_eq!(quick["expense"]["paid_by"], *paid, "{text}");
    }
    let line = json!({ "text": "2 tea by:me", "today": "2026-11-22" });
    let quick = hers.post("expenses/quick", line).await.ok(201);
    assert_eq!(quick["expense"]["paid_by"], json!(ana.user_id));
    // In a sheet.
    let day = http.get("days/2026-11-23").await.expect(200);
    let rows = json!([{ "amount": "1.00", "account": "bens visa" }, { "amount": "2.00" }]);
    let saved = http
        .put("days/2026-11-23", json!({ "rows": rows }))
        .if_match(&day.etag())
        .await
        .ok(200);
    let mut paid: Vec<_> = saved["created"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["paid_by"].clone())
        .collect();
    let mut expected = vec![me.clone(), bens.clone()];
    paid.sort_by_key(Value::to_string);
    expected.sort_by_key(Value::to_string);
    assert_eq!(paid, expected);
    // In a file.
    let file = "Date,Amount,Note\n2026-11-24,-12.50,lunch\n";
    let path = format!("imports?account_id={}", visa["id"].as_str().unwrap());
    let preview = http
        .call(reqwest::Method::POST, &path)
        .bytes("text/csv", file)
        .await
        .ok(201);
    let commit = format!("imports/{}/commit", preview["id"].as_str().unwrap());
    http.post(&commit, Value::Null).await.expect(200);
    let found = items(&http.get("expenses?from=2026-11-24&to=2026-11-24").await.ok(200));
    assert_eq!((found.len(), &found[0]["paid_by"]), (1, &bens));
    // `me` in a filter is whoever asks.
    for (http, paid) in [(&http, &me), (&hers, &json!(ana.user_id))] {
        let page = items(&http.get("expenses?paid_by=me&limit=200").await.ok(200));
        assert!(!page.is_empty() && page.iter().all(|row| row["paid_by"] == *paid));
    }
}

#[tokio::test]
async fn what_was_recorded_before_keeps_what_it_says_and_one_person_alone_is_never_named() {
    let app = TestApp::start().await;
    let http = app.client();
    let card = account_of(&http, "Visa", json!("me")).await;
    assert_eq!(card["owner"], json!(app.owner().user_id));
    let before = created(&http, json!({ "account": "Visa" })).await;
    assert_eq!(before["paid_by"], json!(null), "there is nobody else");
    let ana = app.add_person("ana").await;
    app.add_member(ana.user_id, app.ledger_id(), "editor").await;
    let path = format!("accounts/{}", card["id"].as_str().unwrap());
    let owned = http.patch(&path, json!({ "owner": "ana" })).await.ok(200);
    assert_eq!(owned["owner"], json!(ana.user_id));
    let now = http.get(&at(&before)).await.ok(200);
    assert_eq!((&now["paid_by"], &now["version"]), (&json!(null), &json!(1)));
    let changed = http.patch(&at(&before), json!({ "amount": "3" })).await.ok(200);
    assert_eq!(changed["paid_by"], json!(null), "a change is no recording");
    let row = created(&http, json!({ "account": "Visa" })).await;
    assert_eq!(row["paid_by"], json!(ana.user_id));
    // Another field of the account leaves its owner.
    let renamed = http.patch(&path, json!({ "name": "Visa 2" })).await.ok(200);
    assert_eq!(renamed["owner"], json!(ana.user_id));
    // An owner who left pays no more; the account may be changed with them still on it.
    remove(&http, &ana).await;
    let ben = app.add_person("ben").await;
    app.add_member(ben.user_id, app.ledger_id(), "viewer").await;
    let row = created(&http, json!({ "account": "visa 2" })).await;
    assert_eq!(row["paid_by"], json!(app.owner().user_id));
    let kept = http
        .patch(&path, json!({ "kind": "bank", "owner": ana.user_id }))
        .await
        .ok(200);
    assert_eq!(
        (&kept["kind"], &kept["owner"]),
        (&json!("bank"), &json!(ana.user_id))
    );
    let nobody = http.patch(&path, json!({ "owner": null })).await.ok(200);
    assert_eq!(nobody["owner"], json!(null));
    for unknown in [json!("ana"), json!(ana.user_id), json!("nobody")] {
        http.patch(&path, json!({ "owner": unknown }))
            .await
            .refused(409, "unknown-name")
            .with_faults(&[("/owner", "unknown-name")]);
        http.post("accounts", json!({ "name": "Other", "owner": unknown }))
            .await
            .refused(409, "unknown-name")
            .with_faults(&[("/owner", "unknown-name")]);
    }
    // An undo brings the owner back.
    let changes = http.get("changes?since=0&limit=200").await.ok(200);
    let last = changes["items"].as_array().unwrap().last().unwrap()["rev"].clone();
    http.post(&format!("changes/{last}/undo"), json!({}))
        .await
        .expect(200);
    assert_eq!(http.get(&path).await.ok(200)["owner"], json!(ana.user_id));
}
