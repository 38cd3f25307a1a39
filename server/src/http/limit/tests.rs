//! Tests of the limit layer, called without a socket.

use std::io;

use futures_util::stream;
use poem::http::Method;
use poem::http::Uri;
use poem::{EndpointExt as _, endpoint::make};
use serde_json::json;

use super::*;

const SHORT: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_mins(10);

fn limit() -> Limit {
    let document = json!({ "paths": { "/file": { "post": {
        "security": [{ "bearer": [] }],
        "requestBody": { "content": { "text/csv": { "schema": { "type": "string", "format": "binary" } } } },
    } } } });
    Limit {
        bodies: BodyLimits::of(&document, 100, 1000),
        body_timeout: LONG,
        request_timeout: LONG,
    }
}

fn request(path: &'static str) -> Request {
    Request::builder()
        .method(Method::POST)
        .uri(Uri::from_static(path))
        .body(())
}

fn with_body(path: &'static str, body: impl Into<Body>) -> Request {
    let mut request = request(path);
    request.set_body(body);
    request
}

/// The body as the handler sees it, or what the layer said.
async fn call(limit: Limit, request: Request) -> Result<Vec<u8>, LimitError> {
    let app =
        make(|request: Request| async move { whole_body(&request).await.map(|whole| whole.bytes.to_vec()) })
            .with(limit);
    match app.call(request).await {
        Ok(response) => Ok(response.into_body().into_vec().await.unwrap()),
        Err(error) => {
            let reason = *error.downcast_ref::<LimitError>().expect("a typed error");
            assert_eq!(error.status(), reason.status());
            Err(reason)
        }
    }
}

/// A body without a length, in these pieces, which then never ends.
fn endless(pieces: Vec<&'static [u8]>) -> Body {
    let pieces = stream::iter(pieces.into_iter().map(Ok::<_, io::Error>));
    Body::from_bytes_stream(pieces.chain(stream::pending()))
}

#[tokio::test]
async fn a_request_without_a_body_or_a_length_passes() {
    assert_eq!(call(limit(), request("/x")).await, Ok(vec![]));
}

#[tokio::test]
async fn a_body_at_the_limit_passes_and_one_byte_more_does_not() {
    assert_eq!(
        call(limit(), with_body("/x", vec![1; 100])).await,
        Ok(vec![1; 100])
    );
    assert_eq!(
        call(limit(), with_body("/x", vec![1; 101])).await,
        Err(LimitError::BodyTooLarge { max_bytes: 100 })
    );
    assert_eq!(
        call(limit(), with_body("/file", vec![1; 1000])).await,
        Ok(vec![1; 1000])
    );
    assert_eq!(
        call(limit(), with_body("/file", vec![1; 1001])).await,
        Err(LimitError::BodyTooLarge { max_bytes: 1000 })
    );
}

#[tokio::test]
async fn a_body_without_a_length_is_refused_as_soon_as_it_is_too_long() {
    let pieces = || vec![&[1_u8; 60][..], &[1_u8; 60][..]];
    assert_eq!(
        call(limit(), with_body("/x", endless(pieces()))).await,
        Err(LimitError::BodyTooLarge { max_bytes: 100 })
    );
}

