//! The table `audit`: what happened to people and what they did, other than to the rows of a ledger. Only added to.

use crate::table::{NewTable, id, id_null};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string_len, string_len_null, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "audit")
            .col(id("id"))
            .instant("at")
            .col(id_null("user_id"))
            // No foreign key: what happened to a ledger is known for longer than the ledger.
            .col(id_null("ledger_id"))
            .col(id_null("actor_id"))
            .col(string_len("kind", 32))
            .col(string_len("client", 64))
            .col(string_len_null("address", 45))
            .col(text("detail"))
            .primary_key(&["id"])
            .index("user", &["user_id", "id"])
            .index("ledger", &["ledger_id", "id"])
            .foreign_key("user", &["user_id"], "user", &["id"])
            .create()
            .await
    }
}
