//! The table `tag`: a free word on expenses; made on use.

use crate::table::{NewTable, id, live_name_while_live};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, string_len, string_len_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "tag")
            .col(id("ledger_id"))
            .col(id("id"))
            .col(string_len("name", 100))
            .col(string_len("name_fold", 400))
            .col(string_len_null("live_name", 440))
            .col(boolean("is_archived"))
            .col(boolean("is_deleted"))
            .col(big_integer("version"))
            .instant("created_at")
            .instant("updated_at")
            .primary_key(&["ledger_id", "id"])
            .unique("live_name", &["ledger_id", "live_name"])
            // For word prefixes: tombstones are found here too, by what still points at them.
            .index("name_fold", &["ledger_id", "name_fold"])
            .of_ledger()
            .check("live_name", live_name_while_live())
            .create()
            .await
    }
}
