//! Reading the security audit: one's own account's, and for admins that of others.

use crate::error::{AppError, Result};
use crate::service::cursor::Walk;
use crate::service::{Grant, Person};
use crate::state::AppState;
use crate::store;
use crate::store::audit::About;
use api::audit::{AuditEvent, AuditQuery};
use api::page::{Page, PageQuery};
use api::problem::Code;
use serde::Serialize;
use uuid::Uuid;

/// A page of what happened to who may open a ledger, the newest first.
pub async fn of_ledger(state: &AppState, grant: &Grant, query: PageQuery) -> Result<Page<AuditEvent>> {
    let walk = Walk::new(state, grant, "audit", &query);
    let events = page(state, About::Ledger(grant.ledger_id()), &walk).await?;
    // Where members ask from is theirs to know, and their own audit's to tell.
    let seen = |event| AuditEvent {
        address: None,
        ..event
    };
    walk.page(events, |event| event.id, seen)
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
    let walk = Walk::new(state, person, ("audit", user_id), &query.page);
    let events = page(state, About::User(user_id), &walk).await?;
    walk.page(events, |event| event.id, |event| event)
}

async fn page<L: Serialize>(state: &AppState, about: About, walk: &Walk<'_, L>) -> Result<Vec<AuditEvent>> {
    let (before, count) = (walk.after()?, walk.count());
    state
        .db
        .read(|db| async move { store::audit::page(&db, about, before, count).await })
        .await
}
