//! How many rows and names a change and an operation changed: counted once, where a change is written, and read by
//! everybody who tells of it. Rows are expenses; names are the entries of dictionaries.

use super::noun::{Accounts, Categories, Expenses, Noun, Payees, Tags};
use crate::error::{AppError, Result};
use api::change::{NameCount, OperationCounts};
use entity::change;
use sea_orm::sea_query::{Alias, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// The nouns whose rows are names.
pub const NAMES: [&str; 4] = [Categories::NAME, Accounts::NAME, Payees::NAME, Tags::NAME];

/// What one change comes to. Other nouns, such as members and imports, are told by its kind and not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub rows: i64,
    /// By noun: new ones, and others.
    names: BTreeMap<&'static str, (u64, u64)>,
}

impl Counts {
    /// Of so many rows and no names.
    pub fn of_rows(rows: usize) -> Self {
        Self {
            rows: i64::try_from(rows).unwrap_or(i64::MAX),
            ..Self::default()
        }
    }

    /// One more row of that noun.
    pub fn add(&mut self, noun: &str, is_new: bool) {
        if noun == Expenses::NAME {
            self.rows += 1;
        } else if let Some(name) = NAMES.into_iter().find(|name| *name == noun) {
            let (made, changed) = self.names.entry(name).or_default();
            *if is_new { made } else { changed } += 1;
        }
    }

    /// As the change keeps it: `payee 3 0 tag 1 2`.
    pub fn names(&self) -> String {
        let words = self
            .names
            .iter()
            .map(|(noun, (made, changed))| format!("{noun} {made} {changed}"));
        words.collect::<Vec<_>>().join(" ")
    }
}

/// The names that a change counted.
pub fn names(kept: &str) -> Result<Vec<NameCount>> {
    let mut names = Vec::new();
    let mut words = kept.split_ascii_whitespace();
    while let Some(noun) = words.next() {
        let mut number = || words.next().and_then(|word| word.parse::<u64>().ok());
        let (Some(made), Some(changed)) = (number(), number()) else {
            return Err(AppError::Internal(format!("counts of names {kept:?}")));
        };
        names.push(NameCount {
            noun: noun.to_owned(),
            made,
            changed,
        });
    }
    Ok(names)
}

/// An operation so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whole {
    pub counts: OperationCounts,
    /// Its first change.
    pub first: i64,
}

/// What some operations come to. Changes that counted the same names are added up by the database.
pub async fn of_operations(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    ops: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Whole>> {
    let ops: BTreeSet<Uuid> = ops.collect();
    let rows: Vec<(Uuid, String, i64, i64, i64)> = change::Entity::find()
        .select_only()
        .columns([change::Column::OpId, change::Column::NameCounts])
        .column_as(change::Column::Rev.min(), "first")
        .column_as(change::Column::Rev.count(), "changes")
        .column_as(
            Expr::col(change::Column::RowCount)
                .sum()
                .cast_as(Alias::new("SIGNED")),
            "rows",
        )
        .filter(change::Column::LedgerId.eq(ledger_id))
        .filter(change::Column::OpId.is_in(ops))
        .group_by(change::Column::OpId)
        .group_by(change::Column::NameCounts)
        .into_tuple()
        .all(db)
        .await?;
    let mut all: HashMap<Uuid, Whole> = HashMap::new();
    let unsigned = |count: i64| u64::try_from(count).unwrap_or(0);
    for (op, kept, first, changes, rows) in rows {
        let is_new = !all.contains_key(&op);
        let whole = all.entry(op).or_default();
        whole.first = if is_new {
            first
        } else {
            Ord::min(whole.first, first)
        };
        whole.counts.change_count += unsigned(changes);
        whole.counts.row_count += unsigned(rows);
        for more in names(&kept)? {
            let times = unsigned(changes);
            let counts = &mut whole.counts.name_counts;
            let at = counts.iter().position(|count| count.noun == more.noun);
            match at.and_then(|at| counts.get_mut(at)) {
                Some(count) => {
                    count.made += more.made * times;
                    count.changed += more.changed * times;
                }
                None => counts.push(NameCount {
                    made: more.made * times,
                    changed: more.changed * times,
                    noun: more.noun,
                }),
            }
        }
    }
    for whole in all.values_mut() {
        whole.counts.name_counts.sort_by(|a, b| a.noun.cmp(&b.noun));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_expenses_and_names_are_counted_beside_them() {
        let mut counts = Counts::default();
        for (noun, is_new) in [
            ("payee", true),
            ("payee", true),
            ("tag", false),
            ("expense", true),
            ("import", false),
            ("member", true),
        ] {
            counts.add(noun, is_new);
        }
        assert_eq!(counts.rows, 1);
        assert_eq!(counts.names(), "payee 2 0 tag 0 1");
        let read = names(&counts.names()).unwrap();
        let read: Vec<_> = read
            .iter()
            .map(|count| (count.noun.as_str(), count.made, count.changed))
            .collect();
        assert_eq!(read, [("payee", 2, 0), ("tag", 0, 1)]);
        assert!(names("payee 2").is_err());
        assert_eq!(names("").unwrap(), []);
    }

    #[test]
    fn the_largest_change_has_room_for_its_counts() {
        let mut counts = Counts::default();
        for noun in NAMES {
            counts.names.insert(noun, (99_999_999, 99_999_999));
        }
        assert!(counts.names().len() <= 255);
    }
}
