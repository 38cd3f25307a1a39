//! Imports and the rows of their files. The head of an import is a noun of the log; its rows are staged beside the log,
//! since nobody sees them before a change refers to them.

mod image;

pub use image::{Detail, ImportImage, Stage};

use self::image::{changing, image};
use super::noun::{Imports, Noun, to_value};
use crate::db::{Class, Unit, classify};
use crate::error::{AppError, Result};
use api::import::Verdict;
use api::instant::Instant;
use entity::{account, import, import_row};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::Value;
use uuid::Uuid;

/// Rows one INSERT or UPDATE holds.
const ROWS_PER_STATEMENT: usize = 500;

impl Noun for Imports {
    const NAME: &'static str = "import";
    type Image = ImportImage;

    fn id(image: &ImportImage) -> Uuid {
        image.id
    }

    fn version(image: &ImportImage) -> i64 {
        image.version
    }

    fn is_deleted(image: &ImportImage) -> bool {
        image.state == Stage::Dropped
    }

    fn label(image: &ImportImage) -> String {
        image.file_name.clone()
    }

    fn wire(image: ImportImage) -> Result<Value> {
        // One that callers do not see has nothing to show.
        image.seen().map_or(Ok(Value::Null), |import| to_value(&import))
    }

    async fn insert(_unit: &Unit, _images: &[&ImportImage]) -> Result<()> {
        Err(AppError::Internal(
            "an import is staged before a change shows it".into(),
        ))
    }

    async fn update(unit: &Unit, before: &ImportImage, after: &ImportImage) -> Result<()> {
        let done = import::Entity::update_many()
            .set(changing(after)?)
            .filter(import::Column::LedgerId.eq(unit.ledger_id))
            .filter(import::Column::Id.eq(after.id))
            .filter(import::Column::Version.eq(before.version))
            .exec(&unit.tx)
            .await?;
        super::one_row(done.rows_affected)
    }
}

/// Stages the head of an import. Doing it twice does it once.
pub async fn stage(db: &impl ConnectionTrait, ledger_id: Uuid, image: &ImportImage) -> Result<()> {
    let row = import::ActiveModel {
        ledger_id: Set(ledger_id),
        id: Set(image.id),
        file_name: Set(image.file_name.clone()),
        format: Set(image.format.clone()),
        created_by: Set(image.created_by),
        created_at: Set(image.created_at.utc()),
        ..changing(image)?
    };
    once(
        import::Entity::insert(row)
            .exec_without_returning(db)
            .await
            .map(|_| ()),
    )
}

/// Stages rows of its file. Doing it twice does it once.
pub async fn stage_rows(db: &impl ConnectionTrait, rows: &[import_row::Model]) -> Result<()> {
    let rows = rows.iter().cloned().map(|row| import_row::ActiveModel {
        ledger_id: Set(row.ledger_id),
        import_id: Set(row.import_id),
        n: Set(row.n),
        line: Set(row.line),
        verdict: Set(row.verdict),
        reason: Set(row.reason),
        raw: Set(row.raw),
        draft: Set(row.draft),
        expense_id: Set(row.expense_id),
    });
    once(
        import_row::Entity::insert_many(rows)
            .exec_without_returning(db)
            .await
            .map(|_| ()),
    )
}

/// A statement whose answer was lost is sent again; what it wrote is there then.
fn once(done: Result<(), sea_orm::DbErr>) -> Result<()> {
    match done {
        Err(error) if classify(&error) == Class::Unique => Ok(()),
        other => Ok(other?),
    }
}

/// The import with that id, whatever its state.
pub async fn find(db: &impl ConnectionTrait, ledger_id: Uuid, id: Uuid) -> Result<Option<ImportImage>> {
    import::Entity::find_by_id((ledger_id, id))
        .one(db)
        .await?
        .map(image)
        .transpose()
}

/// A page of the imports that callers see, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<ImportImage>> {
    let seen = Stage::ALL
        .into_iter()
        .filter(|stage| stage.seen().is_some())
        .map(Stage::as_str);
    let mut find = import::Entity::find()
        .filter(import::Column::LedgerId.eq(ledger_id))
        .filter(import::Column::State.is_in(seen));
    if let Some(before) = before {
        find = find.filter(import::Column::Id.lt(before));
    }
    let rows = find
        .order_by_desc(import::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(image).collect()
}

/// The imports of a ledger that are being written.
pub async fn committing(db: &impl ConnectionTrait, ledger_id: Uuid) -> Result<Vec<ImportImage>> {
    let rows = import::Entity::find()
        .filter(import::Column::LedgerId.eq(ledger_id))
        .filter(import::Column::State.eq(Stage::Committing.as_str()))
        .order_by_desc(import::Column::OpId)
        .all(db)
        .await?;
    rows.into_iter().map(image).collect()
}