#[tokio::test]
async fn a_declared_length_is_refused_before_anything_is_read() {
    for path in ["/x", "/file"] {
        let mut request = with_body(path, endless(vec![]));
        request
            .headers_mut()
            .insert(header::CONTENT_LENGTH, "209715200".parse().unwrap());
        assert!(
            matches!(call(limit(), request).await, Err(LimitError::BodyTooLarge { .. })),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_body_that_does_not_end_is_given_up() {
    for path in ["/x", "/file"] {
        let slow = Limit {
            body_timeout: SHORT,
            ..limit()
        };
        let result = call(slow, with_body(path, endless(vec![b"half"]))).await;
        assert_eq!(result, Err(LimitError::BodyTooSlow { within: SHORT }), "{path}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_body() {
    for path in ["/x", "/file"] {
        let broken = stream::iter([Ok(&b"half"[..]), Err(io::Error::other("reset"))]);
        let result = call(limit(), with_body(path, Body::from_bytes_stream(broken))).await;
        assert_eq!(result, Err(LimitError::BodyBroken), "{path}");
    }
}

#[tokio::test]
async fn an_encoded_body_is_refused_whatever_the_encoding() {
    for (name, value, is_fine) in [
        ("content-encoding", "gzip", false),
        ("content-encoding", "identity, gzip", false),
        ("content-encoding", "", false),
        ("content-encoding", "Identity", true),
        ("transfer-encoding", "gzip, chunked", false),
        ("transfer-encoding", "chunked", true),
    ] {
        let mut request = with_body("/x", "{}");
        request.headers_mut().insert(name, value.parse().unwrap());
        let expected = if is_fine {
            Ok(b"{}".to_vec())
        } else {
            Err(LimitError::BodyEncoded)
        };
        assert_eq!(call(limit(), request).await, expected, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_long_address_and_long_or_many_headers_are_refused() {
    let long = Request::builder()
        .uri(format!("/x?q={}", "a".repeat(8192)).parse().unwrap())
        .body(());
    assert_eq!(call(limit(), long).await, Err(LimitError::UriTooLong));
    let mut one = request("/x");
    one.headers_mut()
        .insert("x-long", "a".repeat(16 * 1024).parse().unwrap());
    assert_eq!(call(limit(), one).await, Err(LimitError::HeadersTooLarge));
    let mut many = request("/x");
    for number in 0..65 {
        many.headers_mut()
            .append("x-many", number.to_string().parse().unwrap());
    }
    assert_eq!(call(limit(), many).await, Err(LimitError::HeadersTooLarge));
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_given_up() {
    let app = make(|_| std::future::pending::<()>()).with(Limit {
        request_timeout: SHORT,
        ..limit()
    });
    let error = app.call(request("/x")).await.unwrap_err();
    assert_eq!(
        error.downcast_ref(),
        Some(&LimitError::AnswerTooSlow { within: SHORT })
    );
    assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_body_and_its_hash_are_the_same_for_everybody_who_asks() {
    let app = make(|request: Request| async move {
        for _ in 0..2 {
            let whole = whole_body(&request).await?;
            assert_eq!(
                (&whole.bytes[..], whole.hash),
                (&b"{}"[..], hash(&request, b"{}"))
            );
        }
        Ok::<_, poem::Error>("fine")
    })
    .with(limit());
    app.call(with_body("/x", "{}")).await.unwrap();
}

#[tokio::test]
async fn a_body_that_nobody_asks_for_is_not_read() {
    let app = make(|_| async { "refused" }).with(limit());
    let response = app.call(with_body("/x", endless(vec![]))).await.unwrap();
    assert_eq!(response.into_body().into_vec().await.unwrap(), b"refused");
}

#[tokio::test]
async fn the_time_in_which_the_body_came_is_not_the_answers() {
    let within = Duration::from_secs(1);
    let app =
        make(|request: Request| async move { whole_body(&request).await.map(|_| "answered") }).with(Limit {
            request_timeout: within,
            ..limit()
        });
    let late = stream::once(async move {
        tokio::time::sleep(within + SHORT).await;
        Ok::<_, io::Error>(&b"{}"[..])
    });
    let response = app
        .call(with_body("/x", Body::from_bytes_stream(late)))
        .await
        .unwrap();
    assert_eq!(response.into_body().into_vec().await.unwrap(), b"answered");
}

fn hash(request: &Request, body: &[u8]) -> RequestHash {
    let mut hasher = RequestHasher::begin(request);
    hasher.update(body);
    hasher.finish()
}

#[test]
fn the_hash_tells_apart_all_that_makes_another_request() {
    let with_match = |value: &'static str| {
        let mut request = request("/x");
        request
            .headers_mut()
            .insert(header::IF_MATCH, value.parse().unwrap());
        request
    };
    let put = Request::builder()
        .method(Method::PUT)
        .uri(Uri::from_static("/x"))
        .body(());
    let hashes = [
        hash(&request("/x"), b"{}"),
        hash(&request("/x"), b"{ }"),
        hash(&request("/x?a=1"), b"{}"),
        hash(&request("/x?a=2"), b"{}"),
        hash(&put, b"{}"),
        hash(&with_match("\"1\""), b"{}"),
        hash(&with_match("\"2\""), b"{}"),
        // The same bytes in a row, cut at another place.
        hash(&request("/x?a=1{"), b"}"),
    ];
    for (place, hash) in hashes.iter().enumerate() {
        assert!(!hashes[place + 1..].contains(hash), "{place}");
    }
    assert_eq!(hashes[0], hash(&request("/x"), b"{}"));
}
