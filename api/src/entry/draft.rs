//! What a line says about the coming row, and the row it becomes.

use super::{Context, Match, NameRef};
use crate::currency::Currency;
use crate::date::Date;
use crate::expense::{Kind, NewExpense};
use crate::money::Amount;

/// What the line says about the coming row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The amount in minor units of `currency`, 1 or more; `None` while it is missing, faulty or in question.
    pub amount_minor: Option<i64>,
    /// The currency typed with the amount, else the ledger's base.
    pub currency: Currency,
    /// The sign: `-` refund, `+` income, two accounts transfer, else expense.
    pub kind: Kind,
    /// The category.
    pub category: Option<NameRef>,
    /// The account; of a transfer the one it comes from, `None` outside.
    pub account: Option<NameRef>,
    /// Of a transfer the account it goes to, `None` outside.
    pub to_account: Option<NameRef>,
    /// The words of the line.
    pub payee: Option<String>,
    /// Tags in the order typed, each once.
    pub tags: Vec<String>,
    /// The day; `None` when the line names none, which means today.
    pub date: Option<Date>,
    /// The member who paid.
    pub paid_by: Option<NameRef>,
    /// The note.
    pub note: Option<String>,
}

impl Draft {
    /// A draft that says nothing.
    pub fn empty(base: Currency) -> Self {
        Self {
            amount_minor: None,
            currency: base,
            kind: Kind::Expense,
            category: None,
            account: None,
            to_account: None,
            payee: None,
            tags: Vec::new(),
            date: None,
            paid_by: None,
            note: None,
        }
    }

    /// The row it would make, names written out in full, `today` where it names no day. `None` while the amount is open.
    ///
    /// The ids of the member and of the row itself are the caller's to fill in: [`NameRef::known`] says who paid.
    pub fn new_expense(&self, context: &Context<'_>) -> Option<NewExpense> {
        let Context {
            vocabulary,
            base,
            today,
        } = context;
        let account = |name: &NameRef| vocabulary.accounts.written(name);
        let amount = Amount::from_minor(self.amount_minor?, self.currency);
        let mut row = NewExpense::new(self.date.unwrap_or(*today), amount);
        row.currency = (self.currency != *base).then_some(self.currency);
        row.kind = (self.kind != Kind::Expense).then_some(self.kind);
        row.category = self
            .category
            .as_ref()
            .map(|name| spaced(&vocabulary.categories.written(name)));
        row.account = self.account.as_ref().map(account);
        row.to_account = self.to_account.as_ref().map(account);
        row.payee.clone_from(&self.payee);
        row.tags.clone_from(&self.tags);
        row.note.clone_from(&self.note);
        Some(row)
    }

    /// The names that are in no list yet and would be made: first the category, then accounts.
    pub fn new_names(&self) -> impl Iterator<Item = &NameRef> {
        [&self.category, &self.account, &self.to_account]
            .into_iter()
            .flatten()
            .filter(|name| name.matched == Match::New)
    }
}

/// A category with its parent as the wire writes it: `Food: Sushi` for `Food:Sushi`.
fn spaced(path: &str) -> String {
    path.split(':').map(str::trim).collect::<Vec<_>>().join(": ")
}
