//! Names in place of ids: unknown, ambiguous and archived ones, those made on the way, other ledgers' ids, and the bank's
//! own ids, which are recorded once.

use super::{at, created, plain, with};
use entity::{account, category};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::server::TestApp;

/// Archives the categories and accounts of that name.
async fn archive(app: &TestApp, name: &str) {
    let db = app.connection();
    let categories =
        category::Entity::update_many().col_expr(category::Column::IsArchived, Expr::value(true));
    categories
        .filter(category::Column::Name.eq(name))
        .exec(db)
        .await
        .unwrap();
    let accounts = account::Entity::update_many().col_expr(account::Column::IsArchived, Expr::value(true));
    accounts
        .filter(account::Column::Name.eq(name))
        .exec(db)
        .await
        .unwrap();
}

async fn categories(app: &TestApp) -> Vec<category::Model> {
    category::Entity::find().all(app.connection()).await.unwrap()
}

#[tokio::test]
async fn a_name_is_found_whatever_its_case_and_accents() {
    let app = TestApp::start().await;
    let made = created(
        &app.client(),
        json!({ "category": "Crème", "create_missing": true }),
    )
    .await;
    for name in ["crème", "CREME", "  creme ", "Cre\u{300}me"] {
        let row = created(&app.client(), json!({ "category": name })).await;
        assert_eq!(row["category_id"], made["category_id"], "{name}");
    }
}

#[tokio::test]
async fn an_unknown_name_is_refused_with_what_was_perhaps_meant() {
    let app = TestApp::start().await;
    let answer = app
        .client()
        .post(
            "expenses",
            with(plain(), json!({ "category": "Fod", "account": "Crad" })),
        )
        .await;
    let answer = answer.refused(409, "unknown-name");
    let answer = answer.with_faults(&[("/account", "unknown-name"), ("/category", "unknown-name")]);
    let candidates = |pointer: &str| {
        let faults = answer.json["errors"].as_array().unwrap();
        faults.iter().find(|fault| fault["pointer"] == pointer).unwrap()["candidates"].clone()
    };
    assert_eq!(candidates("/category")[0], json!("Food"), "{answer:?}");
    assert_eq!(candidates("/account")[0], json!("Card"), "{answer:?}");
    assert_eq!((app.rev().await, app.count_expenses().await), (0, 0));
}

