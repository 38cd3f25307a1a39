//! The log: a ledger's revision, its changes and their rows. Written by `db.write` and `apply` alone.

use super::change_count::{Counts, NAMES};
use super::noun::{Expenses, Noun};
use crate::db::{Dialect, Op, Unit};
use crate::error::{AppError, Result};
use api::change::OpenTo;
use entity::{change, change_row, ledger, undo, user};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, StatementBuilder,
};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Takes the ledger's next revision. All writers of a ledger queue on this row.
pub async fn next_rev(db: &impl ConnectionTrait, dialect: Dialect, ledger_id: Uuid) -> Result<i64> {
    let mut update = Query::update();
    update
        .table(ledger::Entity)
        .and_where(ledger::Column::Id.eq(ledger_id));
    match dialect {
        // No second statement: the new value comes back as the connection's last insert id.
        Dialect::MySql => {
            update.value(ledger::Column::Rev, Expr::cust("LAST_INSERT_ID(rev + 1)"));
            let done = db.execute(&update).await?;
            if done.rows_affected() == 0 {
                return Err(AppError::not_found());
            }
            i64::try_from(done.last_insert_id()).map_err(|_| AppError::Internal("rev out of range".into()))
        }
        Dialect::Sqlite => {
            update.value(ledger::Column::Rev, Expr::col(ledger::Column::Rev).add(1));
            update.returning_col(ledger::Column::Rev);
            let row = db.query_one(&update).await?.ok_or_else(AppError::not_found)?;
            Ok(row.try_get_by_index(0)?)
        }
    }
}

/// Writes the head of a change. A key that was used before is a unique violation.
pub async fn insert(db: &impl ConnectionTrait, rev: i64, op: &Op) -> Result<(), DbErr> {
    let head = change::ActiveModel {
        ledger_id: Set(op.ledger_id),
        rev: Set(rev),
        op_id: Set(op.op_id),
        user_id: Set(op.user_id),
        idempotency_key: Set(op.key.clone()),
        request_hash: Set(op.request_hash.to_vec()),
        client: Set(op.client.clone()),
        kind: Set(op.kind.to_owned()),
        at: Set(op.at.utc()),
        row_count: Set(None),
        name_counts: Set(None),
    };
    change::Entity::insert(head)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Keeps with a change how many rows and names it changed, where they are too many to be counted when it is told.
pub async fn set_counts(unit: &Unit, counts: &Counts) -> Result<()> {
    if !counts.is_large() {
        return Ok(());
    }
    change::Entity::update_many()
        .col_expr(change::Column::RowCount, Expr::value(counts.rows))
        .col_expr(change::Column::NameCounts, Expr::value(counts.names()))
        .filter(change::Column::LedgerId.eq(unit.ledger_id))
        .filter(change::Column::Rev.eq(unit.rev))
        .exec(&unit.tx)
        .await?;
    Ok(())
}

/// The change that a user's key made.
pub async fn find_by_key(
    db: &impl ConnectionTrait,
    user_id: Uuid,
    key: &str,
) -> Result<Option<change::Model>> {
    let found = change::Entity::find()
        .filter(change::Column::UserId.eq(user_id))
        .filter(change::Column::IdempotencyKey.eq(key))
        .one(db)
        .await?;
    Ok(found)
}

/// Which changes, and in what order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Only those after this one, as it happened; else the latest first.
    pub after: Option<i64>,
    /// Only those before this one.
    pub before: Option<i64>,
    /// Only those of this user.
    pub by: Option<Uuid>,
    /// Only what may be taken back, or only undos that may.
    pub open_to: Option<OpenTo>,
    /// Of each operation only its last change.
    pub is_whole: bool,
}

/// What is no change of rows and their names, and so cannot be taken back.
const FIXED_KINDS: [&str; 12] = [
    "purge",
    "create_ledger",
    "update_ledger",
    "hand_over_ledger",
    "leave_ledger",
    "create_import",
    "delete_import",
    "create_invite",
    "revoke_invite",
    "accept_invite",
    "remove_member",
    "update_member",
];

/// True for what an undo may be asked for, as far as its kind tells.
pub fn is_undoable(kind: &str) -> bool {
    !FIXED_KINDS.contains(&kind)
}

