//! The ledger as a few maps: what each operation must make of it, worked out without a database. It knows no HTTP.

use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What sort of name an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noun {
    Category,
    Account,
    Payee,
    Tag,
}

impl Noun {
    pub const ALL: [Self; 4] = [Self::Category, Self::Account, Self::Payee, Self::Tag];

    /// In addresses.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Category => "categories",
            Self::Account => "accounts",
            Self::Payee => "payees",
            Self::Tag => "tags",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub date: String,
    pub cents: i64,
    pub kind: &'static str,
    pub category: Option<Uuid>,
    pub account: Option<Uuid>,
    pub payee: Option<Uuid>,
    pub tags: BTreeSet<Uuid>,
    pub note: Option<String>,
    pub external_id: Option<String>,
    pub is_deleted: bool,
}

impl Row {
    fn key(&self) -> Option<(Uuid, String)> {
        Some((self.account.unwrap_or(Uuid::nil()), self.external_id.clone()?))
    }

    pub fn points_to(&self, id: Uuid) -> bool {
        [self.category, self.account, self.payee].contains(&Some(id)) || self.tags.contains(&id)
    }

    fn pointed(&self) -> impl Iterator<Item = Uuid> + '_ {
        let single = [self.category, self.account, self.payee];
        single.into_iter().flatten().chain(self.tags.iter().copied())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub noun: Noun,
    pub name: String,
    pub parent: Option<Uuid>,
    pub is_deleted: bool,
}

/// Anything that has an id and a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    Row(Row),
    Entry(Entry),
}

impl Thing {
    fn is_deleted(&self) -> bool {
        match self {
            Self::Row(row) => row.is_deleted,
            Self::Entry(entry) => entry.is_deleted,
        }
    }

    fn deleted(&self) -> Self {
        let mut thing = self.clone();
        match &mut thing {
            Self::Row(row) => row.is_deleted = true,
            Self::Entry(entry) => entry.is_deleted = true,
        }
        thing
    }
}

/// What was done, with every thing before and after.
#[derive(Debug, Clone)]
pub struct Done {
    pub rev: i64,
    pub actor: usize,
    pub changes: Vec<(Uuid, Option<Thing>, Thing)>,
    /// False for what is no change of rows and names.
    pub is_open: bool,
    /// The operation that it takes back, by its place.
    pub undoes: Option<usize>,
    /// For an undo: it was taken back itself.
    pub is_undone: bool,
    /// True where names were made for the sake of rows.
    pub is_for_rows: bool,
}

/// What must come of an operation: changes, or a refusal with that status.
pub type Outcome = Result<Vec<(Uuid, Thing)>, u16>;

/// What an undo must come to: the changes, how many rows it passes over, and the rows that were never made.
pub type Reversal = (Vec<(Uuid, Thing)>, usize, Vec<Uuid>);

#[derive(Debug, Default)]
pub struct Book {
    pub things: BTreeMap<Uuid, (Thing, i64)>,
    pub refs: BTreeMap<(Uuid, String), Uuid>,
    pub done: Vec<Done>,
    pub rev: i64,
}

impl Book {
    pub fn row(&self, id: Uuid) -> Option<&Row> {
        match self.things.get(&id) {
            Some((Thing::Row(row), _)) => Some(row),
            _ => None,
        }
    }

    pub fn entry(&self, id: Uuid) -> Option<&Entry> {
        match self.things.get(&id) {
            Some((Thing::Entry(entry), _)) => Some(entry),
            _ => None,
        }
    }

    /// Rows, live or deleted, in the order of their ids.
    pub fn rows(&self, is_deleted: bool) -> Vec<Uuid> {
        let rows = self
            .things
            .iter()
            .filter(|(_, (thing, _))| matches!(thing, Thing::Row(row) if row.is_deleted == is_deleted));
        rows.map(|(id, _)| *id).collect()
    }

    /// Live entries of a sort.
    pub fn live(&self, noun: Noun) -> Vec<Uuid> {
        let entries = self.things.iter().filter(
            |(_, (thing, _))| matches!(thing, Thing::Entry(entry) if entry.noun == noun && !entry.is_deleted),
        );
        entries.map(|(id, _)| *id).collect()
    }

    /// The live entry of that name.
    pub fn named(&self, noun: Noun, name: &str, parent: Option<Uuid>) -> Option<Uuid> {
        let fits = |id: &Uuid| {
            self.entry(*id)
                .is_some_and(|entry| entry.name == name && entry.parent == parent)
        };
        self.live(noun).into_iter().find(fits)
    }

