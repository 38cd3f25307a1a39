//! The table `expense`: the row everything is about. The amount is a positive count of minor units; `kind` carries the sign.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "expense")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ledger_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub spent_on: Date,
    pub amount_minor: i64,
    pub currency: String,
    pub kind: String,
    pub category_id: Option<Uuid>,
    pub account_id: Option<Uuid>,
    pub to_account_id: Option<Uuid>,
    pub payee_id: Option<Uuid>,
    pub note: Option<String>,
    pub note_fold: Option<String>,
    pub paid_by: Option<Uuid>,
    pub external_id: Option<String>,
    pub is_deleted: bool,
    pub deleted_at: Option<DateTimeUtc>,
    pub version: i64,
    pub created_by: Uuid,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
