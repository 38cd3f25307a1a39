//! The dictionaries of a ledger: listing, creating, changing and deleting their entries, once for all four.
//! Merging and reassigning are operations of their own.

use crate::db::{Unit, Work};
use crate::error::{AppError, Findings, Refusal, Result};
use crate::service::change_set::Ref;
use crate::service::cursor::Walk;
use crate::service::entry::{Dictionary, EntryPatch, NewEntry};
use crate::service::names::{Miss, Names, note};
use crate::service::operation::refuse_busy;
use crate::service::write::commit;
use crate::service::{Grant, WriteKey};
use crate::state::AppState;
use crate::store;
use crate::store::apply::{Logged, apply};
use crate::store::image::{AccountMarks, EntryImage};
use crate::store::names::{self, Wanted};
use crate::store::noun::Pair;
use api::id::new_uuid;
use api::member::MemberRef;
use api::page::{EntryQuery, Page};
use api::problem::{Code, Faults};
use api::text::{clean_line, fold};
use std::marker::PhantomData;
use uuid::Uuid;

/// A page of the entries in order of their names, archived ones too.
pub async fn list<N: Dictionary>(
    state: &AppState,
    grant: &Grant,
    query: EntryQuery,
) -> Result<Page<N::Item>> {
    let prefix = query.q.as_deref().map(fold).unwrap_or_default();
    let walk = Walk::new(state, grant, (N::NAME, &prefix), &query.page);
    let after: Option<(String, Uuid)> = walk.after()?;
    let after = after.as_ref().map(|(name, id)| (name.as_str(), *id));
    let (count, prefix) = (walk.count(), prefix.as_str());
    let rows = state
        .db
        .read(|db| async move { N::page(&db, grant.ledger_id(), prefix, after, count).await })
        .await?;
    walk.page(rows, |image| (fold(&image.name), image.id), Into::into)
}

/// One entry.
pub async fn get<N: Dictionary>(state: &AppState, grant: &Grant, id: Uuid) -> Result<N::Item> {
    let found = state
        .db
        .read(|db| async move { N::find(&db, grant.ledger_id(), &[id]).await })
        .await?;
    Ok(live(found, id)?.into())
}

/// Makes one.
pub async fn create<N: Dictionary>(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    new: impl Into<NewEntry>,
) -> Result<N::Item> {
    let new = new.into();
    // Drawn here, so that a second try makes the same row.
    let id = new.id.unwrap_or_else(new_uuid);
    let [kind, ..] = N::KINDS;
    let done = commit(
        state,
        grant,
        key,
        kind,
        Create::<N> {
            id,
            new,
            of: PhantomData,
        },
    )
    .await?;
    let image = done
        .image::<N>()?
        .ok_or_else(|| AppError::Internal("a create without a row".into()))?;
    Ok(image.into())
}

/// Changes one. A patch that changes nothing leaves the version as it is.
pub async fn update<N: Dictionary>(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    id: Uuid,
    version: Option<i64>,
    patch: impl Into<EntryPatch>,
) -> Result<N::Item> {
    let work = Update::<N> {
        id,
        version,
        patch: patch.into(),
        of: PhantomData,
    };
    let [_, kind, _] = N::KINDS;
    match commit(state, grant, key, kind, work).await?.image::<N>()? {
        Some(image) => Ok(image.into()),
        None => get::<N>(state, grant, id).await,
    }
}

/// Deletes one that no live row uses.
pub async fn delete<N: Dictionary>(
    state: &AppState,
    grant: &Grant,
    key: &WriteKey,
    id: Uuid,
    version: Option<i64>,
) -> Result<()> {
    let [_, _, kind] = N::KINDS;
    commit(
        state,
        grant,
        key,
        kind,
        Delete::<N> {
            id,
            version,
            of: PhantomData,
        },
    )
    .await
    .map(|_| ())
}

/// The live entry with that id among what was found.
pub fn live(found: Vec<EntryImage>, id: Uuid) -> Result<EntryImage> {
    found
        .into_iter()
        .find(|image| image.id == id && !image.is_deleted)
        .ok_or_else(AppError::not_found)
}

/// The pair, with the version counted on if anything else differs.
pub fn next(unit: &Unit, before: EntryImage, mut after: EntryImage) -> Pair<EntryImage> {
    if after != before {
        after.version = before.version + 1;
        after.updated_at = unit.at;
    }
    Pair {
        before: Some(before),
        after,
    }
}

/// The live entry that a write is about, if it still has the version that the writer knew.
async fn current<N: Dictionary>(unit: &Unit, id: Uuid, version: Option<i64>) -> Result<EntryImage> {
    let image = live(N::find(&unit.tx, unit.ledger_id, &[id]).await?, id)?;
    if version.is_some_and(|version| version != image.version) {
        let detail = format!("It was changed since; it has version {} now", image.version);
        let current = serde_json::to_value(N::Item::from(image)).ok();
        return Err(Refusal {
            current,
            ..Refusal::new(Code::StaleVersion, detail)
        }
        .into());
    }
    Ok(image)
}

struct Create<N> {
    id: Uuid,
    new: NewEntry,
    of: PhantomData<N>,
}

