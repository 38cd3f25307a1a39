//! `/v1/ledgers/{ledger}/tags`.

use crate::dictionary::{made, path};
use serde_json::json;
use tests::server::TestApp;

crate::dictionary::dictionary_tests!("tags", "tags", true);

#[tokio::test]
async fn a_row_with_both_tags_keeps_one() {
    let app = TestApp::start().await;
    let http = app.client();
    let (from, into) = (
        made(&http, "tags", "trips").await,
        made(&http, "tags", "trip").await,
    );
    let body = json!({ "date": "2026-11-21", "amount": "1", "tags": ["trips", "food", "trip"] });
    let row = http.post("expenses", body).await.ok(201);
    let merge = json!({ "into_id": into["id"] });
    http.post(&format!("{}/merge", path("tags", &from)), merge)
        .await
        .expect(200);
    let row = http.get(&path("expenses", &row)).await.ok(200);
    assert_eq!(row["tags"], json!(["food", "trip"]));
}
