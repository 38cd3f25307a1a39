//! Who is let in: every operation of the document, with each sort of bad token, in somebody else's ledger, and with too
//! small a role or scope. What is refused is refused before anything is read, and writes nothing.

mod matrix;

use chrono::TimeDelta;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use server::http::examples::EXAMPLE_ID;
use server::service::secret::{SecretKind, draw};
use std::collections::BTreeSet;
use tests::client::{Answer, Http};
use tests::people::TokenRow;
use tests::sample::{Sample, fill_example_book, samples};
use tests::server::TestApp;

/// Every operation of a ledger.
fn of_ledgers(app: &TestApp) -> Vec<Sample> {
    let all = samples(&server::http::document(&app.state).unwrap());
    let of_ledgers: Vec<Sample> = all.into_iter().filter(Sample::is_of_a_ledger).collect();
    assert!(of_ledgers.len() > 5, "the document lists its operations");
    of_ledgers
}

/// The body without what differs from request to request.
fn bytes(answer: &Answer) -> (u16, Value) {
    let mut json = answer.json.clone();
    json["request_id"] = json!(null);
    (answer.status, json)
}

#[tokio::test]
async fn nobody_gets_in_without_a_valid_token() {
    let app = TestApp::start().await;
    let user = app.owner().user_id;
    let now = app.state.clock.now();
    let expired = TokenRow {
        expires_at: Some(now - TimeDelta::seconds(1)),
        ..TokenRow::default()
    };
    let revoked = TokenRow {
        revoked_at: Some(now - TimeDelta::seconds(1)),
        ..TokenRow::default()
    };
    let expired = app.add_token(user, expired).await;
    let revoked = app.add_token(user, revoked).await;
    let good = app.owner().token.clone();
    // Drawn as ours are, and known to nobody.
    let never = draw(SecretKind::Api);
    let samples = of_ledgers(&app);
    for sample in &samples {
        let call = || sample.call(&app.stranger(), "default", EXAMPLE_ID);
        for header in [
            None,
            Some("Bearer ".to_owned()),
            Some("Bearer x".to_owned()),
            Some(format!("Basic {good}")),
            Some(good.clone()),
            Some(format!("Bearer {good}x")),
            Some(format!("Bearer {never}")),
            Some(format!("Bearer {expired}")),
            Some(format!("Bearer {revoked}")),
        ] {
            let answer = match &header {
                Some(header) => call().header("authorization", header).await,
                None => call().await,
            };
            let answer = answer.refused(401, "unauthenticated");
            assert!(
                answer
                    .header("www-authenticate")
                    .is_some_and(|how| how.starts_with("Bearer")),
                "{answer:?}"
            );
        }
    }
    assert_eq!((app.rev().await, app.count_expenses().await), (0, 0));
}

#[tokio::test]
async fn a_disabled_person_and_a_removed_member_are_out_at_once() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let http = app.client_of(&ana);
    http.get("expenses").await.expect(200);
    let removed =
        entity::member::Entity::update_many().col_expr(entity::member::Column::State, Expr::value("removed"));
    removed
        .filter(entity::member::Column::UserId.eq(ana.user_id))
        .exec(app.connection())
        .await
        .unwrap();
    http.get("expenses").await.refused(404, "not-found");
    let disabled =
        entity::user::Entity::update_many().col_expr(entity::user::Column::IsDisabled, Expr::value(true));
    disabled
        .filter(entity::user::Column::Id.eq(ana.user_id))
        .exec(app.connection())
        .await
        .unwrap();
    http.get("expenses").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn somebody_elses_ledger_is_as_missing_as_one_that_is_not_there() {
    let app = TestApp::start().await;
    fill_example_book(&app).await;
    let rev = app.rev().await;
    let ana = app.add_person("ana").await;
    let (http, theirs) = (app.client_of(&ana), app.ledger_id().to_string());
    let nobodys = api::id::new_uuid().to_string();
    for sample in of_ledgers(&app) {
        let other = sample
            .call(&http, &theirs, EXAMPLE_ID)
            .if_match("\"1\"")
            .await
            .refused(404, "not-found");
        let missing = sample.call(&http, &nobodys, EXAMPLE_ID).if_match("\"1\"").await;
        assert_eq!(bytes(&other), bytes(&missing), "{}", sample.operation.id);
        let malformed = sample.call(&http, "no-id", EXAMPLE_ID).if_match("\"1\"").await;
        assert_eq!(bytes(&other), bytes(&malformed), "{}", sample.operation.id);
    }
    assert_eq!((app.rev().await, app.count_expenses().await), (rev, 2));
}

