//! Which operations of the document the suites called and how each call ended, kept in a file that all test binaries
//! of a run share: `tests/run` names it, and asks at the end whether anything was left untested. Without a file nothing
//! is kept.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock, PoisonError};

/// An operation of the document, as it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub id: String,
    /// In capitals.
    pub method: String,
    /// With `{name}` for what is filled in.
    pub template: String,
}

/// Every operation of a document.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (template, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            operations.push(Operation {
                id,
                method: method.to_uppercase(),
                template: template.clone(),
            });
        }
    }
    operations
}

/// The operation that a call of that method and path is. What is spelled out goes before what is filled in.
pub fn operation_of<'a>(operations: &'a [Operation], method: &str, path: &str) -> Option<&'a Operation> {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let fits = |operation: &&Operation| {
        let template: Vec<&str> = operation.template.trim_matches('/').split('/').collect();
        operation.method == method
            && template.len() == parts.len()
            && template
                .iter()
                .zip(&parts)
                .all(|(part, text)| part.starts_with('{') || part == text)
    };
    operations
        .iter()
        .filter(fits)
        .min_by_key(|operation| operation.template.matches('{').count())
}

/// The file of this run, where one was asked for.
#[expect(
    clippy::disallowed_methods,
    reason = "how tests/run hands over the file that its suites share"
)]
pub fn file() -> Option<PathBuf> {
    std::env::var_os("EXPENSE_TEST_CALLS").map(PathBuf::from)
}

/// The document of the servers of this process.
static OPERATIONS: OnceLock<Vec<Operation>> = OnceLock::new();

/// Tells which operations there are, once a process.
pub(crate) fn know(document: impl FnOnce() -> Value) {
    if file().is_some() {
        OPERATIONS.get_or_init(|| operations(&document()));
    }
}

/// Notes how a call ended.
pub(crate) fn note(method: &str, path: &str, status: u16) {
    static NOTED: Mutex<BTreeSet<(String, u16)>> = Mutex::new(BTreeSet::new());
    let (Some(file), Some(operations)) = (file(), OPERATIONS.get()) else {
        return;
    };
    let Some(operation) = operation_of(operations, method, path) else {
        return;
    };
    let is_new = NOTED
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert((operation.id.clone(), status));
    if is_new {
        // One write a line, appended: other test binaries write to it as well.
        let line = format!("{} {status}\n", operation.id);
        let opened = fs::OpenOptions::new().create(true).append(true).open(&file);
        opened
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .expect("note a call");
    }
}

/// The operations that no test of this run saw succeed, and those that none saw refused.
pub fn untested(document: &Value, noted: &str) -> (Vec<String>, Vec<String>) {
    let calls: Vec<(&str, u16)> = noted
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(id, status)| Some((id, status.parse().ok()?)))
        .collect();
    let without = |wanted: fn(u16) -> bool| {
        let ids = operations(document).into_iter().map(|operation| operation.id);
        ids.filter(|id| {
            !calls
                .iter()
                .any(|(called, status)| called == id && wanted(*status))
        })
        .collect()
    };
    (without(|status| status < 300), without(|status| status >= 400))
}
