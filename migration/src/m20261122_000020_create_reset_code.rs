//! The table `reset_code`: a code that lets somebody choose a new password once, known only by its hash.

use crate::table::{NewTable, id};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary_len, string_len};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "reset_code")
            .col(id("id"))
            .col(id("user_id"))
            .col(binary_len("hash", 32))
            .col(string_len("purpose", 16))
            .instant("created_at")
            .instant("expires_at")
            .instant_null("used_at")
            .primary_key(&["id"])
            .unique("hash", &["hash"])
            .index("user", &["user_id"])
            .foreign_key("user", &["user_id"], "user", &["id"])
            .create()
            .await
    }
}
