//! A change as a sentence: who did what, where one row is meant which, else how many.

use super::{LiveChange, LiveChanges};
use crate::book::{Lists, SOMEONE};
use crate::figures;
use crate::logged;
use crate::text;
use crate::theme::Look;
use api::change::{Change, ChangeAction, ChangedRow};
use api::currency::Currency;
use std::collections::{BTreeMap, BTreeSet};

/// Most columns of a name or of what a row is called.
const MOST: usize = 40;

impl LiveChanges {
    /// `Ana added Rewe 48.90`, `You changed 12 rows on another device`; none where nothing worth a word happened.
    pub fn words(&self, lists: &Lists, look: &Look) -> Option<String> {
        let told: Vec<(&LiveChange, String)> = self
            .news()
            .filter_map(|live| Some((live, what(live, lists, look)?)))
            .collect();
        let (last, what) = told.last()?;
        let people: BTreeSet<_> = told.iter().map(|(live, _)| live.change.by).collect();
        let operations: BTreeSet<_> = told.iter().map(|(live, _)| live.change.operation_id).collect();
        let who = if people.len() > 1 {
            "Several people".to_owned()
        } else {
            self.who(last, lists, look)
        };
        let what = if operations.len() > 1 {
            several(&told)
        } else {
            what.clone()
        };
        let is_me = people.len() == 1 && self.me == Some(last.change.by);
        Some(format!(
            "{who} {what}{}.",
            if is_me { " on another device" } else { "" }
        ))
    }

    /// Who changed one of those rows of which `is_meant` says so, the last one.
    pub fn changer(
        &self,
        lists: &Lists,
        look: &Look,
        is_meant: impl Fn(&ChangedRow) -> bool,
    ) -> Option<String> {
        let mut news = self.news().rev();
        let live = news.find(|live| live.change.rows.iter().any(&is_meant))?;
        Some(self.who(live, lists, look))
    }

    fn who(&self, live: &LiveChange, lists: &Lists, look: &Look) -> String {
        let by = live.change.by;
        if self.me == Some(by) {
            return "You".to_owned();
        }
        let label = lists.members.label(by);
        let name = if label.is_empty() {
            &live.change.by_name
        } else {
            label
        };
        let name = if name.is_empty() { SOMEONE } else { name };
        shortened(name, look)
    }
}

fn shortened(name: &str, look: &Look) -> String {
    text::shorten(&text::clean(name), MOST, look.glyphs.ellipsis)
}

fn expenses(change: &Change) -> impl Iterator<Item = &ChangedRow> {
    change.rows.iter().filter(|row| row.noun == "expense")
}

/// `changed 60 rows`: what several operations come to. Each counts once, as far as it had come with its last change.
fn several(told: &[(&LiveChange, String)]) -> String {
    let latest: BTreeMap<_, _> = told
        .iter()
        .map(|(live, _)| (live.change.operation_id, &live.change))
        .collect();
    let sum = |count: fn(&Change) -> u64| latest.values().map(|change| count(change)).sum::<u64>();
    match (sum(logged::row_count), sum(logged::name_count)) {
        (0, 0) => "changed several things".to_owned(),
        (0, 1) => "changed 1 name".to_owned(),
        (0, names) => format!("changed {names} names"),
        (rows, _) => format!("changed {}", figures::rows(rows)),
    }
}

/// `added Rewe 48.90`.
fn what(live: &LiveChange, lists: &Lists, look: &Look) -> Option<String> {
    let change = &live.change;
    let verb = if change.kind == "undo" || change.undoes.is_some() {
        "took back"
    } else {
        ""
    };
    let or = |usual: &'static str| if verb.is_empty() { usual } else { verb };
    let mut rows = expenses(change);
    match (rows.next(), logged::row_count(change)) {
        (Some(row), 1) => {
            let label = shortened(&label(&row.label, lists.base), look);
            return Some(format!("{} {label}", or(of_action(row.action))));
        }
        (Some(first), many) => {
            let is_one_sort = rows.all(|row| row.action == first.action);
            let verb = match change.kind.as_str() {
                "commit_import" => or("imported"),
                _ if is_one_sort => or(of_action(first.action)),
                _ => or("changed"),
            };
            return Some(format!("{verb} {}", figures::rows(many)));
        }
        (None, _) => {}
    }
    let row = change.rows.iter().find(|row| row.noun != "import")?;
    Some(match row.noun.as_str() {
        "member" => or("changed who shares this ledger").to_owned(),
        "ledger" => "changed the settings of this ledger".to_owned(),
        noun => {
            let name = shortened(&row.label, look);
            format!(
                "{} the {} {name}",
                or(of_action(row.action)),
                shortened(noun, look)
            )
        }
    })
}

fn of_action(action: ChangeAction) -> &'static str {
    match action {
        ChangeAction::Created => "added",
        ChangeAction::Updated => "changed",
        ChangeAction::Deleted => "deleted",
        ChangeAction::Restored => "brought back",
        ChangeAction::Purged => "removed",
    }
}

/// `Rewe 48.90` of `48.90 EUR Rewe`, and with the currency where it is not the ledger's.
fn label(label: &str, base: Currency) -> String {
    let mut parts = label.splitn(3, ' ');
    let (Some(amount), Some(currency)) = (parts.next(), parts.next()) else {
        return label.to_owned();
    };
    let payee = parts.next().map(|payee| format!("{payee} ")).unwrap_or_default();
    if currency == base.code() {
        format!("{payee}{amount}")
    } else {
        format!("{payee}{amount} {currency}")
    }
}

#[cfg(test)]
#[path = "tests.rs"]
pub(crate) mod tests;
