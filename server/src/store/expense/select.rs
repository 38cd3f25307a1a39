//! Rows of expenses as they are read: one statement for an image with its names and tags. Which rows is said elsewhere.

use crate::db::Dialect;
use crate::error::{AppError, Result};
use crate::store::filter::SortKey;
use crate::store::image::{ExpenseImage, Named, currency, kind};
use crate::store::reach::Reach;
use api::date::Date;
use api::instant::Instant;
use entity::{category, expense, expense_tag, payee, tag};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

/// Between the tags of a row; no name may hold a control character.
const TAG_SEPARATOR: char = '\u{1f}';

pub(in crate::store) fn col(column: expense::Column) -> SimpleExpr {
    Expr::col((expense::Entity, column))
}

pub(super) fn sort_expr(key: SortKey) -> SimpleExpr {
    match key {
        SortKey::Date => col(expense::Column::SpentOn),
        SortKey::Amount => col(expense::Column::AmountMinor),
        SortKey::Created => col(expense::Column::CreatedAt),
        SortKey::Payee => Expr::col((payee::Entity, payee::Column::NameFold)).if_null(""),
        SortKey::Category => Expr::col((category::Entity, category::Column::NameFold)).if_null(""),
    }
}

pub(in crate::store) fn select_images(dialect: Dialect, reach: Reach) -> SelectStatement {
    use expense::Column as C;
    let ledger_id = reach.ledger_id();
    let mut select = Query::select();
    for column in [
        C::Id,
        C::SpentOn,
        C::AmountMinor,
        C::Currency,
        C::Kind,
        C::CategoryId,
        C::AccountId,
        C::ToAccountId,
        C::PayeeId,
        C::Note,
        C::PaidBy,
        C::ExternalId,
        C::Version,
        C::CreatedBy,
        C::CreatedAt,
        C::UpdatedAt,
        C::DeletedAt,
    ] {
        select.column((expense::Entity, column));
    }
    select.expr_as(Expr::col((payee::Entity, payee::Column::Name)), "payee_name");
    let mut tags = Query::select();
    tags.expr(Expr::cust(match dialect {
        Dialect::Sqlite => "group_concat(hex(tag.id) || tag.name, char(31))",
        Dialect::MySql => "GROUP_CONCAT(CONCAT(HEX(tag.id), tag.name) SEPARATOR '\u{1f}')",
    }));
    tags.from(expense_tag::Entity).inner_join(
        tag::Entity,
        Condition::all()
            .add(Expr::col((tag::Entity, tag::Column::LedgerId)).eq(ledger_id))
            .add(
                Expr::col((tag::Entity, tag::Column::Id))
                    .equals((expense_tag::Entity, expense_tag::Column::TagId)),
            ),
    );
    tags.and_where(Expr::col((expense_tag::Entity, expense_tag::Column::LedgerId)).eq(ledger_id));
    tags.and_where(
        Expr::col((expense_tag::Entity, expense_tag::Column::ExpenseId))
            .equals((expense::Entity, expense::Column::Id)),
    );
    select.expr_as(SimpleExpr::SubQuery(None, Box::new(tags.into())), "tag_list");
    select.from(expense::Entity).left_join(
        payee::Entity,
        Condition::all()
            .add(Expr::col((payee::Entity, payee::Column::LedgerId)).eq(ledger_id))
            .add(
                Expr::col((payee::Entity, payee::Column::Id))
                    .equals((expense::Entity, expense::Column::PayeeId)),
            ),
    );
    select.cond_where(reach.condition());
    select
}

pub(in crate::store) async fn images(
    db: &impl ConnectionTrait,
    select: &SelectStatement,
) -> Result<Vec<ExpenseImage>> {
    db.query_all(select).await?.iter().map(image).collect()
}

pub(super) fn image(row: &QueryResult) -> Result<ExpenseImage> {
    let instant = |name: &str| {
        row.try_get::<chrono::DateTime<chrono::Utc>>("", name)
            .map(Instant::new)
    };
    let payee_id: Option<Uuid> = row.try_get("", "payee_id")?;
    let payee_name: Option<String> = row.try_get("", "payee_name")?;
    let day = Date::from_naive(row.try_get("", "spent_on")?);
    Ok(ExpenseImage {
        id: row.try_get("", "id")?,
        date: day.ok_or_else(|| AppError::Internal("stored day is out of range".into()))?,
        amount_minor: row.try_get("", "amount_minor")?,
        currency: currency(&row.try_get::<String>("", "currency")?)?,
        kind: kind(&row.try_get::<String>("", "kind")?)?,
        category_id: row.try_get("", "category_id")?,
        account_id: row.try_get("", "account_id")?,
        to_account_id: row.try_get("", "to_account_id")?,
        payee: payee_id.zip(payee_name).map(|(id, name)| Named { name, id }),
        tags: tags(row.try_get::<Option<String>>("", "tag_list")?.as_deref()),
        note: row.try_get("", "note")?,
        paid_by: row.try_get("", "paid_by")?,
        external_id: row.try_get("", "external_id")?,
        version: row.try_get("", "version")?,
        created_by: row.try_get("", "created_by")?,
        created_at: instant("created_at")?,
        updated_at: instant("updated_at")?,
        deleted_at: row
            .try_get::<Option<chrono::DateTime<chrono::Utc>>>("", "deleted_at")?
            .map(Instant::new),
    })
}

/// Reads `<32 hex digits><name>` entries, sorted by name.
fn tags(list: Option<&str>) -> Vec<Named> {
    let entry = |text: &str| {
        let (id, name) = text.split_at_checked(32)?;
        Some(Named {
            name: name.to_owned(),
            id: Uuid::try_parse(id).ok()?,
        })
    };
    let mut tags: Vec<Named> = list
        .unwrap_or_default()
        .split(TAG_SEPARATOR)
        .filter_map(entry)
        .collect();
    tags.sort();
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_list_of_a_row_is_read_sorted_and_without_loss() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let list = format!("{:X}trip, long\u{1f}{:X}Äpfel", b.simple(), a.simple());
        let tags = tags(Some(&list));
        assert_eq!(
            tags.iter()
                .map(|tag| (tag.id, tag.name.as_str()))
                .collect::<Vec<_>>(),
            [(b, "trip, long"), (a, "Äpfel")]
        );
        assert!(super::tags(None).is_empty());
    }
}
