//! Nothing lost and nothing sent twice: by a refusal, a dead server, a dead program, or two programs at once.

mod books;
mod order;
mod sequences;

use super::*;
use crate::client::Api;
use crate::client::fake::{FakeApi, refusal, unreachable};
use api::problem::Code;
use std::fs;
use tempfile::TempDir;

const BOOK: &str = "http://books.example default";

fn lunch() -> NewExpense {
    NewExpense::new(
        "2026-11-21".parse().unwrap(),
        serde_json::from_str("\"12.50\"").unwrap(),
    )
}

fn saved(entry: &Entry) -> serde_json::Value {
    serde_json::json!({
        "id": entry.created(), "date": "2026-11-21", "amount": "12.50", "currency": "EUR", "kind": "expense",
        "tags": [], "version": 1, "created_by": ExpenseId::new(),
        "created_at": "2026-11-21T12:00:00Z", "updated_at": "2026-11-21T12:00:00Z",
    })
}

fn state() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn an_entry_is_on_disk_while_it_is_sent_and_gone_when_it_is_saved() {
    struct Looking(Arc<FakeApi>, std::path::PathBuf);
    impl Api for Looking {
        fn call(&self, request: crate::client::Request) -> crate::client::Reply<crate::client::Answer> {
            let on_disk = names(&self.1)
                .into_iter()
                .filter(|name| name != "gate" && !name.contains(".lock"))
                .count();
            assert_eq!(on_disk, 1, "not on disk when it was sent");
            self.0.call(request)
        }
    }
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let entry = outbox.create(lunch(), "12.50 lunch");
    let fake = Arc::new(FakeApi::new());
    fake.on("create_expense", &saved(&entry));
    let looking = Looking(Arc::clone(&fake), state.path().join("outbox"));
    let sent = outbox.send(Arc::new(looking), entry.clone()).await;
    assert!(matches!(&sent, Sent::Saved(_, answer) if Some(answer.rows[0].id) == entry.created()));
    assert_eq!(names(&state.path().join("outbox")), ["gate"]);
    let request = fake.requests().remove(0);
    assert_eq!(request.key, Some(entry.key));
    assert_eq!(
        request.body_value::<NewExpense>().and_then(|expense| expense.id),
        entry.created()
    );
}

#[tokio::test]
async fn what_a_dead_server_did_not_take_is_sent_again_by_the_next_run_with_its_id_and_key() {
    let state = state();
    let first = Outbox::open(state.path(), BOOK).unwrap();
    let entry = first.create(lunch(), "12.50 lunch");
    let fake = Arc::new(FakeApi::new());
    fake.fail_once("create_expense", unreachable());
    let sent = first.send(fake.clone(), entry.clone()).await;
    assert!(matches!(sent, Sent::Waiting(..)), "{sent:?}");
    // The first program dies: its locks fall.
    drop(first);
    let second = Outbox::open(state.path(), BOOK).unwrap();
    let left = second.take_over().unwrap();
    assert_eq!(left, std::slice::from_ref(&entry));
    fake.on("create_expense", &saved(&entry));
    assert!(matches!(
        second.send(fake.clone(), left[0].clone()).await,
        Sent::Saved(..)
    ));
    let keys: Vec<_> = fake.requests().iter().map(|request| request.key).collect();
    assert_eq!(keys, [Some(entry.key), Some(entry.key)]);
    assert_eq!(second.take_over().unwrap(), []);
    assert_eq!(second.counts().unwrap(), (0, 0));
}

#[tokio::test]
async fn a_refused_entry_stays_with_its_reason() {
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    let fake = Arc::new(FakeApi::new());
    fake.fail("create_expense", refusal(Code::UnknownName));
    let sent = outbox
        .send(fake, outbox.create(lunch(), "12.50 lunch #fod"))
        .await;
    let Sent::Refused(entry, _) = sent else {
        panic!("{sent:?}")
    };
    drop(outbox);
    let next = Outbox::open(state.path(), BOOK).unwrap();
    let left = next.take_over().unwrap();
    assert_eq!(left, [*entry.clone()]);
    assert_eq!(left[0].text, "12.50 lunch #fod");
    assert!(left[0].refusal.as_deref().unwrap().contains("not known"));
    next.discard(entry.id).unwrap();
    assert_eq!(next.counts().unwrap(), (0, 0));
}

