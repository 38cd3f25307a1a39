//! The ledger's calendar: months that may start on any day, weeks that may start on any weekday, years of twelve such
//! months. Every range is inclusive and ends at the limits of `Date`.

use super::{Date, days_in_month, month_name};
use crate::text::wire::string_serde;
use chrono::{Datelike, NaiveDate, Weekday};
use std::fmt;
use std::str::FromStr;

/// A month of a ledger, named after the calendar month it starts in. Label and wire form `2026-11`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

/// What is no month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Not a month - write year and month as 2026-11")]
pub struct MonthError;

/// Years a month may have: one around the range of `Date`, because the month of its first day may start before it.
const YEARS: std::ops::RangeInclusive<i32> = 1969..=2199;

impl Month {
    /// The month of that year (1969 to 2199) and number (1 to 12). `None` for anything else.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        (YEARS.contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The year it starts in.
    pub fn year(self) -> i32 {
        self.year
    }

    /// 1 to 12.
    pub fn month(self) -> u32 {
        self.month
    }

    /// The month after. The last one is its own successor.
    #[must_use]
    pub fn next(self) -> Self {
        let (year, month) = if self.month == 12 {
            (self.year + 1, 1)
        } else {
            (self.year, self.month + 1)
        };
        Self::new(year, month).unwrap_or(self)
    }

    /// The month before. The first one is its own predecessor.
    #[must_use]
    pub fn prev(self) -> Self {
        let (year, month) = if self.month == 1 {
            (self.year - 1, 12)
        } else {
            (self.year, self.month - 1)
        };
        Self::new(year, month).unwrap_or(self)
    }

    /// `Nov 2026`.
    pub fn words(self) -> String {
        format!("{} {}", month_name(self.month), self.year)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let (year, month) = text.split_once('-').ok_or(MonthError)?;
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !is_digits(year) || !is_digits(month) {
            return Err(MonthError);
        }
        match (year.parse(), month.parse()) {
            (Ok(year), Ok(month)) => Self::new(year, month).ok_or(MonthError),
            _ => Err(MonthError),
        }
    }
}

string_serde!(Month);

#[cfg(feature = "openapi")]
crate::openapi::string_type!(
    Month,
    crate::openapi::StringSchema {
        name: "Month",
        format: None,
        pattern: Some("^[0-9]{4}-[0-9]{2}$"),
        max_length: Some(7),
        example: "2026-11",
    }
);

/// How a ledger divides time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    month_start_day: u8,
    week_start: Weekday,
}

impl Default for Calendar {
    /// Calendar months, weeks from Monday.
    fn default() -> Self {
        Self {
            month_start_day: 1,
            week_start: Weekday::Mon,
        }
    }
}

impl Calendar {
    /// Months from `month_start_day` (1 to 31; where a month is shorter, from its last day), weeks from `week_start`
    /// (ISO 8601: 1 Monday to 7 Sunday). `None` for anything else.
    pub fn new(month_start_day: u8, week_start: u8) -> Option<Self> {
        let week_start = Weekday::try_from(week_start.checked_sub(1)?).ok()?;
        (1..=31).contains(&month_start_day).then_some(Self {
            month_start_day,
            week_start,
        })
    }

    /// 1 to 31.
    pub fn month_start_day(self) -> u8 {
        self.month_start_day
    }

    /// The first day of a week.
    pub fn week_start(self) -> Weekday {
        self.week_start
    }

    /// The first day of a month, before any limit.
    fn first_day(self, year: i32, month: u32) -> Option<NaiveDate> {
        let last = days_in_month(year, month)?;
        NaiveDate::from_ymd_opt(year, month, u32::from(self.month_start_day).min(last))
    }

    /// The month a day belongs to: exactly one.
    pub fn month_of(self, date: Date) -> Month {
        let named = Month {
            year: date.year(),
            month: date.month(),
        };
        match self.first_day(named.year, named.month) {
            Some(first) if date.naive() < first => named.prev(),
            _ => named,
        }
    }

    /// First and last day of a month.
    pub fn month_range(self, month: Month) -> (Date, Date) {
        let (year, next) = if month.month == 12 {
            (month.year + 1, 1)
        } else {
            (month.year, month.month + 1)
        };
        Self::range(
            self.first_day(month.year, month.month),
            self.first_day(year, next),
        )
    }

    /// First and last day of the week a day belongs to.
    pub fn week_range(self, date: Date) -> (Date, Date) {
        let into = i64::from(date.naive().weekday().days_since(self.week_start));
        (date.shift_days(-into), date.shift_days(6 - into))
    }

    /// The year a day belongs to: that of its month.
    pub fn year_of(self, date: Date) -> i32 {
        self.month_of(date).year
    }

    /// First and last day of a year: its twelve months.
    pub fn year_range(self, year: i32) -> (Date, Date) {
        Self::range(self.first_day(year, 1), self.first_day(year.saturating_add(1), 1))
    }

    /// The days from `first` to the one before `end`, within the limits of `Date`.
    fn range(first: Option<NaiveDate>, end: Option<NaiveDate>) -> (Date, Date) {
        let last = end.and_then(|end| end.pred_opt());
        let clamp = |day: Option<NaiveDate>, otherwise: Date| {
            let day = day.unwrap_or(otherwise.naive());
            Date::from_naive(day.clamp(Date::MIN.naive(), Date::MAX.naive())).unwrap_or(otherwise)
        };
        (clamp(first, Date::MIN), clamp(last, Date::MAX))
    }
}
