//! What an operation on an expense names: each reference left alone, cleared, by id or by name, the same for what creates
//! and what changes a row.

use crate::store::names::{Dictionary, Wanted};
use api::expense::{ExpensePatch, NewExpense};
use api::member::{ME, MemberRef};
use api::patch::Patch;
use api::text::fold;
use uuid::Uuid;

/// A reference as it was given: left alone, cleared, by id or by name.
#[derive(Debug, Clone)]
pub(crate) enum Ref<'a> {
    Keep,
    Clear,
    Id(Uuid),
    Name(&'a str),
}

impl<'a> Ref<'a> {
    fn of<I: Copy + Into<Uuid>>(id: Option<I>, name: Option<&'a String>) -> Self {
        match (id, name) {
            (Some(id), _) => Self::Id(id.into()),
            (None, Some(name)) => Self::Name(name),
            (None, None) => Self::Keep,
        }
    }

    fn of_patch<I: Copy + Into<Uuid>>(id: &Patch<I>, name: &'a Patch<String>) -> Self {
        match (id, name) {
            (Patch::Set(id), _) => Self::Id((*id).into()),
            (Patch::Clear, _) | (Patch::Keep, Patch::Clear) => Self::Clear,
            (Patch::Keep, Patch::Set(name)) => Self::Name(name),
            (Patch::Keep, Patch::Keep) => Self::Keep,
        }
    }

    /// A member; `me` is whoever asks.
    pub(crate) fn of_member(member: &'a MemberRef, me: Uuid) -> Self {
        match member {
            MemberRef::Id(id) => Self::Id((*id).into()),
            MemberRef::Name(name) if fold(name) == ME => Self::Id(me),
            MemberRef::Name(name) => Self::Name(name),
        }
    }

    /// Asks for the entry that it names.
    pub(crate) fn ask(&self, dictionary: Dictionary, wanted: &mut Wanted) {
        match self {
            Self::Id(id) => wanted.id(dictionary, *id),
            Self::Name(name) => wanted.name(dictionary, name),
            Self::Keep | Self::Clear => {}
        }
    }
}

/// Everything of an operation that names something else.
pub(super) struct Given<'a> {
    pub(super) category: Ref<'a>,
    pub(super) account: Ref<'a>,
    pub(super) to_account: Ref<'a>,
    pub(super) paid_by: Ref<'a>,
    pub(super) payee: Patch<&'a str>,
    pub(super) tags: Option<&'a [String]>,
    pub(super) create_missing: bool,
}

impl<'a> Given<'a> {
    pub(super) fn of_new(new: &'a NewExpense, me: Uuid) -> Self {
        Self {
            category: Ref::of(new.category_id, new.category.as_ref()),
            account: Ref::of(new.account_id, new.account.as_ref()),
            to_account: Ref::of(new.to_account_id, new.to_account.as_ref()),
            paid_by: new
                .paid_by
                .as_ref()
                .map_or(Ref::Keep, |member| Ref::of_member(member, me)),
            payee: new.payee.as_deref().map_or(Patch::Keep, Patch::Set),
            tags: Some(&new.tags),
            create_missing: new.create_missing,
        }
    }

    pub(super) fn of_patch(patch: &'a ExpensePatch, me: Uuid) -> Self {
        Self {
            category: Ref::of_patch(&patch.category_id, &patch.category),
            account: Ref::of_patch(&patch.account_id, &patch.account),
            to_account: Ref::of_patch(&patch.to_account_id, &patch.to_account),
            paid_by: match &patch.paid_by {
                Patch::Keep => Ref::Keep,
                Patch::Clear => Ref::Clear,
                Patch::Set(member) => Ref::of_member(member, me),
            },
            payee: match &patch.payee {
                Patch::Keep => Patch::Keep,
                Patch::Clear => Patch::Clear,
                Patch::Set(name) => Patch::Set(name),
            },
            tags: patch.tags.as_deref(),
            create_missing: patch.create_missing,
        }
    }

    pub(super) fn ask(&self, wanted: &mut Wanted) {
        for (dictionary, given) in [
            (Dictionary::Category, &self.category),
            (Dictionary::Account, &self.account),
            (Dictionary::Account, &self.to_account),
            (Dictionary::Member, &self.paid_by),
        ] {
            given.ask(dictionary, wanted);
        }
        if let Patch::Set(name) = self.payee {
            wanted.name(Dictionary::Payee, name);
        }
        for tag in self.tags.unwrap_or_default() {
            wanted.name(Dictionary::Tag, tag);
        }
    }
}
