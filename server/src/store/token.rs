//! Who is calling and what of a ledger is theirs: one indexed read, no cache, so that a revoke holds at once on
//! every server. And the tokens themselves, known only by their hashes.

use crate::error::Result;
use api::instant::Instant;
use api::token::{Scope, TokenKind};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{ledger, member, token, user};
use sea_orm::sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait,
    QueryFilter, QueryOrder, QueryResult, QuerySelect,
};
use uuid::Uuid;

/// How long a session may be left alone before it ends.
const SESSION_IDLE: TimeDelta = TimeDelta::days(14);
/// Most ledgers that are looked through for the one that `default` means.
const MOST_SEATS: u64 = 200;

/// What of a ledger every request needs, besides its id.
const OF_LEDGER: [ledger::Column; 4] = [
    ledger::Column::BaseCurrency,
    ledger::Column::MonthStartDay,
    ledger::Column::WeekStart,
    ledger::Column::Epoch,
];

/// The token presented, its user, and where a token made it, what is left of that one.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Access {
    pub token_id: Uuid,
    pub user_id: Uuid,
    pub kind: String,
    pub scopes: String,
    pub ledger_ids: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub confirmed_until: Option<DateTime<Utc>>,
    pub made_by_token: Option<Uuid>,
    pub maker_scopes: Option<String>,
    pub maker_ledger_ids: Option<String>,
    pub maker_expires_at: Option<DateTime<Utc>>,
    pub maker_revoked_at: Option<DateTime<Utc>>,
    pub is_disabled: bool,
    pub is_admin: bool,
    pub default_ledger_id: Option<Uuid>,
}

impl Access {
    /// True where it lets in still: the token, and the one that made it, where one did.
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        let is_over = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at <= now);
        let is_idle = self.kind == TokenKind::Session.as_str()
            && self.last_used_at.unwrap_or(self.created_at) + SESSION_IDLE <= now;
        self.revoked_at.is_none()
            && self.maker_revoked_at.is_none()
            && !self.is_disabled
            && !is_over(self.expires_at)
            && !is_over(self.maker_expires_at)
            && !is_idle
    }
}

/// A user's active membership of a ledger, and what of the ledger every request needs.
#[derive(Debug, Clone, FromQueryResult)]
pub struct Seat {
    pub role: String,
    pub ledger_id: Uuid,
    pub base_currency: String,
    pub month_start_day: i16,
    pub week_start: i16,
    pub epoch: Uuid,
}

/// Which memberships to read with the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// None.
    NoLedger,
    /// That of this ledger.
    Ledger(Uuid),
    /// All of them, to choose from.
    Any,
}

/// Looks up a token by its hash, together with its user's active memberships, those that are wanted.
pub async fn access(
    db: &impl ConnectionTrait,
    hash: &[u8],
    wanted: Wanted,
) -> Result<Option<(Access, Vec<Seat>)>> {
    let rows = db.query_all(&select(hash, wanted)).await?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let access = Access::from_query_result(first, "")?;
    if wanted == Wanted::NoLedger {
        return Ok(Some((access, Vec::new())));
    }
    let mut seats = Vec::with_capacity(rows.len());
    for row in &rows {
        seats.extend(seat(row)?);
    }
    Ok(Some((access, seats)))
}

/// The same for a token that is in memory alone: what belongs to its user is read afresh.
pub async fn access_of_user(
    db: &impl ConnectionTrait,
    token: Access,
    wanted: Wanted,
) -> Result<Option<(Access, Vec<Seat>)>> {
    let Some(user) = user::Entity::find_by_id(token.user_id).one(db).await? else {
        return Ok(None);
    };
    let access = Access {
        is_disabled: user.is_disabled,
        is_admin: user.is_admin,
        default_ledger_id: user.default_ledger_id,
        ..token
    };
    if wanted == Wanted::NoLedger {
        return Ok(Some((access, Vec::new())));
    }
    let mut theirs = Query::select();
    theirs
        .column((member::Entity, member::Column::Role))
        .expr_as(Expr::col((ledger::Entity, ledger::Column::Id)), "ledger_id")
        .columns(OF_LEDGER.map(|column| (ledger::Entity, column)))
        .from(member::Entity)
        .inner_join(
            ledger::Entity,
            Expr::col((ledger::Entity, ledger::Column::Id))
                .equals((member::Entity, member::Column::LedgerId)),
        )
        .and_where(Expr::col((member::Entity, member::Column::UserId)).eq(user.id))
        .and_where(Expr::col((member::Entity, member::Column::State)).eq("active"))
        .order_by((member::Entity, member::Column::LedgerId), sea_orm::Order::Asc)
        .limit(MOST_SEATS);
    if let Wanted::Ledger(id) = wanted {
        theirs.and_where(Expr::col((member::Entity, member::Column::LedgerId)).eq(id));
    }
    let rows = db.query_all(&theirs).await?;
    let seats = rows.iter().map(|row| Ok(Seat::from_query_result(row, "")?));
    Ok(Some((access, seats.collect::<Result<_>>()?)))
}

