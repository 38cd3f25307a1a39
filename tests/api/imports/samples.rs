//! Files of real banks and of a real household, where they lie beside the repository: counts and exact sums.

use super::app::{App, preview_of};
use serde_json::Value;
use std::path::PathBuf;

/// The folder of samples, in the workspace's folder or one above it.
fn samples() -> Option<PathBuf> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let found = here
        .ancestors()
        .map(|folder| folder.join("shared/samples"))
        .find(|folder| folder.is_dir());
    if found.is_none() {
        eprintln!(
            "SKIPPED: there is no shared/samples in {} or above it",
            here.display()
        );
    }
    found
}

const HOUSEHOLD: &str = "columns=date%3DDate%2Caccount%3DMode%2Ccategory%3DCategory%2Csubcategory%3DSubcategory%2Cnote%3DNote\
    %2Camount%3DAmount%2Ckind%3DIncome%2FExpense%2Ccurrency%3DCurrency&date_format=mdy\
    &kind_map=Expense%3Dexpense%2CIncome%3Dincome%2CTransfer-Out%3Dtransfer&create_missing=true";

#[tokio::test]
async fn a_household_of_four_years_comes_in_to_the_last_paisa() {
    let Some(samples) = samples() else { return };
    let app = App::start().await;
    let file = std::fs::read(samples.join("csv/daily-household-transactions.csv")).unwrap();
    let import = app.preview_bytes(HOUSEHOLD, file).await;
    assert_eq!(preview_of(&import), (2461, 0, 0), "{import:#}");
    let done = app.commit(&import).await;
    assert_eq!(
        (done["state"].as_str(), done["written_count"].as_u64()),
        (Some("committed"), Some(2461))
    );
    let sums = |rows: &[(&str, i64, i64)]| -> Vec<(String, i64, i64)> {
        rows.iter()
            .map(|(word, count, minor)| ((*word).to_owned(), *count, *minor))
            .collect()
    };
    assert_eq!(
        app.sums("expense.kind").await,
        sums(&[
            ("expense", 2176, 195_739_053),
            ("income", 125, 304_239_735),
            ("transfer", 160, 177_078_090)
        ])
    );
    assert_eq!(
        app.sums("expense.currency").await,
        sums(&[("INR", 2461, 677_056_878)])
    );
    // By top category: the subcategories belong to theirs, and no name of one level was taken for the other.
    let spent = app
        .sums("CASE WHEN expense.kind = 'expense' THEN COALESCE(parent.name, category.name) END")
        .await;
    let of = |name: &str| {
        spent
            .iter()
            .find(|(word, _, _)| word == name)
            .map(|(_, _, minor)| *minor)
    };
    for (name, minor) in [
        ("Money transfer", 60_652_890),
        ("Investment", 27_185_800),
        ("Transportation", 16_905_378),
        ("Household", 16_164_558),
        ("subscription", 11_458_791),
    ] {
        assert_eq!(of(name), Some(minor), "{name}");
    }
    let days = "SELECT COUNT(DISTINCT spent_on) FROM expense WHERE spent_on < '2015-01-01' OR spent_on > '2018-09-20'";
    assert_eq!(app.number(days).await, 0);
    let months = "SELECT COUNT(DISTINCT substr(spent_on, 1, 7)) FROM expense";
    assert_eq!(app.number(months).await, 45);
    let month = "SELECT CAST(SUM(amount_minor) AS SIGNED) FROM expense WHERE kind = 'expense' AND spent_on BETWEEN '2018-01-01' AND '2018-01-31'";
    assert_eq!(app.number(month).await, 14_208_090);
    let cash = "SELECT CAST(SUM(amount_minor) AS SIGNED) FROM expense JOIN account ON account.id = expense.account_id \
                WHERE expense.kind = 'expense' AND account.name = 'Cash'";
    assert_eq!(app.number(cash).await, 17_343_100);
}

