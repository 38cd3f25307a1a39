//! `get_expense`, and addresses that lead to nothing: a missing row, somebody else's, and what is no id at all answer alike.

use super::{at, created};
use serde_json::{Value, json};
use tests::client::Answer;
use tests::server::TestApp;

/// The body without what differs from request to request.
fn bytes(answer: Answer) -> (u16, Value) {
    let mut json = answer.json;
    json["request_id"] = json!(null);
    (answer.status, json)
}

#[tokio::test]
async fn a_deleted_row_can_still_be_read() {
    let app = TestApp::start().await;
    let row = created(&app.client(), json!({})).await;
    app.client().delete(&at(&row)).await.expect(204);
    let read = app.client().get(&at(&row)).await.ok(200);
    assert!(read["deleted_at"].is_string());
    assert_eq!(read["version"], json!(2));
}

#[tokio::test]
async fn missing_foreign_and_malformed_ids_get_the_same_answer() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    let hers = created(&app.client_of(&ana), json!({})).await;
    let before = app.client_of(&ana).get(&at(&hers)).await.ok(200);
    let missing = format!("expenses/{}", api::id::new_uuid());
    for path in [at(&hers), "expenses/lunch".to_owned(), "expenses/%00".to_owned()] {
        let http = app.client();
        let restore = |path: &str| format!("{path}/restore");
        assert_eq!(
            bytes(http.get(&path).await),
            bytes(http.get(&missing).await),
            "{path}"
        );
        let patch = || json!({ "note": "mine" });
        assert_eq!(
            bytes(http.patch(&path, patch()).await),
            bytes(http.patch(&missing, patch()).await),
            "{path}"
        );
        assert_eq!(
            bytes(http.delete(&path).await),
            bytes(http.delete(&missing).await),
            "{path}"
        );
        let (one, other) = (restore(&path), restore(&missing));
        assert_eq!(
            bytes(http.post(&one, json!(null)).await),
            bytes(http.post(&other, json!(null)).await),
            "{path}"
        );
        http.get(&path).await.refused(404, "not-found");
    }
    assert_eq!(app.client_of(&ana).get(&at(&hers)).await.ok(200), before);
    assert_eq!((app.rev().await, app.rev_of(ana.ledger_id).await), (0, 1));
}
