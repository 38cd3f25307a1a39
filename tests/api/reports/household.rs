//! A real household's four years, against sums worked out elsewhere. The file lies beside the repository, not in it.

use super::record;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use tests::server::TestApp;

const FILE: &str = "shared/samples/csv/daily-household-transactions.csv";

/// The file in the nearest folder above that has one.
fn sample() -> Option<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join(FILE))
        .find(|file| file.is_file())
}

/// The records of a CSV file; a field in quotes may hold commas, and quotes twice.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut records = vec![vec![String::new()]];
    let mut is_quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let record = records.last_mut().unwrap();
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => record.last_mut().unwrap().extend(chars.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => record.push(String::new()),
            '\n' if !is_quoted => records.push(vec![String::new()]),
            '\r' => {}
            c => record.last_mut().unwrap().push(c),
        }
    }
    records.retain(|record| record.len() > 1);
    records
}

fn row(record: &[String]) -> Value {
    let [date, mode, category, subcategory, note, amount, kind, currency] = record else {
        panic!("eight fields: {record:?}")
    };
    let [month, day, year] = date
        .split('/')
        .map(|part| part.parse::<u32>().unwrap())
        .collect::<Vec<_>>()[..]
    else {
        panic!("a date: {date}")
    };
    let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
    json!({
        "date": format!("{year:04}-{month:02}-{day:02}"),
        "amount": amount,
        "currency": currency,
        "kind": match kind.as_str() { "Expense" => "expense", "Income" => "income", _ => "transfer" },
        "category": given(subcategory).map_or_else(|| category.clone(), |sub| format!("{category}: {sub}")),
        "account": mode,
        "note": given(note),
        "create_missing": true,
    })
}

/// The row of that label, which no row below a parent has too.
fn labelled<'a>(report: &'a Value, label: &str) -> &'a Value {
    let rows = report["rows"].as_array().unwrap();
    let mut found = rows
        .iter()
        .filter(|row| row["label"] == label && row["parent_key"].is_null());
    let row = found.next().unwrap_or_else(|| panic!("no row {label}"));
    assert!(found.next().is_none(), "two rows {label}");
    &row["totals"][0]
}

#[tokio::test]
async fn the_sums_of_a_household_are_right_to_the_last_paisa() {
    let Some(file) = sample() else {
        // Past the harness, which would keep it to itself.
        writeln!(
            std::io::stderr(),
            "SKIPPED the_sums_of_a_household: there is no {FILE} above this repository"
        )
        .unwrap();
        return;
    };
    let rows: Vec<Value> = records(&std::fs::read_to_string(file).unwrap())
        .iter()
        .skip(1)
        .map(|record| row(record))
        .collect();
    assert_eq!(rows.len(), 2461);
    let app = TestApp::start().await;
    let http = app.client();
    record(&http, rows).await;

    let summary = http
        .get("reports/summary?from=2015-01-01&to=2018-12-31")
        .await
        .ok(200);
    assert_eq!(
        summary["totals"],
        json!([{
            "currency": "INR", "spent": "1957390.53", "refunded": "0.00", "net": "1957390.53", "income": "3042397.35",
            "count": 2176 + 125, "income_count": 125, "share": null,
        }])
    );
    assert_eq!(
        summary["transfers"],
        json!([{ "currency": "INR", "amount": "1770780.90", "count": 160 }])
    );
    assert_eq!(http.walk(summary["rows_url"].as_str().unwrap()).await.len(), 2301);
    assert_eq!(
        http.walk(summary["transfers_url"].as_str().unwrap()).await.len(),
        160
    );

    let by_month = http.get("reports/by-month").await.ok(200);
    assert_eq!(by_month["rows"].as_array().unwrap().len(), 45);
    for (month, net) in [
        ("Jan 2018", "142080.90"),
        ("Nov 2017", "64364.00"),
        ("Sep 2018", "4724.00"),
    ] {
        assert_eq!(labelled(&by_month, month)["net"], net);
    }

    let by_category = http
        .get("reports/by-category?from=2015-01-01&to=2018-12-31")
        .await
        .ok(200);
    let transfer = labelled(&by_category, "Money transfer");
    assert_eq!(
        (&transfer["net"], &transfer["share"]),
        (&json!("606528.90"), &json!("30.99"))
    );

    let by_account = http
        .get("reports/by-account?from=2015-01-01&to=2018-12-31")
        .await
        .ok(200);
    assert_eq!(labelled(&by_account, "Cash")["net"], "173431.00");
    assert_eq!(labelled(&by_account, "Credit Card")["net"], "205254.01");
}
