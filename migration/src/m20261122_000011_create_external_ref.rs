//! The table `external_ref`: what was imported before, by the id the source gave it.

use crate::table::{NewTable, id};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::string_len;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "external_ref")
            .col(id("ledger_id"))
            // The account's id, or the nil id for none: a key cannot hold NULL.
            .col(id("account_key"))
            .col(string_len("external_id", 200))
            // No foreign key: it outlives the row, so that a purged expense is not imported again.
            .col(id("expense_id"))
            .primary_key(&["ledger_id", "account_key", "external_id"])
            // Found again by the source's own id alone: a row may have been in several accounts.
            .index("external_id", &["ledger_id", "external_id"])
            .of_ledger()
            .create()
            .await
    }
}
