//! Sums for reports, read through the covering index: grouped in SQL, exact in integers. No rules about shares or order.

use super::filter::Filter;
use super::image::{currency, kind};
use crate::error::{AppError, Result};
use api::currency::Currency;
use api::date::Date;
use api::expense::Kind;
use entity::{expense, expense_tag};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, Query, SimpleExpr};
use uuid::Uuid;

/// What rows are grouped by, beside kind and currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// Nothing.
    All,
    /// The category's own rows.
    Category,
    /// The account paid with.
    Account,
    /// The payee.
    Payee,
    /// Each tag; a row with two counts in both.
    Tag,
    /// The day.
    Day,
}

/// The group a sum belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// All rows.
    All,
    /// Rows with that id, or with none.
    Id(Option<Uuid>),
    /// Rows of that day.
    Day(Date),
}

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// What it sums.
    pub group: Group,
    /// Of which kind.
    pub kind: Kind,
    /// In which currency.
    pub currency: Currency,
    /// The sum, in minor units.
    pub minor: i64,
    /// Of how many rows.
    pub count: u64,
    /// The first day summed.
    pub first: Date,
    /// The last day summed.
    pub last: Date,
}

/// Sums the rows that pass a filter, in one statement.
pub async fn sums(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    filter: &Filter,
    by: GroupBy,
) -> Result<Vec<Sum>> {
    let col = |column| SimpleExpr::from(Expr::col((expense::Entity, column)));
    let mut select = Query::select();
    select
        .from(expense::Entity)
        .cond_where(filter.condition(ledger_id));
    let group = match by {
        GroupBy::All => None,
        GroupBy::Category => Some(col(expense::Column::CategoryId)),
        GroupBy::Account => Some(col(expense::Column::AccountId)),
        GroupBy::Payee => Some(col(expense::Column::PayeeId)),
        GroupBy::Day => Some(col(expense::Column::SpentOn)),
        GroupBy::Tag => {
            select.left_join(
                expense_tag::Entity,
                Condition::all()
                    .add(Expr::col((expense_tag::Entity, expense_tag::Column::LedgerId)).eq(ledger_id))
                    .add(
                        Expr::col((expense_tag::Entity, expense_tag::Column::ExpenseId))
                            .equals((expense::Entity, expense::Column::Id)),
                    ),
            );
            Some(Expr::col((expense_tag::Entity, expense_tag::Column::TagId)).into())
        }
    };
    if let Some(group) = &group {
        select
            .expr_as(group.clone(), "grouped")
            .add_group_by([group.clone()]);
    }
    select
        .expr_as(col(expense::Column::Kind), "kind")
        .expr_as(col(expense::Column::Currency), "currency");
    select.add_group_by([col(expense::Column::Kind), col(expense::Column::Currency)]);
    select.expr_as(sum_of(col(expense::Column::AmountMinor)), "minor");
    select.expr_as(Expr::cust("COUNT(*)"), "n");
    select
        .expr_as(col(expense::Column::SpentOn).min(), "first")
        .expr_as(col(expense::Column::SpentOn).max(), "last");
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let day = |name: &str| {
                Date::from_naive(row.try_get("", name)?)
                    .ok_or_else(|| AppError::Internal("stored day is out of range".into()))
            };
            Ok(Sum {
                group: match by {
                    GroupBy::All => Group::All,
                    GroupBy::Day => Group::Day(day("grouped")?),
                    _ => Group::Id(row.try_get("", "grouped")?),
                },
                kind: kind(&row.try_get::<String>("", "kind")?)?,
                currency: currency(&row.try_get::<String>("", "currency")?)?,
                minor: row.try_get("", "minor")?,
                count: u64::try_from(row.try_get::<i64>("", "n")?).unwrap_or(0),
                first: day("first")?,
                last: day("last")?,
            })
        })
        .collect()
}

/// The one way to sum: a plain SUM is a DECIMAL on MySQL and fails to be read as an integer.
fn sum_of(column: SimpleExpr) -> SimpleExpr {
    column.sum().cast_as(Alias::new("SIGNED"))
}
