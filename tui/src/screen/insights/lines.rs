//! From a report to the lines of a chart: the value of each in one currency, its share, what it was
//! before, and their order. Whole minor units all through; nothing here draws or asks.

use std::{borrow::Cow, cmp::Reverse, collections::BTreeSet};

use api::{
    currency::Currency,
    date::Date,
    money::{Share, Total as Sum, shares},
    report::{Report, ReportRow, Total},
};

use super::view::{By, Measure, Order, View};

/// What the key of a line for a parent's own rows ends in.
const OWN: &str = " only";
/// A change from here on is pointed out, in percent.
const BIG: i64 = 20;

/// A report, and the other period's where the server does not join them by itself.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    pub(super) report: Report,
    pub(super) before: Option<Report>,
}

/// One line of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: String,
    pub(super) label: String,
    pub(super) is_child: bool,
    /// The rows of a parent that are in none of its subcategories.
    pub(super) is_own: bool,
    /// Subcategories under it, shown or not.
    pub(super) children: usize,
    pub(super) from: Option<Date>,
    pub(super) to: Option<Date>,
    pub(super) value: i64,
    pub(super) share: Option<Share>,
    /// The same over the period before; for a month the month before it.
    pub(super) before: Option<i64>,
    /// All figures of its currency; `None` where it has none.
    pub(super) total: Option<Total>,
    /// The list of the rows it sums; where it has none, that of the period before.
    pub(super) rows_url: Option<String>,
}

impl Line {
    /// What the server knows it by.
    pub(super) fn id(&self) -> &str {
        self.key.strip_suffix(OWN).unwrap_or(&self.key)
    }
}

/// How a value moved, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Moved {
    pub(super) text: Cow<'static, str>,
    pub(super) is_big: bool,
}

/// The total of one currency among those of a row.
pub(super) fn total_in(totals: &[Total], currency: Currency) -> Option<&Total> {
    totals.iter().find(|total| total.currency == currency)
}

/// Whole minor units. A sum beyond 64 bits stands at the end of the scale.
pub(super) fn minor(sum: &Sum, currency: Currency) -> i64 {
    let end = if sum.as_str().starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    };
    sum.minor(currency).unwrap_or(end)
}

pub(super) fn value_of(total: &Total, measure: Measure) -> i64 {
    let net = minor(&total.net, total.currency);
    match measure {
        Measure::Spending => net,
        Measure::Income => minor(&total.income, total.currency),
        Measure::Net => minor(&total.income, total.currency).saturating_sub(net),
    }
}

fn value_in(totals: &[Total], currency: Currency, measure: Measure) -> i64 {
    total_in(totals, currency).map_or(0, |total| value_of(total, measure))
}

/// Rows that a total counts under a measure.
pub(super) fn count_of(total: &Total, measure: Measure) -> u64 {
    match measure {
        Measure::Spending => total.count.saturating_sub(total.income_count),
        Measure::Income => total.income_count,
        Measure::Net => total.count,
    }
}

/// `+12%`, `-100%`, `new`; nothing where there is no sense in it.
pub(super) fn moved(now: i64, before: Option<i64>) -> Moved {
    match before {
        None => Moved::default(),
        Some(0) if now == 0 => Moved::default(),
        Some(0) => Moved {
            text: "new".into(),
            is_big: true,
        },
        Some(before) => {
            let Some(percent) = api::report::percent_moved(now, before) else {
                return Moved::default();
            };
            let text = match percent {
                0 => "0%".to_owned(),
                10_000.. => ">9999%".to_owned(),
                _ => format!("{percent:+}%"),
            };
            Moved {
                text: text.into(),
                is_big: percent.abs() >= BIG,
            }
        }
    }
}

impl Figures {
    /// Currencies with anything in them, the base first.
    pub(super) fn currencies(&self) -> Vec<Currency> {
        let mut all: Vec<Currency> = self.report.totals.iter().map(|total| total.currency).collect();
        let more = self.report.transfers.iter().map(|transfer| transfer.currency);
        for currency in more {
            if !all.contains(&currency) {
                all.push(currency);
            }
        }
        all
    }

