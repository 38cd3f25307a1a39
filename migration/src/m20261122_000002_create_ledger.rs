//! The table `ledger`: one set of books; `rev` numbers its changes, `epoch` is renewed by a restore.

use crate::table::{NewTable, id};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, char_len, small_integer, string_len};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "ledger")
            .col(id("id"))
            .col(string_len("name", 100))
            .col(char_len("base_currency", 3))
            .col(small_integer("month_start_day"))
            .col(small_integer("week_start"))
            .col(big_integer("rev"))
            .col(id("epoch"))
            .col(big_integer("version"))
            .instant("created_at")
            .instant("updated_at")
            .primary_key(&["id"])
            .check("month_start_day", Expr::col("month_start_day").between(1, 31))
            .check("week_start", Expr::col("week_start").between(1, 7))
            .check("rev", Expr::col("rev").gte(0))
            .create()
            .await
    }
}
