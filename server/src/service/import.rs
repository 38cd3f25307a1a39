//! Imports: a file is read and judged into a preview that writes no expense, looked at, and committed or dropped. The
//! verdicts are made in `import/judge.rs`, names are matched in `import/books.rs`, the writing is in `import/commit.rs`.

mod books;
mod commit;
mod drafts;
mod judge;

pub use commit::{Unfinished, carry_on, commit, resume_imports, unfinished_imports};

use crate::db::{Unit, Work};
use crate::error::{AppError, Findings, Refusal, Result};
use crate::import::{ReadOptions, SomeRows, read};
use crate::service::cursor::Walk;
use crate::service::gate::Turn;
use crate::service::write::{self, Committed};
use crate::service::{Grant, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::apply::{Logged, apply};
use crate::store::import::{Detail, ImportImage, Stage};
use crate::store::noun::{Edit, Imports, Pair};
use api::expense::{MAX_NAME, NewExpense};
use api::id::ImportId;
use api::import::{Import, ImportOptions, ImportRow, ImportRowQuery, Verdict};
use api::page::{Page, PageQuery};
use api::problem::Code;
use api::text::{check_line, clean_line};
use entity::import_row;
use judge::Judge;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use uuid::Uuid;

/// Most bytes of rows that are staged by one statement.
const MOST_STAGED_BYTES: usize = 1_000_000;

/// What is kept of a row: as it was understood, and the ids of what it names and the ledger has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Draft {
    expense: NewExpense,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to_account_id: Option<Uuid>,
}

impl Draft {
    fn parse(row: &import_row::Model) -> Result<Option<Self>> {
        let parsed = row.draft.as_deref().map(serde_json::from_str).transpose();
        parsed.map_err(|error| AppError::Internal(format!("import draft: {error}")))
    }
}

/// A file that was sent.
#[derive(Debug)]
pub struct Upload<B> {
    pub bytes: B,
    pub options: ImportOptions,
    /// Held until the file has been read to its end, even where nobody waits for that any more.
    pub turn: Turn,
}

/// Reads a file and judges its rows; no expense is written. Its rows are read, judged and staged some at a time: all of them
/// at once would take many times the memory of the file.
pub async fn create<B: AsRef<[u8]> + Send + 'static>(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    upload: Upload<B>,
) -> Result<Import> {
    // A file is dear to read twice.
    if let Some(done) = write::replay(state, grant, key).await? {
        return shown(&done);
    }
    let Upload { bytes, options, turn } = upload;
    let file_name = file_name(&options)?;
    let read_options = ReadOptions {
        asked: options.clone(),
        base: grant.base(),
    };
    let (sender, mut chunks) = mpsc::channel::<SomeRows>(1);
    let reading = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        // Where nobody listens any more the rest need not be read.
        read(bytes.as_ref(), &read_options, |some| {
            sender.blocking_send(some).is_ok()
        })
    });
    let at = state.now();
    let mut staged = ImportImage {
        id: state.clock.new_id(),
        state: Stage::Reading,
        file_name,
        format: String::new(),
        row_count: 0,
        detail: Detail {
            options,
            ..Detail::default()
        },
        op_id: None,
        created_by: grant.user_id(),
        version: 1,
        created_at: at,
        updated_at: at,
    };
    let mut judge = None;
    while let Some(some) = chunks.recv().await {
        let staging = Staging {
            state,
            grant,
            image: &mut staged,
        };
        if let Err(error) = staging.take(&mut judge, some).await {
            remove(state, grant.ledger_id(), staged.id).await?;
            return Err(error);
        }
    }
    reading
        .await
        .map_err(|error| AppError::Internal(format!("reading: {error}")))??;
    staged.detail.new_names = judge.map(Judge::into_new_names).unwrap_or_default();
    let after = ImportImage {
        state: Stage::Preview,
        ..staged.clone()
    };
    let done = write::commit(
        state,
        grant,
        key,
        "create_import",
        Show(Pair {
            before: Some(staged.clone()),
            after,
        }),
    )
    .await?;
    let import = shown(&done)?;
    if Uuid::from(import.id) != staged.id {
        // The same request came twice at once, and the other one was first.
        remove(state, grant.ledger_id(), staged.id).await?;
    }
    Ok(import)
}

