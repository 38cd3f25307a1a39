//! A commit that ends midway goes on where it was, and every row is written once.

use super::app::{App, preview_of};
use server::config::{Config, DatabaseUrl};
use server::embedded::start_with;
use server::service::import::resume_imports;
use tests::db::Backend;

/// Makes the insert of one row fail, as a dying database would.
fn trap() -> &'static str {
    match Backend::of_this_run() {
        Backend::Sqlite => {
            "CREATE TRIGGER trap BEFORE INSERT ON expense WHEN NEW.note = 'row 1500' BEGIN SELECT RAISE(ABORT, 'trap'); END"
        }
        Backend::MariaDb => {
            "CREATE TRIGGER trap BEFORE INSERT ON expense FOR EACH ROW BEGIN \
             IF NEW.note = 'row 1500' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'trap'; END IF; END"
        }
    }
}

#[tokio::test]
async fn a_commit_cut_off_midway_is_carried_on_after_a_restart_and_writes_each_row_once() {
    let app = App::start().await;
    let rows: String = (1..=2300)
        .map(|n| format!("2026-11-20,-{n}.25,Food,row {n},ref {n}\n"))
        .collect();
    let import = app
        .preview("", &format!("Date,Amount,Category,Note,External ID\n{rows}"))
        .await;
    assert_eq!(preview_of(&import), (2300, 0, 0));
    let id = import["id"].as_str().unwrap();
    app.execute(trap()).await;
    assert_eq!(
        app.send(&format!("imports/{id}/commit"), Some("c"), String::new())
            .await
            .0,
        500
    );
    let half = app.get(&format!("imports/{id}")).await;
    assert_eq!(
        (half["state"].as_str(), half["written_count"].as_u64()),
        (Some("committing"), Some(1000))
    );
    assert_eq!(app.number("SELECT COUNT(*) FROM expense").await, 1000);
    // What is half written is not dropped.
    assert_eq!(
        app.call(reqwest::Method::DELETE, &format!("imports/{id}"))
            .await
            .0,
        409
    );

    app.execute("DROP TRIGGER trap").await;
    // Another server over the same database takes up what it finds, and so does this one, at once.
    let mut config = Config::default();
    config.database.urls = vec![DatabaseUrl::from(app.app.test_db().url())];
    let other = Box::pin(start_with(config)).await.unwrap();
    resume_imports(&app.app.state, || false).await.unwrap();
    other.shutdown().await;
    let done = app.get(&format!("imports/{id}")).await;
    assert_eq!(
        (done["state"].as_str(), done["written_count"].as_u64()),
        (Some("committed"), Some(2300))
    );
    assert_eq!(
        app.sums("kind").await,
        [("expense".into(), 2300, 2300 * 2301 / 2 * 100 + 2300 * 25)]
    );
    assert_eq!(
        app.number("SELECT COUNT(DISTINCT external_id) FROM expense")
            .await,
        2300
    );
    assert_eq!(
        app.number("SELECT COUNT(DISTINCT op_id) FROM `change` WHERE kind = 'commit_import'")
            .await,
        1
    );
    // The key of the answer that never came finds the import written.
    assert_eq!(
        app.send(&format!("imports/{id}/commit"), Some("c"), String::new())
            .await,
        (200, done)
    );
    resume_imports(&app.app.state, || false).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM expense").await, 2300);
}

#[tokio::test]
async fn rows_that_were_staged_and_never_shown_are_removed_by_the_job() {
    let app = App::start().await;
    let import = app.preview("", "Date,Amount\n2026-11-20,1\n").await;
    let old = "UPDATE import SET state = 'reading', created_at = '2020-01-01 00:00:00'";
    let old = if Backend::of_this_run() == Backend::Sqlite {
        old.replace("00:00:00'", "00:00:00.000000+00:00'")
    } else {
        old.into()
    };
    app.execute(&old).await;
    assert_eq!(
        app.call(
            reqwest::Method::GET,
            &format!("imports/{}", import["id"].as_str().unwrap())
        )
        .await
        .0,
        404
    );
    assert!(app.get("imports").await["items"].as_array().unwrap().is_empty());
    resume_imports(&app.app.state, || false).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM import").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM import_row").await, 0);
}
