//! Calendar days without a zone, and the ledger's calendar of months, weeks and years. `date/word.rs` reads the words
//! a person types for a day. Nothing here knows what day it is: today always comes from outside.

mod before;
mod calendar;
mod period;
mod word;

pub use calendar::{Calendar, Month};
pub use period::{Period, PeriodKind, span_words};
pub use word::parse_day;

use crate::text::wire::string_serde;
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::fmt;
use std::str::FromStr;

/// A calendar day from [`Date::MIN`] to [`Date::MAX`]. On the wire `2026-11-21`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NaiveDate);

/// Why a day is refused. Its `Display` says why and how to mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Not of the form `YYYY-MM-DD`.
    #[error("Not a date - write year, month and day as 2026-11-21")]
    Malformed,
    /// A month of that number does not exist.
    #[error("There is no month {month} - months go from 1 to 12")]
    NoSuchMonth {
        /// The month as written.
        month: u32,
    },
    /// The month is shorter.
    #[error("{} {year} has {last} days - there is no {day}", month_name(*month))]
    NoSuchDay {
        /// The year.
        year: i32,
        /// The month, 1 to 12.
        month: u32,
        /// The day as written.
        day: u32,
        /// The last day of the month.
        last: u32,
    },
    /// A day that no month, or that month in no year, has.
    #[error("There is no such day - a month has 28 to 31 days")]
    Never,
    /// Before [`Date::MIN`] or after [`Date::MAX`].
    #[error("Out of range - a date lies between 1970-01-01 and 2199-12-31")]
    OutOfRange,
}

impl DateError {
    /// The stable name of this fault.
    pub fn code(self) -> &'static str {
        match self {
            Self::Malformed => "not-a-date",
            Self::NoSuchMonth { .. } => "no-such-month",
            Self::NoSuchDay { .. } | Self::Never => "no-such-day",
            Self::OutOfRange => "date-out-of-range",
        }
    }
}

/// English month names, as every screen and sentence writes them.
const MONTH_NAMES: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `Nov` for 11. Empty for what is no month.
pub fn month_name(month: u32) -> &'static str {
    let index = usize::try_from(month).unwrap_or(0).wrapping_sub(1);
    MONTH_NAMES.get(index).copied().unwrap_or_default()
}

/// How many days a month has. `None` for what is no month.
fn days_in_month(year: i32, month: u32) -> Option<u32> {
    (28..=31)
        .rev()
        .find(|day| NaiveDate::from_ymd_opt(year, month, *day).is_some())
}

impl Date {
    /// 1970-01-01.
    pub const MIN: Self = Self(match NaiveDate::from_ymd_opt(1970, 1, 1) {
        Some(day) => day,
        None => NaiveDate::MIN,
    });
    /// 2199-12-31.
    pub const MAX: Self = Self(match NaiveDate::from_ymd_opt(2199, 12, 31) {
        Some(day) => day,
        None => NaiveDate::MAX,
    });

    /// The day of that year, month (1-12) and day (1-31), or why there is none.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Result<Self, DateError> {
        let last = days_in_month(year, month).ok_or(DateError::NoSuchMonth { month })?;
        let date = NaiveDate::from_ymd_opt(year, month, day).ok_or(DateError::NoSuchDay {
            year,
            month,
            day,
            last,
        })?;
        Self::from_naive(date).ok_or(DateError::OutOfRange)
    }

    /// `None` outside [`Date::MIN`] to [`Date::MAX`].
    pub fn from_naive(date: NaiveDate) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&date).then_some(Self(date))
    }

    /// Reads exactly `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let is_shaped = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let mut parts = text.split('-').map(str::parse::<u32>);
        match (is_shaped, parts.next(), parts.next(), parts.next()) {
            (true, Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) => Self::from_ymd(
                i32::try_from(year).map_err(|_| DateError::OutOfRange)?,
                month,
                day,
            ),
            _ => Err(DateError::Malformed),
        }
    }

    /// The day as chrono's type, for the database.
    pub fn naive(self) -> NaiveDate {
        self.0
    }

    /// The year, 1970 to 2199.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.0.day()
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        self.0.weekday()
    }

    /// The day that many days later (earlier when negative), `None` out of range.
    pub fn add_days(self, days: i64) -> Option<Self> {
        let count = Days::new(days.unsigned_abs());
        let day = if days < 0 {
            self.0.checked_sub_days(count)
        } else {
            self.0.checked_add_days(count)
        };
        day.and_then(Self::from_naive)
    }

    /// As [`Date::add_days`], but stops at [`Date::MIN`] and [`Date::MAX`].
    #[must_use]
    pub fn shift_days(self, days: i64) -> Self {
        self.add_days(days)
            .unwrap_or(if days < 0 { Self::MIN } else { Self::MAX })
    }

    /// Days from `other` to this one; negative when this one is earlier.
    pub fn days_since(self, other: Self) -> i64 {
        self.0.signed_duration_since(other.0).num_days()
    }

    /// `Sat 21 Nov 2026`.
    pub fn words(self) -> String {
        format!(
            "{} {} {} {}",
            self.weekday(),
            self.day(),
            month_name(self.month()),
            self.year()
        )
    }

    /// `Sat 21 Nov`.
    pub fn short_words(self) -> String {
        format!("{} {} {}", self.weekday(), self.day(), month_name(self.month()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!(
            "{:04}-{:02}-{:02}",
            self.year(),
            self.month(),
            self.day()
        ))
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        Self::parse(text)
    }
}

string_serde!(Date);

#[cfg(feature = "openapi")]
crate::openapi::string_type!(
    Date,
    crate::openapi::StringSchema {
        name: "Date",
        format: Some("date"),
        pattern: Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        max_length: Some(10),
        example: "2026-11-21",
    }
);

#[cfg(test)]
mod tests;
