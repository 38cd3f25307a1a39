//! The table `undo`: which operation takes back which, so that each is taken back once and an undo can be undone.

use crate::table::{NewTable, id};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "undo")
            .col(id("ledger_id"))
            .col(id("op_id"))
            .col(id("undoes_op_id"))
            // True once this undo was taken back itself: what it undid holds again.
            .col(boolean("is_undone"))
            .primary_key(&["ledger_id", "op_id"])
            .index("undoes", &["ledger_id", "undoes_op_id"])
            .of_ledger()
            .create()
            .await
    }
}
