//! Writing an import: one operation of many changes, each with the names or the rows it makes, the rows' marks and the
//! import's progress in one transaction, so that it goes on after a crash exactly where it was.

use super::books::Books;
use super::drafts::{by_id, new_entries, some_of};
use super::{check_version, find, remove};
use crate::db::{Dialect, Op, Unit, Work};
use crate::error::{AppError, Result};
use crate::service::change_set::{ChangeSet, RowOp};
use crate::service::write::commit_as;
use crate::service::{Grant, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::apply::{Logged, MAX_ROWS, apply};
use crate::store::import::{ImportImage, Stage};
use crate::store::noun::{Edit, Pair};
use crate::store::reach::Reach;
use api::currency::Currency;
use api::expense::NewExpense;
use api::id::{ImportId, new_uuid};
use api::import::{Import, Verdict};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a request waits for the last row; the rest is written in the background.
const PATIENCE: Duration = Duration::from_secs(15);
/// After this long a file that was never wholly staged is given up.
const STALE_SECS: i64 = 3600;

/// Writes the new rows of a preview. Answers with the import as it is then: committed, or committing where it takes
/// longer than a request may.
pub async fn commit(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    id: ImportId,
    version: Option<i64>,
) -> Result<Import> {
    let (ledger_id, id) = (grant.ledger_id(), Uuid::from(id));
    let op_id = state.clock.new_id();
    let step = Step {
        dialect: state.db.dialect(),
        base: grant.base(),
        import_id: id,
        start: Some(Start {
            op_id,
            client: grant.client().to_owned(),
            version,
        }),
    };
    commit_as(state, grant, key, "commit_import", op_id, step).await?;
    let rest = tokio::spawn({
        let state = state.clone();
        async move { write_rest(&state, ledger_id, id, || false).await }
    });
    // Dropping the wait leaves the task to its work.
    if let Ok(ended) = tokio::time::timeout(PATIENCE, rest).await {
        ended.map_err(|error| AppError::Internal(format!("import: {error}")))??;
    }
    find(state, ledger_id, id).await?.seen()
}

/// Carries on what a crash interrupted: imports being written, and rows that nobody will see.
pub async fn resume_imports(state: &AppState, is_stopped: impl Fn() -> bool) -> Result<()> {
    let waiting = unfinished_imports(state).await?;
    carry_on(state, waiting, is_stopped).await;
    Ok(())
}

/// An import that somebody has to finish, and its ledger.
pub type Unfinished = (Uuid, ImportImage);

/// The imports that nobody has worked on for a while.
pub async fn unfinished_imports(state: &AppState) -> Result<Vec<Unfinished>> {
    let stale = state.now().utc() - chrono::TimeDelta::seconds(STALE_SECS);
    let stale = api::instant::Instant::new(stale);
    state
        .db
        .read(|db| async move { store::import::unfinished(&db, stale).await })
        .await
}

/// Finishes imports, one after the other.
pub async fn carry_on(state: &AppState, waiting: Vec<Unfinished>, is_stopped: impl Fn() -> bool) {
    for (ledger_id, import) in waiting {
        let done = match import.state {
            Stage::Committing => write_rest(state, ledger_id, import.id, &is_stopped).await,
            _ => remove(state, ledger_id, import.id).await,
        };
        // One that cannot go on must not keep the others from it.
        if let Err(error) = done {
            tracing::warn!(import = %import.id, %error, "import not carried on");
        }
    }
}

/// Writes change after change until the import is committed, or the server stops.
async fn write_rest(
    state: &AppState,
    ledger_id: Uuid,
    id: Uuid,
    is_stopped: impl Fn() -> bool,
) -> Result<()> {
    let base = state
        .db
        .read(|db| async move { Ok(store::ledger::get(&db, ledger_id).await?.0.base_currency) })
        .await?;
    while !is_stopped() {
        let import = find(state, ledger_id, id).await?;
        let (Stage::Committing, Some(op_id), Some(user_id)) =
            (import.state, import.op_id, import.detail.committed_by)
        else {
            return Ok(());
        };
        let op = Op {
            ledger_id,
            reach: Reach::whole(ledger_id),
            op_id,
            user_id,
            key: new_uuid().simple().to_string(),
            request_hash: [0; 32],
            client: import.detail.client.unwrap_or_default(),
            kind: "commit_import",
            at: state.now(),
        };
        let step = Step {
            dialect: state.db.dialect(),
            base,
            import_id: id,
            start: None,
        };
        state.db.write(op, Arc::new(step)).await?;
    }
    Ok(())
}

/// One change of a commit.
#[derive(Debug)]
struct Step {
    dialect: Dialect,
    base: Currency,
    import_id: Uuid,
    start: Option<Start>,
}

#[derive(Debug)]
struct Start {
    op_id: Uuid,
    client: String,
    version: Option<i64>,
}

impl Work for Step {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        let before = store::import::find(&unit.tx, unit.ledger_id, self.import_id)
            .await?
            .ok_or_else(AppError::not_found)?;
        let mut after = ImportImage {
            version: before.version + 1,
            updated_at: unit.at,
            ..before.clone()
        };
        let mut edits = Vec::new();
        match (before.state, &self.start) {
            (Stage::Preview, Some(start)) => {
                check_version(&before, start.version)?;
                after.state = Stage::Committing;
                after.op_id = Some(start.op_id);
                after.detail.committed_by = Some(unit.user_id);
                after.detail.client = Some(start.client.clone());
                after.detail.committed_at = Some(unit.at);
                if !after.detail.new_names.is_empty() {
                    let books = Books::load(&unit.tx, unit.ledger_id).await?;
                    edits = new_entries(unit, &books, &after.detail.new_names);
                }
            }
            (Stage::Committing, None) => {}
            // Somebody else's commit is as good.
            (Stage::Committing | Stage::Committed, _) => return Ok(None),
            _ => return Err(AppError::not_found()),
        }
        if edits.is_empty() {
            edits = self.rows(unit, &mut after).await?;
        }
        edits.push(Edit::Import(Pair {
            before: Some(before),
            after,
        }));
        apply(unit, edits).await
    }
}

