//! How many requests a minute: a bucket that refills evenly, kept as one number (the generic cell rate algorithm). Pure
//! arithmetic on microseconds; whose bucket it is and what the time is are others' affair.

/// The window that quotas are counted in.
pub const WINDOW_SECS: u32 = 60;
const WINDOW: i64 = 60_000_000;

/// So many requests a minute, all at once if one likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    per_minute: u32,
}

/// When a bucket is full again; the past is full.
pub type FullAt = i64;

/// What is left after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    /// Whether there was room for it.
    pub is_admitted: bool,
    /// How many more there is room for now.
    pub remaining: u32,
    /// Seconds until all of the quota is there again; for one that was refused, until there is room for it.
    pub secs: u32,
}

impl Quota {
    /// None for 0, which is no limit.
    pub fn new(per_minute: u32) -> Option<Self> {
        (per_minute > 0).then_some(Self { per_minute })
    }

    pub fn per_minute(self) -> u32 {
        self.per_minute
    }

    /// What one request takes of the window.
    fn step(self) -> i64 {
        (WINDOW / i64::from(self.per_minute)).max(1)
    }

    /// Takes one out of a bucket, if there is one in it.
    pub fn take(self, bucket: &mut FullAt, now: i64) -> Left {
        // A clock that was set back must not lock anybody out for longer than a window.
        let from = (*bucket).clamp(now, now + WINDOW);
        let to = from + self.step();
        if to > now + WINDOW {
            *bucket = from;
            return Left {
                is_admitted: false,
                remaining: 0,
                secs: secs(to - WINDOW - now),
            };
        }
        *bucket = to;
        let remaining = u32::try_from((now + WINDOW - to) / self.step()).unwrap_or(0);
        Left {
            is_admitted: true,
            remaining: remaining.min(self.per_minute - 1),
            secs: secs(to - now),
        }
    }

    /// Puts back what was taken.
    pub fn put_back(self, bucket: &mut FullAt) {
        *bucket -= self.step();
    }
}

/// Whole seconds, upwards, so that whoever waits them has waited long enough.
fn secs(micros: i64) -> u32 {
    u32::try_from(micros.max(1).div_euclid(1_000_000) + i64::from(micros.rem_euclid(1_000_000) > 0))
        .unwrap_or(WINDOW_SECS)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn all_of_a_quota_may_come_at_once_and_then_it_refills_evenly() {
        let quota = Quota::new(60).unwrap();
        let (mut bucket, now) = (0, 1_000 * SECOND);
        for before in (0..60).rev() {
            let left = quota.take(&mut bucket, now);
            assert_eq!((left.is_admitted, left.remaining), (true, before));
        }
        let refused = quota.take(&mut bucket, now);
        assert_eq!(
            refused,
            Left {
                is_admitted: false,
                remaining: 0,
                secs: 1
            }
        );
        assert!(!quota.take(&mut bucket, now + SECOND - 1).is_admitted);
        assert!(quota.take(&mut bucket, now + SECOND).is_admitted);
        assert!(!quota.take(&mut bucket, now + SECOND).is_admitted);
        let rested = quota.take(&mut bucket, now + 120 * SECOND);
        assert_eq!((rested.remaining, rested.secs), (59, 1));
    }

    #[test]
    fn whoever_waits_as_told_is_let_in() {
        for per_minute in [1, 2, 7, 59, 600, 1200, 1_000_000] {
            let quota = Quota::new(per_minute).unwrap();
            let (mut bucket, now) = (0, 1_000 * SECOND);
            let refused = loop {
                let left = quota.take(&mut bucket, now);
                if !left.is_admitted {
                    break left;
                }
            };
            assert!((1..=60).contains(&refused.secs), "{per_minute}: {refused:?}");
            let later = now + i64::from(refused.secs) * SECOND;
            assert!(quota.take(&mut bucket, later).is_admitted, "{per_minute}");
        }
    }

    #[test]
    fn what_was_put_back_can_be_taken_again() {
        let quota = Quota::new(1).unwrap();
        let (mut bucket, now) = (0, 1_000 * SECOND);
        assert!(quota.take(&mut bucket, now).is_admitted);
        assert!(!quota.take(&mut bucket, now).is_admitted);
        quota.put_back(&mut bucket);
        assert!(quota.take(&mut bucket, now).is_admitted);
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let quota = Quota::new(1).unwrap();
        let (mut bucket, now) = (0, 10_000 * SECOND);
        assert!(quota.take(&mut bucket, now).is_admitted);
        let before = now - 9_000 * SECOND;
        assert_eq!(quota.take(&mut bucket, before).secs, 60);
        assert!(quota.take(&mut bucket, before + 60 * SECOND).is_admitted);
    }

    #[test]
    fn none_is_no_quota() {
        assert_eq!(Quota::new(0), None);
    }

    proptest! {
        #[test]
        fn no_minute_sees_more_than_twice_the_quota(
            per_minute in 1_u32..500,
            gaps in proptest::collection::vec(0_i64..2_000_000, 1..1500),
        ) {
            let quota = Quota::new(per_minute).unwrap();
            let (mut bucket, mut now, mut admitted) = (0, 1_000 * SECOND, Vec::new());
            for gap in gaps {
                now += gap;
                if quota.take(&mut bucket, now).is_admitted {
                    admitted.push(now);
                }
            }
            for (index, end) in admitted.iter().enumerate() {
                let within = admitted[..=index].iter().filter(|at| *at + WINDOW > *end).count();
                prop_assert!(within <= 2 * per_minute as usize, "{within} of {per_minute}");
            }
        }
    }
}
