//! A server for tests that answers what it was told to, operation by operation, and keeps every request. An
//! operation it was told nothing about fails as an unreachable server would.

use super::{Answer, Api, ClientError, Reply, Request};
use api::problem::{Code, Problem};
use serde::Serialize;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

type Script = Result<Answer, ClientError>;

#[derive(Default)]
struct State {
    once: HashMap<&'static str, VecDeque<Script>>,
    always: HashMap<&'static str, Script>,
    requests: Vec<Request>,
}

/// A programmable server.
#[derive(Default)]
pub struct FakeApi {
    state: Mutex<State>,
}

impl FakeApi {
    /// One that is told nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers every `operation` with this value.
    pub fn on(&self, operation: &'static str, value: &impl Serialize) {
        self.state().always.insert(operation, Ok(answer(value)));
    }

    /// Answers the next `operation` that has no answer waiting with this value, once.
    pub fn once(&self, operation: &'static str, value: &impl Serialize) {
        self.once_script(operation, Ok(answer(value)));
    }

    /// As [`FakeApi::once`], with an `ETag`, quotes included.
    pub fn once_tagged(&self, operation: &'static str, value: &impl Serialize, etag: &str) {
        self.once_script(
            operation,
            Ok(Answer {
                etag: Some(etag.to_owned()),
                ..answer(value)
            }),
        );
    }

    /// Fails the next `operation`, once.
    pub fn fail_once(&self, operation: &'static str, error: ClientError) {
        self.once_script(operation, Err(error));
    }

    /// Fails every `operation`.
    pub fn fail(&self, operation: &'static str, error: ClientError) {
        self.state().always.insert(operation, Err(error));
    }

    /// Knows no answer to an operation any more.
    pub fn forget(&self, operation: &'static str) {
        let mut state = self.state();
        state.always.remove(operation);
        state.once.remove(operation);
    }

    fn once_script(&self, operation: &'static str, script: Script) {
        self.state().once.entry(operation).or_default().push_back(script);
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    /// The requests of one operation.
    pub fn requests_of(&self, operation: &str) -> Vec<Request> {
        self.requests()
            .into_iter()
            .filter(|request| request.operation == operation)
            .collect()
    }

    /// Names of the operations asked for, in order.
    pub fn operations(&self) -> Vec<&'static str> {
        self.state()
            .requests
            .iter()
            .map(|request| request.operation)
            .collect()
    }
}

fn answer(value: &impl Serialize) -> Answer {
    Answer {
        status: 200,
        body: serde_json::to_vec(value).unwrap_or_default(),
        ..Answer::default()
    }
}

/// A refusal with this code, as the server words it.
pub fn refusal(code: Code) -> ClientError {
    ClientError::refused(Problem {
        code: code.as_str().to_owned(),
        status: code.status(),
        title: code.title().to_owned(),
        ..Problem::default()
    })
}

/// What a server that is switched off looks like.
pub fn unreachable() -> ClientError {
    ClientError::Unreachable {
        address: "http://fake".to_owned(),
        reason: "nobody is there".to_owned(),
    }
}

impl Api for FakeApi {
    fn call(&self, request: Request) -> Reply<Answer> {
        let mut state = self.state();
        let operation = request.operation;
        state.requests.push(request);
        let waiting = state.once.get_mut(operation).and_then(VecDeque::pop_front);
        let script = waiting.or_else(|| state.always.get(operation).cloned());
        let script = script.unwrap_or_else(|| {
            Err(ClientError::Unreachable {
                address: "http://fake".to_owned(),
                reason: format!("the test gave no answer to {operation}"),
            })
        });
        Box::pin(std::future::ready(script))
    }
}
