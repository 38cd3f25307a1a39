//! The table `setting`: values that belong to this database, such as the key that signs cursors.

use crate::table::NewTable;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_len, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "setting")
            .col(string_len("name", 64))
            .col(text("value"))
            .primary_key(&["name"])
            .create()
            .await
    }
}
