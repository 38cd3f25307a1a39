//! Sums for reports, read through the covering index: grouped in SQL, exact in integers, named in the same
//! statement. By who paid, with the members beside them, in `report/by_member.rs`. No rules about shares or order.

mod by_member;

pub use by_member::{Seat, by_member};

use super::filter::{Filter, Pick};
use super::image::{currency, kind};
use crate::error::{AppError, Result};
use api::currency::Currency;
use api::date::Date;
use api::expense::Kind;
use entity::{account, category, expense, expense_tag, payee, tag, user};
use sea_orm::sea_query::{
    Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement, SimpleExpr, UnionType,
};
use sea_orm::{ConnectionTrait, QueryResult};
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
    /// The member who paid.
    Member,
    /// Each tag; a row with two counts in both. Where the filter names tags, only those.
    Tag,
    /// The day.
    Day,
}

/// A dictionary entry that rows are grouped by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// A subcategory's parent.
    pub parent: Option<(Uuid, String)>,
}

/// The group a sum belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// All rows.
    All,
    /// Rows with that entry, or with none.
    Entry(Option<Entry>),
    /// Rows of that day.
    Day(Date),
}

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// Which of the parts asked for it belongs to.
    pub part: usize,
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

/// Sums the rows that pass each filter, grouped, all in one statement. The parts' groups may differ only in that some
/// are [`GroupBy::All`], and the first is not.
pub async fn sums(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    parts: &[(&Filter, GroupBy)],
) -> Result<Vec<Sum>> {
    let Some(select) = select_sums(ledger_id, parts) else {
        return Ok(Vec::new());
    };
    let rows = db.query_all(&select).await?;
    rows.iter()
        .map(|row| {
            let part = part(row)?;
            let (_, by) = parts
                .get(part)
                .ok_or_else(|| AppError::Internal("a sum of no part".into()))?;
            sum(row, part, *by)
        })
        .collect()
}

/// The statement behind [`sums`]; `None` where nothing is asked for.
pub fn select_sums(ledger_id: Uuid, parts: &[(&Filter, GroupBy)]) -> Option<SelectStatement> {
    let mut selects = parts
        .iter()
        .zip(0_i32..)
        .map(|((filter, by), part)| grouped(ledger_id, filter, *by, part));
    let (mut inner, (_, by)) = (selects.next()?, parts.first()?);
    for select in selects {
        inner.union(UnionType::All, select);
    }
    let mut select = Query::select();
    select.expr(Expr::cust("s.*")).from_subquery(inner, "s");
    name_groups(&mut select, ledger_id, *by);
    Some(select)
}

fn col(column: expense::Column) -> SimpleExpr {
    Expr::col((expense::Entity, column))
}

/// A column's value as no index has it: a planner that saw its chance to read groups in order would leave the covering
/// index for the column's own, and fetch every row.
fn unordered(column: expense::Column) -> SimpleExpr {
    col(column).if_null(col(column))
}

