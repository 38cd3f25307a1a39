//! Clients that vanish in the middle of a write: nothing of theirs is left open, half done, or in the way of others.

use serde_json::json;
use server::clock::Clock;
use std::io::Write as _;
use std::net::TcpStream;
use tests::program::cases;
use tests::server::TestApp;

/// Sends a whole request and resets the connection without reading a byte.
fn send_and_reset(app: &TestApp, number: usize) {
    let body = json!({ "date": "2026-11-21", "amount": "1.00", "payee": format!("payee {number}"), "tags": ["gone"] });
    let body = body.to_string();
    let head = format!(
        "POST /v1/ledgers/default/expenses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nIdempotency-Key: gone-{number}\r\nContent-Length: {}\r\n\r\n",
        app.owner().token,
        body.len()
    );
    let mut stream = TcpStream::connect(app.address()).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    // A third vanishes before the body is whole, the others at some moment of the work.
    let sent = if number.is_multiple_of(3) {
        &body[..body.len() / 2]
    } else {
        &body
    };
    stream.write_all(sent.as_bytes()).unwrap();
    for _ in 0..number % 7 * 40 {
        std::thread::yield_now();
    }
    // What the server answers from here on is met by a reset.
    drop(stream);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_that_vanish_leave_no_transaction_open() {
    // Of two connections, one left in a transaction would be met by the next request or the one after.
    let app = TestApp::start_with(Clock::system(), |config| config.database.max_connections = 2).await;
    let http = app.client();
    let number_of = usize::try_from(cases(200, 600)).unwrap();
    for number in 0..number_of {
        tokio::task::block_in_place(|| send_and_reset(&app, number));
        if number % 20 == 19 {
            // Somebody else's write goes through, and stays: it is not in a transaction that is rolled back later.
            let body = json!({ "date": "2026-11-22", "amount": "2.00", "payee": "stays" });
            http.post("expenses", body).await.expect(201);
        }
    }
    let stayed = http.walk("expenses?payee=stays&limit=200").await;
    assert_eq!(stayed.len(), number_of / 20);
    let rows = http.walk("expenses?include_deleted=true&limit=200").await;
    let (rev, changes) = (app.rev().await, app.count_changes(app.ledger_id()).await);
    assert!(rev >= i64::try_from(rows.len()).unwrap(), "{rev} {}", rows.len());
    assert_eq!(
        changes,
        u64::try_from(app.rev().await).unwrap(),
        "the log has no gap"
    );
    // Whoever asks again with the key of a vanished write gets it done once.
    for number in [1, 2, 4, 5] {
        let body = json!({ "date": "2026-11-21", "amount": "1.00", "payee": format!("payee {number}"), "tags": ["gone"] });
        http.post("expenses", body)
            .key(&format!("gone-{number}"))
            .await
            .expect(201);
        let found = http.walk(&format!("expenses?payee=payee+{number}")).await;
        assert_eq!(found.len(), 1, "payee {number}");
    }
}
