//! The table `expense`: the row everything is about. The amount is a positive count of minor units; `kind` carries the sign.

use crate::table::{NewTable, deleted_at_when_deleted, id, id_null, one_of};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, char_len, date, string_len, string_len_null, text_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        NewTable::named(manager, "expense")
            .col(id("ledger_id"))
            .col(id("id"))
            .col(date("spent_on"))
            .col(big_integer("amount_minor"))
            .col(char_len("currency", 3))
            .col(string_len("kind", 8))
            .col(id_null("category_id"))
            .col(id_null("account_id"))
            .col(id_null("to_account_id"))
            .col(id_null("payee_id"))
            .col(string_len_null("note", 2000))
            .col(text_null("note_fold"))
            .col(id_null("paid_by"))
            .col(string_len_null("external_id", 200))
            .col(boolean("is_deleted"))
            .instant_null("deleted_at")
            .col(big_integer("version"))
            .col(id("created_by"))
            .instant("created_at")
            .instant("updated_at")
            .primary_key(&["ledger_id", "id"])
            // Lists in date order and every report read this index alone, never the table.
            .index(
                "cover",
                &[
                    "ledger_id",
                    "is_deleted",
                    "spent_on",
                    "id",
                    "category_id",
                    "account_id",
                    "kind",
                    "currency",
                    "amount_minor",
                ],
            )
            // One for each foreign key, in the order a filtered list is read; MySQL would make its own otherwise.
            .index(
                "category",
                &["ledger_id", "category_id", "is_deleted", "spent_on", "id"],
            )
            .index(
                "account",
                &["ledger_id", "account_id", "is_deleted", "spent_on", "id"],
            )
            .index(
                "to_account",
                &["ledger_id", "to_account_id", "is_deleted", "spent_on", "id"],
            )
            .index(
                "payee",
                &["ledger_id", "payee_id", "is_deleted", "spent_on", "id"],
            )
            .index(
                "paid_by",
                &["ledger_id", "paid_by", "is_deleted", "spent_on", "id"],
            )
            .index("created_by", &["created_by"])
            .of_ledger()
            .foreign_key(
                "category",
                &["ledger_id", "category_id"],
                "category",
                &["ledger_id", "id"],
            )
            .foreign_key(
                "account",
                &["ledger_id", "account_id"],
                "account",
                &["ledger_id", "id"],
            )
            .foreign_key(
                "to_account",
                &["ledger_id", "to_account_id"],
                "account",
                &["ledger_id", "id"],
            )
            .foreign_key("payee", &["ledger_id", "payee_id"], "payee", &["ledger_id", "id"])
            .foreign_key(
                "paid_by",
                &["ledger_id", "paid_by"],
                "member",
                &["ledger_id", "user_id"],
            )
            .foreign_key("created_by", &["created_by"], "user", &["id"])
            .check(
                "amount_minor",
                Expr::col("amount_minor").between(1, 999_999_999_999_i64),
            )
            .check(
                "kind",
                one_of("kind", &["expense", "refund", "income", "transfer"]),
            )
            .check(
                "to_account",
                Expr::col("to_account_id")
                    .is_null()
                    .or(Expr::col("kind").eq("transfer")),
            )
            .check("deleted_at", deleted_at_when_deleted())
            .create()
            .await
    }
}
