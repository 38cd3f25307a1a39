//! The table `import`: a file that was read, before and after its rows became expenses.

use crate::table::{NewTable, id, id_null};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string_len, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "import")
            .col(id("ledger_id"))
            .col(id("id"))
            .col(string_len("state", 12))
            .col(string_len("file_name", 200))
            .col(string_len("format", 16))
            .col(text("options"))
            .col(id_null("op_id"))
            .col(big_integer("row_count"))
            .col(id("created_by"))
            .col(big_integer("version"))
            .instant("created_at")
            .instant("updated_at")
            .primary_key(&["ledger_id", "id"])
            .index("created_by", &["created_by"])
            .of_ledger()
            .foreign_key("created_by", &["created_by"], "user", &["id"])
            .create()
            .await
    }
}
