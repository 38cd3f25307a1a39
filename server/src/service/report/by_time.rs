//! Rows by month and by day, empty ones too.

use super::tally::Tally;
use super::{View, plain_row};
use crate::store::report::{Group, Sum};
use api::date::Date;
use api::report::ReportRow;
use std::collections::BTreeMap;

/// Most days that are listed whether they have rows or not.
const MAX_DAYS: i64 = 3_660;

/// A row a month of the ledger, from the first to the last of the period.
pub fn months(view: &View, sums: &[Sum]) -> Vec<ReportRow> {
    let (Some(from), Some(to)) = (view.from, view.to) else {
        return Vec::new();
    };
    let calendar = view.calendar;
    let mut tallies: BTreeMap<api::date::Month, Tally> = BTreeMap::new();
    for (day, sum) in by_day(sums) {
        tallies.entry(calendar.month_of(day)).or_default().add(sum);
    }
    let (mut month, last) = (calendar.month_of(from), calendar.month_of(to));
    let mut rows = Vec::new();
    loop {
        let (first_day, last_day) = calendar.month_range(month);
        let span = (first_day.max(from), last_day.min(to));
        rows.push(row(
            view,
            month.to_string(),
            month.words(),
            span,
            tallies.get(&month),
        ));
        if month >= last {
            return rows;
        }
        month = month.next();
    }
}

/// A row a day: every day of a period with both ends named and not too long, else the days with rows.
pub fn days(view: &View, sums: &[Sum]) -> Vec<ReportRow> {
    let mut tallies: BTreeMap<Date, Tally> = BTreeMap::new();
    for (day, sum) in by_day(sums) {
        tallies.entry(day).or_default().add(sum);
    }
    tallies.retain(|_, tally| !tally.is_empty());
    if let (Some(from), Some(to)) = (view.filter.from, view.filter.to)
        && to.days_since(from) < MAX_DAYS
    {
        for day in (0..=to.days_since(from)).filter_map(|days| from.add_days(days)) {
            tallies.entry(day).or_default();
        }
    }
    tallies
        .iter()
        .map(|(day, tally)| row(view, day.to_string(), day.words(), (*day, *day), Some(tally)))
        .collect()
}

fn by_day(sums: &[Sum]) -> impl Iterator<Item = (Date, &Sum)> {
    sums.iter().filter_map(|sum| match sum.group {
        Group::Day(day) => Some((day, sum)),
        Group::All | Group::Entry(_) => None,
    })
}

fn row(
    view: &View,
    key: String,
    label: String,
    (from, to): (Date, Date),
    tally: Option<&Tally>,
) -> ReportRow {
    let totals = view.coins.totals(tally.unwrap_or(&Tally::default()), None);
    let url = view.links.over(Some(from), Some(to)).rows();
    ReportRow {
        from: Some(from),
        to: Some(to),
        ..plain_row(key, label, totals, url)
    }
}

#[cfg(test)]
mod tests {
    use api::date::{Calendar, Date};

    fn before(start_day: u8, from: &str, to: &str) -> Option<String> {
        let day = |text: &str| Date::parse(text).unwrap();
        let (from, to) = Calendar::new(start_day, 1)
            .unwrap()
            .period_before(day(from), day(to))?;
        Some(format!("{from} {to}"))
    }

    #[test]
    fn whole_months_are_compared_with_whole_months_and_anything_else_by_length() {
        for (start_day, from, to, wanted) in [
            (1, "2026-03-01", "2026-03-31", "2026-02-01 2026-02-28"),
            (1, "2026-01-01", "2026-12-31", "2025-01-01 2025-12-31"),
            (1, "2024-01-01", "2024-03-31", "2023-10-01 2023-12-31"),
            (1, "2026-03-01", "2026-03-30", "2026-01-30 2026-02-28"),
            (25, "2026-02-25", "2026-03-24", "2026-01-25 2026-02-24"),
            (31, "2026-02-28", "2026-03-30", "2026-01-31 2026-02-27"),
            (1, "2026-03-05", "2026-03-05", "2026-03-04 2026-03-04"),
        ] {
            assert_eq!(
                before(start_day, from, to).as_deref(),
                Some(wanted),
                "{from} {to}"
            );
        }
    }

    #[test]
    fn the_first_days_there_are_have_nothing_before_them() {
        assert_eq!(before(1, "1970-01-01", "1970-01-31"), None);
        assert_eq!(before(1, "1970-01-01", "1970-01-05"), None);
        assert_eq!(
            before(1, "1970-01-03", "1970-01-08").as_deref(),
            Some("1970-01-01 1970-01-02")
        );
    }
}
