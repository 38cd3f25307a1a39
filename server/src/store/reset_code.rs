//! One-time codes that let somebody choose a new password, known only by their hashes.

use crate::error::Result;
use api::instant::Instant;
use entity::reset_code::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};
use uuid::Uuid;

/// What the codes are for so far.
const PURPOSE: &str = "password";

/// Stores a code by its hash.
pub async fn insert(
    db: &impl ConnectionTrait,
    id: Uuid,
    user_id: Uuid,
    hash: &[u8],
    at: Instant,
    expires_at: Instant,
) -> Result<()> {
    let row = ActiveModel {
        id: Set(id),
        user_id: Set(user_id),
        hash: Set(hash.to_vec()),
        purpose: Set(PURPOSE.to_owned()),
        created_at: Set(at.utc()),
        expires_at: Set(expires_at.utc()),
        used_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A code, used or not, by its hash.
pub async fn find(db: &impl ConnectionTrait, hash: &[u8]) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::Hash.eq(hash))
        .filter(Column::Purpose.eq(PURPOSE))
        .one(db)
        .await?)
}

/// Uses a code up; false where that was done before or it has ended.
pub async fn take(db: &impl ConnectionTrait, id: Uuid, at: Instant) -> Result<bool> {
    let done = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(at.utc()))
        .filter(Column::Id.eq(id))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(at.utc()))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Voids what codes somebody has.
pub async fn void(db: &impl ConnectionTrait, user_id: Uuid, at: Instant) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(at.utc()))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Takes away codes that ended before then.
pub async fn delete_expired(db: &impl ConnectionTrait, before: Instant) -> Result<()> {
    Entity::delete_many()
        .filter(Column::ExpiresAt.lt(before.utc()))
        .exec(db)
        .await?;
    Ok(())
}
