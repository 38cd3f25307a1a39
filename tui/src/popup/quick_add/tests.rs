//! The line, as it is typed.

use crate::book::tests::{id, row};
use crate::client::fake::{refusal, unreachable};
use crate::screen::expenses::tests::Bench;
use crate::testkit::Harness;
use api::expense::NewExpense;
use api::member::MemberRef;
use api::problem::Code;

/// A harness with the line open and the requests so far forgotten.
fn open() -> (Bench, Harness) {
    let bench = Bench::new();
    let app = bench.open(Harness::new(80, 24));
    (bench, app)
}

#[test]
fn the_preview_is_the_coming_row_under_the_columns_of_the_table() {
    let (bench, mut app) = open();
    let before = bench.fake.requests().len();
    app.keys("a12.50 lunch #food @cash y");
    insta::assert_snapshot!(app.screen());
    let amount = app.find("  12.50").unwrap();
    assert!(amount.y > 15);
    let column = app.find("129.00").unwrap().x;
    assert!(app.line(19).ends_with("12.50"), "{}", app.screen());
    assert_eq!(
        crate::text::width(&app.line(19)),
        usize::from(column) + 6,
        "{}",
        app.screen()
    );
    assert_eq!(bench.fake.requests().len(), before, "typing asked the server");
}

#[test]
fn a_known_payee_fills_category_and_account_dim() {
    let (_bench, mut app) = open();
    app.keys("a9 café einstein");
    assert!(
        app.line(19).contains("Eating out") && app.line(19).contains("Cash"),
        "{}",
        app.screen()
    );
    let at = app
        .line(19)
        .find("Eating out")
        .map(|at| crate::text::width(&app.line(19)[..at]))
        .unwrap();
    let style = app.style_at(u16::try_from(at).unwrap(), 19);
    assert!(style.add_modifier.contains(ratatui::style::Modifier::DIM));
}

#[test]
fn a_faulty_word_is_underlined_and_its_reason_stands_below() {
    let (_bench, mut app) = open();
    app.keys("alunch 12.5.0");
    assert!(
        app.style_of("12.5.0")
            .add_modifier
            .contains(ratatui::style::Modifier::UNDERLINED)
    );
    assert!(app.line(19).contains("lunch"), "{}", app.screen());
    app.keys("<cr>");
    assert!(app.screen().contains("12.5.0"), "the text stays");
    assert_eq!(app.titles(), ["Expenses", "Add"]);
}

#[test]
fn an_amount_with_two_readings_asks() {
    let (bench, mut app) = open();
    app.keys("a1,234 tv<cr>");
    assert!(
        app.screen().contains("1234.00") && app.screen().contains("1.23"),
        "{}",
        app.screen()
    );
    assert!(bench.fake.requests_of("create_expense").is_empty());
}

#[test]
fn a_missing_amount_is_said_once_enter_asks_for_it() {
    let (_bench, mut app) = open();
    app.keys("alunch #food");
    assert!(!app.screen().contains("An amount is missing"));
    app.keys("<cr>");
    assert!(app.screen().contains("An amount is missing"), "{}", app.screen());
}

#[test]
fn a_new_category_takes_a_second_enter() {
    let (bench, mut app) = open();
    app.keys("a9 #Noodles<cr>");
    assert!(app.screen().contains("Noodles (new)"), "{}", app.screen());
    assert!(app.screen().contains("Enter again makes it"));
    assert!(bench.fake.requests_of("create_expense").is_empty());
    app.keys("<cr>");
    let sent: NewExpense = bench.fake.requests_of("create_expense")[0].body_value().unwrap();
    assert_eq!(
        (sent.category.as_deref(), sent.create_missing),
        (Some("Noodles"), true)
    );
}

#[test]
fn a_slip_is_shown_the_name_that_it_is_near_to() {
    let (_bench, mut app) = open();
    app.keys("a9 #foood<cr>");
    let screen = app.screen();
    assert!(
        screen.contains("foood is new, and there is Food. Enter again makes it."),
        "{screen}"
    );
    app.keys("<c-u>9 #Noodles<cr>");
    assert!(app.screen().contains("Noodles is new. Enter"), "{}", app.screen());
}

