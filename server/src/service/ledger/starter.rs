//! What a new ledger begins with: the usual categories and accounts, as the seed of a private database has them too.

use crate::clock::Clock;
use crate::store::image::{AccountMarks, EntryImage};
use crate::store::noun::{Edit, Pair};
use api::account::AccountKind;
use api::instant::Instant;

const CATEGORIES: [&str; 10] = [
    "Food",
    "Shopping",
    "Rent",
    "Entertainment",
    "Other",
    "Groceries",
    "Transport",
    "Health",
    "Utilities",
    "Travel",
];
const ACCOUNTS: [(&str, AccountKind); 3] = [
    ("Cash", AccountKind::Cash),
    ("Card", AccountKind::Card),
    ("Bank", AccountKind::Bank),
];

/// The rows, to be applied.
pub(super) fn rows(clock: &Clock, at: Instant) -> Vec<Edit> {
    let entry = |name: &str| EntryImage::new(clock.new_id(), name.to_owned(), at);
    let new = |after| Pair { before: None, after };
    let categories = CATEGORIES.map(|name| Edit::Category(new(entry(name))));
    let accounts = ACCOUNTS.map(|(name, kind)| {
        let account = Some(AccountMarks {
            kind,
            ..AccountMarks::default()
        });
        Edit::Account(new(EntryImage {
            account,
            ..entry(name)
        }))
    });
    categories.into_iter().chain(accounts).collect()
}
