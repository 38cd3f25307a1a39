//! Reports: every figure against the rows it links to, and against a real household's known sums.

mod by_member;
mod compare;
mod household;
mod links;
mod plan;
mod refuse;

use serde_json::{Value, json};
use tests::client::Http;
use tests::server::TestApp;

/// Records rows, 500 a change.
async fn record(http: &Http, rows: Vec<Value>) {
    for some in rows.chunks(500) {
        let operations: Vec<Value> = some
            .iter()
            .map(|row| json!({ "op": "create", "expense": row }))
            .collect();
        http.post("expenses/batch", json!({ "operations": operations }))
            .await
            .ok(200);
    }
}

#[tokio::test]
async fn by_category_sums_a_parent_with_its_children_and_shares_to_a_hundred() {
    let app = TestApp::start().await;
    let http = app.client();
    record(&http, vec![
        json!({ "date": "2026-11-01", "amount": "10.00", "category": "Food" }),
        json!({ "date": "2026-11-02", "amount": "5.00", "category": "Food: Sushi", "create_missing": true }),
        json!({ "date": "2026-11-03", "amount": "2.50", "category": "Food", "kind": "refund" }),
        json!({ "date": "2026-11-03", "amount": "3.00" }),
        json!({ "date": "2026-11-03", "amount": "100.00", "kind": "income" }),
        json!({ "date": "2026-11-04", "amount": "7.00", "kind": "transfer", "category": "Rent" }),
    ])
    .await;
    let report = http.get("reports/by-category").await.ok(200);
    let rows = report["rows"].as_array().unwrap();
    let figures: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["label"].as_str().unwrap(),
                row["totals"][0]["net"].as_str().unwrap(),
                &row["totals"][0]["share"],
            )
        })
        .collect();
    assert_eq!(
        figures,
        [
            ("Food", "12.50", &json!("80.65")),
            ("Sushi", "5.00", &json!(null)),
            ("Uncategorised", "3.00", &json!("19.35"))
        ]
    );
    assert_eq!(rows[0]["own"][0]["net"], "7.50");
    assert_eq!(rows[1]["parent_key"], rows[0]["key"]);
    assert_eq!(report["totals"][0]["income"], "100.00");
    assert_eq!(
        report["transfers"],
        json!([{ "currency": "EUR", "amount": "7.00", "count": 1 }])
    );
    assert_eq!(
        (&report["from"], &report["to"]),
        (&json!("2026-11-01"), &json!("2026-11-04"))
    );
}

#[tokio::test]
async fn empty_months_are_there_as_zero() {
    let app = TestApp::start().await;
    let http = app.client();
    record(
        &http,
        vec![
            json!({ "date": "2026-01-31", "amount": "0.10" }),
            json!({ "date": "2026-01-31", "amount": "0.20" }),
            json!({ "date": "2026-03-01", "amount": "1.00" }),
        ],
    )
    .await;
    let report = http.get("reports/by-month").await.ok(200);
    let rows = report["rows"].as_array().unwrap();
    let figures: Vec<_> = rows
        .iter()
        .map(|row| ["key", "label", "from", "to"].map(|name| row[name].as_str().unwrap()))
        .zip(rows.iter().map(|row| row["totals"][0]["net"].as_str().unwrap()))
        .collect();
    assert_eq!(
        figures,
        [
            (["2026-01", "Jan 2026", "2026-01-31", "2026-01-31"], "0.30"),
            (["2026-02", "Feb 2026", "2026-02-01", "2026-02-28"], "0.00"),
            (["2026-03", "Mar 2026", "2026-03-01", "2026-03-01"], "1.00"),
        ]
    );
}

