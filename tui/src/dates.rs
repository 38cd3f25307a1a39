//! How days are written for people: in words, or as `app.date_format` has it. What machines read (columns of years, JSON,
//! fields to type in) is written as ISO 8601 elsewhere.

use crate::text;
use api::date::{Calendar, Date, Period};
use chrono::format::{Item, StrftimeItems};
use std::fmt::Write;
use std::sync::Arc;

/// Columns that `Sat 21 Nov` takes.
const WORDS: u16 = 10;
/// Columns that a day may take beside the other cells of a row.
const MOST: usize = 20;

/// A way of writing days; the default is words. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dates {
    format: Option<Arc<str>>,
    width: u16,
}

impl Dates {
    /// Of a format with `%d` and the like; an empty one means words. The error says what to write instead.
    pub fn of_format(format: &str) -> Result<Self, String> {
        if format.is_empty() {
            return Ok(Self::default());
        }
        let refuse = |why: &str| {
            Err(format!(
                "{format:?}, which {why} - write one such as \"%d %b %Y\""
            ))
        };
        if StrftimeItems::new(format).any(|item| item == Item::Error) {
            return refuse("is no format of a date");
        }
        // Every month, weekday and length of a day's number is among these.
        let first = Date::from_ymd(2026, 1, 1).unwrap_or(Date::MIN);
        let mut width = 0;
        for day in (0..366).map(|days| first.shift_days(days)) {
            let Some(written) = written(format, day) else {
                return refuse("asks for a time, which a day has not");
            };
            if written.chars().any(char::is_control) {
                return refuse("has a line break or a tab");
            }
            width = width.max(text::width(&written));
        }
        if written(format, first) == written(format, first.shift_days(1)) {
            return refuse("does not tell one day from the next");
        }
        if width > MOST {
            return refuse(&format!("is {width} columns wide, and {MOST} fit"));
        }
        Ok(Self {
            format: Some(format.into()),
            width: u16::try_from(width).unwrap_or(WORDS),
        })
    }

    /// Columns that a day takes in a table.
    pub fn width(&self) -> u16 {
        if self.format.is_some() { self.width } else { WORDS }
    }

    /// `Sat 21 Nov 2026`.
    pub fn day(&self, day: Date) -> String {
        self.formatted(day).unwrap_or_else(|| day.words())
    }

    /// `Sat 21 Nov`, where the year goes without saying.
    pub fn short(&self, day: Date) -> String {
        self.formatted(day).unwrap_or_else(|| day.short_words())
    }

    /// In a column of the plain commands: ISO 8601, which sorts and pastes, unless another way is wished for.
    pub fn cell(&self, day: Date) -> String {
        self.formatted(day).unwrap_or_else(|| day.to_string())
    }

    /// `1-30 Nov 2026`.
    pub fn span(&self, from: Date, to: Date) -> String {
        match (self.formatted(from), self.formatted(to)) {
            (Some(day), Some(_)) if from == to => day,
            (Some(from), Some(to)) => format!("{from} - {to}"),
            _ => api::date::span_words(from, to),
        }
    }

    /// A period by its days; a calendar year by its number.
    pub fn period(&self, period: Period, calendar: Calendar) -> String {
        if matches!(period, Period::Year(_)) && calendar.month_start_day() == 1 {
            return period.words(calendar);
        }
        let (from, to) = period.range(calendar);
        self.span(from, to)
    }

    fn formatted(&self, day: Date) -> Option<String> {
        written(self.format.as_deref()?, day)
    }
}

/// `None` where the format wants more than a day has.
fn written(format: &str, day: Date) -> Option<String> {
    let mut written = String::new();
    write!(written, "{}", day.naive().format(format)).ok()?;
    Some(written)
}

/// `21 of 30 days` where today lies in it and is not its last day.
pub fn partial(from: Date, to: Date, today: Date) -> Option<String> {
    let is_open = from <= today && today < to;
    is_open.then(|| {
        format!(
            "{} of {} days",
            today.days_since(from) + 1,
            to.days_since(from) + 1
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn days_and_periods_are_written_as_wished() {
        let (words, slashes) = (Dates::default(), Dates::of_format("%d/%m/%Y").unwrap());
        let month = Period::Month("2026-11".parse().unwrap());
        let calendar = Calendar::default();
        assert_eq!(words.short(day("2026-11-21")), "Sat 21 Nov");
        assert_eq!(words.cell(day("2026-11-21")), "2026-11-21");
        assert_eq!(words.period(month, calendar), "1-30 Nov 2026");
        assert_eq!(slashes.short(day("2026-11-21")), "21/11/2026");
        assert_eq!(slashes.cell(day("2026-11-21")), "21/11/2026");
        assert_eq!(slashes.period(month, calendar), "01/11/2026 - 30/11/2026");
        assert_eq!(slashes.span(day("2026-11-21"), day("2026-11-21")), "21/11/2026");
        assert_eq!(slashes.period(Period::Year(2026), calendar), "2026");
        assert_eq!(Dates::of_format("%A %-d.%-m.").unwrap().width(), 16);
    }

    #[test]
    fn what_is_no_format_of_a_day_is_refused_with_a_sentence() {
        for (format, why) in [
            ("%Q", "is no format"),
            ("%", "is no format"),
            ("%d.%m.%Y %H:%M", "asks for a time"),
            ("%d%n%m", "line break"),
            ("today", "does not tell"),
            ("%Y", "does not tell"),
            ("%A, the %d of %B %Y", "20 fit"),
        ] {
            let refused = Dates::of_format(format).unwrap_err();
            assert!(refused.contains(why), "{refused}");
            assert!(refused.ends_with("\"%d %b %Y\""), "{refused}");
        }
    }
}
