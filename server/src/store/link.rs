//! How expenses point to the entries of the dictionaries: who uses an entry, and how often.

use super::expense::{col, images, select_images};
use super::filter::tagged;
use super::image::ExpenseImage;
use super::reach::Reach;
use crate::db::Dialect;
use crate::error::{AppError, Result};
use entity::{expense, expense_tag};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Order as SqlOrder, Query};
use std::collections::HashMap;
use uuid::Uuid;

/// A way in which an expense points to a dictionary entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Link {
    /// Its category.
    Category,
    /// The account it was paid with.
    Account,
    /// The account a transfer went to.
    ToAccount,
    /// Its payee.
    Payee,
    /// One of its tags.
    Tag,
}

impl Link {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Category,
        Self::Account,
        Self::ToAccount,
        Self::Payee,
        Self::Tag,
    ];

    fn column(self) -> Option<expense::Column> {
        match self {
            Self::Category => Some(expense::Column::CategoryId),
            Self::Account => Some(expense::Column::AccountId),
            Self::ToAccount => Some(expense::Column::ToAccountId),
            Self::Payee => Some(expense::Column::PayeeId),
            Self::Tag => None,
        }
    }
}

/// How many live rows point to a dictionary entry in any of those ways.
pub async fn count_linked(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    links: &[Link],
    id: Uuid,
) -> Result<u64> {
    let mut select = Query::select();
    select.expr(Expr::cust("COUNT(*)")).from(expense::Entity);
    let mut any = Condition::any();
    for link in links {
        any = any.add(match link.column() {
            Some(column) => col(column).eq(id),
            None => tagged(ledger_id, Some(&[id])),
        });
    }
    select.and_where(col(expense::Column::LedgerId).eq(ledger_id));
    select
        .and_where(col(expense::Column::IsDeleted).eq(false))
        .cond_where(any);
    let row = db
        .query_one(&select)
        .await?
        .ok_or_else(|| AppError::Internal("no count".into()))?;
    Ok(u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0))
}

/// How many rows, deleted ones too, point to any of some entries; one that points to two of them counts twice.
pub async fn count_all(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    links: &[Link],
    ids: &[Uuid],
) -> Result<i64> {
    let mut count = 0;
    for link in links {
        let mut select = Query::select();
        select.expr(Expr::cust("COUNT(*)"));
        if let Some(column) = link.column() {
            select
                .from(expense::Entity)
                .and_where(col(expense::Column::LedgerId).eq(ledger_id))
                .and_where(col(column).is_in(ids.iter().copied()));
        } else {
            let of_link = |column| Expr::col((expense_tag::Entity, column));
            select
                .from(expense_tag::Entity)
                .and_where(of_link(expense_tag::Column::LedgerId).eq(ledger_id))
                .and_where(of_link(expense_tag::Column::TagId).is_in(ids.iter().copied()));
        }
        let row = db.query_one(&select).await?;
        let row = row.ok_or_else(|| AppError::Internal("no count".into()))?;
        count += row.try_get_by_index::<i64>(0)?;
    }
    Ok(count)
}

/// Some of the rows, deleted ones too, that point to a dictionary entry in that way; in the order of the index that
/// finds them, so that no call reads more than it yields.
pub async fn linked(
    db: &impl ConnectionTrait,
    dialect: Dialect,
    ledger_id: Uuid,
    link: Link,
    id: Uuid,
    limit: u64,
) -> Result<Vec<ExpenseImage>> {
    let mut select = select_images(dialect, Reach::whole(ledger_id));
    if let Some(column) = link.column() {
        select.and_where(col(column).eq(id));
        for column in [
            expense::Column::IsDeleted,
            expense::Column::SpentOn,
            expense::Column::Id,
        ] {
            select.order_by((expense::Entity, column), SqlOrder::Asc);
        }
    } else {
        let of_link = |column| Expr::col((Alias::new("link"), column));
        let is_theirs = Condition::all()
            .add(of_link(expense_tag::Column::LedgerId).eq(ledger_id))
            .add(of_link(expense_tag::Column::ExpenseId).equals((expense::Entity, expense::Column::Id)));
        select.join_as(JoinType::InnerJoin, expense_tag::Entity, "link", is_theirs);
        select.and_where(of_link(expense_tag::Column::TagId).eq(id));
        select.order_by(
            (Alias::new("link"), expense_tag::Column::ExpenseId),
            SqlOrder::Asc,
        );
    }
    select.limit(limit);
    images(db, &select).await
}

/// How many live rows point in that way to each of some entries; those that none points to are left out.
pub async fn count_each(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    link: Link,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, i64>> {
    let mut counts = HashMap::new();
    for some in ids.chunks(500) {
        let mut select = Query::select();
        let key = if let Some(column) = link.column() {
            select.from(expense::Entity);
            (Alias::new("expense"), Alias::new(column_name(column)))
        } else {
            let is_theirs = Condition::all()
                .add(
                    Expr::col((expense_tag::Entity, expense_tag::Column::LedgerId))
                        .equals((expense::Entity, expense::Column::LedgerId)),
                )
                .add(
                    Expr::col((expense_tag::Entity, expense_tag::Column::ExpenseId))
                        .equals((expense::Entity, expense::Column::Id)),
                );
            select
                .from(expense_tag::Entity)
                .inner_join(expense::Entity, is_theirs);
            (Alias::new("expense_tag"), Alias::new("tag_id"))
        };
        select
            .column(key.clone())
            .expr(Expr::cust("COUNT(*)"))
            .and_where(col(expense::Column::LedgerId).eq(ledger_id))
            .and_where(col(expense::Column::IsDeleted).eq(false))
            .and_where(Expr::col(key.clone()).is_in(some.iter().copied()))
            .group_by_col(key);
        for row in db.query_all(&select).await? {
            counts.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        }
    }
    Ok(counts)
}

fn column_name(column: expense::Column) -> String {
    use sea_orm::IdenStatic;
    column.as_str().to_owned()
}
