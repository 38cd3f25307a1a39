//! The table `account`: what an expense was paid with.

use crate::table::{NewTable, id, id_null, live_name_while_live, one_of};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, string_len, string_len_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "account")
            .col(id("ledger_id"))
            .col(id("id"))
            .col(string_len("name", 100))
            .col(string_len("name_fold", 400))
            .col(string_len_null("live_name", 440))
            .col(string_len("kind", 8))
            .col(string_len_null("iban", 34))
            .col(string_len_null("acctid", 64))
            .col(string_len_null("card_ends", 64))
            .col(id_null("owner_id"))
            .col(boolean("is_archived"))
            .col(boolean("is_deleted"))
            .col(big_integer("version"))
            .instant("created_at")
            .instant("updated_at")
            .primary_key(&["ledger_id", "id"])
            .unique("live_name", &["ledger_id", "live_name"])
            .index("owner", &["ledger_id", "owner_id"])
            .of_ledger()
            .foreign_key(
                "owner",
                &["ledger_id", "owner_id"],
                "member",
                &["ledger_id", "user_id"],
            )
            .check(
                "kind",
                one_of("kind", &["cash", "card", "bank", "wallet", "other"]),
            )
            .check("live_name", live_name_while_live())
            .create()
            .await
    }
}
