//! The categories and accounts of a ledger as a file's names are matched with them: by exact level first, so that a
//! name means the same in every row, whatever the rows before it made.

use crate::error::Result;
use crate::service::names::nearest;
use crate::store;
use crate::store::names::split_path;
use api::text::{as_id, fold};
use sea_orm::ConnectionTrait;
use std::collections::HashMap;
use uuid::Uuid;

/// Why a name does not lead to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoEntry {
    /// There is none of that name.
    Unknown,
    /// There is one that cannot be used; says why.
    Unusable(String),
}

#[derive(Debug, Clone)]
struct Entry {
    id: Uuid,
    path: String,
    is_archived: bool,
}

/// A ledger's categories and accounts.
#[derive(Debug, Default)]
pub struct Books {
    top: HashMap<String, Entry>,
    child: HashMap<(Uuid, String), Entry>,
    accounts: HashMap<String, Entry>,
}

impl Books {
    /// All live entries of a ledger.
    pub async fn load(db: &impl ConnectionTrait, ledger_id: Uuid) -> Result<Self> {
        let mut books = Self::default();
        let categories = store::names::categories(db, ledger_id).await?;
        let names: HashMap<Uuid, &str> = categories
            .iter()
            .map(|entry| (entry.id, entry.name.as_str()))
            .collect();
        for entry in categories.iter().filter(|entry| !entry.is_deleted) {
            let path = |name: &str| match entry.parent_id.and_then(|id| names.get(&id)) {
                Some(parent) => format!("{parent}: {name}"),
                None => name.to_owned(),
            };
            let found = Entry {
                id: entry.id,
                path: path(&entry.name),
                is_archived: entry.is_archived,
            };
            match entry.parent_id {
                Some(parent) => books.child.insert((parent, entry.name_fold.clone()), found),
                None => books.top.insert(entry.name_fold.clone(), found),
            };
        }
        for entry in store::import::accounts(db, ledger_id)
            .await?
            .into_iter()
            .filter(|entry| !entry.is_deleted)
        {
            let found = Entry {
                id: entry.id,
                path: entry.name,
                is_archived: entry.is_archived,
            };
            books.accounts.insert(entry.name_fold, found);
        }
        Ok(books)
    }

    /// The category of that path: the one at the top, or for `Parent: Child` the child of that parent.
    pub fn category(&self, path: &str) -> Result<Uuid, NoEntry> {
        if let Some(id) = as_id(path) {
            return by_id("category", self.top.values().chain(self.child.values()), id);
        }
        if let Some(entry) = self.top.get(&fold(path)) {
            return usable("category", entry);
        }
        let (parent, child) = split_path(path).ok_or(NoEntry::Unknown)?;
        let parent = self.top.get(&fold(parent)).ok_or(NoEntry::Unknown)?;
        match self.child.get(&(parent.id, fold(child))) {
            Some(entry) => usable("category", entry),
            // A new one would stand under a parent that is out of use.
            None => usable("category", parent).and(Err(NoEntry::Unknown)),
        }
    }

    /// The only subcategory of that name, for a path that names no parent.
    pub fn subcategory(&self, name: &str) -> Result<Uuid, NoEntry> {
        let folded = fold(name);
        let mut same: Vec<&Entry> = self
            .child
            .iter()
            .filter(|((_, name), _)| *name == folded)
            .map(|(_, entry)| entry)
            .collect();
        same.sort_by(|a, b| a.path.cmp(&b.path));
        match same.as_slice() {
            [] => Err(NoEntry::Unknown),
            [one] => usable("category", one),
            many => {
                let paths: Vec<&str> = many.iter().map(|entry| entry.path.as_str()).collect();
                Err(NoEntry::Unusable(format!(
                    "The category {name:?} may be {}; say which",
                    paths.join(" or ")
                )))
            }
        }
    }

    /// The top category of that name.
    pub fn parent(&self, name: &str) -> Option<Uuid> {
        self.top.get(&fold(name)).map(|entry| entry.id)
    }

    /// The account of that name.
    pub fn account(&self, name: &str) -> Result<Uuid, NoEntry> {
        if let Some(id) = as_id(name) {
            return by_id("account", self.accounts.values(), id);
        }
        usable("account", self.accounts.get(&fold(name)).ok_or(NoEntry::Unknown)?)
    }

    /// True where an account has that id and takes new rows.
    pub fn has_account(&self, id: Uuid) -> bool {
        self.accounts
            .values()
            .any(|entry| entry.id == id && !entry.is_archived)
    }

    /// Why there is no such category, where asked for with the names that were perhaps meant.
    pub fn no_category(&self, path: &str, suggests: bool) -> String {
        let names = self
            .top
            .values()
            .chain(self.child.values())
            .filter(|_| suggests)
            .map(|entry| entry.path.clone());
        missing("category", path, &nearest(path, names))
    }

    /// Why there is no such account, where asked for with the names that were perhaps meant.
    pub fn no_account(&self, name: &str, suggests: bool) -> String {
        let names = self.accounts.values().filter(|_| suggests);
        missing(
            "account",
            name,
            &nearest(name, names.map(|entry| entry.path.clone())),
        )
    }
}

/// One that is meant by its id is never made.
fn by_id<'a>(what: &str, mut entries: impl Iterator<Item = &'a Entry>, id: Uuid) -> Result<Uuid, NoEntry> {
    match entries.find(|entry| entry.id == id) {
        Some(entry) => usable(what, entry),
        None => Err(NoEntry::Unusable(format!("There is no {what} with the id {id}"))),
    }
}

fn usable(what: &str, entry: &Entry) -> Result<Uuid, NoEntry> {
    if entry.is_archived {
        return Err(NoEntry::Unusable(format!(
            "The {what} {:?} is archived",
            entry.path
        )));
    }
    Ok(entry.id)
}

fn missing(what: &str, name: &str, candidates: &[String]) -> String {
    let perhaps = if candidates.is_empty() {
        String::new()
    } else {
        format!("; perhaps {}", candidates.join(" or "))
    };
    format!("There is no {what} {name:?}{perhaps}; create_missing makes it")
}
