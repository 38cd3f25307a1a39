//! What all answers have in common, whatever they are about: the headers against storing and guessing, the id of the request,
//! replays that say so, nothing sent that the reader has, packing, and the one host of a request.

use flate2::read::GzDecoder;
use serde_json::{Value, json};
use server::http::examples::EXAMPLE_ID;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use tests::client::Answer;
use tests::sample::{fill_example_book, samples};
use tests::server::TestApp;

/// Sends bytes and reads the answer to its end, on a connection of their own.
async fn raw(app: &TestApp, request: String) -> String {
    let address = app.address();
    let exchange = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    });
    exchange.await.unwrap()
}

/// The body of an answer that came raw.
fn problem(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("no problem: {answer}"))
}

#[tokio::test]
async fn nothing_of_the_api_is_stored_on_the_way_and_no_type_is_guessed() {
    let app = TestApp::start().await;
    let http = app.client();
    let plain = json!({ "date": "2026-11-21", "amount": "1" });
    let api: Vec<Answer> = vec![
        http.get("expenses").await.expect(200),
        http.post("expenses", plain).await.expect(201),
        http.post("expenses", json!({})).await.expect(400),
        http.get("/v1/nothing").await.expect(404),
        app.stranger().get("expenses").await.expect(401),
        app.stranger().get("/livez").await.expect(200),
    ];
    for answer in &api {
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{answer:?}"
        );
        assert_eq!(
            answer.json.get("request_id").and_then(Value::as_str),
            answer.header("x-request-id").filter(|_| answer.status >= 400),
            "{answer:?}"
        );
    }
    for page in [
        "/docs",
        "/docs/guide",
        "/openapi.json",
        "/docs/errors/stale-version",
    ] {
        let answer = app.stranger().get(page).await.expect(200);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let policy = answer.header("content-security-policy");
        assert_eq!(policy.is_some(), page != "/openapi.json", "{page}");
        assert!(!policy.unwrap_or_default().contains("unsafe"), "{policy:?}");
    }
}

#[tokio::test]
async fn a_repeat_says_that_it_is_one() {
    let app = TestApp::start().await;
    let http = app.client();
    let one = json!({ "date": "2026-11-21", "amount": "1" });
    let make = || http.post("expenses", one.clone()).key("made-1");
    let first = make().await.expect(201);
    let row = format!("expenses/{}", first.json["id"].as_str().unwrap());
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = make().await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    let other = http
        .post("expenses", json!({ "date": "2026-11-21", "amount": "2" }))
        .key("made-1");
    assert_eq!(other.await.expect(422).header("idempotency-replayed"), None);
    let is_replay = |answer: &Answer| answer.header("idempotency-replayed") == Some("true");
    let delete = || http.delete(&row).key("gone-1");
    assert!(!is_replay(&delete().await.expect(204)));
    assert!(is_replay(&delete().await.expect(204)));
    let undo = || http.post("changes/1/undo", json!(null)).key("undo-1");
    let (first, again) = (undo().await, undo().await);
    assert!(
        !is_replay(&first) && (first.status != 200 || is_replay(&again)),
        "{first:?} {again:?}"
    );
    let ledger = || {
        http.post("/v1/ledgers", json!({ "name": "Second", "base_currency": "EUR" }))
            .key("ledger-1")
    };
    assert!(!is_replay(&ledger().await.expect(201)));
    assert!(is_replay(&ledger().await.expect(201)));
    let me = || {
        http.patch("/v1/me", json!({ "display_name": "Somebody" }))
            .key("me-1")
    };
    assert!(!is_replay(&me().await.expect(200)));
    assert!(is_replay(&me().await.expect(200)));
}

#[tokio::test]
async fn whatever_has_a_version_is_not_sent_to_who_has_it() {
    let app = TestApp::start().await;
    let document = server::http::document(&app.state).unwrap();
    fill_example_book(&app).await;
    let http = app.client();
    let mut count = 0;
    for sample in samples(&document) {
        let said = &document["paths"][&sample.operation.template]["get"]["responses"];
        if sample.operation.method != "GET" {
            continue;
        }
        if sample.operation.id == "stream_changes" {
            continue;
        }
        let call = || sample.call(&http, "default", EXAMPLE_ID);
        let answer = call().await.expect(200);
        let etag = answer.header("etag");
        assert_eq!(
            etag.is_some(),
            said["304"].is_object(),
            "{}: {answer:?}",
            sample.operation.id
        );
        let Some(etag) = etag else { continue };
        count += 1;
        for had in [
            etag.to_owned(),
            format!("W/{etag}"),
            format!("\"x\", {etag}"),
            "*".to_owned(),
        ] {
            let short = call().header("if-none-match", &had).await.expect(304);
            assert!(short.body.is_empty(), "{short:?}");
            assert_eq!(short.header("etag"), Some(etag));
            assert_eq!(short.header("content-type"), None);
        }
        let other = call().header("if-none-match", "\"other\"").await;
        assert_eq!(other.expect(200).body, answer.body);
    }
    assert!(count >= 5, "{count}");
}

