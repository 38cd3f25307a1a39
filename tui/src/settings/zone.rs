//! The clock, and the zone that says which day it is: the one that `app.timezone` names, else that of TZ or the system.

use api::date::Date;
use chrono::{DateTime, FixedOffset, Utc};
use chrono_tz::Tz;

/// A zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    /// TZ's, else the system's.
    #[default]
    Here,
    /// One of the IANA database.
    Named(Tz),
}

impl Zone {
    /// Of a name such as `Europe/Berlin`; empty is here. The error says what to write instead.
    pub fn of_name(name: &str) -> Result<Self, String> {
        if name.is_empty() {
            return Ok(Self::Here);
        }
        name.parse()
            .map(Self::Named)
            .map_err(|_| format!("{name:?}, which is no time zone - write one such as \"Europe/Berlin\""))
    }

    /// The wall clock there.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place of this crate that reads the clock"
    )]
    pub fn now(self) -> DateTime<FixedOffset> {
        match self {
            Self::Here => chrono::Local::now().fixed_offset(),
            Self::Named(_) => self.at(Utc::now()),
        }
    }

    /// What the clock there shows at that instant.
    pub fn at(self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        match self {
            Self::Here => instant.with_timezone(&chrono::Local).fixed_offset(),
            Self::Named(zone) => instant.with_timezone(&zone).fixed_offset(),
        }
    }

    /// The day it is there. A clock that is off by centuries is held to the days that a book can have.
    pub fn today(self) -> Date {
        let day = self.now().date_naive();
        Date::from_naive(day).unwrap_or(if day < Date::MIN.naive() {
            Date::MIN
        } else {
            Date::MAX
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_is_two_days_in_two_zones_and_summer_time_counts() {
        let instant = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let there = |zone: &str, text: &str| {
            Zone::of_name(zone)
                .unwrap()
                .at(instant(text))
                .format("%F %H:%M")
                .to_string()
        };
        let late = "2026-11-21T23:30:00Z";
        assert_eq!(there("America/New_York", late), "2026-11-21 18:30");
        assert_eq!(there("Europe/Berlin", late), "2026-11-22 00:30");
        assert_eq!(there("Asia/Kolkata", late), "2026-11-22 05:00");
        assert_eq!(there("Europe/Berlin", "2026-07-01T21:59:00Z"), "2026-07-01 23:59");
    }

    #[test]
    fn what_is_no_zone_is_refused_with_a_sentence() {
        assert_eq!(Zone::of_name(""), Ok(Zone::Here));
        for name in ["Berlin", "Europe/Atlantis", "+02:00", " "] {
            let refused = Zone::of_name(name).unwrap_err();
            assert!(refused.contains("no time zone - write one such as"), "{refused}");
        }
    }
}
