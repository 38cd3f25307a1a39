//! The log: a ledger's revision, its changes and their rows. Written by `db.write` and `apply` alone.

use crate::db::{Dialect, Op};
use crate::error::{AppError, Result};
use entity::{change, change_row, ledger};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set, StatementBuilder,
};
use uuid::Uuid;

/// Takes the ledger's next revision. All writers of a ledger queue on this row.
pub async fn next_rev(db: &impl ConnectionTrait, dialect: Dialect, ledger_id: Uuid) -> Result<i64> {
    let mut update = Query::update();
    update
        .table(ledger::Entity)
        .and_where(ledger::Column::Id.eq(ledger_id));
    match dialect {
        // No second statement: the new value comes back as the connection's last insert id.
        Dialect::MySql => {
            update.value(ledger::Column::Rev, Expr::cust("LAST_INSERT_ID(rev + 1)"));
            let done = db.execute(&update).await?;
            if done.rows_affected() == 0 {
                return Err(AppError::not_found());
            }
            i64::try_from(done.last_insert_id()).map_err(|_| AppError::Internal("rev out of range".into()))
        }
        Dialect::Sqlite => {
            update.value(ledger::Column::Rev, Expr::col(ledger::Column::Rev).add(1));
            update.returning_col(ledger::Column::Rev);
            let row = db.query_one(&update).await?.ok_or_else(AppError::not_found)?;
            Ok(row.try_get_by_index(0)?)
        }
    }
}

/// Writes the head of a change. A key that was used before is a unique violation.
pub async fn insert(db: &impl ConnectionTrait, rev: i64, op: &Op) -> Result<(), DbErr> {
    let head = change::ActiveModel {
        ledger_id: Set(op.ledger_id),
        rev: Set(rev),
        op_id: Set(op.op_id),
        user_id: Set(op.user_id),
        idempotency_key: Set(op.key.clone()),
        request_hash: Set(op.request_hash.to_vec()),
        client: Set(op.client.clone()),
        kind: Set(op.kind.to_owned()),
        at: Set(op.at.utc()),
    };
    change::Entity::insert(head)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The change that a user's key made.
pub async fn find_by_key(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    key: &str,
) -> Result<Option<change::Model>> {
    let found = change::Entity::find()
        .filter(change::Column::UserId.eq(user_id))
        .filter(change::Column::IdempotencyKey.eq(key))
        .one(db)
        .await?;
    Ok(found)
}

/// The rows of a change, in order.
pub async fn rows(db: &impl ConnectionTrait, ledger_id: Uuid, rev: i64) -> Result<Vec<change_row::Model>> {
    let rows = change_row::Entity::find()
        .filter(change_row::Column::LedgerId.eq(ledger_id))
        .filter(change_row::Column::Rev.eq(rev))
        .order_by_asc(change_row::Column::N)
        .all(db)
        .await?;
    Ok(rows)
}

/// Builds a statement in the connection's own SQL.
pub(super) fn build(db: &impl ConnectionTrait, statement: &impl StatementBuilder) -> sea_orm::Statement {
    db.get_database_backend().build(statement)
}
