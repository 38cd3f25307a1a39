//! Rows as another ledger is told of them: names in place of ids, and what of them it does not know. Asks nothing.

use crate::book::Lists;
use api::expense::{Expense, NewExpense};
use api::id::new_uuid;
use std::collections::BTreeSet;

/// What rows are there, once it is decided what becomes of the names that are missing.
pub(super) struct Told {
    rows: Vec<NewExpense>,
    categories: BTreeSet<String>,
    accounts: BTreeSet<String>,
    payers: usize,
}

impl Told {
    /// `None` where a row has a name that is not loaded here.
    pub(super) fn of(rows: &[Expense], here: &Lists, there: &Lists) -> Option<Self> {
        let mut told = Self {
            rows: Vec::new(),
            categories: BTreeSet::new(),
            accounts: BTreeSet::new(),
            payers: 0,
        };
        for row in rows {
            let row = told.tell(row, here, there)?;
            told.rows.push(row);
        }
        Some(told)
    }

    fn tell(&mut self, row: &Expense, here: &Lists, there: &Lists) -> Option<NewExpense> {
        let mut new = NewExpense {
            // Drawn once: whatever is sent again makes no second row.
            id: Some(new_uuid().into()),
            currency: Some(row.currency),
            kind: Some(row.kind),
            payee: row.payee.clone(),
            tags: row.tags.clone(),
            note: row.note.clone(),
            external_id: row.external_id.clone(),
            paid_by: row.paid_by.filter(|id| there.members.has(*id)).map(Into::into),
            ..NewExpense::new(row.date, row.amount.clone())
        };
        self.payers += usize::from(row.paid_by.is_some() && new.paid_by.is_none());
        if let Some(id) = row.category_id {
            let name = known(here.category_path(id))?;
            new.category_id = there.find_category(&name);
            if new.category_id.is_none() {
                self.categories.insert(name.clone());
                new.category = Some(name);
            }
        }
        let mut account = |id| {
            let name = known(here.account_name(id))?;
            let there = there.find_account(&name);
            if there.is_none() {
                self.accounts.insert(name.clone());
            }
            Some((there, Some(name).filter(|_| there.is_none())))
        };
        if let Some(id) = row.account_id {
            (new.account_id, new.account) = account(id)?;
        }
        if let Some(id) = row.to_account_id {
            (new.to_account_id, new.to_account) = account(id)?;
        }
        Some(new)
    }

    /// `category Food, account Card`: what the other ledger lacks, if anything.
    pub(super) fn missing_words(&self) -> Option<String> {
        let words = [
            words("category", "categories", &self.categories),
            words("account", "accounts", &self.accounts),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// What is to be known before it happens, as sentences with a blank in front.
    pub(super) fn loss_words(&self, makes: bool) -> String {
        let mut said = String::new();
        if let Some(missing) = self.missing_words() {
            let (first, rest) = missing.split_at(missing.chars().next().map_or(0, char::len_utf8));
            let becomes = if makes {
                "will be made there"
            } else {
                "will be left out"
            };
            said = format!("{said} {}{rest} {becomes}.", first.to_uppercase());
        }
        match self.payers {
            0 => {}
            1 => said += " Who paid is left out of 1 row: no member there.",
            count => said = format!("{said} Who paid is left out of {count} rows: no members there."),
        }
        said
    }

    /// The rows, with what is missing made or left out.
    pub(super) fn rows(self, makes: bool) -> Vec<NewExpense> {
        let mut rows = self.rows;
        for row in &mut rows {
            let names = [&mut row.category, &mut row.account, &mut row.to_account];
            if makes {
                row.create_missing = names.iter().any(|name| name.is_some());
            } else {
                for name in names {
                    *name = None;
                }
            }
        }
        rows
    }
}

fn known(name: &str) -> Option<String> {
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

fn words(one: &str, several: &str, names: &BTreeSet<String>) -> Option<String> {
    let list: Vec<&str> = names.iter().map(String::as_str).collect();
    match list.as_slice() {
        [] => None,
        [name] => Some(format!("{one} {name}")),
        _ => Some(format!("{several} {}", list.join(", "))),
    }
}
