//! Reading the security audit: one's own account's, and for admins that of others.

use crate::error::{AppError, Result};
use crate::service::{Grant, Person, cursor};
use crate::state::AppState;
use crate::store;
use crate::store::audit::About;
use api::audit::{AuditEvent, AuditQuery};
use api::page::{DEFAULT_LIMIT, Page, PageQuery};
use api::problem::Code;
use uuid::Uuid;

/// A page of what happened to who may open a ledger, the newest first.
pub async fn of_ledger(state: &AppState, grant: &Grant, query: PageQuery) -> Result<Page<AuditEvent>> {
    let (list, about) = ("audit", About::Ledger(grant.ledger_id()));
    let before: Option<Uuid> = query
        .cursor
        .as_deref()
        .map(|cursor| cursor::open(&state.cursor_key, grant, &list, cursor))
        .transpose()?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let events = state
        .db
        .read(|db| async move { store::audit::page(&db, about, before, u64::from(limit) + 1).await })
        .await?;
    let seal = |event: &AuditEvent| cursor::seal(&state.cursor_key, grant, &list, Uuid::from(event.id));
    // Where members ask from is theirs to know, and their own audit's to tell.
    let seen = |event| AuditEvent {
        address: None,
        ..event
    };
    cursor::page(events, limit, seal, seen)
}

/// A page of what happened to an account, the newest first.
pub async fn of_account(state: &AppState, person: &Person, query: AuditQuery) -> Result<Page<AuditEvent>> {
    let own = person.user_id();
    let user_id = query.user.map_or(own, Uuid::from);
    if user_id != own && !person.is_admin() {
        return Err(AppError::refuse(
            Code::Forbidden,
            "What happened to other accounts is for admins",
        ));
    }
    let list = ("audit", user_id);
    let before: Option<Uuid> = query
        .cursor
        .as_deref()
        .map(|cursor| cursor::open(&state.cursor_key, person, &list, cursor))
        .transpose()?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    let about = About::User(user_id);
    let events = state
        .db
        .read(|db| async move { store::audit::page(&db, about, before, u64::from(limit) + 1).await })
        .await?;
    let seal = |event: &AuditEvent| cursor::seal(&state.cursor_key, person, &list, Uuid::from(event.id));
    cursor::page(events, limit, seal, |event| event)
}
