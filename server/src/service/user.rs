//! People and how they are looked after: added with a first ledger, listed, changed, shut out and let in again. What
//! people do with their own passwords is in `password_reset.rs`, how they get in in `sign_in.rs`.

mod change;

pub use change::{update, update_me};

use crate::db::{AccountOp, Class, classify};
use crate::error::{AppError, Findings, Result};
use crate::service::actor::{Actor, Happening};
use crate::service::cursor::Walk;
use crate::service::ledger::create::Opening;
use crate::service::write::{account_op, is_done};
use crate::service::{Person, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::audit::NewEvent;
use api::currency::Currency;
use api::ledger::NewLedger;
use api::page::{Page, PageQuery};
use api::problem::Code;
use api::text::clean_line;
use api::user::{NewUser, User, fold_user_name};
use entity::user::Model;
use sea_orm::DatabaseTransaction;
use serde_json::json;
use uuid::Uuid;

/// What the first ledger is called where nobody says.
const FIRST_LEDGER: &str = "Personal";

/// Somebody to be added.
#[derive(Debug)]
pub(crate) struct NewPerson {
    row: Model,
    /// The key of who adds them, where that is another.
    by: Option<AccountOp>,
    event: NewEvent,
}

impl NewPerson {
    pub(crate) fn id(&self) -> Uuid {
        self.row.id
    }

    pub(crate) fn set_default_ledger(&mut self, ledger_id: Uuid) {
        self.row.default_ledger_id = Some(ledger_id);
    }

    pub(crate) async fn insert(&self, tx: &DatabaseTransaction) -> Result<()> {
        if let Some(by) = &self.by {
            store::account_write::insert(tx, by).await?;
        }
        store::user::insert(tx, &self.row).await?;
        store::audit::insert(tx, &self.event).await
    }
}

/// Adds somebody who chooses their password later.
pub async fn add(state: &AppState, by: &Actor, key: &WriteKey, new: NewUser) -> Result<User> {
    create(state, by, key, new, None).await
}

/// Adds somebody, with a first ledger; `password` is a hash.
pub(crate) async fn create(
    state: &AppState,
    by: &Actor,
    key: &WriteKey,
    new: NewUser,
    password: Option<String>,
) -> Result<User> {
    let name = fold_user_name(&new.name);
    let op = by
        .user_id
        .map(|user_id| account_op(state, user_id, key, "create_user"));
    if let Some(op) = &op
        && is_done(state, op).await?
    {
        return by_name(state, &name).await;
    }
    let mut findings = Findings::default();
    new.check(&mut findings.rules);
    findings.refuse()?;
    let display_name = new
        .display_name
        .as_deref()
        .map_or_else(|| name.clone(), clean_line);
    let (id, at) = (
        new.id.map_or_else(|| state.clock.new_id(), Uuid::from),
        state.now().utc(),
    );
    let row = Model {
        id,
        name: name.clone(),
        display_name,
        password_hash: password,
        is_admin: new.is_admin,
        is_disabled: false,
        timezone: None,
        default_ledger_id: None,
        version: 1,
        created_at: at,
        updated_at: at,
    };
    let detail = json!({ "name": name, "is_admin": new.is_admin });
    let event = by.event(state, Happening::UserCreated, Some(id), detail);
    let ledger = NewLedger {
        id: None,
        name: new.ledger.unwrap_or_else(|| FIRST_LEDGER.to_owned()),
        base_currency: new.currency.unwrap_or(Currency::EUR),
        month_start_day: None,
        week_start: None,
        is_bare: false,
    };
    let person = NewPerson {
        row,
        by: op.clone(),
        event,
    };
    match Opening::with_person(state, person, &ledger)
        .write(state, key, &by.client)
        .await
    {
        Ok(_) => get(state, id).await,
        Err(AppError::Db(error)) if classify(&error) == Class::Unique => {
            already_there(state, op, key, &name).await
        }
        Err(error) => Err(error),
    }
}

/// Something of somebody new was there already: they themselves, if this is a repeat; else their name, or their id.
async fn already_there(state: &AppState, op: Option<AccountOp>, key: &WriteKey, name: &str) -> Result<User> {
    if let Some(op) = &op
        && is_done(state, op).await?
    {
        return by_name(state, name).await;
    }
    let Some(row) = find(state, name).await? else {
        return Err(AppError::fault(
            Code::IdTaken,
            "/id",
            "id-taken",
            "Something else has this id; draw another",
        ));
    };
    let (id, word) = (row.id, key.key.as_str());
    let made = state
        .db
        .read(|db| async move { store::change::find_by_key(&db, id, word).await })
        .await?;
    if op.is_none() && made.is_some_and(|made| made.request_hash == key.request_hash) {
        return Ok(store::user::wire(row));
    }
    Err(AppError::fault(
        Code::NameTaken,
        "/name",
        "name-taken",
        format!("The name {name:?} is taken"),
    ))
}

/// Somebody, by the name they sign in with, in whatever case.
pub(crate) async fn find(state: &AppState, name: &str) -> Result<Option<Model>> {
    let name = fold_user_name(name);
    let name = name.as_str();
    state
        .db
        .read(|db| async move { store::user::by_name(&db, name).await })
        .await
}

async fn by_name(state: &AppState, name: &str) -> Result<User> {
    let found = find(state, name).await?;
    found.map(store::user::wire).ok_or_else(AppError::not_found)
}

/// Somebody.
pub async fn get(state: &AppState, id: Uuid) -> Result<User> {
    let row = state
        .db
        .read(|db| async move { store::user::get(&db, id).await })
        .await?;
    Ok(store::user::wire(row))
}

/// Who is calling, as their token lets them see it.
pub async fn get_me(state: &AppState, person: &Person) -> Result<User> {
    seen_by(state, person, get(state, person.user_id()).await?).await
}

/// With the ledger that `default` means for that token: one that it is bound to.
async fn seen_by(state: &AppState, person: &Person, me: User) -> Result<User> {
    let Some(bound_to) = person.bound_to() else {
        return Ok(me);
    };
    let user_id = person.user_id();
    let theirs = state
        .db
        .read(|db| async move { store::member::ledgers_of(&db, user_id).await })
        .await?;
    let open = bound_to.iter().filter(|id| theirs.contains(&id.0));
    Ok(User {
        default_ledger_id: open
            .min_by_key(|id| (Some(**id) != me.default_ledger_id, id.0))
            .copied(),
        ..me
    })
}

/// A page of everybody, in order of their names.
pub async fn list(state: &AppState, person: &Person, query: PageQuery) -> Result<Page<User>> {
    let walk = Walk::new(state, person, "users", &query);
    let after: Option<String> = walk.after()?;
    let rows = page(state, after.as_deref(), walk.count()).await?;
    walk.page(rows, |row| row.name.clone(), store::user::wire)
}

/// People in order of their names, after the one named.
pub(crate) async fn page(state: &AppState, after: Option<&str>, limit: u64) -> Result<Vec<Model>> {
    state
        .db
        .read(|db| async move { store::user::page(&db, after, limit).await })
        .await
}