    pub fn children(&self, id: Uuid) -> Vec<Uuid> {
        let is_child = |child: &Uuid| self.entry(*child).is_some_and(|entry| entry.parent == Some(id));
        self.live(Noun::Category).into_iter().filter(is_child).collect()
    }

    fn is_used(&self, id: Uuid) -> bool {
        let rows = self.rows(false);
        rows.into_iter()
            .filter_map(|row| self.row(row))
            .any(|row| row.points_to(id))
    }

    /// The ids of banks belong to one row of an account each.
    pub fn refuses_ref(&self, id: Uuid, row: &Row) -> bool {
        row.key()
            .and_then(|key| self.refs.get(&key))
            .is_some_and(|owner| *owner != id)
    }

    /// A row as it shall be; a bank's id that another row has is refused.
    pub fn put(&self, id: Uuid, row: Row) -> Outcome {
        let before = self.row(id);
        let is_new_ref = before.is_none_or(|before| before.key() != row.key() || before.is_deleted);
        if is_new_ref && !row.is_deleted && self.refuses_ref(id, &row) {
            return Err(409);
        }
        Ok(vec![(id, Thing::Row(row))])
    }

    pub fn restore(&self, id: Uuid) -> Outcome {
        let mut row = self.row(id).expect("a row").clone();
        row.is_deleted = false;
        if row
            .pointed()
            .any(|id| self.entry(id).is_none_or(|entry| entry.is_deleted))
        {
            return Err(409);
        }
        self.put(id, row)
    }

    pub fn delete_entry(&self, id: Uuid) -> Outcome {
        if self.is_used(id) || !self.children(id).is_empty() {
            return Err(409);
        }
        let entry = self.entry(id).expect("an entry").clone();
        Ok(vec![(
            id,
            Thing::Entry(Entry {
                is_deleted: true,
                ..entry
            }),
        )])
    }

    pub fn rename(&self, id: Uuid, name: &str) -> Outcome {
        let entry = self.entry(id).expect("an entry").clone();
        if self
            .named(entry.noun, name, entry.parent)
            .is_some_and(|other| other != id)
        {
            return Err(409);
        }
        let name = name.to_owned();
        Ok(vec![(id, Thing::Entry(Entry { name, ..entry }))])
    }

    /// All rows of an entry go to another; it goes with the last of them.
    pub fn merge(&self, from: Uuid, into: Uuid) -> Outcome {
        let noun = self.entry(from).expect("an entry").noun;
        let mut changes = Vec::new();
        let mut owners = self.refs.clone();
        let mut rows: Vec<(Uuid, &Row)> = self
            .things
            .iter()
            .filter_map(|(id, (thing, _))| match thing {
                Thing::Row(row) if row.points_to(from) => Some((*id, row)),
                _ => None,
            })
            .collect();
        // Live ones first: of two that a bank knows by one id, the live one keeps it.
        rows.sort_by_key(|(id, row)| (row.is_deleted, row.date.clone(), *id));
        for (id, row) in rows {
            let mut row = row.clone();
            match noun {
                Noun::Category => row.category = Some(into),
                Noun::Payee => row.payee = Some(into),
                Noun::Tag => {
                    row.tags.remove(&from);
                    row.tags.insert(into);
                }
                Noun::Account => {
                    row.account = Some(into);
                    if let Some(key) = row.key()
                        && *owners.entry(key).or_insert(id) != id
                    {
                        row.external_id = None;
                    }
                }
            }
            changes.push((id, Thing::Row(row)));
        }
        let entry = self.entry(from).expect("an entry").clone();
        let gone = Entry {
            is_deleted: true,
            ..entry
        };
        changes.push((from, Thing::Entry(gone)));
        Ok(changes)
    }

    /// Writes what an operation came to, and remembers it with what was there before.
    pub fn commit(&mut self, changes: Vec<(Uuid, Thing)>, done: Done) {
        let mut told = Vec::new();
        for (id, after) in changes {
            let before = self.things.get(&id).cloned();
            if before.as_ref().is_some_and(|(before, _)| *before == after) {
                continue;
            }
            if let Thing::Row(row) = &after
                && let Some(key) = row.key()
            {
                let was = before.as_ref().and_then(|(thing, _)| match thing {
                    Thing::Row(row) => Some((row.key(), row.is_deleted)),
                    Thing::Entry(_) => None,
                });
                let is_back = was
                    .as_ref()
                    .is_none_or(|(_, was_deleted)| *was_deleted && !row.is_deleted);
                if is_back || was.is_some_and(|(was, _)| was.as_ref() != Some(&key)) {
                    self.refs.entry(key).or_insert(id);
                }
            }
            let version = before.as_ref().map_or(1, |(_, version)| version + 1);
            told.push((id, before.map(|(thing, _)| thing), after.clone()));
            self.things.insert(id, (after, version));
        }
        self.done.push(Done {
            changes: told,
            ..done
        });
    }