#[tokio::test]
async fn an_ambiguous_name_is_refused_with_the_paths_it_could_mean() {
    let app = TestApp::start().await;
    for path in ["Food: Sweets", "Health: Sweets"] {
        created(&app.client(), json!({ "category": path, "create_missing": true })).await;
    }
    let rev = app.rev().await;
    let answer = app
        .client()
        .post("expenses", with(plain(), json!({ "category": "sweets" })))
        .await;
    let answer = answer
        .refused(409, "unknown-name")
        .with_faults(&[("/category", "unknown-name")]);
    let mut candidates: Vec<&str> = answer.json["errors"][0]["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    candidates.sort_unstable();
    assert_eq!(candidates, ["Food: Sweets", "Health: Sweets"]);
    let missing_is_no_way_out = json!({ "category": "sweets", "create_missing": true });
    app.client()
        .post("expenses", with(plain(), missing_is_no_way_out))
        .await
        .refused(409, "unknown-name");
    assert_eq!(app.rev().await, rev);
    created(&app.client(), json!({ "category": "Health: Sweets" })).await;
}

#[tokio::test]
async fn of_categories_with_one_name_the_one_at_the_top_is_meant() {
    let app = TestApp::start().await;
    created(
        &app.client(),
        json!({ "category": "Travel: Food", "create_missing": true }),
    )
    .await;
    let food = categories(&app)
        .await
        .into_iter()
        .find(|entry| entry.name == "Food" && entry.parent_id.is_none());
    let row = created(&app.client(), json!({ "category": "food" })).await;
    assert_eq!(row["category_id"], json!(food.unwrap().id));
}

#[tokio::test]
async fn archived_entries_take_no_new_rows() {
    let app = TestApp::start().await;
    let kept = created(&app.client(), json!({ "category": "Rent", "account": "Bank" })).await;
    archive(&app, "Rent").await;
    archive(&app, "Bank").await;
    let rev = app.rev().await;
    for (fields, pointers) in [
        (json!({ "category": "Rent" }), vec![("/category", "archived")]),
        (
            json!({ "category": "rent", "create_missing": true }),
            vec![("/category", "archived")],
        ),
        (
            json!({ "category_id": kept["category_id"] }),
            vec![("/category_id", "archived")],
        ),
        (
            json!({ "category": "Rent", "account_id": kept["account_id"] }),
            vec![("/account_id", "archived"), ("/category", "archived")],
        ),
    ] {
        let answer = app.client().post("expenses", with(plain(), fields)).await;
        answer.refused(409, "archived").with_faults(&pointers);
    }
    assert_eq!((app.rev().await, app.count_expenses().await), (rev, 1));
    // What a row has already, it may keep.
    let patch = json!({ "category_id": kept["category_id"], "note": "still there" });
    app.client().patch(&at(&kept), patch).await.expect(200);
}

#[tokio::test]
async fn a_missing_category_is_made_with_its_parent_in_the_same_change() {
    let app = TestApp::start().await;
    let before = categories(&app).await.len();
    let fields = json!({ "category": "Hobby:  Model trains", "account": "PayPal", "create_missing": true });
    let row = created(&app.client(), fields).await;
    let all = categories(&app).await;
    let child = all
        .iter()
        .find(|entry| json!(entry.id) == row["category_id"])
        .unwrap();
    let parent = all
        .iter()
        .find(|entry| Some(entry.id) == child.parent_id)
        .unwrap();
    assert_eq!(
        (child.name.as_str(), parent.name.as_str(), parent.parent_id),
        ("Model trains", "Hobby", None)
    );
    assert_eq!((all.len(), app.rev().await), (before + 2, 1));
    let again = created(
        &app.client(),
        json!({ "category": "hobby: model trains", "create_missing": true }),
    )
    .await;
    assert_eq!(
        (&again["category_id"], categories(&app).await.len()),
        (&row["category_id"], before + 2)
    );
    let sibling = created(
        &app.client(),
        json!({ "category": "Hobby: Kites", "create_missing": true }),
    )
    .await;
    assert_ne!(sibling["category_id"], row["category_id"]);
    assert_eq!(categories(&app).await.len(), before + 3);
}

#[tokio::test]
async fn a_refused_row_makes_no_entries_either() {
    let app = TestApp::start().await;
    let before = categories(&app).await.len();
    let fields =
        json!({ "amount": "0", "category": "New", "payee": "new", "tags": ["new"], "create_missing": true });
    app.client()
        .post("expenses", with(plain(), fields))
        .await
        .refused(422, "unprocessable");
    assert_eq!((categories(&app).await.len(), app.rev().await), (before, 0));
}

#[tokio::test]
async fn ids_of_another_ledger_are_as_unknown_as_ids_of_nothing() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let fields = json!({ "category": "Hers", "account": "Hers", "create_missing": true });
    let hers = created(&app.client_of(&ana), fields).await;
    for field in ["category_id", "account_id", "to_account_id", "paid_by"] {
        let (stolen, made_up) = match field {
            "category_id" => (hers["category_id"].clone(), json!(api::id::new_uuid())),
            "paid_by" => (json!(ana.user_id), json!(api::id::new_uuid())),
            _ => (hers["account_id"].clone(), json!(api::id::new_uuid())),
        };
        let mut answers = Vec::new();
        for id in [stolen, made_up] {
            let body = with(plain(), json!({ "kind": "transfer", field: id }));
            let answer = app
                .client()
                .post("expenses", body)
                .await
                .refused(409, "unknown-name");
            let answer = answer.with_faults(&[(&format!("/{field}"), "unknown-name")]);
            answers.push(answer.text().replace(id.as_str().unwrap(), "ID").len());
        }
        assert_eq!(answers[0], answers[1], "{field}");
    }
    assert_eq!(app.rev().await, 0);
    // Her row is no row of ours, and its id is free here.
    app.client().get(&at(&hers)).await.refused(404, "not-found");
    created(&app.client(), json!({ "id": hers["id"] })).await;
    assert_eq!(app.client_of(&ana).get(&at(&hers)).await.ok(200), hers);
}

#[tokio::test]
async fn an_external_id_is_recorded_once_an_account_also_after_the_row_is_deleted() {
    let app = TestApp::start().await;
    let http = app.client();
    let bank = json!({ "external_id": "2026-000123", "account": "Bank" });
    let row = created(&http, bank.clone()).await;
    let same = |answer: tests::client::Answer| {
        answer
            .refused(409, "duplicate-external-id")
            .with_faults(&[("/external_id", "duplicate-external-id")])
    };
    same(http.post("expenses", with(plain(), bank.clone())).await);
    // Another account numbers its rows itself, and so do rows of no account.
    created(&http, json!({ "external_id": "2026-000123", "account": "Card" })).await;
    created(&http, json!({ "external_id": "2026-000123" })).await;
    same(
        http.post("expenses", with(plain(), json!({ "external_id": "2026-000123" })))
            .await,
    );
    http.delete(&at(&row)).await.expect(204);
    same(http.post("expenses", with(plain(), bank)).await);
    let other = created(&http, json!({ "account": "Bank" })).await;
    let rev = app.rev().await;
    same(
        http.patch(&at(&other), json!({ "external_id": "2026-000123" }))
            .await,
    );
    assert_eq!(app.rev().await, rev);
    http.post(&format!("{}/restore", at(&row)), json!(null))
        .await
        .expect(200);
}

