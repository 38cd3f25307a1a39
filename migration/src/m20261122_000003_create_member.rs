//! The table `member`: a user in a ledger, with a role.

use crate::table::{NewTable, id, one_of};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string_len};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "member")
            .col(id("ledger_id"))
            .col(id("user_id"))
            .col(string_len("role", 8))
            .col(string_len("state", 8))
            .col(big_integer("version"))
            .instant("created_at")
            .instant("updated_at")
            .primary_key(&["ledger_id", "user_id"])
            .index("user", &["user_id"])
            .of_ledger()
            .foreign_key("user", &["user_id"], "user", &["id"])
            .check("role", one_of("role", &["owner", "editor", "adder", "viewer"]))
            .check("state", one_of("state", &["active", "invited", "removed"]))
            .create()
            .await
    }
}
