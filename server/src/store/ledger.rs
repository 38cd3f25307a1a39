//! The ledger's own row: its settings as an image. Its `rev` belongs to `db.write`.

use super::image::{LedgerImage, currency};
use super::noun::{Ledgers, Noun};
use crate::db::Unit;
use crate::error::{AppError, Result};
use api::id::LedgerId;
use api::instant::Instant;
use api::member::Role;
use entity::{ledger, member};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    Unchanged,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The settings of a ledger and its revision.
pub async fn get(db: &impl ConnectionTrait, id: Uuid) -> Result<(LedgerImage, i64)> {
    let row = ledger::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(AppError::not_found)?;
    let rev = row.rev;
    Ok((image(row)?, rev))
}

/// A ledger that somebody is a member of.
#[derive(Debug, Clone)]
pub struct Joined {
    pub image: LedgerImage,
    pub rev: i64,
    /// What they may do in it.
    pub role: Role,
}

/// A page of the ledgers that a user is an active member of, perhaps of some of them only, after the one named.
pub async fn page_of_user(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    only: Option<&[LedgerId]>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Joined>> {
    let mut find = member::Entity::find()
        .filter(member::Column::UserId.eq(user_id))
        .filter(member::Column::State.eq("active"));
    if let Some(only) = only {
        find = find.filter(member::Column::LedgerId.is_in(only.iter().map(|id| id.0)));
    }
    if let Some(after) = after {
        find = find.filter(member::Column::LedgerId.gt(after));
    }
    let seats = find
        .order_by_asc(member::Column::LedgerId)
        .limit(limit)
        .all(db)
        .await?;
    let ids = seats.iter().map(|seat| seat.ledger_id);
    let ledgers = ledger::Entity::find()
        .filter(ledger::Column::Id.is_in(ids))
        .all(db)
        .await?;
    let mut ledgers: HashMap<Uuid, ledger::Model> =
        ledgers.into_iter().map(|ledger| (ledger.id, ledger)).collect();
    seats
        .into_iter()
        .filter_map(|seat| Some((ledgers.remove(&seat.ledger_id)?, seat)))
        .map(|(ledger, seat)| {
            Ok(Joined {
                rev: ledger.rev,
                role: role(&seat.role)?,
                image: image(ledger)?,
            })
        })
        .collect()
}

/// The revisions of some ledgers.
pub async fn revs(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    Ok(ledger::Entity::find()
        .select_only()
        .columns([ledger::Column::Id, ledger::Column::Rev])
        .filter(ledger::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?)
}

/// Makes a ledger without any change yet.
pub async fn insert(db: &impl ConnectionTrait, image: &LedgerImage, epoch: Uuid) -> Result<()> {
    let row = ledger::ActiveModel {
        id: Set(image.id),
        name: Set(image.name.clone()),
        base_currency: Set(image.base_currency.code().to_owned()),
        month_start_day: Set(i16::from(image.month_start_day)),
        week_start: Set(i16::from(image.week_start)),
        rev: Set(0),
        epoch: Set(epoch),
        version: Set(image.version),
        created_at: Set(image.created_at.utc()),
        updated_at: Set(image.updated_at.utc()),
    };
    ledger::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Ledgers, each with one of its owners, after the one named.
pub async fn owners(db: &impl ConnectionTrait, after: Option<Uuid>, limit: u64) -> Result<Vec<(Uuid, Uuid)>> {
    let mut find = ledger::Entity::find()
        .select_only()
        .column(ledger::Column::Id)
        .order_by_asc(ledger::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        find = find.filter(ledger::Column::Id.gt(after));
    }
    let ids: Vec<Uuid> = find.into_tuple().all(db).await?;
    let owners: Vec<(Uuid, Uuid)> = member::Entity::find()
        .select_only()
        .columns([member::Column::LedgerId, member::Column::UserId])
        .filter(member::Column::LedgerId.is_in(ids))
        .filter(member::Column::Role.eq(Role::Owner.as_str()))
        .order_by_asc(member::Column::LedgerId)
        .order_by_desc(member::Column::UserId)
        .into_tuple()
        .all(db)
        .await?;
    // Of several the first one.
    let owners: std::collections::BTreeMap<Uuid, Uuid> = owners.into_iter().collect();
    Ok(owners.into_iter().collect())
}

/// How many ledgers somebody owns.
pub async fn count_owned(db: &impl ConnectionTrait, user_id: Uuid) -> Result<u64> {
    Ok(member::Entity::find()
        .filter(member::Column::UserId.eq(user_id))
        .filter(member::Column::State.eq("active"))
        .filter(member::Column::Role.eq(Role::Owner.as_str()))
        .count(db)
        .await?)
}

/// A stored role.
pub fn role(word: &str) -> Result<Role> {
    Role::from_word(word).ok_or_else(|| AppError::Internal("stored role".into()))
}

/// A stored ledger as an image.
pub fn image(row: ledger::Model) -> Result<LedgerImage> {
    Ok(LedgerImage {
        id: row.id,
        name: row.name,
        base_currency: currency(&row.base_currency)?,
        month_start_day: u8::try_from(row.month_start_day).unwrap_or(1),
        week_start: u8::try_from(row.week_start).unwrap_or(1),
        version: row.version,
        created_at: Instant::new(row.created_at),
        updated_at: Instant::new(row.updated_at),
    })
}

impl Noun for Ledgers {
    const NAME: &'static str = "ledger";
    type Image = LedgerImage;

    fn id(image: &LedgerImage) -> Uuid {
        image.id
    }

    fn version(image: &LedgerImage) -> i64 {
        image.version
    }

    fn label(image: &LedgerImage) -> String {
        image.name.clone()
    }

    /// A new ledger is there already, or its change could have no number: see [`insert`].
    async fn insert(unit: &Unit, images: &[&LedgerImage]) -> Result<()> {
        if images.iter().all(|image| image.id == unit.ledger_id) {
            Ok(())
        } else {
            Err(AppError::Internal("a ledger is not made inside another".into()))
        }
    }

    async fn update(unit: &Unit, before: &LedgerImage, after: &LedgerImage) -> Result<()> {
        let row = ledger::ActiveModel {
            id: Unchanged(after.id),
            name: Set(after.name.clone()),
            base_currency: Set(after.base_currency.code().to_owned()),
            month_start_day: Set(i16::from(after.month_start_day)),
            week_start: Set(i16::from(after.week_start)),
            version: Set(after.version),
            updated_at: Set(after.updated_at.utc()),
            ..Default::default()
        };
        let done = ledger::Entity::update_many()
            .set(row)
            .filter(ledger::Column::Id.eq(unit.ledger_id))
            .filter(ledger::Column::Version.eq(before.version))
            .exec(&unit.tx)
            .await?;
        super::one_row(done.rows_affected)
    }
}
