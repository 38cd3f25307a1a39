//! Rows that go to another ledger: what is asked before, what is sent where, and what is left when something breaks.

use super::*;
use crate::book::tests::{accounts, categories, id, ledger};
use crate::client::fake::{refusal, unreachable};
use crate::client::{Base, Key};
use api::ledger::Ledger;
use api::member::Role;
use api::problem::Code;

fn private(role: Role) -> Ledger {
    Ledger {
        id: id(2),
        name: "Private".to_owned(),
        role,
        ..ledger()
    }
}

fn open_with(role: Role) -> (Bench, Harness) {
    let bench = Bench::new();
    bench
        .fake
        .on("list_ledgers", &page(vec![ledger(), private(role)]));
    let app = bench.open(Harness::new(80, 24));
    (bench, app)
}

fn said(app: &Harness) -> String {
    app.message()
        .map(|message| message.text.clone())
        .unwrap_or_default()
}

/// Of the batches so far: whose they are, their keys and what they hold.
fn batches(bench: &Bench) -> Vec<(Base, String, Option<Key>, Batch)> {
    let requests = bench.fake.requests_of("batch_expenses").into_iter();
    requests
        .map(|request| {
            let batch = request.body_value().unwrap();
            (request.base, request.path, request.key, batch)
        })
        .collect()
}

fn created(batch: &Batch) -> Vec<NewExpense> {
    let made = batch.operations.iter().map(|operation| {
        assert_eq!(operation.op, BatchVerb::Create);
        operation.expense.clone().unwrap()
    });
    made.collect()
}

fn deleted(batch: &Batch) -> Vec<(Option<ExpenseId>, Option<i64>)> {
    let gone = batch.operations.iter().map(|operation| {
        assert_eq!(operation.op, BatchVerb::Delete);
        (operation.id, operation.version)
    });
    gone.collect()
}

const THERE: &str = "/v1/ledgers/018f6f2a-7c1d-7b55-9a53-000000000002/expenses/batch";

#[test]
fn marked_rows_are_made_there_then_deleted_here() {
    let (bench, mut app) = open_with(Role::Editor);
    app.keys("<space><space>m");
    insta::assert_snapshot!("moving_to_which", app.screen());
    app.keys("<cr>");
    insta::assert_snapshot!("moving_is_confirmed", app.screen());
    assert!(batches(&bench).is_empty());
    app.keys("y");
    let sent = batches(&bench);
    assert_eq!(sent.len(), 2);
    let (base, path, _, batch) = &sent[0];
    assert_eq!((*base, path.as_str()), (Base::Server, THERE));
    let new = created(batch);
    let old = &november()[..2];
    for (new, old) in new.iter().zip(old) {
        assert_ne!(new.id, Some(old.id));
        assert_eq!(
            (new.date, &new.amount, &new.payee),
            (old.date, &old.amount, &old.payee)
        );
        assert_eq!((new.currency, new.kind), (Some(old.currency), Some(old.kind)));
        assert_eq!(
            (new.category_id, new.account_id),
            (old.category_id, old.account_id)
        );
        assert!(!new.create_missing);
    }
    let (base, _, _, batch) = &sent[1];
    assert_eq!(*base, Base::Ledger);
    let ids: Vec<_> = old.iter().map(|row| (Some(row.id), Some(1))).collect();
    assert_eq!(deleted(batch), ids);
    assert!(!app.screen().contains("21 Nov") && !app.screen().contains("Rewe"));
    assert_eq!(
        said(&app),
        "Moved 2 rows, 177.90 EUR, to Private. L opens it, m there brings them back."
    );
    // They come back from there, and not from here.
    app.keys("u");
    assert!(said(&app).contains("in Private now"), "{}", said(&app));
    assert_eq!(batches(&bench).len(), 2);
}

