//! Verdicts: which rows of a file are new, which are known by their external id, which cannot be written and why; and
//! which names they would make.

use super::Draft;
use super::books::{Books, NoEntry};
use crate::error::{AppError, Result};
use crate::import::RawRow;
use crate::service::Grant;
use crate::state::AppState;
use crate::store;
use crate::store::names::split_path;
use api::currency::Currency;
use api::expense::{MAX_NAME, NewExpense};
use api::import::{ImportOptions, Verdict};
use api::problem::{Code, Faults};
use api::text::{check_line, clean_line, fold};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Most names, and most bytes of them, that one import makes.
const MAX_NEW_NAMES: (usize, usize) = (1000, 40_000);

/// A row with its verdict.
#[derive(Debug)]
pub struct JudgedRow {
    pub line: u32,
    pub raw: String,
    pub verdict: Verdict,
    pub reason: Option<String>,
    pub draft: Option<Draft>,
}

/// A file with its verdicts.
#[derive(Debug)]
pub struct Judged {
    pub rows: Vec<JudgedRow>,
    /// As `category Food`, `category Food: Lunch`, `account Cash`; parents before their children.
    pub new_names: Vec<String>,
}

impl Judged {
    /// How many rows have a verdict.
    pub fn count(&self, verdict: Verdict) -> u64 {
        self.rows
            .iter()
            .filter(|row| row.verdict == verdict)
            .map(|_| 1)
            .sum()
    }
}

/// Judges every row of a file.
pub async fn judge(
    state: &AppState,
    grant: &Grant,
    options: &ImportOptions,
    rows: Vec<RawRow>,
) -> Result<Judged> {
    let ledger_id = grant.ledger_id();
    let books = state
        .db
        .read(|db| async move { Books::load(&db, ledger_id).await })
        .await?;
    check_account(options, &books)?;
    let external_ids: HashSet<&String> = rows
        .iter()
        .filter_map(|row| row.draft.as_ref().ok()?.external_id.as_ref())
        .collect();
    let external_ids: Vec<String> = external_ids.into_iter().cloned().collect();
    let asked = &external_ids;
    let known = state
        .db
        .read(|db| async move { store::external_ref::known(&db, ledger_id, asked).await })
        .await?;
    let mut judge = Judge {
        books,
        base: grant.base(),
        makes_names: options.create_missing.unwrap_or(false),
        known: known.into_keys().collect(),
        seen: HashMap::new(),
        memory: HashMap::new(),
        new_names: NewNames::default(),
    };
    let rows = rows.into_iter().map(|row| judge.row(row)).collect();
    let new_names = judge.new_names.names;
    let (most, most_bytes) = MAX_NEW_NAMES;
    if new_names.len() > most || new_names.iter().map(String::len).sum::<usize>() > most_bytes {
        let some: Vec<&str> = new_names.iter().take(3).map(String::as_str).collect();
        return Err(AppError::fault(
            Code::Unprocessable,
            "/columns",
            "too-many-names",
            format!(
                "The file would make {} names, such as {}; is that the right column?",
                new_names.len(),
                some.join(", ")
            ),
        ));
    }
    Ok(Judged { rows, new_names })
}

