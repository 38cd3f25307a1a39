//! What the screen says is so: all rows of the view are marked, the header has the currency of the next save, sentences
//! have the keys in force, and a ledger that is closed is said to be.

use super::*;
use crate::client::fake::refusal;
use crate::door::LedgerGone;
use crate::popup::unsent::UnsentList;
use crate::screen::Command;
use crate::testkit::remapped;
use api::page::Page;
use api::problem::Code;

fn message(app: &Harness) -> String {
    app.message()
        .map_or_else(String::new, |message| message.text.clone())
}

/// Pages of 200 rows, `count` in all.
fn many(bench: &Bench, count: u32) {
    let rows: Vec<Expense> = (0..count)
        .map(|n| {
            row(
                5_000 + u128::from(count - n),
                "2026-11-20",
                "1.00",
                "Kiosk",
                Some(0),
                None,
            )
        })
        .collect();
    let last = rows.chunks(200).count() - 1;
    for (at, some) in rows.chunks(200).enumerate() {
        let next_cursor = (at < last).then(|| format!("page {at}"));
        let page = Page {
            items: some.to_vec(),
            next_cursor,
        };
        bench.fake.once("list_expenses", &page);
    }
}

#[test]
fn a_star_marks_every_row_of_the_view_and_what_is_done_is_done_to_all() {
    let bench = Bench::new();
    let mut app = bench.open(Harness::new(80, 24));
    let before = bench.fake.requests_of("list_expenses").len();
    many(&bench, 575);
    app.keys("h*");
    assert!(app.screen().contains("575 marked: 575.00"), "{}", app.screen());
    assert_eq!(bench.fake.requests_of("list_expenses").len(), before + 3);
    app.keys("d");
    assert!(
        app.screen().contains("Delete 575 rows, 575.00?"),
        "{}",
        app.screen()
    );
    let gone = |range: std::ops::Range<u128>| {
        let rows = range.map(|n| Expense {
            deleted_at: Some(crate::book::tests::instant()),
            version: 2,
            ..row(5_001 + n, "2026-11-20", "1.00", "Kiosk", Some(0), None)
        });
        BatchResult {
            rev: 8,
            items: rows.collect(),
        }
    };
    bench.fake.once("batch_expenses", &gone(75..575));
    bench.fake.once("batch_expenses", &gone(0..75));
    app.keys("y");
    let sizes: Vec<usize> = bench
        .fake
        .requests_of("batch_expenses")
        .iter()
        .map(|request| request.body_value::<Batch>().unwrap().operations.len())
        .collect();
    assert_eq!(sizes, [500, 75]);
    assert_eq!(
        message(&app),
        "Deleted 575 rows, 575.00, in 2 changes. u takes back the last of them."
    );
}

#[test]
fn a_star_says_so_where_not_every_row_can_be_held() {
    let bench = Bench::new();
    let mut app = bench.open(Harness::new(80, 24));
    many(&bench, 5_300);
    app.keys("h*");
    assert!(
        app.screen().contains("5,000 marked: 5,000.00"),
        "{}",
        app.screen()
    );
    assert!(
        message(&app).starts_with("Only the first 5,000 rows"),
        "{}",
        message(&app)
    );
}

#[test]
fn while_rows_to_mark_are_loaded_no_verb_takes_the_row_under_the_cursor() {
    let bench = Bench::new();
    let mut app = bench.open(Harness::new(80, 24));
    many(&bench, 575);
    app.keys("h");
    app.hold();
    app.keys("*d");
    assert!(message(&app).contains("still being loaded"), "{}", message(&app));
    assert!(bench.fake.requests_of("delete_expense").is_empty());
    app.release();
    assert!(app.screen().contains("575 marked"), "{}", app.screen());
}

#[test]
fn another_currency_is_in_the_header_at_once_and_the_next_change_goes_from_there() {
    let bench = Bench::new();
    let desk = bench.desk.clone();
    let choice = move || crate::popup::currency::CurrencyChoice::new(desk.clone());
    let mut app = bench.open(Harness::new(80, 24).command(Command::new("currency", "currency", choice)));
    let mut ledger = crate::book::tests::ledger();
    ledger.base_currency = api::currency::Currency::parse("USD").unwrap();
    ledger.version += 1;
    bench.fake.once("update_ledger", &ledger);
    app.keys(":currency<cr>USD<cr>");
    assert!(app.line(0).contains("Joint USD"), "{}", app.line(0));
    assert_eq!(bench.desk.book.lists().base.code(), "USD");
    assert!(
        message(&app).starts_with("New rows are in USD now"),
        "{}",
        message(&app)
    );
    bench.fake.once("update_ledger", &ledger);
    app.keys(":currency<cr>EUR<cr>");
    let asked = bench.fake.requests_of("update_ledger");
    assert_ne!(asked[0].if_match, asked[1].if_match, "the version goes on");
    app.keys("a2 tea");
    assert!(!app.screen().contains("EUR 2.00"), "{}", app.screen());
}

