//! Every operation of the document has a tested success and a tested refusal. Asked by `tests/run` when all suites of a
//! database are through, of what they noted.

use tests::calls::{file, operation_of, operations, untested};
use tests::server::TestApp;

#[tokio::test]
#[ignore = "tests/run asks it last, when the other suites have noted their calls"]
async fn every_operation_was_seen_to_succeed_and_to_refuse() {
    let file = file().expect("EXPENSE_TEST_CALLS names the file of this run");
    let noted = std::fs::read_to_string(file).unwrap();
    let app = TestApp::start().await;
    let document = server::http::document(&app.state).unwrap();
    let (never_succeeded, never_refused) = untested(&document, &noted);
    assert!(
        never_succeeded.is_empty(),
        "no test saw these succeed: {}",
        never_succeeded.join(", ")
    );
    // What takes nothing and lets anybody in can only be refused while the server is not well.
    let never_refused: Vec<_> = never_refused.into_iter().filter(|id| id != "livez").collect();
    assert!(
        never_refused.is_empty(),
        "no test saw these refused: {}",
        never_refused.join(", ")
    );
}

#[tokio::test]
async fn a_call_is_told_from_its_neighbours() {
    let app = TestApp::start().await;
    let operations = operations(&server::http::document(&app.state).unwrap());
    let id_of = |method: &str, path: &str| {
        operation_of(&operations, method, path).map(|operation| operation.id.as_str())
    };
    assert_eq!(
        id_of("POST", "/v1/ledgers/default/expenses"),
        Some("create_expense")
    );
    assert_eq!(
        id_of("GET", "/v1/ledgers/default/expenses?limit=1"),
        Some("list_expenses")
    );
    assert_eq!(
        id_of("POST", "/v1/ledgers/x/expenses/batch"),
        Some("batch_expenses")
    );
    assert_eq!(
        id_of("POST", "/v1/ledgers/x/expenses/y/restore"),
        Some("restore_expense")
    );
    assert_eq!(id_of("PUT", "/v1/ledgers/x/expenses"), None);
    assert_eq!(id_of("GET", "/v1/ledgers/x/expenses/y/z"), None);
}

#[tokio::test]
async fn what_was_not_called_is_named() {
    let app = TestApp::start().await;
    let document = server::http::document(&app.state).unwrap();
    let (never_succeeded, never_refused) = untested(&document, "create_expense 201\nlist_expenses 400\n");
    assert!(!never_succeeded.contains(&"create_expense".to_owned()));
    assert!(never_succeeded.contains(&"list_expenses".to_owned()));
    assert!(never_refused.contains(&"create_expense".to_owned()));
    assert!(!never_refused.contains(&"list_expenses".to_owned()));
}
