//! What the fields mean and what a form sends.

use super::fields::{amount_of, form};
use super::reading::{patch, wanted};
use crate::book::Lists;
use crate::book::tests::{accounts, categories, id, ledger, row};
use crate::screen::expenses::tests::Bench;
use crate::testkit::{Harness, look};
use crate::widget::Form;
use api::currency::Currency;
use api::expense::{Expense, ExpensePatch, Kind};
use api::member::MemberRef;
use api::patch::Patch;

fn lists() -> Lists {
    Lists::new(
        ledger(),
        categories(),
        accounts(),
        Vec::new(),
        Vec::new(),
        crate::book::tests::members(2),
        &[],
    )
}

fn filled(row: &Expense) -> Form {
    let lists = lists();
    let (mut form, _) = form(&lists);
    super::fields::fill(&mut form, row, &lists);
    form
}

fn rewe() -> Expense {
    let mut rewe = row(1, "2026-11-20", "48.90", "Rewe", Some(4), Some(2));
    rewe.tags = vec!["week end".to_owned(), "home".to_owned()];
    rewe.note = Some("two\nlines".to_owned());
    rewe
}

#[test]
fn a_row_that_is_opened_and_saved_as_it_is_changes_nothing() {
    let mut archived = rewe();
    archived.category_id = Some(crate::book::tests::id(105));
    for row in [rewe(), archived] {
        let form = filled(&row);
        let wanted = wanted(&form, Some(&row), &lists(), &look()).unwrap();
        assert_eq!(patch(&row, &wanted, &lists()), ExpensePatch::default());
    }
}

#[test]
fn only_what_was_changed_is_in_the_patch_and_an_emptied_field_clears() {
    let row = rewe();
    let mut form = filled(&row);
    form.set("category", "Noodles");
    form.set("account", "");
    form.set("note", "");
    let wanted = wanted(&form, Some(&row), &lists(), &look()).unwrap();
    let patch = patch(&row, &wanted, &lists());
    assert_eq!(patch.category.set().map(String::as_str), Some("Noodles"));
    assert!(patch.create_missing && patch.category_id.is_keep());
    assert_eq!((patch.account_id, patch.note), (Patch::Clear, Patch::Clear));
    assert_eq!((patch.amount, patch.tags, patch.date), (None, None, None));
}

#[test]
fn amounts_are_added_up_and_refused_with_what_to_do() {
    assert_eq!(amount_of("12.5+3", Currency::EUR), Ok(1550));
    let yen = Currency::parse("JPY").unwrap();
    assert_eq!(amount_of("1200", yen), Ok(1200));
    for (text, currency, says) in [
        ("", Currency::EUR, "missing"),
        ("12.5.0", Currency::EUR, "Two decimal points"),
        ("0.345", Currency::EUR, "EUR has 2 decimals"),
        ("12.5", yen, "JPY has no decimals"),
        ("0", Currency::EUR, "above zero"),
        ("-35", Currency::EUR, "choose the kind"),
        ("12 lunch", Currency::EUR, "Not an amount"),
        ("12 usd", Currency::EUR, "Not an amount"),
        ("99999999999999", Currency::EUR, "Too large"),
    ] {
        let error = amount_of(text, currency).unwrap_err();
        assert!(error.contains(says), "{text}: {error}");
    }
}

#[test]
fn a_target_account_without_a_transfer_is_refused_under_its_field() {
    let mut form = filled(&rewe());
    form.set("to_account", "Savings");
    let wrong = wanted(&form, None, &lists(), &look()).unwrap_err();
    assert_eq!(wrong[0].0, "to_account");
    form.set("kind", "Transfer");
    let transfer = wanted(&form, None, &lists(), &look()).unwrap();
    assert_eq!(transfer.kind, Some(Kind::Transfer));
}

#[test]
fn who_paid_is_asked_where_there_are_several_and_kept_where_there_are_not() {
    let lists = lists();
    let mut form = filled(&rewe());
    form.set("paid_by", "ben");
    let named = wanted(&form, Some(&rewe()), &lists, &look()).unwrap();
    assert_eq!(named.paid_by, Some(MemberRef::Id(id(10))));
    let change = patch(&rewe(), &named, &lists);
    assert_eq!(change.paid_by, Patch::Set(MemberRef::Id(id(10))));
    assert_eq!(
        ExpensePatch {
            paid_by: Patch::Keep,
            ..change
        },
        ExpensePatch::default()
    );

    form.set("paid_by", "Zed");
    let wrong = wanted(&form, Some(&rewe()), &lists, &look()).unwrap_err();
    assert_eq!(wrong[0].0, "paid_by");
    assert!(wrong[0].1.contains("Ana, Ben"), "{}", wrong[0].1);

    // Somebody who left stays, until the field says otherwise.
    let mut left = rewe();
    left.paid_by = Some(id(99));
    let mut form = filled(&left);
    assert_eq!(form.value("paid_by"), crate::book::SOMEONE);
    let kept = wanted(&form, Some(&left), &lists, &look()).unwrap();
    assert_eq!(patch(&left, &kept, &lists), ExpensePatch::default());
    form.set("paid_by", "");
    let cleared = wanted(&form, Some(&left), &lists, &look()).unwrap();
    assert_eq!(patch(&left, &cleared, &lists).paid_by, Patch::Clear);

    let alone = crate::book::tests::lists(&[]);
    let (mut form, _) = super::fields::form(&alone);
    super::fields::fill(&mut form, &left, &alone);
    assert_eq!(form.value("paid_by"), "", "there is no such field");
    let kept = wanted(&form, Some(&left), &alone, &look()).unwrap();
    assert_eq!(patch(&left, &kept, &alone), ExpensePatch::default());
}

#[test]
fn the_field_for_who_paid_picks_among_the_members() {
    let bench = Bench::shared();
    let mut app = bench.open(Harness::new(80, 24));
    app.keys("e<tab><tab><tab><tab><tab><tab><tab>");
    insta::assert_snapshot!("form_payer_80x24", app.screen());
    app.keys("<c-u>be<tab><c-x>");
    let sent: ExpensePatch = bench.fake.requests_of("update_expense")[0].body_value().unwrap();
    let expected = ExpensePatch {
        paid_by: Patch::Set(MemberRef::Id(id(10))),
        ..ExpensePatch::default()
    };
    assert_eq!(sent, expected, "{}", app.screen());
}

#[test]
fn everything_wrong_is_told_at_once() {
    let mut form = filled(&rewe());
    form.set("amount", "1e5");
    form.set("date", "2026-02-31");
    form.set("payee", "x".repeat(101));
    let wrong = wanted(&form, None, &lists(), &look()).unwrap_err();
    let fields: Vec<&str> = wrong.iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, ["date", "amount", "payee"]);
    assert!(wrong[0].1.contains("Feb 2026 has 28 days"), "{}", wrong[0].1);
}
