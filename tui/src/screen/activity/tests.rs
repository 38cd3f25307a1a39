//! The screen over a server that answers what it was told to.

use super::*;
use crate::logged::tests::{change, changed};
use crate::screen::expenses::tests::{Bench, log, result};
use crate::testkit::Harness;
use serde_json::json;

fn told() -> Vec<Change> {
    let row = |action, label| {
        json!([changed(
            19,
            action,
            label,
            &[("amount", json!("45.00"), json!("48.90"))]
        )])
    };
    let mut import = change(8, "commit_import", row("created", "3.00 EUR Kiosk"));
    import.by = crate::book::tests::id(10);
    import.row_count = Some(412);
    import.operation = Some(api::change::OperationCounts {
        change_count: 2,
        row_count: 812,
        name_counts: Vec::new(),
    });
    let mut deleted = change(5, "delete_expense", row("deleted", "6.40 EUR Café Einstein"));
    deleted.undone_by = Some(crate::book::tests::id(701));
    deleted.is_undoable = false;
    deleted.at = "2026-11-20T20:15:00Z".parse().unwrap();
    let mut settings = change(1, "update_ledger", json!([]));
    settings.is_undoable = false;
    settings.at = "2026-10-31T20:15:00Z".parse().unwrap();
    let mut all = vec![
        import,
        change(7, "update_expense", row("updated", "48.90 EUR Rewe")),
        deleted,
        settings,
    ];
    all.sort_by_key(|change| std::cmp::Reverse(change.rev));
    all
}

fn open(width: u16, height: u16) -> (Bench, Harness) {
    let bench = Bench::shared();
    bench.fake.on("list_changes", &log(told()));
    let mut app = bench.open(Harness::new(width, height));
    // The lists are there by now, so that ids have names.
    let desk = bench.desk.clone();
    app = {
        drop(app);
        Harness::new(width, height).open(Activity::new(desk))
    };
    (bench, app)
}

#[test]
fn an_operation_is_one_line_and_what_is_undone_is_marked() {
    let (_bench, mut app) = open(80, 24);
    insta::assert_snapshot!("activity_80x24", app.screen());
    app.keys("j<cr>");
    insta::assert_snapshot!("operation_80x24", app.screen());
    app.keys("<esc>");
    assert_eq!(app.titles(), ["Activity"]);
}

#[test]
fn a_line_is_undone_after_a_question_and_everything_is_loaded_again() {
    let (bench, mut app) = open(140, 40);
    app.keys("u");
    assert!(
        app.screen().contains("Undo the import of 812 rows?"),
        "{}",
        app.screen()
    );
    app.keys("n");
    assert!(bench.fake.requests_of("undo_change").is_empty());
    app.keys("<cr>u");
    bench.fake.once("undo_change", &result(812, 0, true));
    let loads = bench.fake.requests_of("list_changes").len();
    app.keys("y");
    assert_eq!(bench.fake.requests_of("undo_change")[0].path, "/changes/8/undo");
    assert!(bench.fake.requests_of("list_changes").len() > loads);
    assert!(
        app.message()
            .unwrap()
            .text
            .starts_with("Undone: import of 812 rows.")
    );
    app.keys("jju");
    assert!(
        app.message().unwrap().text.starts_with("It was undone already"),
        "{:?}",
        app.message()
    );
    app.keys("ju");
    assert!(app.message().unwrap().text.starts_with("Only changes of rows"));
}

#[test]
fn it_loads_as_far_as_it_is_looked_at_and_the_choice_stays_on_its_line() {
    let bench = Bench::shared();
    let some = |from: i64| (0..50).map(move |n| change(from - n, "update_ledger", json!([])));
    let mut first = log(some(200).collect());
    first.next_cursor = Some("more".to_owned());
    bench.fake.once("list_changes", &first);
    bench.fake.on("list_changes", &log(some(150).collect()));
    let mut app = Harness::new(80, 24).open(Activity::new(bench.desk.clone()));
    assert_eq!(
        bench.fake.requests_of("list_changes").len(),
        1,
        "a page is enough at first"
    );
    app.keys("<c-d><c-d><c-d>");
    let asked = bench.fake.requests_of("list_changes");
    assert!(asked[1].query.contains("cursor=more"), "{}", asked[1].query);
    let at = |app: &mut Harness| {
        app.with(|screen: &mut Activity| screen.chosen().map(|change| change.rev))
            .unwrap()
    };
    let before = at(&mut app);
    let mut news = vec![change(300, "update_ledger", json!([]))];
    news.extend(some(200));
    news.extend(some(150));
    bench.fake.on("list_changes", &log(news));
    app.poster().change(RowsChanged::change(Vec::new(), Vec::new()));
    app.settle();
    assert_eq!(at(&mut app), before);
    assert!(
        bench.fake.requests_of("list_changes")[2]
            .query
            .contains("limit=100")
    );
}

#[test]
fn what_cannot_be_loaded_says_why() {
    let bench = Bench::shared();
    bench.fake.on("list_changes", &log(Vec::new()));
    let app = Harness::new(80, 24).open(Activity::new(bench.desk.clone()));
    assert!(app.screen().contains("Nothing happened here yet."));
    bench.fake.fail(
        "list_changes",
        crate::client::fake::refusal(api::problem::Code::Forbidden),
    );
    let app = Harness::new(80, 24).open(Activity::new(bench.desk.clone()));
    assert!(app.screen().contains("Not allowed"), "{}", app.screen());
}
