//! Merging one dictionary entry into another, and moving the rows of a category elsewhere: what may be merged, and
//! what one step of it changes. A step looks at what is there and does as much as fits, so that it needs to know
//! nothing of the steps before it.

use crate::db::{Dialect, Unit};
use crate::error::{AppError, Findings, Result};
use crate::service::dictionary::{live, next};
use crate::service::entry::Dictionary;
use crate::service::names::{Miss, note};
use crate::service::operation::{Step, Task};
use crate::store;
use crate::store::apply::MAX_ROWS;
use crate::store::dictionary::DictionaryNoun;
use crate::store::image::{AccountMarks, EntryImage, ExpenseImage, Named};
use crate::store::link::Link;
use crate::store::noun::{Accounts, Categories, Edit, Pair, Payees, Tags};
use api::problem::Code;
use api::text::fold;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What is done to the rows of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// A category is merged into another.
    MergeCategory,
    /// An account is merged into another.
    MergeAccount,
    /// A payee is merged into another.
    MergePayee,
    /// A tag is merged into another.
    MergeTag,
    /// The rows of a category go elsewhere; it stays.
    ReassignCategory,
    /// The same, and then it is deleted.
    RemoveCategory,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::MergeCategory,
        Self::MergeAccount,
        Self::MergePayee,
        Self::MergeTag,
        Self::ReassignCategory,
        Self::RemoveCategory,
    ];

    /// The kind of its changes.
    pub fn kind(self) -> &'static str {
        match self {
            Self::MergeCategory => "merge_category",
            Self::MergeAccount => "merge_account",
            Self::MergePayee => "merge_payee",
            Self::MergeTag => "merge_tag",
            Self::ReassignCategory => "reassign_category",
            Self::RemoveCategory => "remove_category",
        }
    }

    /// The verb of that kind.
    pub fn from_kind(kind: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verb| verb.kind() == kind)
    }
}

/// Rows that go from one entry to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merging {
    /// What is done.
    pub verb: Verb,
    /// The entry that loses its rows.
    pub from: Uuid,
    /// The entry that gets them; none is Uncategorised.
    pub into: Option<Uuid>,
}

impl Merging {
    /// Refuses what cannot be merged, and says which other entries it takes along.
    pub async fn check(&self, unit: &Unit) -> Result<Vec<Uuid>> {
        match self.verb {
            Verb::MergeCategory => self.check_merge::<Categories>(unit, "/into_id").await,
            Verb::MergeAccount => self.check_merge::<Accounts>(unit, "/into_id").await,
            Verb::MergePayee => self.check_merge::<Payees>(unit, "/into_id").await,
            Verb::MergeTag => self.check_merge::<Tags>(unit, "/into_id").await,
            Verb::ReassignCategory | Verb::RemoveCategory => {
                let along = self.check_merge::<Categories>(unit, "/to_id").await?;
                self.check_childless(unit).await?;
                Ok(along)
            }
        }
    }

    /// How many rows it is about.
    pub async fn count(&self, db: &impl ConnectionTrait, ledger_id: Uuid) -> Result<i64> {
        let links = match self.verb {
            Verb::MergeAccount => Accounts::LINKS,
            Verb::MergePayee => Payees::LINKS,
            Verb::MergeTag => Tags::LINKS,
            Verb::MergeCategory | Verb::ReassignCategory | Verb::RemoveCategory => Categories::LINKS,
        };
        let mut ids = vec![self.from];
        if self.verb == Verb::MergeCategory {
            let children = store::dictionary::children(db, ledger_id, self.from).await?;
            ids.extend(children.into_iter().map(|child| child.id));
        }
        store::link::count_all(db, ledger_id, links, &ids).await
    }

    /// The next change.
    pub async fn step(&self, unit: &Unit, dialect: Dialect) -> Result<Step> {
        match self.verb {
            Verb::MergeCategory => self.merge::<Categories>(unit, dialect).await,
            Verb::MergeAccount => self.merge::<Accounts>(unit, dialect).await,
            Verb::MergePayee => self.merge::<Payees>(unit, dialect).await,
            Verb::MergeTag => self.merge::<Tags>(unit, dialect).await,
            Verb::ReassignCategory | Verb::RemoveCategory => self.reassign(unit, dialect).await,
        }
    }

