//! What Insights shows: by what, of what, in which currency and order, over which days. Values only.

use std::collections::BTreeSet;

use api::{
    currency::Currency,
    date::{Calendar, Date, Period},
    expense::ExpenseFilter,
};

use crate::{book::Lists, dates::Dates, scope::Scope};

/// Months in view where the period itself is shorter than that.
const MONTHS: usize = 12;

/// What a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum By {
    Category,
    Month,
    Account,
    Payee,
    /// Who paid; only where there is more than one member.
    Member,
    Tag,
}

impl By {
    const ALL: [Self; 6] = [
        Self::Category,
        Self::Month,
        Self::Account,
        Self::Payee,
        Self::Member,
        Self::Tag,
    ];

    /// What there is to choose from in these books.
    pub(super) fn offered(lists: &Lists) -> Vec<Self> {
        let is_of_use = |by: &Self| *by != Self::Member || lists.members.is_shared();
        Self::ALL.into_iter().filter(is_of_use).collect()
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Month => "month",
            Self::Account => "account",
            Self::Payee => "payee",
            Self::Member => "member",
            Self::Tag => "tag",
        }
    }

    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Category => "Category",
            Self::Month => "Month",
            Self::Account => "Account",
            Self::Payee => "Payee",
            Self::Member => "Paid by",
            Self::Tag => "Tag",
        }
    }

    /// The order it begins with.
    pub(super) fn order(self) -> Order {
        if self == Self::Month {
            Order::Time
        } else {
            Order::Amount
        }
    }
}

/// What the length of a bar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Expenses less refunds.
    Spending,
    Income,
    /// Income less spending.
    Net,
}

impl Measure {
    #[must_use]
    pub(super) fn next(self) -> Self {
        match self {
            Self::Spending => Self::Income,
            Self::Income => Self::Net,
            Self::Net => Self::Spending,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Spending => "spending",
            Self::Income => "income",
            Self::Net => "income less spending",
        }
    }

    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Spending => "Spent",
            Self::Income => "Income",
            Self::Net => "Net",
        }
    }

    /// Kinds of rows that it counts.
    pub(super) fn kinds(self) -> &'static [&'static str] {
        match self {
            Self::Spending => &["expense", "refund"],
            Self::Income => &["income"],
            Self::Net => &["expense", "refund", "income"],
        }
    }
}

/// In which order lines stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Time,
    Amount,
    Name,
    Change,
}

impl Order {
    #[must_use]
    pub(super) fn next(self, by: By) -> Self {
        match self {
            Self::Amount if by == By::Month => Self::Time,
            Self::Amount => Self::Name,
            Self::Name => Self::Change,
            Self::Time | Self::Change => Self::Amount,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Time => "in order of time",
            Self::Amount => "the largest first",
            Self::Name => "by name",
            Self::Change => "the largest change first",
        }
    }
}

/// All of what can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct View {
    pub(super) by: By,
    pub(super) measure: Measure,
    pub(super) order: Order,
    pub(super) is_reversed: bool,
    pub(super) is_table: bool,
    /// `None`: the base currency.
    pub(super) currency: Option<Currency>,
    pub(super) period: Period,
    pub(super) filter: ExpenseFilter,
    /// The filter as it was typed.
    pub(super) filter_text: String,
    /// Keys of parents whose subcategories are shown.
    pub(super) unfolded: BTreeSet<String>,
    /// What is not over by then is compared with as much of what was before.
    pub(super) today: Date,
}

/// The part of a view that the server has to be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) by: By,
    pub(super) period: Period,
    pub(super) from: Date,
    pub(super) to: Date,
    /// First and last day of the period before.
    pub(super) before: (Date, Date),
    pub(super) filter: ExpenseFilter,
}

impl View {
    pub(super) fn new(period: Period) -> Self {
        Self {
            by: By::Category,
            measure: Measure::Spending,
            order: By::Category.order(),
            is_reversed: false,
            is_table: false,
            currency: None,
            period,
            filter: ExpenseFilter::default(),
            filter_text: String::new(),
            unfolded: BTreeSet::new(),
            today: Date::MIN,
        }
    }

    /// The part of the books that it looks at.
    pub(super) fn scope(&self, calendar: Calendar) -> Scope {
        let (filter, text) = (self.filter.clone(), self.filter_text.clone());
        Scope::new(self.period, filter, text, calendar)
    }

    pub(super) fn look_at(&mut self, scope: Scope) {
        self.period = scope.period;
        self.filter = scope.filter;
        self.filter_text = scope.filter_text;
    }

    /// What is not over yet is held against as many days of what was before.
    pub(super) fn asked(&self, calendar: Calendar) -> Asked {
        let (from, to) = self.days(calendar);
        let filter = ExpenseFilter {
            from: Some(from),
            to: Some(to),
            ..self.filter.clone()
        };
        let before = self.period.prev(calendar).range(calendar);
        let before = calendar.before_so_far(self.period.range(calendar), before, self.today);
        Asked {
            by: self.by,
            period: self.period,
            from,
            to,
            before,
            filter,
        }
    }

    /// By month a year's worth is shown, ending with the period, where the period is shorter.
    fn days(&self, calendar: Calendar) -> (Date, Date) {
        let (from, to) = self.period.range(calendar);
        let is_long = matches!(self.period, Period::Year(_)) || to.days_since(from) > 62;
        if self.by != By::Month || is_long {
            return (from, to);
        }
        let last = calendar.month_of(to);
        let first = (1..MONTHS).fold(last, |month, _| month.prev());
        (calendar.month_range(first).0, calendar.month_range(last).1)
    }
}

impl Asked {
    /// The days in words.
    pub(super) fn words(&self, calendar: Calendar, dates: &Dates) -> String {
        if self.by == By::Month {
            let (first, last) = (calendar.month_of(self.from), calendar.month_of(self.to));
            if (self.from, self.to) == (calendar.month_range(first).0, calendar.month_range(last).1) {
                return format!("{} - {}", first.words(), last.words());
            }
        }
        if self.by == By::Month || (self.from, self.to) != self.period.range(calendar) {
            return dates.span(self.from, self.to);
        }
        dates.period(self.period, calendar)
    }

    /// `21 of 30 days` while the period is not over.
    pub(super) fn partial(&self, today: Date) -> Option<String> {
        crate::dates::partial(self.from, self.to, today)
    }
}
