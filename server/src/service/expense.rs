//! Expenses: listing them, and creating, changing, deleting and restoring one or several.

use crate::error::{AppError, Findings, Result};
use crate::service::change_set::{ChangeSet, RowOp};
use crate::service::cursor::Walk;
use crate::service::write::{Committed, commit};
use crate::service::{Grant, WriteKey, filter};
use crate::state::AppState;
use crate::store;
use crate::store::filter::{Keyset, Order, SortKey};
use crate::store::image::ExpenseImage;
use api::expense::{
    Batch, BatchOperation, BatchResult, BatchVerb, Expense, ExpensePatch, ExpenseQuery, NewExpense,
};
use api::id::{ExpenseId, new_uuid};
use api::page::Page;
use api::problem::Code;
use std::collections::BTreeMap;
use uuid::Uuid;

pub use crate::store::noun::{Expenses, Noun};

/// Most rows that may be sorted by anything but the date.
const MAX_SORTED: u64 = 20_000;

/// A page of expenses.
pub async fn list(state: &AppState, grant: &Grant, query: ExpenseQuery) -> Result<Page<Expense>> {
    let order = Order::parse(query.sort.as_deref()).ok_or_else(|| {
        AppError::fault(
            Code::Validation,
            "/sort",
            "unknown",
            "Sort by date, amount, payee, category or created",
        )
    })?;
    let walk = Walk::new(state, grant, (&query.filter, order), &query.page);
    let after: Option<Keyset> = walk.after()?;
    let filter = filter::resolve(state, grant, &query.filter).await?;
    let (filter, after, count) = (&filter, after.as_ref(), walk.count());
    let rows = state
        .db
        .read(|db| async move {
            if order.key != SortKey::Date
                && store::expense::count(&db, grant.reach(), filter, MAX_SORTED + 1).await? > MAX_SORTED
            {
                return Err(AppError::fault(
                    Code::SortNeedsRange,
                    "/sort",
                    "sort-needs-range",
                    format!("Over {MAX_SORTED} rows would have to be sorted; give `from` and `to`, or sort by date"),
                ));
            }
            store::expense::list(&db, state.db.dialect(), grant.reach(), filter, order, after, count).await
        })
        .await?;
    walk.page(rows, |(_, key)| key.clone(), |(image, _)| image.into())
}

/// One expense, deleted or not.
pub async fn get(state: &AppState, grant: &Grant, id: ExpenseId) -> Result<Expense> {
    Ok(image(state, grant, id).await?.into())
}

async fn image(state: &AppState, grant: &Grant, id: ExpenseId) -> Result<ExpenseImage> {
    let found =
        state
            .db
            .read(|db| async move {
                store::expense::find(&db, state.db.dialect(), grant.reach(), &[id.into()]).await
            })
            .await?;
    match found.into_iter().next() {
        Some(image) => Ok(image),
        None => Err(why_missing(state, grant, id.into()).await?),
    }
}

/// Whoever sees the whole ledger is told that a row was there once.
async fn why_missing(state: &AppState, grant: &Grant, id: Uuid) -> Result<AppError> {
    let ledger_id = grant.ledger_id();
    let is_purged = grant.role().sees_all()
        && state
            .db
            .read(|db| async move { store::change::is_purged(&db, ledger_id, Expenses::NAME, id).await })
            .await?;
    Ok(if is_purged {
        AppError::refuse(Code::Gone, "It was deleted and, after its time, removed for good")
    } else {
        AppError::not_found()
    })
}

/// Records one.
pub async fn create(state: &AppState, grant: &Grant, key: &WriteKey, mut new: NewExpense) -> Result<Expense> {
    // Drawn here, so that a second try makes the same row.
    new.id.get_or_insert_with(|| new_uuid().into());
    let done = one(state, grant, key, "create_expense", RowOp::Create(Box::new(new))).await?;
    let image = done
        .image::<Expenses>()?
        .ok_or_else(|| AppError::Internal("a create without a row".into()))?;
    Ok(image.into())
}

/// Changes one. A patch that changes nothing leaves the version as it is.
pub async fn update(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    id: ExpenseId,
    version: Option<i64>,
    patch: ExpensePatch,
) -> Result<Expense> {
    let op = RowOp::Update {
        id: id.into(),
        version,
        patch: Box::new(patch),
    };
    changed(
        state,
        grant,
        id,
        one(state, grant, key, "update_expense", op).await?,
    )
    .await
}

