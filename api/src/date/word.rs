//! The words a person types for a day: `t`, `y`, `2d`, `fri`, `28th`, `28/10`, `28.10.`, `1nov`, `2026-10-28`. What names
//! several days means the latest one that is not in the future; `>` before it means the next one after today.

use super::{Date, DateError, MONTH_NAMES};
use chrono::{Datelike, Weekday};

/// How far back or ahead a day such as `29/2` is searched for, in months: eight years lie between some of them.
const SEARCH_MONTHS: u32 = 12 * 8 + 1;

/// Reads a word as a day. `None` when it is no such word, an error when it is one that names no day.
///
/// `today` is the client's day. `is_field` is true where nothing but a day can be meant: there a bare `28` is the 28th
/// and `-3` is three days ago.
pub fn parse_day(word: &str, today: Date, is_field: bool) -> Option<Result<Date, DateError>> {
    let lower = word.trim().to_lowercase();
    let (is_ahead, text) = lower
        .strip_prefix('>')
        .map_or((false, lower.as_str()), |rest| (true, rest));
    let direction = Direction { today, is_ahead };
    relative(text, direction)
        .or_else(|| weekday(text).map(|day| Ok(direction.weekday(day))))
        .or_else(|| iso(text))
        .or_else(|| numeric(text, direction))
        .or_else(|| named(text, direction))
        .or_else(|| ordinal(text).map(|day| direction.day(day)))
        .or_else(|| {
            if is_field {
                field_only(text, direction)
            } else {
                None
            }
        })
}

/// Which way an incomplete day is looked for.
#[derive(Clone, Copy)]
struct Direction {
    today: Date,
    is_ahead: bool,
}

impl Direction {
    fn days(self, count: i64) -> Result<Date, DateError> {
        let count = if self.is_ahead { count } else { -count };
        self.today.add_days(count).ok_or(DateError::OutOfRange)
    }

    fn weekday(self, day: Weekday) -> Date {
        if self.is_ahead {
            let ahead = i64::from(day.days_since(self.today.weekday()));
            self.today.shift_days(if ahead == 0 { 7 } else { ahead })
        } else {
            self.today
                .shift_days(-i64::from(self.today.weekday().days_since(day)))
        }
    }

    fn fits(self, date: Date) -> bool {
        if self.is_ahead {
            date > self.today
        } else {
            date <= self.today
        }
    }

    /// The nearest month (year and number) with that day, this one included.
    fn day(self, day: u32) -> Result<Date, DateError> {
        self.search(|_| true, day)
    }

    fn day_month(self, day: u32, month: u32) -> Result<Date, DateError> {
        if !(1..=12).contains(&month) {
            return Err(DateError::NoSuchMonth { month });
        }
        self.search(|found| found == month, day)
    }

    fn search(self, is_month: impl Fn(u32) -> bool, day: u32) -> Result<Date, DateError> {
        let (mut year, mut month) = (self.today.naive().year(), self.today.naive().month());
        for _ in 0..SEARCH_MONTHS {
            if is_month(month)
                && let Ok(date) = Date::from_ymd(year, month, day)
                && self.fits(date)
            {
                return Ok(date);
            }
            (year, month) = match (self.is_ahead, month) {
                (true, 12) => (year + 1, 1),
                (true, _) => (year, month + 1),
                (false, 1) => (year - 1, 12),
                (false, _) => (year, month - 1),
            };
        }
        Err(DateError::Never)
    }

    /// A day with a year, `26` being 2026.
    fn full(day: u32, month: u32, year: &str) -> Result<Date, DateError> {
        let number: i32 = year.parse().map_err(|_| DateError::Malformed)?;
        let year = if year.len() == 2 { 2000 + number } else { number };
        Date::from_ymd(year, month, day)
    }
}

/// `t today y yesterday tomorrow 2d`
fn relative(text: &str, direction: Direction) -> Option<Result<Date, DateError>> {
    match text {
        "t" | "today" => return Some(Ok(direction.today)),
        "y" | "yesterday" if !direction.is_ahead => return Some(direction.days(1)),
        "tomorrow" => return Some(direction.today.add_days(1).ok_or(DateError::OutOfRange)),
        _ => {}
    }
    let count = digits(text.strip_suffix('d')?, 4)?;
    Some(direction.days(i64::from(count)))
}