    /// The ledger's currency, or the first that has rows where it has none.
    pub(super) fn usual_currency(&self) -> Currency {
        let base = self.report.base_currency;
        let mut used = self
            .report
            .totals
            .iter()
            .filter(|total| total.count > 0)
            .map(|total| total.currency);
        if used.clone().any(|currency| currency == base) {
            base
        } else {
            used.next().unwrap_or(base)
        }
    }

    /// The totals of the period before, as far as they were asked for and there was anything.
    pub(super) fn totals_before(&self) -> Option<&[Total]> {
        let apart = self.before.as_ref().map(|before| before.totals.as_slice());
        let totals = self.report.before.as_deref().or(apart)?;
        totals.iter().any(|total| total.count > 0).then_some(totals)
    }

    fn before_of(&self, row: &ReportRow, currency: Currency, measure: Measure) -> Option<i64> {
        // Against nothing at all everything would be new.
        self.totals_before()?;
        if let Some(before) = &row.before {
            return Some(value_in(before, currency, measure));
        }
        let before = self.before.as_ref()?;
        let same = before.rows.iter().find(|other| other.key == row.key);
        Some(same.map_or(0, |other| value_in(&other.totals, currency, measure)))
    }

    /// The lines as they are shown, in their order, subcategories under their parent where it is
    /// unfolded.
    pub(super) fn lines(&self, view: &View, currency: Currency, today: Date) -> Vec<Line> {
        let mut rows: Vec<ReportRow> = self.report.rows.clone();
        self.add_gone(&mut rows);
        add_own(&mut rows, currency);
        let lines: Vec<(Option<String>, Line)> = rows
            .into_iter()
            .filter(|row| view.by != By::Month || is_due(row, today))
            .map(|row| self.line(row, view.measure, currency))
            .filter(|(_, line)| view.by == By::Month || line.value != 0 || line.before.unwrap_or(0) != 0)
            .collect();
        let mut lines = with_shares(lines, view);
        if view.by == By::Month {
            follow_on(&mut lines);
        }
        order(lines, view)
    }

    /// What had rows only in the other period has a line too.
    fn add_gone(&self, rows: &mut Vec<ReportRow>) {
        let Some(before) = &self.before else { return };
        let known: BTreeSet<String> = rows.iter().map(|row| row.key.clone()).collect();
        let gone = before.rows.iter().filter(|row| !known.contains(&row.key));
        rows.extend(gone.map(|row| ReportRow {
            totals: Vec::new(),
            own: None,
            before_rows_url: Some(row.rows_url.clone()),
            ..row.clone()
        }));
    }

    fn line(&self, row: ReportRow, measure: Measure, currency: Currency) -> (Option<String>, Line) {
        let total = total_in(&row.totals, currency).cloned();
        let is_own = row.key.ends_with(OWN);
        let has_rows = total.as_ref().is_some_and(|total| total.count > 0);
        let line = Line {
            value: total.as_ref().map_or(0, |total| value_of(total, measure)),
            share: total.as_ref().and_then(|total| total.share),
            before: self.before_of(&row, currency, measure),
            key: row.key,
            label: row.label,
            is_child: row.parent_key.is_some(),
            is_own,
            children: 0,
            from: row.from,
            to: row.to,
            total,
            rows_url: if has_rows {
                Some(row.rows_url)
            } else {
                row.before_rows_url
            },
        };
        (row.parent_key, line)
    }
}

/// Rows that a parent has besides its subcategories' are a line among these, so that they add up.
fn add_own(rows: &mut Vec<ReportRow>, currency: Currency) {
    let parents: BTreeSet<String> = rows.iter().filter_map(|row| row.parent_key.clone()).collect();
    let own = rows
        .iter()
        .filter(|row| parents.contains(&row.key))
        .filter_map(|row| {
            let totals = row.own.clone()?;
            total_in(&totals, currency).filter(|total| total.count > 0)?;
            Some(ReportRow {
                key: format!("{}{OWN}", row.key),
                parent_key: Some(row.key.clone()),
                totals,
                own: None,
                before: None,
                rows_url: row.own_rows_url.clone()?,
                own_rows_url: None,
                before_rows_url: None,
                ..row.clone()
            })
        });
    let own: Vec<ReportRow> = own.collect();
    rows.extend(own);
}

