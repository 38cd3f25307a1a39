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
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Most names, and most bytes of them, that one import makes.
const MAX_NEW_NAMES: (usize, usize) = (1000, 40_000);
/// Most names of a file that are compared with all that there are.
const MOST_SUGGESTED: usize = 100;

/// A row with its verdict.
#[derive(Debug)]
pub struct JudgedRow {
    pub line: u32,
    pub raw: String,
    pub verdict: Verdict,
    pub reason: Option<String>,
    pub draft: Option<Draft>,
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
                unknown("/account", books.no_account(&name, true))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// What a name leads to: an entry's id, an entry that will be made, or nothing, with the reason.
type Match = Result<Option<Uuid>, String>;

/// Judges the rows of one file, in their order.
pub struct Judge {
    ledger_id: Uuid,
    books: Books,
    base: Currency,
    makes_names: bool,
    /// External ids of this file, by account, with the line they were first on.
    seen: HashMap<Known, u32>,
    memory: HashMap<(bool, String), Match>,
    new_names: NewNames,
    /// Names that were told with those that were perhaps meant.
    suggested: usize,
}

/// An account and an external id, as short as they can be told apart: a file may have many.
type Known = [u8; 16];

impl Judge {
    /// Of a file for that ledger.
    pub async fn new(state: &AppState, grant: &Grant, options: &ImportOptions) -> Result<Self> {
        let ledger_id = grant.ledger_id();
        let books = state
            .db
            .read(|db| async move { Books::load(&db, ledger_id).await })
            .await?;
        check_account(options, &books)?;
        Ok(Self {
            ledger_id,
            books,
            base: grant.base(),
            makes_names: options.create_missing.unwrap_or(false),
            seen: HashMap::new(),
            memory: HashMap::new(),
            new_names: NewNames::default(),
            suggested: 0,
        })
    }

    /// The next rows with their verdicts.
    pub async fn rows(&mut self, state: &AppState, rows: Vec<RawRow>) -> Result<Vec<JudgedRow>> {
        let external_ids: HashSet<&String> = rows
            .iter()
            .filter_map(|row| row.draft.as_ref().ok()?.external_id.as_ref())
            .collect();
        let external_ids: Vec<String> = external_ids.into_iter().cloned().collect();
        let known: HashSet<(Uuid, String)> = if external_ids.is_empty() {
            HashSet::new()
        } else {
            let (asked, ledger_id) = (&external_ids, self.ledger_id);
            let known = state
                .db
                .read(|db| async move { store::external_ref::known(&db, ledger_id, asked).await })
                .await?;
            known.into_keys().collect()
        };
        let rows = rows.into_iter().map(|row| self.row(row, &known)).collect();
        self.new_names.check()?;
        Ok(rows)
    }

    /// As `category Food`, `category Food: Lunch`, `account Cash`; parents before their children.
    pub fn into_new_names(self) -> Vec<String> {
        self.new_names.names
    }
}

impl Judge {
    fn row(&mut self, row: RawRow, known: &HashSet<(Uuid, String)>) -> JudgedRow {
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
        let reason = self.twin(&draft, line, known);
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
                .told()
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
            Err(NoEntry::Unknown) => {
                let suggests = self.suggests();
                Err(self.books.no_category(path, suggests))
            }
        };
        self.memory.insert((true, path.to_owned()), found.clone());
        found
    }

    /// Whether one more name is compared with all that there are. A file may have a hundred thousand that are none.
    fn suggests(&mut self) -> bool {
        self.suggested += 1;
        self.suggested <= MOST_SUGGESTED
    }

    fn account(&mut self, name: &str) -> Match {
        if let Some(known) = self.memory.get(&(false, name.to_owned())) {
            return known.clone();
        }
        let found = match self.books.account(name) {
            Ok(id) => Ok(Some(id)),
            Err(NoEntry::Unusable(why)) => Err(why),
            Err(NoEntry::Unknown) if self.makes_names => Ok(None),
            Err(NoEntry::Unknown) => {
                let suggests = self.suggests();
                Err(self.books.no_account(name, suggests))
            }
        };
        self.memory.insert((false, name.to_owned()), found.clone());
        found
    }

    /// Why the row is there already; `None` where it is not. Without an external id every row is its own.
    fn twin(&mut self, draft: &Draft, line: u32, known: &HashSet<(Uuid, String)>) -> Option<String> {
        let external_id = draft.expense.external_id.clone()?;
        let key = match (&draft.account_id, &draft.expense.account) {
            (Some(id), _) => id.to_string(),
            (None, Some(name)) => format!("new {}", fold(name)),
            (None, None) => String::new(),
        };
        let is_new_account = draft.account_id.is_none() && draft.expense.account.is_some();
        let account_key = draft.account_id.unwrap_or(Uuid::nil());
        if !is_new_account && known.contains(&(account_key, external_id.clone())) {
            return Some(format!("The external id {external_id:?} was recorded before"));
        }
        match self.seen.entry(short(&key, &external_id)) {
            std::collections::hash_map::Entry::Occupied(first) => Some(format!(
                "The external id {external_id:?} is on line {} already",
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

fn short(account: &str, external_id: &str) -> Known {
    let mut hash = Sha256::new();
    hash.update((account.len() as u64).to_be_bytes());
    hash.update(account);
    hash.update(external_id);
    let mut short = Known::default();
    for (byte, hashed) in short.iter_mut().zip(hash.finalize()) {
        *byte = hashed;
    }
    short
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
    bytes: usize,
}

impl NewNames {
    fn add(&mut self, what: &str, name: &str) {
        let name = format!("{what} {name}");
        if self.folded.insert(fold(&name)) {
            self.bytes += name.len();
            self.names.push(name);
        }
    }

    /// Refuses more than one import makes.
    fn check(&self) -> Result<()> {
        let (most, most_bytes) = MAX_NEW_NAMES;
        if self.names.len() <= most && self.bytes <= most_bytes {
            return Ok(());
        }
        let some: Vec<&str> = self.names.iter().take(3).map(String::as_str).collect();
        Err(AppError::fault(
            Code::Unprocessable,
            "/columns",
            "too-many-names",
            format!(
                "The file would make {} names and more, such as {}; is that the right column?",
                self.names.len(),
                some.join(", ")
            ),
        ))
    }
}