    async fn check_merge<N: Dictionary>(&self, unit: &Unit, pointer: &str) -> Result<Vec<Uuid>> {
        let ids: Vec<Uuid> = [Some(self.from), self.into].into_iter().flatten().collect();
        let found = N::find(&unit.tx, unit.ledger_id, &ids).await?;
        live(found.clone(), self.from)?;
        let children = self.children(unit).await?;
        let mut findings = Findings::default();
        if let Some(into) = self.into {
            let target = found.iter().find(|entry| entry.id == into && !entry.is_deleted);
            let miss = |findings: &mut Findings, miss| {
                note(
                    &mut findings.lookups,
                    pointer.to_owned(),
                    N::NAME,
                    &into.to_string(),
                    miss,
                );
            };
            match target {
                Some(_) if into == self.from => {
                    findings.rules.add(pointer, "same", "These are one and the same");
                }
                None => miss(&mut findings, Miss::Unknown),
                Some(target) if target.is_archived => {
                    miss(&mut findings, Miss::Archived(target.name.clone()));
                }
                Some(target) if target.parent_id.is_some() && !children.is_empty() => {
                    let detail =
                        "It has subcategories, which cannot go under a subcategory - move those first";
                    findings.rules.add(pointer, "too-deep", detail);
                }
                Some(_) => {}
            }
        }
        findings.refuse()?;
        Ok(children.into_iter().map(|child| child.id).collect())
    }

    /// What is deleted has no subcategories: they would go without anybody having said so.
    async fn check_childless(&self, unit: &Unit) -> Result<()> {
        let is_parent = self.verb == Verb::RemoveCategory
            && !store::dictionary::children(&unit.tx, unit.ledger_id, self.from)
                .await?
                .is_empty();
        if is_parent {
            return Err(AppError::refuse(
                Code::InUse,
                "It has subcategories; move or merge those first",
            ));
        }
        Ok(())
    }

    /// The subcategories that go along.
    async fn children(&self, unit: &Unit) -> Result<Vec<EntryImage>> {
        if self.verb == Verb::MergeCategory {
            store::dictionary::children(&unit.tx, unit.ledger_id, self.from).await
        } else {
            Ok(Vec::new())
        }
    }

    async fn merge<N: Dictionary>(&self, unit: &Unit, dialect: Dialect) -> Result<Step> {
        let into = self
            .into
            .ok_or_else(|| AppError::Internal("a merge into nothing".into()))?;
        let found = N::find(&unit.tx, unit.ledger_id, &[self.from, into]).await?;
        let source = live(found.clone(), self.from)?;
        let target = live(found, into)?;
        let mut movement = Movement::new(unit, dialect);
        let mut is_last = true;
        let children = self.children(unit).await?;
        if !children.is_empty() {
            let theirs = store::dictionary::children(&unit.tx, unit.ledger_id, into).await?;
            for child in children {
                let same = theirs.iter().find(|their| fold(&their.name) == fold(&child.name));
                is_last &= match same {
                    Some(same) => movement.merge::<N>(child, same).await?,
                    None => movement.adopt::<N>(child, into),
                };
            }
        }
        is_last = is_last && movement.merge::<N>(source.clone(), &target).await?;
        if is_last {
            movement.edits.extend(heir::<N>(unit, &source, target));
        } else if !source.is_archived {
            // So that no new rows come while it is emptied.
            let after = EntryImage {
                is_archived: true,
                ..source.clone()
            };
            movement.edits.push(N::edit(next(unit, source, after)));
        }
        Ok(movement.step(*self, is_last))
    }

    async fn reassign(&self, unit: &Unit, dialect: Dialect) -> Result<Step> {
        let target = match self.into {
            None => None,
            Some(into) => Some(live(Categories::find_one(unit, into).await?, into)?),
        };
        let mut movement = Movement::new(unit, dialect);
        let is_last = movement
            .rows(&[Link::Category], self.from, target.as_ref())
            .await?;
        if self.verb == Verb::RemoveCategory {
            let source = live(Categories::find_one(unit, self.from).await?, self.from)?;
            let after = EntryImage {
                // Archived until then, so that no new rows come while it is emptied.
                is_archived: source.is_archived || !is_last,
                is_deleted: is_last,
                ..source.clone()
            };
            // Not one of the rows that there has to be room for.
            movement.edits.push(Categories::edit(next(unit, source, after)));
        }
        Ok(movement.step(*self, is_last))
    }
}

impl Categories {
    async fn find_one(unit: &Unit, id: Uuid) -> Result<Vec<EntryImage>> {
        Self::find(&unit.tx, unit.ledger_id, &[id]).await
    }
}

/// An account goes on being found by the marks of the one merged into it.
fn heir<N: Dictionary>(unit: &Unit, source: &EntryImage, target: EntryImage) -> Option<Edit> {
    let (ours, theirs) = (target.account.clone()?, source.account.clone()?);
    let marks = AccountMarks {
        kind: ours.kind,
        iban: ours.iban.or(theirs.iban),
        acctid: ours.acctid.or(theirs.acctid),
        card_ends: ours.card_ends.or(theirs.card_ends),
        // Whose the other was says nothing of whose this one is.
        owner_id: ours.owner_id,
    };
    let after = EntryImage {
        account: Some(marks),
        ..target.clone()
    };
    Some(N::edit(next(unit, target, after)))
}

