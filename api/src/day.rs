//! The day sheet: all rows of one day, read and saved as a whole. A row that is left out is deleted, which is
//! why saving needs `If-Match`.

use crate::currency::Currency;
use crate::date::Date;
use crate::expense::{Expense, ExpensePatch, NewExpense};
use crate::id::ExpenseId;
use crate::patch::Patch;
use crate::problem::Faults;
use serde::{Deserialize, Serialize};

/// All rows of a day, of every kind, in the order they were recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Its rows.
    pub rows: Vec<Expense>,
}

/// A day as it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct DayUpdate {
    /// Every row the day shall have. One whose id is missing here is deleted.
    #[cfg_attr(feature = "openapi", oai(validator(max_items = 500)))]
    pub rows: Vec<DayRow>,
}

/// One row of a day as it shall be: a patch where `id` names a row of that day, a new row where it does not.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct DayRow {
    /// The row it changes, or an id of the client's choice for a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ExpenseId>,
    /// True where `id` is a new row's.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", oai(default))]
    pub is_new: bool,
    /// What it shall hold. A field left out stays as it is; a new row needs an amount.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", oai(flatten))]
    pub fields: ExpensePatch,
}

/// What saving a day changed. Rows that were the same before and after are not among it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct DaySaved {
    /// The day.
    pub date: Date,
    /// The ledger's revision after it.
    pub rev: i64,
    /// Rows that are new.
    pub created: Vec<Expense>,
    /// Rows that changed.
    pub updated: Vec<Expense>,
    /// Rows that were left out and are deleted now.
    pub deleted: Vec<ExpenseId>,
}

impl DayRow {
    /// True where the row is not there yet.
    pub fn creates(&self) -> bool {
        self.is_new || self.id.is_none()
    }

    /// Finds what is wrong with a new row by itself; a changed one is checked against what it changes.
    pub fn check_new(&self, base: Currency, faults: &mut Faults) {
        if self.fields.amount.is_none() {
            faults.add("/amount", "missing", "A new row needs an amount");
        }
        if self.fields.date.is_some() {
            faults.add("/date", "not-here", "The rows of a sheet belong to its date");
        }
        self.fields.check(self.fields.currency.unwrap_or(base), faults);
    }

    /// The new row as a create, on that day; `None` where the amount is missing.
    pub fn into_new(self, date: Date) -> Option<NewExpense> {
        let set = |field: Patch<String>| field.over(None);
        Some(NewExpense {
            id: self.id,
            date,
            amount: self.fields.amount?,
            currency: self.fields.currency,
            kind: self.fields.kind,
            category_id: self.fields.category_id.over(None),
            category: self.fields.category.over(None),
            account_id: self.fields.account_id.over(None),
            account: self.fields.account.over(None),
            to_account_id: self.fields.to_account_id.over(None),
            to_account: self.fields.to_account.over(None),
            payee: set(self.fields.payee),
            tags: self.fields.tags.unwrap_or_default(),
            note: set(self.fields.note),
            paid_by: self.fields.paid_by.over(None),
            external_id: set(self.fields.external_id),
            create_missing: self.fields.create_missing,
        })
    }
}
