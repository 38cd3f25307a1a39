//! Invites into a ledger, known by the hash of their code.

use crate::error::Result;
use api::instant::Instant;
use entity::invite;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

/// Stores one.
pub async fn insert(db: &impl ConnectionTrait, row: invite::Model) -> Result<()> {
    invite::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// The invite of a code, whatever became of it.
pub async fn find(db: &impl ConnectionTrait, hash: &[u8]) -> Result<Option<invite::Model>> {
    Ok(invite::Entity::find()
        .filter(invite::Column::Hash.eq(hash.to_vec()))
        .one(db)
        .await?)
}

/// A page of a ledger's invites that can still be accepted, after the one named.
pub async fn page(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    at: Instant,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<invite::Model>> {
    let mut find = invite::Entity::find()
        .filter(invite::Column::LedgerId.eq(ledger_id))
        .filter(open(at));
    if let Some(after) = after {
        find = find.filter(invite::Column::Id.gt(after));
    }
    Ok(find.order_by_asc(invite::Column::Id).limit(limit).all(db).await?)
}

/// How many invites a user made since a moment, in all ledgers.
pub async fn count_since(db: &impl ConnectionTrait, user_id: Uuid, since: Instant) -> Result<u64> {
    Ok(invite::Entity::find()
        .filter(invite::Column::CreatedBy.eq(user_id))
        .filter(invite::Column::CreatedAt.gt(since.utc()))
        .count(db)
        .await?)
}

/// Notes that an invite was accepted; false where it cannot be any more.
pub async fn use_up(
    db: &impl ConnectionTrait,
    row: &invite::Model,
    user_id: Uuid,
    at: Instant,
) -> Result<bool> {
    let done = invite::Entity::update_many()
        .col_expr(invite::Column::UsedAt, Expr::value(at.utc()))
        .col_expr(invite::Column::UsedBy, Expr::value(user_id))
        .filter(invite::Column::LedgerId.eq(row.ledger_id))
        .filter(invite::Column::Id.eq(row.id))
        .filter(open(at))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Takes one back; false where there is none that can still be accepted.
pub async fn revoke(db: &impl ConnectionTrait, ledger_id: Uuid, id: Uuid, at: Instant) -> Result<bool> {
    let done = invite::Entity::update_many()
        .col_expr(invite::Column::RevokedAt, Expr::value(at.utc()))
        .filter(invite::Column::LedgerId.eq(ledger_id))
        .filter(invite::Column::Id.eq(id))
        .filter(open(at))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Takes back every invite that somebody made into a ledger and that can still be accepted.
pub async fn revoke_of(db: &impl ConnectionTrait, ledger_id: Uuid, user_id: Uuid, at: Instant) -> Result<()> {
    invite::Entity::update_many()
        .col_expr(invite::Column::RevokedAt, Expr::value(at.utc()))
        .filter(invite::Column::LedgerId.eq(ledger_id))
        .filter(invite::Column::CreatedBy.eq(user_id))
        .filter(open(at))
        .exec(db)
        .await?;
    Ok(())
}

fn open(at: Instant) -> Condition {
    Condition::all()
        .add(invite::Column::UsedAt.is_null())
        .add(invite::Column::RevokedAt.is_null())
        .add(invite::Column::ExpiresAt.gt(at.utc()))
}
