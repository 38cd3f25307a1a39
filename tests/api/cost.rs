//! What one request may cost: answers of faults are short, a body is read after its token and within the limit of its
//! operation, and heavy work passes a gate. How much time it takes is measured in `cost/measure.rs`, apart.

mod measure;

use serde_json::{Map, Value, json};
use server::clock::Clock;
use std::net::SocketAddr;
use tests::calls::{Operation, operations};
use tests::client::{Answer, Http};
use tests::server::TestApp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest answer that only says what is wrong.
const MOST_BYTES: usize = 64 * 1024;
const MOST_FAULTS: usize = 100;

/// An operation that takes a body, at an address where it can be called.
#[derive(Debug, Clone)]
struct Target {
    operation: Operation,
    path: String,
    takes_json: bool,
    needs_token: bool,
    /// The longest body it takes.
    most_bytes: usize,
}

/// Every operation with a body.
fn targets(document: &Value) -> Vec<Target> {
    let mut found = Vec::new();
    for operation in operations(document) {
        let method = operation.method.to_lowercase();
        let described = &document["paths"][&operation.template][&method];
        let Some(body) = described["requestBody"].as_object() else {
            continue;
        };
        let said = body["description"]
            .as_str()
            .expect("it says how long a body may be");
        let kib = said
            .split("At most ")
            .nth(1)
            .and_then(|said| said.split(" KiB").next()?.parse().ok());
        let most_bytes = match kib {
            Some(kib) => kib,
            None if said.contains("max_body_bytes") => 256,
            None => 16 * 1024,
        } * 1024;
        let filled = |part: &str| match part {
            "{ledger}" => "default".to_owned(),
            "{date}" => "2026-11-21".to_owned(),
            "{rev}" => "1".to_owned(),
            part if part.starts_with('{') => "018f6f2a-7c1d-7b55-9a53-1f0d2c3b4a59".to_owned(),
            part => part.to_owned(),
        };
        found.push(Target {
            path: operation
                .template
                .split('/')
                .map(filled)
                .collect::<Vec<_>>()
                .join("/"),
            takes_json: body["content"]["application/json"].is_object(),
            needs_token: described["security"]
                .as_array()
                .is_some_and(|schemes| !schemes.is_empty()),
            most_bytes,
            operation,
        });
    }
    assert!(found.len() > 30, "only {} operations with a body", found.len());
    found
}

impl Target {
    async fn send(&self, http: &Http, body: impl Into<Vec<u8>>) -> Answer {
        let call = http
            .call(self.operation.method.parse().expect("a method"), &self.path)
            .bytes("application/json", body);
        let call = if self.operation.id == "update_day" {
            call.if_match("\"0-e3b0c44298fc1c14\"")
        } else {
            call
        };
        call.await
    }

    fn name(&self) -> &str {
        &self.operation.id
    }
}

/// A body with so many fields that are none.
fn unknown_fields(count: usize) -> String {
    let fields: Map<String, Value> = (0..count).map(|n| (format!("k{n}"), json!(0))).collect();
    Value::Object(fields).to_string()
}

/// As many of them as fit.
fn most_fields(bytes: usize) -> String {
    // `"k12345":0,`
    unknown_fields((bytes - 2) / 11)
}

fn check_short(name: &str, answer: &Answer, sent: usize) {
    assert_eq!(answer.status, 400, "{name}: {}", answer.text());
    let bytes = answer.text().len();
    assert!(bytes <= MOST_BYTES, "{name}: {bytes} bytes");
    let told = answer.json["errors"].as_array().expect("errors").len();
    assert!(told <= MOST_FAULTS, "{name}: {told} faults");
    let more = answer.json["more_errors"].as_u64().unwrap_or(0);
    // Fields that are needed and not there come on top.
    assert!(
        told as u64 + more >= sent as u64,
        "{name}: {told} and {more} of {sent}"
    );
    assert_eq!(
        more > 0,
        answer.json["detail"]
            .as_str()
            .is_some_and(|detail| detail.ends_with(" more")),
        "{name}"
    );
}

#[tokio::test]
async fn an_answer_of_faults_is_short_however_many_there_are() {
    let app = TestApp::start().await;
    let document = server::http::document(&app.state).expect("the document");
    let http = app.client();
    for target in targets(&document).iter().filter(|target| target.takes_json) {
        for count in [1, 1000] {
            let answer = target.send(&http, unknown_fields(count)).await;
            check_short(target.name(), &answer, count);
        }
        let body = most_fields(target.most_bytes);
        assert!(body.len() <= target.most_bytes);
        let count = body.matches("\"k").count();
        check_short(target.name(), &target.send(&http, body).await, count);
    }
}

