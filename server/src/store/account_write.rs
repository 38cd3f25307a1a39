//! The keys of writes beside the ledgers, so that each happens once.

use crate::db::AccountOp;
use crate::error::Result;
use entity::account_write;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Set};
use uuid::Uuid;

/// Takes a key; a unique violation where it was used before.
pub async fn insert(db: &impl ConnectionTrait, op: &AccountOp) -> Result<(), DbErr> {
    let row = account_write::ActiveModel {
        user_id: Set(op.user_id),
        idempotency_key: Set(op.key.clone()),
        request_hash: Set(op.request_hash.to_vec()),
        kind: Set(op.kind.to_owned()),
        at: Set(op.at.utc()),
    };
    account_write::Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// What a key was used for.
pub async fn find(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    key: &str,
) -> Result<Option<account_write::Model>> {
    Ok(account_write::Entity::find_by_id((user_id, key.to_owned()))
        .one(db)
        .await?)
}
