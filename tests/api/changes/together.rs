//! Many at once over two servers: one key makes one row whoever asks, and of two who edit one version one wins and the
//! other is told, so that no edit is lost and none happens twice.

use super::add;
use serde_json::{Value, json};
use std::sync::Arc;
use tests::client::{Answer, Http};
use tests::program::cases;
use tests::server::TestApp;

/// Everything of an answer that a repeat must give again.
fn told(answer: &Answer) -> (u16, Vec<u8>, Option<String>) {
    (
        answer.status,
        answer.body.clone(),
        answer.header("etag").map(str::to_owned),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_sixteen_times_at_once_over_two_servers_makes_one_row() {
    let app = TestApp::start().await;
    let other = Box::pin(app.another(|_| ())).await;
    let clients = [
        app.client().in_ledger(app.ledger_id()),
        Http::new(other.address, Some(&app.owner().token)).in_ledger(app.ledger_id()),
    ];
    let keys = cases(20, 1_000);
    for key in 0..keys {
        let body = json!({ "date": "2026-11-21", "amount": "2.50", "payee": format!("key {key}"), "tags": ["once"],
            "create_missing": true });
        let word = format!("key-{key}");
        let tasks: Vec<_> = (0..16)
            .map(|n| {
                let call = clients[n % 2].post("expenses", body.clone()).key(&word);
                tokio::spawn(async move { told(&call.await.expect(201)) })
            })
            .collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{word}");
    }
    assert_eq!(app.count_expenses().await, u64::from(keys));
    assert_eq!(app.rev().await, i64::from(keys));
}

/// One client that reads a row and changes it, again and again; the notes that it was told are saved.
async fn edit(http: Http, rows: Arc<Vec<String>>, client: usize, edits: usize) -> Vec<String> {
    let mut saved = Vec::new();
    for n in 0..edits {
        let row = &rows[(client * 7 + n) % rows.len()];
        let note = format!("{client} {n}");
        loop {
            let read = http.get(row).await.expect(200);
            let answer = http
                .patch(row, json!({ "note": note }))
                .if_match(&read.etag())
                .await;
            if answer.status == 200 {
                saved.push(note);
                break;
            }
            let lost = answer.refused(412, "stale-version");
            // The row as it is now, which is not the one that was read.
            assert_eq!(lost.json["current"]["id"], read.json["id"]);
            assert!(
                lost.json["current"]["version"].as_i64() > read.json["version"].as_i64(),
                "{lost:?}"
            );
        }
    }
    saved
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_of_ten_rows_by_eight_clients_over_two_servers_are_all_there_once() {
    let app = TestApp::start().await;
    let other = Box::pin(app.another(|_| ())).await;
    let http = app.client();
    let mut rows = Vec::new();
    for _ in 0..10 {
        rows.push(super::path(&add(&http, json!({})).await));
    }
    let rows = Arc::new(rows);
    let edits = usize::try_from(cases(160, 2_000)).unwrap() / 8;
    let tasks: Vec<_> = (0..8)
        .map(|client| {
            let address = if client % 2 == 0 {
                app.address()
            } else {
                other.address
            };
            let http = Http::new(address, Some(&app.owner().token)).in_ledger(app.ledger_id());
            tokio::spawn(edit(http, Arc::clone(&rows), client, edits))
        })
        .collect();
    let mut saved = Vec::new();
    for task in tasks {
        saved.extend(task.await.unwrap());
    }
    let mut found = Vec::new();
    for row in rows.iter() {
        let history = http.walk(&format!("{row}/history?limit=200")).await;
        let now = http.get(row).await.ok(200);
        assert_eq!(now["version"].as_u64(), u64::try_from(history.len()).ok());
        let notes = history.iter().filter(|change| change["kind"] == "update_expense");
        found.extend(notes.map(note_of));
    }
    saved.sort();
    found.sort();
    assert_eq!(found, saved);
    assert_eq!(found.len(), edits * 8);
}

fn note_of(change: &Value) -> String {
    let fields = change["rows"][0]["fields"].as_array().expect("fields");
    let note = fields.iter().find(|field| field["field"] == "note");
    note.and_then(|note| note["after"].as_str())
        .unwrap_or_default()
        .to_owned()
}
