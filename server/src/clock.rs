//! The one place that reads the time, and that makes ids out of it. Everything else is handed a `Clock`.
//! Instants are cut to microseconds: that is what every database keeps, and a value that changes by being
//! stored breaks versions and cursors.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use uuid::{NoContext, Timestamp, Uuid};

/// The time: the system's, or in a test one that stands still until it is moved. Clones show the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// None: the system's.
    hand: Option<Arc<Mutex<DateTime<Utc>>>>,
}

impl Clock {
    pub fn system() -> Self {
        Self { hand: None }
    }

    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self {
            hand: Some(Arc::new(Mutex::new(at))),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.hand {
            Some(hand) => *hand.lock().unwrap_or_else(PoisonError::into_inner),
            None => system_now(),
        };
        now.trunc_subsecs(6)
    }

    /// Moves a fixed clock; the system's cannot be moved.
    pub fn advance(&self, by: TimeDelta) {
        if let Some(hand) = &self.hand {
            let mut now = hand.lock().unwrap_or_else(PoisonError::into_inner);
            *now = now.checked_add_signed(by).unwrap_or(*now);
        }
    }

    /// A new `UUIDv7` of this moment. Those of the system's clock rise strictly within one process.
    pub fn new_id(&self) -> Uuid {
        if self.hand.is_none() {
            return system_id();
        }
        let now = self.now();
        let secs = u64::try_from(now.timestamp()).unwrap_or(0);
        Uuid::new_v7(Timestamp::from_unix(
            NoContext,
            secs,
            now.timestamp_subsec_nanos(),
        ))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's time"
)]
fn system_now() -> DateTime<Utc> {
    Utc::now()
}

#[expect(clippy::disallowed_methods, reason = "the server's one place that makes ids")]
fn system_id() -> Uuid {
    Uuid::now_v7()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_cut_to_microseconds() {
        let at = DateTime::from_timestamp(1_700_000_000, 123_456_789).unwrap();
        assert_eq!(Clock::fixed(at).now().timestamp_subsec_nanos(), 123_456_000);
        assert_eq!(Clock::system().now().timestamp_subsec_nanos() % 1_000, 0);
    }

    #[test]
    fn a_fixed_clock_stands_until_it_is_moved_for_all_its_clones() {
        let clock = Clock::fixed(DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        let other = clock.clone();
        assert_eq!(clock.now(), other.now());
        clock.advance(TimeDelta::seconds(90));
        assert_eq!(other.now().timestamp(), 1_700_000_090);
    }

    #[test]
    fn ids_carry_the_time_of_their_clock_and_do_not_repeat() {
        let clock = Clock::fixed(DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        let (one, two) = (clock.new_id(), clock.new_id());
        assert_ne!(one, two);
        assert_eq!(one.get_version_num(), 7);
        assert_eq!(
            one.get_timestamp().map(|time| time.to_unix().0),
            Some(1_700_000_000)
        );
        let system = Clock::system();
        assert!(system.new_id() < system.new_id());
    }
}
