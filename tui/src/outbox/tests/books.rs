//! A server for tests of the queue, which keeps rows with their versions and answers by key, as the real one does.

use super::*;
use crate::client::{Answer as HttpAnswer, ClientError, Reply, Request};
use api::expense::{Batch, ExpensePatch};
use api::patch::Patch;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Rows with their versions, the answers by key, and what it was asked, as a server has them.
#[derive(Default)]
pub(super) struct Books {
    rows: Mutex<HashMap<ExpenseId, i64>>,
    answers: Mutex<HashMap<String, Vec<u8>>>,
    done: Mutex<Vec<String>>,
    pub(super) asked: Mutex<Vec<Request>>,
    pub(super) is_away: AtomicBool,
    busy: AtomicUsize,
}

pub(super) fn row(id: ExpenseId, version: i64) -> api::expense::Expense {
    serde_json::from_value(serde_json::json!({
        "id": id, "date": "2026-11-21", "amount": "12.50", "currency": "EUR", "kind": "expense",
        "tags": [], "version": version, "created_by": ExpenseId::new(),
        "created_at": "2026-11-21T12:00:00Z", "updated_at": "2026-11-21T12:00:00Z",
    }))
    .unwrap()
}

impl Books {
    pub(super) fn with(rows: &[ExpenseId]) -> Arc<Self> {
        let this = Self::default();
        this.rows.lock().unwrap().extend(rows.iter().map(|id| (*id, 1)));
        Arc::new(this)
    }

    pub(super) fn versions(&self) -> HashMap<ExpenseId, i64> {
        self.rows.lock().unwrap().clone()
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .map(|request| request.key.unwrap().to_string())
            .collect()
    }

    /// Keys of what was carried out, in order.
    pub(super) fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    fn version_goes_on(&self, id: ExpenseId, wanted: Option<i64>) -> Result<i64, ClientError> {
        let mut rows = self.rows.lock().unwrap();
        let Some(version) = rows.get_mut(&id) else {
            return Err(refusal(Code::NotFound));
        };
        if wanted.is_some_and(|wanted| wanted != *version) {
            return Err(refusal(Code::StaleVersion));
        }
        *version += 1;
        Ok(*version)
    }

    /// Carries a write out, once by key.
    pub(super) fn take(&self, request: &Request) -> Result<Vec<u8>, ClientError> {
        let key = request.key.unwrap().to_string();
        if let Some(answer) = self.answers.lock().unwrap().get(&key) {
            return Ok(answer.clone());
        }
        let id = || {
            request
                .path
                .split('/')
                .nth(2)
                .unwrap()
                .parse::<ExpenseId>()
                .unwrap()
        };
        let wanted = request
            .if_match
            .as_ref()
            .map(|tag| tag.trim_matches('"').parse::<i64>().unwrap());
        let body = match request.operation {
            "create_expense" => {
                let id = request.body_value::<NewExpense>().unwrap().id.unwrap();
                assert!(self.rows.lock().unwrap().insert(id, 1).is_none(), "made twice");
                serde_json::to_vec(&row(id, 1)).unwrap()
            }
            "update_expense" | "restore_expense" => {
                serde_json::to_vec(&row(id(), self.version_goes_on(id(), wanted)?)).unwrap()
            }
            "delete_expense" => {
                self.version_goes_on(id(), wanted)?;
                Vec::new()
            }
            "batch_expenses" => {
                let batch: Batch = request.body_value().unwrap();
                let mut items = Vec::new();
                for operation in batch.operations {
                    let id = operation.id.unwrap();
                    items.push(row(id, self.version_goes_on(id, operation.version)?));
                }
                serde_json::to_vec(&api::expense::BatchResult { rev: 1, items }).unwrap()
            }
            other => panic!("{other}"),
        };
        self.done.lock().unwrap().push(key.clone());
        self.answers.lock().unwrap().insert(key, body.clone());
        Ok(body)
    }
}

pub(super) struct At(pub(super) Arc<Books>);

impl Api for At {
    fn call(&self, request: Request) -> Reply<HttpAnswer> {
        let books = Arc::clone(&self.0);
        Box::pin(async move {
            assert_eq!(books.busy.fetch_add(1, Ordering::SeqCst), 0, "two at once");
            tokio::task::yield_now().await;
            books.asked.lock().unwrap().push(request.clone());
            let answer = if books.is_away.load(Ordering::SeqCst) {
                Err(unreachable())
            } else {
                books.take(&request)
            };
            books.busy.fetch_sub(1, Ordering::SeqCst);
            answer.map(|body| HttpAnswer {
                status: 200,
                body,
                ..HttpAnswer::default()
            })
        })
    }
}

pub(super) fn change(outbox: &Outbox, id: ExpenseId, version: i64, note: &str) -> Entry {
    let patch = ExpensePatch {
        note: Patch::Set(note.to_owned()),
        ..ExpensePatch::default()
    };
    let write = Write::Update {
        id,
        version,
        patch: Box::new(patch),
    };
    Entry {
        before: vec![row(id, version)],
        after: vec![row(id, version)],
        ..outbox.entry(write, note)
    }
}

pub(super) fn delete(outbox: &Outbox, id: ExpenseId, version: i64) -> Entry {
    Entry {
        before: vec![row(id, version)],
        after: vec![deleted(&row(id, version), version + 1)],
        ..outbox.entry(Write::Delete { id, version }, "delete")
    }
}

/// Sends what waits until nothing goes any more.
pub(super) async fn flush(outbox: &Outbox, api: &Arc<dyn Api>) -> Vec<Sent> {
    let mut all = Vec::new();
    while let Some((_, sent)) = outbox.send_next(Arc::clone(api)) {
        let sent = sent.await;
        let is_stuck = matches!(sent, Sent::Waiting(..));
        all.push(sent);
        if is_stuck {
            break;
        }
    }
    all
}
