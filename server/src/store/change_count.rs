//! How many rows and names a change and an operation changed: counted once, where a change is written, and read by
//! everybody who tells of it. Rows are expenses; names are the entries of dictionaries.

use super::noun::{Accounts, Categories, Expenses, Noun, Payees, Tags};
use crate::error::{AppError, Result};
use api::change::{ChangeAction, ChangedRow, MAX_SHOWN_ROWS, NameCount, OperationCounts};
use entity::{change, change_row};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
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
    all: usize,
}

impl Counts {
    /// Of so many rows and no names.
    pub fn of_rows(rows: usize) -> Self {
        Self {
            rows: i64::try_from(rows).unwrap_or(i64::MAX),
            all: rows,
            ..Self::default()
        }
    }

    /// One more row of that noun.
    pub fn add(&mut self, noun: &str, is_new: bool) {
        self.all += 1;
        if noun == Expenses::NAME {
            self.rows += 1;
        } else if let Some(name) = NAMES.into_iter().find(|name| *name == noun) {
            let (made, changed) = self.names.entry(name).or_default();
            *if is_new { made } else { changed } += 1;
        }
    }

    /// Whether not all of it is read when it is shown. Anything smaller is counted then, and costs no statement now.
    pub fn is_large(&self) -> bool {
        self.all > MAX_SHOWN_ROWS
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

/// An operation, the names that some of its changes counted, the first of these, how many, and their rows.
type Summed = (Uuid, Option<String>, i64, i64, Option<i64>);

/// What some operations come to. Changes that counted the same names are added up by the database.
pub async fn of_operations(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    ops: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Whole>> {
    let ops: BTreeSet<Uuid> = ops.collect();
    let ops: Vec<Uuid> = ops.into_iter().collect();
    let rows: Vec<Summed> = change::Entity::find()
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
        .filter(change::Column::OpId.is_in(ops.iter().copied()))
        .group_by(change::Column::OpId)
        .group_by(change::Column::NameCounts)
        .into_tuple()
        .all(db)
        .await?;
    let mut wholes: HashMap<Uuid, Whole> = HashMap::new();
    let unsigned = |count: i64| u64::try_from(count).unwrap_or(0);
    for (op, kept, first, changes, rows) in rows {
        let is_new = !wholes.contains_key(&op);
        let whole = wholes.entry(op).or_default();
        whole.first = if is_new {
            first
        } else {
            Ord::min(whole.first, first)
        };
        whole.counts.change_count += unsigned(changes);
        whole.counts.row_count += unsigned(rows.unwrap_or(0));
        for more in names(&kept.unwrap_or_default())? {
            let times = unsigned(changes);
            let more = NameCount {
                made: more.made * times,
                changed: more.changed * times,
                ..more
            };
            add_names(&mut whole.counts.name_counts, more);
        }
    }
    for (op, noun, all, old) in uncounted(db, ledger_id, &ops).await? {
        let Some(whole) = wholes.get_mut(&op) else {
            continue;
        };
        let made = unsigned(all - old);
        if noun == Expenses::NAME {
            whole.counts.row_count += unsigned(all);
        } else if NAMES.contains(&noun.as_str()) {
            let more = NameCount {
                noun,
                made,
                changed: unsigned(old),
            };
            add_names(&mut whole.counts.name_counts, more);
        }
    }
    for whole in wholes.values_mut() {
        whole.counts.name_counts.sort_by(|a, b| a.noun.cmp(&b.noun));
    }
    Ok(wholes)
}

fn add_names(counts: &mut Vec<NameCount>, more: NameCount) {
    let at = counts.iter().position(|count| count.noun == more.noun);
    match at.and_then(|at| counts.get_mut(at)) {
        Some(count) => {
            count.made += more.made;
            count.changed += more.changed;
        }
        None => counts.push(more),
    }
}

/// What the changes of some operations come to that keep no counts: by operation and noun how many in all, and how many
/// of them were there before.
async fn uncounted(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    ops: &[Uuid],
) -> Result<Vec<(Uuid, String, i64, i64)>> {
    let of_change = |column| Expr::col((change::Entity, column));
    let of_row = |column| Expr::col((change_row::Entity, column));
    let mut select = Query::select();
    select
        .column((change::Entity, change::Column::OpId))
        .column((change_row::Entity, change_row::Column::Noun))
        .expr(of_row(change_row::Column::N).count())
        .expr(of_row(change_row::Column::BeforeImage).count())
        .from(change::Entity)
        .inner_join(
            change_row::Entity,
            of_row(change_row::Column::LedgerId)
                .equals((change::Entity, change::Column::LedgerId))
                .and(of_row(change_row::Column::Rev).equals((change::Entity, change::Column::Rev))),
        )
        .and_where(of_change(change::Column::LedgerId).eq(ledger_id))
        .and_where(of_change(change::Column::OpId).is_in(ops.iter().copied()))
        .and_where(of_change(change::Column::RowCount).is_null())
        .add_group_by([of_change(change::Column::OpId), of_row(change_row::Column::Noun)]);
    let found = db.query_all(&select).await?;
    found
        .iter()
        .map(|row| {
            Ok((
                row.try_get_by_index(0)?,
                row.try_get_by_index(1)?,
                row.try_get_by_index(2)?,
                row.try_get_by_index(3)?,
            ))
        })
        .collect()
}

/// What rows that are shown come to: of a change that keeps no counts all are.
pub fn of_shown(rows: &[ChangedRow]) -> (u64, Vec<NameCount>) {
    let mut counts = Vec::new();
    for row in rows.iter().filter(|row| NAMES.contains(&row.noun.as_str())) {
        let is_new = row.action == ChangeAction::Created;
        let more = NameCount {
            noun: row.noun.clone(),
            made: u64::from(is_new),
            changed: u64::from(!is_new),
        };
        add_names(&mut counts, more);
    }
    counts.sort_by(|a, b| a.noun.cmp(&b.noun));
    let expenses = rows.iter().filter(|row| row.noun == Expenses::NAME);
    (expenses.count() as u64, counts)
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
