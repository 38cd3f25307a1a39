//! What a period is compared with, for the server, the app and the commands alike.

use super::{Calendar, Date, Period};

impl Calendar {
    /// As many whole months before whole months, else as many days before a period. `None` where there is nothing
    /// before it.
    pub fn period_before(self, from: Date, to: Date) -> Option<(Date, Date)> {
        let before = if self.is_whole_months(from, to) {
            let first = self.month_of(from);
            let last = self.month_of(to);
            let (mut month, mut start) = (first, first.prev());
            while month < last {
                (month, start) = (month.next(), start.prev());
            }
            (self.month_range(start).0, self.month_range(first.prev()).1)
        } else {
            Period::Custom(from, to).prev(self).range(self)
        };
        (before.0 <= before.1 && before.1 < from).then_some(before)
    }

    /// Of the period before, the days that go with those of a period up to today: of a year that is not over the same
    /// days of the year before, of a month the same days of the month before. All of it where the period is over or
    /// has not begun.
    pub fn before_so_far(self, (from, to): (Date, Date), before: (Date, Date), today: Date) -> (Date, Date) {
        if !(from <= today && today < to) {
            return before;
        }
        let end = if self.is_whole_months(from, to) && self.is_whole_months(before.0, before.1) {
            let now = self.month_of(today);
            let (mut month, mut same) = (self.month_of(from), self.month_of(before.0));
            while month < now {
                (month, same) = (month.next(), same.next());
            }
            let (first, last) = self.month_range(same);
            let into = today.days_since(self.month_range(now).0);
            first.shift_days(into).min(last)
        } else {
            before.0.shift_days(today.days_since(from))
        };
        (before.0, end.min(before.1))
    }

    fn is_whole_months(self, from: Date, to: Date) -> bool {
        self.month_range(self.month_of(from)).0 == from && self.month_range(self.month_of(to)).1 == to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn what_is_not_over_is_compared_with_as_much_of_what_was_before() {
        for (from, to, today, wanted) in [
            // 334 days with 334 days.
            ("2026-01-01", "2026-12-31", "2026-11-30", "2025-01-01 2025-11-30"),
            ("2026-01-01", "2026-12-31", "2026-12-31", "2025-01-01 2025-12-31"),
            ("2026-01-01", "2026-12-31", "2027-03-01", "2025-01-01 2025-12-31"),
            ("2026-01-01", "2026-12-31", "2025-12-31", "2025-01-01 2025-12-31"),
            ("2024-01-01", "2024-12-31", "2024-02-29", "2023-01-01 2023-02-28"),
            ("2026-11-01", "2026-11-30", "2026-11-21", "2026-10-01 2026-10-21"),
            ("2026-03-01", "2026-03-31", "2026-03-30", "2026-02-01 2026-02-28"),
            ("2026-11-16", "2026-11-22", "2026-11-18", "2026-11-09 2026-11-11"),
            ("2026-11-21", "2026-11-21", "2026-11-21", "2026-11-20 2026-11-20"),
        ] {
            let calendar = Calendar::default();
            let period = (day(from), day(to));
            let before = calendar.period_before(period.0, period.1).unwrap();
            let (first, last) = calendar.before_so_far(period, before, day(today));
            assert_eq!(format!("{first} {last}"), wanted, "{from} {to} on {today}");
        }
    }
}
