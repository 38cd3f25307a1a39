//! `expense report`, and what `expense` alone prints where no terminal is: sums as aligned tables with bars of text.

use super::book::{calendar, month_range};
use super::table::{Table, bar};
use super::{Context, Failure, filter::FilterArgs};
use crate::dates::partial;
use api::currency::Currency;
use api::date::Date;
use api::expense::ExpenseFilter;
use api::report::{CompareQuery, Report, ReportRow, Total};
use clap::{Args, ValueEnum};

/// What a report sums by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportName {
    Summary,
    ByCategory,
    ByMonth,
    ByDay,
    ByAccount,
    ByPayee,
    /// By who paid, and who owes whom on even shares
    ByMember,
    ByTag,
    /// By category, against the period before; this month when no period is given
    Compare,
}

/// Sums by category, month and more; one table a currency
#[derive(Debug, Clone, Args)]
pub(super) struct ReportArgs {
    #[arg(value_enum)]
    by: ReportName,
    #[command(flatten)]
    filter: FilterArgs,
}

pub(super) async fn run(args: &ReportArgs, context: &mut Context) -> Result<(), Failure> {
    let ledger = context.api.get_ledger().await?;
    let mut filter = args.filter.read(context, &ledger)?;
    if args.by == ReportName::Compare && filter.from.is_none() && filter.to.is_none() {
        let (from, to) = month_range(&ledger, calendar(&ledger).month_of(context.today));
        (filter.from, filter.to) = (Some(from), Some(to));
    }
    let against = filter
        .from
        .zip(filter.to)
        .filter(|_| args.by == ReportName::Compare);
    let against = against.and_then(|(from, to)| {
        let before = calendar(&ledger).period_before(from, to)?;
        Some(calendar(&ledger).before_so_far((from, to), before, context.today))
    });
    let mut report = match against {
        Some((before_from, before_to)) => {
            let query = CompareQuery {
                filter,
                before_from: Some(before_from),
                before_to: Some(before_to),
            };
            context.api.report_compare(&query).await?
        }
        None => ask(context, args.by, filter).await?,
    };
    if context.json()? {
        return Ok(());
    }
    if args.by == ReportName::ByDay {
        for row in &mut report.rows {
            row.label = row.from.map_or(row.label.clone(), |day| context.dates.day(day));
        }
    }
    say_period(context, &report, against);
    print(args.by, &report, context)
}

/// This month by category, and what to do next.
pub(super) async fn overview(context: &mut Context) -> Result<(), Failure> {
    let ledger = context.api.get_ledger().await?;
    let (from, to) = month_range(&ledger, calendar(&ledger).month_of(context.today));
    let filter = ExpenseFilter {
        from: Some(from),
        to: Some(to),
        ..ExpenseFilter::default()
    };
    let report = ask(context, ReportName::ByCategory, filter).await?;
    if context.json()? {
        return Ok(());
    }
    context
        .out
        .line(&format!("{}  {}", ledger.name, context.dates.span(from, to)))?;
    print(ReportName::ByCategory, &report, context)?;
    for next in [
        "",
        "expense add '12.50 lunch #food'",
        "expense list",
        "expense report by-month",
        "expense --help",
    ] {
        context.out.line(next)?;
    }
    Ok(())
}

async fn ask(context: &Context, by: ReportName, filter: ExpenseFilter) -> Result<Report, Failure> {
    let api = &context.api;
    Ok(match by {
        ReportName::Summary => api.report_summary(&filter),
        ReportName::ByCategory => api.report_by_category(&filter),
        ReportName::ByMonth => api.report_by_month(&filter),
        ReportName::ByDay => api.report_by_day(&filter),
        ReportName::ByAccount => api.report_by_account(&filter),
        ReportName::ByPayee => api.report_by_payee(&filter),
        ReportName::ByMember => api.report_by_member(&filter),
        ReportName::ByTag => api.report_by_tag(&filter),
        ReportName::Compare => api.report_compare(&CompareQuery {
            filter,
            ..CompareQuery::default()
        }),
    }
    .await?)
}

/// `1-30 Nov 2026, 21 of 30 days, against 1-21 Oct 2026`.
fn say_period(context: &mut Context, report: &Report, against: Option<(Date, Date)>) {
    let (Some(from), Some(to)) = (report.from, report.to) else {
        return;
    };
    let mut said = context.dates.span(from, to);
    if let Some(before) = against {
        if let Some(days) = partial(from, to, context.today) {
            said = format!("{said}, {days}");
        }
        said = format!("{said}, against {}", context.dates.span(before.0, before.1));
    }
    context.out.say(&said);
}

/// A table a currency, the ledger's own first, then transfers.
fn print(by: ReportName, report: &Report, context: &mut Context) -> Result<(), Failure> {
    if report.totals.is_empty() && report.transfers.is_empty() {
        context.out.say("No rows.");
    }
    for total in &report.totals {
        let table = match by {
            ReportName::Summary => summary(total),
            ReportName::Compare => comparison(report, total),
            ReportName::ByMonth | ReportName::ByDay => over_time(report, total, context.out.is_ascii),
            _ => parts(by, report, total, context.out.is_ascii),
        };
        table.print(&mut context.out)?;
        let balances = report.balances.as_deref().unwrap_or_default();
        if let Some(balance) = balances.iter().find(|balance| balance.currency == total.currency) {
            let ellipsis = if context.out.is_ascii { "~" } else { "…" };
            let words = crate::balance::words(balance, ellipsis, |sum, _| sum.to_string());
            context.out.line(&words)?;
        }
    }
    for moved in &report.transfers {
        let (count, amount, currency) = (moved.count, moved.amount.as_str(), moved.currency);
        context
            .out
            .line(&format!("Transfers, apart: {amount} {currency} in {count}"))?;
    }
    Ok(())
}

