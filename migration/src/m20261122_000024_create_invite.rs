//! The table `invite`: a code that makes somebody a member of a ledger, known only by its hash.

use crate::table::{NewTable, id, id_null, one_of};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary_len, string_len, string_len_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "invite")
            .col(id("ledger_id"))
            .col(id("id"))
            .col(binary_len("hash", 32))
            .col(string_len("role", 8))
            .col(string_len_null("user_name", 32))
            .col(id("created_by"))
            .instant("created_at")
            .instant("expires_at")
            .instant_null("used_at")
            .col(id_null("used_by"))
            .instant_null("revoked_at")
            .primary_key(&["ledger_id", "id"])
            .unique("hash", &["hash"])
            .of_ledger()
            .foreign_key("created_by", &["created_by"], "user", &["id"])
            .foreign_key("used_by", &["used_by"], "user", &["id"])
            .check("role", one_of("role", &["owner", "editor", "adder", "viewer"]))
            .create()
            .await
    }
}
