//! Which entry there is which here: by id, else by name; made where there is none. Payees and tags go by name with their
//! rows. Who paid is known there only where one person keeps the book on both sides.

use super::super::Failure;
use crate::client::{Api, Key};
use api::account::{Account, AccountPatch, NewAccount};
use api::category::{Category, CategoryPatch, NewCategory};
use api::id::{AccountId, CategoryId, UserId};
use api::text::fold;
use std::collections::HashMap;
use std::sync::Arc;

/// The ids there of what has an id here.
#[derive(Debug, Default)]
pub(super) struct Ids {
    categories: HashMap<CategoryId, CategoryId>,
    accounts: HashMap<AccountId, AccountId>,
    people: HashMap<UserId, UserId>,
    /// Made there just now, and archived here.
    categories_to_archive: Vec<(CategoryId, i64)>,
    accounts_to_archive: Vec<(AccountId, i64)>,
}

impl Ids {
    pub(super) fn category(&self, id: CategoryId) -> CategoryId {
        self.categories.get(&id).copied().unwrap_or(id)
    }

    pub(super) fn account(&self, id: AccountId) -> AccountId {
        self.accounts.get(&id).copied().unwrap_or(id)
    }

    pub(super) fn person(&self, id: UserId) -> Option<UserId> {
        self.people.get(&id).copied()
    }

    pub(super) async fn match_categories(
        &mut self,
        here: &Arc<dyn Api>,
        there: &Arc<dyn Api>,
    ) -> Result<(), Failure> {
        let (mut ours, theirs) = (here.every_category().await?, there.every_category().await?);
        // Parents first: a subcategory is made under the one there.
        ours.sort_by_key(|category| category.parent_id.is_some());
        for category in ours {
            let parent_id = category.parent_id.map(|id| self.category(id));
            let same = |other: &&Category| {
                other.id == category.id
                    || (other.parent_id == parent_id && fold(&other.name) == fold(&category.name))
            };
            let id = if let Some(known) = theirs.iter().find(same) {
                known.id
            } else {
                let new = NewCategory {
                    id: Some(category.id),
                    name: category.name.clone(),
                    parent_id,
                };
                let made = there.create_category(&new, Key::new()).await?;
                if category.is_archived {
                    self.categories_to_archive.push((made.id, made.version));
                }
                made.id
            };
            self.categories.insert(category.id, id);
        }
        Ok(())
    }

    pub(super) async fn match_accounts(
        &mut self,
        here: &Arc<dyn Api>,
        there: &Arc<dyn Api>,
    ) -> Result<(), Failure> {
        let (ours, theirs) = (here.every_account().await?, there.every_account().await?);
        for account in ours {
            let same = |other: &&Account| other.id == account.id || fold(&other.name) == fold(&account.name);
            let id = if let Some(known) = theirs.iter().find(same) {
                known.id
            } else {
                let new = NewAccount {
                    id: Some(account.id),
                    name: account.name,
                    kind: Some(account.kind),
                    iban: account.iban,
                    acctid: account.acctid,
                    card_ends: account.card_ends,
                    owner: None,
                };
                let made = there.create_account(&new, Key::new()).await?;
                if account.is_archived {
                    self.accounts_to_archive.push((made.id, made.version));
                }
                made.id
            };
            self.accounts.insert(account.id, id);
        }
        Ok(())
    }

    pub(super) async fn match_people(
        &mut self,
        here: &Arc<dyn Api>,
        there: &Arc<dyn Api>,
    ) -> Result<(), Failure> {
        let (ours, theirs) = (here.every_member().await?, there.every_member().await?);
        if let ([one], [other]) = (ours.as_slice(), theirs.as_slice()) {
            self.people.insert(one.user_id, other.user_id);
        }
        Ok(())
    }

    /// Archives there what is archived here, last of all: until then rows may be added to it.
    pub(super) async fn archive(self, there: &Arc<dyn Api>) -> Result<(), Failure> {
        for (id, version) in self.categories_to_archive {
            let patch = CategoryPatch {
                is_archived: Some(true),
                ..CategoryPatch::default()
            };
            there.update_category(id, version, &patch, Key::new()).await?;
        }
        for (id, version) in self.accounts_to_archive {
            let patch = AccountPatch {
                is_archived: Some(true),
                ..AccountPatch::default()
            };
            there.update_account(id, version, &patch, Key::new()).await?;
        }
        Ok(())
    }
}
