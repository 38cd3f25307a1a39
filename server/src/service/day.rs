//! The day sheet: all rows of a day, read and saved as a whole in one change. What was read is told apart from what is
//! there now by a tag over every row's id and version, checked inside the unit of work.

use crate::db::{Dialect, Unit, Work};
use crate::error::{AppError, Findings, Refusal, Result};
use crate::service::change_set::{ChangeSet, RowOp};
use crate::service::write::{Committed, commit};
use crate::service::{Grant, WriteKey, expense};
use crate::state::AppState;
use crate::store;
use crate::store::apply::{Logged, apply};
use crate::store::image::ExpenseImage;
use crate::store::noun::Expenses;
use api::currency::Currency;
use api::date::Date;
use api::day::{Day, DayRow, DaySaved, DayUpdate};
use api::expense::MAX_BATCH;
use api::id::new_uuid;
use api::money::Amount;
use api::problem::{Code, Faults};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use uuid::Uuid;

/// One row more than a sheet holds tells that it does not.
const MOST: u64 = MAX_BATCH as u64 + 1;

/// A day and the tag that saving it needs.
pub async fn get(state: &AppState, grant: &Grant, date: Date) -> Result<(Day, String)> {
    let (dialect, ledger_id) = (state.db.dialect(), grant.ledger_id());
    let read = state
        .db
        .read(|db| async move { store::expense::of_day(&db, dialect, ledger_id, date, MOST).await });
    let rows = within_limit(date, read.await?)?;
    let tag = tag(&rows);
    Ok((day(date, rows), tag))
}

/// Makes a day what the update says, if it is still as the tag says.
pub async fn update(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    date: Date,
    tag: String,
    mut update: DayUpdate,
) -> Result<DaySaved> {
    for row in update.rows.iter_mut().filter(|row| row.id.is_none()) {
        // Drawn here, so that a second try makes the same rows.
        row.id = Some(new_uuid().into());
        row.is_new = true;
    }
    let sheet = Sheet {
        dialect: state.db.dialect(),
        base: grant.base(),
        may_make_names: grant.may_make_names(),
        date,
        tag,
        rows: update.rows,
    };
    let mut saved = DaySaved {
        date,
        rev: 0,
        created: Vec::new(),
        updated: Vec::new(),
        deleted: Vec::new(),
    };
    match commit(state, grant, key, "update_day", sheet).await? {
        Committed::Changed { rev, rows } => {
            saved.rev = rev;
            for row in &rows {
                let Some(image) = row.image::<Expenses>()? else {
                    continue;
                };
                match (row.is_new, image.deleted_at) {
                    (true, _) => saved.created.push(image.into()),
                    (false, Some(_)) => saved.deleted.push(image.id.into()),
                    (false, None) => saved.updated.push(image.into()),
                }
            }
        }
        Committed::Unchanged => saved.rev = expense::current_rev(state, grant).await?,
    }
    Ok(saved)
}

fn within_limit(date: Date, rows: Vec<ExpenseImage>) -> Result<Vec<ExpenseImage>> {
    if rows.len() > MAX_BATCH {
        let detail = format!("{date} has more than {MAX_BATCH} rows; use the list and single edits");
        return Err(AppError::refuse(Code::TooManyRows, detail));
    }
    Ok(rows)
}

fn day(date: Date, rows: Vec<ExpenseImage>) -> Day {
    Day {
        date,
        rows: rows.into_iter().map(Into::into).collect(),
    }
}

/// Stands for every row of a day and its version.
fn tag(rows: &[ExpenseImage]) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(row.id.as_bytes());
        hash.update(row.version.to_be_bytes());
    }
    let mut tag = format!("\"{}-", rows.len());
    for byte in hash.finalize().iter().take(8) {
        let _ = write!(tag, "{byte:02x}");
    }
    tag + "\""
}

/// A day to be saved.
struct Sheet {
    dialect: Dialect,
    base: Currency,
    may_make_names: bool,
    date: Date,
    tag: String,
    rows: Vec<DayRow>,
}

impl Work for Sheet {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        let now = store::expense::of_day(&unit.tx, self.dialect, unit.ledger_id, self.date, MOST).await?;
        let now = within_limit(self.date, now)?;
        if tag(&now) != self.tag {
            return Err(self.stale(now));
        }
        let mut findings = Findings::default();
        let ops = self.ops(&now, &mut findings);
        let set = ChangeSet {
            dialect: self.dialect,
            base: self.base,
            may_make_names: self.may_make_names,
            ops,
            is_batch: false,
        };
        apply(unit, set.edits_beside(unit, findings).await?).await
    }
}

impl Sheet {
    fn stale(&self, now: Vec<ExpenseImage>) -> AppError {
        let current = serde_json::to_value(day(self.date, now)).ok();
        let detail = format!("The rows of {} were changed since you read them", self.date);
        Refusal {
            current,
            ..Refusal::new(Code::StaleVersion, detail)
        }
        .into()
    }

    /// What leads from the rows that are there to those that shall be.
    fn ops(&self, now: &[ExpenseImage], findings: &mut Findings) -> Vec<(String, RowOp)> {
        let mut ops = Vec::with_capacity(self.rows.len());
        let mut seen: BTreeSet<Uuid> = BTreeSet::new();
        for (index, row) in self.rows.iter().enumerate() {
            let pointer = format!("/rows/{index}");
            let is_first = row.id.is_none_or(|id| seen.insert(id.into()));
            findings
                .rules
                .within(&pointer, |faults| check(row, is_first, faults));
            if !is_first {
                continue;
            }
            match row.id.map(Uuid::from) {
                Some(id) if !row.creates() && now.iter().any(|image| image.id == id) => {
                    ops.push((
                        pointer,
                        RowOp::Update {
                            id,
                            version: None,
                            patch: Box::new(row.fields.clone()),
                        },
                    ));
                }
                Some(id) if !row.creates() => {
                    let detail = format!("{} has no row {id}; leave the id out to add one", self.date);
                    findings
                        .lookups
                        .add(format!("{pointer}/id"), "not-of-this-day", detail);
                }
                _ => ops.extend(self.create(row).map(|op| (pointer, op))),
            }
        }
        let gone = now.iter().filter(|image| !seen.contains(&image.id));
        ops.extend(gone.map(|image| {
            (
                String::new(),
                RowOp::Delete {
                    id: image.id,
                    version: None,
                },
            )
        }));
        ops
    }

    /// A missing amount was noted; with one in its place, everything else that is wrong is found too.
    fn create(&self, row: &DayRow) -> Option<RowOp> {
        let mut row = row.clone();
        let currency = row.fields.currency.unwrap_or(self.base);
        row.fields
            .amount
            .get_or_insert_with(|| Amount::from_minor(1, currency));
        Some(RowOp::Create(Box::new(row.into_new(self.date)?)))
    }
}

/// Finds what a sheet does not take; the rest is checked with the rows themselves.
fn check(row: &DayRow, is_first: bool, faults: &mut Faults) {
    if !is_first {
        faults.add("/id", "twice", "Another row of this sheet has the same id");
    }
    if row.fields.date.is_some() {
        faults.add("/date", "not-here", "The rows of a sheet belong to its date");
    }
    if row.creates() && row.fields.amount.is_none() {
        faults.add("/amount", "missing", "A new row needs an amount");
    }
}