/// The edits of one step as they are gathered, and the room that is left in its change.
struct Movement<'a> {
    unit: &'a Unit,
    dialect: Dialect,
    edits: Vec<Edit>,
    seen: BTreeSet<Uuid>,
    moved: i64,
    room: usize,
}

impl<'a> Movement<'a> {
    fn new(unit: &'a Unit, dialect: Dialect) -> Self {
        // Two are kept for what happens to the merged entries themselves.
        Self {
            unit,
            dialect,
            edits: Vec::new(),
            seen: BTreeSet::new(),
            moved: 0,
            room: MAX_ROWS - 2,
        }
    }

    fn step(self, merging: Merging, is_last: bool) -> Step {
        let task = Task::Merge(merging);
        Step {
            edits: self.edits,
            unmade: Vec::new(),
            done: self.moved,
            rest: (!is_last).then_some(task),
            task,
        }
    }

    /// Moves the rows of an entry and, when none is left, deletes it; true where that was reached.
    async fn merge<N: Dictionary>(&mut self, source: EntryImage, target: &EntryImage) -> Result<bool> {
        if !self.rows(N::LINKS, source.id, Some(target)).await? {
            return Ok(false);
        }
        let after = EntryImage {
            is_deleted: true,
            ..source.clone()
        };
        Ok(self.push(N::edit(next(self.unit, source, after))))
    }

    /// Moves a subcategory under another parent; true where there was room.
    fn adopt<N: Dictionary>(&mut self, child: EntryImage, parent_id: Uuid) -> bool {
        let after = EntryImage {
            parent_id: Some(parent_id),
            ..child.clone()
        };
        self.push(N::edit(next(self.unit, child, after)))
    }

    fn push(&mut self, edit: Edit) -> bool {
        let has_room = self.room > 0;
        if has_room {
            self.edits.push(edit);
            self.room -= 1;
        }
        has_room
    }

    /// Moves rows from one entry to another, or to none, as many as fit; true where none is left.
    async fn rows(&mut self, links: &[Link], from: Uuid, target: Option<&EntryImage>) -> Result<bool> {
        for link in links {
            let most = u64::try_from(self.room).unwrap_or(0);
            let ledger_id = self.unit.ledger_id;
            let rows = store::link::linked(&self.unit.tx, self.dialect, ledger_id, *link, from, most).await?;
            let are_all = rows.len() < self.room;
            self.take(*link, from, target, rows).await?;
            if !are_all {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn take(
        &mut self,
        link: Link,
        from: Uuid,
        target: Option<&EntryImage>,
        rows: Vec<ExpenseImage>,
    ) -> Result<()> {
        // A transfer within the merged accounts is met from both of its ends.
        let rows: Vec<ExpenseImage> = rows
            .into_iter()
            .filter(|row| !self.seen.contains(&row.id))
            .collect();
        let mut known = match (link, target) {
            (Link::Account, Some(target)) => self.known_refs(target.id, &rows).await?,
            _ => HashMap::new(),
        };
        for before in rows {
            let mut after = relinked(&before, link, from, target);
            after.version = before.version + 1;
            after.updated_at = self.unit.at;
            // Within an account the bank's own id belongs to one row: here to the one that had it before.
            if link == Link::Account {
                let id = before.id;
                after.external_id = after
                    .external_id
                    .filter(|external_id| *known.entry(external_id.clone()).or_insert(id) == id);
            }
            self.seen.insert(before.id);
            self.moved += 1;
            self.push(Edit::Expense(Pair {
                before: Some(before),
                after,
            }));
        }
        Ok(())
    }

    /// Whose the external ids of those rows are in an account.
    async fn known_refs(&self, account_id: Uuid, rows: &[ExpenseImage]) -> Result<HashMap<String, Uuid>> {
        let ids: Vec<String> = rows.iter().filter_map(|row| row.external_id.clone()).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let known = store::external_ref::known(&self.unit.tx, self.unit.ledger_id, &ids).await?;
        Ok(known
            .into_iter()
            .filter(|((account, _), _)| *account == account_id)
            .map(|((_, external_id), owner)| (external_id, owner))
            .collect())
    }
}

fn relinked(before: &ExpenseImage, link: Link, from: Uuid, target: Option<&EntryImage>) -> ExpenseImage {
    let mut after = before.clone();
    let into = target.map(|target| target.id);
    let named = target.map(|target| Named {
        name: target.name.clone(),
        id: target.id,
    });
    match link {
        Link::Category => after.category_id = into,
        Link::Account | Link::ToAccount => {
            for slot in [&mut after.account_id, &mut after.to_account_id] {
                if *slot == Some(from) {
                    *slot = into;
                }
            }
        }
        Link::Payee => after.payee = named,
        Link::Tag => {
            after.tags.retain(|tag| tag.id != from && Some(tag.id) != into);
            after.tags.extend(named);
            after.tags.sort();
        }
    }
    after
}
