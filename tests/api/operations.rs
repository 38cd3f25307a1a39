//! `/v1/ledgers/{ledger}/operations`: what is under way, what ended, and what long work costs the database.

use serde_json::{Value, json};
use std::fmt::Write as _;
use tests::client::Http;
use tests::server::TestApp;

/// Imports so many rows with names and external ids, and gives the import.
async fn import(http: &Http, rows: usize) -> Value {
    let mut file = "Date,Amount,Note,Payee,Category,Account,Tags,external_id\n".to_owned();
    for n in 0..rows {
        let (day, cents) = (n % 28 + 1, n % 900 + 100);
        let (payee, tag) = (n % 40, n % 5);
        let _ = writeln!(
            file,
            "2026-10-{day:02},-{cents}.00,row {n},Shop {payee},Food {tag},Giro,t{tag},x{n}"
        );
    }
    let made = http
        .call(reqwest::Method::POST, "imports?create_missing=true")
        .bytes("text/csv", file)
        .await
        .ok(201);
    let at = format!("imports/{}/commit", made["id"].as_str().expect("an id"));
    let import = http.post(&at, Value::Null).await.ok(200);
    assert_eq!(import["written_count"], rows, "{import}");
    import
}

async fn last_rev(http: &Http) -> i64 {
    let page = http.get("changes?sort=-rev&limit=1").await.ok(200);
    page["rev"].as_i64().expect("a revision")
}

fn told(operation: &Value) -> (&Value, &Value, &Value, &Value) {
    (
        &operation["kind"],
        &operation["state"],
        &operation["done"],
        &operation["total"],
    )
}

#[tokio::test]
async fn what_is_under_way_comes_first_with_how_far_it_is_and_what_ended_after_it() {
    let app = TestApp::start().await;
    let http = app.client();
    let import = import(&http, 2_200).await;
    let (dying, stop) = app.impatient().await;
    let undo = format!("changes/{}/undo", last_rev(&http).await);
    let begun = dying.post(&undo, Value::Null).key("undo").await.ok(200);
    assert_eq!(begun["is_done"], false, "{begun}");
    stop.request();

    let page = http.get("operations").await.ok(200);
    let (running, ended) = (&page["items"][0], &page["items"][1]);
    assert_eq!(
        told(running),
        (&json!("undo"), &json!("running"), &json!(200), &json!(2_200))
    );
    assert_eq!(running["id"], begun["operation_id"]);
    assert_eq!(running["undoes"], import["operation_id"]);
    assert_eq!(
        told(ended),
        (
            &json!("commit_import"),
            &json!("done"),
            &json!(2_200),
            &json!(2_200)
        )
    );
    assert_eq!(ended["id"], import["operation_id"]);
    for operation in [running, ended] {
        let path = format!("operations/{}", operation["id"].as_str().unwrap());
        assert_eq!(&http.get(&path).await.ok(200), operation);
    }
    let of = async |state: &str| http.walk(&format!("operations?limit=1&state={state}")).await;
    assert_eq!(of("running").await, std::slice::from_ref(running));
    assert_eq!(of("done").await, std::slice::from_ref(ended));
    assert!(of("failed").await.is_empty());
    assert_eq!(http.walk("operations?limit=1").await.len(), 2);

    // Another undo of the same is refused, and a repeat of the key carries it to its end.
    http.post(&undo, Value::Null).await.refused(409, "not-undoable");
    let done = http.post(&undo, Value::Null).key("undo").await.ok(200);
    assert_eq!(done["is_done"], true, "{done}");
    let page = http.get("operations").await.ok(200);
    assert_eq!(
        told(&page["items"][0]),
        (&json!("undo"), &json!("done"), &json!(2_200), &json!(2_200))
    );
    assert_eq!(http.walk("expenses").await.len(), 0);
    let unknown = format!("operations/{}", api::id::new_uuid());
    http.get(&unknown).await.refused(404, "not-found");
}

#[tokio::test]
async fn an_undo_costs_a_few_statements_a_change_however_many_rows_and_names_it_has() {
    let app = TestApp::start().await;
    let http = app.client();
    import(&http, 3_000).await;
    let undo = |rev: i64| http.post(&format!("changes/{rev}/undo"), Value::Null);
    let rev = last_rev(&http).await;
    let (statements, done) = app.statements_of(async { undo(rev).await.ok(200) }).await;
    assert_eq!((&done["is_done"], &done["skipped"]), (&json!(true), &json!(0)));
    // Four changes: the names, and three of rows.
    assert!(statements < 140, "{statements} statements");
    assert_eq!(http.walk("payees").await.len(), 0);
    let rev = last_rev(&http).await;
    let (statements, done) = app.statements_of(async { undo(rev).await.ok(200) }).await;
    assert_eq!((&done["is_done"], &done["skipped"]), (&json!(true), &json!(0)));
    assert!(statements < 160, "{statements} statements to do it again");
    assert_eq!(http.walk("payees").await.len(), 40);
    assert_eq!(http.walk("expenses?limit=200").await.len(), 3_000);
}

#[tokio::test]
async fn two_that_carry_on_one_operation_do_each_step_once() {
    let app = TestApp::start().await;
    let http = app.client();
    import(&http, 3_000).await;
    let (dying, stop) = app.impatient().await;
    let undo = format!("changes/{}/undo", last_rev(&http).await);
    let begun = dying.post(&undo, Value::Null).key("undo").await.ok(200);
    stop.request();
    let others = [app.another(|_| ()).await, app.another(|_| ()).await];
    let path = format!("operations/{}", begun["operation_id"].as_str().unwrap());
    let ended = async {
        loop {
            let operation = http.get(&path).await.ok(200);
            if operation["state"] != "running" {
                return operation;
            }
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::time::timeout(std::time::Duration::from_secs(60), ended)
        .await
        .unwrap();
    assert_eq!((&ended["state"], &ended["done"]), (&json!("done"), &json!(3_000)));
    let rev = u64::try_from(app.rev().await).unwrap();
    assert_eq!(app.count_changes(app.ledger_id()).await, rev);
    assert_eq!(http.walk("expenses").await.len(), 0);
    for other in others {
        other.shutdown().await;
    }
}
