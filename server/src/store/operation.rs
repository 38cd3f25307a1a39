//! Operations: long work of many changes, and how far each has come. A step of one is written in the transaction of
//! the change that it is, so that the two cannot part.

use crate::error::Result;
use api::instant::Instant;
use entity::operation;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, Unchanged,
};
use uuid::Uuid;

pub use entity::operation::Model as Operation;

/// There is more to do.
pub const RUNNING: &str = "running";
/// All is done.
pub const DONE: &str = "done";
/// It cannot be finished; what was done stays.
pub const FAILED: &str = "failed";

/// Records an operation with its first step.
pub async fn insert(db: &impl ConnectionTrait, row: Operation) -> Result<()> {
    let row = operation::ActiveModel {
        ledger_id: Set(row.ledger_id),
        id: Set(row.id),
        kind: Set(row.kind),
        args: Set(row.args),
        state: Set(row.state),
        done: Set(row.done),
        total: Set(row.total),
        user_id: Set(row.user_id),
        client: Set(row.client),
        idempotency_key: Set(row.idempotency_key),
        request_hash: Set(row.request_hash),
        created_at: Set(row.created_at),
        updated_at: Set(row.updated_at),
    };
    operation::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Records how far an operation has come.
pub async fn advance(db: &impl ConnectionTrait, row: Operation, at: Instant) -> Result<()> {
    let row = operation::ActiveModel {
        ledger_id: Unchanged(row.ledger_id),
        id: Unchanged(row.id),
        args: Set(row.args),
        state: Set(row.state),
        done: Set(row.done),
        updated_at: Set(at.utc()),
        ..Default::default()
    };
    operation::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Gives an operation up, unless somebody has carried it on since it was read.
pub async fn give_up(db: &impl ConnectionTrait, row: &Operation, at: Instant) -> Result<()> {
    operation::Entity::update_many()
        .col_expr(operation::Column::State, Expr::value(FAILED))
        .col_expr(operation::Column::UpdatedAt, Expr::value(at.utc()))
        .filter(operation::Column::LedgerId.eq(row.ledger_id))
        .filter(operation::Column::Id.eq(row.id))
        .filter(operation::Column::State.eq(RUNNING))
        .filter(operation::Column::Args.eq(row.args.as_str()))
        .exec(db)
        .await?;
    Ok(())
}

/// An operation.
pub async fn find(db: &impl ConnectionTrait, ledger_id: Uuid, id: Uuid) -> Result<Option<Operation>> {
    Ok(operation::Entity::find_by_id((ledger_id, id)).one(db).await?)
}

/// The operation that a user's key began.
pub async fn find_by_key(db: &impl ConnectionTrait, user_id: Uuid, key: &str) -> Result<Option<Operation>> {
    let found = operation::Entity::find()
        .filter(operation::Column::UserId.eq(user_id))
        .filter(operation::Column::IdempotencyKey.eq(key))
        .one(db)
        .await?;
    Ok(found)
}

/// The operations of a ledger that are not finished, the latest first.
pub async fn running(db: &impl ConnectionTrait, ledger_id: Uuid) -> Result<Vec<Operation>> {
    let found = operation::Entity::find()
        .filter(operation::Column::State.eq(RUNNING))
        .filter(operation::Column::LedgerId.eq(ledger_id))
        .order_by_desc(operation::Column::Id)
        .all(db)
        .await?;
    Ok(found)
}

/// Some of the operations of a ledger that ended so, the latest first, before the one named.
pub async fn ended(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    states: &[&str],
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Operation>> {
    let mut find = operation::Entity::find()
        .filter(operation::Column::LedgerId.eq(ledger_id))
        .filter(operation::Column::State.is_in(states.iter().copied()));
    if let Some(before) = before {
        find = find.filter(operation::Column::Id.lt(before));
    }
    let found = find
        .order_by_desc(operation::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    Ok(found)
}

/// The operations of those kinds in a ledger that are not finished.
pub async fn running_in(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    kinds: &[&str],
) -> Result<Vec<Operation>> {
    let found = operation::Entity::find()
        .filter(operation::Column::LedgerId.eq(ledger_id))
        .filter(operation::Column::State.eq(RUNNING))
        .filter(operation::Column::Kind.is_in(kinds.iter().copied()))
        .all(db)
        .await?;
    Ok(found)
}

/// The operations of those kinds in all ledgers that are not finished and were last worked on before a moment,
/// oldest first.
pub async fn unfinished(
    db: &impl ConnectionTrait,
    kinds: &[&str],
    before: Instant,
) -> Result<Vec<Operation>> {
    let found = operation::Entity::find()
        .filter(operation::Column::State.eq(RUNNING))
        .filter(operation::Column::Kind.is_in(kinds.iter().copied()))
        .filter(operation::Column::UpdatedAt.lte(before.utc()))
        .order_by_asc(operation::Column::Id)
        .all(db)
        .await?;
    Ok(found)
}
