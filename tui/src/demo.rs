//! Two years of a household that does not exist, for trying the app out: made through the API like anything else,
//! always the same for the same day.

mod household;

use crate::client::{Api, ClientError, Key};
use api::account::{AccountKind, NewAccount};
use api::category::NewCategory;
use api::date::Date;
use api::expense::{Batch, BatchOperation, BatchVerb, MAX_BATCH, NewExpense};
use api::id::{AccountId, CategoryId};
use api::text::fold;
use household::{Names, rows};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// Fills an empty book with the two years that end `today`. Gives the number of rows.
pub async fn fill(api: &Arc<dyn Api>, today: Date) -> Result<usize, ClientError> {
    let categories = categories(api).await?;
    let accounts = accounts(api).await?;
    let names = Names {
        category: &|name| categories.get(&fold(name)).copied(),
        account: &|name| accounts.get(&fold(name)).copied(),
    };
    let rows = rows(today, &names);
    for part in rows.chunks(MAX_BATCH) {
        let operations = part.iter().cloned().map(created).collect();
        api.batch_expenses(&Batch { operations }, Key::new()).await?;
    }
    Ok(rows.len())
}

fn created(expense: NewExpense) -> BatchOperation {
    BatchOperation {
        op: BatchVerb::Create,
        id: None,
        version: None,
        expense: Some(expense),
        patch: None,
    }
}

/// The book's categories by name, with those made that the household needs.
async fn categories(api: &Arc<dyn Api>) -> Result<HashMap<String, CategoryId>, ClientError> {
    let there = api.every_category().await?;
    let mut ids: HashMap<_, _> = there
        .iter()
        .map(|category| (fold(&category.name), category.id))
        .collect();
    for (name, parent) in household::CATEGORIES {
        if !ids.contains_key(&fold(name)) {
            let parent_id = ids.get(&fold(parent)).copied();
            let new = NewCategory {
                name: (*name).to_owned(),
                parent_id,
                ..NewCategory::default()
            };
            ids.insert(fold(name), api.create_category(&new, Key::new()).await?.id);
        }
    }
    Ok(ids)
}

/// The book's accounts by name, with those made that the household needs.
async fn accounts(api: &Arc<dyn Api>) -> Result<HashMap<String, AccountId>, ClientError> {
    let there = api.every_account().await?;
    let mut ids: HashMap<_, _> = there
        .iter()
        .map(|account| (fold(&account.name), account.id))
        .collect();
    for (name, kind) in household::ACCOUNTS {
        if let Entry::Vacant(place) = ids.entry(fold(name)) {
            let kind = AccountKind::from_word(kind);
            let new = NewAccount {
                name: (*name).to_owned(),
                kind,
                ..NewAccount::default()
            };
            place.insert(api.create_account(&new, Key::new()).await?.id);
        }
    }
    Ok(ids)
}
