//! Who is calling and what of a ledger is theirs: one indexed read, no cache, so that a revoke holds at once on
//! every server.

use crate::error::Result;
use api::instant::Instant;
use entity::{ledger, member, token, user};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult, Set};
use uuid::Uuid;

/// The token presented, its user, and their membership of the ledger asked for.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Access {
    pub user_id: Uuid,
    pub scopes: String,
    pub expires_at: Option<chrono::DateTime<chrono::Utc>>,
    pub revoked_at: Option<chrono::DateTime<chrono::Utc>>,
    pub is_disabled: bool,
    pub role: Option<String>,
    pub ledger_id: Option<Uuid>,
    pub base_currency: Option<String>,
    pub month_start_day: Option<i16>,
    pub week_start: Option<i16>,
    pub epoch: Option<Uuid>,
}

/// Looks up a token by its hash, together with its user's active membership of a ledger: the one named, or the
/// user's default one, or, where none is named, the first.
pub async fn access(db: &impl ConnectionTrait, hash: &[u8], wanted: Option<Uuid>) -> Result<Option<Access>> {
    let mut select = Query::select();
    select.column((token::Entity, token::Column::UserId));
    select.column((token::Entity, token::Column::Scopes));
    select
        .column((token::Entity, token::Column::ExpiresAt))
        .column((token::Entity, token::Column::RevokedAt));
    select
        .column((user::Entity, user::Column::IsDisabled))
        .column((member::Entity, member::Column::Role));
    select.expr_as(Expr::col((ledger::Entity, ledger::Column::Id)), "ledger_id");
    for column in [
        ledger::Column::BaseCurrency,
        ledger::Column::MonthStartDay,
        ledger::Column::WeekStart,
        ledger::Column::Epoch,
    ] {
        select.column((ledger::Entity, column));
    }
    let user_id = || Expr::col((user::Entity, user::Column::Id));
    let ledger_id = || Expr::col((member::Entity, member::Column::LedgerId));
    select.from(token::Entity);
    select.inner_join(
        user::Entity,
        user_id().equals((token::Entity, token::Column::UserId)),
    );
    let mut theirs = Condition::all()
        .add(Expr::col((member::Entity, member::Column::UserId)).equals((user::Entity, user::Column::Id)))
        .add(Expr::col((member::Entity, member::Column::State)).eq("active"));
    if let Some(wanted) = wanted {
        theirs = theirs.add(ledger_id().eq(wanted));
    }
    select.left_join(member::Entity, theirs);
    select.left_join(
        ledger::Entity,
        Expr::col((ledger::Entity, ledger::Column::Id)).equals((member::Entity, member::Column::LedgerId)),
    );
    select.and_where(Expr::col((token::Entity, token::Column::Hash)).eq(hash));
    // The user's own default first.
    let chosen = Expr::case(
        ledger_id().equals((user::Entity, user::Column::DefaultLedgerId)),
        0,
    )
    .finally(1);
    select.order_by_expr(chosen.into(), sea_orm::Order::Asc);
    select
        .order_by((member::Entity, member::Column::LedgerId), sea_orm::Order::Asc)
        .limit(1);
    Ok(Access::find_by_statement(super::change::build(db, &select))
        .one(db)
        .await?)
}

/// Stores a token by its hash.
pub async fn insert(db: &impl ConnectionTrait, row: NewToken<'_>) -> Result<()> {
    let row = token::ActiveModel {
        id: Set(api::id::new_uuid()),
        user_id: Set(row.user_id),
        hash: Set(row.hash.to_vec()),
        kind: Set(row.kind.to_owned()),
        name: Set(row.name.to_owned()),
        scopes: Set(row.scopes.to_owned()),
        ledger_ids: Set(None),
        created_at: Set(row.at.utc()),
        expires_at: Set(row.expires_at.map(Instant::utc)),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    token::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A token to store.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    pub user_id: Uuid,
    pub hash: &'a [u8],
    pub kind: &'a str,
    pub name: &'a str,
    pub scopes: &'a str,
    pub at: Instant,
    pub expires_at: Option<Instant>,
}

/// The first user, who owns a book that has not been shared yet.
pub async fn first_user(db: &impl ConnectionTrait) -> Result<Option<Uuid>> {
    use sea_orm::{QueryOrder, QuerySelect};
    let first = user::Entity::find()
        .order_by_asc(user::Column::Id)
        .limit(1)
        .one(db)
        .await?;
    Ok(first.map(|user| user.id))
}

/// Takes away expired sessions.
pub async fn delete_expired(db: &impl ConnectionTrait, at: Instant) -> Result<()> {
    use sea_orm::{ColumnTrait, QueryFilter};
    token::Entity::delete_many()
        .filter(token::Column::Kind.eq("session"))
        .filter(token::Column::ExpiresAt.lt(at.utc()))
        .exec(db)
        .await?;
    Ok(())
}
