//! Names given instead of ids: finding the entry that is meant, and telling what was perhaps meant where none is.

use crate::store::names::{Dictionary, Found, split_path};
use api::problem::{Code, Fault, Faults};
use api::text::{as_id, fold};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// Most entries of a dictionary that are looked through for what was meant.
pub const MOST_CANDIDATES: u64 = 5000;

/// Most faults of a request that are told with candidates.
const MOST_SUGGESTED: usize = 20;
/// Most names that are compared with what was given, for all faults of a request.
const MOST_COMPARED: usize = 10_000;
/// Longest beginning of a name that is compared.
const MOST_COMPARED_CHARS: usize = 64;

/// Why a name or id does not lead to an entry that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// There is none.
    Unknown,
    /// Several have that name.
    Ambiguous(Vec<String>),
    /// It takes no new rows.
    Archived(String),
}

/// The entries that one look-up found. Each is found by its id or its name without looking at the others: a batch may name
/// ten thousand.
#[derive(Debug, Clone, Default)]
pub struct Names {
    found: Vec<Found>,
    by_id: HashMap<Uuid, Vec<usize>>,
    by_fold: HashMap<String, Vec<usize>>,
}

impl Names {
    /// Over what a look-up found. Deleted entries are dropped: nothing may point to them anew.
    pub fn new(found: Vec<Found>) -> Self {
        Self::of_those(found, |entry| !entry.is_deleted)
    }

    /// As [`Names::new`], for looking at what is there: members who left still have the rows they paid.
    pub fn with_those_who_left(found: Vec<Found>) -> Self {
        Self::of_those(found, |entry| !entry.is_deleted || entry.is(Dictionary::Member))
    }

    fn of_those(found: Vec<Found>, is_there: impl Fn(&Found) -> bool) -> Self {
        let mut names = Self {
            found: found.into_iter().filter(is_there).collect(),
            ..Self::default()
        };
        for (at, entry) in names.found.iter().enumerate() {
            names.by_id.entry(entry.id).or_default().push(at);
            names.by_fold.entry(entry.name_fold.clone()).or_default().push(at);
        }
        names
    }

    /// Its entries of a dictionary.
    pub fn of(&self, dictionary: Dictionary) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(move |entry| entry.is(dictionary))
    }

    /// Those of a dictionary at places of an index.
    fn at(&self, places: Option<&Vec<usize>>, dictionary: Dictionary) -> impl Iterator<Item = &Found> {
        let places = places.map_or(&[][..], Vec::as_slice);
        places
            .iter()
            .filter_map(|at| self.found.get(*at))
            .filter(move |entry| entry.is(dictionary))
    }

    fn named(&self, dictionary: Dictionary, name: &str) -> impl Iterator<Item = &Found> {
        self.at(self.by_fold.get(&fold(name)), dictionary)
    }

    /// The entry with that id.
    pub fn by_id(&self, dictionary: Dictionary, id: Uuid) -> Result<&Found, Miss> {
        self.at(self.by_id.get(&id), dictionary)
            .next()
            .ok_or(Miss::Unknown)
    }

    /// The entry of that name, or of the id that it is written as. Of categories with the same name the one at the top is
    /// meant; `Parent: Child` says which subcategory.
    pub fn by_name(&self, dictionary: Dictionary, name: &str) -> Result<&Found, Miss> {
        if let Some(id) = as_id(name) {
            return self.by_id(dictionary, id);
        }
        let mut same: Vec<&Found> = self.named(dictionary, name).collect();
        if let [_, _, ..] = same.as_slice()
            && same.iter().any(|entry| entry.parent_id.is_none())
        {
            same.retain(|entry| entry.parent_id.is_none());
        }
        if same.is_empty()
            && dictionary == Dictionary::Category
            && let Some((parent, child)) = split_path(name)
        {
            let parent = self.by_name(dictionary, parent)?;
            return self.child(parent.id, child).ok_or(Miss::Unknown);
        }
        match same.as_slice() {
            [] => Err(Miss::Unknown),
            [one] => Ok(one),
            many => Err(Miss::Ambiguous(
                many.iter().map(|entry| self.path(entry)).collect(),
            )),
        }
    }

    /// The entry of that name that is under no other.
    pub fn at_top(&self, dictionary: Dictionary, name: &str) -> Option<&Found> {
        self.named(dictionary, name)
            .find(|entry| entry.parent_id.is_none())
    }

    /// The subcategory of that name.
    pub fn child(&self, parent_id: Uuid, name: &str) -> Option<&Found> {
        self.named(Dictionary::Category, name)
            .find(|entry| entry.parent_id == Some(parent_id))
    }

    fn path(&self, entry: &Found) -> String {
        let parent = entry
            .parent_id
            .and_then(|id| self.by_id(Dictionary::Category, id).ok());
        parent.map_or_else(
            || entry.name.clone(),
            |parent| format!("{}: {}", parent.name, entry.name),
        )
    }
}

