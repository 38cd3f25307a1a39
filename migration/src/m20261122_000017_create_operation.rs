//! The table `operation`: long work of many changes, taken up again after a crash.

use crate::table::{NewTable, id};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary_len, string_len};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "operation")
            .col(id("ledger_id"))
            .col(id("id"))
            .col(string_len("kind", 32))
            .long_text("args")
            .col(string_len("state", 12))
            .col(big_integer("done"))
            .col(big_integer("total"))
            .col(id("user_id"))
            .col(string_len("client", 64))
            .col(string_len("idempotency_key", 64))
            .col(binary_len("request_hash", 32))
            .instant("created_at")
            .instant("updated_at")
            .primary_key(&["ledger_id", "id"])
            .unique("idempotency_key", &["user_id", "idempotency_key"])
            // What is under way: asked for with every command, and by whoever starts.
            .index("state", &["state", "ledger_id"])
            .of_ledger()
            .foreign_key("user", &["user_id"], "user", &["id"])
            .create()
            .await
    }
}
