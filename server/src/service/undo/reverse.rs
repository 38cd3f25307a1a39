//! What becomes of the rows of one change that is taken back: each is brought to what it was before, where it still is
//! what the change made of it. Names come back first, then the rows that need them, and names that the change made go
//! last, if nobody else uses them by then.

mod names;

use crate::db::{Dialect, Unit};
use crate::error::{AppError, Result};
use crate::service::dictionary::next;
use crate::service::entry::{Accounts, Categories, Dictionary, Payees, Tags};
use crate::service::expense::Expenses;
use crate::store;
use crate::store::external_ref;
use crate::store::image::{AccountMarks, EntryImage, ExpenseImage, Named};
use crate::store::import::{ImportImage, Stage};
use crate::store::link::Link;
use crate::store::noun::{Edit, Imports, Noun, Pair};
use crate::store::reach::Reach;
use crate::store::shown::images;
use api::problem::Code;
use entity::change_row;
use names::{Names, pointed};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

pub(super) use crate::store::shown::Was;

/// A row that cannot be brought back to what it was.
#[derive(Debug, Clone)]
pub struct Conflict {
    pub noun: &'static str,
    pub id: Uuid,
    pub why: String,
}

/// How one change is taken back.
#[derive(Debug, Default)]
pub struct Reversal {
    pub edits: Vec<Edit>,
    /// Rows whose making is undone.
    pub unmade: Vec<ExpenseImage>,
    pub conflicts: Vec<Conflict>,
    /// The entries of dictionaries that it touches.
    pub entries: Vec<Uuid>,
    /// Of its rows none is kept any more.
    pub is_gone: bool,
}

/// The rows of a change, by noun.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) expenses: Vec<Was<ExpenseImage>>,
    /// Expenses of which nothing is kept any more.
    pub(super) purged: Vec<Uuid>,
    categories: Vec<Was<EntryImage>>,
    accounts: Vec<Was<EntryImage>>,
    payees: Vec<Was<EntryImage>>,
    tags: Vec<Was<EntryImage>>,
    imports: Vec<Was<ImportImage>>,
}

impl Rows {
    pub(super) fn read(rows: &[change_row::Model]) -> Result<Self> {
        let mut sorted = Self::default();
        for row in rows {
            match row.noun.as_str() {
                Expenses::NAME => match images::<Expenses>(row)? {
                    Some(was) => sorted.expenses.push(was),
                    None => sorted.purged.push(row.row_id),
                },
                Categories::NAME => sorted.categories.push(was::<Categories>(row)?),
                Accounts::NAME => sorted.accounts.push(was::<Accounts>(row)?),
                Payees::NAME => sorted.payees.push(was::<Payees>(row)?),
                Tags::NAME => sorted.tags.push(was::<Tags>(row)?),
                Imports::NAME => sorted.imports.push(was::<Imports>(row)?),
                _ => {
                    return Err(super::not_undoable(
                        "Only changes of expenses and of their names can be undone",
                    ));
                }
            }
        }
        Ok(sorted)
    }

    /// True where the names that the change made are there for its rows' sake.
    fn has_rows(&self) -> bool {
        !self.expenses.is_empty() || !self.purged.is_empty() || !self.imports.is_empty()
    }

    /// True where nothing is left of what the change was about.
    fn is_gone(&self) -> bool {
        !self.purged.is_empty() && self.expenses.is_empty()
    }
}

fn was<N: Noun>(row: &change_row::Model) -> Result<Was<N::Image>> {
    images::<N>(row)?.ok_or_else(|| AppError::Internal(format!("a {} without images in the log", N::NAME)))
}

impl Conflict {
    /// Of a row that was removed for good.
    pub(super) fn purged(id: Uuid) -> Self {
        Self {
            noun: Expenses::NAME,
            id,
            why: "A row of it was removed for good".to_owned(),
        }
    }
}

/// True where two images hold the same of what users set. Names do not count: they are those of the moment.
pub(super) fn is_same(one: &ExpenseImage, other: &ExpenseImage) -> bool {
    let is_alike = one.amount_minor == other.amount_minor
        && one.deleted_at.is_some() == other.deleted_at.is_some()
        && one.note == other.note
        && one.category_id == other.category_id;
    is_alike && content(one) == content(other)
}

