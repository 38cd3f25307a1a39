//! Creates, updates, deletes and restores of expenses as one unit of work: all rows and names are looked up
//! together, all faults told together, and everything written through `apply`. Single writes, batches, day sheets,
//! quick entries and imports are all change sets.

mod given;
mod unmet;

use crate::db::{Dialect, Unit, Work};
use crate::error::{AppError, Findings, Result};
use crate::service::names::{MOST_CANDIDATES, Miss, Missed, Names, note, usable};
use crate::store;
use crate::store::apply::{Logged, apply};
use crate::store::image::{EntryImage, ExpenseImage, Named};
use crate::store::names::{Dictionary, Wanted, split_path};
use crate::store::noun::{Edit, Pair};
use api::currency::Currency;
use api::expense::{ExpensePatch, Kind, MAX_NAME, NewExpense, check_transfer};
use api::id::new_uuid;
use api::patch::Patch;
use api::problem::{Code, Faults};
use api::text::{as_id, check_name, clean_line, clean_note, fold};
use given::Given;
pub(crate) use given::Ref;
use std::collections::{BTreeMap, HashMap};
use unmet::{Place, Unmet, stale_refusal};
use uuid::Uuid;

/// What to do with one row.
#[derive(Debug, Clone)]
pub enum RowOp {
    /// Make it.
    Create(Box<NewExpense>),
    /// Change it.
    Update {
        id: Uuid,
        version: Option<i64>,
        patch: Box<ExpensePatch>,
    },
    /// Mark it deleted.
    Delete { id: Uuid, version: Option<i64> },
    /// Bring it back.
    Restore { id: Uuid, version: Option<i64> },
}

impl RowOp {
    /// Where in an operation of a batch its fields are.
    fn part(&self) -> &'static str {
        match self {
            Self::Create(_) => "/expense",
            Self::Update { .. } => "/patch",
            Self::Delete { .. } | Self::Restore { .. } => "",
        }
    }

    fn existing(&self) -> Option<(Uuid, Option<i64>)> {
        match self {
            Self::Create(_) => None,
            Self::Update { id, version, .. }
            | Self::Delete { id, version }
            | Self::Restore { id, version } => Some((*id, *version)),
        }
    }
}

/// Several row operations, all or nothing.
#[derive(Debug)]
pub struct ChangeSet {
    /// Which SQL is spoken.
    pub dialect: Dialect,
    /// The ledger's base currency.
    pub base: Currency,
    /// Whether the writer may make categories and accounts along with rows.
    pub may_make_names: bool,
    /// The operations, each with the JSON pointer its faults are told under.
    pub ops: Vec<(String, RowOp)>,
    /// True where the fields of an operation are in a part of it: in those of a batch.
    pub is_batch: bool,
}

impl Work for ChangeSet {
    type Output = Vec<Logged>;

    async fn run(&self, unit: &Unit) -> Result<Option<Vec<Logged>>> {
        let edits = self.edits(unit).await?;
        apply(unit, edits).await
    }
}

impl ChangeSet {
    /// The edits that the operations come to, dictionary entries that they make first.
    pub async fn edits(&self, unit: &Unit) -> Result<Vec<Edit>> {
        self.edits_beside(unit, Findings::default()).await
    }