#[tokio::test]
async fn nothing_of_another_ledger_is_reached_by_its_id_from_ones_own() {
    let app = TestApp::start().await;
    fill_example_book(&app).await;
    let rev = app.rev().await;
    let ana = app.add_person("ana").await;
    let (http, own, nothing) = (
        app.client_of(&ana),
        ana.ledger_id.to_string(),
        api::id::new_uuid().to_string(),
    );
    for sample in of_ledgers(&app) {
        let names_an_id =
            sample.operation.template.matches('{').count() > 1 && !sample.operation.template.contains("{da");
        if !names_an_id {
            continue;
        }
        let theirs = sample
            .call(&http, &own, EXAMPLE_ID)
            .if_match("\"1\"")
            .await
            .refused(404, "not-found");
        let missing = sample.call(&http, &own, &nothing).if_match("\"1\"").await;
        assert_eq!(bytes(&theirs), bytes(&missing), "{}", sample.operation.id);
    }
    assert_eq!((app.rev().await, app.rev_of(ana.ledger_id).await), (rev, 0));
}

#[tokio::test]
async fn an_adder_sees_and_changes_what_it_recorded_and_nothing_else() {
    let app = TestApp::start().await;
    fill_example_book(&app).await;
    let ana = app.add_person("ana").await;
    app.add_member(ana.user_id, app.ledger_id(), "adder").await;
    let http = app.client_of(&ana).in_ledger(app.ledger_id());
    let body = json!({ "date": "2026-11-21", "amount": "1" });
    let row = http.post("expenses", body.clone()).await.ok(201);
    assert_eq!(row["created_by"], json!(ana.user_id));
    let listed = http.get("expenses?include_deleted=true").await.ok(200);
    assert_eq!(ids(&listed), [row["id"].clone()]);
    for sort in ["amount", "payee", "category", "created", "-date"] {
        let listed = http.get(&format!("expenses?sort={sort}")).await.ok(200);
        assert_eq!(ids(&listed), [row["id"].clone()], "{sort}");
    }
    let (own, theirs) = (row["id"].as_str().unwrap(), EXAMPLE_ID);
    let patch = json!({ "note": "mine" });
    http.patch(&format!("expenses/{own}"), patch.clone())
        .await
        .expect(200);
    http.patch(&format!("expenses/{theirs}"), patch)
        .await
        .refused(404, "not-found");
    http.get(&format!("expenses/{theirs}"))
        .await
        .refused(404, "not-found");
    http.delete(&format!("expenses/{theirs}"))
        .await
        .refused(404, "not-found");
    let both = json!({ "operations": [{ "op": "delete", "id": own }, { "op": "delete", "id": theirs }] });
    http.post("expenses/batch", both).await.refused(404, "not-found");
    http.get(&format!("expenses/{own}")).await.expect(200);
    for refused in [
        "reports/summary",
        "reports/by-category",
        "days/2026-11-21",
        "imports",
    ] {
        http.get(refused).await.refused(403, "forbidden");
    }
    for names in ["categories", "accounts", "payees", "tags"] {
        http.get(names).await.expect(200);
    }
}

fn ids(page: &Value) -> Vec<Value> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].clone()).collect()
}