/// A month that has begun, or that has rows before it has.
fn is_due(row: &ReportRow, today: Date) -> bool {
    row.from.is_none_or(|from| from <= today) || row.totals.iter().any(|total| total.count > 0)
}

/// The server's shares are those of spending; income has its own where parts do not overlap.
fn with_shares(mut lines: Vec<(Option<String>, Line)>, view: &View) -> Vec<(Option<String>, Line)> {
    if view.measure == Measure::Spending {
        return lines;
    }
    let is_shared = view.measure == Measure::Income && !matches!(view.by, By::Tag | By::Month);
    let tops: Vec<i64> = lines
        .iter()
        .filter(|(parent, _)| parent.is_none())
        .map(|(_, line)| line.value)
        .collect();
    let mut shares = shares(&tops).into_iter();
    for (parent, line) in &mut lines {
        let share = if parent.is_none() {
            shares.next().flatten()
        } else {
            None
        };
        line.share = share.filter(|_| is_shared);
    }
    lines
}

/// A month is held against the one before it.
fn follow_on(lines: &mut [(Option<String>, Line)]) {
    let mut before = None;
    for (_, line) in lines {
        line.before = before;
        before = Some(line.value);
    }
}

/// Sorts the tops, and what is under each in the same way.
fn order(lines: Vec<(Option<String>, Line)>, view: &View) -> Vec<Line> {
    let tops: BTreeSet<String> = lines
        .iter()
        .filter(|(parent, _)| parent.is_none())
        .map(|(_, line)| line.key.clone())
        .collect();
    // A subcategory whose parent is not there stands by itself.
    let is_under = |parent: &Option<String>| parent.as_ref().is_some_and(|parent| tops.contains(parent));
    let (mut under, mut top): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(parent, _)| is_under(parent));
    sort(&mut top, view);
    sort(&mut under, view);
    let mut ordered = Vec::with_capacity(top.len() + under.len());
    for (_, mut line) in top {
        line.is_child = false;
        let key = line.key.clone();
        let of_this = || under.iter().filter(|(parent, _)| parent.as_ref() == Some(&key));
        line.children = of_this().count();
        ordered.push(line);
        if view.unfolded.contains(&key) {
            ordered.extend(of_this().map(|(_, line)| line.clone()));
        }
    }
    ordered
}

fn sort(lines: &mut [(Option<String>, Line)], view: &View) {
    let change = |line: &Line| line.value.saturating_sub(line.before.unwrap_or(0));
    match view.order {
        Order::Time => {}
        Order::Amount => lines.sort_by_key(|(_, line)| Reverse(line.value)),
        Order::Name => lines.sort_by_key(|(_, line)| api::text::fold(&line.label)),
        Order::Change => lines.sort_by_key(|(_, line)| Reverse(change(line).saturating_abs())),
    }
    if view.is_reversed {
        lines.reverse();
    }
}

/// The average of the months that are over, from the first one that has anything; of all of them
/// while none is over.
pub(super) fn average(lines: &[Line], today: Date) -> Option<i64> {
    let mut by_time: Vec<&Line> = lines.iter().collect();
    by_time.sort_by_key(|line| line.from);
    let begun: Vec<&Line> = by_time
        .into_iter()
        .skip_while(|line| line.total.as_ref().is_none_or(|total| total.count == 0))
        .collect();
    let over: Vec<i64> = begun
        .iter()
        .filter(|line| line.to.is_some_and(|to| to < today))
        .map(|line| line.value)
        .collect();
    let counted = if over.is_empty() {
        begun.iter().map(|line| line.value).collect()
    } else {
        over
    };
    let sum: i128 = counted.iter().map(|value| i128::from(*value)).sum();
    let count = i128::try_from(counted.len()).ok().filter(|count| *count > 0)?;
    let half = sum.signum() * count / 2;
    i64::try_from((sum + half) / count).ok()
}