/// A row without a membership has a token and nothing else.
fn seat(row: &QueryResult) -> Result<Option<Seat>> {
    if row.try_get::<Option<Uuid>>("", "ledger_id")?.is_none() {
        return Ok(None);
    }
    Ok(Some(Seat::from_query_result(row, "")?))
}

fn select(hash: &[u8], wanted: Wanted) -> SelectStatement {
    use token::Column as T;
    let mut select = Query::select();
    select.expr_as(Expr::col((token::Entity, T::Id)), "token_id");
    for column in [
        T::UserId,
        T::Kind,
        T::Scopes,
        T::LedgerIds,
        T::CreatedAt,
        T::ExpiresAt,
        T::LastUsedAt,
        T::RevokedAt,
        T::ConfirmedUntil,
        T::MadeByToken,
    ] {
        select.column((token::Entity, column));
    }
    let maker = || Alias::new("maker");
    for (column, alias) in [
        (T::Scopes, "maker_scopes"),
        (T::LedgerIds, "maker_ledger_ids"),
        (T::ExpiresAt, "maker_expires_at"),
        (T::RevokedAt, "maker_revoked_at"),
    ] {
        select.expr_as(Expr::col((maker(), column)), alias);
    }
    for column in [
        user::Column::IsDisabled,
        user::Column::IsAdmin,
        user::Column::DefaultLedgerId,
    ] {
        select.column((user::Entity, column));
    }
    select.from(token::Entity).inner_join(
        user::Entity,
        Expr::col((user::Entity, user::Column::Id)).equals((token::Entity, T::UserId)),
    );
    select.join_as(
        JoinType::LeftJoin,
        token::Entity,
        maker(),
        Expr::col((maker(), T::Id)).equals((token::Entity, T::MadeByToken)),
    );
    select.and_where(Expr::col((token::Entity, T::Hash)).eq(hash));
    if wanted == Wanted::NoLedger {
        return select;
    }
    let mut theirs = Condition::all()
        .add(Expr::col((member::Entity, member::Column::UserId)).equals((user::Entity, user::Column::Id)))
        .add(Expr::col((member::Entity, member::Column::State)).eq("active"));
    if let Wanted::Ledger(id) = wanted {
        theirs = theirs.add(Expr::col((member::Entity, member::Column::LedgerId)).eq(id));
    }
    select.left_join(member::Entity, theirs);
    select.left_join(
        ledger::Entity,
        Expr::col((ledger::Entity, ledger::Column::Id)).equals((member::Entity, member::Column::LedgerId)),
    );
    select.column((member::Entity, member::Column::Role));
    select.expr_as(Expr::col((ledger::Entity, ledger::Column::Id)), "ledger_id");
    select.columns(OF_LEDGER.map(|column| (ledger::Entity, column)));
    select
        .order_by((member::Entity, member::Column::LedgerId), sea_orm::Order::Asc)
        .limit(MOST_SEATS);
    select
}

