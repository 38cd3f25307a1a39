//! Rows by category, account, payee, member and tag: the largest first, subcategories below their parent, which sums them too.

use super::links::Links;
use super::tally::{Shares, Tally, shares_of};
use super::{By, View, plain_row};
use crate::error::Result;
use crate::store::filter::Pick;
use crate::store::report::{Group, Sum};
use api::expense::ExpenseFilter;
use api::report::ReportRow;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Sums of now and of the other period.
type Periods = [Tally; 2];

/// What one row sums.
#[derive(Debug, Default)]
struct Line {
    label: String,
    parent: Option<Uuid>,
    /// Rows of the entry itself.
    own: Periods,
    /// With those of its subcategories.
    whole: Periods,
    shares: [Shares; 2],
}

/// All lines of a report by entries, by id; `None` holds what has no entry.
#[derive(Debug)]
pub struct Lines {
    by: By,
    lines: BTreeMap<Option<Uuid>, Line>,
}

impl Lines {
    /// Of those sums.
    pub fn of(sums: &[Sum], by: By) -> Self {
        let mut lines: BTreeMap<Option<Uuid>, Line> = BTreeMap::new();
        for sum in sums {
            let Group::Entry(entry) = &sum.group else { continue };
            let parent = entry.as_ref().and_then(|entry| entry.parent.as_ref());
            let line = lines.entry(entry.as_ref().map(|entry| entry.id)).or_default();
            line.label = entry
                .as_ref()
                .map_or_else(|| none_label(by).to_owned(), |entry| entry.name.clone());
            line.parent = parent.map(|(id, _)| *id);
            if let Some(tally) = line.own.get_mut(sum.part) {
                tally.add(sum);
            }
            if let Some((id, name)) = parent {
                lines.entry(Some(*id)).or_default().label.clone_from(name);
            }
        }
        lines.retain(|_, line| line.parent.is_none() || !line.own.iter().all(Tally::is_empty));
        let mut lines = Self { by, lines };
        lines.add_children();
        lines
            .lines
            .retain(|_, line| !line.whole.iter().all(Tally::is_empty));
        lines
    }

    fn add_children(&mut self) {
        for line in self.lines.values_mut() {
            line.whole.clone_from(&line.own);
        }
        let children: Vec<(Uuid, Periods)> = self
            .lines
            .values()
            .filter_map(|line| Some((line.parent?, line.own.clone())))
            .collect();
        for (parent, own) in children {
            if let Some(line) = self.lines.get_mut(&Some(parent)) {
                for (whole, own) in line.whole.iter_mut().zip(&own) {
                    whole.merge(own);
                }
            }
        }
    }

    /// Shares are over the rows at the top, which do not overlap; rows by tag do.
    fn add_shares(&mut self) -> Result<()> {
        if self.by == By::Tag {
            return Ok(());
        }
        for period in 0..2 {
            let mut top: Vec<&mut Line> = self
                .lines
                .values_mut()
                .filter(|line| line.parent.is_none())
                .collect();
            let tallies: Vec<&Tally> = top.iter().filter_map(|line| line.whole.get(period)).collect();
            let shares = shares_of(&tallies)?;
            for (line, shares) in top.iter_mut().zip(shares) {
                if let Some(slot) = line.shares.get_mut(period) {
                    *slot = shares;
                }
            }
        }
        Ok(())
    }

    /// The rows; with the other period where its links are given.
    pub fn rows(mut self, view: &View, before: Option<&Links>) -> Result<Vec<ReportRow>> {
        self.add_shares()?;
        let mut order: Vec<(Option<Uuid>, &Line)> = self.lines.iter().map(|(id, line)| (*id, line)).collect();
        let base = view.coins.base;
        order.sort_by(|(_, a), (_, b)| {
            let net = |line: &Line| line.whole.first().map_or(0, |tally| tally.net(base));
            net(b).cmp(&net(a)).then_with(|| a.label.cmp(&b.label))
        });
        let mut rows = Vec::with_capacity(order.len());
        for (id, line) in order.iter().filter(|(_, line)| line.parent.is_none()) {
            rows.push(self.row(view, *id, line, before));
            for (child, line) in order
                .iter()
                .filter(|(_, line)| line.parent.is_some() && line.parent == *id)
            {
                rows.push(self.row(view, *child, line, before));
            }
        }
        Ok(rows)
    }

    fn row(&self, view: &View, id: Option<Uuid>, line: &Line, before: Option<&Links>) -> ReportRow {
        let key = id.map_or_else(|| "none".to_owned(), |id| id.to_string());
        let [now, then] = &line.whole;
        let [share_now, share_then] = &line.shares;
        let narrow = |links: &Links| links.narrowed(|filter| self.narrow(view, filter, id, &key));
        let links = narrow(&view.links);
        let totals = view.coins.totals(now, Some(share_now));
        let mut row = plain_row(key.clone(), line.label.clone(), totals, links.rows());
        row.parent_key = line.parent.map(|parent| parent.to_string());
        if self.by == By::Category {
            let [own, _] = &line.own;
            row.own = Some(view.coins.totals(own, None));
            row.own_rows_url = Some(if is_within(view.filter.category.as_ref(), id) {
                links
                    .narrowed(|filter| filter.category_only = id.map(|_| true))
                    .rows()
            } else {
                links.nothing()
            });
        }
        if let Some(before) = before {
            row.before = Some(view.coins.totals(then, Some(share_then)));
            row.before_rows_url = Some(narrow(before).rows());
        }
        row
    }

    fn narrow(&self, view: &View, filter: &mut ExpenseFilter, id: Option<Uuid>, key: &str) {
        let key = Some(key.to_owned());
        match self.by {
            By::Account => filter.account = key,
            By::Payee => filter.payee = key,
            By::Member => filter.paid_by = key,
            By::Tag => filter.tag = key,
            // A parent that is there for its one subcategory asked for keeps to that.
            By::Category if is_within(view.filter.category.as_ref(), id) => filter.category = key,
            By::Category | By::All | By::Month | By::Day => {}
        }
    }
}

/// True where the filter lets rows of that category itself through.
fn is_within(pick: Option<&Pick>, id: Option<Uuid>) -> bool {
    match (pick, id) {
        (None, _) | (Some(Pick::None), None) => true,
        (Some(Pick::Any(ids)), Some(id)) => ids.contains(&id),
        (Some(Pick::Any(_)), None) | (Some(Pick::None), Some(_)) => false,
    }
}

fn none_label(by: By) -> &'static str {
    match by {
        By::Account => "No account",
        By::Payee => "No payee",
        By::Member => "Nobody named",
        By::Tag => "No tag",
        By::Category | By::All | By::Month | By::Day => "Uncategorised",
    }
}