#[tokio::test]
async fn a_token_that_may_only_add_sees_no_row() {
    let app = TestApp::start().await;
    let add_only = TokenRow {
        scopes: "add",
        ..TokenRow::default()
    };
    let add_only = app.add_token(app.owner().user_id, add_only).await;
    let http = Http::new(app.address(), Some(&add_only));
    let row = json!({ "date": "2026-11-21", "amount": "1" });
    let row = http.post("expenses", row).await.ok(201);
    let line = json!({ "text": "2 lunch #food", "today": "2026-11-21" });
    http.post("expenses/parse", line.clone()).await.expect(200);
    http.post("expenses/quick", line).await.expect(201);
    http.get("categories").await.expect(200);
    for refused in [
        "expenses".to_owned(),
        format!("expenses/{}", row["id"].as_str().unwrap()),
    ] {
        http.get(&refused).await.refused(403, "forbidden");
    }
    let patch = json!({ "note": "mine" });
    let url = format!("expenses/{}", row["id"].as_str().unwrap());
    http.patch(&url, patch).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_token_bound_to_a_ledger_knows_no_other() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    app.add_member(ana.user_id, app.ledger_id(), "editor").await;
    let bound = TokenRow {
        ledger_ids: Some(vec![app.ledger_id()]),
        ..TokenRow::default()
    };
    let bound = Http::new(app.address(), Some(&app.add_token(ana.user_id, bound).await));
    let row = json!({ "date": "2026-11-21", "amount": "1" });
    // `default` is the one that it is bound to, though another is the default of its owner.
    bound.post("expenses", row).await.expect(201);
    assert_eq!((app.rev().await, app.rev_of(ana.ledger_id).await), (1, 0));
    let other = bound.in_ledger(ana.ledger_id).get("expenses").await;
    let nobodys = bound.in_ledger(api::id::new_uuid()).get("expenses").await;
    assert_eq!(bytes(&other.refused(404, "not-found")), bytes(&nobodys));
    let listed = bound.get("/v1/ledgers").await.ok(200);
    assert_eq!(ids(&listed), [json!(app.ledger_id())]);
}

/// The operations that docs/access.md says to ask for the password.
fn asking() -> BTreeSet<String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/access.md");
    let page = std::fs::read_to_string(page).expect("docs/access.md");
    let (_, part) = page.split_once("## With the password given again").unwrap();
    let listed = part
        .lines()
        .filter_map(|line| line.strip_prefix("- `")?.strip_suffix('`'));
    listed.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_session_that_gave_its_password_long_ago_is_asked_for_it_exactly_where_the_table_says() {
    let app = TestApp::start().await;
    fill_example_book(&app).await;
    let listed = asking();
    assert_eq!(listed.len(), 7, "{listed:?}");
    let stale = entity::token::Entity::update_many()
        .col_expr(
            entity::token::Column::ConfirmedUntil,
            Expr::value(app.state.clock.now()),
        )
        .filter(entity::token::Column::Kind.eq("session"));
    stale.exec(app.connection()).await.unwrap();
    let print = tests::house::fingerprint(&app).await;
    let mut asked = BTreeSet::new();
    for sample in samples(&server::http::document(&app.state).unwrap()) {
        if !listed.contains(&sample.operation.id) {
            continue;
        }
        let call = || sample.call(&app.client(), "default", EXAMPLE_ID);
        let answer = call().if_match("\"1\"").await.refused(403, "confirm-password");
        assert!(
            answer.json["detail"]
                .as_str()
                .unwrap()
                .contains("/v1/auth/confirm"),
            "{answer:?}"
        );
        // With a scope or a role too few, nobody is asked for a password.
        app.stranger().get("/v1/me").await.expect(401);
        asked.insert(sample.operation.id);
    }
    assert_eq!(asked, listed);
    assert_eq!(tests::house::fingerprint(&app).await, print);
    // Everything else goes on without.
    for sample in samples(&server::http::document(&app.state).unwrap()) {
        let ends_the_session = ["logout", "change_password", "leave_ledger", "remove_member"];
        if listed.contains(&sample.operation.id) || ends_the_session.contains(&sample.operation.id.as_str()) {
            continue;
        }
        let answer = sample
            .call(&app.client(), "default", EXAMPLE_ID)
            .if_match("\"1\"")
            .await;
        assert_ne!(answer.json["code"], "confirm-password", "{}", sample.operation.id);
    }
}

