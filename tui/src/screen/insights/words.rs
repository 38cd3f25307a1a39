//! What Insights says in words: the totals under the chart, what the chart leaves out, why it is
//! empty. Texts only, no drawing.

use api::{currency::Currency, date::Calendar, money::Total as Sum};

use super::{
    lines::{Figures, count_of, minor, moved, total_in, value_of},
    view::{Asked, By, Measure, View},
};
use crate::dates::Dates;
use crate::figures::{amount as grouped, rows};
use crate::theme::Look;

/// `Spent 1,877.30 - refunds 35.00 = 1,842.30`, then income and transfers, each apart.
pub(super) fn totals(figures: &Figures, currency: Currency) -> Vec<String> {
    let mut parts = Vec::new();
    match total_in(&figures.report.totals, currency) {
        None => parts.push(format!("Spent {}", grouped(0, currency))),
        Some(total) => {
            let amount = |sum| grouped(minor(sum, currency), currency);
            let refunded = minor(&total.refunded, currency);
            parts.push(if refunded == 0 {
                format!("Spent {}", amount(&total.net))
            } else {
                format!(
                    "Spent {} - refunds {} = {}",
                    amount(&total.spent),
                    amount(&total.refunded),
                    amount(&total.net)
                )
            });
            if total.income_count > 0 {
                parts.push(format!("income {}", amount(&total.income)));
            }
        }
    }
    let moved = figures
        .report
        .transfers
        .iter()
        .find(|transfer| transfer.currency == currency);
    if let Some(moved) = moved.filter(|moved| moved.count > 0) {
        let amount = grouped(minor(&moved.amount, currency), currency);
        parts.push(format!("transfers {amount} in {}", rows(moved.count)));
    }
    parts
}

/// `Ana 812.40, Ben 503.10: Ben owes Ana 154.65`: what the shown spending leaves each member to pay.
pub(super) fn balance(
    figures: &Figures,
    currency: Currency,
    measure: Measure,
    look: &Look,
) -> Option<String> {
    let balances = figures.report.balances.as_deref()?;
    let balance = balances.iter().find(|balance| balance.currency == currency)?;
    let figure = |sum: &Sum, currency| grouped(minor(sum, currency), currency);
    (measure != Measure::Income).then(|| crate::balance::words(balance, look.glyphs.ellipsis, figure))
}

/// `1-31 Oct 2026 1,700.00, +8%`: what the ticks stand for.
pub(super) fn before(
    figures: &Figures,
    asked: &Asked,
    view: &View,
    currency: Currency,
    dates: &Dates,
) -> Option<String> {
    let before = figures.totals_before()?;
    let value = |totals: &[api::report::Total]| {
        total_in(totals, currency).map_or(0, |total| value_of(total, view.measure))
    };
    let (then, now) = (value(before), value(&figures.report.totals));
    let days = dates.span(asked.before.0, asked.before.1);
    let moved = moved(now, Some(then));
    let moved = if moved.text.is_empty() {
        String::new()
    } else {
        format!(", {}", moved.text)
    };
    Some(format!("{days} {}{moved}", grouped(then, currency)))
}

/// `USD 120.00 in 4 rows not shown`: what has no bar because it is in another currency.
pub(super) fn left_out(figures: &Figures, currency: Currency, measure: Measure) -> Option<String> {
    let others = figures
        .report
        .totals
        .iter()
        .filter(|total| total.currency != currency);
    let parts: Vec<String> = others
        .filter(|total| count_of(total, measure) > 0)
        .map(|total| {
            let amount = grouped(value_of(total, measure), total.currency);
            format!(
                "{} {amount} in {}",
                total.currency,
                rows(count_of(total, measure))
            )
        })
        .collect();
    (!parts.is_empty()).then(|| format!("{} not shown", parts.join(", ")))
}

/// Why there is no bar, and which keys lead on.
pub(super) struct Empty<'a> {
    pub(super) view: &'a View,
    pub(super) asked: &'a Asked,
    pub(super) figures: &'a Figures,
    pub(super) currency: Currency,
    pub(super) calendar: Calendar,
    pub(super) dates: &'a Dates,
}

impl Empty<'_> {
    /// Sentences, one a line.
    pub(super) fn lines(&self, key: impl Fn(crate::keymap::Action) -> String) -> Vec<String> {
        use crate::keymap::Action as A;
        let filter = &self.view.filter_text;
        let what = match self.view.measure {
            Measure::Spending => "spending",
            Measure::Income => "income",
            Measure::Net => "spending or income",
        };
        let days = self.asked.words(self.calendar, self.dates);
        let narrowed = if filter.is_empty() {
            String::new()
        } else {
            format!(" for {filter}")
        };
        let mut lines = vec![format!("No {what} in {days}{narrowed}.")];
        if self.view.by == By::Tag && total_in(&self.figures.report.totals, self.currency).is_some() {
            lines = vec![format!("No row with a tag in {days}{narrowed}.")];
        }
        if !filter.is_empty() {
            lines.push(format!("{} clears the filter.", key(A::ClearFilter)));
        }
        let then = self
            .figures
            .totals_before()
            .and_then(|totals| total_in(totals, self.currency));
        let then = then.map_or(0, |total| count_of(total, self.view.measure));
        let whole = self.view.period.prev(self.calendar).range(self.calendar);
        let days = self.dates.span(whole.0, whole.1);
        // A part of it was counted.
        let before = if then > 0 && whole == self.asked.before {
            format!("{days} ({})", rows(then))
        } else if then > 0 {
            format!("{days} (at least {})", rows(then))
        } else {
            days
        };
        lines.push(format!("{} goes back to {before}.", key(A::PreviousPeriod)));
        lines.push(format!("{} adds an expense.", key(A::Add)));
        lines
    }
}