/// Refuses an account for the whole file that no row could go to.
fn check_account(options: &ImportOptions, books: &Books) -> Result<()> {
    let unknown = |pointer: &str, detail: String| {
        let code = Code::UnknownName;
        Err(AppError::fault(code, pointer, code.as_str(), detail))
    };
    match (options.account_id, options.account.as_deref().map(clean_line)) {
        (Some(_), Some(_)) => Err(AppError::fault(
            Code::Unprocessable,
            "/account",
            "twice",
            "Name the account by its id or by its name, not by both",
        )),
        (Some(id), None) if !books.has_account(id.into()) => unknown(
            "/account_id",
            format!("There is no account {id} in this ledger, or it is archived"),
        ),
        (None, Some(name)) => match (check_line(&name, MAX_NAME), books.account(&name)) {
            (Err(fault), _) => Err(AppError::fault(
                Code::Unprocessable,
                "/account",
                fault.code(),
                fault.to_string(),
            )),
            (Ok(()), Err(NoEntry::Unusable(why))) => unknown("/account", why),
            (Ok(()), Err(NoEntry::Unknown)) if options.create_missing != Some(true) => {
                unknown("/account", books.no_account(&name))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// What a name leads to: an entry's id, an entry that will be made, or nothing, with the reason.
type Match = Result<Option<Uuid>, String>;

struct Judge {
    books: Books,
    base: Currency,
    makes_names: bool,
    known: HashSet<(Uuid, String)>,
    /// External ids of this file, by account, with the line they were first on.
    seen: HashMap<(String, String), u32>,
    memory: HashMap<(bool, String), Match>,
    new_names: NewNames,
}

impl Judge {
    fn row(&mut self, row: RawRow) -> JudgedRow {
        let RawRow { line, raw, draft } = row;
        let draft = match draft.and_then(|new| self.draft(new)) {
            Ok(draft) => draft,
            Err(why) => {
                return JudgedRow {
                    line,
                    raw,
                    verdict: Verdict::Invalid,
                    reason: Some(why),
                    draft: None,
                };
            }
        };
        let reason = self.twin(&draft, line);
        let verdict = if reason.is_some() {
            Verdict::Duplicate
        } else {
            Verdict::New
        };
        if verdict == Verdict::New {
            self.note_names(&draft);
        }
        JudgedRow {
            line,
            raw,
            verdict,
            reason,
            draft: Some(draft),
        }
    }

    fn draft(&mut self, expense: NewExpense) -> Result<Draft, String> {
        let mut faults = Faults::default();
        expense.check(self.base, &mut faults);
        if !faults.is_empty() {
            let told = faults
                .0
                .iter()
                .map(|fault| format!("{}: {}", fault.pointer.trim_start_matches('/'), fault.detail));
            return Err(told.collect::<Vec<_>>().join("; "));
        }
        let category_id = self.find(expense.category.as_deref(), Self::category)?;
        let account_id = self.find(expense.account.as_deref(), Self::account)?;
        let to_account_id = self.find(expense.to_account.as_deref(), Self::account)?;
        Ok(Draft {
            account_id: account_id.or(expense.account_id.map(Into::into)),
            category_id,
            to_account_id,
            expense,
        })
    }

    fn find(&mut self, name: Option<&str>, find: fn(&mut Self, &str) -> Match) -> Match {
        name.map_or(Ok(None), |name| find(self, name))
    }

    fn category(&mut self, path: &str) -> Match {
        if let Some(known) = self.memory.get(&(true, path.to_owned())) {
            return known.clone();
        }
        let mut found = self.books.category(path);
        if found == Err(NoEntry::Unknown) && split_path(path).is_none() && !self.makes_names {
            found = self.books.subcategory(path);
        }
        let found = match found {
            Ok(id) => Ok(Some(id)),
            Err(NoEntry::Unusable(why)) => Err(why),
            Err(NoEntry::Unknown) if self.makes_names => levels(path),
            Err(NoEntry::Unknown) => Err(self.books.no_category(path)),
        };
        self.memory.insert((true, path.to_owned()), found.clone());
        found
    }

    fn account(&mut self, name: &str) -> Match {
        if let Some(known) = self.memory.get(&(false, name.to_owned())) {
            return known.clone();
        }
        let found = match self.books.account(name) {
            Ok(id) => Ok(Some(id)),
            Err(NoEntry::Unusable(why)) => Err(why),
            Err(NoEntry::Unknown) if self.makes_names => Ok(None),
            Err(NoEntry::Unknown) => Err(self.books.no_account(name)),
        };
        self.memory.insert((false, name.to_owned()), found.clone());
        found
    }

    /// Why the row is there already; `None` where it is not. Without an external id every row is its own.
    fn twin(&mut self, draft: &Draft, line: u32) -> Option<String> {
        let external_id = draft.expense.external_id.clone()?;
        let key = match (&draft.account_id, &draft.expense.account) {
            (Some(id), _) => id.to_string(),
            (None, Some(name)) => format!("new {}", fold(name)),
            (None, None) => String::new(),
        };
        let is_new_account = draft.account_id.is_none() && draft.expense.account.is_some();
        let account_key = draft.account_id.unwrap_or(Uuid::nil());
        if !is_new_account && self.known.contains(&(account_key, external_id.clone())) {
            return Some(format!("The external id {external_id:?} was recorded before"));
        }
        match self.seen.entry((key, external_id)) {
            std::collections::hash_map::Entry::Occupied(first) => Some(format!(
                "The external id {:?} is on line {} already",
                first.key().1,
                first.get()
            )),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(line);
                None
            }
        }
    }

    fn note_names(&mut self, draft: &Draft) {
        let Draft {
            expense,
            category_id,
            account_id,
            to_account_id,
        } = draft;
        if let (Some(path), None) = (&expense.category, category_id) {
            if let Some((parent, child)) = split_path(path) {
                if self.books.parent(parent).is_none() {
                    self.new_names.add("category", &clean_line(parent));
                }
                self.new_names.add(
                    "category",
                    &format!("{}: {}", clean_line(parent), clean_line(child)),
                );
            } else {
                self.new_names.add("category", path);
            }
        }
        for (name, id) in [
            (&expense.account, account_id),
            (&expense.to_account, to_account_id),
        ] {
            if let (Some(name), None) = (name, id) {
                self.new_names.add("account", name);
            }
        }
    }
}

/// A path that can be made; each of its levels must be a name.
fn levels(path: &str) -> Match {
    let names = split_path(path).map_or_else(|| vec![path], |(parent, child)| vec![parent, child]);
    match names
        .iter()
        .find_map(|name| api::text::check_name(name, api::expense::MAX_NAME).err())
    {
        Some(fault) => Err(format!("category: {fault}")),
        None => Ok(None),
    }
}

#[derive(Debug, Default)]
struct NewNames {
    names: Vec<String>,
    folded: HashSet<String>,
}

impl NewNames {
    fn add(&mut self, what: &str, name: &str) {
        let name = format!("{what} {name}");
        if self.folded.insert(fold(&name)) {
            self.names.push(name);
        }
    }
}