/// Some of the changes of a ledger, with the names of who made them.
pub async fn page(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    wanted: Wanted,
    limit: u64,
) -> Result<Vec<(change::Model, String)>> {
    let mut find = change::Entity::find().filter(change::Column::LedgerId.eq(ledger_id));
    if let Some(after) = wanted.after {
        find = find
            .filter(change::Column::Rev.gt(after))
            .order_by_asc(change::Column::Rev);
    } else {
        find = find.order_by_desc(change::Column::Rev);
    }
    if let Some(before) = wanted.before {
        find = find.filter(change::Column::Rev.lt(before));
    }
    if let Some(by) = wanted.by {
        find = find.filter(change::Column::UserId.eq(by));
    }
    if wanted.is_whole {
        let later = Alias::new("later");
        let theirs = |column| Expr::col((later.clone(), column));
        let mut after = Query::select();
        after
            .expr(Expr::val(1))
            .from_as(change::Entity, later.clone())
            .and_where(theirs(change::Column::LedgerId).eq(ledger_id))
            .and_where(theirs(change::Column::OpId).equals((change::Entity, change::Column::OpId)))
            .and_where(theirs(change::Column::Rev).gt(Expr::col((change::Entity, change::Column::Rev))));
        find = find.filter(Expr::exists(after).not());
    }
    if let Some(open_to) = wanted.open_to {
        let theirs = |column| Expr::col((undo::Entity, column));
        let mut link = Query::select();
        link.expr(Expr::val(1))
            .from(undo::Entity)
            .and_where(theirs(undo::Column::LedgerId).eq(ledger_id));
        let mine = (change::Entity, change::Column::OpId);
        // An undo is open to a redo until it is taken back; anything else to an undo while no undo of it holds.
        find = match open_to {
            OpenTo::Redo => {
                link.and_where(theirs(undo::Column::OpId).equals(mine));
                link.and_where(theirs(undo::Column::IsUndone).eq(false));
                find.filter(Expr::exists(link))
                    .filter(change::Column::Kind.eq("undo"))
            }
            OpenTo::Undo => {
                link.and_where(
                    theirs(undo::Column::OpId)
                        .equals(mine)
                        .or(theirs(undo::Column::UndoesOpId)
                            .equals(mine)
                            .and(theirs(undo::Column::IsUndone).eq(false))),
                );
                find.filter(Expr::exists(link).not())
                    .filter(change::Column::Kind.is_not_in(FIXED_KINDS))
            }
        };
    }
    let heads = find.limit(limit).all(db).await?;
    let names = names_of(db, heads.iter().map(|head| head.user_id)).await?;
    Ok(heads
        .into_iter()
        .map(|head| {
            let name = names.get(&head.user_id).cloned().unwrap_or_default();
            (head, name)
        })
        .collect())
}

