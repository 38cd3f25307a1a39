//! The banks' own ids of rows, per account: what was recorded before is known again, also after the row was deleted.
//! Only an undo of its making forgets a row's ids.

use super::image::ExpenseImage;
use crate::db::{Class, Unit, classify};
use crate::error::{AppError, Result};
use api::problem::Code;
use entity::external_ref::{ActiveModel, Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use std::collections::HashMap;
use uuid::Uuid;

/// An account, or the nil id for none, and an id that it gave.
pub type Key = (Uuid, String);

/// What a row is known by, if it has an external id.
pub fn key(image: &ExpenseImage) -> Option<Key> {
    Some((
        image.account_id.unwrap_or(Uuid::nil()),
        image.external_id.clone()?,
    ))
}

pub(super) fn of(unit: &Unit, image: &ExpenseImage) -> Option<ActiveModel> {
    let (account_key, external_id) = key(image)?;
    Some(ActiveModel {
        ledger_id: Set(unit.ledger_id),
        account_key: Set(account_key),
        external_id: Set(external_id),
        expense_id: Set(image.id),
    })
}

/// Remembers the ids of new rows.
pub(super) async fn insert(unit: &Unit, refs: Vec<ActiveModel>) -> Result<()> {
    for some in refs.chunks(1000) {
        let done = Entity::insert_many(some.to_vec())
            .exec_without_returning(&unit.tx)
            .await;
        if let Err(error) = done {
            return Err(match classify(&error) {
                Class::Unique => AppError::fault(
                    Code::DuplicateExternalId,
                    "/external_id",
                    "duplicate-external-id",
                    "This external id was recorded before in this account",
                ),
                _ => error.into(),
            });
        }
    }
    Ok(())
}

/// Remembers the ids of rows that may have had them before: a row that goes back to an account is known there already.
pub(super) async fn record(unit: &Unit, refs: Vec<ActiveModel>) -> Result<()> {
    if refs.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = refs
        .iter()
        .filter_map(|row| row.external_id.try_as_ref().cloned())
        .collect();
    let known = known(&unit.tx, unit.ledger_id, &ids).await?;
    let is_own = |row: &ActiveModel| {
        let key = row
            .account_key
            .try_as_ref()
            .copied()
            .zip(row.external_id.try_as_ref().cloned());
        key.and_then(|key| known.get(&key)) == row.expense_id.try_as_ref()
    };
    insert(unit, refs.into_iter().filter(|row| !is_own(row)).collect()).await
}

/// Forgets what some rows are known by, in every account that they were ever in, as if they had never been.
pub async fn forget(unit: &Unit, rows: &[ExpenseImage]) -> Result<()> {
    let known: Vec<(&str, Uuid)> = rows
        .iter()
        .filter_map(|row| Some((row.external_id.as_deref()?, row.id)))
        .collect();
    for some in known.chunks(500) {
        Entity::delete_many()
            .filter(Column::LedgerId.eq(unit.ledger_id))
            .filter(Column::ExternalId.is_in(some.iter().map(|(id, _)| *id)))
            .filter(Column::ExpenseId.is_in(some.iter().map(|(_, id)| *id)))
            .exec(&unit.tx)
            .await?;
    }
    Ok(())
}

/// Whose those external ids are, by account.
pub async fn known(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    external_ids: &[String],
) -> Result<HashMap<Key, Uuid>> {
    let mut known = HashMap::new();
    for some in external_ids.chunks(1000) {
        let rows = Entity::find()
            .filter(Column::LedgerId.eq(ledger_id))
            .filter(Column::ExternalId.is_in(some.iter().cloned()))
            .all(db)
            .await?;
        known.extend(
            rows.into_iter()
                .map(|row| ((row.account_key, row.external_id), row.expense_id)),
        );
    }
    Ok(known)
}
