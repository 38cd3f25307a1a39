//! The order of writes: one at a time, a refused one holds back its rows alone, versions go on from write to write.

use super::books::{At, Books, change, delete, flush, row};
use super::*;
use crate::client::{Answer as HttpAnswer, ClientError, Reply, Request};
use api::expense::{Batch, BatchOperation, BatchVerb, ExpensePatch};
use api::patch::Patch;
use std::sync::atomic::Ordering;

fn is_saved(sent: &Sent) -> bool {
    matches!(sent, Sent::Saved(..))
}

#[tokio::test]
async fn writes_made_while_the_server_is_away_go_in_order_and_their_versions_go_on() {
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let (old, other) = (ExpenseId::new(), ExpenseId::new());
    let books = Books::with(&[old, other]);
    let api: Arc<dyn Api> = Arc::new(At(Arc::clone(&books)));
    books.is_away.store(true, Ordering::SeqCst);
    let new = outbox.create(lunch(), "12.50 lunch");
    let made = new.created().unwrap();
    let entries = [
        new,
        // The row as it is shown has no version yet.
        change(&outbox, made, 0, "first"),
        change(&outbox, old, 1, "a"),
        change(&outbox, old, 1, "b"),
        delete(&outbox, other, 1),
        delete(&outbox, made, 0),
    ];
    let keys: Vec<String> = entries.iter().map(|entry| entry.key.to_string()).collect();
    for entry in entries {
        assert!(matches!(
            outbox.send(Arc::clone(&api), entry).await,
            Sent::Waiting(..)
        ));
    }
    assert_eq!((outbox.waiting(), outbox.counts().unwrap().0), (6, 6));
    assert_eq!(books.keys().len(), 1, "those behind it are not tried in vain");
    books.is_away.store(false, Ordering::SeqCst);
    books.asked.lock().unwrap().clear();
    let sent = flush(&outbox, &api).await;
    assert!(sent.iter().all(is_saved), "{sent:?}");
    assert_eq!(books.keys(), keys);
    let versions = books.versions();
    assert_eq!((versions[&made], versions[&old], versions[&other]), (3, 3, 2));
    assert_eq!(outbox.counts().unwrap(), (0, 0));
}

#[tokio::test]
async fn a_refused_one_holds_back_its_rows_and_no_others() {
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let (old, other) = (ExpenseId::new(), ExpenseId::new());
    let books = Books::with(&[old, other]);
    let api: Arc<dyn Api> = Arc::new(At(Arc::clone(&books)));
    books.is_away.store(true, Ordering::SeqCst);
    // Somebody else changed that one meanwhile.
    let stale = change(&outbox, old, 7, "mine");
    for entry in [
        stale.clone(),
        delete(&outbox, old, 7),
        change(&outbox, other, 1, "theirs"),
    ] {
        outbox.send(Arc::clone(&api), entry).await;
    }
    books.is_away.store(false, Ordering::SeqCst);
    let sent = flush(&outbox, &api).await;
    assert!(
        matches!(sent.as_slice(), [Sent::Refused(..), Sent::Saved(..)]),
        "{sent:?}"
    );
    let standings: Vec<Standing> = outbox
        .unsent()
        .into_iter()
        .map(|unsent| unsent.standing)
        .collect();
    assert!(matches!(
        standings.as_slice(),
        [Standing::Refused(_), Standing::Held(text)] if text == "mine"
    ));
    assert_eq!(outbox.waiting(), 0);
    // The next run finds the same.
    drop(outbox);
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    assert_eq!(outbox.take_over().unwrap().len(), 2);
    assert!(outbox.send_next(Arc::clone(&api)).is_none());
    // Mended, it goes, and the one behind it after it.
    let write = Write::Update {
        id: old,
        version: 1,
        patch: Box::default(),
    };
    let before = stale.key;
    let mended = outbox.unsent().remove(0).entry.anew(write);
    assert_ne!(mended.key, before, "another body needs another key");
    outbox.mend(mended).unwrap();
    let sent = flush(&outbox, &api).await;
    assert_eq!(sent.iter().filter(|sent| is_saved(sent)).count(), 2, "{sent:?}");
    assert_eq!(books.versions()[&old], 3);
    assert_eq!(outbox.counts().unwrap(), (0, 0));
}

