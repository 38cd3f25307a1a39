//! Reports: what was asked, summed in one statement and laid out as rows. Sums are exact in `report/tally.rs`, rows of
//! categories and their like in `report/by_entry.rs`, of months and days in `report/by_time.rs`, who owes whom in
//! `report/balance.rs`, and the address of the rows behind a figure in `report/links.rs`.

mod balance;
mod by_entry;
mod by_time;
mod links;
mod tally;

use crate::error::{Findings, Result};
use crate::service::{Grant, filter};
use crate::state::AppState;
use crate::store;
use crate::store::filter::Filter;
use crate::store::report::{GroupBy, Sum};
use api::date::Date;
use api::expense::ExpenseFilter;
use api::report::{CompareQuery, Report, ReportRow};
use by_entry::Lines;
use links::Links;
use tally::{Coins, Tally};

/// What the rows of a report stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// One row over everything.
    All,
    /// Categories, subcategories below their parent.
    Category,
    /// Accounts.
    Account,
    /// Payees.
    Payee,
    /// Members who paid.
    Member,
    /// Tags.
    Tag,
    /// Months of the ledger.
    Month,
    /// Days.
    Day,
}

impl By {
    fn group(self) -> GroupBy {
        match self {
            Self::All => GroupBy::All,
            Self::Category => GroupBy::Category,
            Self::Account => GroupBy::Account,
            Self::Payee => GroupBy::Payee,
            Self::Member => GroupBy::Member,
            Self::Tag => GroupBy::Tag,
            Self::Month | Self::Day => GroupBy::Day,
        }
    }
}

/// A report with one row for each of what it is by.
pub async fn report(state: &AppState, grant: &Grant, asked: ExpenseFilter, by: By) -> Result<Report> {
    let filter = filter::resolve(state, grant, &asked).await?;
    let mut parts = vec![(&filter, by.group())];
    if by == By::Tag {
        // A row with two tags is in two sums; in the totals it is once.
        parts.push((&filter, GroupBy::All));
    }
    let sums = read(state, grant, &parts).await?;
    let mut view = View::new(grant, asked, filter.clone(), &sums);
    view.rows = view.rows_by(&sums, by)?;
    let whole = usize::from(by == By::Tag);
    Ok(view.finish(&Tally::of(sums.iter().filter(|sum| sum.part == whole)), None))
}

/// By who paid, and what that leaves each member to pay or to get. Of a part of the members' rows nothing can be settled.
pub async fn by_member(state: &AppState, grant: &Grant, asked: ExpenseFilter) -> Result<Report> {
    let filter = filter::resolve(state, grant, &asked).await?;
    let wanted = &filter;
    let (sums, seats) = state
        .db
        .read(|db| async move { store::report::by_member(&db, grant.ledger_id(), wanted).await })
        .await?;
    let mut view = View::new(grant, asked, filter, &sums);
    view.rows = view.rows_by(&sums, By::Member)?;
    let is_of_all = view.filter.paid_by.is_none();
    let balances = is_of_all.then(|| balance::balances(view.coins, &sums, seats));
    Ok(Report {
        balances,
        ..view.finish(&Tally::of(&sums), None)
    })
}

/// By category, with the same sums over another period beside.
pub async fn compare(state: &AppState, grant: &Grant, query: CompareQuery) -> Result<Report> {
    let mut findings = Findings::default();
    query.check(grant.base(), &mut findings.rules);
    let CompareQuery {
        filter: asked,
        before_from,
        before_to,
    } = query;
    let other = match (before_from.zip(before_to), asked.from.zip(asked.to)) {
        (Some(other), _) => Some(other),
        (None, Some((from, to))) => {
            let before = grant.calendar().period_before(from, to);
            if before.is_none() && from <= to {
                findings.rules.add(
                    "/before_from",
                    "missing",
                    "There is nothing before this period - name the other one",
                );
            }
            before
        }
        (None, None) => None,
    };
    let filter = filter::look_up(state, grant, &asked, findings).await?;
    let (from, to) = other.unzip();
    let before = Filter {
        from,
        to,
        ..filter.clone()
    };
    let sums = read(
        state,
        grant,
        &[(&filter, GroupBy::Category), (&before, GroupBy::Category)],
    )
    .await?;
    let mut view = View::new(grant, asked, filter, &sums);
    let links = view.links.over(from, to);
    view.rows = Lines::of(&sums, By::Category).rows(&view, Some(&links))?;
    let before = Tally::of(sums.iter().filter(|sum| sum.part == 1));
    Ok(view.finish(
        &Tally::of(sums.iter().filter(|sum| sum.part == 0)),
        Some((&before, &links)),
    ))
}

async fn read(state: &AppState, grant: &Grant, parts: &[(&Filter, GroupBy)]) -> Result<Vec<Sum>> {
    state
        .db
        .read(|db| async move { store::report::sums(&db, grant.ledger_id(), parts).await })
        .await
}

/// A report in the making.
struct View {
    /// How figures are listed.
    coins: Coins,
    /// What was asked, resolved.
    filter: Filter,
    /// How the ledger cuts months.
    calendar: api::date::Calendar,
    /// First day, asked or found.
    from: Option<Date>,
    /// Last day, asked or found.
    to: Option<Date>,
    links: Links,
    rows: Vec<ReportRow>,
}

impl View {
    fn new(grant: &Grant, asked: ExpenseFilter, filter: Filter, sums: &[Sum]) -> Self {
        let current = || sums.iter().filter(|sum| sum.part == 0);
        let from = filter.from.or_else(|| current().map(|sum| sum.first).min());
        let to = filter.to.or_else(|| current().map(|sum| sum.last).max());
        Self {
            coins: Coins {
                base: grant.base(),
                otherwise: filter.currency.unwrap_or(grant.base()),
            },
            calendar: grant.calendar(),
            filter,
            from,
            to,
            links: Links::new(grant, asked).over(from, to),
            rows: Vec::new(),
        }
    }

    fn rows_by(&self, sums: &[Sum], by: By) -> Result<Vec<ReportRow>> {
        match by {
            By::All => Ok(vec![self.whole(sums)]),
            By::Month => Ok(by_time::months(self, sums)),
            By::Day => Ok(by_time::days(self, sums)),
            By::Category | By::Account | By::Payee | By::Member | By::Tag => {
                Lines::of(sums, by).rows(self, None)
            }
        }
    }

    fn whole(&self, sums: &[Sum]) -> ReportRow {
        let totals = self.coins.totals(&Tally::of(sums), None);
        let row = plain_row("all".into(), "All".into(), totals, self.links.rows());
        ReportRow {
            from: self.from,
            to: self.to,
            ..row
        }
    }

    fn finish(self, tally: &Tally, before: Option<(&Tally, &Links)>) -> Report {
        Report {
            from: self.from,
            to: self.to,
            base_currency: self.coins.base,
            rows: self.rows,
            totals: self.coins.totals(tally, None),
            before: before.map(|(tally, _)| self.coins.totals(tally, None)),
            transfers: self.coins.transfers(tally),
            balances: None,
            rows_url: self.links.rows(),
            before_rows_url: before.map(|(_, links)| links.rows()),
            transfers_url: self.links.transfers(),
        }
    }
}

/// A row without what only some reports have.
fn plain_row(key: String, label: String, totals: Vec<api::report::Total>, rows_url: String) -> ReportRow {
    ReportRow {
        key,
        label,
        parent_key: None,
        from: None,
        to: None,
        totals,
        own: None,
        before: None,
        rows_url,
        own_rows_url: None,
        before_rows_url: None,
    }
}
