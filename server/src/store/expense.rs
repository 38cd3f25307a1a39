//! Expenses: which rows are read, and writing them with their links. What is read of a row is in `select`.

mod relink;
mod select;

pub(super) use select::{col, images, select_images};
use select::{image, sort_expr};

use super::external_ref;
use super::filter::{Filter, Keyset, Order, SortKey};
use super::image::ExpenseImage;
use super::noun::{Expenses, Noun, to_value};
use super::reach::Reach;
use crate::db::{Class, Dialect, Unit, classify};
use crate::error::{AppError, Result};
use api::date::Date;
use api::expense::Expense;
use api::instant::Instant;
use api::money::Amount;
use api::problem::Code;
use api::text::fold;
use entity::{category, expense, expense_tag};
use relink::Relink;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Order as SqlOrder, Query, SimpleExpr};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, Unchanged,
};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The rows with those ids, deleted ones too.
pub async fn find(
    db: &impl ConnectionTrait,
    dialect: Dialect,
    reach: Reach,
    ids: &[Uuid],
) -> Result<Vec<ExpenseImage>> {
    let mut select = select_images(dialect, reach);
    select.and_where(col(expense::Column::Id).is_in(ids.iter().copied()));
    images(db, &select).await
}

/// All live rows of a day, in the order they were recorded, at most `limit`.
pub async fn of_day(
    db: &impl ConnectionTrait,
    dialect: Dialect,
    ledger_id: Uuid,
    day: Date,
    limit: u64,
) -> Result<Vec<ExpenseImage>> {
    let mut select = select_images(dialect, Reach::whole(ledger_id));
    select.and_where(col(expense::Column::IsDeleted).eq(false));
    select.and_where(col(expense::Column::SpentOn).eq(day.naive()));
    select
        .order_by((expense::Entity, expense::Column::Id), SqlOrder::Asc)
        .limit(limit);
    images(db, &select).await
}

/// Rows that were deleted before a moment.
pub async fn expired(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    before: Instant,
    limit: u64,
) -> Result<Vec<Uuid>> {
    Ok(expense::Entity::find()
        .select_only()
        .column(expense::Column::Id)
        .filter(expense::Column::LedgerId.eq(ledger_id))
        .filter(expense::Column::IsDeleted.eq(true))
        .filter(expense::Column::DeletedAt.lt(before.utc()))
        .order_by_asc(expense::Column::SpentOn)
        .order_by_asc(expense::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// Removes tombstones for good.
pub async fn remove(unit: &Unit, ids: &[Uuid]) -> Result<()> {
    expense_tag::Entity::delete_many()
        .filter(expense_tag::Column::LedgerId.eq(unit.ledger_id))
        .filter(expense_tag::Column::ExpenseId.is_in(ids.iter().copied()))
        .exec(&unit.tx)
        .await?;
    expense::Entity::delete_many()
        .filter(expense::Column::LedgerId.eq(unit.ledger_id))
        .filter(expense::Column::Id.is_in(ids.iter().copied()))
        .filter(expense::Column::IsDeleted.eq(true))
        .exec(&unit.tx)
        .await?;
    Ok(())
}

/// A page of the rows that pass a filter, in order, after a key.
pub async fn list(
    db: &impl ConnectionTrait,
    dialect: Dialect,
    reach: Reach,
    filter: &Filter,
    order: Order,
    after: Option<&Keyset>,
    limit: u64,
) -> Result<Vec<(ExpenseImage, Keyset)>> {
    let ledger_id = reach.ledger_id();
    let mut select = select_images(dialect, reach);
    select.cond_where(filter.condition(ledger_id));
    let key = sort_expr(order.key);
    let id = || SimpleExpr::from(col(expense::Column::Id));
    if order.key != SortKey::Date {
        select.expr_as(key.clone(), "sort_key");
    }
    if matches!(order.key, SortKey::Category) {
        select.left_join(
            category::Entity,
            Condition::all()
                .add(Expr::col((category::Entity, category::Column::LedgerId)).eq(ledger_id))
                .add(
                    Expr::col((category::Entity, category::Column::Id))
                        .equals((expense::Entity, expense::Column::CategoryId)),
                ),
        );
    }
    if let Some(after) = after {
        let value = || after.value();
        // Exactly this form: a comparison of tuples reads the whole ledger.
        let (past, later) = if order.is_descending {
            (key.clone().lt(value()), id().lt(after.id))
        } else {
            (key.clone().gt(value()), id().gt(after.id))
        };
        select.cond_where(
            Condition::any()
                .add(past)
                .add(Condition::all().add(key.clone().eq(value())).add(later)),
        );
    }
    let direction = if order.is_descending {
        SqlOrder::Desc
    } else {
        SqlOrder::Asc
    };
    select.order_by_expr(key, direction.clone());
    select
        .order_by((expense::Entity, expense::Column::Id), direction)
        .limit(limit);
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let image = image(row)?;
            let key = Keyset::of(&image, order.key, row)?;
            Ok((image, key))
        })
        .collect()
}

/// How many rows pass a filter, counted no further than `most`.
pub async fn count(db: &impl ConnectionTrait, reach: Reach, filter: &Filter, most: u64) -> Result<u64> {
    let mut inner = Query::select();
    inner.expr(Expr::val(1)).from(expense::Entity).limit(most);
    inner.cond_where(reach.condition());
    inner.cond_where(filter.condition(reach.ledger_id()));
    let mut select = Query::select();
    select
        .expr(Expr::cust("COUNT(*)"))
        .from_subquery(inner, "counted");
    let row = db
        .query_one(&select)
        .await?
        .ok_or_else(|| AppError::Internal("no count".into()))?;
    Ok(u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0))
}

