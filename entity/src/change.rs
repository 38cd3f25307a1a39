//! The table `change`: the one log: who changed a ledger, numbered without gaps.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ledger_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub rev: i64,
    pub op_id: Uuid,
    pub user_id: Uuid,
    pub idempotency_key: String,
    pub request_hash: Vec<u8>,
    pub client: String,
    pub kind: String,
    pub at: DateTimeUtc,
    pub row_count: Option<i64>,
    pub name_counts: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
