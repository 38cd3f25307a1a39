//! A database that goes away and comes back: writes and reads are refused with when to try again, nothing is written
//! twice or lost, and the server heals by itself. On MariaDB through a proxy that is cut; SQLite has no line to cut.

use serde_json::json;
use tests::db::Backend;
use tests::server::TestApp;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_away_the_server_says_so_and_heals_when_it_is_back() {
    if Backend::of_this_run() != Backend::MariaDb {
        return;
    }
    let (app, proxy) = TestApp::start_behind_proxy().await;
    let http = app.client();
    let body = json!({ "date": "2026-11-21", "amount": "1.00" });
    let before = http.post("expenses", body.clone()).await.ok(201);
    proxy.cut();
    for answer in [
        http.post("expenses", body.clone()).key("during").await,
        http.get("expenses").await,
        http.get("/readyz").await,
    ] {
        let answer = answer.refused(503, "unavailable");
        let seconds = answer
            .header("retry-after")
            .and_then(|value| value.parse::<u32>().ok());
        assert!(seconds.is_some_and(|seconds| seconds >= 1), "{answer:?}");
    }
    http.get("/livez").await.expect(200);
    proxy.mend();
    http.get("/readyz").await.expect(200);
    let listed = http.get("expenses").await.ok(200);
    assert_eq!(
        listed["items"],
        json!([before]),
        "nothing of the refused write is there"
    );
    let during = http.post("expenses", body.clone()).key("during").await.ok(201);
    assert_eq!(http.post("expenses", body).key("during").await.ok(201), during);
    assert_eq!((app.rev().await, app.count_expenses().await), (2, 2));
}

#[tokio::test]
async fn a_server_whose_database_is_closed_is_alive_and_not_ready() {
    let app = TestApp::start().await;
    let http = app.client();
    app.state.db.close().await;
    http.get("/livez").await.expect(200);
    let body = json!({ "date": "2026-11-21", "amount": "1.00" });
    for answer in [
        http.get("/readyz").await,
        http.get("expenses").await,
        http.post("expenses", body).await,
    ] {
        let answer = answer.refused(503, "unavailable");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
        assert!(!answer.text().contains("sql"), "{answer:?}");
    }
    assert_eq!((app.rev().await, app.count_expenses().await), (0, 0));
}
