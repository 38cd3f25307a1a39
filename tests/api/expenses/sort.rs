//! The orders of `list_expenses`, and the bound of those that are no index's own.

use super::{created, items, plain, with};
use serde_json::{Value, json};
use tests::server::TestApp;

#[tokio::test]
async fn each_order_has_its_reverse() {
    let app = TestApp::start().await;
    let http = app.client();
    for (date, amount, payee, category) in [
        ("2026-11-03", "5.00", "Ägypten", "Rent"),
        ("2026-11-01", "7.00", "zoo", "Food"),
        ("2026-11-02", "5.00", "bakery", "Food"),
        ("2026-11-02", "0.01", "Zoo", "Travel"),
    ] {
        created(
            &http,
            json!({ "date": date, "amount": amount, "payee": payee, "category": category }),
        )
        .await;
    }
    created(&http, json!({ "date": "2026-11-09" })).await;
    for (sort, field, expected) in [
        (
            "date",
            "date",
            [
                "2026-11-01",
                "2026-11-02",
                "2026-11-02",
                "2026-11-03",
                "2026-11-09",
            ]
            .map(Value::from),
        ),
        (
            "amount",
            "amount",
            ["0.01", "5.00", "5.00", "7.00", "12.50"].map(Value::from),
        ),
        (
            "payee",
            "payee",
            [
                Value::Null,
                "Ägypten".into(),
                "bakery".into(),
                "zoo".into(),
                "zoo".into(),
            ],
        ),
        (
            "created",
            "date",
            [
                "2026-11-03",
                "2026-11-01",
                "2026-11-02",
                "2026-11-02",
                "2026-11-09",
            ]
            .map(Value::from),
        ),
        (
            "category",
            "amount",
            ["12.50", "7.00", "5.00", "5.00", "0.01"].map(Value::from),
        ),
    ] {
        let up = http.walk(&format!("expenses?sort={sort}&limit=2")).await;
        assert_eq!(
            up.iter().map(|row| row[field].clone()).collect::<Vec<_>>(),
            expected,
            "{sort}"
        );
        let mut down = http.walk(&format!("expenses?sort=-{sort}&limit=2")).await;
        down.reverse();
        assert_eq!(down, up, "-{sort}");
    }
    assert_eq!(
        http.get("expenses").await.ok(200),
        http.get("expenses?sort=-date").await.ok(200)
    );
}

#[tokio::test]
async fn sorting_more_rows_than_the_bound_needs_a_period() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = |day: &str| json!({ "op": "create", "expense": with(plain(), json!({ "date": day })) });
    for number in 0..41 {
        let day = if number == 0 { "2026-10-01" } else { "2026-11-01" };
        let body = json!({ "operations": vec![row(day); 500] });
        assert_eq!(items(&http.post("expenses/batch", body).await.ok(200)).len(), 500);
    }
    let answer = http
        .get("expenses?sort=amount")
        .await
        .refused(400, "sort-needs-range");
    answer.with_faults(&[("/sort", "sort-needs-range")]);
    http.get("expenses?sort=amount&from=2026-11-01").await.expect(200);
    http.get("expenses?sort=-date").await.expect(200);
}
