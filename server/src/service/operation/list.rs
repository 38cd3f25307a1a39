//! Operations as callers see them: those under way first, then those that ended. An import that is being written is
//! one as well, though it keeps its own progress.

use super::{Operation as Stored, Task};
use crate::error::{AppError, Result};
use crate::service::Grant;
use crate::service::cursor::Walk;
use crate::state::AppState;
use crate::store;
use crate::store::import::{ImportImage, Stage};
use crate::store::operation::{DONE, FAILED, RUNNING};
use api::id::OperationId;
use api::instant::Instant;
use api::operation::{Operation, OperationQuery, OperationState};
use api::page::Page;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The kind of an import's changes.
const IMPORT: &str = "commit_import";

/// The last one of a page.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Place {
    is_running: bool,
    id: Uuid,
}

impl Place {
    fn of(operation: &Operation) -> Self {
        Self {
            is_running: operation.state == OperationState::Running,
            id: operation.id.into(),
        }
    }
}

/// A page of the operations of a ledger: those under way first, each sort with the latest first.
pub async fn list(state: &AppState, grant: &Grant, query: OperationQuery) -> Result<Page<Operation>> {
    let walk = Walk::new(state, grant, ("operations", query.state), &query.page);
    let (after, count) = (walk.after::<Place>()?, walk.count());
    let ledger_id = grant.ledger_id();
    let wants = |wanted| query.state.is_none_or(|state| state == wanted);
    let wants_running = wants(OperationState::Running) && after.is_none_or(|after| after.is_running);
    let ended: Vec<&str> = [(OperationState::Done, DONE), (OperationState::Failed, FAILED)]
        .into_iter()
        .filter_map(|(state, word)| wants(state).then_some(word))
        .collect();
    let ended = ended.as_slice();
    let before = after.filter(|after| !after.is_running).map(|after| after.id);
    let (stored, imports) = state
        .db
        .read(|db| async move {
            let (mut stored, mut imports) = (Vec::new(), Vec::new());
            if wants_running {
                stored.extend(store::operation::running(&db, ledger_id).await?);
                imports.extend(store::import::committing(&db, ledger_id).await?);
            }
            if !ended.is_empty() {
                stored.extend(store::operation::ended(&db, ledger_id, ended, before, count).await?);
            }
            if ended.contains(&DONE) {
                imports.extend(store::import::written(&db, ledger_id, before, count).await?);
            }
            Ok((stored, imports))
        })
        .await?;
    let stored = stored.iter().map(shown);
    let imports = imports.into_iter().filter_map(written);
    let mut found = stored
        .chain(imports.map(Ok))
        .collect::<Result<Vec<Operation>>>()?;
    if let Some(after) = after.filter(|after| after.is_running) {
        found.retain(|operation| {
            operation.state != OperationState::Running || Uuid::from(operation.id) < after.id
        });
    }
    found.sort_by_key(|operation| {
        let is_ended = operation.state != OperationState::Running;
        (is_ended, std::cmp::Reverse(operation.id))
    });
    walk.page(found, Place::of, |operation| operation)
}

/// One operation, under way or ended.
pub async fn get(state: &AppState, grant: &Grant, id: OperationId) -> Result<Operation> {
    let (ledger_id, id) = (grant.ledger_id(), Uuid::from(id));
    let (stored, import) = state
        .db
        .read(|db| async move {
            let stored = store::operation::find(&db, ledger_id, id).await?;
            let import = match stored {
                Some(_) => None,
                None => store::import::find_by_op(&db, ledger_id, id).await?,
            };
            Ok((stored, import))
        })
        .await?;
    match (stored, import.and_then(written)) {
        (Some(stored), _) => shown(&stored),
        (None, Some(import)) => Ok(import),
        (None, None) => Err(AppError::not_found()),
    }
}

fn shown(stored: &Stored) -> Result<Operation> {
    let (undoes, skipped) = match Task::read(stored)?.0 {
        Task::Undo(undoing) => (Some(undoing.undoes.into()), undoing.skipped),
        Task::Merge(_) => (None, 0),
    };
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    let done = count(stored.done + skipped);
    // Names that an undo brings back or takes away are among what is done; rows are what it is about, where it has any.
    let total = match count(stored.total) {
        0 => done,
        total => total,
    };
    Ok(Operation {
        id: stored.id.into(),
        kind: stored.kind.clone(),
        state: match stored.state.as_str() {
            RUNNING => OperationState::Running,
            FAILED => OperationState::Failed,
            _ => OperationState::Done,
        },
        done: done.min(total),
        total,
        undoes,
        by: stored.user_id.into(),
        client: stored.client.clone(),
        started_at: Instant::new(stored.created_at),
        updated_at: Instant::new(stored.updated_at),
    })
}

/// An import as the operation that writes it; `None` where nothing was written yet.
fn written(import: ImportImage) -> Option<Operation> {
    let id = import.op_id?;
    let state = match import.state {
        Stage::Committing => OperationState::Running,
        Stage::Committed | Stage::Undone => OperationState::Done,
        Stage::Reading | Stage::Preview | Stage::Dropped => return None,
    };
    let detail = import.detail;
    Some(Operation {
        id: id.into(),
        kind: IMPORT.to_owned(),
        state,
        done: detail.written_count,
        total: detail.new_count.max(detail.written_count),
        undoes: None,
        by: detail.committed_by.unwrap_or(import.created_by).into(),
        client: detail.client.unwrap_or_default(),
        started_at: detail.committed_at.unwrap_or(import.created_at),
        updated_at: import.updated_at,
    })
}