/// The names that users sign in with.
async fn names_of(
    db: &impl ConnectionTrait,
    ids: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, String>> {
    let ids: BTreeSet<Uuid> = ids.collect();
    let rows: Vec<(Uuid, String)> = user::Entity::find()
        .select_only()
        .columns([user::Column::Id, user::Column::Name])
        .filter(user::Column::Id.is_in(ids))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The first rows of some changes, in order; of some, all their names too.
pub async fn first_rows(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    revs: &[i64],
    with_names: &[i64],
    most: i32,
) -> Result<Vec<change_row::Model>> {
    let first = Condition::all()
        .add(change_row::Column::Rev.is_in(revs.iter().copied()))
        .add(change_row::Column::N.lt(most));
    let names = Condition::all()
        .add(change_row::Column::Rev.is_in(with_names.iter().copied()))
        .add(change_row::Column::Noun.is_in(NAMES));
    let mut wanted = Condition::any().add(first);
    if !with_names.is_empty() {
        wanted = wanted.add(names);
    }
    Ok(change_row::Entity::find()
        .filter(change_row::Column::LedgerId.eq(ledger_id))
        .filter(wanted)
        .order_by_asc(change_row::Column::Rev)
        .order_by_asc(change_row::Column::N)
        .all(db)
        .await?)
}

/// What the log says of one row, the latest first, before the change named.
pub async fn of_row(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    noun: &str,
    row_id: Uuid,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<change_row::Model>> {
    let mut find = change_row::Entity::find()
        .filter(change_row::Column::LedgerId.eq(ledger_id))
        .filter(change_row::Column::Noun.eq(noun))
        .filter(change_row::Column::RowId.eq(row_id));
    if let Some(before) = before {
        find = find.filter(change_row::Column::Rev.lt(before));
    }
    Ok(find
        .order_by_desc(change_row::Column::Rev)
        .order_by_desc(change_row::Column::N)
        .limit(limit)
        .all(db)
        .await?)
}

/// Changes by their numbers, with the names of who made them.
pub async fn heads(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    revs: &[i64],
) -> Result<HashMap<i64, (change::Model, String)>> {
    let found = change::Entity::find()
        .filter(change::Column::LedgerId.eq(ledger_id))
        .filter(change::Column::Rev.is_in(revs.iter().copied()))
        .all(db)
        .await?;
    let mut names = names_of(db, found.iter().map(|head| head.user_id)).await?;
    Ok(found
        .into_iter()
        .map(|head| {
            let name = names.entry(head.user_id).or_default().clone();
            (head.rev, (head, name))
        })
        .collect())
}

/// The undos that some operations are, or that hold of them.
pub async fn undos(db: &impl ConnectionTrait, ledger_id: Uuid, ops: &[Uuid]) -> Result<Vec<undo::Model>> {
    Ok(undo::Entity::find()
        .filter(undo::Column::LedgerId.eq(ledger_id))
        .filter(
            Condition::any()
                .add(undo::Column::OpId.is_in(ops.iter().copied()))
                .add(
                    Condition::all()
                        .add(undo::Column::UndoesOpId.is_in(ops.iter().copied()))
                        .add(undo::Column::IsUndone.eq(false)),
                ),
        )
        .all(db)
        .await?)
}

/// The numbers of an operation's changes, the latest first.
pub async fn revs_of(db: &impl ConnectionTrait, ledger_id: Uuid, op_id: Uuid) -> Result<Vec<i64>> {
    Ok(change::Entity::find()
        .select_only()
        .column(change::Column::Rev)
        .filter(change::Column::LedgerId.eq(ledger_id))
        .filter(change::Column::OpId.eq(op_id))
        .order_by_desc(change::Column::Rev)
        .into_tuple()
        .all(db)
        .await?)
}

/// The latest changes of an operation before one of them, at most `limit`: number and kind.
pub async fn latest_of(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    op_id: Uuid,
    below: Option<i64>,
    limit: u64,
) -> Result<Vec<(i64, String)>> {
    let mut find = change::Entity::find()
        .select_only()
        .columns([change::Column::Rev, change::Column::Kind])
        .filter(change::Column::LedgerId.eq(ledger_id))
        .filter(change::Column::OpId.eq(op_id));
    if let Some(below) = below {
        find = find.filter(change::Column::Rev.lt(below));
    }
    Ok(find
        .order_by_desc(change::Column::Rev)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// How many expenses some changes have among their rows.
pub async fn count_expenses(db: &impl ConnectionTrait, ledger_id: Uuid, revs: &[i64]) -> Result<i64> {
    let mut count = 0;
    for some in revs.chunks(500) {
        let rows = change_row::Entity::find()
            .filter(change_row::Column::LedgerId.eq(ledger_id))
            .filter(change_row::Column::Rev.is_in(some.iter().copied()))
            .filter(change_row::Column::Noun.eq(Expenses::NAME));
        count += i64::try_from(rows.count(db).await?).unwrap_or(0);
    }
    Ok(count)
}

/// Notes that an operation takes another one back; where that was an undo itself, what it undid holds again.
pub async fn note_undo(db: &impl ConnectionTrait, ledger_id: Uuid, op_id: Uuid, undoes: Uuid) -> Result<()> {
    let row = undo::ActiveModel {
        ledger_id: Set(ledger_id),
        op_id: Set(op_id),
        undoes_op_id: Set(undoes),
        is_undone: Set(false),
    };
    undo::Entity::insert(row).exec_without_returning(db).await?;
    // An undo that is taken back frees what it undid; a redo that is taken back binds it again; and so on.
    let (mut of, mut is_undone) = (undoes, true);
    while let Some(link) = undo::Entity::find_by_id((ledger_id, of)).one(db).await? {
        undo::Entity::update_many()
            .col_expr(undo::Column::IsUndone, Expr::value(is_undone))
            .filter(undo::Column::LedgerId.eq(ledger_id))
            .filter(undo::Column::OpId.eq(of))
            .exec(db)
            .await?;
        (of, is_undone) = (link.undoes_op_id, !is_undone);
    }
    Ok(())
}

/// Empties what the log holds of some expenses, and notes that they were removed.
pub async fn forget_rows(unit: &Unit, expense_ids: &[Uuid]) -> Result<()> {
    let empty = Option::<String>::None;
    change_row::Entity::update_many()
        .col_expr(change_row::Column::BeforeImage, Expr::value(empty.clone()))
        .col_expr(change_row::Column::AfterImage, Expr::value(empty))
        .filter(change_row::Column::LedgerId.eq(unit.ledger_id))
        .filter(change_row::Column::Noun.eq(Expenses::NAME))
        .filter(change_row::Column::RowId.is_in(expense_ids.iter().copied()))
        .exec(&unit.tx)
        .await?;
    let rows = expense_ids
        .iter()
        .zip(0_i32..)
        .map(|(id, n)| change_row::ActiveModel {
            ledger_id: Set(unit.ledger_id),
            rev: Set(unit.rev),
            n: Set(n),
            noun: Set(Expenses::NAME.to_owned()),
            row_id: Set(*id),
            before_image: Set(None),
            after_image: Set(None),
        });
    change_row::Entity::insert_many(rows)
        .exec_without_returning(&unit.tx)
        .await?;
    set_counts(unit, &Counts::of_rows(expense_ids.len())).await
}

/// True where a row was there and was removed for good.
pub async fn is_purged(db: &impl ConnectionTrait, ledger_id: Uuid, noun: &str, row_id: Uuid) -> Result<bool> {
    let last = of_row(db, ledger_id, noun, row_id, None, 1).await?;
    Ok(last.first().is_some_and(|row| row.after_image.is_none()))
}

/// The rows of a change, in order.
pub async fn rows(db: &impl ConnectionTrait, ledger_id: Uuid, rev: i64) -> Result<Vec<change_row::Model>> {
    let rows = change_row::Entity::find()
        .filter(change_row::Column::LedgerId.eq(ledger_id))
        .filter(change_row::Column::Rev.eq(rev))
        .order_by_asc(change_row::Column::N)
        .all(db)
        .await?;
    Ok(rows)
}

/// Builds a statement in the connection's own SQL.
pub(super) fn build(db: &impl ConnectionTrait, statement: &impl StatementBuilder) -> sea_orm::Statement {
    db.get_database_backend().build(statement)
}
