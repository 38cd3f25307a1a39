//! docs/schema.md is what freshly migrated databases say of themselves.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use server::db::{migrate, schema::schema_markdown};
use tests::db::{Backend, TestDb};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/schema.md");

#[tokio::test]
async fn the_schema_page_is_current() {
    let page = std::fs::read_to_string(PAGE).unwrap_or_default();
    match Backend::of_this_run() {
        Backend::Sqlite => {
            let ours = schema_markdown(None).await.unwrap();
            assert!(
                page.starts_with(&ours),
                "docs/schema.md is stale; run tests/run --docs"
            );
        }
        Backend::MariaDb => {
            let test = TestDb::empty().await;
            let db = test.connect().await;
            migrate::up(&db).await.unwrap();
            let ours = schema_markdown(Some(&db)).await.unwrap();
            if rewrite_is_asked_for() {
                std::fs::write(PAGE, &ours).unwrap();
            } else if prints_as_mariadb_does(&db).await {
                assert!(page == ours, "docs/schema.md is stale; run tests/run --docs");
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "set by tests/run --docs and by nobody else"
)]
fn rewrite_is_asked_for() -> bool {
    std::env::var_os("EXPENSE_WRITE_DOCS").is_some()
}

/// MySQL says the same in other words.
async fn prints_as_mariadb_does(db: &DatabaseConnection) -> bool {
    let version = Statement::from_string(DbBackend::MySql, "SELECT VERSION()");
    let row = db.query_one_raw(version).await.unwrap().unwrap();
    row.try_get_by_index::<String>(0).unwrap().contains("MariaDB")
}
