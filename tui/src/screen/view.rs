//! What a screen looks at: a period, a filter, an order. Turns keys of the period into another view and a view into
//! what the server is asked for.

use crate::dates::Dates;
use crate::keymap::Action;
use crate::scope::Scope;
use api::date::{Calendar, Date, Period, PeriodKind};
use api::expense::{ExpenseFilter, ExpenseQuery};
use api::page::PageQuery;

/// What a list can be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    #[default]
    Date,
    Amount,
    Payee,
    Category,
    Created,
}

impl SortBy {
    const ALL: [Self; 5] = [
        Self::Date,
        Self::Amount,
        Self::Payee,
        Self::Category,
        Self::Created,
    ];

    /// The word on the wire and on the screen.
    pub fn word(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Amount => "amount",
            Self::Payee => "payee",
            Self::Category => "category",
            Self::Created => "created",
        }
    }

    /// The way round that is wanted first: the newest, the largest, else from A to Z.
    fn starts_reversed(self) -> bool {
        matches!(self, Self::Date | Self::Amount | Self::Created)
    }
}

/// An order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub by: SortBy,
    pub is_descending: bool,
}

impl Default for Sort {
    /// The newest first.
    fn default() -> Self {
        Self {
            by: SortBy::Date,
            is_descending: true,
        }
    }
}

impl Sort {
    /// By the next column.
    #[must_use]
    pub fn next(self) -> Self {
        let at = SortBy::ALL.iter().position(|by| *by == self.by).unwrap_or(0) + 1;
        let by = SortBy::ALL.get(at).copied().unwrap_or_default();
        Self {
            by,
            is_descending: by.starts_reversed(),
        }
    }

    /// The other way round.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self {
            is_descending: !self.is_descending,
            ..self
        }
    }

    /// As the server is asked for it.
    pub fn on_wire(self) -> String {
        format!("{}{}", if self.is_descending { "-" } else { "" }, self.by.word())
    }

    /// In words for the header; nothing for the usual order.
    pub fn words(self) -> String {
        if self == Self::default() {
            return String::new();
        }
        let way = match (self.by, self.is_descending) {
            (SortBy::Date | SortBy::Created, true) => "newest first",
            (SortBy::Date | SortBy::Created, false) => "oldest first",
            (SortBy::Amount, true) => "largest first",
            (SortBy::Amount, false) => "smallest first",
            (_, true) => "Z to A",
            (_, false) => "A to Z",
        };
        format!("by {}, {way}", self.by.word())
    }
}

/// A period, a filter and an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    pub period: Period,
    /// Narrows the period's rows; its own `from` and `to` go before the period's.
    pub filter: ExpenseFilter,
    /// The filter as it was typed.
    pub filter_text: String,
    pub sort: Sort,
}

impl View {
    /// This month, everything in it.
    pub fn month_of(day: Date, calendar: Calendar) -> Self {
        Self {
            period: Period::of(PeriodKind::Month, day, calendar),
            filter: ExpenseFilter::default(),
            filter_text: String::new(),
            sort: Sort::default(),
        }
    }

    /// The part of the books that it looks at.
    pub fn scope(&self, calendar: Calendar) -> Scope {
        let (filter, text) = (self.filter.clone(), self.filter_text.clone());
        Scope::new(self.period, filter, text, calendar)
    }

    /// The same order of another part of the books; itself if it looks at that already.
    #[must_use]
    pub fn taking_up(&self, scope: Scope, calendar: Calendar) -> Self {
        if scope == self.scope(calendar) {
            return self.clone();
        }
        Self {
            period: scope.period,
            filter: scope.filter,
            filter_text: scope.filter_text,
            sort: self.sort,
        }
    }

    /// First and last day.
    pub fn range(&self, calendar: Calendar) -> (Date, Date) {
        let (from, to) = self.period.range(calendar);
        (self.filter.from.unwrap_or(from), self.filter.to.unwrap_or(to))
    }

    /// The period in words; the filter's own days where it names some.
    pub fn words(&self, calendar: Calendar, dates: &Dates) -> String {
        if self.filter.from.is_none() && self.filter.to.is_none() {
            return dates.period(self.period, calendar);
        }
        let (from, to) = self.range(calendar);
        dates.span(from, to)
    }

    /// Whether the filter narrows anything.
    pub fn is_filtered(&self) -> bool {
        self.filter != ExpenseFilter::default()
    }

    /// The filter with the period in it.
    pub fn asked(&self, calendar: Calendar) -> ExpenseFilter {
        let (from, to) = self.range(calendar);
        ExpenseFilter {
            from: Some(from),
            to: Some(to),
            ..self.filter.clone()
        }
    }

    /// One page of its rows.
    pub fn query(&self, calendar: Calendar, cursor: Option<String>) -> ExpenseQuery {
        let sort = Some(self.sort.on_wire()).filter(|_| self.sort != Sort::default());
        ExpenseQuery {
            filter: self.asked(calendar),
            sort,
            page: PageQuery::largest(cursor),
        }
    }

    /// The period that a key asks for; `None` where it is no such key or nothing would change. `near` is the day that
    /// a shorter or longer period is put around.
    pub fn moved(&self, action: Action, near: Date, today: Date, calendar: Calendar) -> Option<Period> {
        let around = |kind| Period::of(kind, near, calendar);
        let period = match action {
            Action::PreviousPeriod => self.period.prev(calendar),
            Action::NextPeriod => self.period.next(calendar),
            Action::PeriodDay => around(PeriodKind::Day),
            Action::PeriodWeek => around(PeriodKind::Week),
            Action::PeriodMonth => around(PeriodKind::Month),
            Action::PeriodYear => around(PeriodKind::Year),
            Action::Today => self.around(today, calendar),
            _ => return None,
        };
        Some(period)
    }

    /// The period of the same length around a day; of a chosen range the month around it.
    pub fn around(&self, day: Date, calendar: Calendar) -> Period {
        let kind = match self.period {
            Period::Day(_) => PeriodKind::Day,
            Period::Week(_) => PeriodKind::Week,
            Period::Year(_) => PeriodKind::Year,
            Period::Month(_) | Period::Custom(..) => PeriodKind::Month,
        };
        Period::of(kind, day, calendar)
    }

    /// A day within the period: this one if it lies in it, else today, else the period's last day.
    pub fn near(&self, day: Option<Date>, today: Date, calendar: Calendar) -> Date {
        let (from, to) = self.period.range(calendar);
        let is_inside = |day: &Date| (from..=to).contains(day);
        day.filter(is_inside)
            .or(Some(today).filter(is_inside))
            .unwrap_or(to)
    }
}
