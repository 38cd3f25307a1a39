//! The table `change`: the one log: who changed a ledger, numbered without gaps.

use crate::table::{NewTable, id};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary_len, string_len, string_len_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "change")
            .col(id("ledger_id"))
            .col(big_integer("rev"))
            .col(id("op_id"))
            .col(id("user_id"))
            .col(string_len("idempotency_key", 64))
            .col(binary_len("request_hash", 32))
            .col(string_len("client", 64))
            .col(string_len("kind", 32))
            .instant("at")
            // How many rows it changed, and the names beside them, where it has more of them than are counted when it is
            // told: an operation of a million rows is told in one look.
            .col(big_integer_null("row_count"))
            .col(string_len_null("name_counts", 255))
            .primary_key(&["ledger_id", "rev"])
            // A request sent again finds its first answer by this key.
            .unique("idempotency_key", &["user_id", "idempotency_key"])
            .index("op", &["ledger_id", "op_id"])
            .of_ledger()
            .foreign_key("user", &["user_id"], "user", &["id"])
            .create()
            .await
    }
}
