//! The table `throttle`: how often something failed of late, counted for all servers of the database.

use crate::table::NewTable;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, string_len};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "throttle")
            .col(string_len("subject", 80))
            .col(integer("fails"))
            .instant("window_started_at")
            .instant_null("blocked_until")
            .primary_key(&["subject"])
            // Old rows are cleared away by it.
            .index("window", &["window_started_at"])
            .create()
            .await
    }
}
