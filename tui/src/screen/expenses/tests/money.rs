//! What can be done to rows: saving, deleting, changing, marking, undoing, and what is said of it.

use super::*;
use crate::client::fake::{refusal, unreachable};
use api::problem::{Code, Problem};

fn open() -> (Bench, Harness) {
    let bench = Bench::new();
    let app = bench.open(Harness::new(80, 24));
    (bench, app)
}

fn message(app: &Harness) -> String {
    app.message()
        .map_or_else(String::new, |message| message.text.clone())
}

#[test]
fn a_saved_line_is_selected_and_said_with_its_categorys_month() {
    let (bench, mut app) = open();
    let totals = bench.fake.requests_of("report_by_category").len();
    app.keys("a12.50 lunch #food<cr>");
    assert_eq!(
        message(&app),
        "Saved 12.50 lunch, Food, today. Food in Nov 1,080.50. u undo"
    );
    let line = app
        .lines()
        .into_iter()
        .find(|line| line.contains("lunch"))
        .unwrap();
    assert!(line.starts_with(">  Sat 21 Nov  lunch"), "{line}");
    assert_eq!(
        bench.fake.requests_of("report_by_category").len(),
        totals + 1,
        "the totals are asked for again"
    );
    let sent: NewExpense = bench.fake.requests_of("create_expense")[0].body_value().unwrap();
    assert_eq!(sent.category_id, Some(crate::book::tests::id(100)));
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 0));
}

#[test]
fn a_row_saved_out_of_view_is_named_and_enter_shows_it() {
    let (bench, mut app) = open();
    app.keys("a5 bus 31/10<cr>");
    assert_eq!(
        message(&app),
        "Saved to Sat 31 Oct, outside this view. Enter shows it."
    );
    let id = bench.fake.requests_of("create_expense")[0]
        .body_value::<NewExpense>()
        .unwrap()
        .id
        .unwrap();
    let mut bus = row(1, "2026-10-31", "5.00", "bus", None, None);
    bus.id = id;
    bench.fake.on("list_expenses", &page(vec![bus]));
    app.keys("<cr>");
    assert!(app.line(2).contains("1-31 Oct 2026"), "{}", app.screen());
    assert!(app.line(4).starts_with(">  Sat 31 Oct  bus"), "{}", app.screen());
}

#[test]
fn a_row_is_deleted_at_once_and_brought_back() {
    let (bench, mut app) = open();
    app.keys("jd");
    assert_eq!(message(&app), "Deleted 48.90 Rewe. u brings it back");
    assert!(
        !app.lines()[4..]
            .iter()
            .any(|line| line.contains("48.90") && line.contains("Fri 20")),
        "{}",
        app.screen()
    );
    assert_eq!(
        bench.fake.requests_of("delete_expense")[0].if_match.as_deref(),
        Some("\"1\"")
    );
    let rewe = november().remove(1);
    undone(&bench, "delete_expense", "deleted", &[rewe]);
    app.keys("u");
    assert_eq!(message(&app), "Undone: deletion of 48.90 Rewe. U does it again.");
    let line = app.line(5);
    assert!(line.starts_with(">  Fri 20 Nov  Rewe"), "{}", app.screen());
}

#[test]
fn a_delete_that_is_refused_puts_the_row_back() {
    let (bench, mut app) = open();
    bench.fake.fail("delete_expense", refusal(Code::StaleVersion));
    let loads = bench.fake.requests_of("list_expenses").len();
    app.keys("jd");
    assert!(
        message(&app).starts_with("Nothing was changed: "),
        "{}",
        message(&app)
    );
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 0));
    assert_eq!(
        bench.fake.requests_of("list_expenses").len(),
        loads + 1,
        "the rows are read as they are now"
    );
    assert!(app.line(5).contains("Rewe"));
}

