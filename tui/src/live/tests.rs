//! Sentences about what others did.

use super::*;
use crate::book::tests::{id, instant, lists};
use crate::testkit::look;
use api::change::MAX_SHOWN_ROWS;
use api::id::{OperationId, UserId};

fn row(noun: &str, action: ChangeAction, label: &str) -> ChangedRow {
    ChangedRow {
        noun: noun.to_owned(),
        id: id(9),
        action,
        label: label.to_owned(),
        version: Some(1),
        fields: Vec::new(),
    }
}

fn change(kind: &str, operation: u128, count: u64, rows: Vec<ChangedRow>) -> LiveChange {
    let change = Change {
        rev: 1,
        operation_id: id::<OperationId>(operation),
        kind: kind.to_owned(),
        by: id::<UserId>(77),
        by_name: "ana".to_owned(),
        client: "expense/0.1.0".to_owned(),
        at: instant(),
        undoes: None,
        undone_by: None,
        is_undoable: true,
        row_count: Some(count),
        name_counts: Vec::new(),
        operation: None,
        rows,
    };
    LiveChange {
        change,
        is_ours: false,
        is_continued: false,
    }
}

/// A part of what happened elsewhere.
pub(crate) fn elsewhere(changes: Vec<LiveChange>) -> LiveChanges {
    LiveChanges {
        changes,
        ..LiveChanges::default()
    }
}

fn said(changes: Vec<LiveChange>, me: Option<UserId>) -> Option<String> {
    let live = LiveChanges {
        changes,
        is_all: false,
        me,
    };
    live.words(&lists(&[]), &look())
}

pub(crate) fn added(label: &str) -> LiveChange {
    let rows = vec![
        row("payee", ChangeAction::Created, "Rewe"),
        row("expense", ChangeAction::Created, label),
    ];
    change("create_expense", 1, 1, rows)
}

#[test]
fn one_row_is_named_and_its_currency_where_it_is_another() {
    let only = |label: &str| said(vec![added(label)], None).unwrap();
    assert_eq!(only("48.90 EUR Rewe"), "ana added Rewe 48.90.");
    assert_eq!(only("48.90 USD Corner shop"), "ana added Corner shop 48.90 USD.");
    assert_eq!(only("48.90 EUR"), "ana added 48.90.");
    assert_eq!(
        only("48.90 EUR Re\u{1b}[31mwe").matches('\u{1b}').count(),
        0,
        "names are text from outside"
    );
}

#[test]
fn the_same_person_elsewhere_is_you() {
    let me = Some(id::<UserId>(77));
    assert_eq!(
        said(vec![added("48.90 EUR Rewe")], me).unwrap(),
        "You added Rewe 48.90 on another device."
    );
}

#[test]
fn many_rows_are_counted_by_what_was_done_with_them() {
    let rows = |action| vec![row("expense", action, "1 EUR"); MAX_SHOWN_ROWS];
    let import = change("commit_import", 1, 812, rows(ChangeAction::Created));
    assert_eq!(said(vec![import], None).unwrap(), "ana imported 812 rows.");
    let batch = change("batch_expenses", 1, 60, rows(ChangeAction::Deleted));
    assert_eq!(said(vec![batch], None).unwrap(), "ana deleted 60 rows.");
    let mut undo = change("undo", 1, 60, rows(ChangeAction::Updated));
    undo.change.operation = Some(api::change::OperationCounts {
        change_count: 2,
        row_count: 120,
        name_counts: Vec::new(),
    });
    assert_eq!(said(vec![undo], None).unwrap(), "ana took back 120 rows.");
    let both = vec![
        added("1 EUR a"),
        change("create_expense", 2, 2, rows(ChangeAction::Created)),
    ];
    assert!(said(both, None).unwrap().starts_with("ana changed "));
}

#[test]
fn names_and_settings_have_words_too_and_a_preview_has_none() {
    let of = |noun: &str, action| said(vec![change("x", 1, 0, vec![row(noun, action, "Sushi")])], None);
    assert_eq!(
        of("category", ChangeAction::Created).unwrap(),
        "ana added the category Sushi."
    );
    assert_eq!(
        of("member", ChangeAction::Updated).unwrap(),
        "ana changed who shares this ledger."
    );
    assert_eq!(of("import", ChangeAction::Created), None);
}

#[test]
fn what_was_done_here_is_no_news() {
    let ours = LiveChange {
        is_ours: true,
        ..added("48.90 EUR Rewe")
    };
    assert!(!elsewhere(vec![ours.clone()]).touches_rows());
    assert_eq!(said(vec![ours.clone()], None), None);
    // What goes on after its answer is no news either, but nobody here knows its rows.
    let later = LiveChange {
        is_continued: true,
        ..ours
    };
    assert!(elsewhere(vec![later.clone()]).touches_rows());
    assert_eq!(said(vec![later], None), None);
}
