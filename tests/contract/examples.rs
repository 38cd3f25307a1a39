//! Every example of the document, sent as printed to the example book, succeeds as the document says; and what a call
//! needs beyond its example (the ETag of what it changes) is read first, as a reader of the document would.

use server::clock::Clock;
use tests::sample::{book_of, samples};
use tests::server::TestApp;

#[tokio::test]
async fn every_example_sent_as_printed_gets_its_documented_success() {
    let app = TestApp::start_with(Clock::system(), |config| config.auth.open_sign_up = true).await;
    let all = samples(&server::http::document(&app.state).unwrap());
    assert!(all.len() > 8, "the document lists its operations");
    let mut wrong = Vec::new();
    for sample in &all {
        let answer = book_of(&app, sample).await.call(sample).await;
        if answer.status != sample.success {
            wrong.push(format!(
                "{}: expected {}: {answer:?}",
                sample.operation.id, sample.success
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