/// Stores a token by its hash.
pub async fn insert(db: &impl ConnectionTrait, row: token::Model) -> Result<()> {
    let row = token::ActiveModel::from(row).reset_all();
    token::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// A token that may do all that its user may, in every ledger.
pub fn of_all_scopes(
    id: Uuid,
    user_id: Uuid,
    hash: &[u8],
    (kind, name): (&str, &str),
    at: Instant,
    expires_at: Option<Instant>,
) -> token::Model {
    let scopes: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    token::Model {
        id,
        user_id,
        hash: hash.to_vec(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        scopes: scopes.join(" "),
        ledger_ids: None,
        created_at: at.utc(),
        expires_at: expires_at.map(Instant::utc),
        last_used_at: None,
        revoked_at: None,
        made_by_token: None,
        confirmed_until: None,
    }
}

/// The first user, who owns a book that has not been shared yet.
pub async fn first_user(db: &impl ConnectionTrait) -> Result<Option<user::Model>> {
    Ok(user::Entity::find()
        .order_by_asc(user::Column::Id)
        .limit(1)
        .one(db)
        .await?)
}

/// Takes away expired sessions.
pub async fn delete_expired(db: &impl ConnectionTrait, at: Instant) -> Result<()> {
    token::Entity::delete_many()
        .filter(token::Column::Kind.eq("session"))
        .filter(token::Column::ExpiresAt.lt(at.utc()))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes a use. Of two servers the later one's stays.
pub async fn used(db: &impl ConnectionTrait, id: Uuid, at: Instant) -> Result<()> {
    token::Entity::update_many()
        .col_expr(token::Column::LastUsedAt, Expr::value(at.utc()))
        .filter(token::Column::Id.eq(id))
        .filter(
            Condition::any()
                .add(token::Column::LastUsedAt.is_null())
                .add(token::Column::LastUsedAt.lt(at.utc())),
        )
        .exec(db)
        .await?;
    Ok(())
}

/// A page of a user's tokens that are still good, after the one named.
pub async fn page_of_user(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    at: Instant,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<token::Model>> {
    let mut find = token::Entity::find().filter(good(user_id, at));
    if let Some(after) = after {
        find = find.filter(token::Column::Id.gt(after));
    }
    Ok(find.order_by_asc(token::Column::Id).limit(limit).all(db).await?)
}

/// How many API tokens of a user are still good.
pub async fn count_of_user(db: &impl ConnectionTrait, user_id: Uuid, at: Instant) -> Result<u64> {
    Ok(token::Entity::find()
        .filter(good(user_id, at))
        .filter(token::Column::Kind.eq("api"))
        .count(db)
        .await?)
}

fn good(user_id: Uuid, at: Instant) -> Condition {
    Condition::all()
        .add(token::Column::UserId.eq(user_id))
        .add(token::Column::RevokedAt.is_null())
        .add(
            Condition::any()
                .add(token::Column::ExpiresAt.is_null())
                .add(token::Column::ExpiresAt.gt(at.utc())),
        )
}

/// Revokes a user's token and all that was made with it; false where there is no such token that is not revoked.
pub async fn revoke(db: &impl ConnectionTrait, user_id: Uuid, id: Uuid, at: Instant) -> Result<bool> {
    let done = token::Entity::update_many()
        .col_expr(token::Column::RevokedAt, Expr::value(at.utc()))
        .filter(token::Column::Id.eq(id))
        .filter(token::Column::UserId.eq(user_id))
        .filter(token::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    if done.rows_affected == 0 {
        return Ok(false);
    }
    let mut makers = vec![id];
    while !makers.is_empty() {
        let made = token::Entity::find()
            .select_only()
            .column(token::Column::Id)
            .filter(token::Column::MadeByToken.is_in(makers))
            .filter(token::Column::RevokedAt.is_null());
        makers = made.into_tuple().all(db).await?;
        end(
            db,
            at,
            Condition::all().add(token::Column::Id.is_in(makers.clone())),
        )
        .await?;
    }
    Ok(true)
}

/// Holds a token as it is until the transaction ends, so that nobody revokes it meanwhile; false where somebody did.
pub async fn hold(db: &impl ConnectionTrait, id: Uuid, at: Instant) -> Result<bool> {
    let done = token::Entity::update_many()
        .col_expr(token::Column::LastUsedAt, Expr::value(at.utc()))
        .filter(token::Column::Id.eq(id))
        .filter(token::Column::RevokedAt.is_null())
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Notes until when a session counts as one whose password was just given.
pub async fn confirm(db: &impl ConnectionTrait, id: Uuid, until: Instant) -> Result<()> {
    token::Entity::update_many()
        .col_expr(token::Column::ConfirmedUntil, Expr::value(until.utc()))
        .filter(token::Column::Id.eq(id))
        .filter(token::Column::Kind.eq("session"))
        .exec(db)
        .await?;
    Ok(())
}

/// Ends somebody's sessions, all of them or all but one.
pub async fn revoke_sessions(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    but: Option<Uuid>,
    at: Instant,
) -> Result<()> {
    let theirs = Condition::all()
        .add(token::Column::UserId.eq(user_id))
        .add(token::Column::Kind.eq("session"))
        .add_option(but.map(|but| token::Column::Id.ne(but)));
    end(db, at, theirs).await
}

async fn end(db: &impl ConnectionTrait, at: Instant, which: Condition) -> Result<()> {
    token::Entity::update_many()
        .col_expr(token::Column::RevokedAt, Expr::value(at.utc()))
        .filter(token::Column::RevokedAt.is_null())
        .filter(which)
        .exec(db)
        .await?;
    Ok(())
}

/// Ends somebody's oldest sessions, so that so many are left.
pub async fn keep_newest_sessions(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    most: u64,
    at: Instant,
) -> Result<()> {
    let theirs = token::Entity::find()
        .select_only()
        .column(token::Column::Id)
        .filter(token::Column::UserId.eq(user_id))
        .filter(token::Column::Kind.eq("session"))
        .filter(token::Column::RevokedAt.is_null())
        .order_by_desc(token::Column::Id)
        .offset(most)
        .limit(200);
    let old: Vec<Uuid> = theirs.into_tuple().all(db).await?;
    if old.is_empty() {
        return Ok(());
    }
    end(db, at, Condition::all().add(token::Column::Id.is_in(old))).await
}
