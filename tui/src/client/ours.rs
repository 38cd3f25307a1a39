//! Which changes of the log were made from here: what the answers to our own writes say of rows and operations. The
//! log names who wrote and with which program, and two terminals of one person are the same in both.

use super::{Answer, Method, Request};
use api::change::Change;
use serde_json::Value;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// What is remembered at most; the log tells of a write within seconds.
const MOST: usize = 4_096;

/// Our own writes. Clones are one.
#[derive(Debug, Clone)]
pub struct Ours {
    known: Arc<Mutex<Known>>,
    /// Writes that are not answered yet.
    in_flight: watch::Sender<usize>,
}

impl Default for Ours {
    fn default() -> Self {
        Self {
            known: Arc::default(),
            in_flight: watch::Sender::new(0),
        }
    }
}

/// A row as a write left it, or an operation, whose version is 0.
type Trace = (String, i64);

#[derive(Debug, Default)]
struct Known {
    all: HashSet<Trace>,
    order: VecDeque<Trace>,
}

impl Known {
    fn add(&mut self, trace: Trace) {
        if self.all.insert(trace.clone()) {
            self.order.push_back(trace);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.all.remove(&oldest);
        }
    }
}

/// A write on its way.
#[derive(Debug)]
pub struct Flight(watch::Sender<usize>);

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Ours {
    /// A request begins; none for what writes nothing.
    pub fn begin(&self, request: &Request) -> Option<Flight> {
        request.key?;
        self.in_flight.send_modify(|count| *count += 1);
        Some(Flight(self.in_flight.clone()))
    }

    /// A write was answered.
    pub fn note(&self, request: &Request, answer: &Answer) {
        let mut known = self.known();
        if request.method == Method::Delete
            && let (Some(id), Some(version)) = (request.path.rsplit('/').next(), version_before(request))
        {
            known.add((id.to_owned(), version + 1));
        }
        if let Ok(value) = serde_json::from_slice(&answer.body) {
            learn(&value, &mut known);
        }
    }

    /// Resolves once every write is answered.
    pub async fn landed(&self) {
        // The sender lives in self, so that waiting cannot fail.
        let _ = self.in_flight.subscribe().wait_for(|count| *count == 0).await;
    }

    /// Whether a change was made from here.
    pub fn made(&self, change: &Change) -> bool {
        let known = self.known();
        let is_known = |id: String, version| known.all.contains(&(id, version));
        is_known(change.operation_id.to_string(), 0)
            || change.rows.iter().any(|row| {
                let version = row.version.unwrap_or(0);
                version > 0 && is_known(row.id.to_string(), version)
            })
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `"7"` of If-Match.
fn version_before(request: &Request) -> Option<i64> {
    request.if_match.as_ref()?.trim_matches('"').parse().ok()
}

/// Every row and operation in an answer, wherever it stands.
fn learn(value: &Value, known: &mut Known) {
    match value {
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            if let (Some(id), Some(version)) = (text("id"), fields.get("version").and_then(Value::as_i64)) {
                known.add((id.to_owned(), version));
            }
            if let Some(operation) = text("operation_id") {
                known.add((operation.to_owned(), 0));
            }
            fields.values().for_each(|value| learn(value, known));
        }
        Value::Array(values) => values.iter().for_each(|value| learn(value, known)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Key;
    use serde_json::json;

    fn change(id: &str, version: i64) -> Change {
        serde_json::from_value(json!({
            "rev": 1, "operation_id": api::id::OperationId::new(), "kind": "update_expense",
            "by": api::id::UserId::new(), "by_name": "ana", "client": "expense/0.1.0",
            "at": "2026-11-22T10:00:00Z", "undoes": null, "undone_by": null, "is_undoable": true, "row_count": 1,
            "rows": [{ "noun": "expense", "id": id, "action": "updated", "label": "x", "version": version, "fields": [] }],
        }))
        .unwrap()
    }

    #[test]
    fn a_row_is_ours_in_the_version_that_we_wrote_and_in_no_other() {
        let (ours, id) = (Ours::default(), api::id::new_uuid().to_string());
        let request = Request::write("update_expense", Method::Patch, "/expenses/x", Key::new());
        let body = json!({ "items": [{ "id": id, "version": 3 }] })
            .to_string()
            .into_bytes();
        ours.note(
            &request,
            &Answer {
                body,
                ..Answer::default()
            },
        );
        assert!(ours.made(&change(&id, 3)));
        assert!(!ours.made(&change(&id, 4)));
        let delete = Request {
            if_match: Some("\"3\"".to_owned()),
            ..Request::write(
                "delete_expense",
                Method::Delete,
                format!("/expenses/{id}"),
                Key::new(),
            )
        };
        ours.note(&delete, &Answer::default());
        assert!(
            ours.made(&change(&id, 4)),
            "a delete says nothing and is known all the same"
        );
    }

    #[test]
    fn an_operation_is_ours_with_all_its_changes() {
        let ours = Ours::default();
        let mut other = change(&api::id::new_uuid().to_string(), 9);
        let body = json!({ "operation_id": other.operation_id })
            .to_string()
            .into_bytes();
        let answer = Answer {
            body,
            ..Answer::default()
        };
        let merge = Request::write("merge_category", Method::Post, "/categories/x/merge", Key::new());
        ours.note(&merge, &answer);
        assert!(ours.made(&other));
        other.operation_id = api::id::OperationId::new();
        assert!(!ours.made(&other));
    }

    #[tokio::test]
    async fn writes_on_their_way_are_waited_for_and_reads_are_not() {
        let ours = Ours::default();
        let read = Request::get("list_expenses", "/expenses");
        assert!(ours.begin(&read).is_none());
        ours.landed().await;
        let write = Request::write("create_expense", Method::Post, "/expenses", Key::new());
        let flight = ours.begin(&write);
        let landed = ours.landed();
        tokio::pin!(landed);
        assert!(futures_util::poll!(&mut landed).is_pending());
        drop(flight);
        landed.await;
    }
}
