//! A gate before heavy work: a few pieces of it at a time, and whoever comes while it is full is told at once when to come
//! again. Nothing waits before it, so that what waits holds no memory.

use crate::error::{AppError, Refusal, Result};
use api::problem::Code;
use rand::RngExt;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long those wait for whom there is no place.
const WAIT_SECS: std::ops::RangeInclusive<u64> = 3..=10;

/// The gate. Its clones are the same gate.
#[derive(Debug, Clone)]
pub struct Gate {
    places: Arc<Semaphore>,
    /// What is going on behind it, for a sentence.
    work: &'static str,
}

/// A place behind the gate, held until the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Turn(#[expect(dead_code, reason = "held, not read")] Arc<OwnedSemaphorePermit>);

impl Gate {
    /// With room for so many at once.
    pub fn new(most: usize, work: &'static str) -> Self {
        Self {
            places: Arc::new(Semaphore::new(most)),
            work,
        }
    }

    /// Takes a place, or says when to come again.
    pub fn enter(&self) -> Result<Turn> {
        let place = self.places.clone().try_acquire_owned();
        place.map(|place| Turn(Arc::new(place))).map_err(|_| self.full())
    }

    /// Those sent away are told different times, so that they do not all come back at once.
    fn full(&self) -> AppError {
        let secs = rand::rng().random_range(WAIT_SECS);
        let detail = format!(
            "{} at this moment, as many as this server takes at once; nothing was written, send it again in {secs} s",
            self.work
        );
        Refusal {
            retry_after_secs: Some(secs),
            ..Refusal::new(Code::Unavailable, detail)
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_free_again_when_the_last_clone_of_its_turn_is_gone() {
        let gate = Gate::new(1, "Other work is done");
        let turn = gate.enter().unwrap();
        let other = turn.clone();
        drop(turn);
        let Err(AppError::Refused(refusal)) = gate.enter() else {
            panic!("it is full");
        };
        assert_eq!(refusal.code, Code::Unavailable);
        assert!(
            refusal
                .retry_after_secs
                .is_some_and(|secs| WAIT_SECS.contains(&secs))
        );
        drop(other);
        gate.enter().unwrap();
    }
}