    /// As [`ChangeSet::edits`], telling what the caller found together with what is found here.
    pub async fn edits_beside(&self, unit: &Unit, findings: Findings) -> Result<Vec<Edit>> {
        let ids: Vec<Uuid> = self.ops.iter().filter_map(|(_, op)| self.looked_at(op)).collect();
        let rows: HashMap<Uuid, ExpenseImage> = if ids.is_empty() {
            HashMap::new()
        } else {
            let found = store::expense::find(&unit.tx, self.dialect, unit.reach, &ids).await?;
            found.into_iter().map(|image| (image.id, image)).collect()
        };
        let wanted = self.wanted(&rows, unit.user_id);
        let names = Names::new(store::names::find(&unit.tx, unit.ledger_id, &wanted).await?);
        let mut build = Build {
            unit,
            base: self.base,
            may_make_names: self.may_make_names,
            names,
            rows,
            made: Made::default(),
            findings,
            forbidden: Faults::default(),
            missed: Missed::default(),
            unmet: Unmet::default(),
        };
        let mut pairs: Vec<Pair<ExpenseImage>> = Vec::with_capacity(self.ops.len());
        let mut places = Vec::new();
        for (pointer, op) in &self.ops {
            let place = Place {
                row: pointer,
                fields: if self.is_batch {
                    format!("{pointer}{}", op.part())
                } else {
                    pointer.clone()
                },
            };
            let Some(pair) = build.edit(&place, op)? else {
                continue;
            };
            if !self.is_batch {
                pairs.push(pair);
                continue;
            }
            // What a later operation does to a row that this batch makes is part of its making.
            let id = pair.after.id;
            let made = pairs
                .iter_mut()
                .find(|made| made.before.is_none() && made.after.id == id);
            match made {
                Some(made) if pair.before.is_some() => {
                    made.after = ExpenseImage {
                        version: made.after.version,
                        ..pair.after
                    };
                    build.rows.insert(id, made.after.clone());
                }
                _ => {
                    build.rows.insert(id, pair.after.clone());
                    pairs.push(pair);
                    places.push(place.fields);
                }
            }
        }
        if self.is_batch {
            let images = places.iter().zip(pairs.iter().map(|pair| &pair.after));
            build.unmet.find_recorded(unit, images).await?;
        }
        build.unmet.refuse()?;
        let missed = build.missed.dictionaries();
        if !missed.is_empty() {
            let all = store::names::all(&unit.tx, unit.ledger_id, &missed, MOST_CANDIDATES).await?;
            build.missed.suggest(all, &mut build.findings.lookups);
        }
        build.findings.refuse()?;
        if !build.forbidden.is_empty() {
            return Err(AppError::faults(Code::Forbidden, build.forbidden));
        }
        let mut all = build.made.edits;
        all.extend(pairs.into_iter().map(Edit::Expense));
        Ok(all)
    }

    /// The row that an operation has to know: the one it is about, and in a batch the one that has the id of a new one.
    fn looked_at(&self, op: &RowOp) -> Option<Uuid> {
        match op {
            RowOp::Create(new) if self.is_batch => new.id.map(Into::into),
            other => other.existing().map(|(id, _)| id),
        }
    }

    fn wanted(&self, rows: &HashMap<Uuid, ExpenseImage>, me: Uuid) -> Wanted {
        let mut wanted = Wanted::default();
        for (_, op) in &self.ops {
            let given = match op {
                RowOp::Create(new) => {
                    if new.paid_by.is_none() {
                        wanted.all_members();
                    }
                    Given::of_new(new, me)
                }
                RowOp::Update { patch, .. } => Given::of_patch(patch, me),
                RowOp::Delete { .. } => continue,
                RowOp::Restore { id, .. } => {
                    for (dictionary, id) in rows.get(id).into_iter().flat_map(entries_of) {
                        wanted.id(dictionary, id);
                    }
                    continue;
                }
            };
            given.ask(&mut wanted);
        }
        wanted
    }
}

/// The entries that a row points to.
fn entries_of(row: &ExpenseImage) -> impl Iterator<Item = (Dictionary, Uuid)> {
    let category = row.category_id.map(|id| (Dictionary::Category, id));
    let accounts = [row.account_id, row.to_account_id].into_iter().flatten();
    let payee = row.payee.as_ref().map(|payee| (Dictionary::Payee, payee.id));
    category
        .into_iter()
        .chain(accounts.map(|id| (Dictionary::Account, id)))
        .chain(payee)
        .chain(row.tags.iter().map(|tag| (Dictionary::Tag, tag.id)))
}

/// Dictionary entries that this change makes, each once.
#[derive(Default)]
struct Made {
    by_name: BTreeMap<(Dictionary, Option<Uuid>, String), Named>,
    edits: Vec<Edit>,
}

struct Build<'a> {
    unit: &'a Unit,
    base: Currency,
    may_make_names: bool,
    names: Names,
    rows: HashMap<Uuid, ExpenseImage>,
    made: Made,
    findings: Findings,
    /// What the writer may not make along.
    forbidden: Faults,
    missed: Missed,
    unmet: Unmet,
}