/// What of an expense its users set.
fn content(image: &ExpenseImage) -> ExpenseImage {
    let bare = |named: &Named| Named {
        name: String::new(),
        id: named.id,
    };
    let mut tags: Vec<Named> = image.tags.iter().map(bare).collect();
    tags.sort();
    ExpenseImage {
        payee: image.payee.as_ref().map(bare),
        tags,
        deleted_at: image.deleted_at.map(|_| image.created_at),
        version: 0,
        updated_at: image.created_at,
        ..image.clone()
    }
}

/// What of an entry its users set.
fn entry_content(image: &EntryImage) -> EntryImage {
    EntryImage {
        version: 0,
        updated_at: image.created_at,
        // An account that was made along with a row has no marks, and is read back with none.
        account: image
            .account
            .clone()
            .filter(|marks| *marks != AccountMarks::default()),
        ..image.clone()
    }
}

impl Reversal {
    /// How the change with those rows is taken back now.
    pub async fn of(unit: &Unit, dialect: Dialect, rows: &[change_row::Model]) -> Result<Self> {
        let rows = Rows::read(rows)?;
        let purged = rows.purged.iter().copied().map(Conflict::purged).collect();
        let mut reversing = Reversing {
            unit,
            dialect,
            is_for_rows: rows.has_rows(),
            revived: HashSet::new(),
            out: Self {
                is_gone: rows.is_gone(),
                conflicts: purged,
                ..Self::default()
            },
        };
        reversing.revive::<Categories>(&rows.categories).await?;
        reversing.revive::<Accounts>(&rows.accounts).await?;
        reversing.revive::<Payees>(&rows.payees).await?;
        reversing.revive::<Tags>(&rows.tags).await?;
        reversing.expenses(&rows.expenses).await?;
        reversing.bury::<Categories>(&rows.categories).await?;
        reversing.bury::<Accounts>(&rows.accounts).await?;
        reversing.bury::<Payees>(&rows.payees).await?;
        reversing.bury::<Tags>(&rows.tags).await?;
        reversing.imports(&rows.imports).await?;
        Ok(reversing.out)
    }

    /// How many rows it brings back.
    pub fn settled(&self) -> i64 {
        let rows = self.edits.iter().filter(|edit| matches!(edit, Edit::Expense(_)));
        i64::try_from(rows.count()).unwrap_or(0)
    }

    fn conflict<N: Noun>(&mut self, image: &N::Image, why: &str) {
        self.conflicts.push(Conflict {
            noun: N::NAME,
            id: N::id(image),
            why: format!("{} {:?} {why}", N::NAME, N::label(image)),
        });
    }
}

struct Reversing<'a> {
    unit: &'a Unit,
    dialect: Dialect,
    is_for_rows: bool,
    /// Entries that are live again in this change.
    revived: HashSet<Uuid>,
    out: Reversal,
}

