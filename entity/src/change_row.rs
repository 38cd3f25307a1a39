//! The table `change_row`: what one change did to one row; a purge empties the images and keeps the rest.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ledger_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub rev: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub n: i32,
    pub noun: String,
    pub row_id: Uuid,
    pub before_image: Option<String>,
    pub after_image: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