/// An entry that takes new rows.
pub fn usable(found: Result<&Found, Miss>) -> Result<&Found, Miss> {
    let entry = found?;
    if entry.is_archived {
        Err(Miss::Archived(entry.name.clone()))
    } else {
        Ok(entry)
    }
}

/// Notes a miss as a fault of the request.
pub fn note(faults: &mut Faults, pointer: String, what: &str, given: &str, miss: Miss) {
    let (code, detail, candidates) = match miss {
        Miss::Unknown => (
            Code::UnknownName,
            format!("There is no {what} {given:?} in this ledger"),
            Vec::new(),
        ),
        Miss::Ambiguous(candidates) => (
            Code::UnknownName,
            format!("Several {what} entries are called {given:?}; say which"),
            candidates,
        ),
        Miss::Archived(name) => (
            Code::Archived,
            format!("The {what} {name:?} is archived; bring it back first, or take another"),
            Vec::new(),
        ),
    };
    faults.add_with(|| Fault {
        pointer,
        code: code.as_str().into(),
        detail,
        candidates,
    });
}

/// Names that led nowhere, each with the place of its fault, so that what was perhaps meant can be told. That costs a
/// look at whole dictionaries, which only a request that is refused anyway pays.
#[derive(Debug, Default)]
pub struct Missed(Vec<(usize, Dictionary, String)>);

impl Missed {
    /// Remembers the fault noted last.
    pub fn remember(&mut self, faults: &Faults, dictionary: Dictionary, given: &str) {
        // A batch may miss by the hundred; the first few tell the story.
        if self.0.len() < MOST_SUGGESTED
            && let Some(at) = faults.last_told()
        {
            self.0.push((at, dictionary, given.to_owned()));
        }
    }

    /// The dictionaries to look at; none where nothing was missed.
    pub fn dictionaries(&self) -> BTreeSet<Dictionary> {
        self.0.iter().map(|(_, dictionary, _)| *dictionary).collect()
    }

    /// Puts the candidates into the faults, out of all entries of those dictionaries.
    pub fn suggest(self, all: Vec<Found>, faults: &mut Faults) {
        let all = Names::new(all);
        let mut compared = 0;
        for (index, dictionary, given) in self.0 {
            let is_unknown = |fault: &Fault| fault.code == Code::UnknownName.as_str();
            if !faults.told().get(index).is_some_and(is_unknown) {
                continue;
            }
            let same: Vec<String> = all
                .named(dictionary, &given)
                .map(|entry| all.path(entry))
                .collect();
            let candidates = if same.is_empty() {
                let usable: Vec<&Found> = all.of(dictionary).filter(|entry| !entry.is_archived).collect();
                compared += usable.len();
                if compared > MOST_COMPARED {
                    break;
                }
                nearest(&given, usable.into_iter().map(|entry| all.path(entry)))
            } else {
                same
            };
            faults.suggest(index, candidates);
        }
    }
}

/// The names nearest to the one given, best first.
pub fn nearest(given: &str, names: impl IntoIterator<Item = String>) -> Vec<String> {
    let compared = |name: &str| -> String { fold(name).chars().take(MOST_COMPARED_CHARS).collect() };
    let given = compared(given);
    let mut scored: Vec<(f64, String)> = names
        .into_iter()
        .map(|name| {
            let folded = compared(&name);
            let contains = if folded.contains(&given) { 1.0 } else { 0.0 };
            (strsim::jaro_winkler(&given, &folded).max(contains), name)
        })
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    scored.into_iter().take(5).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_perhaps_meant_comes_best_first() {
        let names = ["Food", "Groceries", "Foot care", "Rent"].map(str::to_owned);
        assert_eq!(nearest("fod", names.clone()), ["Food"]);
        assert_eq!(nearest("foo", names.clone())[..2], ["Food", "Foot care"]);
        assert!(nearest("zzz", names).is_empty());
    }
}
