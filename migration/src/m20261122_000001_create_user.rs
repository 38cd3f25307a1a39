//! The table `user`: a person, or the one local owner, who has no password and never signs in from afar.

use crate::table::{NewTable, id, id_null};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, string_len, string_len_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "user")
            .col(id("id"))
            .col(string_len("name", 32))
            .col(string_len("display_name", 100))
            .col(string_len_null("password_hash", 255))
            .col(boolean("is_admin"))
            .col(boolean("is_disabled"))
            .col(string_len_null("timezone", 64))
            // No foreign key: the ledger points back here through its members, and may go away first.
            .col(id_null("default_ledger_id"))
            .col(big_integer("version"))
            .instant("created_at")
            .instant("updated_at")
            .primary_key(&["id"])
            .unique("name", &["name"])
            .create()
            .await
    }
}
