//! The fields that two people can both have changed: how each is read from a row and from a patch, and how a patch
//! leaves it out.

use crate::book::Lists;
use crate::{expense_row, figures};
use api::expense::{Expense, ExpensePatch};
use api::patch::Patch;

/// A field of a patch: its name, and how it is taken out of one.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) is_touched: fn(&ExpensePatch) -> bool,
    pub(super) mine: fn(&ExpensePatch, &Lists) -> String,
    pub(super) theirs: fn(&Expense, &Lists) -> String,
    pub(super) leave: fn(&mut ExpensePatch),
}

fn text_of(patch: &Patch<String>) -> String {
    patch.set().cloned().unwrap_or_default()
}

pub(super) const PARTS: [Part; 9] = [
    Part {
        name: "Date",
        is_touched: |patch| patch.date.is_some(),
        mine: |patch, _| patch.date.map_or_else(String::new, api::date::Date::words),
        theirs: |row, _| row.date.words(),
        leave: |patch| patch.date = None,
    },
    Part {
        name: "Amount",
        is_touched: |patch| patch.amount.is_some() || patch.currency.is_some(),
        mine: |patch, _| {
            let amount = patch
                .amount
                .as_ref()
                .map(|amount| figures::grouped(amount.as_str()));
            let currency = patch.currency.map(|currency| currency.to_string());
            [amount, currency]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
        },
        theirs: |row, lists| figures::row_amount(row, lists.base),
        leave: |patch| {
            patch.amount = None;
            patch.currency = None;
        },
    },
    Part {
        name: "Kind",
        is_touched: |patch| patch.kind.is_some(),
        mine: |patch, _| patch.kind.map_or("", api::expense::Kind::as_str).to_owned(),
        theirs: |row, _| row.kind.as_str().to_owned(),
        leave: |patch| patch.kind = None,
    },
    Part {
        name: "Payee",
        is_touched: |patch| !patch.payee.is_keep(),
        mine: |patch, _| text_of(&patch.payee),
        theirs: |row, _| row.payee.clone().unwrap_or_default(),
        leave: |patch| patch.payee = Patch::Keep,
    },
    Part {
        name: "Category",
        is_touched: |patch| !patch.category_id.is_keep() || !patch.category.is_keep(),
        mine: |patch, lists| match (patch.category.set(), patch.category_id.set()) {
            (Some(name), _) => format!("{name} (new)"),
            (None, Some(id)) => lists.category_path(*id).to_owned(),
            (None, None) => "Uncategorised".to_owned(),
        },
        theirs: |row, lists| {
            row.category_id
                .map_or("Uncategorised", |id| lists.category_path(id))
                .to_owned()
        },
        leave: |patch| {
            patch.category_id = Patch::Keep;
            patch.category = Patch::Keep;
        },
    },
    Part {
        name: "Account",
        is_touched: |patch| {
            !patch.account_id.is_keep()
                || !patch.account.is_keep()
                || !patch.to_account_id.is_keep()
                || !patch.to_account.is_keep()
        },
        mine: |patch, lists| {
            let name = |id: &Patch<api::id::AccountId>, name: &Patch<String>| {
                let known = id.set().map(|id| lists.account_name(*id).to_owned());
                name.set().cloned().or(known)
            };
            let ends = [
                name(&patch.account_id, &patch.account),
                name(&patch.to_account_id, &patch.to_account),
            ];
            ends.into_iter().flatten().collect::<Vec<_>>().join(" > ")
        },
        theirs: expense_row::account_words,
        leave: |patch| {
            patch.account_id = Patch::Keep;
            patch.account = Patch::Keep;
            patch.to_account_id = Patch::Keep;
            patch.to_account = Patch::Keep;
        },
    },
    Part {
        name: "Paid by",
        is_touched: |patch| !patch.paid_by.is_keep(),
        mine: |patch, lists| {
            let member = patch.paid_by.set().and_then(|member| lists.members.of(member));
            member.map_or("", |id| lists.members.label(id)).to_owned()
        },
        theirs: |row, lists| lists.members.payer(row).to_owned(),
        leave: |patch| patch.paid_by = Patch::Keep,
    },
    Part {
        name: "Tags",
        is_touched: |patch| patch.tags.is_some(),
        mine: |patch, _| patch.tags.clone().unwrap_or_default().join(" "),
        theirs: |row, _| row.tags.join(" "),
        leave: |patch| patch.tags = None,
    },
    Part {
        name: "Note",
        is_touched: |patch| !patch.note.is_keep(),
        mine: |patch, _| text_of(&patch.note),
        theirs: |row, _| row.note.clone().unwrap_or_default(),
        leave: |patch| patch.note = Patch::Keep,
    },
];