impl Step {
    /// The edits of the next rows; counts them and marks them.
    async fn rows(&self, unit: &Unit, after: &mut ImportImage) -> Result<Vec<Edit>> {
        let last_n = after.detail.last_n;
        let most = u64::try_from(MAX_ROWS).unwrap_or(u64::MAX);
        let found = store::import::rows(
            &unit.tx,
            unit.ledger_id,
            self.import_id,
            Some(Verdict::New),
            last_n,
            most,
        )
        .await?;
        let is_all = found.len() < MAX_ROWS;
        let (drafts, is_cut) = some_of(found)?;
        after.detail.last_n = drafts.last().map_or(last_n, |(n, _)| *n);
        if is_all && !is_cut {
            after.state = Stage::Committed;
        }
        let mut left_out = Vec::new();
        let books = if drafts.is_empty() {
            Books::default()
        } else {
            Books::load(&unit.tx, unit.ledger_id).await?
        };
        let mut ops = Vec::with_capacity(drafts.len());
        for (n, draft) in drafts {
            match by_id(&books, draft) {
                Ok(new) => ops.push((n, new)),
                Err(why) => left_out.push((n, Verdict::Invalid, why)),
            }
        }
        let ops = unknown(unit, ops, &mut left_out).await?;
        let edits = self.edits(unit, ops, &mut left_out).await?;
        let detail = &mut after.detail;
        for (n, verdict, why) in &left_out {
            store::import::mark_left_out(unit, self.import_id, *n, *verdict, why).await?;
            detail.new_count = detail.new_count.saturating_sub(1);
            match verdict {
                Verdict::Duplicate => detail.duplicate_count += 1,
                _ => detail.invalid_count += 1,
            }
        }
        let (written, edits) = edits;
        detail.written_count += u64::try_from(written.len()).unwrap_or(0);
        store::import::mark_written(unit, self.import_id, &written).await?;
        Ok(edits)
    }

    /// The edits of the rows that can be written; what cannot any more is left out, and the others tried again.
    async fn edits(
        &self,
        unit: &Unit,
        mut ops: Vec<(i32, NewExpense)>,
        left_out: &mut Vec<(i32, Verdict, String)>,
    ) -> Result<(Vec<(i32, Uuid)>, Vec<Edit>)> {
        loop {
            let pointed = ops
                .iter()
                .map(|(n, new)| (format!("/{n}"), RowOp::Create(Box::new(new.clone()))))
                .collect();
            let set = ChangeSet {
                dialect: self.dialect,
                base: self.base,
                // The names that were to be made along were made before.
                may_make_names: false,
                ops: pointed,
                is_batch: false,
            };
            match set.edits(unit).await {
                Ok(edits) => {
                    let ids = edits.iter().filter_map(|edit| match edit {
                        Edit::Expense(pair) => Some(pair.after.id),
                        _ => None,
                    });
                    return Ok((ops.iter().map(|(n, _)| *n).zip(ids).collect(), edits));
                }
                Err(AppError::Refused(refusal)) => {
                    let mut why: HashMap<i32, String> = HashMap::new();
                    for fault in refusal.faults.told() {
                        let n = fault.pointer.split('/').nth(1).and_then(|n| n.parse().ok());
                        why.insert(
                            n.ok_or_else(|| AppError::Refused(refusal.clone()))?,
                            fault.detail.clone(),
                        );
                    }
                    let before = ops.len();
                    ops.retain(|(n, _)| !why.contains_key(n));
                    if ops.len() == before {
                        return Err(AppError::Refused(refusal));
                    }
                    left_out.extend(why.into_iter().map(|(n, why)| (n, Verdict::Invalid, why)));
                }
                Err(other) => return Err(other),
            }
        }
    }
}

/// The rows whose external id was not recorded since the preview.
async fn unknown(
    unit: &Unit,
    rows: Vec<(i32, NewExpense)>,
    left_out: &mut Vec<(i32, Verdict, String)>,
) -> Result<Vec<(i32, NewExpense)>> {
    let ids: Vec<String> = rows
        .iter()
        .filter_map(|(_, new)| new.external_id.clone())
        .collect();
    let known: HashSet<(Uuid, String)> = store::external_ref::known(&unit.tx, unit.ledger_id, &ids)
        .await?
        .into_keys()
        .collect();
    let mut fresh = Vec::with_capacity(rows.len());
    for (n, new) in rows {
        let key = new
            .external_id
            .clone()
            .map(|id| (new.account_id.map_or(Uuid::nil(), Into::into), id));
        match key.filter(|key| known.contains(key)) {
            Some((_, id)) => {
                left_out.push((
                    n,
                    Verdict::Duplicate,
                    format!("The external id {id:?} was recorded since the preview"),
                ));
            }
            None => fresh.push((n, new)),
        }
    }
    Ok(fresh)
}
