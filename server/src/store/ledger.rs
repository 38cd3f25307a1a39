//! The ledger's own row: its settings as an image. Its `rev` belongs to `db.write`.

use super::image::{LedgerImage, currency};
use super::noun::{Ledgers, Noun};
use crate::db::Unit;
use crate::error::{AppError, Result};
use api::instant::Instant;
use entity::{ledger, member};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, Unchanged,
};
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

/// A page of the ledgers that a user is an active member of, with their revisions, after the one named.
pub async fn page_of_user(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<(LedgerImage, i64)>> {
    let theirs = Query::select()
        .column(member::Column::LedgerId)
        .from(member::Entity)
        .and_where(Expr::col(member::Column::UserId).eq(user_id))
        .and_where(Expr::col(member::Column::State).eq("active"))
        .to_owned();
    let mut find = ledger::Entity::find().filter(Expr::col(ledger::Column::Id).in_subquery(theirs));
    if let Some(after) = after {
        find = find.filter(ledger::Column::Id.gt(after));
    }
    let rows = find.order_by_asc(ledger::Column::Id).limit(limit).all(db).await?;
    rows.into_iter()
        .map(|row| {
            let rev = row.rev;
            Ok((image(row)?, rev))
        })
        .collect()
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

    async fn insert(_unit: &Unit, _images: &[&LedgerImage]) -> Result<()> {
        Err(AppError::Internal("a ledger is not made inside another".into()))
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
