//! The table `change_row`: what one change did to one row; a purge empties the images and keeps the rest.

use crate::table::{NewTable, id};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string_len};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "change_row")
            .col(id("ledger_id"))
            .col(big_integer("rev"))
            .col(integer("n"))
            .col(string_len("noun", 16))
            .col(id("row_id"))
            .long_text_null("before_image")
            .long_text_null("after_image")
            .primary_key(&["ledger_id", "rev", "n"])
            .index("row", &["ledger_id", "noun", "row_id", "rev"])
            .foreign_key("change", &["ledger_id", "rev"], "change", &["ledger_id", "rev"])
            .create()
            .await
    }
}