fn row_of(unit: &Unit, image: &ExpenseImage) -> expense::ActiveModel {
    expense::ActiveModel {
        ledger_id: Unchanged(unit.ledger_id),
        id: Unchanged(image.id),
        spent_on: Set(image.date.naive()),
        amount_minor: Set(image.amount_minor),
        currency: Set(image.currency.code().to_owned()),
        kind: Set(image.kind.as_str().to_owned()),
        category_id: Set(image.category_id),
        account_id: Set(image.account_id),
        to_account_id: Set(image.to_account_id),
        payee_id: Set(image.payee.as_ref().map(|payee| payee.id)),
        note: Set(image.note.clone()),
        note_fold: Set(image.note.as_deref().map(fold)),
        paid_by: Set(image.paid_by),
        external_id: Set(image.external_id.clone()),
        is_deleted: Set(image.deleted_at.is_some()),
        deleted_at: Set(image.deleted_at.map(Instant::utc)),
        version: Set(image.version),
        updated_at: Set(image.updated_at.utc()),
        ..Default::default()
    }
}

impl Noun for Expenses {
    const NAME: &'static str = "expense";
    type Image = ExpenseImage;

    fn id(image: &ExpenseImage) -> Uuid {
        image.id
    }

    fn version(image: &ExpenseImage) -> i64 {
        image.version
    }

    fn is_deleted(image: &ExpenseImage) -> bool {
        image.deleted_at.is_some()
    }

    fn label(image: &ExpenseImage) -> String {
        let amount = Amount::from_minor(image.amount_minor, image.currency);
        let what = image.payee.as_ref().map(|payee| payee.name.as_str());
        let what = what.or(image.note.as_deref().and_then(|note| note.lines().next()));
        match what {
            Some(what) => format!("{amount} {} {what}", image.currency),
            None => format!("{amount} {}", image.currency),
        }
    }

    fn wire(image: ExpenseImage) -> Result<Value> {
        to_value(&Expense::from(image))
    }