/// Short and long names of weekdays.
fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "mon" | "monday" => Weekday::Mon,
        "tue" | "tues" | "tuesday" => Weekday::Tue,
        "wed" | "wednesday" => Weekday::Wed,
        "thu" | "thur" | "thurs" | "thursday" => Weekday::Thu,
        "fri" | "friday" => Weekday::Fri,
        "sat" | "saturday" => Weekday::Sat,
        "sun" | "sunday" => Weekday::Sun,
        _ => return None,
    })
}

/// `2026-10-28`, and the same with too short or odd numbers, which is then an error rather than a word.
fn iso(text: &str) -> Option<Result<Date, DateError>> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let is_shaped = parts.next().is_none() && year.len() == 4;
    let numbers = (digits(year, 4)?, digits(month, 2)?, digits(day, 2)?);
    let year = i32::try_from(numbers.0).ok()?;
    is_shaped.then(|| Date::from_ymd(year, numbers.1, numbers.2))
}

/// `28/10 28/10/26 28/10/2026 28.10. 28.10.26 28.10.2026`
fn numeric(text: &str, direction: Direction) -> Option<Result<Date, DateError>> {
    let is_slash = text.contains('/');
    let mut parts = text.split(if is_slash { '/' } else { '.' });
    let (day, month, year) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    match year {
        None if is_slash => Some(direction.day_month(day, month)),
        Some("") if !is_slash => Some(direction.day_month(day, month)),
        Some(year) if matches!(year.len(), 2 | 4) => {
            digits(year, 4)?;
            // `12.5.0` and `1.234.56` are amounts gone wrong, but two dots and a year are a day.
            Some(Direction::full(day, month, year))
        }
        _ => None,
    }
}

/// `1nov nov1 1nov2026 1-nov 1st-nov` and long month names.
fn named(text: &str, direction: Direction) -> Option<Result<Date, DateError>> {
    let compact: String = text.chars().filter(|c| !matches!(c, '-' | ' ' | '.')).collect();
    let (day, rest) = leading_digits(&compact);
    let (name, tail) = rest.split_at(rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len()));
    let month = month_number(name)?;
    match (day, tail) {
        ("", tail) => Some(direction.day_month(digits(tail, 2)?, month)),
        (day, "") => Some(direction.day_month(digits(day, 2)?, month)),
        (day, year) if matches!(year.len(), 2 | 4) => {
            digits(year, 4)?;
            Some(Direction::full(digits(day, 2)?, month, year))
        }
        _ => None,
    }
}

/// The number of a month by its first three letters or its whole name.
fn month_number(name: &str) -> Option<u32> {
    const LONG: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let index = LONG
        .iter()
        .position(|long| *long == name)
        .or_else(|| {
            MONTH_NAMES
                .iter()
                .position(|short| short.eq_ignore_ascii_case(name))
        })
        .or((name == "sept").then_some(8))?;
    u32::try_from(index + 1).ok()
}

/// `1st 2nd 3rd 28th`
fn ordinal(text: &str) -> Option<u32> {
    let (number, suffix) = leading_digits(text);
    matches!(suffix, "st" | "nd" | "rd" | "th")
        .then(|| digits(number, 2))
        .flatten()
}

/// `28` and `-3`, where nothing else can be meant.
fn field_only(text: &str, direction: Direction) -> Option<Result<Date, DateError>> {
    if let Some(count) = text.strip_prefix('-').and_then(|count| digits(count, 4)) {
        return Some(
            Direction {
                is_ahead: false,
                ..direction
            }
            .days(i64::from(count)),
        );
    }
    digits(text, 2).map(|day| direction.day(day))
}

/// Splits off the digits at the start.
fn leading_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// One to `most` digits as a number.
fn digits(text: &str, most: usize) -> Option<u32> {
    let is_number = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}