/// An import whose rows are put where nobody sees them yet, some at a time, so that no other writer waits.
struct Staging<'a> {
    state: &'a AppState,
    grant: &'a Grant,
    image: &'a mut ImportImage,
}

impl Staging<'_> {
    /// Judges some rows and stages them; the head with the first.
    async fn take(self, judge: &mut Option<Judge>, some: SomeRows) -> Result<()> {
        let (state, ledger_id) = (self.state, self.grant.ledger_id());
        let judge = if let Some(judge) = judge {
            judge
        } else {
            let made = Judge::new(state, self.grant, &self.image.detail.options).await?;
            some.format.clone_into(&mut self.image.format);
            let head = &*self.image;
            state
                .db
                .stage(|db| async move { store::import::stage(&db, ledger_id, head).await })
                .await?;
            judge.insert(made)
        };
        let judged = judge.rows(state, some.rows).await?;
        let detail = &mut self.image.detail;
        let mut rows = Vec::with_capacity(judged.len());
        let mut bytes = 0;
        for row in judged {
            *match row.verdict {
                Verdict::New => &mut detail.new_count,
                Verdict::Duplicate => &mut detail.duplicate_count,
                Verdict::Invalid => &mut detail.invalid_count,
            } += 1;
            self.image.row_count += 1;
            let draft = row.draft.as_ref().map(serde_json::to_string).transpose();
            let draft = draft.map_err(|error| AppError::Internal(format!("import draft: {error}")))?;
            bytes += row.raw.len() + draft.as_ref().map_or(0, String::len);
            rows.push(import_row::Model {
                ledger_id,
                import_id: self.image.id,
                n: i32::try_from(self.image.row_count).unwrap_or(i32::MAX),
                line: i32::try_from(row.line).unwrap_or(i32::MAX),
                verdict: store::import::verdict_word(row.verdict).into(),
                reason: row.reason,
                raw: row.raw,
                draft,
                expense_id: None,
            });
            if bytes >= MOST_STAGED_BYTES {
                stage_rows(state, &std::mem::take(&mut rows)).await?;
                bytes = 0;
            }
        }
        stage_rows(state, &rows).await
    }
}

async fn stage_rows(state: &AppState, rows: &[import_row::Model]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    state
        .db
        .stage(|db| async move { store::import::stage_rows(&db, rows).await })
        .await
}

fn file_name(options: &ImportOptions) -> Result<String> {
    let name = clean_line(options.file_name.as_deref().unwrap_or_default());
    if name.is_empty() {
        return Ok("import".into());
    }
    let mut findings = Findings::default();
    if let Err(fault) = check_line(&name, 2 * MAX_NAME) {
        findings.rules.add("/file_name", fault.code(), fault.to_string());
    }
    findings.refuse()?;
    Ok(name)
}

/// Lets callers see an import, or no longer.
#[derive(Debug)]
struct Show(Pair<ImportImage>);

impl Work for Show {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        apply(unit, vec![Edit::Import(self.0.clone())]).await
    }
}

fn shown(done: &Committed) -> Result<Import> {
    let image = done
        .image::<Imports>()?
        .ok_or_else(|| AppError::Internal("an import without a head".into()))?;
    image.seen()
}

/// A page of imports, newest first.
pub async fn list(state: &AppState, grant: &Grant, query: PageQuery) -> Result<Page<Import>> {
    let walk = Walk::new(state, grant, "imports", &query);
    let (before, count) = (walk.after()?, walk.count());
    let found = state
        .db
        .read(|db| async move { store::import::list(&db, grant.ledger_id(), before, count).await })
        .await?;
    let found = found
        .into_iter()
        .map(ImportImage::seen)
        .collect::<Result<Vec<_>>>()?;
    walk.page(found, |import| import.id, |import| import)
}

