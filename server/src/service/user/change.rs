//! Changing somebody: by who looks after accounts, or oneself. Making people is not here.

use super::{get, seen_by};
use crate::db::{AccountOp, AccountWork, Outcome};
use crate::error::{AppError, Findings, Refusal, Result};
use crate::service::actor::{Actor, Happening};
use crate::service::write::{account_op, is_done};
use crate::service::{Person, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::audit::NewEvent;
use api::problem::Code;
use api::text::clean_line;
use api::user::{MePatch, User, UserPatch};
use entity::user::Model;
use sea_orm::DatabaseTransaction;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// Changes somebody, by who looks after accounts.
pub async fn update(
    state: &AppState,
    by: &Actor,
    key: &WriteKey,
    id: Uuid,
    version: Option<i64>,
    patch: UserPatch,
) -> Result<User> {
    let mut findings = Findings::default();
    patch.check(&mut findings.rules);
    findings.refuse()?;
    get(state, id).await?;
    let is_about_rights = patch.is_admin.is_some() || patch.is_disabled.is_some();
    if is_about_rights {
        state
            .db
            .stage(|db| async move { store::user::make_turn(&db).await })
            .await?;
    }
    let event = |what| by.event(state, what, Some(id), json!({}));
    let work = UpdateUser {
        id,
        version,
        is_about_rights,
        disabled: event(Happening::UserDisabled),
        enabled: event(Happening::UserEnabled),
        changed: event(Happening::UserChanged),
        patch,
    };
    let op = account_op(state, by.user_id.unwrap_or(id), key, "update_user");
    write(state, op, id, work).await
}

/// Changes oneself.
pub async fn update_me(
    state: &AppState,
    person: &Person,
    by: &Actor,
    key: &WriteKey,
    version: Option<i64>,
    patch: MePatch,
) -> Result<User> {
    let id = person.user_id();
    let mut findings = Findings::default();
    patch.check(&mut findings.rules);
    findings.refuse()?;
    let changed = by.event(state, Happening::UserChanged, Some(id), json!({}));
    let op = account_op(state, id, key, "update_me");
    let work = UpdateMe {
        id,
        person: person.clone(),
        version,
        patch,
        changed,
    };
    let me = write(state, op, id, work).await?;
    seen_by(state, person, me).await
}

async fn write<W: AccountWork<Output = Model>>(
    state: &AppState,
    op: AccountOp,
    id: Uuid,
    work: W,
) -> Result<User> {
    match state.db.write_account(op.clone(), Arc::new(work)).await? {
        Outcome::Done { output, .. } => Ok(store::user::wire(output)),
        Outcome::Unchanged | Outcome::Replay => {
            is_done(state, &op).await?;
            get(state, id).await
        }
    }
}

struct UpdateUser {
    id: Uuid,
    version: Option<i64>,
    patch: UserPatch,
    is_about_rights: bool,
    disabled: NewEvent,
    enabled: NewEvent,
    changed: NewEvent,
}

impl AccountWork for UpdateUser {
    type Output = Model;

    async fn run(&self, tx: &DatabaseTransaction) -> Result<Model> {
        if self.is_about_rights {
            store::user::take_turn(tx, self.changed.id).await?;
        }
        let before = unless_stale(store::user::get(tx, self.id).await?, self.version)?;
        let mut after = before.clone();
        let UserPatch {
            display_name,
            is_admin,
            is_disabled,
        } = &self.patch;
        if let Some(name) = display_name {
            after.display_name = clean_line(name);
        }
        after.is_admin = is_admin.unwrap_or(before.is_admin);
        after.is_disabled = is_disabled.unwrap_or(before.is_disabled);
        let can_admin = |row: &Model| row.is_admin && !row.is_disabled;
        if can_admin(&before)
            && !can_admin(&after)
            && store::user::count_other_admins(tx, self.id).await? == 0
        {
            return Err(AppError::refuse(
                Code::Conflict,
                "Nobody else who can sign in looks after the accounts; make somebody else an admin first",
            ));
        }
        let after = save(tx, &before, after, &self.changed).await?;
        if after.is_disabled != before.is_disabled {
            let event = if after.is_disabled {
                store::token::revoke_sessions(tx, self.id, None, self.changed.at).await?;
                &self.disabled
            } else {
                &self.enabled
            };
            store::audit::insert(tx, event).await?;
        }
        Ok(after)
    }
}

struct UpdateMe {
    id: Uuid,
    person: Person,
    version: Option<i64>,
    patch: MePatch,
    changed: NewEvent,
}

impl AccountWork for UpdateMe {
    type Output = Model;

    async fn run(&self, tx: &DatabaseTransaction) -> Result<Model> {
        let before = unless_stale(store::user::get(tx, self.id).await?, self.version)?;
        let mut after = before.clone();
        let MePatch {
            display_name,
            timezone,
            default_ledger_id,
        } = self.patch.clone();
        if let Some(name) = display_name {
            after.display_name = clean_line(&name);
        }
        after.timezone = timezone.over(before.timezone.clone());
        after.default_ledger_id = default_ledger_id
            .over(before.default_ledger_id.map(Into::into))
            .map(Into::into);
        if let Some(ledger_id) = after.default_ledger_id
            && after.default_ledger_id != before.default_ledger_id
            && !(self.person.may_enter(ledger_id)
                && store::member::ledgers_of(tx, self.id).await?.contains(&ledger_id))
        {
            return Err(AppError::fault(
                Code::UnknownName,
                "/default_ledger_id",
                "unknown",
                "You are in no ledger with this id",
            ));
        }
        save(tx, &before, after, &self.changed).await
    }
}

fn unless_stale(row: Model, version: Option<i64>) -> Result<Model> {
    if version.is_none_or(|version| version == row.version) {
        return Ok(row);
    }
    let detail = format!("It was changed since; it has version {} now", row.version);
    let refusal = Refusal {
        current: serde_json::to_value(store::user::wire(row)).ok(),
        ..Refusal::new(Code::StaleVersion, detail)
    };
    Err(refusal.into())
}

/// Writes what is different, and in the audit which fields that is.
async fn save(tx: &DatabaseTransaction, before: &Model, after: Model, changed: &NewEvent) -> Result<Model> {
    if after == *before {
        return Ok(after);
    }
    let after = Model {
        version: before.version + 1,
        updated_at: changed.at.utc(),
        ..after
    };
    store::user::update(tx, before, &after).await?;
    let fields: Vec<&str> = [
        ("display_name", after.display_name != before.display_name),
        ("timezone", after.timezone != before.timezone),
        (
            "default_ledger_id",
            after.default_ledger_id != before.default_ledger_id,
        ),
        ("is_admin", after.is_admin != before.is_admin),
    ]
    .into_iter()
    .filter_map(|(field, is_changed)| is_changed.then_some(field))
    .collect();
    if !fields.is_empty() {
        let detail = if fields.contains(&"is_admin") {
            json!({ "fields": fields, "is_admin": after.is_admin })
        } else {
            json!({ "fields": fields })
        };
        let event = NewEvent {
            detail,
            ..changed.clone()
        };
        store::audit::insert(tx, &event).await?;
    }
    Ok(after)
}