#[test]
fn a_running_program_keeps_its_entries_and_drafts_from_the_others() {
    let state = state();
    let one = Outbox::open(state.path(), BOOK).unwrap();
    let two = Outbox::open(state.path(), BOOK).unwrap();
    let entry = one.create(lunch(), "12.50 lunch");
    one.inner.entries.write(entry.id, &entry).unwrap();
    let draft = one.keep_draft(None, "quick-add", "12.50 lu").unwrap();
    assert_eq!(
        (two.take_over().unwrap(), two.take_drafts().unwrap()),
        (vec![], vec![])
    );
    assert_eq!(two.counts().unwrap(), (1, 1));
    assert_eq!(
        one.keep_draft(Some(draft), "quick-add", "12.50 lunch").unwrap(),
        draft
    );
    drop(one);
    assert_eq!(two.take_over().unwrap(), [entry]);
    let drafts = two.take_drafts().unwrap();
    assert_eq!(
        drafts.iter().map(|draft| draft.text.as_str()).collect::<Vec<_>>(),
        ["12.50 lunch"]
    );
    two.drop_draft(draft).unwrap();
    assert_eq!(two.take_drafts().unwrap(), []);
}

#[test]
fn many_programs_at_once_share_the_entries_out_without_taking_one_twice() {
    let state = state();
    let left = Outbox::open(state.path(), BOOK).unwrap();
    for _ in 0..40 {
        let entry = left.create(lunch(), "x");
        left.inner.entries.write(entry.id, &entry).unwrap();
    }
    drop(left);
    let outboxes: Vec<_> = (0..8)
        .map(|_| Outbox::open(state.path(), BOOK).unwrap())
        .collect();
    let taken: Vec<Entry> = std::thread::scope(|scope| {
        let takers: Vec<_> = outboxes
            .iter()
            .map(|outbox| scope.spawn(|| outbox.take_over().unwrap()))
            .collect();
        takers
            .into_iter()
            .flat_map(|taker| taker.join().unwrap())
            .collect()
    });
    let ids: std::collections::BTreeSet<_> = taken.iter().map(Entry::created).collect();
    assert_eq!((taken.len(), ids.len()), (40, 40));
}

#[test]
fn an_entry_never_goes_to_another_book_and_a_broken_file_stops_nothing() {
    let state = state();
    let one = Outbox::open(state.path(), BOOK).unwrap();
    let entry = one.create(lunch(), "12.50 lunch");
    one.inner.entries.write(entry.id, &entry).unwrap();
    drop(one);
    let broken = state.path().join("outbox").join(format!("{}.json", new_uuid()));
    fs::write(&broken, "{\"key\": ").unwrap();
    let other = Outbox::open(state.path(), "local default").unwrap();
    assert_eq!(other.take_over().unwrap(), []);
    let same = Outbox::open(state.path(), BOOK).unwrap();
    assert_eq!(same.take_over().unwrap(), [entry]);
    assert!(broken.exists());
}

#[cfg(unix)]
#[test]
fn only_its_user_can_read_what_lies_there_and_a_half_written_file_is_no_entry() {
    use std::os::unix::fs::PermissionsExt;
    let state = state();
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    outbox.keep_draft(None, "quick-add", "secret").unwrap();
    for name in names(&state.path().join("drafts")) {
        let mode = fs::metadata(state.path().join("drafts").join(&name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    fs::write(
        state.path().join("drafts").join(format!("{}.new", new_uuid())),
        "{",
    )
    .unwrap();
    assert_eq!(outbox.counts().unwrap(), (0, 1));
}

#[tokio::test]
async fn entries_and_drafts_stay_with_their_ledger_whatever_default_becomes() {
    let state = state();
    let (one, other) = (LedgerId::new(), LedgerId::new());
    let fake = Arc::new(FakeApi::new());
    fake.fail("create_expense", unreachable());
    let outbox = Outbox::open(state.path(), BOOK).unwrap();
    assert!(outbox.is_of(one) && !outbox.is_of(one), "news the first time");
    let entry = outbox.create(lunch(), "12.50 lunch");
    let id = entry.created();
    assert!(matches!(outbox.send(fake, entry).await, Sent::Waiting(..)));
    outbox.keep_draft(None, "quick-add", "9 tea").unwrap();
    drop(outbox);
    // Another ledger of the server, by its id, and as what `default` has become.
    let elsewhere = Outbox::open(state.path(), &format!("http://books.example {other}")).unwrap();
    assert!(elsewhere.take_over().unwrap().is_empty() && elsewhere.take_drafts().unwrap().is_empty());
    let default = Outbox::open(state.path(), BOOK).unwrap();
    default.is_of(other);
    assert!(default.take_over().unwrap().is_empty());
    // The same one: opened by its id, or found to be it.
    let back = Outbox::open(state.path(), BOOK).unwrap();
    back.is_of(one);
    let found = back.take_over().unwrap();
    assert_eq!(found.iter().map(Entry::created).collect::<Vec<_>>(), [id]);
    drop(back);
    let by_id = Outbox::open(state.path(), &format!("http://books.example {one}")).unwrap();
    assert_eq!(
        (
            by_id.take_over().unwrap().len(),
            by_id.take_drafts().unwrap().len()
        ),
        (1, 1)
    );
}
