//! An `Api` that passes everything on and keeps two things of it. The bodies of the answers, for `--json`: what the
//! server sent is printed byte by byte, never written anew. And what became of every write, so that a command that fails
//! later never says that nothing was written.

use super::{Answer, Api, ClientError, Reply, Request};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is sent as a write and leaves the books as they are.
const PREVIEWS: [&str; 2] = ["create_import", "delete_import"];

/// What became of the writes so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writes {
    /// Begun, whatever came of them.
    pub begun: usize,
    /// The server says that they are done.
    pub done: usize,
    /// They never reached the server, or it refused them.
    pub not_done: usize,
}

impl Writes {
    /// Those that may be done or not: the answer was lost, is still to come, or says that something broke.
    pub fn unsure(self) -> usize {
        self.begun.saturating_sub(self.done).saturating_sub(self.not_done)
    }
}

/// Passes requests on and remembers what came back.
pub struct Tap {
    inner: Arc<dyn Api>,
    last: Arc<Mutex<Vec<u8>>>,
    writes: Arc<Mutex<Writes>>,
}

impl Tap {
    /// In front of `inner`.
    pub fn new(inner: Arc<dyn Api>) -> Self {
        Self {
            inner,
            last: Arc::default(),
            writes: Arc::default(),
        }
    }

    /// In front of another server, counting its writes with those of this one.
    #[must_use]
    pub fn beside(&self, inner: Arc<dyn Api>) -> Self {
        Self {
            writes: Arc::clone(&self.writes),
            ..Self::new(inner)
        }
    }

    /// The last answer's body, as it came.
    pub fn last_body(&self) -> Vec<u8> {
        locked(&self.last).clone()
    }

    /// What became of the writes so far.
    pub fn writes(&self) -> Writes {
        *locked(&self.writes)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_done(answer: &Result<Answer, ClientError>) -> Option<bool> {
    match answer {
        Ok(_) => Some(true),
        Err(error) if error.is_not_done() => Some(false),
        Err(_) => None,
    }
}

impl Api for Tap {
    fn call(&self, request: Request) -> Reply<Answer> {
        let (last, writes) = (Arc::clone(&self.last), Arc::clone(&self.writes));
        let is_write = request.key.is_some() && !PREVIEWS.contains(&request.operation);
        let answer = self.inner.call(request);
        Box::pin(async move {
            if is_write {
                locked(&writes).begun += 1;
            }
            let answer = answer.await;
            if is_write {
                let mut writes = locked(&writes);
                match is_done(&answer) {
                    Some(true) => writes.done += 1,
                    Some(false) => writes.not_done += 1,
                    None => {}
                }
            }
            let answer = answer?;
            locked(&last).clone_from(&answer.body);
            Ok(answer)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::fake::{FakeApi, refusal, unreachable};
    use crate::client::{Key, Method};
    use api::problem::Code;
    use serde_json::json;

    fn lost() -> ClientError {
        ClientError::Lost {
            address: "http://fake".to_owned(),
            reason: "cut".to_owned(),
        }
    }

    async fn after(error: Option<ClientError>, operation: &'static str) -> (usize, usize, usize) {
        let fake = Arc::new(FakeApi::new());
        match error {
            Some(error) => fake.fail(operation, error),
            None => fake.on(operation, &json!({})),
        }
        let tap = Tap::new(fake);
        drop(
            tap.call(Request::write(operation, Method::Post, "", Key::new()))
                .await,
        );
        let writes = tap.writes();
        (writes.done, writes.not_done, writes.unsure())
    }

    #[tokio::test]
    async fn a_write_is_done_not_done_or_not_known() {
        let write = "create_expense";
        assert_eq!(after(None, write).await, (1, 0, 0));
        for code in [
            Code::Forbidden,
            Code::Validation,
            Code::RateLimited,
            Code::StaleVersion,
        ] {
            assert_eq!(after(Some(refusal(code)), write).await, (0, 1, 0), "{code:?}");
        }
        assert_eq!(after(Some(unreachable()), write).await, (0, 1, 0));
        for error in [lost(), refusal(Code::Unavailable), refusal(Code::Internal)] {
            assert_eq!(after(Some(error.clone()), write).await, (0, 0, 1), "{error}");
        }
        assert_eq!(after(None, "create_import").await, (0, 0, 0));
    }

    #[tokio::test]
    async fn a_write_that_is_let_go_of_is_not_known() {
        struct Never;
        impl Api for Never {
            fn call(&self, _: Request) -> Reply<Answer> {
                Box::pin(std::future::pending())
            }
        }
        let tap = Tap::new(Arc::new(Never));
        let mut write = tap.call(Request::write("create_expense", Method::Post, "", Key::new()));
        assert!(futures_util::poll!(&mut write).is_pending());
        drop(write);
        assert_eq!(tap.writes().unsure(), 1);
    }
}
