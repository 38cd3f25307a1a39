//! What the drafts of a file become: rows by id, and the names that are new with them.

use super::Draft;
use super::books::{Books, NoEntry};
use crate::db::Unit;
use crate::error::{AppError, Result};
use crate::store::apply::MAX_ROWS;
use crate::store::image::EntryImage;
use crate::store::names::split_path;
use crate::store::noun::{Edit, Pair};
use api::expense::NewExpense;
use api::id::new_uuid;
use api::text::fold;
use entity::import_row;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Most bytes of drafts that one change writes.
const MAX_BYTES: usize = 700_000;

/// As many rows as one change holds with all the names they could make; true where some had to wait.
pub(super) fn some_of(rows: Vec<import_row::Model>) -> Result<(Vec<(i32, Draft)>, bool)> {
    let mut names: HashSet<(bool, String)> = HashSet::new();
    let mut bytes = 0;
    let mut taken = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(draft) = Draft::parse(&row)? else {
            return Err(AppError::Internal("a new row without a draft".into()));
        };
        bytes += row.draft.as_ref().map_or(0, String::len);
        names.extend(draft.expense.payee.iter().map(|name| (true, fold(name))));
        names.extend(draft.expense.tags.iter().map(|name| (false, fold(name))));
        let is_full = bytes > MAX_BYTES || taken.len() + names.len() + 2 > 2 * MAX_ROWS - 1;
        if is_full && !taken.is_empty() {
            return Ok((taken, true));
        }
        taken.push((row.n, draft));
    }
    Ok((taken, false))
}

/// The row with ids for names, so that what it names is the same whatever other rows made.
pub(super) fn by_id(books: &Books, draft: Draft) -> Result<NewExpense, String> {
    let Draft {
        mut expense,
        category_id,
        account_id,
        to_account_id,
    } = draft;
    let gone = |why: NoEntry, otherwise: String| match why {
        NoEntry::Unusable(why) => why,
        NoEntry::Unknown => otherwise,
    };
    if let Some(path) = expense.category.take() {
        let id = category_id.map_or_else(|| books.category(&path), Ok);
        expense.category_id = Some(
            id.map_err(|why| gone(why, format!("The category {path:?} is gone")))?
                .into(),
        );
    }
    let account = |name: &str, id: Option<Uuid>| {
        id.map_or_else(|| books.account(name), Ok)
            .map_err(|why| gone(why, format!("The account {name:?} is gone")))
    };
    if let Some(name) = expense.account.take() {
        expense.account_id = Some(account(&name, account_id)?.into());
    }
    if let Some(name) = expense.to_account.take() {
        expense.to_account_id = Some(account(&name, to_account_id)?.into());
    }
    Ok(expense)
}

/// The categories and accounts that are still missing.
pub(super) fn new_entries(unit: &Unit, books: &Books, names: &[String]) -> Vec<Edit> {
    let mut made: HashMap<String, Uuid> = HashMap::new();
    let mut edits = Vec::new();
    let entry = |name: &str, parent_id| {
        let image = EntryImage::new(new_uuid(), name.to_owned(), unit.at);
        Pair {
            before: None,
            after: EntryImage { parent_id, ..image },
        }
    };
    for name in names {
        if let Some(name) = name.strip_prefix("account ") {
            if books.account(name) == Err(NoEntry::Unknown) {
                edits.push(Edit::Account(entry(name, None)));
            }
        } else if let Some(path) = name.strip_prefix("category ")
            && books.category(path) == Err(NoEntry::Unknown)
        {
            let pair = match split_path(path) {
                Some((parent, child)) => {
                    let parent_id = books.parent(parent).or_else(|| made.get(&fold(parent)).copied());
                    // Its parent was archived since: the rows will say so.
                    let Some(parent_id) = parent_id else { continue };
                    entry(child, Some(parent_id))
                }
                None => entry(path, None),
            };
            if pair.after.parent_id.is_none() {
                made.insert(fold(path), pair.after.id);
            }
            edits.push(Edit::Category(pair));
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::currency::Currency;

    #[test]
    fn a_change_takes_no_more_rows_than_their_names_leave_room_for() {
        let row = |n: i32| {
            let mut new = NewExpense::new(
                "2020-01-01".parse().unwrap(),
                api::money::Amount::from_minor(1, Currency::EUR),
            );
            new.tags = (0..20).map(|tag| format!("{n}-{tag}")).collect();
            let draft = Draft {
                expense: new,
                category_id: None,
                account_id: None,
                to_account_id: None,
            };
            import_row::Model {
                ledger_id: Uuid::nil(),
                import_id: Uuid::nil(),
                n,
                line: n,
                verdict: "new".into(),
                reason: None,
                raw: String::new(),
                draft: Some(serde_json::to_string(&draft).unwrap()),
                expense_id: None,
            }
        };
        let (taken, is_cut) = some_of((1..=1000).map(row).collect()).unwrap();
        assert!(is_cut);
        assert_eq!(taken.len(), 95);
        let (taken, is_cut) = some_of((1..=10).map(row).collect()).unwrap();
        assert_eq!((taken.len(), is_cut), (10, false));
    }
}
