//! Two levels and no third, whichever way one tries.

use crate::dictionary::{made, names, path, text};
use serde_json::{Value, json};
use tests::client::Http;
use tests::server::TestApp;

async fn under(http: &Http, parent: &Value, name: &str) -> Value {
    let body = json!({ "name": name, "parent_id": parent["id"] });
    http.post("categories", body).await.ok(201)
}

#[tokio::test]
async fn there_are_two_levels_and_no_third() {
    let app = TestApp::start().await;
    let http = app.client();
    let (home, car) = (
        made(&http, "categories", "Home").await,
        made(&http, "categories", "Car").await,
    );
    let fuel = under(&http, &car, "Fuel").await;
    // Cousins may share a name, siblings may not.
    under(&http, &home, "Fuel").await;
    let sibling = http
        .post("categories", json!({ "name": "FUEL", "parent_id": car["id"] }))
        .await;
    sibling.refused(409, "name-taken");
    let rev = app.rev().await;
    let third = http
        .post("categories", json!({ "name": "Diesel", "parent_id": fuel["id"] }))
        .await;
    third
        .refused(422, "unprocessable")
        .with_faults(&[("/parent_id", "too-deep")]);
    let move_to = |what: &Value, parent: &Value| {
        http.patch(&path("categories", what), json!({ "parent_id": parent["id"] }))
    };
    let too_deep = [("/parent_id", "too-deep")];
    move_to(&home, &car)
        .await
        .refused(422, "unprocessable")
        .with_faults(&too_deep);
    move_to(&home, &home)
        .await
        .refused(422, "unprocessable")
        .with_faults(&too_deep);
    let both = move_to(&home, &fuel).await.refused(422, "unprocessable");
    both.with_faults(&[("/parent_id", "too-deep"), ("/parent_id", "too-deep")]);
    let nobody = json!({ "id": api::id::new_uuid() });
    let unknown = move_to(&fuel, &nobody).await.refused(409, "unknown-name");
    unknown.with_faults(&[("/parent_id", "unknown-name")]);
    // Two "Fuel" under one parent.
    move_to(&fuel, &home).await.refused(409, "name-taken");
    assert_eq!(app.rev().await, rev);
    let top = http
        .patch(&path("categories", &fuel), json!({ "parent_id": null }))
        .await
        .ok(200);
    assert_eq!(top["parent_id"], json!(null));
    assert_eq!(move_to(&fuel, &car).await.ok(200)["parent_id"], car["id"]);
}

#[tokio::test]
async fn an_archived_parent_takes_no_subcategories_and_all_faults_are_told_at_once() {
    let app = TestApp::start().await;
    let http = app.client();
    let old = made(&http, "categories", "Old").await;
    http.patch(&path("categories", &old), json!({ "is_archived": true }))
        .await
        .expect(200);
    let body = json!({ "name": " ", "parent_id": old["id"] });
    let refused = http.post("categories", body).await.refused(422, "unprocessable");
    refused.with_faults(&[("/name", "blank"), ("/parent_id", "archived")]);
    let body = json!({ "name": "Young", "parent_id": old["id"] });
    http.post("categories", body).await.refused(409, "archived");
    // Nor new rows; those it has it keeps.
    let row = json!({ "date": "2026-11-21", "amount": "1", "category_id": old["id"] });
    http.post("expenses", row).await.refused(409, "archived");
}

#[tokio::test]
async fn a_category_with_subcategories_is_not_deleted() {
    let app = TestApp::start().await;
    let http = app.client();
    let car = made(&http, "categories", "Car").await;
    let fuel = under(&http, &car, "Fuel").await;
    under(&http, &car, "Wash").await;
    let refused = http
        .delete(&path("categories", &car))
        .await
        .refused(409, "in-use");
    assert_eq!(refused.json["count"], 2);
    assert!(text(&refused.json, "detail").contains("2 subcategories"));
    http.delete(&path("categories", &fuel)).await.expect(204);
    let refused = http
        .delete(&path("categories", &car))
        .await
        .refused(409, "in-use");
    assert!(
        text(&refused.json, "detail").contains("1 subcategory;"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_category_made_on_use_keeps_to_the_two_levels() {
    let app = TestApp::start().await;
    let http = app.client();
    let car = made(&http, "categories", "Car").await;
    let fuel = under(&http, &car, "Fuel").await;
    let send = |category: &str| {
        let body =
            json!({ "date": "2026-11-21", "amount": "1", "category": category, "create_missing": true });
        http.post("expenses", body)
    };
    let row = send("Fuel: Diesel").await.ok(201);
    let diesel = http
        .get(&format!("categories/{}", text(&row, "category_id")))
        .await
        .ok(200);
    let parent = http
        .get(&format!("categories/{}", text(&diesel, "parent_id")))
        .await
        .ok(200);
    assert_eq!(
        (&parent["name"], &parent["parent_id"]),
        (&json!("Fuel"), &json!(null))
    );
    assert_ne!(parent["id"], fuel["id"]);
    http.patch(&path("categories", &car), json!({ "is_archived": true }))
        .await
        .expect(200);
    send("Car: Tyres")
        .await
        .refused(409, "archived")
        .with_faults(&[("/category", "archived")]);
    let long = send(&format!("Car2: {}", "x".repeat(101)))
        .await
        .refused(422, "unprocessable");
    long.with_faults(&[("/category", "too-long")]);
    let rows = http.walk("categories?q=tyres").await;
    assert_eq!(names(&rows), Vec::<&str>::new());
}

#[tokio::test]
async fn subcategories_go_along_with_a_merge() {
    let app = TestApp::start().await;
    let http = app.client();
    let (car, auto) = (
        made(&http, "categories", "Car").await,
        made(&http, "categories", "Auto").await,
    );
    let (fuel, wash) = (under(&http, &car, "Fuel").await, under(&http, &car, "Wash").await);
    let (their_fuel, their_tax) = (
        under(&http, &auto, "FUEL").await,
        under(&http, &auto, "Tax").await,
    );
    let mut rows = Vec::new();
    for category in [&car, &fuel, &wash, &their_fuel] {
        let body = json!({ "date": "2026-11-21", "amount": "1", "category_id": category["id"] });
        rows.push(http.post("expenses", body).await.ok(201));
    }
    let merge = |from: &Value, into: &Value| {
        http.post(
            &format!("{}/merge", path("categories", from)),
            json!({ "into_id": into["id"] }),
        )
    };
    for into in [&their_tax, &fuel] {
        let refused = merge(&car, into).await.refused(422, "unprocessable");
        refused.with_faults(&[("/into_id", "too-deep")]);
    }
    assert_eq!(merge(&car, &auto).await.ok(200)["moved"], 2);
    for gone in [&car, &fuel] {
        http.get(&path("categories", gone))
            .await
            .refused(404, "not-found");
    }
    let wash = http.get(&path("categories", &wash)).await.ok(200);
    assert_eq!(wash["parent_id"], auto["id"]);
    for (row, category) in rows.iter().zip([&auto, &their_fuel, &wash, &their_fuel]) {
        let row = http.get(&path("expenses", row)).await.ok(200);
        assert_eq!(row["category_id"], category["id"]);
    }
    // A subcategory may be merged into its own parent, or into a subcategory elsewhere.
    merge(&wash, &auto).await.expect(200);
    let food = http.walk("categories?q=food").await.remove(0);
    let sushi = under(&http, &food, "Sushi").await;
    merge(&their_fuel, &sushi).await.expect(200);
    assert_eq!(http.walk("expenses?category=Food").await.len(), 2);
}