#[test]
fn tab_completes_by_any_part_and_turns_through_the_matches() {
    let (_bench, mut app) = open();
    app.keys("a9 #out<tab>");
    assert!(app.line(18).contains("9 #\"Eating out\""), "{}", app.screen());
    app.keys("<tab>");
    assert!(app.line(18).contains("Sushi bar"), "{}", app.screen());
    app.keys("<s-tab>@vi<tab>");
    assert!(app.line(18).contains("#\"Eating out\" @Visa"), "{}", app.screen());
    app.keys("<c-u>9 einst<tab>");
    assert!(app.line(18).contains("9 Café Einstein"), "{}", app.screen());
    app.keys("<c-u>5 @gi<tab><bs>>@sav<tab>");
    assert!(app.line(18).contains("@Giro>@Savings"), "{}", app.screen());
}

#[test]
fn an_empty_line_offers_what_repeats_and_down_takes_it() {
    let (_bench, mut app) = open();
    app.keys("a");
    insta::assert_snapshot!(app.screen());
    app.keys("<down>");
    assert!(
        app.screen().contains("+ 129.00 SNCF Connect") || app.screen().contains("+ 129.00"),
        "{}",
        app.screen()
    );
}

#[test]
fn several_pasted_lines_are_shown_before_they_are_saved_together() {
    let (bench, mut app) = open();
    bench.fake.on("batch_expenses", &serde_json::json!({ "rev": 8, "items": [
        row(91, "2026-11-21", "1.00", "one", Some(0), None), row(92, "2026-11-20", "2.00", "two", None, None)] }));
    app.keys("a").paste("1 one #food\n2 two y\nthree\n");
    assert!(
        app.screen().contains("3 entries, 1 of them with a fault"),
        "{}",
        app.screen()
    );
    insta::assert_snapshot!(app.screen());
    app.keys("<cr>");
    assert!(app.message().unwrap().text.contains("Line 3"));
    app.keys("<esc>");
    assert!(bench.fake.requests_of("batch_expenses").is_empty());
    // The draft is offered again; another paste begins anew.
    app.keys("a");
    assert!(app.screen().contains("3 entries"), "{}", app.screen());
    app.keys("<c-c>");
    let bench = Bench::new();
    bench.fake.on("batch_expenses", &serde_json::json!({ "rev": 8, "items": [
        row(91, "2026-11-21", "1.00", "one", Some(0), None), row(92, "2026-11-20", "2.00", "two", None, None)] }));
    let mut app = bench.open(Harness::new(80, 24));
    app.keys("a").paste("1 one #food\n2 two y\n").keys("<cr>");
    assert_eq!(bench.fake.requests_of("batch_expenses").len(), 1);
    assert!(
        app.message()
            .unwrap()
            .text
            .starts_with("Saved 2 rows with 2 new payees."),
        "{:?}",
        app.message()
    );
    assert!(app.screen().contains("one") && app.screen().contains("two"));
}

#[test]
fn what_was_typed_outlives_escape_and_the_program() {
    let (bench, mut app) = open();
    app.keys("a12.50 lun<esc>");
    assert!(app.message().unwrap().text.contains("draft"));
    app.keys("a");
    assert!(app.line(18).contains("+ 12.50 lun"), "{}", app.screen());
    app.keys("ch<c-c>");
    drop(app);
    let again = bench.again();
    let mut app = again.open(Harness::new(80, 24));
    app.keys("a");
    assert!(app.line(18).contains("+ 12.50 lunch"), "{}", app.screen());
}

#[test]
fn a_saved_line_is_no_draft_any_more_and_up_brings_it_back() {
    let (bench, mut app) = open();
    app.keys("a9 pizza #food<cr>a");
    assert!(!app.screen().contains("+ 9 pizza #food"), "{}", app.screen());
    app.keys("<up>");
    assert!(app.screen().contains("+ 9 pizza #food"), "{}", app.screen());
    drop(app);
    let again = bench.again();
    let mut app = again.open(Harness::new(80, 24));
    app.keys("a");
    assert!(!app.screen().contains("+ 9 pizza"), "{}", app.screen());
}

