//! The table `import_row`: one row of a file, with what was thought of it.

use crate::table::{NewTable, id, id_null};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, string_len, text, text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "import_row")
            .col(id("ledger_id"))
            .col(id("import_id"))
            .col(integer("n"))
            .col(integer("line"))
            .col(string_len("verdict", 16))
            .col(text_null("reason"))
            .col(text("raw"))
            .col(text_null("draft"))
            // No foreign key: a purged expense leaves the history of its import as it was.
            .col(id_null("expense_id"))
            .primary_key(&["ledger_id", "import_id", "n"])
            .foreign_key(
                "import",
                &["ledger_id", "import_id"],
                "import",
                &["ledger_id", "id"],
            )
            .create()
            .await
    }
}
