//! A real household's four years through the commands: every row read, every figure as worked out elsewhere.

use serde_json::{Value, json};
use tests::daemon::Household;
use tests::program::sample;

const FILE: &str = "csv/daily-household-transactions.csv";
const COLUMNS: &str = "date=Date,account=Mode,category=Category,subcategory=Subcategory,note=Note,amount=Amount,\
                       kind=Income/Expense,currency=Currency";

/// The row of that label that is below no other.
fn labelled<'a>(report: &'a Value, label: &str) -> &'a Value {
    let mut rows = report["rows"].as_array().unwrap().iter();
    let row = rows.find(|row| row["label"] == label && row["parent_key"].is_null());
    &row.unwrap_or_else(|| panic!("no row {label}"))["totals"][0]
}

#[test]
fn the_household_file_comes_in_whole_and_its_figures_are_exact() {
    let Some(file) = sample(FILE) else { return };
    let house = Household::new();
    let file = file.display().to_string();
    let import = [
        "import",
        &file,
        "--columns",
        COLUMNS,
        "--date-format",
        "mdy",
        "--kind-map",
        "Expense=expense,Income=income,Transfer-Out=transfer",
        "--create-missing",
        "--yes",
    ];
    let refused = house.expense(&import[..8]).failed(65);
    assert!(
        refused.contains("Nothing was written"),
        "names that are not there: {refused}"
    );
    let printed = house.expense(&import).ok();
    assert!(printed.contains("2461 rows written"), "{printed}");

    let report = |name: &str| {
        let period = [
            "report",
            name,
            "--from",
            "2015-01-01",
            "--to",
            "2018-12-31",
            "--json",
        ];
        house.expense(&period).json()
    };
    let summary = report("summary");
    let total = &summary["totals"][0];
    assert_eq!(
        (&total["currency"], &total["spent"], &total["income"]),
        (&json!("INR"), &json!("1957390.53"), &json!("3042397.35"))
    );
    assert_eq!(
        (&total["count"], &total["income_count"]),
        (&json!(2301), &json!(125))
    );
    assert_eq!(
        summary["transfers"],
        json!([{ "currency": "INR", "amount": "1770780.90", "count": 160 }])
    );
    let by_month = house.expense(&["report", "by-month", "--json"]).json();
    assert_eq!(by_month["rows"].as_array().unwrap().len(), 45);
    for (month, net) in [
        ("Jan 2018", "142080.90"),
        ("Nov 2017", "64364.00"),
        ("Sep 2018", "4724.00"),
    ] {
        assert_eq!(labelled(&by_month, month)["net"], net);
    }
    let transfer = labelled(&report("by-category"), "Money transfer").clone();
    assert_eq!(
        (&transfer["net"], &transfer["share"]),
        (&json!("606528.90"), &json!("30.99"))
    );
    let by_account = report("by-account");
    assert_eq!(labelled(&by_account, "Cash")["net"], "173431.00");
    assert_eq!(labelled(&by_account, "Credit Card")["net"], "205254.01");

    let app = house.open_at(140, 40);
    app.wait("1 Expenses");
    let again = house
        .expense(&[
            "list",
            "--limit",
            "3000",
            "--from",
            "2015-01-01",
            "--to",
            "2018-12-31",
        ])
        .ok();
    assert_eq!(again.lines().count(), 2461);
}
