//! A body that has not been read yet. The first who asks for it reads it, within its bounds; everybody after gets what
//! came of that.

use super::{Bounds, LimitError, RequestHash, RequestHasher};
use crate::error::AppError;
use hyper::body::Bytes;
use poem::{Body, Request, Result};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// The whole body, as it came, and what the request is told apart by.
#[derive(Debug, Clone)]
pub struct WholeBody {
    pub bytes: Bytes,
    pub hash: RequestHash,
}

/// The body of a request; reads it where nobody has yet.
pub async fn whole_body(request: &Request) -> Result<WholeBody> {
    let Some(pending) = request.extensions().get::<PendingBody>() else {
        return Err(AppError::Internal("the body is none that is read whole".into()).into());
    };
    Ok(pending.whole().await?)
}

#[derive(Debug, Clone)]
pub(super) struct PendingBody(Arc<Pending>);

#[derive(Debug)]
struct Pending {
    state: Mutex<State>,
    bounds: Bounds,
    declared: Option<u64>,
    began: OnceLock<Instant>,
    ended: OnceLock<Instant>,
}

#[derive(Debug)]
enum State {
    Waiting(Option<(Body, RequestHasher)>),
    Read(std::result::Result<WholeBody, LimitError>),
}

impl PendingBody {
    pub(super) fn new(body: Body, hasher: RequestHasher, bounds: Bounds, declared: Option<u64>) -> Self {
        Self(Arc::new(Pending {
            state: Mutex::new(State::Waiting(Some((body, hasher)))),
            bounds,
            declared,
            began: OnceLock::new(),
            ended: OnceLock::new(),
        }))
    }

    async fn whole(&self) -> std::result::Result<WholeBody, LimitError> {
        let Pending {
            state,
            bounds,
            declared,
            began,
            ended,
        } = &*self.0;
        let mut state = state.lock().await;
        let waiting = match &mut *state {
            State::Read(outcome) => return outcome.clone(),
            State::Waiting(waiting) => waiting.take(),
        };
        // Somebody began to read it and gave up.
        let (body, mut hasher) = waiting.ok_or(LimitError::BodyBroken)?;
        began.get_or_init(Instant::now);
        let outcome = bounds.read(body, *declared).await.map(|bytes| {
            hasher.update(&bytes);
            WholeBody {
                bytes,
                hash: hasher.finish(),
            }
        });
        ended.get_or_init(Instant::now);
        *state = State::Read(outcome.clone());
        outcome
    }

    /// How long the client has been sending, or was.
    pub(super) fn time_to_come(&self) -> Duration {
        let began = self.0.began.get();
        let ended = self.0.ended.get().copied();
        began.map_or(Duration::ZERO, |began| {
            ended.unwrap_or_else(Instant::now).duration_since(*began)
        })
    }
}
