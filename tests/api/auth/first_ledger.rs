//! What a new person's first ledger is made of: the same rows as a private book begins with, and one change that says so.

use entity::{change, change_row};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use server::http::examples::EXAMPLE_PASSWORD;
use tests::client::Http;
use tests::server::TestApp;
use uuid::Uuid;

async fn names(http: &Http, path: &str) -> Vec<(Value, Value)> {
    let entries = http.walk(path).await;
    entries
        .into_iter()
        .map(|entry| (entry["name"].clone(), entry["kind"].clone()))
        .collect()
}

#[tokio::test]
async fn it_begins_as_the_seeded_book_does() {
    let app = TestApp::start_with(server::clock::Clock::system(), |config| {
        config.auth.open_sign_up = true;
    })
    .await;
    let body = json!({ "name": "ana", "password": EXAMPLE_PASSWORD });
    app.stranger().post("/v1/auth/sign-up", body).await.expect(201);
    let ana = super::sign_in(&app, "ana").await;
    for path in ["categories", "accounts"] {
        let (made, seeded) = (names(&ana, path).await, names(&app.client(), path).await);
        assert!(!made.is_empty());
        assert_eq!(made, seeded, "{path}");
    }
    let ledger = ana.get("/v1/ledgers/default").await.ok(200);
    let id: Uuid = ledger["id"].as_str().unwrap().parse().unwrap();
    assert_eq!((app.rev_of(id).await, app.count_changes(id).await), (1, 1));
    let change = change::Entity::find()
        .filter(change::Column::LedgerId.eq(id))
        .one(app.connection())
        .await;
    let change = change.unwrap().unwrap();
    assert_eq!((change.rev, change.kind.as_str()), (1, "create_ledger"));
    let rows = change_row::Entity::find()
        .filter(change_row::Column::LedgerId.eq(id))
        .order_by_asc(change_row::Column::N)
        .all(app.connection())
        .await
        .unwrap();
    let nouns: Vec<&str> = rows.iter().map(|row| row.noun.as_str()).collect();
    assert_eq!(nouns[..3], ["ledger", "member", "category"]);
    assert_eq!(nouns.len(), 15);
    assert!(rows.iter().all(|row| row.before_image.is_none()));
    // And it is a book like any other.
    let row = json!({ "date": "2026-11-21", "amount": "1", "category": "Food", "account": "Card" });
    ana.post("expenses", row).await.expect(201);
    assert_eq!(app.rev_of(id).await, 2);
    ana.get("members").await.expect(200);
}
