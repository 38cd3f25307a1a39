//! Reading the log: what happened in a ledger, as it happened or the latest first, and what happened to one row.

use crate::error::{AppError, Result};
use crate::service::cursor::Walk;
use crate::service::{Grant, cursor};
use crate::state::AppState;
use crate::store;
use crate::store::change::Wanted;
use crate::store::change_count::{NAMES, names, of_operations, of_shown};
use crate::store::noun::{Edit, Noun};
use api::change::{Change, ChangePage, ChangeQuery, ChangeSort, ChangedRow, MAX_SHOWN_ROWS, OperationCounts};
use api::id::OperationId;
use api::instant::Instant;
use api::page::{Page, PageQuery};
use api::problem::Code;
use entity::{change, undo};
use sea_orm::ConnectionTrait;
use std::collections::{HashMap, HashSet};
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
    let list = ("changes", is_newest_first, query.mine, query.open_to, query.whole);
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
        is_whole: query.whole.unwrap_or(false),
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
            let ops = || heads.iter().map(|(head, _)| head.op_id);
            let operations = of_operations(&db, ledger_id, ops()).await?;
            let undos = Undos::of(&db, ledger_id, ops()).await?;
            // What a whole operation shows are the rows of its first change.
            let shows = |head: &change::Model| match operations.get(&head.op_id) {
                Some(whole) if wanted.is_whole => whole.first,
                _ => head.rev,
            };
            let revs: Vec<i64> = heads.iter().map(|(head, _)| shows(head)).collect();
            let mut shown = Shown::of(&db, ledger_id, &heads, &revs).await?;
            let mut changes = Vec::with_capacity(heads.len());
            for ((head, name), rev) in heads.into_iter().zip(revs) {
                let rows = shown.take(&head, rev);
                let whole = operations.get(&head.op_id);
                let counts = whole.map(|whole| whole.counts.clone()).unwrap_or_default();
                let mut change = undos.change(head, name, rows, Some(counts.clone()))?;
                if wanted.is_whole {
                    change.row_count = Some(counts.row_count);
                    change.name_counts = counts.name_counts;
                }
                changes.push(change);
            }
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
                changes.push(undos.change(head, name, vec![Edit::shown(&row)?], None)?);
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

/// The rows that are shown with changes, and the names that some of them are about: of a merge that is what was merged,
/// wherever among its rows it stands.
struct Shown {
    rows: HashMap<i64, Vec<ChangedRow>>,
    names: HashMap<i64, Vec<ChangedRow>>,
}

impl Shown {
    /// With each head the number of the change of its operation whose rows are shown.
    async fn of(
        db: &impl ConnectionTrait,
        ledger_id: Uuid,
        heads: &[(change::Model, String)],
        revs: &[i64],
    ) -> Result<Self> {
        let named: HashSet<i64> = heads
            .iter()
            .filter(|(head, _)| is_of_names(&head.kind))
            .map(|(head, _)| head.rev)
            .collect();
        let with_names: Vec<i64> = named.iter().copied().collect();
        let most = i32::try_from(MAX_SHOWN_ROWS).unwrap_or(i32::MAX);
        let found = store::change::first_rows(db, ledger_id, revs, &with_names, most).await?;
        let mut shown = Self {
            rows: HashMap::new(),
            names: HashMap::new(),
        };
        for row in found {
            let is_name = named.contains(&row.rev) && NAMES.contains(&row.noun.as_str());
            let of = if is_name {
                &mut shown.names
            } else {
                &mut shown.rows
            };
            of.entry(row.rev).or_default().push(Edit::shown(&row)?);
        }
        Ok(shown)
    }

    fn take(&mut self, head: &change::Model, rev: i64) -> Vec<ChangedRow> {
        let mut rows = self.names.remove(&head.rev).unwrap_or_default();
        rows.extend(self.rows.remove(&rev).unwrap_or_default());
        rows.truncate(MAX_SHOWN_ROWS);
        rows
    }
}

/// True where an entry of a dictionary is what it is about, and its rows go along.
fn is_of_names(kind: &str) -> bool {
    let is_along = |verb| {
        let noun = kind.strip_prefix(verb);
        noun.is_some_and(|noun| NAMES.contains(&noun))
    };
    ["merge_", "reassign_", "remove_", "delete_"]
        .into_iter()
        .any(is_along)
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
        operation: Option<OperationCounts>,
    ) -> Result<Change> {
        let undone_by = self.undone_by.get(&head.op_id).copied();
        let (row_count, name_counts) = match (&operation, head.row_count) {
            (None, _) => (None, Vec::new()),
            (Some(_), Some(kept)) => {
                let names = names(head.name_counts.as_deref().unwrap_or_default())?;
                (Some(u64::try_from(kept).unwrap_or(0)), names)
            }
            (Some(_), None) => {
                let (rows, names) = of_shown(&rows);
                (Some(rows), names)
            }
        };
        Ok(Change {
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
            row_count,
            name_counts,
            operation,
            rows,
        })
    }
}