#[tokio::test]
async fn names_are_made_along_with_a_row_only_by_who_may_make_them() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    app.add_member(ana.user_id, app.ledger_id(), "adder").await;
    let add_only = TokenRow {
        scopes: "read add",
        ..TokenRow::default()
    };
    let add_only = app.add_token(app.owner().user_id, add_only).await;
    let adder = app.client_of(&ana).in_ledger(app.ledger_id());
    let by_scope = Http::new(app.address(), Some(&add_only));
    let row = |field: &str, name: &str| {
        let mut row = json!({ "date": "2026-11-21", "amount": "1", "create_missing": true });
        row[field] = name.into();
        row
    };
    let mine = adder.post("expenses", row("payee", "Corner shop")).await.ok(201);
    let patch = format!("expenses/{}", mine["id"].as_str().unwrap());
    let print = tests::house::fingerprint(&app).await;
    for (field, name) in [
        ("category", "Sushi"),
        ("category", "Food: Sushi"),
        ("account", "Purse"),
    ] {
        for http in [&adder, &by_scope] {
            let pointer = format!("/{field}");
            http.post("expenses", row(field, name))
                .await
                .refused(403, "forbidden")
                .with_faults(&[(&pointer, "forbidden")]);
        }
        let change = json!({ field: name, "create_missing": true });
        adder.patch(&patch, change).await.refused(403, "forbidden");
        let batch = json!({ "operations": [{ "op": "create", "expense": row(field, name) }] });
        adder
            .post("expenses/batch", batch)
            .await
            .refused(403, "forbidden");
    }
    for text in ["2 lunch #sushi", "2 lunch @purse", "2 @card>@purse"] {
        let line = json!({ "text": text, "today": "2026-11-21", "create_missing": true });
        for http in [&adder, &by_scope] {
            http.post("expenses/quick", line.clone())
                .await
                .refused(403, "forbidden")
                .with_faults(&[("/text", "forbidden")]);
        }
    }
    assert_eq!(tests::house::fingerprint(&app).await, print);
    // Names that are there are taken, whatever was allowed to be made; payees and tags are made by being used.
    for http in [&adder, &by_scope] {
        http.post("expenses", row("category", "Food")).await.expect(201);
        let line = json!({ "text": "2 noodles #food +trip", "today": "2026-11-21", "create_missing": true });
        http.post("expenses/quick", line).await.expect(201);
    }
    app.client()
        .post("expenses", row("category", "Sushi"))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_session_that_is_left_alone_ends() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    let http = app.client();
    app.state.clock.advance(TimeDelta::days(13));
    http.get("expenses").await.expect(200);
    server::service::token_use::store_uses(&app.state).await.unwrap();
    app.state.clock.advance(TimeDelta::days(13));
    http.get("expenses").await.expect(200);
    app.state.clock.advance(TimeDelta::days(1));
    // The use of a day ago is not stored; what counts is that of two weeks ago.
    http.get("expenses").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn default_means_ones_own_ledger() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    app.add_member(app.owner().user_id, ana.ledger_id, "editor").await;
    let body = json!({ "date": "2026-11-21", "amount": "1" });
    app.client().post("expenses", body.clone()).await.expect(201);
    app.client_of(&ana).post("expenses", body).await.expect(201);
    assert_eq!((app.rev().await, app.rev_of(ana.ledger_id).await), (1, 1));
}
