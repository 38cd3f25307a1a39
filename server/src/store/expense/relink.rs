//! Rows that change alike, written together: a merge of a thousand rows, their deletion or their return is a few statements
//! and not a thousand.

use super::super::external_ref;
use super::link_tags;
use crate::db::Unit;
use crate::error::Result;
use crate::store::all_rows;
use crate::store::image::ExpenseImage;
use api::instant::Instant;
use entity::{expense, expense_tag};
use sea_orm::{ActiveValue, ColumnTrait, EntityTrait, NotSet, QueryFilter, Set};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What rows that go from one dictionary entry to another, or are deleted or brought back together, have in common: they
/// are written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Relink {
    version: i64,
    category_id: Slot,
    account_id: Slot,
    to_account_id: Slot,
    payee_id: Slot,
    deleted_at: Slot<Instant>,
}

/// What becomes of one column of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Slot<T = Uuid> {
    Same,
    To(Option<T>),
}

impl<T: Copy + PartialEq> Slot<T> {
    fn between(before: Option<T>, after: Option<T>) -> Self {
        if before == after {
            Self::Same
        } else {
            Self::To(after)
        }
    }

    fn value<V>(self, stored: impl FnOnce(T) -> V) -> ActiveValue<Option<V>>
    where
        Option<V>: Into<sea_orm::Value>,
    {
        match self {
            Self::Same => NotSet,
            Self::To(value) => Set(value.map(stored)),
        }
    }
}

impl Relink {
    /// `None` where anything else changes too.
    pub(super) fn between(before: &ExpenseImage, after: &ExpenseImage) -> Option<Self> {
        let alike = ExpenseImage {
            category_id: after.category_id,
            account_id: after.account_id,
            to_account_id: after.to_account_id,
            payee: after.payee.clone(),
            tags: after.tags.clone(),
            deleted_at: after.deleted_at,
            version: after.version,
            updated_at: after.updated_at,
            ..before.clone()
        };
        let payee_id = |image: &ExpenseImage| image.payee.as_ref().map(|payee| payee.id);
        (alike == *after).then(|| Self {
            version: before.version,
            category_id: Slot::between(before.category_id, after.category_id),
            account_id: Slot::between(before.account_id, after.account_id),
            to_account_id: Slot::between(before.to_account_id, after.to_account_id),
            payee_id: Slot::between(payee_id(before), payee_id(after)),
            deleted_at: Slot::between(before.deleted_at, after.deleted_at),
        })
    }

    pub(super) async fn write(self, unit: &Unit, pairs: &[(&ExpenseImage, &ExpenseImage)]) -> Result<()> {
        let row = expense::ActiveModel {
            category_id: self.category_id.value(|id| id),
            account_id: self.account_id.value(|id| id),
            to_account_id: self.to_account_id.value(|id| id),
            payee_id: self.payee_id.value(|id| id),
            is_deleted: match self.deleted_at {
                Slot::Same => NotSet,
                Slot::To(at) => Set(at.is_some()),
            },
            deleted_at: self.deleted_at.value(Instant::utc),
            version: Set(self.version + 1),
            updated_at: Set(unit.at.utc()),
            ..Default::default()
        };
        let done = expense::Entity::update_many()
            .set(row)
            .filter(expense::Column::LedgerId.eq(unit.ledger_id))
            .filter(expense::Column::Id.is_in(pairs.iter().map(|(_, after)| after.id)))
            .filter(expense::Column::Version.eq(self.version))
            .exec(&unit.tx)
            .await?;
        all_rows(done.rows_affected, pairs.len())?;
        let mut gone: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        let mut come = Vec::new();
        let mut refs = Vec::new();
        for (before, after) in pairs {
            for tag in before.tags.iter().filter(|tag| !after.tags.contains(tag)) {
                gone.entry(tag.id).or_default().push(after.id);
            }
            come.extend(
                after
                    .tags
                    .iter()
                    .filter(|tag| !before.tags.contains(tag))
                    .map(|tag| (after.id, tag.id)),
            );
            let is_back = before.deleted_at.is_some() && after.deleted_at.is_none();
            if is_back || before.account_id != after.account_id {
                refs.extend(external_ref::of(unit, after));
            }
        }
        for (tag_id, expense_ids) in gone {
            expense_tag::Entity::delete_many()
                .filter(expense_tag::Column::LedgerId.eq(unit.ledger_id))
                .filter(expense_tag::Column::TagId.eq(tag_id))
                .filter(expense_tag::Column::ExpenseId.is_in(expense_ids))
                .exec(&unit.tx)
                .await?;
        }
        link_tags(unit, come).await?;
        external_ref::record(unit, refs).await
    }
}