/// One import.
pub async fn get(state: &AppState, grant: &Grant, id: ImportId) -> Result<Import> {
    find(state, grant.ledger_id(), id.into()).await?.seen()
}

async fn find(state: &AppState, ledger_id: Uuid, id: Uuid) -> Result<ImportImage> {
    let found = state
        .db
        .read(|db| async move { store::import::find(&db, ledger_id, id).await })
        .await?;
    found.ok_or_else(AppError::not_found)
}

/// A page of an import's rows, in the order of the file.
pub async fn rows(
    state: &AppState,
    grant: &Grant,
    id: ImportId,
    query: ImportRowQuery,
) -> Result<Page<ImportRow>> {
    get(state, grant, id).await?;
    let (ledger_id, verdict) = (grant.ledger_id(), query.verdict);
    let walk = Walk::new(state, grant, ("import_rows", id, verdict), &query.page);
    let (after, count) = (walk.after()?.unwrap_or(0), walk.count());
    let found = state
        .db
        .read(|db| async move { store::import::rows(&db, ledger_id, id.into(), verdict, after, count).await })
        .await?;
    let found = found
        .into_iter()
        .map(|model| Ok((model.n, row(model)?)))
        .collect::<Result<Vec<_>>>()?;
    walk.page(found, |(n, _)| *n, |(_, row)| row)
}

fn row(model: import_row::Model) -> Result<ImportRow> {
    let draft = Draft::parse(&model)?;
    Ok(ImportRow {
        line: u32::try_from(model.line).unwrap_or(0),
        verdict: store::import::verdict(&model.verdict)?,
        reason: model.reason,
        raw: model.raw,
        expense: draft.map(|draft| draft.expense),
        expense_id: model.expense_id.map(Into::into),
    })
}

/// Drops a preview. What is being written or was written stays.
pub async fn delete(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    id: ImportId,
    version: Option<i64>,
) -> Result<()> {
    write::commit(
        state,
        grant,
        key,
        "delete_import",
        Drop {
            id: id.into(),
            version,
        },
    )
    .await?;
    remove(state, grant.ledger_id(), id.into()).await
}

#[derive(Debug)]
struct Drop {
    id: Uuid,
    version: Option<i64>,
}

impl Work for Drop {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        let before = store::import::find(&unit.tx, unit.ledger_id, self.id)
            .await?
            .ok_or_else(AppError::not_found)?;
        check_version(&before, self.version)?;
        match before.state {
            Stage::Preview => {}
            Stage::Committing | Stage::Committed | Stage::Undone => {
                return Err(AppError::refuse(
                    Code::Conflict,
                    "It was committed; undo its operation instead",
                ));
            }
            Stage::Reading | Stage::Dropped => return Err(AppError::not_found()),
        }
        let after = ImportImage {
            state: Stage::Dropped,
            version: before.version + 1,
            updated_at: unit.at,
            ..before.clone()
        };
        apply(
            unit,
            vec![Edit::Import(Pair {
                before: Some(before),
                after,
            })],
        )
        .await
    }
}

fn check_version(import: &ImportImage, version: Option<i64>) -> Result<()> {
    if version.is_none_or(|version| version == import.version) {
        return Ok(());
    }
    let detail = format!("It was changed since; it has version {} now", import.version);
    let current = serde_json::to_value(import.clone().seen()?).ok();
    Err(Refusal {
        current,
        ..Refusal::new(Code::StaleVersion, detail)
    }
    .into())
}

/// Removes an import that nobody sees, some rows at a time.
async fn remove(state: &AppState, ledger_id: Uuid, id: Uuid) -> Result<()> {
    while state
        .db
        .stage(|db| async move { store::import::remove_some(&db, ledger_id, id).await })
        .await?
    {}
    Ok(())
}