/// Each file with what it needs to be told, and how many of its rows are no transactions of an amount.
const FILES: &[(&str, &str, u64)] = &[
    (
        "us-bank-two-money-columns.csv",
        "columns=date=1,note=2,debit=4,credit=5&date_format=mdy",
        0,
    ),
    ("us-bank-parentheses.csv", "columns=date=2,note=3,amount=4", 0),
    ("nationwide-uk.csv", "columns=date=1,note=3,debit=4,credit=5", 0),
    ("fr-semicolon-comma.csv", "columns=date=2,note=3,amount=5", 0),
    ("chase-ofx-style-dates.csv", "columns=date=2,note=3,amount=4", 0),
    ("ing-diba-at-soll-haben.csv", "", 0),
    (
        "easybank-at-giro.csv",
        "columns=date=3,note=2,amount=5,currency=6",
        0,
    ),
    ("preamble-split-columns.csv", "date_format=dmy", 1),
    ("ocbc-sg-continuation-rows.csv", "", 8),
    ("revolut-2022-pending.csv", "", 1),
    (
        "vtb-ru-cp1251-preamble.csv",
        "columns=date=2,note=8,amount=6,currency=7",
        7,
    ),
    (
        "venmo-history.csv",
        "columns=date=Datetime,note=Note,amount=Amount (total),external_id=ID",
        0,
    ),
    ("suntrust-bom-crlf.csv", "", 0),
];

#[tokio::test]
async fn every_bank_file_comes_in_with_its_exact_sums() {
    let Some(samples) = samples() else { return };
    let expected: Value =
        serde_json::from_slice(&std::fs::read(samples.join("expected.json")).unwrap()).unwrap();
    for (name, query, invalid) in FILES {
        let app = App::start().await;
        let wanted = &expected[format!("csv/{name}")];
        let file = std::fs::read(samples.join("csv").join(name)).unwrap();
        let query = query.replace(' ', "%20");
        let import = app.preview_bytes(&query, file).await;
        let rows = app
            .get(&format!(
                "imports/{}/rows?limit=200",
                import["id"].as_str().unwrap()
            ))
            .await;
        let zero = u64::from(*name == "revolut-2022-pending.csv");
        let count = wanted["count"].as_u64().unwrap() - zero;
        assert_eq!(preview_of(&import), (count, 0, *invalid), "{name}: {rows:#}");
        app.commit(&import).await;
        let minor = |text: &str| {
            let (whole, cents) = text.split_once('.').unwrap_or((text, "0"));
            whole.parse::<i64>().unwrap() * 100 + format!("{cents:0<2}").parse::<i64>().unwrap()
        };
        let sums = app.sums("expense.kind").await;
        let of = |kind: &str| {
            sums.iter()
                .find(|(word, _, _)| word == kind)
                .map_or(0, |(_, _, minor)| *minor)
        };
        assert_eq!(
            of("expense"),
            minor(wanted["sum_debit"].as_str().unwrap()),
            "{name}: {sums:?}"
        );
        assert_eq!(
            of("income"),
            minor(wanted["sum_credit"].as_str().unwrap()),
            "{name}: {sums:?}"
        );
        let span = |which: &str| {
            format!(
                "SELECT COUNT(*) FROM expense WHERE spent_on = (SELECT {which}(spent_on) FROM expense) AND spent_on = '{}'",
                wanted[if which == "MIN" { "first_date" } else { "last_date" }]
                    .as_str()
                    .unwrap()
            )
        };
        assert!(
            app.number(&span("MIN")).await > 0 && app.number(&span("MAX")).await > 0,
            "{name}"
        );
        let currency = wanted["currency"].as_str().filter(|_| {
            ["two-money", "parenth", "nationwide", "revolut", "vtb", "venmo"]
                .iter()
                .any(|part| name.contains(part))
        });
        if let Some(currency) = currency {
            assert_eq!(app.sums("expense.currency").await.len(), 1, "{name}");
            assert_eq!(app.sums("expense.currency").await[0].0, currency, "{name}");
        }
    }
}

#[tokio::test]
async fn a_statement_in_an_old_encoding_keeps_its_words_and_a_named_encoding_goes_first() {
    let Some(samples) = samples() else { return };
    let file = std::fs::read(samples.join("csv/vtb-ru-cp1251-preamble.csv")).unwrap();
    let columns = "columns=date=2,note=8,amount=6,currency=7";
    for (encoding, is_russian) in [
        ("", true),
        ("&encoding=cp1251", true),
        ("&encoding=latin1", false),
    ] {
        let app = App::start().await;
        let import = app
            .preview_bytes(&format!("{columns}{encoding}"), file.clone())
            .await;
        let rows = app
            .get(&format!(
                "imports/{}/rows?limit=200",
                import["id"].as_str().unwrap()
            ))
            .await;
        assert_eq!(
            rows.to_string().contains("Карта *1234 payee1"),
            is_russian,
            "{encoding}: {rows:#}"
        );
    }
}
