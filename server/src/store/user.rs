//! People: how they are looked up, listed and changed. Their names are kept in lower case, so that a plain look-up of the
//! folded name finds them. What follows from a change (ended sessions, the audit) is written beside it by the service.

use crate::error::{AppError, Result};
use api::instant::Instant;
use api::user::User;
use entity::{setting, user};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, Unchanged,
};
use uuid::Uuid;

/// Orders those changes that must not meet: see [`take_turn`].
const TURN: &str = "admins";

/// Somebody, by id.
pub async fn get(db: &impl ConnectionTrait, id: Uuid) -> Result<user::Model> {
    user::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(AppError::not_found)
}

/// Somebody, by the folded name.
pub async fn by_name(db: &impl ConnectionTrait, name: &str) -> Result<Option<user::Model>> {
    Ok(user::Entity::find()
        .filter(user::Column::Name.eq(name))
        .one(db)
        .await?)
}

/// A page of people in order of their names, after the one named.
pub async fn page(db: &impl ConnectionTrait, after: Option<&str>, limit: u64) -> Result<Vec<user::Model>> {
    let mut find = user::Entity::find();
    if let Some(after) = after {
        find = find.filter(user::Column::Name.gt(after));
    }
    Ok(find.order_by_asc(user::Column::Name).limit(limit).all(db).await?)
}

/// Adds somebody.
pub async fn insert(db: &impl ConnectionTrait, row: &user::Model) -> Result<()> {
    user::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(db)
        .await?;
    Ok(())
}

/// Brings somebody from one state to the next, if they still have the version they had before. Their password is
/// left as it is: see [`set_password`].
pub async fn update(db: &impl ConnectionTrait, before: &user::Model, after: &user::Model) -> Result<()> {
    let row = user::ActiveModel {
        id: Unchanged(after.id),
        display_name: Set(after.display_name.clone()),
        is_admin: Set(after.is_admin),
        is_disabled: Set(after.is_disabled),
        timezone: Set(after.timezone.clone()),
        default_ledger_id: Set(after.default_ledger_id),
        version: Set(after.version),
        updated_at: Set(after.updated_at),
        ..Default::default()
    };
    let done = user::Entity::update_many()
        .set(row)
        .filter(user::Column::Id.eq(before.id))
        .filter(user::Column::Version.eq(before.version))
        .exec(db)
        .await?;
    super::one_row(done.rows_affected)
}

/// Sets a new hash in the place of the one read before; false where somebody else was faster or they are disabled.
pub async fn set_password(
    db: &impl ConnectionTrait,
    before: &user::Model,
    hash: &str,
    at: Instant,
) -> Result<bool> {
    let same = match &before.password_hash {
        Some(before) => user::Column::PasswordHash.eq(before),
        None => user::Column::PasswordHash.is_null(),
    };
    let done = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::UpdatedAt, Expr::value(at.utc()))
        .filter(user::Column::Id.eq(before.id))
        .filter(user::Column::IsDisabled.eq(false))
        .filter(same)
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// How many people are admins who can sign in, one of them left out.
pub async fn count_other_admins(db: &impl ConnectionTrait, id: Uuid) -> Result<u64> {
    Ok(user::Entity::find()
        .filter(user::Column::IsAdmin.eq(true))
        .filter(user::Column::IsDisabled.eq(false))
        .filter(user::Column::PasswordHash.is_not_null())
        .filter(user::Column::Id.ne(id))
        .count(db)
        .await?)
}

/// Makes those wait for each other who change who is an admin: a rule over several rows holds on a cluster only if all
/// who could break it write one row first.
pub async fn take_turn(db: &impl ConnectionTrait, by: Uuid) -> Result<()> {
    let done = setting::Entity::update_many()
        .col_expr(setting::Column::Value, Expr::value(by.to_string()))
        .filter(setting::Column::Name.eq(TURN))
        .exec(db)
        .await?;
    super::one_row(done.rows_affected)
}

/// Makes the row that [`take_turn`] writes, where it is missing.
pub async fn make_turn(db: &impl ConnectionTrait) -> Result<()> {
    super::setting::get_or_insert(db, TURN, "").await.map(drop)
}

/// Somebody as the wire knows them.
pub fn wire(row: user::Model) -> User {
    User {
        id: row.id.into(),
        name: row.name,
        display_name: row.display_name,
        is_admin: row.is_admin,
        is_disabled: row.is_disabled,
        has_password: row.password_hash.is_some(),
        timezone: row.timezone,
        default_ledger_id: row.default_ledger_id.map(Into::into),
        version: row.version,
        created_at: Instant::new(row.created_at),
        updated_at: Instant::new(row.updated_at),
    }
}
