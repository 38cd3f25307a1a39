//! The client against a socket that plays back bytes: what is sent, what is retried, what is refused.

use super::*;
use crate::client::Key;
use api::expense::NewExpense;
use api::problem::Code;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Answers one connection after the other with the given bytes; gives back what each had asked.
async fn play(answers: Vec<Vec<u8>>) -> (SocketAddr, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            asked.push(read_request(&mut socket).await);
            socket.write_all(&answer).await.unwrap();
        }
        asked
    });
    (address, asked)
}

async fn read_request(socket: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = socket.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap_or("0");
        if body.len() >= length.parse::<usize>().unwrap() || count == 0 {
            return text;
        }
    }
}

fn answer(status: &str, media_type: &str, extra: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n{extra}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn client(address: SocketAddr) -> Arc<dyn Api> {
    client_in("default", address)
}

fn client_in(ledger: &str, address: SocketAddr) -> Arc<dyn Api> {
    install_tls();
    let url = Url::parse(&format!("http://{address}/base/")).unwrap();
    Arc::new(HttpApi::new(&url, ledger, Token::new("s3cret").as_ref(), &Trust::default()).unwrap())
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn lunch() -> NewExpense {
    NewExpense::new(
        "2026-11-21".parse().unwrap(),
        serde_json::from_str("\"12.50\"").unwrap(),
    )
}

#[tokio::test]
async fn a_write_goes_to_the_ledger_with_token_key_version_and_agent() {
    let (address, asked) = play(vec![answer("204 No Content", "text/plain", "", "")]).await;
    let id = api::id::ExpenseId::new();
    let key = Key::new();
    client(address).delete_expense(id, 7, key).await.unwrap();
    let asked = asked.await.unwrap().remove(0);
    assert!(
        asked.starts_with(&format!("delete /base/v1/ledgers/default/expenses/{id} http/1.1")),
        "{asked}"
    );
    assert_eq!(header(&asked, "authorization"), Some("bearer s3cret"));
    assert_eq!(header(&asked, "idempotency-key"), Some(key.to_string().as_str()));
    assert_eq!(header(&asked, "if-match"), Some("\"7\""));
    assert_eq!(
        header(&asked, "user-agent"),
        Some(concat!("expense/", env!("CARGO_PKG_VERSION")))
    );
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_sent_again_with_the_same_key() {
    let cut = b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{".to_vec();
    let refusal = r#"{"code":"id-taken","status":409,"detail":"The id is taken"}"#;
    let last = answer("409 Conflict", "application/problem+json", "", refusal);
    let (address, asked) = play(vec![Vec::new(), cut, last]).await;
    let error = client(address)
        .create_expense(&lunch(), Key::new())
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some(Code::IdTaken));
    let asked = asked.await.unwrap();
    assert_eq!(asked.len(), 3);
    let keys: Vec<_> = asked
        .iter()
        .map(|request| header(request, "idempotency-key").unwrap())
        .collect();
    assert!(keys.iter().all(|key| key == &keys[0]), "{keys:?}");
    assert!(
        asked
            .iter()
            .all(|request| request.contains("\"amount\":\"12.50\""))
    );
}

#[tokio::test]
async fn a_write_that_may_have_arrived_is_not_called_unsent_where_nobody_is_there_any_more() {
    // It reads the request, says nothing, and is gone before the next try.
    let (address, asked) = play(vec![Vec::new()]).await;
    let write = client(address).create_expense(&lunch(), Key::new());
    let error = write.await.unwrap_err();
    assert!(matches!(error, ClientError::Lost { .. }), "{error:?}");
    assert!(!error.is_not_done());
    assert_eq!(asked.await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_there_is_said_with_the_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = client(address).get_ledger().await.unwrap_err();
    assert!(matches!(&error, ClientError::Unreachable { .. }), "{error:?}");
    assert!(
        error.sentence().contains(&address.to_string()),
        "{}",
        error.sentence()
    );
}

#[tokio::test]
async fn an_answer_of_something_else_is_foreign_and_a_redirect_is_not_followed() {
    let pages = vec![
        answer("502 Bad Gateway", "text/html", "", "<h1>nope</h1>"),
        answer("302 Found", "text/html", "Location: http://127.0.0.1:1/\r\n", ""),
    ];
    let (address, _asked) = play(pages).await;
    let api = client(address);
    for status in ["502", "302"] {
        let error = api.get_ledger().await.unwrap_err();
        let ClientError::Foreign { reason, .. } = &error else {
            panic!("{error:?}")
        };
        assert!(reason.contains(status), "{reason}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
    let mut body = head.as_bytes().to_vec();
    body.resize(head.len() + MAX_ANSWER_BYTES + 1, b' ');
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        read_request(&mut socket).await;
        // The client hangs up midway, so that this may fail.
        let _ = socket.write_all(&body).await;
    });
    let error = client(address).get_ledger().await.unwrap_err();
    assert_eq!(
        error,
        ClientError::TooLarge {
            limit: MAX_ANSWER_BYTES
        }
    );
}

#[tokio::test]
async fn a_busy_server_says_when_and_an_odd_success_says_which_side_is_older() {
    let busy = r#"{"code":"unavailable","title":"Try again shortly","brand_new_field":1}"#;
    let pages = vec![
        answer(
            "503 Service Unavailable",
            "application/problem+json",
            "Retry-After: 3\r\n",
            busy,
        ),
        answer("200 OK", "application/json", "Server: expensed/0.0.1\r\n", "{}"),
    ];
    let (address, _asked) = play(pages).await;
    let api = client(address);
    let error = api.get_ledger().await.unwrap_err();
    assert!(
        matches!(
            error,
            ClientError::Problem {
                retry_after_secs: Some(3),
                ..
            }
        ),
        "{error:?}"
    );
    let error = api.get_ledger().await.unwrap_err();
    assert!(error.sentence().contains("older"), "{}", error.sentence());
}

#[test]
fn an_address_is_shown_without_its_password() {
    let url = Url::parse("https://ann:s3cret@example.org/books/?x=1").unwrap();
    assert_eq!(shown(&url), "https://example.org/books");
    for (address, is_own) in [
        ("http://localhost:1", true),
        ("http://[::1]", true),
        ("http://127.9.9.9", true),
        ("http://10.0.0.1", false),
        ("http://localhost.evil.org", false),
    ] {
        assert_eq!(is_loopback(&Url::parse(address).unwrap()), is_own, "{address}");
    }
}

fn ledgers(names: &[(&str, u128)]) -> Vec<u8> {
    let ledger = |(name, number): &(&str, u128)| {
        serde_json::json!({ "id": uuid::Uuid::from_u128(*number), "name": name, "base_currency": "EUR",
            "month_start_day": 1, "week_start": 1, "role": "owner", "rev": 1, "version": 1,
            "created_at": "2026-11-21T12:00:00Z", "updated_at": "2026-11-21T12:00:00Z" })
    };
    let items: Vec<_> = names.iter().map(ledger).collect();
    let body = serde_json::json!({ "items": items, "next_cursor": null }).to_string();
    answer("200 OK", "application/json", "", &body)
}

#[tokio::test]
async fn a_ledger_goes_by_its_name_which_is_looked_up_once_and_never_part_of_an_address() {
    let nothing = || answer("204 No Content", "application/json", "", "");
    let named = [("Trip", 1), ("../Joint", 7)];
    let (address, asked) = play(vec![ledgers(&named), nothing(), nothing()]).await;
    let api = client_in("../JOINT", address);
    api.leave_ledger(Key::new()).await.unwrap();
    api.leave_ledger(Key::new()).await.unwrap();
    let asked = asked.await.unwrap();
    assert!(asked[0].starts_with("get /base/v1/ledgers?"), "{}", asked[0]);
    for request in &asked[1..] {
        let path = "post /base/v1/ledgers/00000000-0000-0000-0000-000000000007/leave ";
        assert!(request.starts_with(path), "{request}");
    }
    let (address, _) = play(vec![ledgers(&named)]).await;
    let none = client_in("Home", address)
        .leave_ledger(Key::new())
        .await
        .unwrap_err();
    assert_eq!(
        none.sentence(),
        "No ledger is called Home - there are Trip, ../Joint."
    );
    let (address, _) = play(vec![ledgers(&[("Trip", 1), ("trip", 2)])]).await;
    let two = client_in("Trip", address)
        .leave_ledger(Key::new())
        .await
        .unwrap_err();
    assert!(
        two.sentence()
            .contains("by its id: 00000000-0000-0000-0000-000000000001"),
        "{two:?}"
    );
}