#[tokio::test]
async fn an_id_in_the_place_of_a_name_is_what_it_is_the_id_of() {
    let app = TestApp::start().await;
    let http = app.client();
    created(
        &http,
        json!({ "category": "Food", "account": "Card", "payee": "Rewe", "tags": ["trip"] }),
    )
    .await;
    let mut ids = Vec::new();
    for (list, name) in [
        ("categories", "Food"),
        ("accounts", "Card"),
        ("payees", "Rewe"),
        ("tags", "trip"),
    ] {
        let entries = http.walk(list).await;
        let entry = entries.iter().find(|entry| entry["name"] == name).unwrap();
        ids.push(entry["id"].as_str().unwrap().to_owned());
    }
    let [category, account, payee, tag] = ids.as_slice() else {
        unreachable!("four lists")
    };
    let by_id = json!({
        "category": category, "account": account, "payee": payee.to_uppercase(), "tags": [tag, "trip"], "create_missing": true,
    });
    let row = created(&http, by_id).await;
    assert_eq!(
        (&row["category_id"], &row["account_id"]),
        (&json!(category), &json!(account))
    );
    assert_eq!((&row["payee"], &row["tags"]), (&json!("Rewe"), &json!(["trip"])));
    let patched = http
        .patch(&at(&row), json!({ "payee": payee, "tags": [tag] }))
        .await
        .ok(200);
    assert_eq!(
        (&patched["payee"], &patched["tags"]),
        (&json!("Rewe"), &json!(["trip"]))
    );
    assert_eq!(
        (http.walk("payees").await.len(), http.walk("tags").await.len()),
        (1, 1)
    );
    let filtered = http
        .walk(&format!(
            "expenses?payee={payee}&tag={tag}&category={category}&account={account}"
        ))
        .await;
    assert_eq!(filtered.len(), 2);
    let line = json!({ "text": format!("3.20 {payee} +{tag}"), "today": "2026-11-22" });
    let quick = http.post("expenses/quick", line).await.ok(201);
    assert_eq!(
        (&quick["expense"]["payee"], &quick["expense"]["tags"]),
        (&json!("Rewe"), &json!(["trip"]))
    );
}

#[tokio::test]
async fn an_id_that_leads_nowhere_never_becomes_a_name() {
    let app = TestApp::start().await;
    let http = app.client();
    let nobody = api::id::new_uuid().to_string();
    for (fields, pointer) in [
        (json!({ "payee": nobody }), "/payee"),
        (json!({ "tags": ["fine", nobody] }), "/tags/1"),
        (json!({ "category": nobody, "create_missing": true }), "/category"),
        (json!({ "account": nobody, "create_missing": true }), "/account"),
    ] {
        let answer = http.post("expenses", with(plain(), fields.clone())).await;
        answer
            .refused(409, "unknown-name")
            .with_faults(&[(pointer, "unknown-name")]);
        let body = json!({ "operations": [{ "op": "create", "expense": with(plain(), fields) }] });
        let pointer = format!("/operations/0/expense{pointer}");
        let answer = http.post("expenses/batch", body).await;
        answer
            .refused(409, "unknown-name")
            .with_faults(&[(&pointer, "unknown-name")]);
    }
    for list in ["categories", "accounts", "payees", "tags"] {
        let mut new = json!({ "name": nobody });
        if list == "accounts" {
            new["kind"] = json!("card");
        }
        let answer = http.post(list, new).await;
        answer
            .refused(422, "unprocessable")
            .with_faults(&[("/name", "looks-like-id")]);
    }
    let file = format!(
        "Date,Amount,Account,Category,Payee\n2026-11-20,1.00,{nobody},,\n2026-11-20,2.00,,{nobody},\n"
    );
    let url = "imports?columns=date=Date,amount=Amount,account=Account,category=Category,payee=Payee&create_missing=true&date_format=ymd";
    let preview = http
        .call(reqwest::Method::POST, url)
        .bytes("text/csv", file)
        .await
        .ok(201);
    assert_eq!(
        (&preview["invalid_count"], &preview["new_count"]),
        (&json!(2), &json!(0)),
        "{preview}"
    );
    assert_eq!((app.rev().await, app.count_expenses().await), (1, 0));
}

#[tokio::test]
async fn a_smallest_and_a_largest_amount_are_in_one_currency() {
    let app = TestApp::start().await;
    let http = app.client();
    for (amount, currency) in [
        ("20.00", "EUR"),
        ("20.00", "USD"),
        ("2000", "JPY"),
        ("5.00", "EUR"),
    ] {
        created(&http, json!({ "amount": amount, "currency": currency })).await;
    }
    for (query, found) in [
        ("min=10", vec!["EUR"]),
        ("max=10", vec!["EUR"]),
        ("min=10&currency=USD", vec!["USD"]),
        ("min=10&currency=JPY", vec!["JPY"]),
        ("currency=EUR", vec!["EUR", "EUR"]),
    ] {
        let rows = http.walk(&format!("expenses?{query}")).await;
        let currencies: Vec<&str> = rows.iter().map(|row| row["currency"].as_str().unwrap()).collect();
        assert_eq!(currencies, found, "{query}");
    }
    let document = server::http::document(&app.state).unwrap();
    let parameters = document["paths"]["/v1/ledgers/{ledger}/expenses"]["get"]["parameters"]
        .as_array()
        .unwrap();
    let min = parameters
        .iter()
        .find(|parameter| parameter["name"] == "min")
        .unwrap();
    assert!(
        min["description"].as_str().unwrap().contains("base currency"),
        "{min}"
    );
}
