//! Web pages of other origins: what a browser is told about them, configured and not.

use reqwest::Method;
use serde_json::json;
use server::clock::Clock;
use tests::client::{Answer, Call, Http};
use tests::server::TestApp;

const OURS: &str = "https://books.example.org";
const THEIRS: &str = "https://evil.example.org";

async fn with_origins(origins: &[&str]) -> TestApp {
    let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
    TestApp::start_with(Clock::system(), |config| config.server.cors_origins = origins).await
}

/// What a browser asks before a page's request.
fn preflight(http: &Http, path: &str, origin: &str) -> Call {
    http.call(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", "PATCH")
        .header(
            "access-control-request-headers",
            "authorization,content-type,if-match",
        )
}

fn allows(answer: &Answer) -> Option<&str> {
    answer.header("access-control-allow-origin")
}

#[tokio::test]
async fn by_default_no_other_page_is_let_in() {
    let app = with_origins(&[]).await;
    let asked = preflight(&app.stranger(), "expenses", OURS).await;
    assert_eq!(allows(&asked.refused(405, "method-not-allowed")), None);
    let answer = app
        .client()
        .get("expenses")
        .header("origin", OURS)
        .await
        .expect(200);
    assert_eq!(
        (allows(&answer), answer.header("vary")),
        (None, Some("accept-encoding"))
    );
}

#[tokio::test]
async fn a_page_that_is_named_is_told_beforehand_what_it_may() {
    let app = with_origins(&["http://localhost:5173", OURS]).await;
    let row = app
        .client()
        .post("expenses", json!({ "date": "2026-11-21", "amount": "1" }))
        .await
        .ok(201);
    let one = format!("expenses/{}", row["id"].as_str().unwrap());
    let told = preflight(&app.stranger(), &one, OURS).await.expect(204);
    assert_eq!(allows(&told), Some(OURS));
    assert_eq!(told.header("vary"), Some("origin"));
    let methods = told.header("access-control-allow-methods").unwrap();
    for method in ["GET", "PATCH", "DELETE"] {
        assert!(methods.split(", ").any(|allowed| allowed == method), "{methods}");
    }
    let headers = told.header("access-control-allow-headers").unwrap();
    for header in ["authorization", "content-type", "if-match", "idempotency-key"] {
        assert!(headers.split(", ").any(|allowed| allowed == header), "{headers}");
    }
    assert_eq!(told.header("access-control-allow-credentials"), None);
    assert!(told.body.is_empty());
}

#[tokio::test]
async fn a_page_that_is_named_may_read_answers_and_refusals() {
    let app = with_origins(&[OURS]).await;
    let good = app
        .client()
        .get("expenses")
        .header("origin", OURS)
        .await
        .expect(200);
    let refused = app.stranger().get("expenses").header("origin", OURS).await;
    for answer in [good, refused.refused(401, "unauthenticated")] {
        assert_eq!(allows(&answer), Some(OURS));
        assert_eq!(answer.header("vary"), Some("origin"));
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(
            exposed.contains("etag") && exposed.contains("retry-after"),
            "{exposed}"
        );
    }
}

#[tokio::test]
async fn any_other_page_is_told_nothing_and_harmed_in_nothing() {
    let app = with_origins(&[OURS]).await;
    for origin in [
        THEIRS,
        "null",
        "https://books.example.org.evil.example.org",
        "http://books.example.org",
        "https://books.example.org:8443",
        "https://BOOKS.example.org",
    ] {
        let asked = preflight(&app.stranger(), "expenses", origin).await;
        let asked = asked.refused(405, "method-not-allowed");
        assert_eq!(allows(&asked), None, "{origin}");
        // Such as the page at /docs, whose requests name its own origin.
        let answer = app
            .client()
            .get("expenses")
            .header("origin", origin)
            .await
            .expect(200);
        assert_eq!((allows(&answer), answer.header("vary")), (None, Some("origin")));
    }
    let curl = app.client().get("expenses").await.expect(200);
    assert_eq!((allows(&curl), curl.header("vary")), (None, Some("origin")));
}
