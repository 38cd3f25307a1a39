//! How SQLite reads a report: through the covering index, whatever ANALYZE has told it of the rows.

use super::record;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use server::store::filter::Filter;
use server::store::report::{GroupBy, select_sums};
use tests::server::TestApp;

/// The steps of the plan that read the expenses.
async fn steps(app: &TestApp, filter: &Filter, by: GroupBy) -> Vec<String> {
    let db = app.connection();
    let select = select_sums(app.ledger_id(), &[(filter, by)]).unwrap();
    let statement = db.get_database_backend().build(&select);
    let explain = Statement {
        sql: format!("EXPLAIN QUERY PLAN {}", statement.sql),
        ..statement
    };
    let rows = db.query_all_raw(explain).await.unwrap();
    let steps = rows
        .iter()
        .map(|row| row.try_get::<String>("", "detail").unwrap());
    steps.filter(|step| step.contains("expense")).collect()
}

/// So many times as many rows, each under an id of its own.
async fn multiply(app: &TestApp, times: u32) {
    let db = app.connection();
    let columns = Statement::from_string(DbBackend::Sqlite, "SELECT name FROM pragma_table_info('expense')");
    let columns = db.query_all_raw(columns).await.unwrap();
    let names: Vec<String> = columns
        .iter()
        .map(|row| row.try_get("", "name").unwrap())
        .collect();
    let values = names.iter().map(|name| match name.as_str() {
        "id" => "randomblob(16)",
        name => name,
    });
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {times}) \
         INSERT INTO expense ({}) SELECT {} FROM expense, n",
        names.join(", "),
        values.collect::<Vec<_>>().join(", ")
    );
    db.execute_unprepared(&sql).await.unwrap();
}

#[tokio::test]
async fn sums_without_a_period_are_read_from_the_covering_index_after_analyze() {
    let app = TestApp::start().await;
    let db = app.connection();
    if db.get_database_backend() != DbBackend::Sqlite {
        return;
    }
    let rows = (0..400).map(|n| {
        json!({
            "date": format!("2026-{:02}-{:02}", n / 40 + 1, n % 28 + 1), "amount": "3", "create_missing": true,
            "category": format!("Category {}", n % 21), "account": format!("Account {}", n % 4),
        })
    });
    record(&app.client(), rows.collect()).await;
    multiply(&app, 50).await;
    for is_analyzed in [false, true] {
        if is_analyzed {
            db.execute_unprepared("ANALYZE").await.unwrap();
        }
        for by in [GroupBy::All, GroupBy::Category, GroupBy::Account, GroupBy::Day] {
            let steps = steps(&app, &Filter::default(), by).await;
            assert!(
                matches!(steps.as_slice(), [step] if step.contains("COVERING INDEX") && step.contains("spent_on>")),
                "{by:?}, analyzed {is_analyzed}: {steps:?}"
            );
        }
    }
}
