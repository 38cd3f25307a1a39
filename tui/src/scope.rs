//! The part of the books that is looked at: its days and its filter. The screen that is left puts it down, the one that
//! is shown takes it up, so that switching screens changes how it is looked at and not what. Nothing of a screen's own
//! (an order, a kind of chart) belongs here.

use api::date::{Calendar, Period};
use api::expense::ExpenseFilter;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Days and a filter that names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    pub period: Period,
    pub filter: ExpenseFilter,
    /// The filter as it was typed.
    pub filter_text: String,
}

impl Scope {
    /// Days that the filter names become the period. Deleted rows are the affair of a list: no sum holds them.
    pub fn new(period: Period, filter: ExpenseFilter, filter_text: String, calendar: Calendar) -> Self {
        let mut scope = Self {
            period,
            filter,
            filter_text,
        };
        let (first, last) = (scope.filter.from.take(), scope.filter.to.take());
        let had_deleted = scope.filter.include_deleted.take().is_some();
        if first.is_some() || last.is_some() {
            let (from, to) = period.range(calendar);
            let first = first.unwrap_or_else(|| from.min(last.unwrap_or(from)));
            let last = last.unwrap_or_else(|| to.max(first));
            scope.period = Period::Custom(first, last);
        }
        if scope.period != period || had_deleted {
            scope.filter_text = api::filter::print(&scope.filter);
        }
        scope
    }
}

/// What one screen leaves for the next. Cheap to clone.
#[derive(Clone, Default)]
pub struct Carried(Arc<Mutex<Option<Scope>>>);

impl Carried {
    fn held(&self) -> MutexGuard<'_, Option<Scope>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn put(&self, scope: Scope) {
        *self.held() = Some(scope);
    }

    /// Taken once: whatever else brings a screen back to the top finds nothing.
    pub fn take(&self) -> Option<Scope> {
        self.held().take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(filter: &str) -> Scope {
        let period = Period::Month("2026-11".parse().unwrap());
        let filter: ExpenseFilter = serde_json::from_str(filter).unwrap();
        Scope::new(period, filter, "as typed".to_owned(), Calendar::default())
    }

    #[test]
    fn days_of_the_filter_become_the_period() {
        let days = |from: &str, to: &str| Period::Custom(from.parse().unwrap(), to.parse().unwrap());
        let both = scope(r#"{"from":"2026-03-02","to":"2026-04-05","category":"Food"}"#);
        assert_eq!(both.period, days("2026-03-02", "2026-04-05"));
        assert_eq!((both.filter.from, both.filter.to), (None, None));
        assert_eq!(both.filter_text, "#Food");
        assert_eq!(
            scope(r#"{"from":"2026-11-20"}"#).period,
            days("2026-11-20", "2026-11-30")
        );
        assert_eq!(
            scope(r#"{"from":"2026-12-20"}"#).period,
            days("2026-12-20", "2026-12-20")
        );
        assert_eq!(
            scope(r#"{"to":"2026-10-20"}"#).period,
            days("2026-10-20", "2026-10-20")
        );
    }

    #[test]
    fn a_filter_without_days_stays_as_it_was_typed_and_deleted_rows_stay_behind() {
        assert_eq!(scope(r#"{"category":"Food"}"#).filter_text, "as typed");
        let deleted = scope(r#"{"category":"Food","include_deleted":true}"#);
        assert_eq!(deleted.filter.include_deleted, None);
        assert_eq!(deleted.filter_text, "#Food");
    }
}
