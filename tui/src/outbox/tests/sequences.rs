//! Any sequence of writes, answers and deaths: what was written is done once or still kept, in the order of its row, and
//! nothing is sent under a second key.

use super::books::{At, Books, change, delete};
use super::*;
use crate::client::{Answer as HttpAnswer, ClientError, Reply, Request};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What becomes of a request.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Done,
    /// Done, and the answer lost.
    Lost,
    Away,
    Busy,
    Refused,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Create,
    Change(usize),
    Delete(usize),
    Flush,
    /// The program is killed, and the next one takes over.
    Die,
    /// Its user has a refused one sent once more.
    Again,
}

struct Fateful {
    books: Arc<Books>,
    fates: Mutex<VecDeque<Fate>>,
}

impl Api for Fateful {
    fn call(&self, request: Request) -> Reply<HttpAnswer> {
        let fate = self.fates.lock().unwrap().pop_front().unwrap_or(Fate::Done);
        let lost = ClientError::Lost {
            address: String::new(),
            reason: String::new(),
        };
        let answer: Result<HttpAnswer, ClientError> = match fate {
            Fate::Away => Err(unreachable()),
            Fate::Busy => Err(refusal(Code::Unavailable)),
            Fate::Refused => Err(refusal(Code::Forbidden)),
            Fate::Lost => {
                drop(self.books.take(&request));
                Err(lost)
            }
            Fate::Done => return At(Arc::clone(&self.books)).call(request),
        };
        self.books.asked.lock().unwrap().push(request);
        Box::pin(std::future::ready(answer))
    }
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        3 => Just(Fate::Done),
        2 => Just(Fate::Lost),
        2 => Just(Fate::Away),
        1 => Just(Fate::Busy),
        1 => Just(Fate::Refused),
    ];
    proptest::collection::vec(fate, 0..24)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => Just(Step::Create),
        4 => (0_usize..5).prop_map(Step::Change),
        1 => (0_usize..5).prop_map(Step::Delete),
        2 => Just(Step::Flush),
        2 => Just(Step::Die),
        1 => Just(Step::Again),
    ];
    proptest::collection::vec(step, 1..14)
}

async fn run(steps: Vec<Step>, fates: Vec<Fate>) {
    let state = state();
    let mut rows: Vec<ExpenseId> = (0..2).map(|_| ExpenseId::new()).collect();
    let books = Books::with(&rows);
    let api: Arc<dyn Api> = Arc::new(Fateful {
        books: Arc::clone(&books),
        fates: Mutex::new(fates.into()),
    });
    let mut outbox = Outbox::open(state.path(), BOOK).unwrap();
    // By key: what was asked for, in order.
    let mut made: Vec<(String, Vec<ExpenseId>)> = Vec::new();
    for step in steps {
        let at = |n: usize| rows[n % rows.len()];
        let entry = match step {
            Step::Create => outbox.create(lunch(), "12.50 lunch"),
            Step::Change(n) => change(&outbox, at(n), 1, "note"),
            Step::Delete(n) => delete(&outbox, at(n), 1),
            Step::Flush => {
                super::books::flush(&outbox, &api).await;
                continue;
            }
            Step::Die => {
                drop(outbox);
                outbox = Outbox::open(state.path(), BOOK).unwrap();
                outbox.take_over().unwrap();
                continue;
            }
            Step::Again => {
                let refused = outbox.unsent().into_iter();
                let mut refused = refused.filter(|unsent| unsent.entry.refusal.is_some());
                if let Some(unsent) = refused.next() {
                    outbox.again(unsent.entry.id).unwrap();
                }
                continue;
            }
        };
        rows.extend(entry.created());
        made.push((entry.key.to_string(), entry.write.rows()));
        outbox.send(Arc::clone(&api), entry).await;
    }
    let keys: BTreeSet<String> = made.iter().map(|(key, _)| key.clone()).collect();
    let asked: BTreeSet<String> = books.keys().into_iter().collect();
    assert!(asked.is_subset(&keys), "something was sent under another key");
    let left: BTreeSet<String> = outbox
        .unsent()
        .iter()
        .map(|unsent| unsent.entry.key.to_string())
        .collect();
    assert_eq!(
        outbox.counts().unwrap().0,
        left.len(),
        "the disk has what is left"
    );
    let done = books.done();
    for (key, _) in &made {
        assert!(done.contains(key) || left.contains(key), "{key} is lost");
    }
    // Of each row, in the order in which they were made.
    let mut of_row: BTreeMap<ExpenseId, Vec<&String>> = BTreeMap::new();
    for (key, rows) in &made {
        for row in rows {
            of_row.entry(*row).or_default().push(key);
        }
    }
    for keys in of_row.values() {
        let order: Vec<usize> = done
            .iter()
            .filter_map(|done| keys.iter().position(|key| *key == done))
            .collect();
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(
            order.last().map_or(0, |last| last + 1),
            order.len(),
            "one was passed over"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost_and_nothing_done_twice(steps in steps(), fates in fates()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(run(steps, fates));
    }
}
