//! Every example of the document, sent as printed to the example book, succeeds as the document says; and what a call
//! needs beyond its example (the ETag of what it changes) is read first, as a reader of the document would.

use server::http::examples::EXAMPLE_ID;
use tests::client::Http;
use tests::sample::{Sample, fill_example_book, samples};
use tests::server::TestApp;

/// The ETag of what a call changes, as reading it tells.
async fn etag(http: &Http, sample: &Sample) -> Option<String> {
    if !sample.takes_if_match {
        return None;
    }
    let path = sample.path("default", EXAMPLE_ID);
    let read = http.get(path.trim_end_matches("/restore")).await;
    read.header("etag").map(str::to_owned)
}

#[tokio::test]
async fn every_example_sent_as_printed_gets_its_documented_success() {
    let template = TestApp::start().await;
    let all = samples(&server::http::document(&template.state).unwrap());
    assert!(all.len() > 8, "the document lists its operations");
    let mut wrong = Vec::new();
    for sample in &all {
        // Reads share a book; what changes one has its own, so that no example depends on another.
        let own = if sample.is_write() {
            Some(TestApp::start().await)
        } else {
            None
        };
        let app = own.as_ref().unwrap_or(&template);
        if sample.is_write() || app.rev().await == 0 {
            fill_example_book(app).await;
        }
        let http = app.client();
        let etag = etag(&http, sample).await;
        let mut call = sample.call(&http, "default", EXAMPLE_ID);
        if let Some(etag) = &etag {
            call = call.if_match(etag);
        }
        let answer = call.await;
        if answer.status != sample.success {
            wrong.push(format!(
                "{}: expected {}: {answer:?}",
                sample.operation.id, sample.success
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
