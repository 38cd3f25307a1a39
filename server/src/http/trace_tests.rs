//! Tests of the request's line and id.

use std::io;
use std::sync::{Arc, Mutex};

use poem::http::Uri;
use poem::{EndpointExt as _, Route, endpoint::make};
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The answer and the lines of one request.
async fn call(path: &'static str, id: Option<&str>) -> (Option<Response>, Vec<serde_json::Value>) {
    let app = Route::new()
        .at("/things/:id", make(|_| async { "thing" }))
        .at(
            "/broken/:id",
            make(|_| async { Err::<(), _>(poem::Error::from_status(StatusCode::BAD_GATEWAY)) }),
        )
        .at("/never", make(|_| std::future::pending::<()>()))
        .at("/livez", make(|_| async {}))
        .with(Trace::new(Clock::system()));
    let mut request = Request::builder().uri(Uri::from_static(path)).body(());
    request
        .extensions_mut()
        .insert(ClientAddress(std::net::Ipv4Addr::new(192, 0, 2, 7).into()));
    if let Some(id) = id {
        request
            .headers_mut()
            .insert(X_REQUEST_ID, HeaderValue::from_str(id).unwrap());
    }
    let kept = Kept::default();
    let layer = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_writer(kept.clone());
    let subscriber = tracing_subscriber::registry().with(layer);
    let answer = async {
        let call = app.call(request);
        tokio::select! {
            biased;
            answer = call => Some(answer.unwrap()),
            () = std::future::ready(()) => None,
        }
    };
    let answer = answer.with_subscriber(subscriber).await;
    let bytes = kept.0.lock().unwrap().clone();
    let lines = String::from_utf8(bytes)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    (answer, lines)
}

#[tokio::test]
async fn a_request_is_one_line_with_its_pattern_and_never_its_address() {
    let (answer, lines) = call("/things/42?q=dentist&max=12.50", None).await;
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(
        (&line["method"], &line["route"], &line["status"]),
        (&"GET".into(), &"/things/:id".into(), &200.into())
    );
    assert!(line["ms"].is_u64());
    assert_eq!(line["client"], "192.0.2.7");
    assert_eq!(line["id"].as_str(), answer.unwrap().header(X_REQUEST_ID));
    let text = line.to_string();
    assert!(!text.contains("dentist") && !text.contains("12.50"), "{text}");
}

#[tokio::test]
async fn an_error_has_its_line_and_its_id_too() {
    for (path, status, route, level) in [
        ("/broken/1", 502, "/broken/:id", "ERROR"),
        ("/nowhere?x", 404, "-", "INFO"),
    ] {
        let (answer, lines) = call(path, None).await;
        let answer = answer.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        assert!(answer.header(X_REQUEST_ID).is_some(), "{path}");
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["status"], status);
        assert_eq!(lines[0]["route"], route);
        assert_eq!(lines[0]["level"], level);
    }
}

#[tokio::test]
async fn a_request_that_was_given_up_has_its_line() {
    let (answer, lines) = call("/never", None).await;
    assert!(answer.is_none());
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["status"], "gone");
}

#[tokio::test]
async fn probes_are_told_only_to_those_who_ask_for_more() {
    let (_, lines) = call("/livez", None).await;
    assert_eq!(lines[0]["level"], "DEBUG");
}

#[tokio::test]
async fn a_sane_id_is_taken_over_and_any_other_is_replaced() {
    let (answer, lines) = call("/things/1", Some("my-id_1.2")).await;
    assert_eq!(answer.unwrap().header(X_REQUEST_ID), Some("my-id_1.2"));
    assert_eq!(lines[0]["id"], "my-id_1.2");
    for bad in ["", "a b", "a\"b", "{}", &"x".repeat(65)] {
        let (answer, lines) = call("/things/1", Some(bad)).await;
        let answer = answer.unwrap();
        let id = answer.header(X_REQUEST_ID).unwrap();
        assert_eq!(id.len(), 36, "{bad:?} became {id:?}");
        assert_eq!(lines[0]["id"], id);
    }
}