#[tokio::test]
async fn two_at_once_wait_for_each_other_in_the_order_they_were_made() {
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let id = ExpenseId::new();
    let books = Books::with(&[id]);
    let api: Arc<dyn Api> = Arc::new(At(Arc::clone(&books)));
    let sent: Vec<_> = (0..8)
        .map(|n| outbox.send(Arc::clone(&api), change(&outbox, id, 1, &n.to_string())))
        .collect();
    let sent = futures_util::future::join_all(sent.into_iter().rev()).await;
    assert!(sent.iter().all(is_saved), "{sent:?}");
    assert_eq!(books.versions()[&id], 9);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_asked_for_with_the_same_key_by_the_next_run() {
    struct Losing(Arc<Books>);
    impl Api for Losing {
        fn call(&self, request: Request) -> Reply<HttpAnswer> {
            self.0.asked.lock().unwrap().push(request.clone());
            self.0.take(&request).unwrap();
            let lost = ClientError::Lost {
                address: String::new(),
                reason: String::new(),
            };
            Box::pin(std::future::ready(Err(lost)))
        }
    }
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let id = ExpenseId::new();
    let books = Books::with(&[id]);
    let first = outbox.send(Arc::new(Losing(Arc::clone(&books))), change(&outbox, id, 1, "a"));
    assert!(matches!(first.await, Sent::Waiting(_, Some(_))));
    let api: Arc<dyn Api> = Arc::new(At(Arc::clone(&books)));
    outbox.send(Arc::clone(&api), change(&outbox, id, 1, "b")).await;
    assert!(outbox.unsent()[0].may_be_there && !outbox.unsent()[1].may_be_there);
    drop(outbox);
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    outbox.take_over().unwrap();
    let sent = flush(&outbox, &api).await;
    assert!(sent.iter().all(is_saved), "{sent:?}");
    let keys = books.keys();
    assert_eq!((keys.len(), &keys[0]), (3, &keys[1]));
    assert_eq!(books.versions()[&id], 3);
}

#[tokio::test]
async fn a_server_that_fails_over_one_write_holds_up_no_other_for_long() {
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let fake = Arc::new(FakeApi::new());
    fake.fail("create_expense", refusal(Code::Internal));
    let bad = outbox.create(lunch(), "bad");
    for round in 0..3 {
        let sent = if round == 0 {
            outbox.send(fake.clone(), bad.clone()).await
        } else {
            outbox.send_next(fake.clone()).unwrap().1.await
        };
        assert_eq!(matches!(sent, Sent::Refused(..)), round == 2, "{sent:?}");
    }
    let good = outbox.create(lunch(), "good");
    fake.on("create_expense", &saved(&good));
    assert!(is_saved(&outbox.send(fake, good).await));
}

#[tokio::test]
async fn a_row_that_is_dropped_takes_its_changes_with_it() {
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let fake = Arc::new(FakeApi::new());
    let new = outbox.create(lunch(), "12.50 lunch");
    let (id, row) = (new.id, new.created().unwrap());
    let sending = outbox.send(fake.clone(), new);
    assert_eq!(outbox.discard(id).unwrap(), Vec::new(), "it is on its way");
    sending.await;
    outbox.send(fake.clone(), change(&outbox, row, 0, "its")).await;
    outbox
        .send(fake, change(&outbox, ExpenseId::new(), 1, "another's"))
        .await;
    assert_eq!(outbox.discard(id).unwrap().len(), 2);
    assert_eq!(outbox.counts().unwrap().0, 1);
}

#[tokio::test]
async fn a_batch_follows_the_versions_of_each_of_its_rows() {
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let (one, two) = (ExpenseId::new(), ExpenseId::new());
    let books = Books::with(&[one, two]);
    let api: Arc<dyn Api> = Arc::new(At(Arc::clone(&books)));
    let operation = |id| BatchOperation {
        op: BatchVerb::Delete,
        id: Some(id),
        version: Some(1),
        expense: None,
        patch: None,
    };
    let batch = Batch {
        operations: vec![operation(one), operation(two)],
    };
    let entry = outbox.entry(Write::Batch(batch), "delete 2 rows");
    let both = [
        outbox.send(Arc::clone(&api), change(&outbox, one, 1, "a")),
        outbox.send(Arc::clone(&api), entry),
    ];
    let sent = futures_util::future::join_all(both).await;
    assert!(sent.iter().all(is_saved), "{sent:?}");
    assert_eq!((books.versions()[&one], books.versions()[&two]), (3, 2));
}

#[tokio::test]
async fn a_change_begun_on_what_waited_is_made_onto_what_came_of_it() {
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let id = ExpenseId::new();
    let books = Books::with(&[id]);
    let api: Arc<dyn Api> = Arc::new(At(Arc::clone(&books)));
    assert!(is_saved(
        &outbox.send(Arc::clone(&api), change(&outbox, id, 1, "a")).await
    ));
    // Its form was opened while the first was on its way.
    assert!(is_saved(
        &outbox.send(Arc::clone(&api), change(&outbox, id, 1, "b")).await
    ));
    assert_eq!(books.versions()[&id], 3);
}

#[test]
fn an_entry_of_the_older_form_is_read() {
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let id = ExpenseId::new();
    let mut expense = lunch();
    expense.id = Some(id);
    let old = serde_json::json!({
        "key": new_uuid(), "expense": expense, "text": "12.50 lunch", "book": BOOK, "refusal": null,
    });
    let file = state.path().join("outbox").join(format!("{id}.json"));
    fs::write(file, old.to_string()).unwrap();
    let entries = outbox.take_over().unwrap();
    assert_eq!(entries[0].created(), Some(id));
    assert_eq!((entries[0].id, entries[0].draft), (id.0, Some(id.0)));
}

#[test]
fn every_kind_of_write_is_the_same_after_the_disk() {
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let id = ExpenseId::new();
    let patch = ExpensePatch {
        note: Patch::Clear,
        ..ExpensePatch::default()
    };
    let day = api::day::DayUpdate {
        rows: vec![api::day::DayRow {
            id: Some(id),
            is_new: true,
            fields: patch.clone(),
        }],
    };
    let operation = BatchOperation {
        op: BatchVerb::Update,
        id: Some(id),
        version: Some(3),
        expense: None,
        patch: Some(patch.clone()),
    };
    let writes = [
        Write::Create(Box::new(lunch())),
        Write::Update {
            id,
            version: 1,
            patch: Box::new(patch),
        },
        Write::Delete { id, version: 2 },
        Write::Restore { id },
        Write::Batch(Batch {
            operations: vec![operation],
        }),
        Write::Day {
            date: "2026-11-21".parse().unwrap(),
            etag: "\"8-abc\"".to_owned(),
            update: day,
        },
    ];
    let entries: Vec<Entry> = writes
        .into_iter()
        .map(|write| Entry {
            before: vec![row(id, 1)],
            ..outbox.entry(write, "x")
        })
        .collect();
    for entry in &entries {
        outbox.inner.entries.write(entry.id, entry).unwrap();
    }
    drop(outbox);
    let next = Outbox::open(state.path(), BOOK).unwrap();
    assert_eq!(next.take_over().unwrap(), entries);
}