impl<N: Dictionary> Work for Create<N> {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        let new = &self.new;
        let mut findings = Findings {
            rules: new.faults.clone(),
            ..Findings::default()
        };
        if let Some(parent_id) = new.parent_id {
            check_parent::<N>(unit, parent_id, &mut findings).await?;
        }
        let owner = match &new.owner {
            Some(owner) => find_owner(unit, owner, None, &mut findings).await?,
            None => None,
        };
        findings.refuse()?;
        if new.id.is_some() && !N::find(&unit.tx, unit.ledger_id, &[self.id]).await?.is_empty() {
            return Err(AppError::refuse(
                Code::IdTaken,
                "Something else has this id. Draw a new one",
            ));
        }
        let image = EntryImage::new(self.id, clean_line(&new.name), unit.at);
        let account = new.account.clone().map(|marks| AccountMarks {
            owner_id: owner,
            ..marks
        });
        let after = EntryImage {
            parent_id: new.parent_id,
            account,
            ..image
        };
        apply(unit, vec![N::edit(Pair { before: None, after })]).await
    }
}

struct Update<N> {
    id: Uuid,
    version: Option<i64>,
    patch: EntryPatch,
    of: PhantomData<N>,
}

impl<N: Dictionary> Work for Update<N> {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        let before = current::<N>(unit, self.id, self.version).await?;
        refuse_busy(unit, &[self.id]).await?;
        let mut after = self.patch.over(&before);
        let mut findings = Findings {
            rules: self.patch.faults.clone(),
            ..Findings::default()
        };
        if let (Some(owner), Some(marks)) = (self.patch.owner.set(), &mut after.account) {
            marks.owner_id = find_owner(unit, owner, marks.owner_id, &mut findings).await?;
        }
        if let Some(parent_id) = after.parent_id.filter(|id| before.parent_id != Some(*id)) {
            if parent_id == self.id {
                too_deep(&mut findings.rules, "A category cannot be put under itself");
            } else {
                check_parent::<N>(unit, parent_id, &mut findings).await?;
                if !store::dictionary::children(&unit.tx, unit.ledger_id, self.id)
                    .await?
                    .is_empty()
                {
                    let detail =
                        "It has subcategories of its own, and there are two levels - move those first";
                    too_deep(&mut findings.rules, detail);
                }
            }
        }
        findings.refuse()?;
        apply(unit, vec![N::edit(next(unit, before, after))]).await
    }
}

fn too_deep(faults: &mut Faults, detail: &str) {
    faults.add("/parent_id", "too-deep", detail);
}

/// A parent is there, at the top, and not archived.
async fn check_parent<N: Dictionary>(unit: &Unit, id: Uuid, findings: &mut Findings) -> Result<()> {
    let found = N::find(&unit.tx, unit.ledger_id, &[id]).await?;
    let miss = match found.into_iter().find(|parent| !parent.is_deleted) {
        None => Miss::Unknown,
        Some(parent) if parent.is_archived => Miss::Archived(parent.name),
        Some(parent) => {
            if parent.parent_id.is_some() {
                let detail = format!(
                    "{:?} is a subcategory itself, and there are two levels",
                    parent.name
                );
                too_deep(&mut findings.rules, &detail);
            }
            return Ok(());
        }
    };
    note(
        &mut findings.lookups,
        "/parent_id".into(),
        N::NAME,
        &id.to_string(),
        miss,
    );
    Ok(())
}

/// The member that an account shall belong to: one who is there, or who owned it already.
async fn find_owner(
    unit: &Unit,
    owner: &MemberRef,
    now: Option<Uuid>,
    findings: &mut Findings,
) -> Result<Option<Uuid>> {
    let mut wanted = Wanted::default();
    let owner = Ref::of_member(owner, unit.user_id);
    owner.ask(names::Dictionary::Member, &mut wanted);
    let found = Names::new(store::names::find(&unit.tx, unit.ledger_id, &wanted).await?);
    let (entry, given) = match owner {
        Ref::Id(id) if now == Some(id) => return Ok(now),
        Ref::Id(id) => (found.by_id(names::Dictionary::Member, id), id.to_string()),
        Ref::Name(name) => (found.by_name(names::Dictionary::Member, name), name.to_owned()),
        Ref::Keep | Ref::Clear => return Ok(None),
    };
    match entry {
        Ok(entry) => Ok(Some(entry.id)),
        Err(miss) => {
            note(&mut findings.lookups, "/owner".into(), "member", &given, miss);
            Ok(None)
        }
    }
}

struct Delete<N> {
    id: Uuid,
    version: Option<i64>,
    of: PhantomData<N>,
}

impl<N: Dictionary> Work for Delete<N> {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        let before = current::<N>(unit, self.id, self.version).await?;
        refuse_busy(unit, &[self.id]).await?;
        let rows = store::link::count_linked(&unit.tx, unit.ledger_id, N::LINKS, self.id).await?;
        if rows > 0 {
            return Err(in_use(rows, ["expense", "expenses"]));
        }
        if N::LINKS.contains(&store::link::Link::Category) {
            let children = store::dictionary::children(&unit.tx, unit.ledger_id, self.id)
                .await?
                .len();
            if children > 0 {
                return Err(in_use(
                    u64::try_from(children).unwrap_or(u64::MAX),
                    ["subcategory", "subcategories"],
                ));
            }
        }
        let after = EntryImage {
            is_deleted: true,
            ..before.clone()
        };
        apply(unit, vec![N::edit(next(unit, before, after))]).await
    }
}

fn in_use(count: u64, [one, many]: [&str; 2]) -> AppError {
    let by = if count == 1 { one } else { many };
    let detail = format!("It is used by {count} {by}; archive it, or merge it into another one");
    Refusal {
        count: Some(count),
        ..Refusal::new(Code::InUse, detail)
    }
    .into()
}
