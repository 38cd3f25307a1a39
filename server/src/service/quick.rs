//! The entry line: understood against the names of the ledger, and saved. The grammar is `api::entry`'s; what a payee
//! usually has is not guessed here.

use crate::db::{Dialect, Unit, Work};
use crate::error::{AppError, Refusal, Result};
use crate::service::change_set::{ChangeSet, RowOp};
use crate::service::names::{Miss, Names, nearest, usable};
use crate::service::write::commit;
use crate::service::{Grant, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::apply::{Logged, apply};
use crate::store::names::{Dictionary, Found};
use crate::store::noun::Expenses;
use api::currency::Currency;
use api::entry::{Context, EntryFault, NameRef, Parsed, Span, TokenKind, Vocabulary, parse};
use api::expense::NewExpense;
use api::id::new_uuid;
use api::member::{ME, MemberRef};
use api::problem::{Code, Fault, Faults};
use api::quick::{EntryLine, EntryToken, ParsedEntry, QuickResult};
use uuid::Uuid;

/// What every fault of a line points to.
const POINTER: &str = "/text";

/// What a line would make. Nothing is written.
pub async fn parse_entry(state: &AppState, grant: &Grant, line: &EntryLine) -> Result<ParsedEntry> {
    let found = state
        .db
        .read(|db| async move { store::names::usable(&db, grant.ledger_id()).await })
        .await?;
    let read = Lists::new(&found, grant.user_id()).read(line, grant.base());
    let expense = read.row(line, grant.base()).ok();
    Ok(ParsedEntry {
        expense,
        tokens: read.tokens(),
        new_names: read.new_names(),
        faults: read.faults.into_told(),
    })
}

/// Saves what a line says.
pub async fn create(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    mut line: EntryLine,
) -> Result<QuickResult> {
    // Drawn here, so that a second try makes the same row.
    line.id.get_or_insert_with(|| new_uuid().into());
    let work = Quick {
        dialect: state.db.dialect(),
        base: grant.base(),
        may_make_names: grant.may_make_names(),
        line,
    };
    let done = commit(state, grant, key, "quick_expense", work).await?;
    let image = done
        .image::<Expenses>()?
        .ok_or_else(|| AppError::Internal("a create without a row".into()))?;
    Ok(QuickResult {
        expense: image.into(),
    })
}

struct Quick {
    dialect: Dialect,
    base: Currency,
    may_make_names: bool,
    line: EntryLine,
}

impl Work for Quick {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        // Read in here: a repeat of the key is answered from the log, whatever the names are by then.
        let found = store::names::usable(&unit.tx, unit.ledger_id).await?;
        let new = Lists::new(&found, unit.user_id)
            .read(&self.line, self.base)
            .row(&self.line, self.base)?;
        let ops = vec![(String::new(), RowOp::Create(Box::new(new)))];
        let set = ChangeSet {
            dialect: self.dialect,
            base: self.base,
            may_make_names: self.may_make_names,
            ops,
            is_batch: false,
        };
        let edits = set.edits(unit).await.map_err(in_line)?;
        apply(unit, edits).await
    }
}

/// Faults of the row are faults of the line: a request of this sort has no other place for them.
fn in_line(error: AppError) -> AppError {
    let AppError::Refused(mut refusal) = error else {
        return error;
    };
    refusal.faults.point_to(POINTER);
    AppError::Refused(refusal)
}

/// The ledger's lists as the grammar wants them, with the ids behind their positions.
struct Lists {
    all: Names,
    vocabulary: Vocabulary,
    categories: Vec<Uuid>,
    accounts: Vec<Uuid>,
    members: Vec<Uuid>,
}

impl Lists {
    /// `me` is whom `by:me` means.
    fn new(found: &[Found], me: Uuid) -> Self {
        let mut lists = Self {
            all: Names::new(found.to_vec()),
            vocabulary: Vocabulary::default(),
            categories: Vec::new(),
            accounts: Vec::new(),
            members: Vec::new(),
        };
        for entry in found
            .iter()
            .filter(|entry| !entry.is_archived && !entry.is_deleted)
        {
            let parent = found.iter().find(|parent| Some(parent.id) == entry.parent_id);
            let vocabulary = &mut lists.vocabulary;
            let (names, ids) = if entry.is(Dictionary::Category) {
                (&mut vocabulary.categories, &mut lists.categories)
            } else if entry.is(Dictionary::Account) {
                (&mut vocabulary.accounts, &mut lists.accounts)
            } else {
                (&mut vocabulary.members, &mut lists.members)
            };
            names.push(&entry.name, parent.map(|parent| parent.name.as_str()));
            ids.push(entry.id);
        }
        lists.vocabulary.members.push(ME, None);
        lists.members.push(me);
        lists
    }

    fn read(self, line: &EntryLine, base: Currency) -> Read {
        let context = Context {
            vocabulary: &self.vocabulary,
            base,
            today: line.today,
        };
        let parsed = parse(&line.text, &context);
        let mut read = Read {
            faults: Faults::default(),
            unknown: Faults::default(),
            parsed,
            lists: self,
        };
        read.find_faults(line);
        read
    }
}

/// A line as it was understood, and everything that is wrong with it.
struct Read {
    lists: Lists,
    parsed: Parsed,
    /// All faults.
    faults: Faults,
    /// Those of them that are names the ledger does not have.
    unknown: Faults,
}

