//! The table `category`: what money was spent on, at most two levels deep.

use crate::table::{NewTable, id, id_null, live_name_while_live};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, string_len, string_len_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "category")
            .col(id("ledger_id"))
            .col(id("id"))
            .col(string_len("name", 100))
            .col(string_len("name_fold", 400))
            // `<parent id in hex, or nothing>:<folded name>`: siblings differ, cousins may share a name.
            .col(string_len_null("live_name", 440))
            .col(id_null("parent_id"))
            .col(boolean("is_archived"))
            .col(boolean("is_deleted"))
            .col(big_integer("version"))
            .instant("created_at")
            .instant("updated_at")
            .primary_key(&["ledger_id", "id"])
            .unique("live_name", &["ledger_id", "live_name"])
            .index("parent", &["ledger_id", "parent_id"])
            .of_ledger()
            .foreign_key(
                "parent",
                &["ledger_id", "parent_id"],
                "category",
                &["ledger_id", "id"],
            )
            .check("live_name", live_name_while_live())
            .create()
            .await
    }
}