fn of(totals: &[Total], currency: Currency) -> Option<&Total> {
    totals.iter().find(|total| total.currency == currency)
}

fn net(total: &Total) -> i64 {
    total.net.minor(total.currency).unwrap_or(0)
}

fn summary(total: &Total) -> Table {
    let mut table = Table::new("lr");
    let figures = [
        ("Spent", &total.spent),
        ("Refunded", &total.refunded),
        ("Net", &total.net),
        ("Income", &total.income),
    ];
    table.row([total.currency.to_string(), String::new()]);
    for (name, sum) in figures {
        table.row([format!("  {name}"), sum.to_string()]);
    }
    table.row(["  Rows".to_owned(), total.count.to_string()]);
    table
}

/// Rows with what is in them right below; the server's order among equals.
fn nested(report: &Report) -> Vec<(&ReportRow, bool)> {
    let is_top = |row: &ReportRow| {
        let parent = row.parent_key.as_deref();
        parent.is_none_or(|parent| !report.rows.iter().any(|row| row.key == parent))
    };
    let mut rows = Vec::new();
    for top in report.rows.iter().filter(|row| is_top(row)) {
        rows.push((top, false));
        let inner = report
            .rows
            .iter()
            .filter(|row| row.parent_key.as_deref() == Some(top.key.as_str()));
        rows.extend(inner.filter(|row| !is_top(row)).map(|row| (row, true)));
    }
    rows
}

fn label(row: &ReportRow, is_inner: bool) -> String {
    if is_inner {
        format!("  {}", row.label)
    } else {
        row.label.clone()
    }
}

fn parts(by: ReportName, report: &Report, total: &Total, is_ascii: bool) -> Table {
    let currency = total.currency;
    let head = match by {
        ReportName::ByAccount => "Account",
        ReportName::ByPayee => "Payee",
        ReportName::ByMember => "Paid by",
        ReportName::ByTag => "Tag",
        _ => "Category",
    };
    let most = report
        .rows
        .iter()
        .filter_map(|row| of(&row.totals, currency))
        .map(net)
        .max()
        .unwrap_or(0);
    let mut table = Table::new("Lrrrrl");
    table.head([
        head.to_owned(),
        currency.to_string(),
        "%".to_owned(),
        "Income".to_owned(),
        "Rows".to_owned(),
        String::new(),
    ]);
    for (row, is_inner) in nested(report) {
        let Some(sums) = of(&row.totals, currency) else {
            continue;
        };
        let share = sums.share.map_or_else(String::new, |share| share.to_string());
        let bar = bar(net(sums), most, is_ascii);
        table.row([
            label(row, is_inner),
            sums.net.to_string(),
            share,
            income(sums),
            sums.count.to_string(),
            bar,
        ]);
    }
    table.row([
        "Total".to_owned(),
        total.net.to_string(),
        String::new(),
        income(total),
        total.count.to_string(),
        String::new(),
    ]);
    table
}

/// Income where there is some.
fn income(total: &Total) -> String {
    if total.income.minor(total.currency) == Some(0) {
        String::new()
    } else {
        total.income.to_string()
    }
}

fn over_time(report: &Report, total: &Total, is_ascii: bool) -> Table {
    let currency = total.currency;
    let most = report
        .rows
        .iter()
        .filter_map(|row| of(&row.totals, currency))
        .map(net)
        .max()
        .unwrap_or(0);
    let mut table = Table::new("lrrrl");
    table.head(["", currency.code(), "Income", "Rows", ""]);
    for row in &report.rows {
        let sums = of(&row.totals, currency);
        let text = |get: fn(&Total) -> String| sums.map_or_else(String::new, get);
        table.row([
            row.label.clone(),
            sums.map_or_else(
                || api::money::format_minor(0, currency),
                |sums| sums.net.to_string(),
            ),
            text(income),
            text(|sums| sums.count.to_string()),
            sums.map_or_else(String::new, |sums| bar(net(sums), most, is_ascii)),
        ]);
    }
    table.row([
        "Total".to_owned(),
        total.net.to_string(),
        income(total),
        total.count.to_string(),
        String::new(),
    ]);
    table
}

fn comparison(report: &Report, total: &Total) -> Table {
    let currency = total.currency;
    let mut table = Table::new("Lrrrr");
    table.head(["Category", currency.code(), "Before", "Change", "%"]);
    let mut line = |name: String, now: Option<&Total>, before: Option<&Total>| {
        let (now, before) = (now.map_or(0, net), before.map_or(0, net));
        let change = now.saturating_sub(before);
        let percent = api::report::percent_moved(now, before);
        let sums = [now, before, change].map(|sum| api::money::format_minor(sum, currency));
        let percent = percent.map_or_else(String::new, |percent| format!("{percent:+}"));
        let [now, before, change] = sums;
        table.row([name, now, before, change, percent]);
    };
    for (row, is_inner) in nested(report) {
        let before = row.before.as_deref().and_then(|totals| of(totals, currency));
        let now = of(&row.totals, currency);
        if now.is_some() || before.is_some() {
            line(label(row, is_inner), now, before);
        }
    }
    let before = report.before.as_deref().and_then(|totals| of(totals, currency));
    line("Total".to_owned(), Some(total), before);
    table
}