#[test]
fn marks_are_counted_summed_and_deleted_after_a_question() {
    let (bench, mut app) = open();
    app.keys("  jj ");
    assert!(app.line(2).contains("3 marked: 142.90"), "{}", app.line(2));
    assert!(app.line(4).starts_with(" *"), "{}", app.screen());
    app.keys("d");
    assert!(
        app.screen().contains("Delete 3 rows, 142.90?"),
        "{}",
        app.screen()
    );
    app.keys("n");
    assert!(bench.fake.requests_of("batch_expenses").is_empty());
    app.keys("dy");
    assert_eq!(message(&app), "Deleted 3 rows, 142.90. u brings them back");
    assert!(!app.screen().contains("SNCF"));
    let rows = november();
    undone(
        &bench,
        "batch_expenses",
        "deleted",
        &[rows[0].clone(), rows[1].clone(), rows[3].clone()],
    );
    app.keys("u");
    assert!(app.screen().contains("SNCF"), "{}", app.screen());
    assert_eq!(message(&app), "Undone: deletion of 3 rows. U does it again.");
}

#[test]
fn a_range_is_marked_inverted_and_let_go() {
    let (_bench, mut app) = open();
    app.keys("j jjV");
    assert!(app.line(2).contains("4 marked"), "{}", app.screen());
    app.keys("*");
    assert!(app.line(2).contains("5 marked"), "{}", app.line(2));
    app.keys("<esc>");
    assert!(!app.line(2).contains("marked"));
}

#[test]
fn a_category_is_changed_by_any_part_of_its_name_and_changed_back() {
    let (bench, mut app) = open();
    app.keys("jcout<cr>");
    assert_eq!(message(&app), "Changed 48.90 Rewe, Eating out. u undo");
    let sent = &bench.fake.requests_of("update_expense")[0];
    assert_eq!(sent.if_match.as_deref(), Some("\"1\""));
    assert!(app.line(5).contains("Eating out"));
    undone(&bench, "update_expense", "updated", &[november().remove(1)]);
    app.keys("u");
    assert!(app.line(5).contains("Food"), "{}", app.screen());
    assert_eq!(message(&app), "Undone: edit of 48.90 Rewe. U does it again.");
}

#[test]
fn several_rows_are_filed_in_one_go() {
    let (bench, mut app) = open();
    app.keys("  ctravel<cr>");
    let batch: Batch = bench.fake.requests_of("batch_expenses")[0].body_value().unwrap();
    assert_eq!(batch.operations.len(), 2);
    assert!(
        batch
            .operations
            .iter()
            .all(|operation| operation.version == Some(1))
    );
    assert!(message(&app).starts_with("Changed"), "{}", message(&app));
}

#[test]
fn a_copy_goes_to_today_and_a_row_to_the_clipboard() {
    let (bench, mut app) = open();
    app.keys("GD");
    let sent: NewExpense = bench.fake.requests_of("create_expense")[0].body_value().unwrap();
    assert_eq!(
        (sent.date.to_string().as_str(), sent.payee.as_deref()),
        ("2026-11-21", Some("Landlord"))
    );
    app.keys("gjy");
    assert!(app.copied()[0].contains('\t'), "{:?}", app.copied());
    assert!(message(&app).contains("clipboard"));
}