#[tokio::test]
async fn rows_full_of_faults_are_told_as_far_as_they_fit() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = json!({ "op": "create", "expense": { "date": 1, "amount": "1e9", "tags": [1, 2, 3], "x": 1 } });
    let answer = http
        .post("expenses/batch", json!({ "operations": vec![row; 500] }))
        .await;
    check_short("schema", &answer, 500 * 6);

    // What the schema lets through and the rules do not.
    let name = "\u{202e}".repeat(90);
    let row = json!({ "op": "create", "expense": { "date": "2026-11-21", "amount": "0", "payee": name, "note": "x" } });
    let answer = http
        .post("expenses/batch", json!({ "operations": vec![row; 400] }))
        .await;
    let answer = answer.expect(422);
    assert!(answer.text().len() <= MOST_BYTES, "{}", answer.text().len());
    assert!(
        answer.json["more_errors"].as_u64() >= Some(300),
        "{}",
        answer.text()
    );

    // Names that nobody has.
    let row = json!({ "op": "create", "expense": { "date": "2026-11-21", "amount": "1.00", "category": "\"".repeat(200) } });
    let answer = http
        .post("expenses/batch", json!({ "operations": vec![row; 400] }))
        .await;
    let answer = answer.refused(409, "unknown-name");
    assert!(answer.text().len() <= MOST_BYTES, "{}", answer.text().len());
    let told = answer.json["errors"].as_array().expect("errors").len() as u64;
    assert_eq!(told + answer.json["more_errors"].as_u64().unwrap_or(0), 400);
    assert_eq!(app.count_expenses().await, 0);

    let line = json!({ "text": "\"".repeat(999), "today": "2026-11-21" });
    let answer = http.post("expenses/parse", line).await.expect(200);
    assert!(answer.text().len() <= MOST_BYTES, "{}", answer.text().len());
}

/// The status that a request is answered with of which no byte of the body was sent.
async fn status_without_body(address: SocketAddr, target: &Target, token: Option<&str>) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connect");
    let authorization = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    let media = if target.takes_json {
        "application/json"
    } else {
        "text/csv"
    };
    let head = format!(
        "{} {} HTTP/1.1\r\nHost: localhost\r\n{authorization}Content-Type: {media}\r\nContent-Length: 9000\r\n\r\n",
        target.operation.method, target.path
    );
    stream.write_all(head.as_bytes()).await.expect("send the head");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("read the answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn nobody_without_a_token_makes_the_server_read_a_body() {
    let app = TestApp::start().await;
    let document = server::http::document(&app.state).expect("the document");
    for target in targets(&document).iter().filter(|target| target.needs_token) {
        let answer = status_without_body(app.address(), target, None).await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{}: {answer}", target.name());
    }
}

#[tokio::test]
async fn each_operation_takes_as_much_as_it_needs_and_says_how_much() {
    let app = TestApp::start().await;
    let document = server::http::document(&app.state).expect("the document");
    let http = app.client();
    for target in targets(&document).iter().filter(|target| target.takes_json) {
        let is_door = !target.needs_token;
        let is_rows = ["batch_expenses", "update_day"].contains(&target.name());
        let kib = if is_door {
            16
        } else if is_rows {
            256
        } else {
            64
        };
        assert_eq!(target.most_bytes, kib * 1024, "{}", target.name());
        let answer = target.send(&http, " ".repeat(target.most_bytes + 1)).await;
        let answer = answer.refused(413, "too-large");
        let limit = target.most_bytes.to_string();
        assert!(
            answer.json["detail"]
                .as_str()
                .is_some_and(|detail| detail.contains(&limit)),
            "{}",
            target.name()
        );
        target
            .send(&http, " ".repeat(target.most_bytes))
            .await
            .refused(400, "bad-request");
    }
}

#[tokio::test]
async fn a_file_waits_for_no_other_and_is_sent_away_unread() {
    let app = TestApp::start_with(Clock::system(), |config| config.server.max_imports = 1).await;
    let document = server::http::document(&app.state).expect("the document");
    let all = targets(&document);
    let import = all
        .iter()
        .find(|target| target.name() == "create_import")
        .expect("create_import");
    let file = "Date,Amount\n2026-11-20,1\n";
    let send = || {
        app.client()
            .call(reqwest::Method::POST, "imports")
            .bytes("text/csv", file)
    };

    let turn = app.state.import_gate.enter().expect("the gate is free");
    let answer = send().await.refused(503, "unavailable");
    let secs: u64 = answer
        .header("retry-after")
        .expect("Retry-After")
        .parse()
        .expect("seconds");
    assert!((1..=60).contains(&secs));
    // Not a byte of it was sent, and none was waited for.
    let answer = status_without_body(app.address(), import, Some(&app.owner().token)).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.to_lowercase().contains("\r\nretry-after: "), "{answer}");
    // Whoever may not import is told that, and not when to come again.
    let answer = status_without_body(app.address(), import, None).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");

    // Whoever sends a large file all the same hears it, and not that the line broke.
    let large = format!("Date,Amount\n{}", "2026-11-20,1\n".repeat(1_200_000));
    let answer = app
        .client()
        .call(reqwest::Method::POST, "imports")
        .bytes("text/csv", large)
        .await;
    answer.refused(503, "unavailable");

    drop(turn);
    send().await.ok(201);
    // Its place is free again, also after a file that was refused.
    app.client()
        .call(reqwest::Method::POST, "imports")
        .bytes("text/csv", "x")
        .await
        .expect(422);
    tests::program::eventually("the place is free", || app.state.import_gate.enter().is_ok());
}
