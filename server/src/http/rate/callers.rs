//! Whose bucket a request is counted in, and the table of them all. A token has a bucket of its own once the guard has
//! let it in; until then, and for those without one, it is the address's, so that drawing tokens by lot gets nobody
//! further. The table is bounded, and forgets who has not been here for a while.

use std::collections::HashMap;
use std::net::IpAddr;

use super::quota::{FullAt, Left, Quota};

/// The most buckets there may be: about 5 MB.
const MOST: usize = 50_000;
/// A token that is not used for so long has to be let in by the guard again, which costs it one request of its address.
const KEPT: i64 = 3_600_000_000;
/// The table is gone through this often.
const SWEEP: i64 = 60_000_000;

/// A hash of a token.
pub type TokenHash = [u8; 32];

/// Whether a request changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Read,
    Write,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Who {
    Token(TokenHash),
    Address(IpAddr),
    /// All for whom there is no more room in the table.
    Rest,
}

#[derive(Debug, Clone, Copy)]
struct Buckets {
    reads: FullAt,
    writes: FullAt,
    used_at: i64,
}

impl Buckets {
    fn of(&mut self, kind: Kind) -> &mut FullAt {
        match kind {
            Kind::Read => &mut self.reads,
            Kind::Write => &mut self.writes,
        }
    }
}

/// A request that was counted.
#[derive(Debug, Clone, Copy)]
pub struct Charge {
    who: Who,
    kind: Kind,
    quota: Quota,
    pub left: Left,
}

impl Charge {
    /// The hash of the token that it was counted for, where that has a bucket of its own.
    fn token(&self) -> Option<TokenHash> {
        match self.who {
            Who::Token(hash) => Some(hash),
            Who::Address(_) | Who::Rest => None,
        }
    }
}

/// The table.
#[derive(Debug)]
pub struct Callers {
    buckets: HashMap<Who, Buckets>,
    most: usize,
    swept_at: i64,
}

impl Default for Callers {
    fn default() -> Self {
        Self {
            buckets: HashMap::new(),
            most: MOST,
            swept_at: i64::MIN,
        }
    }
}

impl Callers {
    /// Counts a request before it is looked at.
    pub fn charge(
        &mut self,
        token: Option<TokenHash>,
        address: IpAddr,
        (kind, quota): (Kind, Quota),
        now: i64,
    ) -> Charge {
        let known = token.map(Who::Token).filter(|who| self.buckets.contains_key(who));
        let who = known.unwrap_or_else(|| self.room_for(Who::Address(address), now));
        self.take(who, (kind, quota), now)
    }

    /// The guard let the token in: from now on it has a bucket of its own, and this request is in it.
    pub fn accept(&mut self, charge: Charge, token: TokenHash, now: i64) -> Charge {
        if charge.token().is_some() {
            return charge;
        }
        let who = self.room_for(Who::Token(token), now);
        if who == Who::Rest {
            return charge;
        }
        if let Some(buckets) = self.buckets.get_mut(&charge.who) {
            charge.quota.put_back(buckets.of(charge.kind));
        }
        self.take(who, (charge.kind, charge.quota), now)
    }

    /// The guard did not let the token in: it has no bucket of its own any more.
    pub fn reject(&mut self, charge: Charge, address: IpAddr, now: i64) -> Charge {
        let Some(token) = charge.token() else {
            return charge;
        };
        self.buckets.remove(&Who::Token(token));
        let who = self.room_for(Who::Address(address), now);
        self.take(who, (charge.kind, charge.quota), now)
    }

    fn take(&mut self, who: Who, (kind, quota): (Kind, Quota), now: i64) -> Charge {
        let buckets = self.buckets.entry(who).or_insert(Buckets {
            reads: now,
            writes: now,
            used_at: now,
        });
        buckets.used_at = now;
        let left = quota.take(buckets.of(kind), now);
        Charge {
            who,
            kind,
            quota,
            left,
        }
    }

    /// Itself where it has a bucket or may have one.
    fn room_for(&mut self, who: Who, now: i64) -> Who {
        if self.buckets.contains_key(&who) {
            return who;
        }
        // Also after the clock was set back.
        if now < self.swept_at || now >= self.swept_at.saturating_add(SWEEP) {
            self.sweep(now);
        }
        if self.buckets.len() < self.most {
            who
        } else {
            Who::Rest
        }
    }

