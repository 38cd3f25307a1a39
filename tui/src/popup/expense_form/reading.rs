//! From the fields to the row that is wanted, and from there to the patch that makes a row so.

use super::fields::{amount_of, field_of};
use crate::book::Lists;
use crate::popup::prompt::day_of;
use crate::theme::Look;
use crate::widget::Form;
use api::currency::Currency;
use api::date::Date;
use api::expense::{Expense, ExpensePatch, Kind, NewExpense};
use api::member::MemberRef;
use api::money::Amount;
use api::patch::Patch;
use api::problem::Faults;
use api::text::{clean_line, clean_note};

/// What is wrong, field by field.
pub(super) type Wrong = Vec<(&'static str, String)>;

/// The row that the fields describe. Names that the lists know become ids; others are to be made.
pub(super) fn wanted(
    form: &Form,
    before: Option<&Expense>,
    lists: &Lists,
    look: &Look,
) -> Result<NewExpense, Wrong> {
    let mut wrong = Wrong::new();
    let currency = Currency::parse(form.value("currency").trim()).unwrap_or(lists.base);
    let date = match form.value("date").trim() {
        "" => Ok(Date::from_naive(look.today()).unwrap_or(Date::MAX)),
        text => day_of(text, look),
    };
    let date = date.map_err(|why| wrong.push(("date", why))).unwrap_or(Date::MAX);
    let amount = amount_of(form.value("amount"), currency)
        .map_err(|why| wrong.push(("amount", why)))
        .unwrap_or(1);
    let mut expense = NewExpense::new(date, Amount::from_minor(amount, currency));
    expense.currency = (currency != lists.base).then_some(currency);
    let kind = Kind::from_word(&form.value("kind").trim().to_lowercase()).unwrap_or_default();
    expense.kind = (kind != Kind::Expense).then_some(kind);
    name_category(&mut expense, form, before, lists);
    name_accounts(&mut expense, form, before, lists);
    expense.paid_by = payer(form, before, lists)
        .map_err(|why| wrong.push(("paid_by", why)))
        .unwrap_or_default();
    expense.payee = Some(clean_line(form.value("payee"))).filter(|text| !text.is_empty());
    expense.note = Some(clean_note(form.value("note"))).filter(|text| !text.is_empty());
    expense.tags = tags(form.value("tags"));
    expense.create_missing =
        expense.category.is_some() || expense.account.is_some() || expense.to_account.is_some();
    let mut faults = Faults::default();
    expense.check(lists.base, &mut faults);
    wrong.extend(
        faults
            .into_told()
            .into_iter()
            .map(|fault| (field_of(&fault.pointer).unwrap_or("note"), fault.detail)),
    );
    if wrong.is_empty() { Ok(expense) } else { Err(wrong) }
}

fn name_category(expense: &mut NewExpense, form: &Form, before: Option<&Expense>, lists: &Lists) {
    let typed = clean_line(form.value("category"));
    if typed.is_empty() {
        return;
    }
    // An archived category that the row has already stays where it is.
    let kept = before
        .and_then(|row| row.category_id)
        .filter(|id| lists.category_path(*id) == typed);
    expense.category_id = kept.or_else(|| lists.find_category(&typed));
    expense.category = Some(typed).filter(|_| expense.category_id.is_none());
}

fn name_accounts(expense: &mut NewExpense, form: &Form, before: Option<&Expense>, lists: &Lists) {
    let read = |field: &str, kept: Option<api::id::AccountId>| {
        let typed = clean_line(form.value(field));
        let kept = kept.filter(|id| !typed.is_empty() && lists.account_name(*id) == typed);
        let id = kept.or_else(|| lists.find_account(&typed));
        (id, Some(typed).filter(|typed| !typed.is_empty() && id.is_none()))
    };
    (expense.account_id, expense.account) = read("account", before.and_then(|row| row.account_id));
    (expense.to_account_id, expense.to_account) =
        read("to_account", before.and_then(|row| row.to_account_id));
}

/// Who paid. Where the form does not ask, it stays as it is; who left stays where they are.
fn payer(form: &Form, before: Option<&Expense>, lists: &Lists) -> Result<Option<MemberRef>, String> {
    let members = &lists.members;
    let kept = before.and_then(|row| row.paid_by).map(MemberRef::Id);
    let typed = clean_line(form.value("paid_by"));
    if !members.is_shared() || before.is_some_and(|row| members.payer(row) == typed) {
        return Ok(kept);
    }
    if typed.is_empty() {
        return Ok(None);
    }
    let found = members.find(&typed).map(MemberRef::Id);
    found.map(Some).ok_or_else(|| {
        format!(
            "No member is called {typed} - choose one of {}",
            members.labels().join(", ")
        )
    })
}

/// Tags between blanks or commas, with or without their mark, each once.
fn tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for word in text
        .split([' ', ','])
        .map(|word| clean_line(word.trim().trim_start_matches('+')))
    {
        if !word.is_empty() && !tags.contains(&word) {
            tags.push(word);
        }
    }
    tags
}

