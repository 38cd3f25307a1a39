//! The schema, step by step, the same source for SQLite and for MySQL and MariaDB.
//! A landed step is never edited: a change is a new step at the end. A step defines its tables itself and never looks
//! at the models, which show only today's tables. On MySQL nothing rolls a table back, so every step can run again.

#![expect(
    elided_lifetimes_in_paths,
    reason = "`MigrationTrait::up` can only be written as it is declared"
)]

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{DbBackend, Statement};

mod m20261122_000001_create_user;
mod m20261122_000002_create_ledger;
mod m20261122_000003_create_member;
mod m20261122_000004_create_token;
mod m20261122_000005_create_category;
mod m20261122_000006_create_account;
mod m20261122_000007_create_payee;
mod m20261122_000008_create_tag;
mod m20261122_000009_create_expense;
mod m20261122_000010_create_expense_tag;
mod m20261122_000011_create_external_ref;
mod m20261122_000012_create_change;
mod m20261122_000013_create_change_row;
mod m20261122_000014_create_month_total;
mod m20261122_000015_create_import;
mod m20261122_000016_create_import_row;
mod m20261122_000017_create_operation;
mod m20261122_000018_create_setting;
mod m20261122_000019_seed_local_owner;
mod m20261122_000020_create_reset_code;
mod m20261122_000021_create_throttle;
mod m20261122_000022_create_audit;
mod m20261122_000023_create_account_write;
mod m20261122_000024_create_invite;
mod m20261122_000025_create_undo;
mod table;

pub use sea_orm_migration::MigratorTrait;

/// Whether the database has this table, asked without making anything.
pub async fn has_table(db: &impl ConnectionTrait, table: &str) -> Result<bool, DbErr> {
    let probe = match db.get_database_backend() {
        DbBackend::MySql => {
            "SELECT COUNT(*) AS n FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_name = ?"
        }
        _ => "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = ?",
    };
    let probe = Statement::from_sql_and_values(db.get_database_backend(), probe, [table.into()]);
    let row = db.query_one_raw(probe).await?;
    Ok(row
        .map(|row| row.try_get::<i64>("", "n"))
        .transpose()?
        .unwrap_or(0)
        > 0)
}

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_create_user::Migration),
            Box::new(m20261122_000002_create_ledger::Migration),
            Box::new(m20261122_000003_create_member::Migration),
            Box::new(m20261122_000004_create_token::Migration),
            Box::new(m20261122_000005_create_category::Migration),
            Box::new(m20261122_000006_create_account::Migration),
            Box::new(m20261122_000007_create_payee::Migration),
            Box::new(m20261122_000008_create_tag::Migration),
            Box::new(m20261122_000009_create_expense::Migration),
            Box::new(m20261122_000010_create_expense_tag::Migration),
            Box::new(m20261122_000011_create_external_ref::Migration),
            Box::new(m20261122_000012_create_change::Migration),
            Box::new(m20261122_000013_create_change_row::Migration),
            Box::new(m20261122_000014_create_month_total::Migration),
            Box::new(m20261122_000015_create_import::Migration),
            Box::new(m20261122_000016_create_import_row::Migration),
            Box::new(m20261122_000017_create_operation::Migration),
            Box::new(m20261122_000018_create_setting::Migration),
            Box::new(m20261122_000019_seed_local_owner::Migration),
            Box::new(m20261122_000020_create_reset_code::Migration),
            Box::new(m20261122_000021_create_throttle::Migration),
            Box::new(m20261122_000022_create_audit::Migration),
            Box::new(m20261122_000023_create_account_write::Migration),
            Box::new(m20261122_000024_create_invite::Migration),
            Box::new(m20261122_000025_create_undo::Migration),
        ]
    }
}
