//! What a screen shows: a day, a week, a month, a year or any range; how one steps to the next, and what it is called.

use super::{Calendar, Date, Month, month_name};

/// The lengths a period can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodKind {
    /// One day.
    Day,
    /// One week of the ledger.
    Week,
    /// One month of the ledger.
    Month,
    /// One year of the ledger.
    Year,
}

/// A stretch of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// One day.
    Day(Date),
    /// The week that holds this day.
    Week(Date),
    /// A month of the ledger.
    Month(Month),
    /// A year of the ledger.
    Year(i32),
    /// From one day to another, both included. Reversed ends are read the other way round.
    Custom(Date, Date),
}

impl Period {
    /// The period of that kind which holds `date`.
    pub fn of(kind: PeriodKind, date: Date, calendar: Calendar) -> Self {
        match kind {
            PeriodKind::Day => Self::Day(date),
            PeriodKind::Week => Self::Week(date),
            PeriodKind::Month => Self::Month(calendar.month_of(date)),
            PeriodKind::Year => Self::Year(calendar.year_of(date)),
        }
    }

    /// First and last day.
    pub fn range(self, calendar: Calendar) -> (Date, Date) {
        match self {
            Self::Day(date) => (date, date),
            Self::Week(date) => calendar.week_range(date),
            Self::Month(month) => calendar.month_range(month),
            Self::Year(year) => calendar.year_range(year),
            Self::Custom(from, to) => (from.min(to), from.max(to)),
        }
    }

    /// The period right after; a custom one moves by its own length. Stays where no later one exists.
    #[must_use]
    pub fn next(self, calendar: Calendar) -> Self {
        self.step(calendar, true)
    }

    /// The period right before; a custom one moves by its own length. Stays where no earlier one exists.
    #[must_use]
    pub fn prev(self, calendar: Calendar) -> Self {
        self.step(calendar, false)
    }

    fn step(self, calendar: Calendar, is_forward: bool) -> Self {
        let (from, to) = self.range(calendar);
        let length = to.days_since(from) + 1;
        let neighbour = if is_forward {
            to.add_days(1)
        } else {
            from.add_days(-1)
        };
        let Some(neighbour) = neighbour else { return self };
        match self {
            Self::Day(_) => Self::Day(neighbour),
            Self::Week(_) => Self::Week(neighbour),
            Self::Month(month) => Self::Month(if is_forward { month.next() } else { month.prev() }),
            Self::Year(year) => Self::Year(if is_forward { year + 1 } else { year - 1 }),
            Self::Custom(..) if is_forward => Self::Custom(neighbour, neighbour.shift_days(length - 1)),
            Self::Custom(..) => Self::Custom(neighbour.shift_days(1 - length), neighbour),
        }
    }

    /// `Sat 21 Nov 2026`, `1-30 Nov 2026`, `28 Dec 2026 - 3 Jan 2027`, and `2026` for a calendar year.
    pub fn words(self, calendar: Calendar) -> String {
        match self {
            Self::Year(year) if calendar.month_start_day() == 1 => year.to_string(),
            _ => {
                let (from, to) = self.range(calendar);
                span_words(from, to)
            }
        }
    }
}

/// The words for the days from one to another, both included.
pub fn span_words(from: Date, to: Date) -> String {
    let day_month = |date: Date| format!("{} {}", date.day(), month_name(date.month()));
    if from == to {
        from.words()
    } else if from.year() != to.year() {
        format!(
            "{} {} - {} {}",
            day_month(from),
            from.year(),
            day_month(to),
            to.year()
        )
    } else if from.month() != to.month() {
        format!("{} - {} {}", day_month(from), day_month(to), to.year())
    } else {
        format!("{}-{} {}", from.day(), day_month(to), to.year())
    }
}
