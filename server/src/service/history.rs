//! Reading the log: what happened in a ledger, as it happened or the latest first, and what happened to one row.

use crate::error::{AppError, Result};
use crate::service::cursor::Walk;
use crate::service::{Grant, cursor};
use crate::state::AppState;
use crate::store;
use crate::store::change::Wanted;
use crate::store::noun::{Edit, Noun};
use api::change::{Change, ChangePage, ChangeQuery, ChangeSort, ChangedRow, MAX_SHOWN_ROWS};
use api::id::OperationId;
use api::instant::Instant;
use api::page::{Page, PageQuery};
use api::problem::Code;
use entity::{change, undo};
use sea_orm::ConnectionTrait;
use std::collections::HashMap;
use uuid::Uuid;

/// What a place in the log is sealed for.
const SINCE: &str = "changes-since";

/// A part of the log.
pub async fn list(state: &AppState, grant: &Grant, query: ChangeQuery) -> Result<ChangePage> {
    let is_newest_first = query.sort == Some(ChangeSort::Newest);
    if is_newest_first && query.since.is_some() {
        return Err(AppError::fault(
            Code::Validation,
            "/since",
            "not-together",
            "`since` goes forward and `sort=-rev` back; give one of them",
        ));
    }
    let list = ("changes", is_newest_first, query.mine, query.open_to);
    let walk = Walk::new(state, grant, list, &query.page);
    let from: Option<i64> = walk.after()?;
    let since = query
        .since
        .as_deref()
        .map(|since| place(state, grant, since))
        .transpose()?
        .unwrap_or(0);
    let wanted = Wanted {
        after: (!is_newest_first).then(|| from.unwrap_or(since)),
        before: from.filter(|_| is_newest_first),
        by: query.mine.unwrap_or(false).then(|| grant.user_id()),
        open_to: query.open_to,
    };
    let (changes, rev) = read(state, grant.ledger_id(), wanted, walk.count()).await?;
    if since > rev {
        return Err(AppError::fault(
            Code::BadCursor,
            "/since",
            "bad-cursor",
            format!("This ledger has {rev} changes yet; `since` is beyond them"),
        ));
    }
    let page = walk.page(changes, |change| change.rev, |change| change)?;
    let last = page.items.last().map_or(since, |change| change.rev);
    let next_since = (!is_newest_first)
        .then(|| seal_place(state, grant, last))
        .transpose()?;
    Ok(ChangePage {
        items: page.items,
        next_cursor: page.next_cursor,
        next_since,
        rev,
    })
}

/// Some changes, and the ledger's revision as it is once they were read.
pub async fn read(
    state: &AppState,
    ledger_id: Uuid,
    wanted: Wanted,
    limit: u64,
) -> Result<(Vec<Change>, i64)> {
    state
        .db
        .read(|db| async move {
            let heads = store::change::page(&db, ledger_id, wanted, limit).await?;
            let revs: Vec<i64> = heads.iter().map(|(head, _)| head.rev).collect();
            let most = i32::try_from(MAX_SHOWN_ROWS).unwrap_or(i32::MAX);
            let (rows, counts) = store::change::first_rows(&db, ledger_id, &revs, most).await?;
            let mut shown: HashMap<i64, Vec<ChangedRow>> = HashMap::new();
            for row in rows {
                shown.entry(row.rev).or_default().push(Edit::shown(&row)?);
            }
            let undos = Undos::of(&db, ledger_id, heads.iter().map(|(head, _)| head.op_id)).await?;
            let changes = heads
                .into_iter()
                .map(|(head, name)| {
                    let rows = shown.remove(&head.rev).unwrap_or_default();
                    let count = counts.get(&head.rev).copied().unwrap_or(0);
                    undos.change(head, name, rows, Some(count))
                })
                .collect();
            let (_, rev) = store::ledger::get(&db, ledger_id).await?;
            Ok((changes, rev))
        })
        .await
}

/// What happened to one row, the latest first. A row that is not there, and never was, is not found.
pub async fn of_row<N: Noun>(
    state: &AppState,
    grant: &Grant,
    id: Uuid,
    query: PageQuery,
) -> Result<Page<Change>> {
    let walk = Walk::new(state, grant, ("history", N::NAME, id), &query);
    let (ledger_id, before, count) = (grant.ledger_id(), walk.after()?, walk.count());
    let changes = state
        .db
        .read(|db| async move {
            let rows = store::change::of_row(&db, ledger_id, N::NAME, id, before, count).await?;
            let revs: Vec<i64> = rows.iter().map(|row| row.rev).collect();
            let heads = store::change::heads(&db, ledger_id, &revs).await?;
            let ops = heads.values().map(|(head, _)| head.op_id);
            let undos = Undos::of(&db, ledger_id, ops).await?;
            let mut changes = Vec::with_capacity(rows.len());
            for row in rows {
                let lost = || AppError::Internal("a row of the log without its change".into());
                let (head, name) = heads.get(&row.rev).cloned().ok_or_else(lost)?;
                changes.push(undos.change(head, name, vec![Edit::shown(&row)?], None));
            }
            Ok(changes)
        })
        .await?;
    if changes.is_empty() && before.is_none() {
        return Err(AppError::not_found());
    }
    walk.page(changes, |change| change.rev, |change| change)
}

/// The place in the log that a client names: one that it was given, or the plain number of a change.
pub fn place(state: &AppState, grant: &Grant, since: &str) -> Result<i64> {
    if !since.is_empty() && since.bytes().all(|byte| byte.is_ascii_digit()) {
        return since.parse().map_err(|_| {
            AppError::fault(
                Code::BadCursor,
                "/since",
                "bad-cursor",
                "No ledger has that many changes",
            )
        });
    }
    cursor::open(&state.cursor_key, grant, &SINCE, since)
}

/// What a client hands back as `since` to go on after a change.
pub fn seal_place(state: &AppState, grant: &Grant, rev: i64) -> Result<String> {
    cursor::seal(&state.cursor_key, grant, &SINCE, rev)
}

/// Which operations are undos, and which are taken back.
struct Undos {
    undoes: HashMap<Uuid, Uuid>,
    undone_by: HashMap<Uuid, Uuid>,
}

impl Undos {
    async fn of(db: &impl ConnectionTrait, ledger_id: Uuid, ops: impl Iterator<Item = Uuid>) -> Result<Self> {
        let ops: Vec<Uuid> = ops.collect();
        let found: Vec<undo::Model> = store::change::undos(db, ledger_id, &ops).await?;
        let undone_by = found
            .iter()
            .filter(|undo| !undo.is_undone)
            .map(|undo| (undo.undoes_op_id, undo.op_id))
            .collect();
        let undoes = found.iter().map(|undo| (undo.op_id, undo.undoes_op_id)).collect();
        Ok(Self { undoes, undone_by })
    }

    fn change(
        &self,
        head: change::Model,
        by_name: String,
        rows: Vec<ChangedRow>,
        row_count: Option<i64>,
    ) -> Change {
        let undone_by = self.undone_by.get(&head.op_id).copied();
        Change {
            rev: head.rev,
            operation_id: OperationId(head.op_id),
            is_undoable: undone_by.is_none() && store::change::is_undoable(&head.kind),
            kind: head.kind,
            by: head.user_id.into(),
            by_name,
            client: head.client,
            at: Instant::new(head.at),
            undoes: self.undoes.get(&head.op_id).copied().map(OperationId),
            undone_by: undone_by.map(OperationId),
            row_count: row_count.map(|count| u64::try_from(count).unwrap_or(0)),
            rows,
        }
    }
}
