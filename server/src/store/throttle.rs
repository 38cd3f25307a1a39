//! Counts of what failed of late, shared by all servers. Every step is one statement, so that none of several servers
//! forgets what another counted. What is counted and how much is too much is the service's affair.

use crate::db::{Class, classify};
use crate::error::Result;
use api::instant::Instant;
use chrono::TimeDelta;
use entity::throttle::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set, UpdateMany};

/// How long to make somebody wait who fails again and again.
#[derive(Debug, Clone, Copy)]
pub struct Ladder {
    /// Failures that cost nothing.
    pub free: i32,
    /// The wait after the first one that does; each doubles it.
    pub first: TimeDelta,
    /// The longest wait.
    pub longest: TimeDelta,
    /// When the count begins anew.
    pub window: TimeDelta,
}

/// Counts a try, before it is known how it ends, unless one must wait still; tells whether it may go on.
pub async fn admit(db: &impl ConnectionTrait, subject: &str, ladder: Ladder, now: Instant) -> Result<bool> {
    let again = |blocked: CaseStatement| {
        // In this order: MySQL gives later expressions what earlier ones set.
        counted(subject, Some(blocked), ladder.window, now).filter(
            Column::BlockedUntil
                .is_null()
                .or(Column::BlockedUntil.lte(now.utc())),
        )
    };
    let done = again(wait(ladder, now)).exec(db).await?;
    if done.rows_affected > 0 || insert(db, subject, now).await? {
        return Ok(true);
    }
    // It is there: one waits, or somebody else made it this moment.
    Ok(again(wait(ladder, now)).exec(db).await?.rows_affected > 0)
}

/// Counts a failure.
pub async fn count(db: &impl ConnectionTrait, subject: &str, window: TimeDelta, now: Instant) -> Result<()> {
    let done = counted(subject, None, window, now).exec(db).await?;
    if done.rows_affected == 0 && !insert(db, subject, now).await? {
        counted(subject, None, window, now).exec(db).await?;
    }
    Ok(())
}

/// When the count of a subject that has reached `most` begins anew; `None` where it has not reached it.
pub async fn full_until(
    db: &impl ConnectionTrait,
    subject: &str,
    most: i32,
    window: TimeDelta,
    now: Instant,
) -> Result<Option<Instant>> {
    let full = Entity::find_by_id(subject)
        .filter(Column::Fails.gte(most))
        .filter(Column::WindowStartedAt.gt(now.utc() - window))
        .one(db)
        .await?;
    Ok(full.map(|row| Instant::new(row.window_started_at + window)))
}

/// True where a subject was noted since then.
pub async fn is_noted(db: &impl ConnectionTrait, subject: &str, since: Instant) -> Result<bool> {
    let row = Entity::find_by_id(subject)
        .filter(Column::WindowStartedAt.gt(since.utc()))
        .one(db)
        .await?;
    Ok(row.is_some())
}

/// Notes a subject as of now.
pub async fn note(db: &impl ConnectionTrait, subject: &str, now: Instant) -> Result<()> {
    let renew = || {
        Entity::update_many()
            .col_expr(Column::WindowStartedAt, Expr::value(now.utc()))
            .filter(Column::Subject.eq(subject))
    };
    if renew().exec(db).await?.rows_affected == 0 && !insert(db, subject, now).await? {
        renew().exec(db).await?;
    }
    Ok(())
}

/// Forgets subjects.
pub async fn clear(db: &impl ConnectionTrait, subjects: &[&str]) -> Result<()> {
    Entity::delete_many()
        .filter(Column::Subject.is_in(subjects.iter().copied()))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets what nobody was counted for since then, of the subjects that begin so or of all others.
pub async fn delete_old(
    db: &impl ConnectionTrait,
    prefix: &str,
    begins_so: bool,
    before: Instant,
) -> Result<()> {
    let begins = Column::Subject.starts_with(prefix);
    Entity::delete_many()
        .filter(Column::WindowStartedAt.lt(before.utc()))
        .filter(if begins_so { begins } else { begins.not() })
        .exec(db)
        .await?;
    Ok(())
}

/// The row of a subject that fails for the first time; false where it is there already.
async fn insert(db: &impl ConnectionTrait, subject: &str, now: Instant) -> Result<bool, DbErr> {
    let row = ActiveModel {
        subject: Set(subject.to_owned()),
        fails: Set(1),
        window_started_at: Set(now.utc()),
        blocked_until: Set(None),
    };
    match Entity::insert(row).exec_without_returning(db).await {
        Ok(_) => Ok(true),
        Err(error) if classify(&error) == Class::Unique => Ok(false),
        Err(error) => Err(error),
    }
}

/// One more failure, the first of a new window where the last one is over.
fn counted(
    subject: &str,
    blocked: Option<CaseStatement>,
    window: TimeDelta,
    now: Instant,
) -> UpdateMany<Entity> {
    let is_over = || Expr::col(Column::WindowStartedAt).lte(now.utc() - window);
    let mut update = Entity::update_many();
    if let Some(blocked) = blocked {
        let blocked =
            Expr::case(is_over(), Expr::value(None::<chrono::DateTime<chrono::Utc>>)).finally(blocked);
        update = update.col_expr(Column::BlockedUntil, blocked.into());
    }
    let fails = Expr::case(is_over(), Expr::value(1)).finally(Expr::col(Column::Fails).add(1));
    let begun = Expr::case(is_over(), Expr::value(now.utc())).finally(Expr::col(Column::WindowStartedAt));
    update
        .col_expr(Column::Fails, fails.into())
        .col_expr(Column::WindowStartedAt, begun.into())
        .filter(Column::Subject.eq(subject))
}

/// When the next try may come, by the number of failures before this one.
fn wait(ladder: Ladder, now: Instant) -> CaseStatement {
    let none = Expr::value(None::<chrono::DateTime<chrono::Utc>>);
    let mut case = CaseStatement::new().case(Expr::col(Column::Fails).lt(ladder.free), none);
    let (mut fails, mut pause) = (ladder.free, ladder.first);
    while pause < ladder.longest {
        case = case.case(Expr::col(Column::Fails).eq(fails), Expr::value(now.utc() + pause));
        fails += 1;
        pause = pause * 2;
    }
    case.finally(Expr::value(now.utc() + ladder.longest))
}
