//! What a report refuses, with everything that is wrong told at once.

use serde_json::json;
use tests::server::TestApp;

const REPORTS: [&str; 9] = [
    "summary",
    "by-category",
    "by-month",
    "by-day",
    "by-account",
    "by-payee",
    "by-member",
    "by-tag",
    "compare",
];

#[tokio::test]
async fn a_reversed_period_is_refused() {
    let app = TestApp::start().await;
    let http = app.client();
    for report in REPORTS {
        let path = format!("reports/{report}?from=2026-11-02&to=2026-11-01");
        http.get(&path)
            .await
            .refused(422, "unprocessable")
            .with_faults(&[("/to", "reversed")]);
    }
}

#[tokio::test]
async fn unknown_names_and_broken_rules_are_told_together() {
    let app = TestApp::start().await;
    let http = app.client();
    for report in REPORTS {
        let path = format!("reports/{report}?from=2026-11-02&to=2026-11-03&category=Nowhere&payee=nobody");
        http.get(&path)
            .await
            .refused(409, "unknown-name")
            .with_faults(&[("/category", "unknown-name"), ("/payee", "unknown-name")]);
        let path = format!("{path}&min=5&max=4");
        http.get(&path).await.refused(422, "unprocessable").with_faults(&[
            ("/category", "unknown-name"),
            ("/max", "reversed"),
            ("/payee", "unknown-name"),
        ]);
    }
}

#[tokio::test]
async fn what_breaks_the_schema_is_refused_by_name() {
    let app = TestApp::start().await;
    let http = app.client();
    for report in REPORTS {
        let path = format!("reports/{report}?from=2026-02-31&to=2026-03-01&kind=loan&colour=red");
        http.get(&path).await.refused(400, "validation").with_faults(&[
            ("/colour", "unknown"),
            ("/from", "no-such-day"),
            ("/kind", "pattern"),
        ]);
        http.get(&format!("reports/{report}?from=2026-01-01&from=2026-01-02"))
            .await
            .refused(400, "validation");
    }
    http.get("reports/by-weather").await.refused(404, "not-found");
    http.post("reports/summary", json!({}))
        .await
        .refused(405, "method-not-allowed");
}

#[tokio::test]
async fn a_comparison_needs_two_whole_periods() {
    let app = TestApp::start().await;
    let http = app.client();
    http.get("reports/compare")
        .await
        .refused(422, "unprocessable")
        .with_faults(&[("/from", "missing"), ("/to", "missing")]);
    http.get("reports/compare?from=2026-01-01&to=2026-01-31&before_from=2025-01-01")
        .await
        .refused(422, "unprocessable")
        .with_faults(&[("/before_from", "missing")]);
    http.get("reports/compare?from=2026-01-01&to=2026-01-31&before_from=2025-01-02&before_to=2025-01-01")
        .await
        .refused(422, "unprocessable");
    http.get("reports/compare?from=1970-01-01&to=1970-01-31")
        .await
        .refused(422, "unprocessable")
        .with_faults(&[("/before_from", "missing")]);
}

#[tokio::test]
async fn another_ledgers_reports_are_out_of_reach_and_its_rows_in_no_sum() {
    let app = TestApp::start().await;
    let http = app.client();
    http.post(
        "expenses",
        json!({ "date": "2026-11-01", "amount": "5", "category": "Food" }),
    )
    .await
    .ok(201);
    let stranger = app.add_person("ben").await;
    let theirs = app.client_of(&stranger);
    for report in REPORTS {
        let path = format!("reports/{report}?from=2026-11-01&to=2026-11-30");
        theirs
            .in_ledger(app.ledger_id())
            .get(&path)
            .await
            .refused(404, "not-found");
        assert_eq!(theirs.get(&path).await.ok(200)["totals"][0]["count"], 0);
        app.stranger().get(&path).await.refused(401, "unauthenticated");
    }
    let categories = http.get("reports/by-category").await.ok(200);
    let food = categories["rows"][0]["key"].as_str().unwrap();
    theirs
        .get(&format!("reports/by-month?category={food}"))
        .await
        .refused(409, "unknown-name");
}