impl Read {
    fn find_faults(&mut self, line: &EntryLine) {
        for problem in self.parsed.problems(&self.lists.vocabulary) {
            self.faults
                .add(POINTER, problem.code, detail(&line.text, &problem));
        }
        for (kind, dictionary, name) in self.missing() {
            let span = self
                .parsed
                .tokens
                .iter()
                .find(|token| token.kind == kind)
                .map(|token| token.span);
            let fault = self.missing_fault(line, dictionary, &name, span);
            if let Some(fault) = fault {
                self.faults.add_with(|| fault.clone());
                self.unknown.add_with(|| fault);
            }
        }
    }

    /// The names that are in no list of what can be used. Who paid is the grammar's affair: members are not made.
    fn missing(&self) -> Vec<(TokenKind, Dictionary, NameRef)> {
        let draft = &self.parsed.draft;
        [
            (TokenKind::Category, Dictionary::Category, &draft.category),
            (TokenKind::Account, Dictionary::Account, &draft.account),
            (TokenKind::Account, Dictionary::Account, &draft.to_account),
        ]
        .into_iter()
        .filter_map(|(kind, dictionary, name)| Some((kind, dictionary, name.clone()?)))
        .filter(|(_, _, name)| name.matched == api::entry::Match::New)
        .collect()
    }

    fn missing_fault(
        &self,
        line: &EntryLine,
        dictionary: Dictionary,
        name: &NameRef,
        span: Option<Span>,
    ) -> Option<Fault> {
        let (code, text) = match usable(self.lists.all.by_name(dictionary, &name.text)) {
            Err(Miss::Archived(name)) => (
                Code::Archived,
                format!("{name:?} is archived; bring it back first, or take another"),
            ),
            Err(Miss::Unknown) if !line.create_missing => (
                Code::UnknownName,
                format!(
                    "There is no {:?} yet; send `create_missing` to make it",
                    name.text
                ),
            ),
            _ => return None,
        };
        let list = match dictionary {
            Dictionary::Account => &self.lists.vocabulary.accounts,
            _ => &self.lists.vocabulary.categories,
        };
        let names = (0..list.len()).filter_map(|at| list.path(at));
        Some(Fault {
            pointer: POINTER.to_owned(),
            code: code.as_str().to_owned(),
            detail: at(&line.text, span, &text),
            candidates: nearest(&name.text, names),
        })
    }

    fn new_names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (dictionary, name) in self
            .missing()
            .into_iter()
            .map(|(_, dictionary, name)| (dictionary, name))
        {
            let is_unknown = self.lists.all.by_name(dictionary, &name.text) == Err(Miss::Unknown);
            if is_unknown && !names.contains(&name.text) {
                names.push(name.text.clone());
            }
        }
        names
    }

    fn tokens(&self) -> Vec<EntryToken> {
        let problems = self.parsed.problems(&self.lists.vocabulary);
        let position = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let tokens = self.parsed.tokens.iter().map(|token| EntryToken {
            start: position(token.span.start),
            end: position(token.span.end),
            kind: token.kind.as_str().to_owned(),
            detail: problems
                .iter()
                .find(|problem| problem.span == token.span)
                .map(|problem| problem.detail.clone()),
        });
        tokens.collect()
    }

    /// The row it makes, or everything that stands in the way.
    fn row(&self, line: &EntryLine, base: Currency) -> Result<NewExpense> {
        self.refuse()?;
        let Lists {
            vocabulary,
            categories,
            accounts,
            members,
            ..
        } = &self.lists;
        let draft = &self.parsed.draft;
        let context = Context {
            vocabulary,
            base,
            today: line.today,
        };
        let mut new = draft
            .new_expense(&context)
            .ok_or_else(|| AppError::Internal("a line without amount or fault".into()))?;
        let known = |name: &Option<NameRef>, ids: &[Uuid]| {
            name.as_ref()
                .and_then(NameRef::known)
                .and_then(|at| ids.get(at).copied())
        };
        // What is there is meant by its id: its name may be that of a namesake elsewhere.
        if let Some(id) = known(&draft.category, categories) {
            (new.category_id, new.category) = (Some(id.into()), None);
        }
        if let Some(id) = known(&draft.account, accounts) {
            (new.account_id, new.account) = (Some(id.into()), None);
        }
        if let Some(id) = known(&draft.to_account, accounts) {
            (new.to_account_id, new.to_account) = (Some(id.into()), None);
        }
        new.paid_by = known(&draft.paid_by, members).map(|id| MemberRef::Id(id.into()));
        new.id = line.id;
        new.create_missing = line.create_missing;
        Ok(new)
    }

    fn refuse(&self) -> Result<()> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let code = match self.unknown.told() {
            // Only names: what any other write is refused with for them.
            unknown if self.unknown.count() == self.faults.count() => {
                let is_archived = |fault: &Fault| fault.code == Code::Archived.as_str();
                if unknown.iter().all(is_archived) {
                    Code::Archived
                } else {
                    Code::UnknownName
                }
            }
            _ => Code::Unprocessable,
        };
        Err(Refusal {
            faults: self.faults.clone(),
            ..Refusal::new(code, "The line cannot be saved as it stands")
        }
        .into())
    }
}

fn detail(text: &str, problem: &EntryFault) -> String {
    at(text, Some(problem.span), &problem.detail)
}

/// A sentence with the place that it is about, in bytes of UTF-8.
fn at(text: &str, span: Option<Span>, detail: &str) -> String {
    match span {
        Some(Span { start, end }) if start < end => {
            let piece = text.get(start..end).unwrap_or_default();
            format!("{detail} (bytes {start} to {end}: {piece:?})")
        }
        _ => detail.to_owned(),
    }
}
