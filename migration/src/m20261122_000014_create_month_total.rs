//! The table `month_total`: sums by month, category, kind and currency, kept equal to the rows.

use crate::table::{NewTable, id, one_of};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, char_len, string_len};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "month_total")
            .col(id("ledger_id"))
            .col(char_len("month", 7))
            // The category's id, or the nil id for none: a key cannot hold NULL.
            .col(id("category_key"))
            .col(string_len("kind", 8))
            .col(char_len("currency", 3))
            .col(big_integer("sum_minor"))
            .col(big_integer("count"))
            .primary_key(&["ledger_id", "month", "category_key", "kind", "currency"])
            .of_ledger()
            .check(
                "kind",
                one_of("kind", &["expense", "refund", "income", "transfer"]),
            )
            .create()
            .await
    }
}