#[test]
fn what_is_missing_there_is_made_or_left_out_as_was_said() {
    for (choice, makes) in [("<cr>", true), ("<down><cr>", false)] {
        let (bench, mut app) = open_with(Role::Owner);
        bench
            .fake
            .once("list_categories", &page(categories().split_off(1)));
        bench.fake.once("list_accounts", &page(accounts().split_off(3)));
        // Rewe of Food and Giro, and a transfer from Giro to Savings.
        app.keys("j<space>jjjm");
        app.keys("<cr>");
        assert!(
            app.screen()
                .contains("Private has no category Food, account Giro"),
            "{}",
            app.screen()
        );
        app.keys(choice);
        let will = if makes {
            "will be made there"
        } else {
            "will be left out"
        };
        assert!(app.screen().contains(will), "{}", app.screen());
        app.keys("y");
        let new = created(&batches(&bench)[0].3);
        assert_eq!(new[0].category.as_deref(), Some("Food").filter(|_| makes));
        assert_eq!(new[0].account.as_deref(), Some("Giro").filter(|_| makes));
        assert_eq!(new[0].create_missing, makes);
        assert_eq!((new[0].category_id, new[0].account_id), (None, None));
    }
}

#[test]
fn nothing_moves_where_one_only_looks_or_to_nowhere_or_unless_one_is_sure() {
    let (bench, mut app) = open_with(Role::Viewer);
    app.keys("m<cr>");
    assert_eq!(
        said(&app),
        "You are a viewer in Private: adding is for editors and owners."
    );
    bench.fake.on("list_ledgers", &page(vec![ledger()]));
    app.keys("m");
    assert!(said(&app).contains("no other ledger"), "{}", said(&app));
    let (sure, mut app) = open_with(Role::Owner);
    app.keys("m<cr>n");
    assert_eq!(said(&app), "Kept.");
    assert!(batches(&bench).is_empty() && batches(&sure).is_empty());
}

#[test]
fn after_a_lost_answer_it_goes_on_with_the_same_ids_and_keys() {
    for lost_at in [0, 1] {
        let (bench, mut app) = open_with(Role::Owner);
        if lost_at == 1 {
            let made = BatchResult {
                rev: 8,
                items: Vec::new(),
            };
            bench.fake.once("batch_expenses", &made);
        }
        bench.fake.fail_once("batch_expenses", unreachable());
        app.keys("m<cr>y");
        let part = ["Not moved to Private", "In Private, and still here as well"][lost_at];
        assert!(said(&app).starts_with(part), "{}", said(&app));
        assert!(app.screen().contains("21 Nov"), "{}", app.screen());
        app.keys("m");
        assert!(app.screen().contains("Finish moving"), "{}", app.screen());
        app.keys("y");
        assert!(said(&app).starts_with("Moved"), "{}", said(&app));
        assert!(!app.screen().contains("21 Nov"), "{}", app.screen());
        let sent = batches(&bench);
        let again = lost_at + 1;
        assert_eq!(sent[0], sent[again]);
        if lost_at == 1 {
            assert_eq!(sent[1], sent[3]);
        }
    }
}

#[test]
fn where_the_rows_may_not_go_from_here_what_was_made_there_goes_again() {
    let (bench, mut app) = open_with(Role::Owner);
    let made = row(77, "2026-11-21", "129.00", "SNCF Connect", None, None);
    let result = BatchResult {
        rev: 8,
        items: vec![made.clone()],
    };
    bench.fake.once("batch_expenses", &result);
    bench
        .fake
        .fail_once("batch_expenses", refusal(Code::StaleVersion));
    bench.fake.once("batch_expenses", &result);
    app.keys("m<cr>y");
    assert!(said(&app).starts_with("Nothing was changed"), "{}", said(&app));
    let sent = batches(&bench);
    assert_eq!(sent[2].1, THERE);
    assert_eq!(deleted(&sent[2].3), [(Some(made.id), Some(1))]);
    assert!(app.screen().contains("21 Nov"), "{}", app.screen());
}
