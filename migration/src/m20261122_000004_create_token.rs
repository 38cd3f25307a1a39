//! The table `token`: a session or an API token, known only by its hash.

use crate::table::{NewTable, id, id_null, one_of};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{binary_len, string_len, text_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "token")
            .col(id("id"))
            .col(id("user_id"))
            .col(binary_len("hash", 32))
            .col(string_len("kind", 8))
            .col(string_len("name", 100))
            .col(string_len("scopes", 100))
            .col(text_null("ledger_ids"))
            .instant("created_at")
            .instant_null("expires_at")
            .instant_null("last_used_at")
            .instant_null("revoked_at")
            .col(id_null("made_by_token"))
            .instant_null("confirmed_until")
            .primary_key(&["id"])
            .unique("hash", &["hash"])
            .index("user", &["user_id"])
            .index("made_by_token", &["made_by_token"])
            .foreign_key("user", &["user_id"], "user", &["id"])
            .foreign_key("made_by_token", &["made_by_token"], "token", &["id"])
            .check("kind", one_of("kind", &["session", "api"]))
            .create()
            .await
    }
}
