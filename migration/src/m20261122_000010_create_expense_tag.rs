//! The table `expense_tag`: which tags an expense carries.

use crate::table::{NewTable, id};
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "expense_tag")
            .col(id("ledger_id"))
            .col(id("expense_id"))
            .col(id("tag_id"))
            .primary_key(&["ledger_id", "expense_id", "tag_id"])
            .index("tag", &["ledger_id", "tag_id", "expense_id"])
            .foreign_key(
                "expense",
                &["ledger_id", "expense_id"],
                "expense",
                &["ledger_id", "id"],
            )
            .foreign_key("tag", &["ledger_id", "tag_id"], "tag", &["ledger_id", "id"])
            .create()
            .await
    }
}