/// A name that is to be made takes the place of the id.
fn id_patch<T: PartialEq + Copy>(before: Option<T>, wanted: Option<T>, name: Option<&String>) -> Patch<T> {
    if name.is_some() {
        Patch::Keep
    } else {
        Patch::between(before.as_ref(), wanted)
    }
}

/// A name that stands for no id yet.
fn named(name: Option<&String>) -> Patch<String> {
    name.cloned().map_or(Patch::Keep, Patch::Set)
}

/// Only what is another value than before.
pub(super) fn patch(before: &Expense, wanted: &NewExpense, lists: &Lists) -> ExpensePatch {
    let currency = wanted.currency.unwrap_or(lists.base);
    let kind = wanted.kind.unwrap_or_default();
    let is_other_money = before.amount != wanted.amount || before.currency != currency;
    let mut patch = ExpensePatch {
        date: Some(wanted.date).filter(|date| *date != before.date),
        amount: Some(wanted.amount.clone()).filter(|_| is_other_money),
        currency: Some(currency).filter(|currency| *currency != before.currency),
        kind: Some(kind).filter(|kind| *kind != before.kind),
        category_id: id_patch(before.category_id, wanted.category_id, wanted.category.as_ref()),
        category: named(wanted.category.as_ref()),
        account_id: id_patch(before.account_id, wanted.account_id, wanted.account.as_ref()),
        account: named(wanted.account.as_ref()),
        to_account_id: id_patch(
            before.to_account_id,
            wanted.to_account_id,
            wanted.to_account.as_ref(),
        ),
        to_account: named(wanted.to_account.as_ref()),
        payee: Patch::between(before.payee.as_ref(), wanted.payee.clone()),
        tags: Some(wanted.tags.clone()).filter(|tags| *tags != before.tags),
        note: Patch::between(before.note.as_ref(), wanted.note.clone()),
        paid_by: Patch::between(before.paid_by.map(MemberRef::Id).as_ref(), wanted.paid_by.clone()),
        ..ExpensePatch::default()
    };
    // What the form has as words cannot tell a tag with a blank in it from two.
    if before.tags.join(" ") == wanted.tags.join(" ") {
        patch.tags = None;
    }
    let names = [&patch.category, &patch.account, &patch.to_account];
    patch.create_missing = names.into_iter().any(|name| !name.is_keep());
    patch
}

/// A row as a patch leaves it, as far as this side can tell: a name that is to be made has no id yet.
pub fn patched(row: &Expense, patch: &ExpensePatch, lists: &Lists) -> Expense {
    fn id<T: Copy>(by_id: &Patch<T>, by_name: &Patch<String>, before: Option<T>) -> Option<T>
    where
        Patch<T>: Clone,
    {
        if by_name.is_keep() {
            by_id.clone().over(before)
        } else {
            None
        }
    }
    let payer = match &patch.paid_by {
        Patch::Keep => row.paid_by,
        Patch::Clear => None,
        Patch::Set(member) => lists.members.of(member),
    };
    Expense {
        date: patch.date.unwrap_or(row.date),
        amount: patch.amount.clone().unwrap_or_else(|| row.amount.clone()),
        currency: patch.currency.unwrap_or(row.currency),
        kind: patch.kind.unwrap_or(row.kind),
        category_id: id(&patch.category_id, &patch.category, row.category_id),
        account_id: id(&patch.account_id, &patch.account, row.account_id),
        to_account_id: id(&patch.to_account_id, &patch.to_account, row.to_account_id),
        payee: patch.payee.clone().over(row.payee.clone()),
        tags: patch.tags.clone().unwrap_or_else(|| row.tags.clone()),
        note: patch.note.clone().over(row.note.clone()),
        paid_by: payer,
        ..row.clone()
    }
}
