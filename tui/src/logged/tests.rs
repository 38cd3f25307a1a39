//! Changes as the server tells them, and what is made of them.

use super::*;
use crate::book::tests::id;
use serde_json::json;

/// A change as the server tells it.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the rows are written out where it is called"
)]
pub(crate) fn change(rev: i64, kind: &str, rows: serde_json::Value) -> Change {
    let all = rows.as_array().cloned().unwrap_or_default();
    let count = |noun: &str, action: &str| {
        let is_meant =
            |row: &&serde_json::Value| row["noun"] == noun && (action.is_empty() || row["action"] == action);
        all.iter().filter(is_meant).count()
    };
    let rows_changed = count("expense", "");
    let names: Vec<_> = ["category", "account", "payee", "tag"]
        .into_iter()
        .map(|noun| {
            let made = count(noun, "created");
            json!({ "noun": noun, "made": made, "changed": count(noun, "") - made })
        })
        .filter(|name| name["made"] != 0 || name["changed"] != 0)
        .collect();
    serde_json::from_value(json!({
        "rev": rev, "operation_id": id::<uuid::Uuid>(u128::from(rev.unsigned_abs()) + 5000), "kind": kind,
        "by": id::<uuid::Uuid>(9), "by_name": "ana", "client": "expense/0.1.0", "at": "2026-11-21T10:05:00Z",
        "undoes": null, "undone_by": null, "is_undoable": true, "row_count": rows_changed, "name_counts": names, "rows": rows,
    }))
    .unwrap()
}

/// A row of a change; fields as `(name, before, after)`.
pub(crate) fn changed(
    number: u128,
    action: &str,
    label: &str,
    fields: &[(&str, serde_json::Value, serde_json::Value)],
) -> serde_json::Value {
    let fields: Vec<_> = fields
        .iter()
        .map(|(field, before, after)| json!({ "field": field, "before": before, "after": after }))
        .collect();
    json!({ "noun": "expense", "id": id::<uuid::Uuid>(number), "action": action, "label": label, "version": 2,
        "fields": fields })
}

fn named(noun: &str, action: &str, label: &str) -> serde_json::Value {
    let mut row = changed(900, action, label, &[]);
    row["noun"] = noun.into();
    row
}

#[test]
fn each_kind_of_change_is_told_in_a_sentence() {
    let lists = Lists::empty(Currency::EUR);
    let rewe = |action| changed(19, action, "48.90 EUR Rewe", &[]);
    let two = json!([
        rewe("updated"),
        changed(20, "updated", "1200.00 USD SNCF Connect", &[])
    ]);
    let mut import = change(
        3,
        "commit_import",
        json!([rewe("created"), named("import", "updated", "giro.csv")]),
    );
    import.row_count = Some(812);
    for (change, words) in [
        (
            change(
                1,
                "create_expense",
                json!([named("payee", "created", "Rewe"), rewe("created")]),
            ),
            "added 48.90 Rewe",
        ),
        (
            change(1, "update_expense", json!([rewe("updated")])),
            "edited 48.90 Rewe",
        ),
        (
            change(1, "delete_expense", json!([rewe("deleted")])),
            "deleted 48.90 Rewe",
        ),
        (
            change(1, "restore_expense", json!([rewe("restored")])),
            "brought back 48.90 Rewe",
        ),
        (change(1, "batch_expenses", two), "edited 2 rows"),
        (
            change(1, "update_day", json!([rewe("updated"), rewe("created")])),
            "changed 2 rows",
        ),
        (import, "imported 812 rows from giro.csv"),
        (
            change(
                1,
                "merge_category",
                json!([rewe("updated"), named("category", "deleted", "Food")]),
            ),
            "merged category Food",
        ),
        (change(1, "undo", json!([rewe("deleted")])), "undid 48.90 Rewe"),
        (
            change(1, "update_ledger", json!([named("ledger", "updated", "Joint")])),
            "changed the settings",
        ),
        (
            change(
                1,
                "create_ledger",
                json!([
                    named("category", "created", "Food"),
                    named("ledger", "created", "Joint")
                ]),
            ),
            "made the ledger Joint",
        ),
        (
            change(1, "accept_invite", json!([named("member", "created", "editor")])),
            "joined as editor",
        ),
        (
            change(1, "remove_member", json!([named("member", "deleted", "editor")])),
            "removed someone from the members",
        ),
        (change(1, "what_comes_later", json!([])), "what comes later"),
    ] {
        assert_eq!(deed(&change, &lists), words);
        let is_of_rows = change.rows.iter().any(|row| row.noun == "expense");
        assert_eq!(count_words(&change, &lists).is_empty(), !is_of_rows);
    }
}

#[test]
fn another_currency_is_named_and_a_purged_row_has_no_label() {
    let told = |row: serde_json::Value| label(&serde_json::from_value(row).unwrap(), Currency::EUR);
    assert_eq!(
        told(changed(1, "updated", "1200.00 USD SNCF Connect", &[])),
        "USD 1,200.00 SNCF Connect"
    );
    assert_eq!(told(changed(1, "created", "5.00 EUR", &[])), "5.00");
    assert_eq!(told(changed(1, "purged", "", &[])), "a row that is gone for good");
}

#[test]
fn rows_are_counted_without_the_names_that_were_made_along_and_those_are_named_apart() {
    let lists = Lists::empty(Currency::EUR);
    let many = (0..40).flat_map(|n| {
        [
            named("payee", "created", &format!("Payee {n}")),
            changed(n, "created", "1.00 EUR Tea", &[]),
        ]
    });
    let pasted = change(1, "batch_expenses", many.collect());
    assert_eq!(deed(&pasted, &lists), "added 40 rows with 40 new payees");
    assert_eq!(
        deed_noun(&pasted, Currency::EUR),
        "adding of 40 rows with 40 new payees"
    );
    assert_eq!(count_words(&pasted, &lists), "40");
    // One step of six, of which the last holds a single row.
    let mut step = change(
        7,
        "commit_import",
        json!([
            changed(19, "created", "1.00 EUR Tea", &[]),
            named("import", "updated", "bank.csv")
        ]),
    );
    step.operation = Some(api::change::OperationCounts {
        change_count: 7,
        row_count: 6_001,
        name_counts: Vec::new(),
    });
    assert_eq!(deed(&step, &lists), "imported 6,001 rows from bank.csv");
    assert_eq!(count_words(&step, &lists), "6,001");
    let two = change(
        2,
        "update_payee",
        json!([
            named("payee", "updated", "Rewe"),
            named("payee", "updated", "Lidl")
        ]),
    );
    assert_eq!(
        (deed(&two, &lists).as_str(), count_words(&two, &lists).as_str()),
        ("edited payee Rewe", "")
    );
}