impl Reversing<'_> {
    async fn entries<N: Dictionary>(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, EntryImage>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = N::find(&self.unit.tx, self.unit.ledger_id, &ids).await?;
        Ok(found.into_iter().map(|entry| (entry.id, entry)).collect())
    }

    /// Entries that were live before the change become what they were.
    async fn revive<N: Dictionary>(&mut self, rows: &[Was<EntryImage>]) -> Result<()> {
        self.out.entries.extend(rows.iter().map(|(_, after)| after.id));
        let mut back: Vec<(EntryImage, &EntryImage)> = rows
            .iter()
            .filter_map(|(before, after)| Some((before.clone()?, after)))
            .filter(|(before, _)| !before.is_deleted)
            .collect();
        // A subcategory can only come back under a parent that is there.
        back.sort_by_key(|(before, _)| before.parent_id.is_some());
        let mut ids: Vec<Uuid> = back.iter().filter_map(|(before, _)| before.parent_id).collect();
        ids.extend(back.iter().map(|(before, _)| before.id));
        let names: Vec<String> = back
            .iter()
            .filter_map(|(before, _)| N::live_name(before))
            .collect();
        let now = self.entries::<N>(ids).await?;
        let holders = N::holders(&self.unit.tx, self.unit.ledger_id, &names).await?;
        let nested = back.iter().filter(|(before, _)| before.parent_id.is_some());
        let children = self
            .children::<N>(nested.map(|(before, _)| before.id).collect())
            .await?;
        for (before, after) in back {
            let Some(current) = now.get(&before.id).cloned() else {
                self.out.conflict::<N>(&before, "is gone for good");
                continue;
            };
            if entry_content(&current) == entry_content(&before) {
                continue;
            }
            if entry_content(&current) != entry_content(after) {
                self.out.conflict::<N>(&current, "was changed since");
                continue;
            }
            let is_taken = N::live_name(&before)
                .and_then(|name| holders.get(&name).copied())
                .is_some_and(|holder| holder != before.id);
            if is_taken {
                self.out
                    .conflict::<N>(&before, "cannot have its name back: another one has it");
                continue;
            }
            if let Some(parent) = before.parent_id {
                let is_there = self.revived.contains(&parent)
                    || now
                        .get(&parent)
                        .is_some_and(|parent| !parent.is_deleted && parent.parent_id.is_none());
                if !is_there || children.contains_key(&before.id) {
                    let why = "cannot go back under the category that it was under";
                    self.out.conflict::<N>(&before, why);
                    continue;
                }
            }
            if current.is_deleted {
                self.revived.insert(before.id);
            }
            let target = EntryImage {
                version: current.version,
                created_at: current.created_at,
                updated_at: current.updated_at,
                ..before
            };
            self.out.edits.push(N::edit(next(self.unit, current, target)));
        }
        Ok(())
    }

    /// Entries that were not there before the change go, if nothing else needs them.
    async fn bury<N: Dictionary>(&mut self, rows: &[Was<EntryImage>]) -> Result<()> {
        let back: Vec<&Was<EntryImage>> = rows
            .iter()
            .filter(|(before, _)| before.as_ref().is_none_or(|before| before.is_deleted))
            .collect();
        if back.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = back.iter().map(|(_, after)| after.id).collect();
        let now = self.entries::<N>(ids.clone()).await?;
        let used = self.used::<N>(&ids).await?;
        let children = self.children::<N>(ids).await?;
        // Subcategories first, so that their parents are without them.
        let mut back: Vec<_> = back
            .into_iter()
            .filter_map(|(before, after)| Some((before.is_none(), after, now.get(&after.id)?.clone())))
            .filter(|(_, _, current)| !current.is_deleted)
            .collect();
        back.sort_by_key(|(_, _, current)| current.parent_id.is_none());
        let mut buried = HashSet::new();
        for (is_new, after, current) in back {
            // What was made along with rows stays where it found other uses; it was never the point.
            let is_along = is_new && self.is_for_rows;
            let why = if entry_content(&current) != entry_content(after) {
                Some("was changed since")
            } else if used.get(&current.id).is_some_and(|count| *count > 0)
                || children
                    .get(&current.id)
                    .is_some_and(|children| children.iter().any(|child| !buried.contains(child)))
            {
                Some("is in use by other rows")
            } else {
                None
            };
            match why {
                Some(_) if is_along => {}
                Some(why) => self.out.conflict::<N>(&current, why),
                None => {
                    buried.insert(current.id);
                    let target = EntryImage {
                        is_deleted: true,
                        ..current.clone()
                    };
                    self.out.edits.push(N::edit(next(self.unit, current, target)));
                }
            }
        }
        Ok(())
    }

    /// The live subcategories of some categories; no other entry has any.
    async fn children<N: Dictionary>(&self, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<Uuid>>> {
        if N::NAME != Categories::NAME || ids.is_empty() {
            return Ok(HashMap::new());
        }
        store::dictionary::children_of(&self.unit.tx, self.unit.ledger_id, &ids).await
    }

    /// How many live rows point to each of those entries once this change is through.
    async fn used<N: Dictionary>(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>> {
        let mut used: HashMap<Uuid, i64> = HashMap::new();
        for link in N::LINKS {
            let counts = store::link::count_each(&self.unit.tx, self.unit.ledger_id, *link, ids).await?;
            for (id, count) in counts {
                *used.entry(id).or_default() += count;
            }
            for edit in &self.out.edits {
                let Edit::Expense(Pair {
                    before: Some(before),
                    after,
                }) = edit
                else {
                    continue;
                };
                for (image, by) in [(before, -1), (after, 1)] {
                    if image.deleted_at.is_none() {
                        for id in pointed(image, *link) {
                            *used.entry(id).or_default() += by;
                        }
                    }
                }
            }
        }
        Ok(used)
    }

    async fn expenses(&mut self, rows: &[Was<ExpenseImage>]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = rows.iter().map(|(_, after)| after.id).collect();
        let reach = Reach::whole(self.unit.ledger_id);
        let found = store::expense::find(&self.unit.tx, self.dialect, reach, &ids).await?;
        let mut now: HashMap<Uuid, ExpenseImage> = found.into_iter().map(|row| (row.id, row)).collect();
        let mut back = Vec::with_capacity(rows.len());
        for (before, after) in rows {
            let Some(current) = now.remove(&after.id) else {
                self.out.conflict::<Expenses>(after, "is gone for good");
                continue;
            };
            let target = match before {
                Some(before) => before.clone(),
                None => ExpenseImage {
                    deleted_at: Some(self.unit.at),
                    ..current.clone()
                },
            };
            if is_same(&current, &target) {
                // Also what was deleted since was never there: the file may bring it again.
                if before.is_none() {
                    self.out.unmade.push(current);
                }
                continue;
            }
            if !is_same(&current, after) {
                self.out.conflict::<Expenses>(&current, "was changed since");
                continue;
            }
            back.push((before.is_none(), current, target));
        }
        let names = self.names(&back).await?;
        let known = self.known_refs(&back).await?;
        for (is_unmade, current, mut target) in back {
            let is_live = target.deleted_at.is_none();
            if is_live && let Some(gone) = names.missing(&target, &self.revived) {
                self.out
                    .conflict::<Expenses>(&current, &format!("cannot come back: its {gone} is gone"));
                continue;
            }
            let is_known = external_ref::key(&target)
                .filter(|_| is_live)
                .and_then(|key| known.get(&key).copied())
                .is_some_and(|owner| owner != target.id);
            if is_known {
                let why = "cannot come back: its external id was recorded again";
                self.out.conflict::<Expenses>(&current, why);
                continue;
            }
            names.rename(&mut target);
            if is_unmade {
                self.out.unmade.push(current.clone());
            }
            let after = ExpenseImage {
                created_by: current.created_by,
                created_at: current.created_at,
                version: current.version + 1,
                updated_at: self.unit.at,
                ..target
            };
            self.out.edits.push(Edit::Expense(Pair {
                before: Some(current),
                after,
            }));
        }
        Ok(())
    }

    async fn names(&self, back: &[(bool, ExpenseImage, ExpenseImage)]) -> Result<Names> {
        let mut wanted: HashMap<Link, HashSet<Uuid>> = HashMap::new();
        // A row whose making is undone stays as it is but for its being deleted.
        for (_, _, row) in back.iter().filter(|(is_unmade, ..)| !is_unmade) {
            for link in Link::ALL {
                wanted.entry(link).or_default().extend(pointed(row, link));
            }
        }
        let mut of = |links: &[Link]| -> Vec<Uuid> {
            let theirs = links.iter().filter_map(|link| wanted.remove(link));
            theirs.flatten().collect()
        };
        let categories = of(&[Link::Category]);
        let accounts = of(&[Link::Account, Link::ToAccount]);
        let (payees, tags) = (of(&[Link::Payee]), of(&[Link::Tag]));
        Ok(Names {
            categories: self.entries::<Categories>(categories).await?,
            accounts: self.entries::<Accounts>(accounts).await?,
            payees: self.entries::<Payees>(payees).await?,
            tags: self.entries::<Tags>(tags).await?,
        })
    }

    async fn known_refs(
        &self,
        back: &[(bool, ExpenseImage, ExpenseImage)],
    ) -> Result<HashMap<external_ref::Key, Uuid>> {
        let ids: Vec<String> = back
            .iter()
            .filter(|(_, _, target)| target.deleted_at.is_none())
            .filter_map(|(_, _, target)| target.external_id.clone())
            .collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        external_ref::known(&self.unit.tx, self.unit.ledger_id, &ids).await
    }

    /// An import whose rows are taken back is undone; one whose undo is taken back is committed again.
    async fn imports(&mut self, rows: &[Was<ImportImage>]) -> Result<()> {
        for (before, after) in rows {
            let found = store::import::find(&self.unit.tx, self.unit.ledger_id, after.id).await?;
            let Some(current) = found else { continue };
            if current.state == Stage::Committing {
                return Err(AppError::refuse(
                    Code::Conflict,
                    "The file is still being written; try again when that is done",
                ));
            }
            let state = match before.as_ref().map(|before| before.state) {
                Some(state @ (Stage::Committed | Stage::Undone)) => state,
                _ => Stage::Undone,
            };
            if current.state != state {
                let target = ImportImage {
                    state,
                    version: current.version + 1,
                    updated_at: self.unit.at,
                    ..current.clone()
                };
                self.out.edits.push(Edit::Import(Pair {
                    before: Some(current),
                    after: target,
                }));
            }
        }
        Ok(())
    }
}
