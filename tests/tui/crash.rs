//! A real server killed in the middle of what takes many changes, and between a commit and its answer: what was begun is
//! finished or was never there, what is sent again happens once, and one undo brings every row back.

use api::id::new_uuid;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tests::client::Http;
use tests::daemon::Household;
use tests::program::{block_on, eventually, is_long_run};

const ROWS: usize = 5_000;

/// Every row, deleted ones too, without what each change counts on.
async fn rows(http: &Http) -> BTreeMap<String, Value> {
    let mut rows = BTreeMap::new();
    for mut row in http.walk("expenses?include_deleted=true&limit=200").await {
        let id = row["id"].as_str().expect("an id").to_owned();
        row["version"] = Value::Null;
        row["updated_at"] = Value::Null;
        rows.insert(id, row);
    }
    rows
}

async fn category(http: &Http, name: &str) -> Value {
    http.post("categories", json!({ "name": name })).await.ok(201)
}

async fn fill(http: &Http, category: &Value) {
    let row = |n: usize| {
        json!({ "op": "create", "expense": {
            "date": format!("2026-{:02}-{:02}", n % 12 + 1, n % 28 + 1), "amount": format!("{}.{:02}", n / 100 + 1, n % 100),
            "category_id": category["id"], "payee": format!("payee {}", n % 40), "tags": [format!("t{}", n % 5)],
            "note": format!("row {n}"), "external_id": format!("x{n}"),
        } })
    };
    let all: Vec<Value> = (0..ROWS).map(row).collect();
    for some in all.chunks(500) {
        http.post("expenses/batch", json!({ "operations": some }))
            .await
            .expect(200);
    }
}

#[test]
fn a_category_of_five_thousand_rows_is_deleted_through_a_kill_and_one_undo_brings_all_back() {
    let mut house = Household::served();
    let http = house.server().client();
    let (from, into) = block_on(async {
        let (from, into) = (category(&http, "From").await, category(&http, "Into").await);
        fill(&http, &from).await;
        (from, into)
    });
    let before = block_on(rows(&http));
    assert_eq!(before.len(), ROWS);
    let path = format!("categories/{}/reassign", from["id"].as_str().unwrap());
    let body = json!({ "to_id": into["id"], "delete": true });
    // Killed as soon as some of its changes are there.
    let rev_before = block_on(rev(&http));
    let asked = std::thread::spawn({
        let (http, path, body) = (http.clone(), path.clone(), body.clone());
        move || block_on(async move { http.post(&path, body).key("remove").try_send().await.is_ok() })
    });
    eventually("a first change", || block_on(rev(&http)) > rev_before);
    house.kill_server();
    let _ = asked.join();
    house.restart();
    let http = house.server().client();
    // Sent again, or taken up by the server by itself: either way it is finished once.
    block_on(async { http.post(&path, body).key("remove").await.expect(200) });
    let gone = format!("categories/{}", from["id"].as_str().unwrap());
    eventually("the end of the operation", || {
        block_on(async { http.get(&gone).await.status == 404 })
    });
    let moved = block_on(rows(&http));
    assert!(moved.values().all(|row| row["category_id"] == into["id"]));
    let latest = block_on(async { http.get("changes?sort=-rev&limit=1").await.ok(200) });
    let undo = format!("changes/{}/undo", latest["items"][0]["rev"]);
    let done = block_on(async { http.post(&undo, Value::Null).await.ok(200) });
    assert_eq!(done["skipped"], 0, "{done}");
    eventually("the end of the undo", || {
        let page = block_on(async { http.get("changes?sort=-rev&limit=1&mine=true").await.ok(200) });
        let still = block_on(async {
            http.walk(&format!(
                "expenses?limit=200&category={}",
                into["id"].as_str().unwrap()
            ))
            .await
            .len()
        });
        page["items"][0]["kind"] == "undo" && still == 0
    });
    let after = block_on(rows(&http));
    assert!(after == before, "a row differs after the undo");
    let back = block_on(async { http.get(&gone).await.ok(200) });
    assert_eq!(
        (&back["name"], &back["is_archived"]),
        (&from["name"], &json!(false))
    );
}

async fn rev(http: &Http) -> i64 {
    let ledger = http.get("/v1/ledgers/default").await;
    ledger.json["rev"].as_i64().unwrap_or_default()
}

#[test]
fn a_write_whose_server_dies_before_the_answer_happens_once_when_it_is_sent_again() {
    let mut house = Household::served();
    let mut http = house.server().client();
    block_on(async {
        http.post("expenses", json!({ "date": "2026-11-21", "amount": "1.00" }))
            .await
            .expect(201)
    });
    let rounds = if is_long_run() { 20 } else { 4 };
    for round in 0..rounds {
        let key = format!("round-{round}");
        let body = json!({ "id": new_uuid(), "date": "2026-11-21", "amount": "2.50", "payee": format!("round {round}") });
        let before = block_on(rev(&http));
        let asked = std::thread::spawn({
            let (http, body, key) = (http.clone(), body.clone(), key.clone());
            move || block_on(async move { http.post("expenses", body).key(&key).try_send().await.ok() })
        });
        if round % 2 == 0 {
            // After the commit, whether or not its answer got through.
            eventually("the commit", || block_on(rev(&http)) > before);
        } else {
            std::thread::yield_now();
        }
        house.kill_server();
        let first = asked.join().expect("the first try");
        house.restart();
        http = house.server().client();
        let send = || http.post("expenses", body.clone()).key(&key);
        let (again, once_more) = block_on(async { (send().await.ok(201), send().await.ok(201)) });
        assert_eq!(again, once_more);
        if let Some(first) = first {
            assert_eq!(first.json, again, "two answers to one request");
        }
        let found = block_on(async { http.walk(&format!("expenses?payee=round+{round}")).await });
        assert_eq!(found.len(), 1, "{found:?}");
    }
}