#[tokio::test]
async fn a_filter_on_a_subcategory_sums_it_alone_below_its_parent() {
    let app = TestApp::start().await;
    let http = app.client();
    record(&http, vec![
        json!({ "date": "2026-11-01", "amount": "10.00", "category": "Food" }),
        json!({ "date": "2026-11-02", "amount": "5.00", "category": "Food: Sushi", "create_missing": true }),
        json!({ "date": "2026-11-02", "amount": "1.00", "category": "Rent" }),
    ])
    .await;
    let report = http
        .get("reports/by-category?category=Food:%20Sushi")
        .await
        .ok(200);
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(labels(rows), ["Food", "Sushi"]);
    assert_eq!(
        (&rows[0]["totals"][0]["net"], &rows[0]["own"][0]["net"]),
        (&json!("5.00"), &json!("0.00"))
    );
    assert_eq!(rows[0]["totals"][0]["share"], "100.00");
    assert_eq!(http.walk(rows[0]["rows_url"].as_str().unwrap()).await.len(), 1);
    assert_eq!(
        http.walk(rows[0]["own_rows_url"].as_str().unwrap()).await.len(),
        0
    );
    let report = http
        .get("reports/by-category?category=food&category_only=true")
        .await
        .ok(200);
    assert_eq!(labels(report["rows"].as_array().unwrap()), ["Food"]);
    assert_eq!(report["totals"][0]["net"], "10.00");
}