    /// A full bucket is as good as none.
    fn sweep(&mut self, now: i64) {
        self.swept_at = now;
        self.buckets.retain(|who, buckets| {
            let is_full = buckets.reads <= now && buckets.writes <= now;
            let is_kept = matches!(who, Who::Token(_)) && buckets.used_at.saturating_add(KEPT) > now;
            !is_full || is_kept
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;
    const NOW: i64 = 1_000 * MINUTE;

    fn address(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(number).into()
    }

    fn reads(per_minute: u32) -> (Kind, Quota) {
        (Kind::Read, Quota::new(per_minute).unwrap())
    }

    fn writes(per_minute: u32) -> (Kind, Quota) {
        (Kind::Write, Quota::new(per_minute).unwrap())
    }

    const TOKEN: Option<TokenHash> = Some([7; 32]);

    /// A request of a token that is good.
    fn good(callers: &mut Callers, from: u32, quota: (Kind, Quota)) -> Left {
        let charge = callers.charge(TOKEN, address(from), quota, NOW);
        if !charge.left.is_admitted {
            return charge.left;
        }
        callers.accept(charge, [7; 32], NOW).left
    }

    #[test]
    fn a_good_token_has_a_bucket_of_its_own_wherever_it_comes_from() {
        let mut callers = Callers::default();
        for (from, remaining) in [(1, 2), (2, 1), (1, 0)] {
            let left = good(&mut callers, from, reads(3));
            assert_eq!((left.is_admitted, left.remaining), (true, remaining));
        }
        assert!(!good(&mut callers, 3, reads(3)).is_admitted);
        // What it used first was given back to its address.
        let stranger = callers.charge(None, address(1), reads(3), NOW).left;
        assert_eq!((stranger.is_admitted, stranger.remaining), (true, 2));
    }

    #[test]
    fn reads_and_writes_are_counted_apart() {
        let mut callers = Callers::default();
        assert!(good(&mut callers, 1, writes(1)).is_admitted);
        assert!(!good(&mut callers, 1, writes(1)).is_admitted);
        assert!(good(&mut callers, 1, reads(1)).is_admitted);
    }

    #[test]
    fn drawing_tokens_by_lot_counts_for_the_address() {
        let mut callers = Callers::default();
        for number in 0..5 {
            let charge = callers.charge(Some([number; 32]), address(1), reads(5), NOW);
            assert!(charge.left.is_admitted);
            callers.reject(charge, address(1), NOW);
        }
        let sixth = callers.charge(Some([9; 32]), address(1), reads(5), NOW);
        assert!(!sixth.left.is_admitted);
        assert_eq!(callers.buckets.len(), 1);
        assert!(callers.charge(None, address(2), reads(5), NOW).left.is_admitted);
    }

    #[test]
    fn a_token_that_was_good_and_is_no_more_counts_for_its_address_again() {
        let mut callers = Callers::default();
        good(&mut callers, 1, reads(3));
        let charge = callers.charge(TOKEN, address(1), reads(3), NOW);
        assert_eq!(charge.token(), TOKEN);
        callers.reject(charge, address(1), NOW);
        assert!(!callers.buckets.contains_key(&Who::Token([7; 32])));
        let again = callers.charge(TOKEN, address(1), reads(3), NOW);
        assert_eq!((again.token(), again.left.remaining), (None, 1));
    }

    #[test]
    fn the_table_is_bounded_and_the_rest_share_one_bucket() {
        let mut callers = Callers {
            most: 100,
            ..Callers::default()
        };
        for number in 0..10_000 {
            callers.charge(None, address(number), reads(50), NOW);
        }
        assert!(callers.buckets.len() <= 101, "{}", callers.buckets.len());
        let rest = callers.charge(None, address(99_999), reads(50), NOW);
        assert_eq!((rest.who, rest.left.is_admitted), (Who::Rest, false));
        // Whoever was there first is not pushed out.
        assert!(callers.charge(None, address(5), reads(50), NOW).left.is_admitted);
        // A good token that finds no room stays with its address.
        let charge = callers.charge(TOKEN, address(5), reads(50), NOW);
        assert_eq!(callers.accept(charge, [7; 32], NOW).who, Who::Address(address(5)));
    }

    #[test]
    fn who_has_not_been_here_for_a_while_is_forgotten() {
        let mut callers = Callers::default();
        for number in 0..1_000 {
            callers.charge(None, address(number), reads(50), NOW);
        }
        good(&mut callers, 1, reads(50));
        callers.charge(None, address(5_000), reads(50), NOW + 2 * MINUTE);
        let tokens = callers.buckets.keys().filter(|who| matches!(who, Who::Token(_)));
        assert_eq!((tokens.count(), callers.buckets.len()), (1, 2));
        callers.charge(None, address(5_001), reads(50), NOW + 70 * MINUTE);
        assert_eq!(callers.buckets.len(), 1);
    }
}
