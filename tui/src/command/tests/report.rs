//! `report`, and `expense` alone.

use super::*;

fn total(currency: &str, net: &str, share: Value) -> Value {
    let zero = if currency == "JPY" { "0" } else { "0.00" };
    json!({
        "currency": currency, "spent": net, "refunded": zero, "net": net, "income": zero, "count": 2,
        "income_count": 0, "share": share,
    })
}

fn row(key: &str, label: &str, parent: Option<&str>, totals: Value) -> Value {
    json!({ "key": key, "label": label, "parent_key": parent, "totals": totals, "rows_url": "/x" })
}

fn by_category() -> Value {
    json!({
        "from": "2026-11-01", "to": "2026-11-30", "base_currency": "EUR",
        "rows": [
            row("rent", "Rent", None, json!([total("EUR", "300.00", json!("75.00"))])),
            row("g", "Groceries", Some("f"), json!([total("EUR", "80.00", json!(null))])),
            row("f", "Food", None, json!([total("EUR", "100.00", json!("25.00")), total("JPY", "900", json!("100.00"))])),
        ],
        "totals": [total("EUR", "400.00", json!(null)), total("JPY", "900", json!(null))],
        "transfers": [{ "currency": "EUR", "amount": "200.00", "count": 1 }],
        "rows_url": "/x", "transfers_url": "/y",
    })
}

#[tokio::test]
async fn a_report_is_one_table_a_currency_with_categories_under_their_parents() {
    let fake = server();
    fake.on("report_by_category", &by_category());
    let ran = ran(&fake, &["report", "by-category", "--month", "2026-11"]).await;
    assert_eq!(ran.talk, "1-30 Nov 2026\n");
    let bar = |length: usize| "#".repeat(length);
    let expected = format!(
        "\
Category        EUR      %  Rows
Rent         300.00  75.00     2  {}
Food         100.00  25.00     2  {}
  Groceries   80.00            2  {}
Total        400.00            2
Category  JPY       %  Rows
Food      900  100.00     2  {}
Total     900             2
Transfers, apart: 200.00 EUR in 1
",
        bar(24),
        bar(8),
        bar(6),
        bar(24)
    );
    assert_eq!(ran.data(), expected);
}

#[tokio::test]
async fn without_a_command_and_a_terminal_the_month_and_the_next_commands_are_printed() {
    let fake = server();
    fake.on("report_by_category", &by_category());
    let data = ran(&fake, &[]).await.data();
    assert!(data.starts_with("Personal  1-30 Nov 2026\nCategory"), "{data}");
    assert!(data.contains("expense add '12.50 lunch #food'"), "{data}");
    let query = fake.requests_of("report_by_category").remove(0).query;
    assert_eq!(query, "from=2026-11-01&to=2026-11-30");
}

#[tokio::test]
async fn a_comparison_is_of_this_month_unless_told_otherwise_and_shows_what_changed() {
    let fake = server();
    let mut report = by_category();
    report["rows"][0]["before"] = json!([total("EUR", "150.00", json!(null))]);
    report["before"] = json!([total("EUR", "500.00", json!(null))]);
    fake.on("report_compare", &report);
    let data = ran(&fake, &["report", "compare"]).await.data();
    assert_eq!(
        fake.requests_of("report_compare")[0].query,
        "before_from=2026-10-01&before_to=2026-10-21&from=2026-11-01&to=2026-11-30",
        "what is not over is compared with as many days"
    );
    let lines: Vec<Vec<_>> = data
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[1], ["Rent", "300.00", "150.00", "150.00", "+100"]);
    assert_eq!(lines[4], ["Total", "400.00", "500.00", "-100.00", "-20"]);
}

#[tokio::test]
async fn by_member_says_below_each_currency_who_owes_whom() {
    let fake = server();
    let mut report = by_category();
    report["rows"] = json!([
        row("a", "Ana", None, json!([total("EUR", "300.00", json!("75.00"))])),
        row(
            "none",
            "Nobody named",
            None,
            json!([
                total("EUR", "100.00", json!("25.00")),
                total("JPY", "900", json!("100.00"))
            ])
        ),
    ]);
    let (ana, ben) = (id("00000001"), id("00000002"));
    report["balances"] = json!([
        {
            "currency": "EUR", "total": "300.00", "unassigned": "100.00",
            "members": [
                { "user_id": ana, "name": "Ana", "paid": "300.00", "even_share": "150.00", "balance": "150.00" },
                { "user_id": ben, "name": "Ben", "paid": "0.00", "even_share": "150.00", "balance": "-150.00" },
            ],
            "payments": [{ "from": ben, "to": ana, "amount": "150.00" }],
        },
        { "currency": "JPY", "total": "0", "unassigned": "900", "members": [], "payments": [] },
    ]);
    fake.on("report_by_member", &report);
    let data = ran(&fake, &["report", "by-member", "--month", "2026-11"])
        .await
        .data();
    let lines: Vec<&str> = data.lines().collect();
    assert!(
        lines[0].starts_with("Paid by") && lines[1].starts_with("Ana"),
        "{data}"
    );
    assert_eq!(
        lines[4],
        "Ana 300.00, Ben 0.00: Ben owes Ana 150.00; 100.00 with nobody named"
    );
    assert_eq!(lines[8], "900 with nobody named as who paid");
}