#[tokio::test]
async fn what_is_largest_comes_first_and_equal_ones_by_name() {
    let app = TestApp::start().await;
    let http = app.client();
    record(
        &http,
        vec![
            json!({ "date": "2026-11-01", "amount": "3", "payee": "b" }),
            json!({ "date": "2026-11-01", "amount": "3", "payee": "a" }),
            json!({ "date": "2026-11-01", "amount": "9", "payee": "c" }),
            json!({ "date": "2026-11-01", "amount": "4", "payee": "back", "kind": "refund" }),
            json!({ "date": "2026-11-01", "amount": "99999", "payee": "yen", "currency": "JPY" }),
            json!({ "date": "2026-11-01", "amount": "5", "payee": "c", "currency": "CHF" }),
            json!({ "date": "2026-11-01", "amount": "1", "payee": "moved", "kind": "transfer" }),
        ],
    )
    .await;
    let report = http.get("reports/by-payee").await.ok(200);
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(labels(rows), ["c", "a", "b", "yen", "back"]);
    let shares: Vec<_> = rows
        .iter()
        .map(|row| row["totals"][0]["share"].as_str())
        .collect();
    assert_eq!(
        shares,
        [Some("60.00"), Some("20.00"), Some("20.00"), Some("100.00"), None]
    );
    let currencies = |totals: &Value| -> Vec<String> {
        totals
            .as_array()
            .unwrap()
            .iter()
            .map(|total| total["currency"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(currencies(&rows[0]["totals"]), ["EUR", "CHF"]);
    assert_eq!(currencies(&rows[3]["totals"]), ["JPY"]);
    assert_eq!(currencies(&report["totals"]), ["EUR", "CHF", "JPY"]);
    assert_eq!(report["totals"][0]["net"], "11.00");
}

#[tokio::test]
async fn a_row_with_two_tags_is_in_both_and_once_in_the_totals() {
    let app = TestApp::start().await;
    let http = app.client();
    record(
        &http,
        vec![
            json!({ "date": "2026-11-01", "amount": "3", "tags": ["trip", "food"] }),
            json!({ "date": "2026-11-01", "amount": "4", "tags": ["trip"] }),
            json!({ "date": "2026-11-01", "amount": "1" }),
        ],
    )
    .await;
    let report = http.get("reports/by-tag").await.ok(200);
    assert_eq!(
        labels(report["rows"].as_array().unwrap()),
        ["trip", "food", "No tag"]
    );
    assert_eq!(report["rows"][0]["totals"][0]["net"], "7.00");
    assert_eq!(
        report["totals"][0],
        json!({
            "currency": "EUR", "spent": "8.00", "refunded": "0.00", "net": "8.00", "income": "0.00",
            "count": 3, "income_count": 0, "share": null,
        })
    );
    let report = http.get("reports/by-tag?tag=food").await.ok(200);
    assert_eq!(labels(report["rows"].as_array().unwrap()), ["food"]);
}

#[tokio::test]
async fn days_are_filled_only_where_both_ends_are_asked_for() {
    let app = TestApp::start().await;
    let http = app.client();
    record(
        &http,
        vec![
            json!({ "date": "2026-11-01", "amount": "3" }),
            json!({ "date": "2026-11-04", "amount": "4" }),
        ],
    )
    .await;
    let count = async |query: &str| {
        let report = http.get(&format!("reports/by-day?{query}")).await.ok(200);
        report["rows"].as_array().unwrap().len()
    };
    assert_eq!(count("").await, 2);
    assert_eq!(count("from=2026-11-01").await, 2);
    assert_eq!(count("from=2026-10-31&to=2026-11-05").await, 6);
    assert_eq!(count("from=2026-11-04&to=2026-11-04").await, 1);
    assert_eq!(count("from=2016-11-15&to=2026-11-22").await, 3_660);
    assert_eq!(count("from=2016-11-14&to=2026-11-22").await, 2);
    assert_eq!(count("from=1970-01-01&to=2199-12-31").await, 2);
    let report = http
        .get("reports/by-day?from=2026-11-01&to=2026-11-02")
        .await
        .ok(200);
    assert_eq!(report["rows"][1]["label"], "Mon 2 Nov 2026");
    assert_eq!(report["rows"][1]["totals"][0]["count"], 0);
}

#[tokio::test]
async fn months_begin_where_the_ledgers_do() {
    let app = TestApp::start().await;
    let http = app.client();
    record(
        &http,
        vec![
            json!({ "date": "2026-01-30", "amount": "1" }),
            json!({ "date": "2026-01-31", "amount": "2" }),
            json!({ "date": "2026-02-27", "amount": "4" }),
            json!({ "date": "2026-02-28", "amount": "8" }),
            json!({ "date": "2026-03-31", "amount": "16" }),
        ],
    )
    .await;
    http.patch("/v1/ledgers/default", json!({ "month_start_day": 31 }))
        .await
        .ok(200);
    let report = http.get("reports/by-month?from=2026-01-30").await.ok(200);
    let months: Vec<_> = report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                ["key", "from", "to"].map(|name| row[name].as_str().unwrap()),
                row["totals"][0]["net"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        months,
        [
            (["2025-12", "2026-01-30", "2026-01-30"], "1.00"),
            (["2026-01", "2026-01-31", "2026-02-27"], "6.00"),
            (["2026-02", "2026-02-28", "2026-03-30"], "8.00"),
            (["2026-03", "2026-03-31", "2026-03-31"], "16.00"),
        ]
    );
}

#[tokio::test]
async fn a_ledger_without_rows_has_reports_too() {
    let app = TestApp::start().await;
    let http = app.client();
    for kind in [
        "summary",
        "by-category",
        "by-month",
        "by-day",
        "by-account",
        "by-payee",
        "by-member",
        "by-tag",
    ] {
        let report = http.get(&format!("reports/{kind}")).await.ok(200);
        assert_eq!((&report["from"], &report["to"]), (&Value::Null, &Value::Null));
        assert_eq!(report["totals"][0]["net"], "0.00");
        assert_eq!(report["transfers"], json!([]));
        assert_eq!(
            report["rows"].as_array().unwrap().len(),
            usize::from(kind == "summary")
        );
    }
    let report = http
        .get("reports/by-month?from=2026-01-15&to=2026-03-15&currency=JPY")
        .await
        .ok(200);
    assert_eq!(report["rows"].as_array().unwrap().len(), 3);
    assert_eq!(
        report["rows"][1]["totals"],
        json!([{
            "currency": "JPY", "spent": "0", "refunded": "0", "net": "0", "income": "0",
            "count": 0, "income_count": 0, "share": null,
        }])
    );
    let report = http
        .get("reports/by-month?from=1970-01-01&to=2199-12-31")
        .await
        .ok(200);
    assert_eq!(report["rows"].as_array().unwrap().len(), 230 * 12);
}

#[tokio::test]
async fn a_report_costs_three_statements_at_most() {
    let app = TestApp::start().await;
    let http = app.client();
    record(&http, vec![json!({ "date": "2026-11-01", "amount": "3", "category": "Food", "tags": ["trip"], "payee": "x" })]).await;
    for kind in [
        "summary",
        "by-category",
        "by-month",
        "by-day",
        "by-account",
        "by-payee",
        "by-member",
        "by-tag",
        "compare",
    ] {
        let path = format!(
            "reports/{kind}?from=2026-11-01&to=2026-11-30&category=Food&tag=trip&payee=x&account=Card&paid_by=local"
        );
        let (cost, answer) = app.statements_of(http.get(&path).send()).await;
        answer.ok(200);
        assert!(cost <= 3, "{cost} statements for {kind}");
    }
}

/// The labels of rows, in order.
fn labels(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["label"].as_str().unwrap()).collect()
}
