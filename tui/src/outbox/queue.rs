//! The order of unsent writes, and who may go: one at a time, the first that nothing stands against. What was refused
//! stays where it is and holds back later writes of its rows, and no others. In memory only; nothing is sent here.

use super::Entry;
use api::expense::Expense;
use api::id::ExpenseId;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// How an entry stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// On its way, or next to go.
    Travelling,
    /// For the server, or for its turn.
    Waiting,
    /// The server refused it; it waits for its user.
    Refused(String),
    /// Behind a refused one of the same row, which is named.
    Held(String),
}

impl Standing {
    /// Whether only its user can make it go on.
    pub fn is_parked(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Held(_))
    }
}

/// An entry and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsent {
    pub entry: Entry,
    pub standing: Standing,
    /// The server may have it: an answer was lost, or an earlier run sent it.
    pub may_be_there: bool,
}

/// Whose turn it is, as one that wants to go sees it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Its own.
    Mine(Box<Entry>),
    /// Another's that is under way.
    Later,
    /// Others wait before it; now it waits as well.
    Behind(Box<Entry>),
    /// It was dropped.
    Gone,
}

#[derive(Debug)]
struct Item {
    entry: Entry,
    /// Somebody sees to it that it goes.
    is_travelling: bool,
    /// It is the one that is under way.
    is_sending: bool,
    /// Times that the server failed over it.
    failures: u32,
    may_be_there: bool,
}

/// The entries of one book that this program holds.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// By id.
    items: Vec<Item>,
    /// The version that each row got by a write from here.
    versions: HashMap<ExpenseId, i64>,
}

impl Queue {
    fn place(&self, id: Uuid) -> Option<usize> {
        self.items.iter().position(|item| item.entry.id == id)
    }

    fn find(&mut self, id: Uuid) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| item.entry.id == id)
    }

    /// Puts an entry in its place, instead of an older form of it. It was made on top of what was done from here before.
    pub(super) fn put(&mut self, mut entry: Entry, is_travelling: bool) -> Entry {
        for row in entry.rows() {
            let known = self.versions.get(&row).copied();
            let wanted = entry.write.version_of(row);
            if let (Some(known), Some(wanted)) = (known, wanted)
                && known > wanted
            {
                entry.write.follow(row, known);
            }
        }
        let older = self.place(entry.id).map(|at| self.items.remove(at));
        let failures = older.as_ref().map_or(0, |item| item.failures);
        let may_be_there = older.is_some_and(|item| item.may_be_there);
        let at = self.items.partition_point(|item| item.entry.id < entry.id);
        let item = Item {
            entry: entry.clone(),
            is_travelling,
            is_sending: false,
            failures,
            may_be_there,
        };
        self.items.insert(at, item);
        entry
    }

    pub(super) fn remove(&mut self, id: Uuid) -> Option<Entry> {
        let at = self.place(id)?;
        Some(self.items.remove(at).entry)
    }

    /// It is not on its way any more.
    pub(super) fn land(&mut self, id: Uuid) {
        if let Some(item) = self.find(id) {
            (item.is_travelling, item.is_sending) = (false, false);
        }
    }

    /// Whether it is on its way.
    pub(super) fn is_travelling(&self, id: Uuid) -> bool {
        let mut items = self.items.iter();
        items.any(|item| item.entry.id == id && (item.is_travelling || item.is_sending))
    }

    /// The server may have it.
    pub(super) fn lost(&mut self, id: Uuid) {
        if let Some(item) = self.find(id) {
            item.may_be_there = true;
        }
    }

    /// The server failed over it. How often it did by now.
    pub(super) fn failed(&mut self, id: Uuid) -> u32 {
        self.find(id).map_or(0, |item| {
            item.failures += 1;
            item.failures
        })
    }

    /// How each stands, in order.
    fn standings(&self) -> Vec<Standing> {
        let mut held: HashMap<ExpenseId, &str> = HashMap::new();
        let mut standings = Vec::with_capacity(self.items.len());
        for item in &self.items {
            let rows = item.entry.rows();
            let standing = match &item.entry.refusal {
                Some(refusal) => Standing::Refused(refusal.clone()),
                None => match rows.iter().find_map(|row| held.get(row)) {
                    Some(text) => Standing::Held((*text).to_owned()),
                    None if item.is_travelling => Standing::Travelling,
                    None => Standing::Waiting,
                },
            };
            if standing.is_parked() {
                for row in rows {
                    held.entry(row).or_insert(&item.entry.text);
                }
            }
            standings.push(standing);
        }
        standings
    }

    /// Every entry, in order, and how it stands.
    pub(super) fn all(&self) -> Vec<Unsent> {
        let standings = self.standings().into_iter();
        let unsent = |(item, standing): (&Item, Standing)| Unsent {
            entry: item.entry.clone(),
            standing,
            may_be_there: item.may_be_there,
        };
        self.items.iter().zip(standings).map(unsent).collect()
    }

    /// Entries that go by themselves when they can.
    pub(super) fn waiting(&self) -> usize {
        let standings = self.standings();
        standings.iter().filter(|standing| !standing.is_parked()).count()
    }

    /// Whether one that wants to go may. Where it may, it is the one that does.
    pub(super) fn turn(&mut self, id: Uuid) -> Turn {
        let standings = self.standings();
        let Some(at) = self.place(id) else {
            return Turn::Gone;
        };
        let before = || standings.iter().take(at);
        let is_busy = self.items.iter().any(|item| item.is_sending);
        if is_busy || before().any(|standing| *standing == Standing::Travelling) {
            return Turn::Later;
        }
        let is_held = standings.get(at).is_some_and(Standing::is_parked);
        let is_behind = is_held || before().any(|standing| *standing == Standing::Waiting);
        let Some(item) = self.items.get_mut(at) else {
            return Turn::Gone;
        };
        if is_behind {
            item.is_travelling = false;
            return Turn::Behind(Box::new(item.entry.clone()));
        }
        item.is_sending = true;
        Turn::Mine(Box::new(item.entry.clone()))
    }

    /// The first that may go and does not yet: from now on it does.
    pub(super) fn next(&mut self) -> Option<Entry> {
        let standings = self.standings();
        let at = standings
            .iter()
            .position(|standing| *standing == Standing::Waiting)?;
        let item = self.items.get_mut(at)?;
        item.is_travelling = true;
        Some(item.entry.clone())
    }

    /// Rows have these versions by a write from here. Gives the later entries that go on from there.
    pub(super) fn follow(&mut self, done: Uuid, rows: &[Expense]) -> BTreeSet<Uuid> {
        let mut followers = BTreeSet::new();
        for row in rows {
            self.versions.insert(row.id, row.version);
            for item in self.items.iter_mut().filter(|item| item.entry.id > done) {
                let mut is_other = item.entry.write.follow(row.id, row.version);
                let before = item.entry.before.iter_mut();
                for before in before.filter(|before| before.id == row.id) {
                    is_other |= std::mem::replace(&mut before.version, row.version) != row.version;
                }
                if is_other {
                    followers.insert(item.entry.id);
                }
            }
        }
        followers
    }

    /// An entry as it is now.
    pub(super) fn get(&self, id: Uuid) -> Option<Entry> {
        self.items
            .iter()
            .find(|item| item.entry.id == id)
            .map(|item| item.entry.clone())
    }
}
