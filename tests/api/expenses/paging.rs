//! Pages of `list_expenses`: nothing twice, nothing left out while others write, and cursors that are good for one list.

use super::{at, created, ids, items, plain, with};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tests::client::Http;
use tests::server::TestApp;

/// Records that many rows over a few days, in one change.
async fn fill(http: &Http, count: usize) -> Vec<String> {
    let operations: Vec<Value> = (0..count)
        .map(|number| json!({ "op": "create", "expense": with(plain(), json!({ "date": format!("2026-11-{:02}", 1 + number % 3) })) }))
        .collect();
    ids(&items(
        &http
            .post("expenses/batch", json!({ "operations": operations }))
            .await
            .ok(200),
    ))
}

async fn first_cursor(http: &Http, path: &str) -> String {
    let page = http.get(path).await.ok(200);
    page["next_cursor"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn pages_hold_fifty_rows_unless_asked_otherwise_and_the_last_has_no_cursor() {
    let app = TestApp::start().await;
    let http = app.client();
    fill(&http, 120).await;
    let page = http.get("expenses").await.expect(200);
    assert_eq!(items(&page.json).len(), 50);
    let link = page.header("link").unwrap();
    let (url, rel) = link.split_once(">; ").unwrap();
    assert_eq!(rel, "rel=\"next\"");
    let second = http.get(url.trim_start_matches('<')).await.expect(200);
    let cursor = page.json["next_cursor"].as_str().unwrap();
    assert_eq!(
        second.json,
        http.get(&format!("expenses?cursor={cursor}")).await.ok(200)
    );
    let third = http
        .get(
            second
                .header("link")
                .unwrap()
                .trim_start_matches('<')
                .split('>')
                .next()
                .unwrap(),
        )
        .await;
    let third = third.expect(200);
    assert_eq!(
        (
            items(&third.json).len(),
            &third.json["next_cursor"],
            third.header("link")
        ),
        (20, &json!(null), None)
    );
    assert_eq!(items(&http.get("expenses?limit=200").await.ok(200)).len(), 120);
    let exact = http.get("expenses?limit=120").await.ok(200);
    assert_eq!(
        exact["next_cursor"],
        json!(null),
        "a full last page has no next one"
    );
    assert_eq!(items(&http.get("expenses?limit=1").await.ok(200)).len(), 1);
}

#[tokio::test]
async fn a_wrong_page_size_or_parameter_is_refused_by_name() {
    let app = TestApp::start().await;
    for (query, pointer, code) in [
        ("limit=0", "/limit", "too-small"),
        ("limit=201", "/limit", "too-large"),
        ("limit=-1", "/limit", "too-small"),
        ("limit=ten", "/limit", "type"),
        ("limit=1.5", "/limit", "type"),
        ("sort=colour", "/sort", "pattern"),
        ("from=2026-02-31", "/from", "no-such-day"),
        ("from=yesterday", "/from", "not-a-date"),
        ("kind=gift", "/kind", "pattern"),
        ("currency=EURO", "/currency", "unknown-currency"),
        ("min=1e5", "/min", "exponent"),
        ("include_deleted=maybe", "/include_deleted", "type"),
        ("colour=red", "/colour", "unknown"),
        ("limit=1&limit=2", "/limit", "twice"),
    ] {
        let answer = app.client().get(&format!("expenses?{query}")).await;
        answer.refused(400, "validation").with_faults(&[(pointer, code)]);
    }
    for (query, pointer, code) in [
        ("from=2026-11-02&to=2026-11-01", "/to", "reversed"),
        ("min=5&max=4", "/max", "reversed"),
        ("min=0", "/min", "zero-amount"),
        ("min=1.5&currency=JPY", "/min", "too-many-decimals"),
    ] {
        let answer = app.client().get(&format!("expenses?{query}")).await;
        answer
            .refused(422, "unprocessable")
            .with_faults(&[(pointer, code)]);
    }
    for (query, pointer) in [
        ("category=No+such", "/category"),
        ("account=x", "/account"),
        ("payee=x", "/payee"),
        ("tag=x", "/tag"),
        ("paid_by=x", "/paid_by"),
    ] {
        let answer = app.client().get(&format!("expenses?{query}")).await;
        answer
            .refused(409, "unknown-name")
            .with_faults(&[(pointer, "unknown-name")]);
    }
    let all = app
        .client()
        .get("expenses?from=2026-11-02&to=2026-11-01&category=No+such&tag=x")
        .await;
    all.refused(422, "unprocessable").with_faults(&[
        ("/category", "unknown-name"),
        ("/tag", "unknown-name"),
        ("/to", "reversed"),
    ]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_meets_every_row_that_was_there_all_the_time_exactly_once() {
    let app = TestApp::start().await;
    let http = app.client();
    let rows = fill(&http, 60).await;
    for (round, sort) in ["-date", "date", "-amount", "created", "payee"]
        .into_iter()
        .enumerate()
    {
        let doomed: BTreeSet<&String> = rows.iter().skip(round).step_by(11).collect();
        let mut seen: Vec<String> = Vec::new();
        let mut path = format!("expenses?sort={sort}&limit=7");
        let mut step = 0;
        loop {
            let page = http.get(&path).await.ok(200);
            seen.extend(ids(&items(&page)));
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            path = format!("expenses?sort={sort}&limit=7&cursor={cursor}");
            // Before, between and after what was seen already.
            let day = format!("2026-11-{:02}", 1 + step % 4);
            created(
                &http,
                json!({ "date": day, "amount": "0.01", "payee": "newcomer" }),
            )
            .await;
            if let Some(id) = doomed.iter().nth(step) {
                let answer = http.delete(&format!("expenses/{id}")).await;
                assert!(matches!(answer.status, 204 | 404), "{answer:?}");
            }
            step += 1;
        }
        let once: BTreeSet<&String> = seen.iter().collect();
        assert_eq!(once.len(), seen.len(), "{sort}: something came twice");
        for id in rows.iter().filter(|id| !doomed.contains(id)) {
            let deleted_before = http.get(&format!("expenses/{id}")).await.ok(200)["deleted_at"].is_string();
            assert!(deleted_before || once.contains(id), "{sort}: {id} was left out");
        }
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_only() {
    let app = TestApp::start().await;
    let ana = app.add_person("ana").await;
    app.add_member(app.owner().user_id, ana.ledger_id, "editor").await;
    let http = app.client();
    fill(&http, 5).await;
    fill(&http.in_ledger(ana.ledger_id), 5).await;
    let cursor = first_cursor(&http, "expenses?limit=2&from=2026-01-01").await;
    http.get(&format!("expenses?limit=2&from=2026-01-01&cursor={cursor}"))
        .await
        .expect(200);
    http.get(&format!("expenses?limit=3&from=2026-01-01&cursor={cursor}"))
        .await
        .expect(200);
    for query in [
        "",
        "from=2026-01-02&",
        "from=2026-01-01&sort=date&",
        "from=2026-01-01&include_deleted=true&",
        "from=2026-01-01&q=x&",
    ] {
        let answer = http
            .get(&format!("expenses?{query}limit=2&cursor={cursor}"))
            .await;
        answer
            .refused(400, "bad-cursor")
            .with_faults(&[("/cursor", "bad-cursor")]);
    }
    let elsewhere = http
        .in_ledger(ana.ledger_id)
        .get(&format!("expenses?limit=2&from=2026-01-01&cursor={cursor}"))
        .await;
    elsewhere.refused(400, "bad-cursor");
}

#[tokio::test]
async fn a_cursor_that_was_tampered_with_is_refused() {
    let app = TestApp::start().await;
    let http = app.client();
    fill(&http, 3).await;
    let cursor = first_cursor(&http, "expenses?limit=1").await;
    for at in (0..cursor.len()).step_by(5) {
        let mut bytes = cursor.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(bytes).unwrap();
        http.get(&format!("expenses?limit=1&cursor={forged}"))
            .await
            .refused(400, "bad-cursor");
    }
    let cut = &cursor[..cursor.len() - 4];
    for forged in ["", "x", "AAAA", "%00", "....", cut, &format!("{cursor}AAAA")] {
        http.get(&format!("expenses?limit=1&cursor={forged}"))
            .await
            .refused(400, "bad-cursor");
    }
    http.get(&format!("expenses?limit=1&cursor={}", "A".repeat(3001)))
        .await
        .refused(400, "validation");
}

#[tokio::test]
async fn a_cursor_from_before_a_restore_says_so() {
    let app = TestApp::start().await;
    let http = app.client();
    fill(&http, 3).await;
    let cursor = first_cursor(&http, "expenses?limit=1").await;
    app.renew_epoch(app.ledger_id()).await;
    http.get(&format!("expenses?limit=1&cursor={cursor}"))
        .await
        .refused(410, "resync");
}

#[tokio::test]
async fn a_list_takes_three_statements_at_most_however_much_is_asked() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = json!({ "category": "Food", "account": "Card", "payee": "lunch", "tags": ["a"], "note": "some words" });
    created(&http, row).await;
    let everything = "from=2026-01-01&to=2026-12-31&category=Food&account=Card&payee=lunch&tag=a&q=some&min=1&max=100&kind=expense&currency=EUR&paid_by=local&include_deleted=true";
    for query in ["", "category=Food", everything] {
        let (statements, answer) = app
            .statements_of(http.get(&format!("expenses?{query}")).send())
            .await;
        answer.expect(200);
        assert!(
            (1..=3).contains(&statements),
            "{statements} statements for {query}"
        );
    }
    let row = created(&http, json!({})).await;
    let (statements, answer) = app.statements_of(http.get(&at(&row)).send()).await;
    answer.expect(200);
    assert_eq!(statements, 2);
}
