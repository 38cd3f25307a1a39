//! Operations that cannot be, each told by its place: on a row that is not there or was changed since, or making one whose id or
//! external id something else has.

use crate::db::Unit;
use crate::error::{AppError, Refusal, Result};
use crate::store::external_ref;
use crate::store::image::ExpenseImage;
use api::expense::Expense;
use api::problem::{Code, Faults};

/// Where the faults of an operation are told.
pub(super) struct Place<'a> {
    /// The operation itself.
    pub(super) row: &'a str,
    /// What its fields are in.
    pub(super) fields: String,
}

/// Operations of a batch that cannot be, each by its place. One that stands alone is refused at once.
#[derive(Default)]
pub(super) struct Unmet {
    /// About a row that is not there.
    pub(super) missing: Faults,
    /// Making a row whose id something else has.
    pub(super) taken: Faults,
    /// Giving a row an external id that was recorded before.
    recorded: Faults,
    /// Knowing an older version.
    pub(super) stale: Faults,
    /// The first row of which an older version is known.
    pub(super) current: Option<ExpenseImage>,
}

impl Unmet {
    /// Finds rows whose external id another row has, in the ledger or before them in the batch.
    pub(super) async fn find_recorded(
        &mut self,
        unit: &Unit,
        rows: impl Iterator<Item = (&String, &ExpenseImage)> + Clone,
    ) -> Result<()> {
        let ids: Vec<String> = rows
            .clone()
            .filter_map(|(_, row)| row.external_id.clone())
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let mut owners = external_ref::known(&unit.tx, unit.ledger_id, &ids).await?;
        for (pointer, row) in rows {
            let Some(key) = external_ref::key(row) else {
                continue;
            };
            if *owners.entry(key).or_insert(row.id) != row.id {
                let detail = "This external id was recorded before in this account";
                self.recorded
                    .add(format!("{pointer}/external_id"), "duplicate-external-id", detail);
            }
        }
        Ok(())
    }

    pub(super) fn refuse(self) -> Result<()> {
        if !self.missing.is_empty() {
            return Err(AppError::faults(Code::NotFound, self.missing));
        }
        if !self.taken.is_empty() {
            return Err(AppError::faults(Code::IdTaken, self.taken));
        }
        if !self.recorded.is_empty() {
            return Err(AppError::faults(Code::DuplicateExternalId, self.recorded));
        }
        let Some(row) = self.current else { return Ok(()) };
        let refusal = stale_refusal(row);
        let detail = match self.stale.count() {
            1 => refusal.detail.clone(),
            many => format!("{many} operations know an older version of their row"),
        };
        Err(Refusal {
            faults: self.stale,
            detail,
            ..refusal
        }
        .into())
    }
}

/// A refusal that carries the row as it is now.
pub(super) fn stale_refusal(row: ExpenseImage) -> Refusal {
    let version = row.version;
    let current = serde_json::to_value(Expense::from(row)).ok();
    let detail = format!("It was changed since; it has version {version} now");
    Refusal {
        current,
        ..Refusal::new(Code::StaleVersion, detail)
    }
}
