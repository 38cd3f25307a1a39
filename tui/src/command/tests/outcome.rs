//! How a command ends when something goes wrong around its write: before it, at it, and after it.

use super::*;
use crate::client::ClientError;
use crate::client::fake::{refusal, unreachable};
use api::problem::Code;

/// Every command that writes once, and the operation that it writes with.
const WRITES: [(&[&str], &str); 10] = [
    (&["add", "12.50 Rewe"], "quick_expense"),
    (&["edit", ROW, "note=x"], "update_expense"),
    (&["delete", ROW], "batch_expenses"),
    (&["restore", ROW], "batch_expenses"),
    (&["undo"], "undo_change"),
    (&["undo", "--redo"], "undo_change"),
    (&["categories", "add", "Sushi"], "create_category"),
    (&["accounts", "archive", "Bank"], "update_account"),
    (&["invite", "viewer"], "create_invite"),
    (&["join", "CODE"], "accept_invite"),
];
const ROW: &str = "018f6f2a-7c1d-7b55-9a53-1f0d2c3b4a59";
/// What the commands read.
const READS: [&str; 5] = [
    "get_ledger",
    "list_categories",
    "list_accounts",
    "list_members",
    "list_expenses",
];

fn ready() -> Arc<FakeApi> {
    let fake = server();
    let row = expense(&id("2c3b4a59"), json!({}));
    fake.on("get_expense", &row);
    fake.on("quick_expense", &json!({ "expense": row }));
    fake.on("update_expense", &row);
    fake.on("batch_expenses", &json!({ "items": [row] }));
    let change = json!({
        "rev": 7, "operation_id": FOOD, "kind": "create_expense", "by": FOOD, "by_name": "ana", "client": "expense",
        "at": TIME, "is_undoable": true, "row_count": 1, "rows": [],
    });
    let mut changes = page(json!([change]));
    changes["rev"] = json!(7);
    fake.on("list_changes", &changes);
    fake.on(
        "undo_change",
        &json!({ "operation_id": FOOD, "undoes": FOOD, "rev": 8, "restored": 1, "skipped": 0, "is_done": true }),
    );
    fake.on("create_category", &named(FOOD, "Sushi", json!({})));
    fake.on("update_account", &named(BANK, "Bank", json!({ "kind": "bank" })));
    let invite = json!({
        "id": FOOD, "role": "viewer", "created_by": FOOD, "created_at": TIME, "expires_at": TIME, "version": 1,
    });
    fake.on("create_invite", &json!({ "code": "CODE", "invite": invite }));
    let joined = json!({
        "ledger_id": FOOD, "ledger_name": "Personal", "role": "viewer",
    });
    fake.on("accept_invite", &joined);
    fake
}

/// What is read is refused once the write is done.
struct RefusedAfter {
    inner: Arc<FakeApi>,
    write: &'static str,
}

impl crate::client::Api for RefusedAfter {
    fn call(&self, request: crate::client::Request) -> crate::client::Reply<crate::client::Answer> {
        let is_write = request.operation == self.write;
        let answer = self.inner.call(request);
        if is_write {
            for read in READS {
                self.inner.fail(read, refusal(Code::Forbidden));
            }
        }
        answer
    }
}

#[tokio::test]
async fn whatever_is_refused_after_a_write_the_write_is_a_success() {
    for (line, write) in WRITES {
        let inner = ready();
        let api = Arc::new(RefusedAfter {
            inner: inner.clone(),
            write,
        });
        let ran = ran_at(api, Dates::default(), line).await;
        assert!(ran.outcome.is_ok(), "{line:?}: {:?} {}", ran.outcome, ran.talk);
        assert_eq!(inner.requests_of(write).len(), 1, "{line:?}");
    }
}

#[tokio::test]
async fn a_row_that_was_saved_is_shown_by_a_token_that_may_read_nothing() {
    let fake = ready();
    for read in READS {
        fake.fail(read, refusal(Code::Forbidden));
    }
    let ran = ran(&fake, &["add", "12.50 Rewe"]).await;
    assert!(ran.talk.contains("Saved to Sat 21 Nov 2026."), "{}", ran.talk);
    assert_eq!(ran.data(), "2026-11-21  12.50  EUR  ?  ?  Rewe  2c3b4a59\n");
}

#[tokio::test]
async fn a_write_that_was_refused_is_told_as_refused() {
    for (line, write) in WRITES {
        let fake = ready();
        fake.fail(write, refusal(Code::Forbidden));
        let (code, _) = ran(&fake, line).await.failure();
        assert_eq!(code, 77, "{line:?}");
        fake.fail(write, unreachable());
        let (code, _) = ran(&fake, line).await.failure();
        assert_eq!(code, 69, "{line:?}");
    }
}

#[tokio::test]
async fn a_write_of_which_the_answer_is_lost_is_neither_done_nor_refused() {
    for (line, write) in WRITES {
        let fake = ready();
        fake.fail(
            write,
            ClientError::Lost {
                address: "http://fake".to_owned(),
                reason: "cut".to_owned(),
            },
        );
        let (code, said) = ran(&fake, line).await.failure();
        assert_eq!(code, 74, "{line:?}");
        assert!(said.contains("is not known"), "{said}");
        assert!(!said.contains("nothing is written twice"), "{said}");
        fake.fail(write, refusal(Code::Unavailable));
        let (code, said) = ran(&fake, line).await.failure();
        assert_eq!(code, 75, "{line:?}");
        assert!(said.contains("is not known"), "{said}");
    }
}

#[tokio::test]
async fn an_entry_of_which_the_answer_is_lost_is_added_once_by_the_line_that_is_told() {
    let fake = ready();
    fake.fail_once(
        "quick_expense",
        ClientError::Lost {
            address: "http://fake".to_owned(),
            reason: "cut".to_owned(),
        },
    );
    let (_, said) = ran(&fake, &["add", "12.50 Rewe"]).await.failure();
    let (_, told) = said.split_once("--id ").unwrap();
    let told = told.split('`').next().unwrap();
    ran(&fake, &["add", "--id", told, "12.50 Rewe"]).await.data();
    let requests = fake.requests_of("quick_expense");
    assert!(requests[0] == requests[1], "{requests:?}");
}

#[tokio::test]
async fn what_did_nothing_is_no_success() {
    let fake = ready();
    fake.on(
        "undo_change",
        &json!({ "operation_id": FOOD, "undoes": FOOD, "rev": 8, "restored": 0, "skipped": 3, "is_done": true }),
    );
    let (code, said) = ran(&fake, &["undo", "--skip-conflicts"]).await.failure();
    assert_eq!(code, 1);
    assert!(said.contains("Nothing was undone"), "{said}");
    // The number of a change that is not there is no other change.
    let (code, said) = ran(&fake, &["undo", "6"]).await.failure();
    assert_eq!((code, fake.requests_of("undo_change").len()), (65, 1), "{said}");
}