/// Marks one deleted.
pub async fn delete(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    id: ExpenseId,
    version: Option<i64>,
) -> Result<()> {
    one(
        state,
        grant,
        key,
        "delete_expense",
        RowOp::Delete {
            id: id.into(),
            version,
        },
    )
    .await
    .map(|_| ())
}

/// Brings a deleted one back; one that is there stays as it is.
pub async fn restore(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    id: ExpenseId,
    version: Option<i64>,
) -> Result<Expense> {
    let op = RowOp::Restore {
        id: id.into(),
        version,
    };
    let done = match one(state, grant, key, "restore_expense", op).await {
        Err(error) if error.code() == Some(Code::NotFound) => {
            return Err(why_missing(state, grant, id.into()).await?);
        }
        other => other?,
    };
    changed(state, grant, id, done).await
}

/// Carries out several operations, all or nothing.
pub async fn batch(state: &AppState, grant: &Grant, key: &WriteKey, batch: Batch) -> Result<BatchResult> {
    let mut findings = Findings::default();
    let mut seen: BTreeMap<ExpenseId, BatchVerb> = BTreeMap::new();
    for (index, op) in batch.operations.iter().enumerate() {
        findings.rules.within(&format!("/operations/{index}"), |faults| {
            op.check(faults);
            let (pointer, id) = match (&op.expense, op.id) {
                (Some(new), None) => ("/expense/id", new.id),
                (_, id) => ("/id", id),
            };
            let Some(id) = id else { return };
            let before = seen.insert(id, op.op);
            // What is made can still be changed before anybody sees it.
            let is_of_its_making = before == Some(BatchVerb::Create) && op.op == BatchVerb::Update;
            if is_of_its_making {
                seen.insert(id, BatchVerb::Create);
            } else if before.is_some() {
                let detail = "Another operation of this batch names the same row; only one that is made here can be changed again";
                faults.add(pointer, "twice", detail);
            }
        });
    }
    findings.refuse()?;
    let ops = batch
        .operations
        .into_iter()
        .enumerate()
        .filter_map(|(index, op)| row_op(index, op))
        .collect();
    let set = ChangeSet {
        dialect: state.db.dialect(),
        base: grant.base(),
        may_make_names: grant.may_make_names(),
        ops,
        is_batch: true,
    };
    let done = commit(state, grant, key, "batch_expenses", set).await?;
    let items = done.images::<Expenses>()?.into_iter().map(Into::into).collect();
    let rev = match done.rev() {
        Some(rev) => rev,
        None => current_rev(state, grant).await?,
    };
    Ok(BatchResult { rev, items })
}

fn row_op(index: usize, op: BatchOperation) -> Option<(String, RowOp)> {
    let BatchOperation {
        op,
        id,
        version,
        expense,
        patch,
    } = op;
    let row_op = match op {
        BatchVerb::Create => {
            let mut new = expense?;
            new.id.get_or_insert_with(|| new_uuid().into());
            RowOp::Create(Box::new(new))
        }
        BatchVerb::Update => RowOp::Update {
            id: id?.into(),
            version,
            patch: Box::new(patch?),
        },
        BatchVerb::Delete => RowOp::Delete {
            id: id?.into(),
            version,
        },
        BatchVerb::Restore => RowOp::Restore {
            id: id?.into(),
            version,
        },
    };
    Some((format!("/operations/{index}"), row_op))
}

/// The ledger's revision now.
pub async fn current_rev(state: &AppState, grant: &Grant) -> Result<i64> {
    state
        .db
        .read(|db| async move { Ok(store::ledger::get(&db, grant.ledger_id()).await?.1) })
        .await
}

async fn one(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    kind: &'static str,
    op: RowOp,
) -> Result<Committed> {
    let set = ChangeSet {
        dialect: state.db.dialect(),
        base: grant.base(),
        may_make_names: grant.may_make_names(),
        ops: vec![(String::new(), op)],
        is_batch: false,
    };
    commit(state, grant, key, kind, set).await
}

async fn changed(state: &AppState, grant: &Grant, id: ExpenseId, done: Committed) -> Result<Expense> {
    match done.image::<Expenses>()? {
        Some(image) => Ok(image.into()),
        None => get(state, grant, id).await,
    }
}