#[test]
fn an_edit_sends_only_what_changed_and_faults_stand_under_their_fields() {
    let (bench, mut app) = open();
    app.keys("je");
    insta::assert_snapshot!(app.screen());
    app.keys("<c-u>12.5.0<c-x>");
    assert!(app.screen().contains("Two decimal points"), "{}", app.screen());
    assert!(bench.fake.requests_of("update_expense").is_empty());
    app.keys("<c-u>50<c-x>");
    let sent = bench.fake.requests_of("update_expense")[0]
        .content
        .clone()
        .unwrap();
    assert_eq!(String::from_utf8(sent.bytes).unwrap(), r#"{"amount":"50.00"}"#);
    assert!(app.line(5).ends_with("50.00"), "{}", app.screen());
    assert_eq!(app.titles(), ["Expenses"]);
}

#[test]
fn what_the_server_objects_to_stands_under_its_field_and_the_text_stays() {
    let (bench, mut app) = open();
    let mut problem = Problem {
        code: "archived".to_owned(),
        status: 409,
        ..Problem::default()
    };
    problem.errors.push(api::problem::Fault {
        pointer: "/category_id".to_owned(),
        detail: "Travel is archived".to_owned(),
        ..Default::default()
    });
    bench.fake.fail("create_expense", ClientError::refused(problem));
    app.keys("i7.5<tab><tab><tab>Taxi<tab>travel<c-x>");
    assert!(app.screen().contains("! Travel is archived"), "{}", app.screen());
    assert!(app.screen().contains("Taxi"));
    assert_eq!(bench.desk.outbox.counts().unwrap().0, 0, "it is the form's again");
    app.keys("<esc>");
    assert_eq!(app.titles(), ["Expenses"]);
    app.keys("i");
    assert!(
        app.screen().contains("Taxi"),
        "the draft is offered: {}",
        app.screen()
    );
}

#[test]
fn a_form_that_the_server_cannot_take_waits_and_is_sent_when_it_is_back() {
    let (bench, mut app) = open();
    bench.fake.fail_once("create_expense", unreachable());
    app.keys("i7.5<tab><tab><tab>Taxi<c-x>");
    assert_eq!(app.titles(), ["Expenses"]);
    assert!(
        app.line(4).starts_with(">~ Sat 21 Nov") || app.screen().contains('~'),
        "{}",
        app.screen()
    );
    app.poster().change(Change::new(ServerBack));
    app.settle();
    assert_eq!(bench.desk.outbox.counts().unwrap().0, 0);
    let sent = bench.fake.requests_of("create_expense");
    assert_eq!(sent[0].key, sent[1].key);
}

#[test]
fn unsent_rows_of_an_earlier_run_are_sent_by_the_next() {
    let (bench, mut app) = open();
    bench.fake.fail_once("create_expense", unreachable());
    app.keys("a12.50 lunch #food<cr><c-c>");
    drop(app);
    let again = bench.again();
    let app = again.open(Harness::new(80, 24));
    let sent = again.fake.requests_of("create_expense");
    assert_eq!((sent.len(), sent[0].key == sent[1].key), (2, true));
    assert!(app.screen().contains("lunch"), "{}", app.screen());
    assert_eq!(again.desk.outbox.counts().unwrap(), (0, 0));
}

#[test]
fn somebody_elses_change_is_shown_beside_mine_and_nothing_is_lost() {
    let (bench, mut app) = open();
    let mut theirs = november().remove(1);
    theirs.version = 4;
    theirs.amount = serde_json::from_value("47.00".into()).unwrap();
    let stale = Problem {
        code: "stale-version".to_owned(),
        status: 412,
        current: Some(serde_json::to_value(&theirs).unwrap()),
        ..Problem::default()
    };
    bench
        .fake
        .fail_once("update_expense", ClientError::refused(stale));
    app.keys("je<c-u>50<tab><tab><tab><c-u>Rewe City<c-x>");
    insta::assert_snapshot!(app.screen());
    app.keys("t<cr>");
    let sent = bench.fake.requests_of("update_expense").pop().unwrap();
    assert_eq!(sent.if_match.as_deref(), Some("\"4\""));
    let patch: ExpensePatch = sent.body_value().unwrap();
    assert_eq!(
        (patch.amount, patch.payee.set().map(String::as_str)),
        (None, Some("Rewe City"))
    );
    assert_eq!(app.titles(), ["Expenses"]);
}

#[test]
fn a_change_from_elsewhere_does_not_move_the_row_under_the_cursor() {
    let (_bench, mut app) = open();
    app.keys("jj");
    let line = app.line(6);
    let new = row(77, "2026-11-21", "3.00", "Kiosk", None, None);
    app.poster().change(RowsChanged::change(Vec::new(), vec![new]));
    app.settle();
    assert!(app.screen().contains("Kiosk"));
    assert!(
        app.line(7).starts_with('>') && app.line(7).contains("Café Einstein"),
        "{line}\n{}",
        app.screen()
    );
}

#[test]
fn a_new_book_takes_the_currency_of_the_place_and_says_so() {
    let mut bench = Bench::new();
    bench.desk.new_book_currency = api::currency::Currency::parse("INR");
    bench.fake.on("list_expenses", &page(Vec::<Expense>::new()));
    let mut ledger = crate::book::tests::ledger();
    ledger.rev = 0;
    bench.fake.once("get_ledger", &ledger);
    ledger.base_currency = api::currency::Currency::parse("INR").unwrap();
    ledger.version = 2;
    bench.fake.on("get_ledger", &ledger);
    bench.fake.on("update_ledger", &ledger);
    let app = bench.open(Harness::new(80, 24));
    assert!(
        message(&app).starts_with("New books in INR (:currency). a adds"),
        "{}",
        app.screen()
    );
    assert!(app.line(0).contains("Joint INR"));
    assert_eq!(bench.fake.requests_of("update_ledger").len(), 1);
}