impl Build<'_> {
    fn edit(&mut self, place: &Place<'_>, op: &RowOp) -> Result<Option<Pair<ExpenseImage>>> {
        let pointer = place.fields.as_str();
        Ok(match op {
            RowOp::Create(new) => {
                if let Some(id) = new.id.map(Uuid::from).filter(|id| self.rows.contains_key(id)) {
                    let detail = format!("Something else has the id {id}. Draw a new one");
                    self.unmet
                        .taken
                        .add(format!("{pointer}/id"), Code::IdTaken.as_str(), detail);
                }
                Some(self.create(pointer, new))
            }
            RowOp::Update { id, version, patch } => self
                .row(place, *id, *version, false)?
                .map(|before| self.update(pointer, before, patch)),
            RowOp::Delete { id, version } => self.row(place, *id, *version, false)?.map(|before| {
                let after = ExpenseImage {
                    deleted_at: Some(self.unit.at),
                    ..before.clone()
                };
                self.next(before, after)
            }),
            RowOp::Restore { id, version } => self.row(place, *id, *version, true)?.map(|before| {
                self.check_entries(pointer, &before);
                let after = ExpenseImage {
                    deleted_at: None,
                    ..before.clone()
                };
                self.next(before, after)
            }),
        })
    }

    /// A row comes back only to what is there: it may be the last thing that pointed to a category that was deleted.
    fn check_entries(&mut self, pointer: &str, row: &ExpenseImage) {
        for (dictionary, id) in entries_of(row) {
            if self.names.by_id(dictionary, id).is_err() {
                let what = dictionary.mark();
                self.findings.lookups.add(
                    format!("{pointer}/{what}"),
                    Code::UnknownName.as_str(),
                    format!("Its {what} was deleted since; bring that back first, by undoing its deletion"),
                );
            }
        }
    }

    /// The row that an operation is about, as it is by then; `None` where that was noted as a fault.
    fn row(
        &mut self,
        place: &Place<'_>,
        id: Uuid,
        version: Option<i64>,
        may_be_deleted: bool,
    ) -> Result<Option<ExpenseImage>> {
        let row = self.rows.get(&id).cloned();
        let Some(row) = row.filter(|row| may_be_deleted || row.deleted_at.is_none()) else {
            if place.row.is_empty() {
                return Err(AppError::not_found());
            }
            let detail = "There is no such row, or it was deleted";
            self.unmet
                .missing
                .add(format!("{}/id", place.row), "not-found", detail);
            return Ok(None);
        };
        if version.is_none_or(|version| version == row.version) {
            return Ok(Some(row));
        }
        if place.row.is_empty() {
            return Err(stale_refusal(row).into());
        }
        let detail = format!("It was changed since; it has version {} now", row.version);
        let pointer = format!("{}/version", place.row);
        self.unmet.stale.add(pointer, Code::StaleVersion.as_str(), detail);
        self.unmet.current.get_or_insert(row);
        Ok(None)
    }

    /// The pair, with the version counted on if anything else differs.
    fn next(&self, before: ExpenseImage, mut after: ExpenseImage) -> Pair<ExpenseImage> {
        if after != before {
            after.version = before.version + 1;
            after.updated_at = self.unit.at;
        }
        Pair {
            before: Some(before),
            after,
        }
    }

    fn create(&mut self, pointer: &str, new: &NewExpense) -> Pair<ExpenseImage> {
        self.findings
            .rules
            .within(pointer, |faults| new.check(self.base, faults));
        let currency = new.currency.unwrap_or(self.base);
        let kind = new.kind.unwrap_or_default();
        let mut image = ExpenseImage {
            id: new.id.map_or_else(new_uuid, Into::into),
            date: new.date,
            amount_minor: new.amount.minor(currency).unwrap_or_default(),
            currency,
            kind,
            category_id: None,
            account_id: None,
            to_account_id: None,
            payee: None,
            tags: Vec::new(),
            note: new
                .note
                .as_deref()
                .map(clean_note)
                .filter(|note| !note.is_empty()),
            paid_by: None,
            external_id: new.external_id.clone(),
            version: 1,
            created_by: self.unit.user_id,
            created_at: self.unit.at,
            updated_at: self.unit.at,
            deleted_at: None,
        };
        let given = Given::of_new(new, self.unit.user_id);
        self.resolve(pointer, &given, &mut image);
        if matches!(given.paid_by, Ref::Keep) {
            image.paid_by = self.usual_payer(image.account_id);
        }
        Pair {
            before: None,
            after: image,
        }
    }

    /// Who paid a new row of which nobody says so: the owner of its account, else who records it; where only one person
    /// has the book, nobody needs to be named.
    fn usual_payer(&self, account_id: Option<Uuid>) -> Option<Uuid> {
        if self.names.of(Dictionary::Member).take(2).count() < 2 {
            return None;
        }
        let account = account_id.and_then(|id| self.names.by_id(Dictionary::Account, id).ok());
        let owner = account.and_then(|account| account.owner_id);
        let is_there = |user_id: &Uuid| self.names.by_id(Dictionary::Member, *user_id).is_ok();
        owner
            .filter(is_there)
            .or(Some(self.unit.user_id).filter(is_there))
    }

    fn update(&mut self, pointer: &str, before: ExpenseImage, patch: &ExpensePatch) -> Pair<ExpenseImage> {
        self.findings
            .rules
            .within(pointer, |faults| patch.check(before.currency, faults));
        let mut after = before.clone();
        after.date = patch.date.unwrap_or(before.date);
        after.kind = patch.kind.unwrap_or(before.kind);
        after.currency = patch.currency.unwrap_or(before.currency);
        if let Some(amount) = &patch.amount {
            after.amount_minor = amount.minor(after.currency).unwrap_or_default();
        } else if after.currency.digits() != before.currency.digits() {
            self.findings.rules.add(
                format!("{pointer}/amount"),
                "missing",
                format!(
                    "{} has {} decimals: give the amount too",
                    after.currency,
                    after.currency.digits()
                ),
            );
        }
        match &patch.note {
            Patch::Keep => {}
            Patch::Clear => after.note = None,
            Patch::Set(note) => after.note = Some(clean_note(note)).filter(|note| !note.is_empty()),
        }
        after.external_id = patch.external_id.clone().over(before.external_id.clone());
        self.resolve(pointer, &Given::of_patch(patch, self.unit.user_id), &mut after);
        if after.kind != Kind::Transfer && before.kind == Kind::Transfer && patch.to_account_id.is_keep() {
            after.to_account_id = None;
        }
        self.findings.rules.within(pointer, |faults| {
            check_transfer(after.kind, after.to_account_id.is_some(), faults);
        });
        self.next(before, after)
    }

    /// Puts the ids of everything named into the image.
    fn resolve(&mut self, pointer: &str, given: &Given<'_>, image: &mut ExpenseImage) {
        let make = given.create_missing;
        let slots = [
            (
                Dictionary::Category,
                "category",
                &given.category,
                image.category_id,
            ),
            (Dictionary::Account, "account", &given.account, image.account_id),
            (
                Dictionary::Account,
                "to_account",
                &given.to_account,
                image.to_account_id,
            ),
            (Dictionary::Member, "paid_by", &given.paid_by, image.paid_by),
        ];
        let [category, account, to_account, paid_by] = slots.map(|(dictionary, field, given, now)| {
            self.resolve_one(pointer, dictionary, field, given, now, make)
        });
        image.category_id = category;
        image.account_id = account;
        image.to_account_id = to_account;
        image.paid_by = paid_by;
        match given.payee {
            Patch::Keep => {}
            Patch::Clear => image.payee = None,
            Patch::Set(name) => {
                image.payee = self.on_use(format!("{pointer}/payee"), Dictionary::Payee, name);
            }
        }
        if let Some(tags) = given.tags {
            let mut named: Vec<Named> = tags
                .iter()
                .enumerate()
                .filter_map(|(at, tag)| self.on_use(format!("{pointer}/tags/{at}"), Dictionary::Tag, tag))
                .collect();
            named.sort();
            named.dedup_by_key(|tag| tag.id);
            image.tags = named;
        }
    }

    fn resolve_one(
        &mut self,
        pointer: &str,
        dictionary: Dictionary,
        field: &str,
        given: &Ref<'_>,
        now: Option<Uuid>,
        create_missing: bool,
    ) -> Option<Uuid> {
        let (found, text) = match given {
            Ref::Keep => return now,
            Ref::Clear => return None,
            // What a row has already, it may keep, archived or not.
            Ref::Id(id) if now == Some(*id) => return now,
            Ref::Id(id) => (usable(self.names.by_id(dictionary, *id)), id.to_string()),
            Ref::Name(name) => (usable(self.names.by_name(dictionary, name)), (*name).to_owned()),
        };
        match (found, given) {
            (Ok(entry), _) => Some(entry.id),
            // Nobody becomes a member by being named.
            (Err(Miss::Unknown), Ref::Name(name))
                if create_missing
                    && dictionary != Dictionary::Member
                    && as_id(name).is_none()
                    && !self.may_make_names =>
            {
                let what = dictionary.mark();
                self.forbidden.add(
                    format!("{pointer}/{field}"),
                    Code::Forbidden.as_str(),
                    format!(
                        "There is no {what} {name:?}, and to make one takes an editor and the scope `write`"
                    ),
                );
                None
            }
            // Nobody becomes a member by being named, and nothing is named by an id.
            (Err(Miss::Unknown), Ref::Name(name))
                if create_missing && dictionary != Dictionary::Member && as_id(name).is_none() =>
            {
                self.make_path(format!("{pointer}/{field}"), dictionary, name)
            }
            (Err(miss), Ref::Id(_)) => {
                let suffix = if dictionary == Dictionary::Member {
                    ""
                } else {
                    "_id"
                };
                note(
                    &mut self.findings.lookups,
                    format!("{pointer}/{field}{suffix}"),
                    dictionary.mark(),
                    &text,
                    miss,
                );
                None
            }
            (Err(miss), _) => {
                note(
                    &mut self.findings.lookups,
                    format!("{pointer}/{field}"),
                    dictionary.mark(),
                    &text,
                    miss,
                );
                if as_id(&text).is_none() {
                    self.missed.remember(&self.findings.lookups, dictionary, &text);
                }
                None
            }
        }
    }

    /// A payee or tag: made when it is first used by name. One that is meant by its id has to be there.
    fn on_use(&mut self, pointer: String, dictionary: Dictionary, name: &str) -> Option<Named> {
        let name = clean_line(name);
        if name.is_empty() {
            return None;
        }
        if let Ok(entry) = self.names.by_name(dictionary, &name) {
            return Some(Named {
                name: entry.name.clone(),
                id: entry.id,
            });
        }
        if as_id(&name).is_some() {
            note(
                &mut self.findings.lookups,
                pointer,
                dictionary.mark(),
                &name,
                Miss::Unknown,
            );
            return None;
        }
        Some(self.make(dictionary, None, &name))
    }

    /// A category or account that shall be made, with its parent where `Parent: Child` names one.
    fn make_path(&mut self, pointer: String, dictionary: Dictionary, name: &str) -> Option<Uuid> {
        let path = split_path(name).filter(|_| dictionary == Dictionary::Category);
        for part in path.map_or(vec![name], |(parent, child)| vec![parent, child]) {
            if let Err(fault) = check_name(part, MAX_NAME) {
                self.findings.rules.add(pointer, fault.code(), fault.to_string());
                return None;
            }
        }
        let Some((parent, child)) = path else {
            return Some(self.make(dictionary, None, &clean_line(name)).id);
        };
        // Only what is at the top can have subcategories; a subcategory of that name is another one.
        let parent_id = match self.names.at_top(dictionary, parent) {
            Some(entry) if entry.is_archived => {
                let miss = Miss::Archived(entry.name.clone());
                note(
                    &mut self.findings.lookups,
                    pointer,
                    dictionary.mark(),
                    parent,
                    miss,
                );
                return None;
            }
            Some(entry) => entry.id,
            None => self.make(dictionary, None, &clean_line(parent)).id,
        };
        Some(self.make(dictionary, Some(parent_id), &clean_line(child)).id)
    }

    fn make(&mut self, dictionary: Dictionary, parent_id: Option<Uuid>, name: &str) -> Named {
        let key = (dictionary, parent_id, fold(name));
        if let Some(made) = self.made.by_name.get(&key) {
            return made.clone();
        }
        let image = EntryImage {
            parent_id,
            ..EntryImage::new(new_uuid(), name.to_owned(), self.unit.at)
        };
        let named = Named {
            name: name.to_owned(),
            id: image.id,
        };
        let pair = |after| Pair { before: None, after };
        self.made.edits.push(match dictionary {
            Dictionary::Category => Edit::Category(pair(image)),
            Dictionary::Account => Edit::Account(pair(image)),
            Dictionary::Payee => Edit::Payee(pair(image)),
            Dictionary::Tag | Dictionary::Member => Edit::Tag(pair(image)),
        });
        self.made.by_name.insert(key, named.clone());
        named
    }
}
