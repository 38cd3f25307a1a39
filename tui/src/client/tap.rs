//! An `Api` that passes everything on and keeps the bodies of the answers, for `--json`: what the server sent is
//! printed byte by byte, never written anew.

use super::{Answer, Api, Reply, Request};
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps the body of the last answer.
pub struct Tap {
    inner: Arc<dyn Api>,
    last: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    /// In front of `inner`.
    pub fn new(inner: Arc<dyn Api>) -> Self {
        Self {
            inner,
            last: Arc::default(),
        }
    }

    /// The last answer's body, as it came.
    pub fn last_body(&self) -> Vec<u8> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Api for Tap {
    fn call(&self, request: Request) -> Reply<Answer> {
        let last = Arc::clone(&self.last);
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            last.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone_from(&answer.body);
            Ok(answer)
        })
    }
}
