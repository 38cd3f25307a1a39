//! What names and ids mean in the ledger at hand: its settings, categories and accounts, loaded together. For showing
//! what was just written, as much of it as may be read.

use super::{Context, Failure};
use crate::dates::Dates;
use api::account::Account;
use api::category::Category;
use api::currency::Currency;
use api::date::{Calendar, Date, Month, Period};
use api::expense::{Expense, Kind};
use api::id::{AccountId, CategoryId};
use api::ledger::Ledger;

/// A ledger with the names in it.
pub(super) struct Book {
    dates: Dates,
    /// `None` where it is not known: then every row says its own.
    base: Option<Currency>,
    categories: Vec<Category>,
    accounts: Vec<Account>,
}

/// Stands for a name that could not be read.
const UNREAD: &str = "?";

/// How the ledger cuts time.
pub(super) fn calendar(ledger: &Ledger) -> Calendar {
    Calendar::new(ledger.month_start_day, ledger.week_start).unwrap_or_default()
}

/// The month that holds `date`.
pub(super) fn month_range(ledger: &Ledger, month: Month) -> (Date, Date) {
    Period::Month(month).range(calendar(ledger))
}

impl Book {
    /// The ledger, and the names in it.
    pub(super) async fn load(context: &Context) -> Result<(Ledger, Self), Failure> {
        let api = &context.api;
        let (ledger, categories, accounts) =
            tokio::try_join!(api.get_ledger(), api.every_category(), api.every_account())?;
        let book = Self {
            dates: context.dates.clone(),
            base: Some(ledger.base_currency),
            categories,
            accounts,
        };
        Ok((ledger, book))
    }

    /// As much of it as can be read: a row that was just written is shown in any case, and a token that may only add
    /// may read names and not the ledger.
    pub(super) async fn for_show(context: &mut Context) -> Self {
        let api = &context.api;
        let (ledger, categories, accounts) =
            tokio::join!(api.get_ledger(), api.every_category(), api.every_account());
        let why = categories.as_ref().err().or(accounts.as_ref().err());
        let why = why.map(|error| format!("Names could not be read: {}", error.sentence()));
        let book = Self {
            dates: context.dates.clone(),
            base: ledger.ok().map(|ledger| ledger.base_currency),
            categories: categories.unwrap_or_default(),
            accounts: accounts.unwrap_or_default(),
        };
        if let Some(why) = why {
            context.out.say(&why);
        }
        book
    }

    /// `Food: Groceries`, or nothing.
    pub(super) fn category(&self, id: Option<CategoryId>) -> String {
        let find = |id| self.categories.iter().find(|category| Some(category.id) == id);
        let Some(category) = find(id) else {
            return id.map(|_| UNREAD.to_owned()).unwrap_or_default();
        };
        match find(category.parent_id) {
            Some(parent) => format!("{}: {}", parent.name, category.name),
            None => category.name.clone(),
        }
    }

    fn account(&self, id: Option<AccountId>) -> Option<&str> {
        let id = id?;
        let known = self.accounts.iter().find(|account| account.id == id);
        Some(known.map_or(UNREAD, |account| account.name.as_str()))
    }

    /// The cells of a row, for [`ROW`].
    pub(super) fn cells(&self, expense: &Expense) -> [String; 9] {
        let account = match expense.kind {
            Kind::Transfer => {
                let end = |id| self.account(id).unwrap_or("outside");
                format!("{} > {}", end(expense.account_id), end(expense.to_account_id))
            }
            _ => self.account(expense.account_id).unwrap_or_default().to_owned(),
        };
        let is_base = Some(expense.currency) == self.base;
        [
            self.dates.cell(expense.date),
            expense.amount.to_string(),
            if is_base {
                String::new()
            } else {
                expense.currency.to_string()
            },
            if expense.kind == Kind::Expense {
                String::new()
            } else {
                expense.kind.as_str().to_owned()
            },
            self.category(expense.category_id),
            account,
            words(expense),
            if expense.deleted_at.is_some() {
                "deleted".to_owned()
            } else {
                String::new()
            },
            suffix(expense),
        ]
    }
}

/// The columns of a row: date, amount, currency, kind, category, account, text, state, id.
pub(super) const ROW: &str = "lrllllLll";

/// Payee, tags and note as they would be typed.
fn words(expense: &Expense) -> String {
    let payee = expense.payee.iter().cloned();
    let tags = expense.tags.iter().map(|tag| format!("+{tag}"));
    let note = expense.note.iter().map(|note| format!("// {note}"));
    payee.chain(tags).chain(note).collect::<Vec<_>>().join(" ")
}

/// What is enough to name a row to `edit` and `delete`.
pub(super) fn suffix(expense: &Expense) -> String {
    let id = expense.id.to_string();
    id.get(id.len().saturating_sub(8)..)
        .unwrap_or_default()
        .to_owned()
}
