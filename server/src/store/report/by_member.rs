//! Sums by who paid and the members of the ledger, in one statement, so that both are of one moment. Who owes whom is
//! not worked out here.

use super::{GroupBy, Sum, grouped, name_groups, part, sum};
use crate::error::Result;
use crate::store::filter::Filter;
use crate::store::ledger::role;
use api::member::Role;
use entity::member;
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement, UnionType};
use uuid::Uuid;

/// An active member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Who.
    pub user_id: Uuid,
    /// The name for people.
    pub name: String,
    /// As what.
    pub role: Role,
}

/// What each member paid of the rows that pass the filter, and all active members.
pub async fn by_member(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    filter: &Filter,
) -> Result<(Vec<Sum>, Vec<Seat>)> {
    let mut inner = grouped(ledger_id, filter, GroupBy::Member, 0);
    inner.union(UnionType::All, members(ledger_id));
    let mut select = Query::select();
    select.expr(Expr::cust("s.*")).from_subquery(inner, "s");
    name_groups(&mut select, ledger_id, GroupBy::Member);
    let col = |alias: &'static str, name: &'static str| Expr::col((Alias::new(alias), Alias::new(name)));
    let is_member = Condition::all()
        .add(col("m", "ledger_id").eq(ledger_id))
        .add(col("m", "user_id").eq(col("s", "grouped")));
    select.join_as(JoinType::LeftJoin, member::Entity, Alias::new("m"), is_member);
    select.expr_as(col("m", "role"), "role");
    let (mut sums, mut seats) = (Vec::new(), Vec::new());
    for row in db.query_all(&select).await? {
        match part(&row)? {
            0 => sums.push(sum(&row, 0, GroupBy::Member)?),
            _ => seats.push(Seat {
                user_id: row.try_get("", "grouped")?,
                name: row.try_get("", "name")?,
                role: role(&row.try_get::<String>("", "role")?)?,
            }),
        }
    }
    Ok((sums, seats))
}

/// The active members, as groups in which there are no rows.
fn members(ledger_id: Uuid) -> SelectStatement {
    let mut select = Query::select();
    select
        .expr_as(Expr::cust("1"), "part")
        .expr_as(Expr::col((member::Entity, member::Column::UserId)), "grouped");
    for nothing in ["kind", "currency", "minor", "n", "first", "last"] {
        select.expr_as(Expr::cust("NULL"), nothing);
    }
    select
        .from(member::Entity)
        .and_where(Expr::col((member::Entity, member::Column::LedgerId)).eq(ledger_id))
        .and_where(Expr::col((member::Entity, member::Column::State)).eq("active"));
    select
}
