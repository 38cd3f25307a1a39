//! Values that all servers of a database share.

use crate::db::{Class, classify};
use crate::error::Result;
use entity::setting;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, EntityTrait, Set};

/// The value of a setting; the one given where there was none. Of several servers that start at once one's is kept.
pub async fn get_or_insert(db: &impl ConnectionTrait, name: &str, value: &str) -> Result<String> {
    if let Some(stored) = setting::Entity::find_by_id(name).one(db).await? {
        return Ok(stored.value);
    }
    let row = setting::ActiveModel {
        name: Set(name.to_owned()),
        value: Set(value.to_owned()),
    };
    match setting::Entity::insert(row).exec_without_returning(db).await {
        Ok(_) => Ok(value.to_owned()),
        Err(error) if classify(&error) == Class::Unique => {
            let stored = setting::Entity::find_by_id(name).one(db).await?;
            Ok(stored.map_or_else(|| value.to_owned(), |stored| stored.value))
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes the value of a setting, whatever it was.
pub async fn put(db: &impl ConnectionTrait, name: &str, value: &str) -> Result<()> {
    let row = setting::ActiveModel {
        name: Set(name.to_owned()),
        value: Set(value.to_owned()),
    };
    let on_conflict = OnConflict::column(setting::Column::Name)
        .update_column(setting::Column::Value)
        .to_owned();
    let insert = setting::Entity::insert(row).on_conflict(on_conflict);
    insert.exec_without_returning(db).await?;
    Ok(())
}