/// Some of the imports of a ledger that were written, the last written first, before the operation named.
pub async fn written(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<ImportImage>> {
    let mut find = import::Entity::find()
        .filter(import::Column::LedgerId.eq(ledger_id))
        .filter(import::Column::State.is_in([Stage::Committed, Stage::Undone].map(Stage::as_str)));
    if let Some(before) = before {
        find = find.filter(import::Column::OpId.lt(before));
    }
    let rows = find
        .order_by_desc(import::Column::OpId)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(image).collect()
}

/// The import that an operation writes.
pub async fn find_by_op(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    op_id: Uuid,
) -> Result<Option<ImportImage>> {
    import::Entity::find()
        .filter(import::Column::LedgerId.eq(ledger_id))
        .filter(import::Column::OpId.eq(op_id))
        .one(db)
        .await?
        .map(image)
        .transpose()
}

/// Imports of all ledgers that wait for a job: being written, or to be removed.
pub async fn unfinished(
    db: &impl ConnectionTrait,
    stale_before: Instant,
) -> Result<Vec<(Uuid, ImportImage)>> {
    let waiting = [Stage::Committing, Stage::Dropped, Stage::Reading].map(Stage::as_str);
    let rows = import::Entity::find()
        .filter(import::Column::State.is_in(waiting))
        .limit(100)
        .all(db)
        .await?;
    let mut found = Vec::new();
    for row in rows {
        let (ledger_id, image) = (row.ledger_id, image(row)?);
        if image.state != Stage::Reading || image.created_at < stale_before {
            found.push((ledger_id, image));
        }
    }
    Ok(found)
}

/// The word that a verdict is stored as.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::New => "new",
        Verdict::Duplicate => "duplicate",
        Verdict::Invalid => "invalid",
    }
}

/// The verdict of a stored word.
pub fn verdict(word: &str) -> Result<Verdict> {
    let found = [Verdict::New, Verdict::Duplicate, Verdict::Invalid]
        .into_iter()
        .find(|verdict| verdict_word(*verdict) == word);
    found.ok_or_else(|| AppError::Internal("stored verdict is unknown".into()))
}

/// The rows of a file after row `after`, in order.
pub async fn rows(
    db: &impl ConnectionTrait,
    ledger_id: Uuid,
    import_id: Uuid,
    verdict: Option<Verdict>,
    after: i32,
    limit: u64,
) -> Result<Vec<import_row::Model>> {
    let mut find = import_row::Entity::find()
        .filter(import_row::Column::LedgerId.eq(ledger_id))
        .filter(import_row::Column::ImportId.eq(import_id))
        .filter(import_row::Column::N.gt(after));
    if let Some(verdict) = verdict {
        find = find.filter(import_row::Column::Verdict.eq(verdict_word(verdict)));
    }
    Ok(find
        .order_by_asc(import_row::Column::N)
        .limit(limit)
        .all(db)
        .await?)
}

/// Notes which expense each row became.
pub async fn mark_written(unit: &Unit, import_id: Uuid, written: &[(i32, Uuid)]) -> Result<()> {
    for some in written.chunks(ROWS_PER_STATEMENT) {
        let mut ids = CaseStatement::new();
        for (n, expense_id) in some {
            ids = ids.case(Expr::col(import_row::Column::N).eq(*n), *expense_id);
        }
        import_row::Entity::update_many()
            .col_expr(import_row::Column::ExpenseId, ids.into())
            .filter(import_row::Column::LedgerId.eq(unit.ledger_id))
            .filter(import_row::Column::ImportId.eq(import_id))
            .filter(import_row::Column::N.is_in(some.iter().map(|(n, _)| *n)))
            .exec(&unit.tx)
            .await?;
    }
    Ok(())
}

/// Notes that a row is left out after all, and why.
pub async fn mark_left_out(
    unit: &Unit,
    import_id: Uuid,
    n: i32,
    verdict: Verdict,
    reason: &str,
) -> Result<()> {
    import_row::Entity::update_many()
        .col_expr(import_row::Column::Verdict, Expr::val(verdict_word(verdict)))
        .col_expr(import_row::Column::Reason, Expr::val(reason))
        .filter(import_row::Column::LedgerId.eq(unit.ledger_id))
        .filter(import_row::Column::ImportId.eq(import_id))
        .filter(import_row::Column::N.eq(n))
        .exec(&unit.tx)
        .await?;
    Ok(())
}

/// Removes some rows of an import that nobody sees any more; false when none was left and the head went too.
pub async fn remove_some(db: &impl ConnectionTrait, ledger_id: Uuid, import_id: Uuid) -> Result<bool> {
    let last = rows(db, ledger_id, import_id, None, 0, 2000)
        .await?
        .last()
        .map(|row| row.n);
    if let Some(last) = last {
        import_row::Entity::delete_many()
            .filter(import_row::Column::LedgerId.eq(ledger_id))
            .filter(import_row::Column::ImportId.eq(import_id))
            .filter(import_row::Column::N.lte(last))
            .exec(db)
            .await?;
        return Ok(true);
    }
    let gone = [Stage::Reading, Stage::Dropped].map(Stage::as_str);
    import::Entity::delete_many()
        .filter(import::Column::LedgerId.eq(ledger_id))
        .filter(import::Column::Id.eq(import_id))
        .filter(import::Column::State.is_in(gone))
        .exec(db)
        .await?;
    Ok(false)
}

/// All accounts of a ledger, deleted ones too: few, and needed whole where a file names many.
pub async fn accounts(db: &impl ConnectionTrait, ledger_id: Uuid) -> Result<Vec<account::Model>> {
    Ok(account::Entity::find()
        .filter(account::Column::LedgerId.eq(ledger_id))
        .all(db)
        .await?)
}