#[tokio::test]
async fn long_answers_are_packed_for_those_who_ask() {
    let app = TestApp::start().await;
    let http = app.client();
    for number in 0..10 {
        let row = json!({ "date": "2026-11-21", "amount": "1", "payee": format!("payee {number}") });
        http.post("expenses", row).await.expect(201);
    }
    let plain = http.get("expenses").await.expect(200);
    assert_eq!(plain.header("content-encoding"), None);
    assert!(plain.body.len() > 2000);
    for accepted in ["gzip", "br, gzip;q=0.5", "*"] {
        let packed = http
            .get("expenses")
            .header("accept-encoding", accepted)
            .await
            .expect(200);
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{accepted}");
        assert!(packed.header("vary").unwrap().contains("accept-encoding"));
        assert!(packed.body.len() < plain.body.len() / 2, "{}", packed.body.len());
        let mut body = Vec::new();
        GzDecoder::new(packed.body.as_slice())
            .read_to_end(&mut body)
            .unwrap();
        assert_eq!(body, plain.body);
    }
    let big = app
        .stranger()
        .get("/openapi.json")
        .header("accept-encoding", "gzip")
        .await
        .expect(200);
    let mut body = String::new();
    GzDecoder::new(big.body.as_slice())
        .read_to_string(&mut body)
        .unwrap();
    assert_eq!(
        body.into_bytes(),
        app.stranger().get("/openapi.json").await.expect(200).body
    );
    for (path, accepted, method) in [
        ("expenses", "gzip;q=0", "GET"),
        ("expenses", "identity", "GET"),
        ("/livez", "gzip", "GET"),
        ("expenses", "gzip", "HEAD"),
    ] {
        let call = http
            .call(method.parse().unwrap(), path)
            .header("accept-encoding", accepted);
        assert_eq!(
            call.await.expect(200).header("content-encoding"),
            None,
            "{path} {accepted}"
        );
    }
}

#[tokio::test]
async fn a_packed_body_is_refused_and_never_unpacked() {
    let app = TestApp::start().await;
    let call = app
        .client()
        .post("expenses", json!({}))
        .header("content-encoding", "gzip");
    call.await.refused(415, "unsupported-media-type");
}

#[tokio::test]
async fn a_request_has_one_host() {
    let app = TestApp::start().await;
    for (version, hosts, status) in [
        ("1.1", "Host: x\r\n", 200),
        ("1.1", "Host: 127.0.0.1:8000\r\n", 200),
        ("1.1", "Host: [::1]:8000\r\n", 200),
        ("1.1", "Host:\r\n", 200),
        ("1.1", "", 400),
        ("1.1", "Host: x\r\nHost: x\r\n", 400),
        ("1.1", "Host: x\r\nHost: y\r\n", 400),
        ("1.1", "Host: a b\r\n", 400),
        ("1.1", "Host: me@x\r\n", 400),
        ("1.0", "", 200),
        ("1.0", "Host: x\r\nHost: y\r\n", 400),
    ] {
        let answer = raw(
            &app,
            format!("GET /livez HTTP/{version}\r\n{hosts}Connection: close\r\n\r\n"),
        )
        .await;
        let got = answer.split(' ').nth(1).unwrap();
        assert_eq!(got, status.to_string(), "HTTP/{version} {hosts:?}: {answer}");
        if status == 400 {
            assert_eq!(problem(&answer)["code"], "bad-request");
        }
    }
}

#[tokio::test]
async fn what_is_no_request_is_answered_with_an_id_too() {
    let app = TestApp::start().await;
    for request in [
        "GET /livez HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n".to_owned(),
        "\u{1}\u{2}\u{3}\r\n\r\n".to_owned(),
        format!(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx: {}\r\n\r\n",
            "x".repeat(100_000)
        ),
    ] {
        let answer = raw(&app, request).await;
        let id = problem(&answer)["request_id"].as_str().unwrap().to_owned();
        assert!(
            answer.contains(&format!("\r\nx-request-id: {id}\r\n")) && id.len() == 36,
            "{answer}"
        );
        assert!(
            answer.contains("\r\nx-content-type-options: nosniff\r\n"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn the_guide_is_served_beside_the_reference() {
    let app = TestApp::start().await;
    let page = app.stranger().get("/docs/guide").await.expect(200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let page = page.text();
    assert!(page.contains("<h2>1. Record an expense: 201</h2>"), "{page}");
    assert!(page.contains("<pre><code") && !page.contains("<script"), "{page}");
    let document = server::http::document(&app.state).unwrap();
    assert!(
        document["info"]["description"]
            .as_str()
            .unwrap()
            .contains("(/docs/guide)")
    );
}
