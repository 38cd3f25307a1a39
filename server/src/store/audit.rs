//! The security audit: written once, never changed, read by the account or the ledger that it is about.

use crate::error::{AppError, Result};
use api::audit::AuditEvent;
use api::instant::Instant;
use entity::audit::{ActiveModel, Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::Value;
use uuid::Uuid;

/// Something that happened.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Drawn before, so that a second try writes the same one.
    pub id: Uuid,
    pub at: Instant,
    /// Whose account it is about.
    pub user_id: Option<Uuid>,
    /// Which ledger it is about.
    pub ledger_id: Option<Uuid>,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    pub kind: &'static str,
    pub client: String,
    pub address: Option<String>,
    /// Never a secret.
    pub detail: Value,
}

/// Writes an event.
pub async fn insert(db: &impl ConnectionTrait, event: &NewEvent) -> Result<()> {
    let row = ActiveModel {
        id: Set(event.id),
        at: Set(event.at.utc()),
        user_id: Set(event.user_id),
        ledger_id: Set(event.ledger_id),
        actor_id: Set(event.actor_id),
        kind: Set(event.kind.to_owned()),
        client: Set(event.client.clone()),
        address: Set(event.address.clone()),
        detail: Set(event.detail.to_string()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// Whose events, or of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Of an account.
    User(Uuid),
    /// Of a ledger.
    Ledger(Uuid),
}

/// A page of events, the newest first, before the one named.
pub async fn page(
    db: &impl ConnectionTrait,
    about: About,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<AuditEvent>> {
    let mut find = Entity::find().filter(match about {
        About::User(id) => Column::UserId.eq(id),
        About::Ledger(id) => Column::LedgerId.eq(id),
    });
    if let Some(before) = before {
        find = find.filter(Column::Id.lt(before));
    }
    let rows = find.order_by_desc(Column::Id).limit(limit).all(db).await?;
    rows.into_iter().map(wire).collect()
}

/// Forgets failed sign-ins of nobody known, which whoever reaches the server can make as many of as they like.
pub async fn delete_strangers(db: &impl ConnectionTrait, before: Instant) -> Result<()> {
    Entity::delete_many()
        .filter(Column::UserId.is_null())
        .filter(Column::LedgerId.is_null())
        .filter(Column::At.lt(before.utc()))
        .exec(db)
        .await?;
    Ok(())
}

fn wire(row: Model) -> Result<AuditEvent> {
    let detail = serde_json::from_str(&row.detail)
        .map_err(|error| AppError::Internal(format!("stored audit detail: {error}")))?;
    Ok(AuditEvent {
        id: row.id.into(),
        at: Instant::new(row.at),
        kind: row.kind,
        user_id: row.user_id.map(Into::into),
        ledger_id: row.ledger_id.map(Into::into),
        actor_id: row.actor_id.map(Into::into),
        client: row.client,
        address: row.address,
        detail,
    })
}
