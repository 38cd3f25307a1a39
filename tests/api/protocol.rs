//! HTTP itself: what is not there, methods an address does not take, HEAD and OPTIONS, headers, and the documentation.

use reqwest::Method;
use serde_json::json;
use std::collections::BTreeSet;
use tests::sample::samples;
use tests::server::TestApp;

#[tokio::test]
async fn every_address_that_leads_nowhere_says_so_in_the_same_way() {
    let app = TestApp::start().await;
    for path in [
        "/",
        "/v1",
        "/v2/ledgers",
        "/v1/ledgers/default/nothing",
        "/v1/ledgers/default/expenses/1/2/3",
        "/v1/ledgers//expenses",
        "/docs/errors/no-such-code",
        "/favicon.ico",
        "/v1/ledgers/default/../../../etc/passwd",
    ] {
        for http in [app.client(), app.stranger()] {
            http.get(path).await.refused(404, "not-found");
            if !path.starts_with("/docs") {
                http.post(path, json!({})).await.refused(404, "not-found");
            }
        }
    }
}

#[tokio::test]
async fn an_address_that_is_no_text_is_refused() {
    let app = TestApp::start().await;
    app.client().get("/%ff").await.refused(400, "bad-request");
    app.client().get("expenses?q=%ff").await.expect(200);
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_refused_with_those_it_takes() {
    let app = TestApp::start().await;
    let document = server::http::document(&app.state).unwrap();
    let samples = samples(&document);
    let templates: BTreeSet<&str> = samples
        .iter()
        .map(|sample| sample.operation.template.as_str())
        .collect();
    for template in templates {
        let here: Vec<_> = samples
            .iter()
            .filter(|sample| sample.operation.template == template)
            .collect();
        let takes: BTreeSet<&str> = here
            .iter()
            .map(|sample| sample.operation.method.as_str())
            .collect();
        let path = here[0].path("default", server::http::examples::EXAMPLE_ID);
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
        ] {
            if takes.contains(method) {
                continue;
            }
            let answer = app
                .client()
                .call(method.parse().unwrap(), &path)
                .await
                .refused(405, "method-not-allowed");
            let allowed: BTreeSet<&str> = answer.header("allow").unwrap_or_default().split(", ").collect();
            let mut expected = takes.clone();
            if takes.contains("GET") {
                expected.insert("HEAD");
            }
            assert_eq!(allowed, expected, "{answer:?}");
        }
    }
}

#[tokio::test]
async fn head_answers_as_get_without_the_body() {
    let app = TestApp::start().await;
    let http = app.client();
    let row = http
        .post("expenses", json!({ "date": "2026-11-21", "amount": "1" }))
        .await
        .ok(201);
    let one = format!("expenses/{}", row["id"].as_str().unwrap());
    for path in [
        "expenses",
        one.as_str(),
        "/livez",
        "/readyz",
        "/openapi.json",
        "/docs",
    ] {
        let (get, head) = (
            http.get(path).await.expect(200),
            http.call(Method::HEAD, path).await.expect(200),
        );
        assert!(head.body.is_empty(), "{head:?}");
        for name in ["content-type", "etag", "link"] {
            assert_eq!(head.header(name), get.header(name), "{name} of {path}");
        }
    }
    let missing = http.call(Method::HEAD, "expenses/none").await.expect(404);
    assert!(missing.body.is_empty());
}

#[tokio::test]
async fn every_answer_carries_the_id_it_has_in_the_log() {
    let app = TestApp::start().await;
    let own = app
        .client()
        .get("expenses")
        .header("x-request-id", "my-request-1")
        .await
        .expect(200);
    assert_eq!(own.header("x-request-id"), Some("my-request-1"));
    let (one, two) = (
        app.client().get("expenses").await,
        app.client().get("expenses").await,
    );
    assert!(one.header("x-request-id").is_some());
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
    let forged = app
        .client()
        .get("expenses")
        .header("x-request-id", "a b\"c")
        .await;
    assert_ne!(forged.header("x-request-id"), Some("a b\"c"));
}

#[tokio::test]
async fn the_server_says_that_it_lives_and_is_ready_to_anybody() {
    let app = TestApp::start_at("2026-11-22T10:00:00Z").await;
    for path in ["/livez", "/readyz"] {
        let health = app.stranger().get(path).await.ok(200);
        assert_eq!(
            (&health["status"], &health["now"]),
            (&json!("ok"), &json!("2026-11-22T10:00:00.000000Z"))
        );
    }
}

#[tokio::test]
async fn the_documentation_is_served_and_asks_nobody_else_for_anything() {
    let app = TestApp::start().await;
    let http = app.stranger();
    let document = http.get("/openapi.json").await.expect(200);
    assert_eq!(document.header("content-type"), Some("application/json"));
    assert_eq!(document.json, server::http::document(&app.state).unwrap());
    let page = http.get("/docs").await.expect(200).text();
    assert!(page.contains("list_expenses"), "the page holds the document");
    for asset in [
        "src=\"http",
        "src='http",
        "href=\"http",
        "href='http",
        "@import",
        "cdn.",
    ] {
        assert!(!page.contains(asset), "the page asks for {asset}");
    }
    for code in api::problem::Code::ALL {
        let page = http
            .get(&format!("/docs/errors/{}", code.as_str()))
            .await
            .expect(200)
            .text();
        assert!(page.contains(code.title()), "{page}");
    }
}

#[tokio::test]
async fn headers_and_addresses_beyond_the_limit_are_refused() {
    let app = TestApp::start().await;
    let many = app
        .client()
        .get("expenses")
        .header("x-filler", &"x".repeat(20_000))
        .await;
    assert_eq!(many.status, 431, "{many:?}");
    let long = app
        .client()
        .get(&format!("expenses?q={}", "x".repeat(9000)))
        .await;
    assert!(matches!(long.status, 400 | 414), "{long:?}");
    app.client().get("expenses").await.expect(200);
}

#[tokio::test]
async fn an_if_match_that_cannot_be_read_is_no_leave_to_write_without_one() {
    let app = TestApp::start().await;
    tests::sample::fill_example_book(&app).await;
    let print = tests::house::fingerprint(&app).await;
    let id = server::http::examples::EXAMPLE_ID;
    let mut tried = 0;
    for sample in samples(&server::http::document(&app.state).unwrap()) {
        if !sample.takes_if_match {
            continue;
        }
        let call = || sample.call(&app.client(), "default", id);
        for tag in [
            "3",
            "\"\"",
            "W/\"3\"",
            "\"1\", \"2\"",
            "\"3",
            "",
            "*, \"1\"",
            "'1'",
            "\"1\u{e4}\"",
        ] {
            let name = &sample.operation.id;
            let answer = call().header_bytes("if-match", tag.as_bytes()).await;
            let answer = answer.refused(400, "bad-request");
            assert_eq!(answer.json["errors"][0]["pointer"], "/If-Match", "{name} {tag}");
        }
        let answer = call().if_match("\"1\"").another_header("if-match", "\"2\"").await;
        answer.refused(400, "bad-request");
        // A version is a number; the tag of a day is more.
        if !sample.operation.template.contains("/days/") {
            for tag in ["\"x\"", "\"-1\"", "\"+1\"", "\"1.0\"", "\"99999999999999999999\""] {
                call().if_match(tag).await.refused(400, "bad-request");
            }
        }
        tried += 1;
    }
    assert!(tried > 10, "{tried}");
    assert_eq!(tests::house::fingerprint(&app).await, print);
}
