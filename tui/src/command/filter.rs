//! Which rows a list or a report is about: the filter line and a period, from the command line.

use super::{Context, Failure, book};
use api::date::{Date, Month, parse_day};
use api::expense::ExpenseFilter;
use api::filter::{FilterContext, parse};
use api::ledger::Ledger;
use clap::Args;

/// A filter line and a period.
#[derive(Debug, Clone, Args, Default)]
pub(super) struct FilterArgs {
    /// Filter line, such as '#food @visa +trip >20 kind:refund rewe'; quote it for the shell
    #[arg(value_name = "FILTER")]
    words: Vec<String>,
    /// First day: 2026-11-01, 1nov, fri, y
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    from: Option<String>,
    /// Last day, inclusive
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    to: Option<String>,
    /// A month of the ledger, such as 2026-11
    #[arg(long, value_name = "MONTH", conflicts_with_all = ["from", "to"])]
    month: Option<Month>,
}

impl FilterArgs {
    /// The filter they ask for.
    pub(super) fn read(&self, context: &Context, ledger: &Ledger) -> Result<ExpenseFilter, Failure> {
        let line = self.words.join(" ");
        let parsed = parse(
            &line,
            FilterContext {
                base: ledger.base_currency,
                today: context.today,
            },
        );
        if !parsed.faults.is_empty() {
            let faults = parsed.faults.iter().map(|fault| {
                let piece = line.get(fault.span.start..fault.span.end).unwrap_or_default();
                format!("{piece}: {}", fault.detail)
            });
            return Err(Failure::Usage(faults.collect::<Vec<_>>().join("; ")));
        }
        let mut filter = parsed.filter;
        let day = |text: &Option<String>, name| {
            text.as_deref()
                .map(|text| read_day(text, name, context.today))
                .transpose()
        };
        filter.from = day(&self.from, "--from")?.or(filter.from);
        filter.to = day(&self.to, "--to")?.or(filter.to);
        if let Some(month) = self.month {
            let (from, to) = book::month_range(ledger, month);
            (filter.from, filter.to) = (Some(from), Some(to));
        }
        Ok(filter)
    }
}

/// A day as people write it.
pub(super) fn read_day(text: &str, name: &str, today: Date) -> Result<Date, Failure> {
    let refuse = |why: &str| Failure::Usage(format!("{name} {text:?}: {why}"));
    match parse_day(text, today, true) {
        Some(Ok(date)) => Ok(date),
        Some(Err(error)) => Err(refuse(&error.to_string())),
        None => Err(refuse("Not a day - write 2026-11-21, 21nov, fri or y")),
    }
}
