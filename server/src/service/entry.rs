//! What the four dictionaries of a ledger differ in on the wire: the item that each shows, and how what creates and
//! changes it reads as one and the same `NewEntry` and `EntryPatch`.

use crate::store::dictionary::DictionaryNoun;
use crate::store::image::{AccountMarks, EntryImage};
use api::account::{Account, AccountKind, AccountPatch, NewAccount};
use api::category::{Category, CategoryPatch, NewCategory};
use api::member::MemberRef;
use api::patch::Patch;
use api::payee::{NewPayee, Payee, PayeePatch};
use api::problem::Faults;
use api::tag::{NewTag, Tag, TagPatch};
use api::text::clean_line;
use serde::Serialize;
use uuid::Uuid;

pub use crate::store::noun::{Accounts, Categories, Payees, Tags};

/// A dictionary as its resource shows it.
pub trait Dictionary: DictionaryNoun + Send + Sync + 'static {
    /// An entry on the wire.
    type Item: From<EntryImage> + Serialize + api::Wire;

    /// The kinds of its changes: create, update, delete.
    const KINDS: [&'static str; 3];
}

impl Dictionary for Categories {
    type Item = Category;
    const KINDS: [&'static str; 3] = ["create_category", "update_category", "delete_category"];
}

impl Dictionary for Accounts {
    type Item = Account;
    const KINDS: [&'static str; 3] = ["create_account", "update_account", "delete_account"];
}

impl Dictionary for Payees {
    type Item = Payee;
    const KINDS: [&'static str; 3] = ["create_payee", "update_payee", "delete_payee"];
}

impl Dictionary for Tags {
    type Item = Tag;
    const KINDS: [&'static str; 3] = ["create_tag", "update_tag", "delete_tag"];
}

/// What creates an entry, checked by itself already.
#[derive(Debug, Clone, Default)]
pub struct NewEntry {
    /// What is wrong with it by itself.
    pub faults: Faults,
    /// An id of the client's choice.
    pub id: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// A category's parent.
    pub parent_id: Option<Uuid>,
    /// An account's marks.
    pub account: Option<AccountMarks>,
    /// An account's owner, who is looked up with the rest.
    pub owner: Option<MemberRef>,
}

/// What changes an entry, checked by itself already.
#[derive(Debug, Clone, Default)]
pub struct EntryPatch {
    /// What is wrong with it by itself.
    pub faults: Faults,
    /// Its name.
    pub name: Option<String>,
    /// Archives it or brings it back.
    pub is_archived: Option<bool>,
    /// A category's parent.
    pub parent_id: Patch<Uuid>,
    /// An account's kind.
    pub kind: Option<AccountKind>,
    /// An account's IBAN.
    pub iban: Patch<String>,
    /// An account's id at its bank.
    pub acctid: Patch<String>,
    /// The ends of an account's card numbers.
    pub card_ends: Patch<String>,
    /// An account's owner.
    pub owner: Patch<MemberRef>,
}

impl EntryPatch {
    /// The entry after the patch, its version as before.
    pub fn over(&self, before: &EntryImage) -> EntryImage {
        let mut after = before.clone();
        if let Some(name) = &self.name {
            after.name = clean_line(name);
        }
        after.is_archived = self.is_archived.unwrap_or(before.is_archived);
        after.parent_id = self.parent_id.clone().over(before.parent_id);
        after.account = before.account.clone().map(|marks| AccountMarks {
            kind: self.kind.unwrap_or(marks.kind),
            iban: mark(self.iban.clone().over(marks.iban)),
            acctid: mark(self.acctid.clone().over(marks.acctid)),
            card_ends: mark(self.card_ends.clone().over(marks.card_ends)),
            // A new one is looked up first.
            owner_id: marks.owner_id.filter(|_| self.owner != Patch::Clear),
        });
        after
    }
}

fn mark(text: Option<String>) -> Option<String> {
    text.map(|text| clean_line(&text)).filter(|text| !text.is_empty())
}

fn faults_of(check: impl FnOnce(&mut Faults)) -> Faults {
    let mut faults = Faults::default();
    check(&mut faults);
    faults
}

impl From<NewCategory> for NewEntry {
    fn from(new: NewCategory) -> Self {
        let faults = faults_of(|faults| new.check(faults));
        let parent_id = new.parent_id.map(Into::into);
        Self {
            faults,
            id: new.id.map(Into::into),
            name: new.name,
            parent_id,
            ..Self::default()
        }
    }
}

impl From<NewAccount> for NewEntry {
    fn from(new: NewAccount) -> Self {
        let faults = faults_of(|faults| new.check(faults));
        let NewAccount {
            id,
            name,
            kind,
            iban,
            acctid,
            card_ends,
            owner,
        } = new;
        let kind = kind.unwrap_or_default();
        let marks = AccountMarks {
            kind,
            iban: mark(iban),
            acctid: mark(acctid),
            card_ends: mark(card_ends),
            owner_id: None,
        };
        Self {
            faults,
            id: id.map(Into::into),
            name,
            parent_id: None,
            account: Some(marks),
            owner,
        }
    }
}

impl From<NewPayee> for NewEntry {
    fn from(new: NewPayee) -> Self {
        let faults = faults_of(|faults| new.check(faults));
        Self {
            faults,
            id: new.id.map(Into::into),
            name: new.name,
            ..Self::default()
        }
    }
}

impl From<NewTag> for NewEntry {
    fn from(new: NewTag) -> Self {
        let faults = faults_of(|faults| new.check(faults));
        Self {
            faults,
            id: new.id.map(Into::into),
            name: new.name,
            ..Self::default()
        }
    }
}

impl From<CategoryPatch> for EntryPatch {
    fn from(patch: CategoryPatch) -> Self {
        let faults = faults_of(|faults| patch.check(faults));
        let CategoryPatch {
            name,
            is_archived,
            parent_id,
        } = patch;
        let parent_id = match parent_id {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(id) => Patch::Set(id.into()),
        };
        Self {
            faults,
            name,
            is_archived,
            parent_id,
            ..Self::default()
        }
    }
}

impl From<AccountPatch> for EntryPatch {
    fn from(patch: AccountPatch) -> Self {
        let faults = faults_of(|faults| patch.check(faults));
        let AccountPatch {
            name,
            is_archived,
            kind,
            iban,
            acctid,
            card_ends,
            owner,
        } = patch;
        Self {
            faults,
            name,
            is_archived,
            parent_id: Patch::Keep,
            kind,
            iban,
            acctid,
            card_ends,
            owner,
        }
    }
}

impl From<PayeePatch> for EntryPatch {
    fn from(patch: PayeePatch) -> Self {
        let faults = faults_of(|faults| patch.check(faults));
        Self {
            faults,
            name: patch.name,
            is_archived: patch.is_archived,
            ..Self::default()
        }
    }
}

impl From<TagPatch> for EntryPatch {
    fn from(patch: TagPatch) -> Self {
        let faults = faults_of(|faults| patch.check(faults));
        Self {
            faults,
            name: patch.name,
            is_archived: patch.is_archived,
            ..Self::default()
        }
    }
}
