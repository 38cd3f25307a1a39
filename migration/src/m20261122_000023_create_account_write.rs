//! The table `account_write`: the keys of writes beside the ledgers, so that each happens once.

use crate::table::{NewTable, id};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary_len, string_len};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "account_write")
            .col(id("user_id"))
            .col(string_len("idempotency_key", 64))
            .col(binary_len("request_hash", 32))
            .col(string_len("kind", 32))
            .instant("at")
            .primary_key(&["user_id", "idempotency_key"])
            .foreign_key("user", &["user_id"], "user", &["id"])
            .create()
            .await
    }
}
