//! `q`: words that begin words of the payee, a tag or the note, whatever their case and accents.

use super::created;
use serde_json::{Value, json};
use tests::client::Http;
use tests::server::TestApp;

/// How many rows a search finds.
async fn count(http: &Http, query: &str) -> usize {
    let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    http.get(&format!("expenses?q={encoded}")).await.ok(200)["items"]
        .as_array()
        .map_or(0, Vec::len)
}

#[tokio::test]
async fn words_are_found_by_their_beginning_whatever_their_case_and_accents() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = json!({ "payee": "Café Größe", "tags": ["Été 2026", "łódź"], "note": "50% off_sale at O'Brien's\\n İstanbul" });
    created(&http, row).await;
    created(&http, json!({ "payee": "other", "note": "5000 offxsale" })).await;
    for (query, found) in [
        ("café", 1),
        ("CAFE", 1),
        ("cafe\u{301}", 1),
        ("caf gro", 1),
        ("gro caf", 1),
        ("cafe ete off", 1),
        ("afe", 0),
        ("cafe nothing", 0),
        ("2026", 1),
        ("026", 0),
        ("łod", 1),
        ("istanbul", 1),
        ("50%", 1),
        ("50", 2),
        ("off_", 1),
        ("off", 2),
        ("o'b", 1),
        ("%", 0),
        ("_", 0),
        ("!", 0),
        ("\\", 0),
        ("  ", 2),
        ("' OR 1=1 --", 0),
    ] {
        assert_eq!(count(&http, query).await, found, "{query}");
    }
}

#[tokio::test]
async fn the_text_of_a_note_is_searched_as_it_is_now() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = created(
        &http,
        json!({ "note": "before", "tags": ["old"], "payee": "Was" }),
    )
    .await;
    let now = json!({ "note": "after", "tags": ["new"], "payee": "Is" });
    http.patch(&super::at(&row), now).await.expect(200);
    for (query, found) in [
        ("before", 0),
        ("old", 0),
        ("was", 0),
        ("after", 1),
        ("new", 1),
        ("is", 1),
    ] {
        assert_eq!(count(&http, query).await, found, "{query}");
    }
}

#[tokio::test]
async fn words_of_another_ledger_are_not_found() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    created(
        &app.client_of(&ana),
        json!({ "payee": "secret", "tags": ["secret"], "note": "secret" }),
    )
    .await;
    let page: Value = app.client().get("expenses?q=secret").await.ok(200);
    assert_eq!(page["items"], json!([]));
}
