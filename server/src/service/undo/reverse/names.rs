//! What rows that come back point to: whether it is there, and what it is called by now.

use crate::store::image::{EntryImage, ExpenseImage};
use crate::store::link::Link;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The entries that a row points to in that way.
pub(super) fn pointed(image: &ExpenseImage, link: Link) -> Vec<Uuid> {
    match link {
        Link::Category => image.category_id.into_iter().collect(),
        Link::Account => image.account_id.into_iter().collect(),
        Link::ToAccount => image.to_account_id.into_iter().collect(),
        Link::Payee => image.payee.iter().map(|payee| payee.id).collect(),
        Link::Tag => image.tags.iter().map(|tag| tag.id).collect(),
    }
}

/// What rows point to, as it is now.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) categories: HashMap<Uuid, EntryImage>,
    pub(super) accounts: HashMap<Uuid, EntryImage>,
    pub(super) payees: HashMap<Uuid, EntryImage>,
    pub(super) tags: HashMap<Uuid, EntryImage>,
}

impl Names {
    /// The first thing that a row needs and that is not there.
    pub(super) fn missing(&self, row: &ExpenseImage, revived: &HashSet<Uuid>) -> Option<&'static str> {
        let of = |link| match link {
            Link::Category => (&self.categories, "category"),
            Link::Account | Link::ToAccount => (&self.accounts, "account"),
            Link::Payee => (&self.payees, "payee"),
            Link::Tag => (&self.tags, "tag"),
        };
        Link::ALL.into_iter().find_map(|link| {
            let (entries, word) = of(link);
            let is_missing =
                |id: Uuid| !revived.contains(&id) && entries.get(&id).is_none_or(|entry| entry.is_deleted);
            pointed(row, link).into_iter().any(is_missing).then_some(word)
        })
    }

    /// Gives payee and tags the names that they have now.
    pub(super) fn rename(&self, row: &mut ExpenseImage) {
        if let Some(payee) = &mut row.payee
            && let Some(entry) = self.payees.get(&payee.id)
        {
            payee.name.clone_from(&entry.name);
        }
        for tag in &mut row.tags {
            if let Some(entry) = self.tags.get(&tag.id) {
                tag.name.clone_from(&entry.name);
            }
        }
        row.tags.sort();
    }
}
