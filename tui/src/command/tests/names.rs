//! The four dictionaries.

use super::*;

#[tokio::test]
async fn dictionaries_are_listed_with_parents_and_changed_by_name_in_any_case() {
    let fake = server();
    let data = ran(&fake, &["categories"]).await.data();
    assert_eq!(data, "Food\nFood: Groceries\n");
    assert_eq!(
        ran(&fake, &["accounts", "list"]).await.data(),
        "Bank  bank\nCard  card\n"
    );
    fake.on("update_category", &named(FOOD, "Essen", json!({})));
    ran(&fake, &["categories", "rename", "FOOD", "Essen"])
        .await
        .data();
    let request = fake.requests_of("update_category").remove(0);
    assert_eq!(
        (request.if_match.as_deref(), request.path.as_str()),
        (Some("\"5\""), format!("/categories/{FOOD}").as_str())
    );
    assert_eq!(request.body_value::<Value>(), Some(json!({ "name": "Essen" })));
    fake.on(
        "merge_account",
        &json!({ "operation_id": FOOD, "moved": 12, "is_done": true }),
    );
    let merged = ran(&fake, &["accounts", "merge", "card", "bank"]).await;
    assert_eq!(merged.talk, "12 rows of card moved to bank.\n");
    assert_eq!(
        fake.requests_of("merge_account")[0].body_value::<Value>(),
        Some(json!({ "into_id": BANK }))
    );
    fake.on("create_category", &named(GROCERIES, "Sushi", json!({})));
    ran(&fake, &["categories", "add", "Sushi", "--under", "food"])
        .await
        .data();
    assert_eq!(
        fake.requests_of("create_category")[0].body_value::<Value>(),
        Some(json!({ "name": "Sushi", "parent_id": FOOD }))
    );
}

#[tokio::test]
async fn an_unknown_name_gets_the_nearest_one_and_nothing_is_written() {
    let fake = server();
    let (code, sentence) = ran(&fake, &["categories", "archive", "Grocries"]).await.failure();
    assert_eq!(code, 65);
    assert_eq!(sentence, "No category is called Grocries - perhaps Groceries");
    assert!(
        fake.operations()
            .iter()
            .all(|operation| *operation == "list_categories")
    );
}
