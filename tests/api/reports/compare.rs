//! The comparison of two periods.

use super::{labels, record};
use serde_json::{Value, json};
use tests::server::TestApp;

#[tokio::test]
async fn a_month_is_compared_with_the_month_before_and_both_link_to_their_rows() {
    let app = TestApp::start().await;
    let http = app.client();
    record(
        &http,
        vec![
            json!({ "date": "2026-02-01", "amount": "4", "category": "Food" }),
            json!({ "date": "2026-02-28", "amount": "6", "category": "Rent" }),
            json!({ "date": "2026-03-31", "amount": "5", "category": "Food" }),
            json!({ "date": "2026-03-31", "amount": "1", "category": "Food: Sushi", "create_missing": true }),
            json!({ "date": "2026-01-31", "amount": "100", "category": "Food" }),
            json!({ "date": "2026-04-01", "amount": "100", "category": "Food" }),
        ],
    )
    .await;
    let report = http
        .get("reports/compare?from=2026-03-01&to=2026-03-31")
        .await
        .ok(200);
    let figure = |row: &Value| {
        let total = |name: &str| row[name][0]["net"].as_str().unwrap().to_owned();
        (total("totals"), total("before"))
    };
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(labels(rows), ["Food", "Sushi", "Rent"]);
    let figures: Vec<_> = rows.iter().map(figure).collect();
    let wanted = [("6.00", "4.00"), ("1.00", "0.00"), ("0.00", "6.00")];
    assert_eq!(
        figures,
        wanted.map(|(now, then)| (now.to_owned(), then.to_owned()))
    );
    assert_eq!(figure(&report), ("6.00".into(), "10.00".into()));
    assert_eq!(rows[0]["before"][0]["share"], "40.00");
    for (url, count) in [
        (&rows[0]["rows_url"], 2),
        (&rows[0]["before_rows_url"], 1),
        (&rows[2]["rows_url"], 0),
        (&rows[2]["before_rows_url"], 1),
        (&report["rows_url"], 2),
        (&report["before_rows_url"], 2),
    ] {
        assert_eq!(http.walk(url.as_str().unwrap()).await.len(), count, "{url}");
    }
}

#[tokio::test]
async fn any_period_is_compared_with_as_many_days_or_with_the_one_named() {
    let app = TestApp::start().await;
    let http = app.client();
    let day = |day: &str, amount: &str| json!({ "date": day, "amount": amount });
    record(
        &http,
        vec![
            day("2026-02-26", "1"),
            day("2026-02-27", "2"),
            day("2026-03-01", "4"),
            day("2026-03-02", "8"),
        ],
    )
    .await;
    let before = async |query: &str| {
        let report = http
            .get(&format!("reports/compare?from=2026-03-01&to=2026-03-03{query}"))
            .await
            .ok(200);
        (
            report["totals"][0]["net"].clone(),
            report["before"][0]["net"].clone(),
        )
    };
    assert_eq!(before("").await, (json!("12.00"), json!("3.00")));
    assert_eq!(
        before("&before_from=2026-02-27&before_to=2026-03-01").await,
        (json!("12.00"), json!("6.00"))
    );
}