    async fn insert(unit: &Unit, images: &[&ExpenseImage]) -> Result<()> {
        let rows = images.iter().map(|image| expense::ActiveModel {
            ledger_id: Set(unit.ledger_id),
            id: Set(image.id),
            created_by: Set(image.created_by),
            created_at: Set(image.created_at.utc()),
            ..row_of(unit, image)
        });
        if let Err(error) = expense::Entity::insert_many(rows)
            .exec_without_returning(&unit.tx)
            .await
        {
            return Err(match classify(&error) {
                Class::Unique => {
                    AppError::refuse(Code::IdTaken, "Something else has this id. Draw a new one")
                }
                _ => error.into(),
            });
        }
        let mut links = Vec::new();
        let mut refs = Vec::new();
        for image in images {
            links.extend(image.tags.iter().map(|tag| (image.id, tag.id)));
            refs.extend(external_ref::of(unit, image));
        }
        link_tags(unit, links).await?;
        external_ref::insert(unit, refs).await
    }

    async fn update(unit: &Unit, before: &ExpenseImage, after: &ExpenseImage) -> Result<()> {
        let done = expense::Entity::update_many()
            .set(row_of(unit, after))
            .filter(expense::Column::LedgerId.eq(unit.ledger_id))
            .filter(expense::Column::Id.eq(after.id))
            .filter(expense::Column::Version.eq(before.version))
            .exec(&unit.tx)
            .await?;
        super::one_row(done.rows_affected)?;
        let gone: Vec<Uuid> = before
            .tags
            .iter()
            .filter(|tag| !after.tags.contains(tag))
            .map(|tag| tag.id)
            .collect();
        if !gone.is_empty() {
            expense_tag::Entity::delete_many()
                .filter(expense_tag::Column::LedgerId.eq(unit.ledger_id))
                .filter(expense_tag::Column::ExpenseId.eq(after.id))
                .filter(expense_tag::Column::TagId.is_in(gone))
                .exec(&unit.tx)
                .await?;
        }
        let come = after
            .tags
            .iter()
            .filter(|tag| !before.tags.contains(tag))
            .map(|tag| (after.id, tag.id))
            .collect();
        link_tags(unit, come).await?;
        let is_back = before.deleted_at.is_some() && after.deleted_at.is_none();
        let is_moved = before.external_id != after.external_id || before.account_id != after.account_id;
        let reference = (is_back || is_moved)
            .then(|| external_ref::of(unit, after))
            .flatten();
        external_ref::record(unit, reference.into_iter().collect()).await
    }

    async fn update_all(unit: &Unit, pairs: &[(&ExpenseImage, &ExpenseImage)]) -> Result<()> {
        let mut alike: BTreeMap<Relink, Vec<(&ExpenseImage, &ExpenseImage)>> = BTreeMap::new();
        for (before, after) in pairs {
            match Relink::between(before, after) {
                Some(relink) if pairs.len() > 1 => alike.entry(relink).or_default().push((before, after)),
                _ => Self::update(unit, before, after).await?,
            }
        }
        for (relink, pairs) in alike {
            for some in pairs.chunks(500) {
                relink.write(unit, some).await?;
            }
        }
        Ok(())
    }
}

pub(super) async fn link_tags(unit: &Unit, links: Vec<(Uuid, Uuid)>) -> Result<()> {
    let rows: Vec<_> = links
        .into_iter()
        .map(|(expense_id, tag_id)| expense_tag::ActiveModel {
            ledger_id: Set(unit.ledger_id),
            expense_id: Set(expense_id),
            tag_id: Set(tag_id),
        })
        .collect();
    for some in rows.chunks(1000) {
        expense_tag::Entity::insert_many(some.to_vec())
            .exec_without_returning(&unit.tx)
            .await?;
    }
    Ok(())
}

/// True where the account is either side of the row.
pub(super) fn touches_account(ids: &[Uuid]) -> Condition {
    Condition::any()
        .add(col(expense::Column::AccountId).is_in(ids.iter().copied()))
        .add(col(expense::Column::ToAccountId).is_in(ids.iter().copied()))
}