/// One row a group, kind and currency.
fn grouped(ledger_id: Uuid, filter: &Filter, by: GroupBy, part: i32) -> SelectStatement {
    let mut select = Query::select();
    select
        .from(expense::Entity)
        .cond_where(filter.condition(ledger_id));
    let group = match by {
        GroupBy::All => None,
        GroupBy::Category => Some(unordered(expense::Column::CategoryId)),
        GroupBy::Account => Some(unordered(expense::Column::AccountId)),
        GroupBy::Payee => Some(col(expense::Column::PayeeId)),
        GroupBy::Member => Some(col(expense::Column::PaidBy)),
        GroupBy::Day => Some(col(expense::Column::SpentOn)),
        GroupBy::Tag => {
            select.left_join(expense_tag::Entity, tag_link(ledger_id, filter));
            Some(Expr::col((expense_tag::Entity, expense_tag::Column::TagId)))
        }
    };
    // A number of ours, not a parameter: MySQL would take the type of the column from it.
    select.expr_as(Expr::cust(part.to_string()), "part");
    match group {
        Some(group) => {
            select.expr_as(group.clone(), "grouped").add_group_by([group]);
        }
        None => {
            select.expr_as(Expr::cust("NULL"), "grouped");
        }
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
    select
}

fn tag_link(ledger_id: Uuid, filter: &Filter) -> Condition {
    let link = |column| Expr::col((expense_tag::Entity, column));
    let mut on = Condition::all()
        .add(link(expense_tag::Column::LedgerId).eq(ledger_id))
        .add(link(expense_tag::Column::ExpenseId).equals((expense::Entity, expense::Column::Id)));
    if let Some(Pick::Any(ids)) = &filter.tag {
        on = on.add(link(expense_tag::Column::TagId).is_in(ids.iter().copied()));
    }
    on
}

/// Joins the names of the groups, after they are summed.
fn name_groups(select: &mut SelectStatement, ledger_id: Uuid, by: GroupBy) {
    let on = |alias: &'static str, id: SimpleExpr| {
        Condition::all()
            .add(Expr::col((Alias::new(alias), Alias::new("ledger_id"))).eq(ledger_id))
            .add(Expr::col((Alias::new(alias), Alias::new("id"))).eq(id))
    };
    let group = || Expr::col((Alias::new("s"), Alias::new("grouped")));
    let named = || on("e", group());
    let mut name = "name";
    match by {
        GroupBy::All | GroupBy::Day => return,
        GroupBy::Category => {
            select.join_as(JoinType::LeftJoin, category::Entity, Alias::new("e"), named());
            let parent = on("p", Expr::col((Alias::new("e"), Alias::new("parent_id"))));
            select.join_as(JoinType::LeftJoin, category::Entity, Alias::new("p"), parent);
            select.expr_as(Expr::col((Alias::new("p"), Alias::new("id"))), "parent_id");
            select.expr_as(Expr::col((Alias::new("p"), Alias::new("name"))), "parent_name");
        }
        GroupBy::Account => {
            select.join_as(JoinType::LeftJoin, account::Entity, Alias::new("e"), named());
        }
        GroupBy::Payee => {
            select.join_as(JoinType::LeftJoin, payee::Entity, Alias::new("e"), named());
        }
        GroupBy::Tag => {
            select.join_as(JoinType::LeftJoin, tag::Entity, Alias::new("e"), named());
        }
        GroupBy::Member => {
            // People are of no ledger; that a row's payer is one of this ledger's is the foreign key's affair.
            let is_theirs = Expr::col((Alias::new("e"), Alias::new("id"))).eq(group());
            select.join_as(JoinType::LeftJoin, user::Entity, Alias::new("e"), is_theirs);
            name = "display_name";
        }
    }
    select.expr_as(Expr::col((Alias::new("e"), Alias::new(name))), "name");
}

fn part(row: &QueryResult) -> Result<usize> {
    Ok(usize::try_from(row.try_get::<i64>("", "part")?).unwrap_or(usize::MAX))
}

fn sum(row: &QueryResult, part: usize, by: GroupBy) -> Result<Sum> {
    let day = |name: &str| {
        Date::from_naive(row.try_get("", name)?)
            .ok_or_else(|| AppError::Internal("stored day is out of range".into()))
    };
    let minor: i64 = row.try_get("", "minor")?;
    if minor == i64::MAX {
        // Where a sum does not fit, MySQL says the largest number there is and carries on.
        return Err(AppError::Internal("a sum does not fit into 64 bits".into()));
    }
    Ok(Sum {
        part,
        group: match by {
            GroupBy::All => Group::All,
            GroupBy::Day => Group::Day(day("grouped")?),
            by => Group::Entry(entry(row, by)?),
        },
        kind: kind(&row.try_get::<String>("", "kind")?)?,
        currency: currency(&row.try_get::<String>("", "currency")?)?,
        minor,
        count: u64::try_from(row.try_get::<i64>("", "n")?).unwrap_or(0),
        first: day("first")?,
        last: day("last")?,
    })
}

fn entry(row: &QueryResult, by: GroupBy) -> Result<Option<Entry>> {
    let Some(id) = row.try_get::<Option<Uuid>>("", "grouped")? else {
        return Ok(None);
    };
    let name = row.try_get::<Option<String>>("", "name")?;
    let parent = match by {
        GroupBy::Category => {
            let id: Option<Uuid> = row.try_get("", "parent_id")?;
            id.zip(row.try_get::<Option<String>>("", "parent_name")?)
        }
        _ => None,
    };
    Ok(Some(Entry {
        id,
        name: name.unwrap_or_default(),
        parent,
    }))
}

/// The one way to sum: a plain SUM is a DECIMAL on MySQL and fails to be read as an integer.
fn sum_of(column: SimpleExpr) -> SimpleExpr {
    column.sum().cast_as(Alias::new("SIGNED"))
}
