//! The cells of a row of the sheet: what stands in each, and what a typed one means. Amounts are
//! read by the grammar of the entry line, so that `12.5+3` is one here as well. No drawing.

use api::{
    currency::Currency,
    date::Date,
    entry::{Context, Match, TokenKind, Vocabulary, parse},
    expense::{Expense, Kind},
    id::{AccountId, CategoryId},
    text::{clean_line, clean_note},
};

use crate::{book::Lists, figures};

/// A column of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub(super) enum Col {
    Amount,
    Category,
    Account,
    Payee,
    Note,
}

impl Col {
    pub(super) const ALL: [Self; 5] = [
        Self::Amount,
        Self::Category,
        Self::Account,
        Self::Payee,
        Self::Note,
    ];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Amount => "Amount",
            Self::Category => "Category",
            Self::Account => "Account",
            Self::Payee => "Payee",
            Self::Note => "Note",
        }
    }

    pub(super) fn at(self) -> usize {
        Self::ALL.iter().position(|col| *col == self).unwrap_or(0)
    }

    pub(super) fn step(self, by: isize) -> Option<Self> {
        Self::ALL.get(self.at().checked_add_signed(by)?).copied()
    }

    /// Where a fault of the server belongs.
    pub(super) fn of_pointer(field: &str) -> Self {
        match field {
            "category" | "category_id" => Self::Category,
            "account" | "account_id" | "to_account" | "to_account_id" => Self::Account,
            "payee" => Self::Payee,
            "note" | "tags" => Self::Note,
            _ => Self::Amount,
        }
    }
}

/// What is stored in a cell, as it is typed.
pub(super) fn stored_text(row: &Expense, col: Col, lists: &Lists) -> String {
    match col {
        Col::Amount => format!("{}{}", figures::sign(row.kind), row.amount),
        Col::Category => row
            .category_id
            .map_or_else(String::new, |id| lists.category_path(id).to_owned()),
        Col::Account => crate::expense_row::account_words(row, lists),
        Col::Payee => row.payee.clone().unwrap_or_default(),
        Col::Note => row.note.clone().unwrap_or_default(),
    }
}

/// An amount as it will be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Worth {
    pub(super) minor: i64,
    pub(super) currency: Currency,
    pub(super) kind: Kind,
}

impl Worth {
    pub(super) fn of(row: &Expense) -> Option<Self> {
        let minor = row.amount.minor(row.currency).ok()?;
        Some(Self {
            minor,
            currency: row.currency,
            kind: row.kind,
        })
    }
}

/// Reads a typed amount. A row that is no plain expense stays what it is; a sign of its own is
/// fine, another one is not.
pub(super) fn read_amount(
    typed: &str,
    stored: Option<&Expense>,
    base: Currency,
    today: Date,
) -> Result<Worth, String> {
    let vocabulary = Vocabulary::default();
    let context = Context {
        vocabulary: &vocabulary,
        base: stored.map_or(base, |row| row.currency),
        today,
    };
    // Blanks mean nothing here: the cell holds one amount and nothing else.
    let typed: String = typed.split_whitespace().collect();
    let parsed = parse(&typed, &context);
    let is_amount = |kind| matches!(kind, TokenKind::Amount | TokenKind::Currency | TokenKind::Fault);
    if !parsed.tokens.iter().all(|token| is_amount(token.kind)) {
        return Err("Not an amount - write it as 12.50 or 12.5+3".to_owned());
    }
    if let Some(problem) = parsed.problems(&vocabulary).into_iter().next() {
        return Err(problem.detail);
    }
    let Some(minor) = parsed.draft.amount_minor else {
        return Err("An amount is missing - write it as 12.50".to_owned());
    };
    let kind = kind_of(stored.map(|row| row.kind), parsed.draft.kind)?;
    Ok(Worth {
        minor,
        currency: parsed.draft.currency,
        kind,
    })
}

fn kind_of(stored: Option<Kind>, typed: Kind) -> Result<Kind, String> {
    match (stored, typed) {
        (None | Some(Kind::Expense), typed) => Ok(typed),
        (Some(stored), Kind::Expense) => Ok(stored),
        (Some(stored), typed) if stored == typed => Ok(stored),
        (Some(Kind::Transfer), _) => Err("A transfer has no sign - leave it out".to_owned()),
        (Some(stored), _) => Err(format!(
            "This row is {} and stays one - leave the sign out, or change its kind in the form",
            match stored {
                Kind::Refund => "a refund",
                Kind::Income => "an income",
                Kind::Transfer => "a transfer",
                Kind::Expense => "an expense",
            }
        )),
    }
}

/// A category or account that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named<T> {
    None,
    Known(T),
    /// In no list; saving makes it.
    New(String),
}

pub(super) fn read_category(typed: &str, lists: &Lists) -> Result<Named<CategoryId>, String> {
    let names = &lists.vocabulary().categories;
    let found = names.find(typed, true);
    named(typed, found, |at| names.path(at), |_| lists.find_category(typed))
}

pub(super) fn read_account(typed: &str, lists: &Lists) -> Result<Named<AccountId>, String> {
    let names = &lists.vocabulary().accounts;
    let found = names.find(typed, true);
    named(typed, found, |at| names.path(at), |_| lists.find_account(typed))
}

fn named<T>(
    typed: &str,
    found: Match,
    path: impl Fn(usize) -> Option<String>,
    id: impl Fn(usize) -> Option<T>,
) -> Result<Named<T>, String> {
    let typed = clean_line(typed);
    if typed.is_empty() {
        return Ok(Named::None);
    }
    match found {
        Match::Known(at) => Ok(id(at).map_or(Named::New(typed), Named::Known)),
        Match::New => Ok(Named::New(typed)),
        Match::Ambiguous(all) => {
            let all: Vec<String> = all.into_iter().take(5).filter_map(path).collect();
            Err(format!("Fits {} - write more of the name", all.join(", ")))
        }
    }
}

/// Whether what was typed says the same as what is stored.
pub(super) fn is_same(typed: &str, stored: Option<&Expense>, col: Col, lists: &Lists, today: Date) -> bool {
    let Some(row) = stored else {
        return typed.trim().is_empty();
    };
    match col {
        Col::Amount => {
            read_amount(typed, Some(row), lists.base, today).ok() == Worth::of(row)
                && Worth::of(row).is_some()
        }
        Col::Category => match read_category(typed, lists) {
            Ok(Named::None) => row.category_id.is_none(),
            Ok(Named::Known(id)) => row.category_id == Some(id),
            // An archived one is in no list any more, and stays where it is.
            _ => api::text::fold(typed) == api::text::fold(&stored_text(row, col, lists)),
        },
        Col::Account => match read_account(typed, lists) {
            Ok(Named::None) => row.account_id.is_none(),
            Ok(Named::Known(id)) => row.account_id == Some(id),
            _ => api::text::fold(typed) == api::text::fold(&stored_text(row, col, lists)),
        },
        Col::Payee => clean_line(typed) == row.payee.as_deref().unwrap_or_default(),
        Col::Note => clean_note(typed) == row.note.as_deref().unwrap_or_default(),
    }
}