#[test]
fn a_dead_server_keeps_the_row_and_a_refusal_gives_it_back() {
    let (bench, mut app) = open();
    bench.fake.fail("create_expense", unreachable());
    app.keys("a12.50 lunch #food<cr>");
    assert!(app.screen().contains('~'), "{}", app.screen());
    let line = app
        .lines()
        .into_iter()
        .find(|line| line.contains("lunch") && line.contains("12.50"))
        .unwrap();
    assert!(line.starts_with(">~"), "{line}");
    assert!(app.message().unwrap().text.starts_with("Kept here"));
    assert_eq!(bench.desk.waiting.count(), 1);
    bench.fake.fail("create_expense", refusal(Code::Archived));
    app.poster()
        .change(crate::fx::Change::new(crate::waiting::ServerBack));
    app.settle();
    let line = app
        .lines()
        .into_iter()
        .find(|line| line.contains("lunch") && line.contains("12.50"))
        .unwrap();
    assert!(line.starts_with(">!"), "{line}");
    let keys: Vec<_> = bench
        .fake
        .requests_of("create_expense")
        .into_iter()
        .map(|request| request.key)
        .collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1], "sent again with the same key");
    app.keys("d");
    assert!(app.message().unwrap().text.starts_with("Dropped"));
    assert_eq!(bench.desk.outbox.counts().unwrap().0, 0);
}

/// As [`open`], in books that Ana and Ben share.
fn open_shared(width: u16) -> (Bench, Harness) {
    let bench = Bench::shared();
    let app = bench.open(Harness::new(width, 24));
    (bench, app)
}

#[test]
fn who_paid_is_completed_previewed_and_sent_without_asking_the_server() {
    let (bench, mut app) = open_shared(80);
    let before = bench.fake.requests().len();
    app.keys("a12.50 lunch #food by:b");
    assert!(app.line(20).contains("Tab: by:ben"), "{}", app.screen());
    assert!(app.line(20).ends_with("paid by Ben"), "{}", app.screen());
    app.keys("<tab>");
    assert!(
        app.line(18).contains("12.50 lunch #food by:ben"),
        "{}",
        app.screen()
    );
    insta::assert_snapshot!("payer_80x24", app.screen());
    assert_eq!(bench.fake.requests().len(), before, "typing asked the server");
    app.keys("<cr>");
    let sent: NewExpense = bench.fake.requests_of("create_expense")[0].body_value().unwrap();
    assert_eq!(sent.paid_by, Some(MemberRef::Id(id(10))));
    assert!(!sent.create_missing);
}

#[test]
fn where_the_table_says_who_paid_the_preview_does_in_its_column() {
    let (_bench, mut app) = open_shared(140);
    app.keys("a12.50 lunch by:a");
    let column = app.find(" By ").unwrap().x + 1;
    let line = app
        .lines()
        .into_iter()
        .find(|line| line.contains("lunch") && line.contains("Sat 21"))
        .unwrap();
    let before = line.split("Ana").next().unwrap();
    assert_eq!(
        crate::text::width(before),
        usize::from(column),
        "{}",
        app.screen()
    );
    assert!(!app.screen().contains("paid by"), "{}", app.screen());
}

#[test]
fn a_name_that_no_member_has_is_a_fault_once_the_members_are_known() {
    let (bench, mut app) = open_shared(80);
    app.keys("a9 tea by:zed<cr>");
    assert!(
        app.screen().contains("No member has that name"),
        "{}",
        app.screen()
    );
    assert!(app.screen().contains("ana, ben"), "{}", app.screen());
    assert!(bench.fake.requests_of("create_expense").is_empty());

    let bench = Bench::new();
    bench.fake.fail("get_ledger", unreachable());
    let mut app = bench.open(Harness::new(80, 24));
    app.keys("a9 tea by:zed<cr>");
    let sent: NewExpense = bench.fake.requests_of("create_expense")[0].body_value().unwrap();
    assert_eq!(sent.paid_by, Some(MemberRef::Name("zed".to_owned())));
}

#[test]
fn a_transfer_shows_both_accounts_known_or_new() {
    let (_bench, mut app) = open();
    app.keys("a200 @cash>@savings account");
    let line = app.line(19);
    assert!(line.contains("Cash > Savings"), "{}", app.screen());
    app.keys("<c-u>200 @nowhere>@elsewhere");
    assert!(app.line(19).contains("nowhere (new) "), "{}", app.screen());
    app.keys("<c-u>200 @cash>");
    assert!(app.line(19).contains("Cash > outside"), "{}", app.screen());
}