    pub fn forget_refs(&mut self, rows: &[Uuid]) {
        for id in rows {
            let known_by = self.row(*id).and_then(|row| row.external_id.clone());
            self.refs
                .retain(|(_, external_id), owner| owner != id || Some(external_id) != known_by.as_ref());
        }
    }

    /// Whether an undo of that operation holds.
    pub fn is_undone(&self, of: usize) -> bool {
        self.done
            .iter()
            .any(|done| done.undoes == Some(of) && !done.is_undone)
    }

    /// An undo that is taken back frees what it undid, and so on down.
    pub fn note_undo(&mut self, of: usize) {
        let (mut of, mut is_undone) = (of, true);
        while let Some(next) = self.done[of].undoes {
            self.done[of].is_undone = is_undone;
            (of, is_undone) = (next, !is_undone);
        }
    }

    /// What taking an operation back must come to.
    pub fn reverse(&self, of: usize, is_skipping: bool) -> Result<Reversal, u16> {
        let done = &self.done[of];
        if !done.is_open || self.is_undone(of) {
            return Err(409);
        }
        let mut after = Self {
            things: self.things.clone(),
            refs: self.refs.clone(),
            ..Self::default()
        };
        let (mut changes, mut skipped, mut unmade) = (Vec::new(), 0, Vec::new());
        let mut set = |after: &mut Self, id: Uuid, thing: Thing| {
            after.things.insert(id, (thing.clone(), 0));
            changes.push((id, thing));
        };
        let mut back: Vec<_> = done
            .changes
            .iter()
            .filter_map(|(id, before, made)| match before {
                Some(Thing::Entry(entry)) if !entry.is_deleted => Some((*id, entry, made)),
                _ => None,
            })
            .collect();
        back.sort_by_key(|(_, entry, _)| entry.parent.is_some());
        for (id, entry, made) in back {
            let now = &self.things[&id].0;
            if *now == Thing::Entry(entry.clone()) {
                continue;
            }
            let is_taken = self
                .named(entry.noun, &entry.name, entry.parent)
                .is_some_and(|holder| holder != id);
            let has_place = entry.parent.is_none_or(|parent| {
                after
                    .entry(parent)
                    .is_some_and(|parent| !parent.is_deleted && parent.parent.is_none())
                    && self.children(id).is_empty()
            });
            if now != made || is_taken || !has_place {
                skipped += 1;
            } else {
                set(&mut after, id, Thing::Entry(entry.clone()));
            }
        }
        for (id, before, made) in &done.changes {
            let Thing::Row(_) = made else { continue };
            let now = &self.things[id].0;
            let target = before.clone().unwrap_or_else(|| now.deleted());
            if *now == target {
                if before.is_none() {
                    unmade.push(*id);
                }
                continue;
            }
            let Thing::Row(row) = &target else { continue };
            let is_lost = !row.is_deleted
                && (row
                    .pointed()
                    .any(|id| after.entry(id).is_none_or(|entry| entry.is_deleted))
                    || self.refuses_ref(*id, row));
            if now != made || is_lost {
                skipped += 1;
                continue;
            }
            if before.is_none() {
                unmade.push(*id);
            }
            set(&mut after, *id, target);
        }
        let mut gone: Vec<_> = done
            .changes
            .iter()
            .filter(|(_, before, made)| {
                matches!(made, Thing::Entry(_)) && before.as_ref().is_none_or(Thing::is_deleted)
            })
            .filter(|(id, ..)| !self.things[id].0.is_deleted())
            .collect();
        gone.sort_by_key(|(id, ..)| self.entry(*id).is_some_and(|entry| entry.parent.is_none()));
        for (id, before, made) in gone {
            let now = &self.things[id].0;
            let is_kept = now != made || after.is_used(*id) || !after.children(*id).is_empty();
            if !is_kept {
                set(&mut after, *id, now.deleted());
            } else if before.is_some() || !done.is_for_rows {
                skipped += 1;
            }
        }
        if skipped > 0 && !is_skipping {
            return Err(409);
        }
        Ok((changes, skipped, unmade))
    }
}