#[test]
fn sentences_have_the_keys_in_force() {
    let bench = Bench::new();
    let keys = remapped(&[
        ("expenses.undo", "z"),
        ("expenses.accept", "v"),
        ("confirm.yes", "J"),
    ]);
    let mut app = bench.open(Harness::new(80, 24).keymap(keys));
    app.keys("a12.50 lunch #food<cr>");
    assert!(message(&app).ends_with("z undo"), "{}", message(&app));
    app.keys("a12.50 lunch 2026-01-02<cr>");
    assert!(message(&app).ends_with("v shows it."), "{}", message(&app));
    app.keys("?");
    assert!(app.screen().contains("brought back with z"), "{}", app.screen());
}

#[test]
fn a_ledger_that_is_not_ours_any_more_is_closed_and_what_was_unsent_can_go_elsewhere() {
    let mut bench = Bench::new();
    let outbox = Outbox::open(bench.state.path(), "test default").unwrap();
    let saving: Arc<dyn Api> = Arc::new(Saving(bench.fake.clone()));
    bench.desk = Desk::new(saving, api::currency::Currency::EUR, outbox);
    let desk = bench.desk.clone();
    let list = move || UnsentList::new(desk.clone());
    let mut app = bench.open(Harness::new(80, 24).command(Command::new("unsent", "what is not sent", list)));
    bench.fake.fail("create_expense", refusal(Code::NotFound));
    bench.fake.fail("get_ledger", refusal(Code::NotFound));
    let mut other = crate::book::tests::ledger();
    other.id = crate::book::tests::id(901);
    other.name = "Savings club".to_owned();
    let all = Page {
        items: vec![other.clone()],
        next_cursor: None,
    };
    bench.fake.on("list_ledgers", &all);
    app.keys("a12.50 lunch #food @cash<cr>");
    insta::assert_snapshot!("shut_ledger_80x24", app.screen());
    assert!(
        app.screen().contains("You are no longer a member of Joint"),
        "{}",
        app.screen()
    );
    assert!(app.screen().contains("> Savings club"), "{}", app.screen());
    assert!(!app.screen().contains("Rewe"), "its rows are not shown any more");
    app.keys("<esc>1");
    assert!(
        app.screen().contains("Savings club"),
        "it stays: {}",
        app.screen()
    );
    app.keys("w");
    assert!(app.screen().contains("Not sent yet: 1"), "{}", app.screen());
    app.keys("X");
    assert!(message(&app).starts_with("Wrote 1 to "), "{}", message(&app));
    let file = std::fs::read_dir(bench.state.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .unwrap();
    let line: serde_json::Value =
        serde_json::from_str(std::fs::read_to_string(file).unwrap().trim()).unwrap();
    assert_eq!(
        (&line["rows"][0]["payee"], &line["rows"][0]["account"]),
        (&serde_json::json!("lunch"), &serde_json::json!("Cash"))
    );
    app.keys("m<cr>");
    assert!(
        message(&app).starts_with("Moved 1 to Savings club"),
        "{}",
        message(&app)
    );
    let there = Outbox::open(bench.state.path(), &format!("test {}", other.id)).unwrap();
    let taken = there.take_over().unwrap();
    let [entry] = taken.as_slice() else {
        panic!("{taken:?}")
    };
    let crate::outbox::Write::Create(expense) = &entry.write else {
        panic!("{entry:?}")
    };
    assert_eq!(
        (expense.account_id, expense.account.as_deref()),
        (None, Some("Cash"))
    );
    assert!(expense.create_missing && entry.refusal.is_none());
    // Said twice, it is closed once.
    app.poster().change(Change::new(LedgerGone));
    app.settle();
    assert_eq!(app.titles().iter().filter(|title| *title == "Closed").count(), 1);
}
