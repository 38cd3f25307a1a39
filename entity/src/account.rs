//! The table `account`: what an expense was paid with.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ledger_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub name_fold: String,
    pub live_name: Option<String>,
    pub kind: String,
    pub iban: Option<String>,
    pub acctid: Option<String>,
    pub card_ends: Option<String>,
    pub owner_id: Option<Uuid>,
    pub is_archived: bool,
    pub is_deleted: bool,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
