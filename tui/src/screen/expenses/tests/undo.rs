//! Undo and redo by the log: what is asked, what is said, where the cursor goes, and what others changed meanwhile.

use super::*;
use crate::client::fake::refusal;
use api::change::ChangeQuery;
use api::problem::{Code, Fault, Problem};

fn said(app: &Harness) -> String {
    app.message()
        .map(|message| message.text.clone())
        .unwrap_or_default()
}

fn open() -> (Bench, Harness) {
    let bench = Bench::new();
    let app = bench.open(Harness::new(80, 24));
    (bench, app)
}

/// What the server says where rows were changed since.
fn changed_since(rows: &[&Expense]) -> ClientError {
    ClientError::refused(Problem {
        code: Code::ChangedSince.as_str().to_owned(),
        status: 409,
        count: Some(rows.len() as u64),
        errors: rows
            .iter()
            .map(|row| Fault {
                pointer: format!("/expense/{}", row.id),
                code: Code::ChangedSince.as_str().to_owned(),
                detail: "expense was changed since".to_owned(),
                candidates: Vec::new(),
            })
            .collect(),
        ..Problem::default()
    })
}

#[test]
fn the_latest_change_of_mine_is_asked_for_and_taken_back_and_done_again() {
    let (bench, mut app) = open();
    let mut before = november().remove(3);
    before.note = Some("as it was".to_owned());
    undone(&bench, "update_expense", "updated", std::slice::from_ref(&before));
    app.keys("u");
    let asked = bench.fake.requests_of("list_changes").remove(0);
    let query: ChangeQuery = serde_urlencoded(&asked.query);
    assert_eq!(query.mine, Some(true));
    assert_eq!(query.open_to, Some(api::change::OpenTo::Undo));
    assert_eq!(query.page.limit, Some(1));
    assert!(asked.query.contains("sort=-rev"), "{}", asked.query);
    let undo = bench.fake.requests_of("undo_change").remove(0);
    assert_eq!((undo.path.as_str(), undo.query.as_str()), ("/changes/7/undo", ""));
    assert!(undo.key.is_some());
    assert_eq!(said(&app), "Undone: edit of 31.20 日本食堂. U does it again.");
    let line = app
        .lines()
        .into_iter()
        .find(|line| line.starts_with('>'))
        .unwrap();
    assert!(line.contains("日本食堂"), "the cursor stands on it: {line}");

    bench.fake.once(
        "list_changes",
        &log(vec![made_by("undo", "updated", std::slice::from_ref(&before))]),
    );
    bench.fake.once("undo_change", &result(1, 0, true));
    bench.fake.once("get_expense", &before);
    app.keys("U");
    let asked = bench.fake.requests_of("list_changes").remove(1);
    assert!(asked.query.contains("open_to=redo"), "{}", asked.query);
    assert_eq!(said(&app), "Done again: 31.20 日本食堂. u takes it back.");
    bench.fake.once("list_changes", &log(Vec::new()));
    app.keys("u");
    assert_eq!(said(&app), "Nothing of yours is left to undo here.");
}

/// The pairs of a query as the type that they were made of.
fn serde_urlencoded(query: &str) -> ChangeQuery {
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let fields = pairs.map(|(name, value)| {
        let value = serde_json::from_str(&value).unwrap_or_else(|_| serde_json::json!(value));
        (name.into_owned(), value)
    });
    serde_json::from_value(serde_json::Value::Object(fields.collect())).unwrap()
}

#[test]
fn rows_that_others_changed_since_are_named_before_the_rest_is_undone() {
    let (bench, mut app) = open();
    let rows = november();
    let change = made_by("batch_expenses", "updated", &rows[..3]);
    bench.fake.once("list_changes", &log(vec![change]));
    bench.fake.fail_once("undo_change", changed_since(&[&rows[1]]));
    let since = api::page::Page {
        items: vec![made_by("update_expense", "updated", &rows[1..2])],
        next_cursor: None,
    };
    bench.fake.once("list_expense_history", &since);
    app.keys("u");
    insta::assert_snapshot!("undo_question_80x24", app.screen());
    assert!(
        app.screen()
            .contains("1 of 3 rows was changed since (48.90 Rewe by Ana). y undoes the other 2."),
        "{}",
        app.screen()
    );
    bench.fake.once("undo_change", &result(2, 1, true));
    for row in &rows[..3] {
        bench.fake.once("get_expense", row);
    }
    app.keys("y");
    let undo = bench.fake.requests_of("undo_change").remove(1);
    assert_eq!(undo.query, "skip=conflicts");
    assert_eq!(
        said(&app),
        "Undone: edit of 3 rows. 1 row stayed as others left them. U does it again."
    );
}

#[test]
fn where_nothing_is_left_to_undo_the_one_who_changed_it_is_named() {
    let (bench, mut app) = open();
    let rows = november();
    bench.fake.once(
        "list_changes",
        &log(vec![made_by("create_expense", "created", &rows[1..2])]),
    );
    bench.fake.fail_once("undo_change", changed_since(&[&rows[1]]));
    let since = api::page::Page {
        items: vec![made_by("update_expense", "updated", &rows[1..2])],
        next_cursor: None,
    };
    bench.fake.once("list_expense_history", &since);
    app.keys("u");
    assert_eq!(
        said(&app),
        "Not undone, because it was changed since: 48.90 Rewe by Ana. H on the row tells how."
    );
    bench.fake.once(
        "list_changes",
        &log(vec![made_by("create_expense", "created", &rows[1..2])]),
    );
    bench.fake.fail_once("undo_change", refusal(Code::NotUndoable));
    app.keys("u");
    assert!(
        said(&app).starts_with("Not undone: This cannot be undone"),
        "{}",
        said(&app)
    );
}

#[test]
fn a_long_undo_says_so_and_everything_is_loaded_again() {
    let (bench, mut app) = open();
    let mut change = made_by("commit_import", "created", &november()[..2]);
    change.row_count = Some(812);
    bench.fake.once("list_changes", &log(vec![change]));
    bench.fake.once("undo_change", &result(500, 0, false));
    bench.fake.fail("get_operation", refusal(Code::NotFound));
    let loads = bench.fake.requests_of("list_expenses").len();
    let books = bench.fake.requests_of("list_categories").len();
    app.keys("u");
    assert!(
        app.screen().contains("Undo the import of 812 rows"),
        "{}",
        app.screen()
    );
    assert!(bench.fake.requests_of("undo_change").is_empty());
    app.keys("y");
    assert_eq!(
        said(&app),
        "Undone: import of 812 rows. The rest of it is being carried out; r shows how far it is. U does it again."
    );
    assert!(bench.fake.requests_of("list_expenses").len() > loads);
    assert!(bench.fake.requests_of("list_categories").len() > books);
    assert!(bench.fake.requests_of("get_expense").is_empty());
}

#[test]
fn a_row_that_comes_back_outside_the_view_is_one_key_away() {
    let (bench, mut app) = open();
    let october = row(40, "2026-10-31", "9.00", "Bakery", Some(0), None);
    undone(&bench, "delete_expense", "deleted", &[october]);
    app.keys("u");
    assert_eq!(
        said(&app),
        "Undone: deletion of 9.00 Bakery. U does it again. It is on Sat 31 Oct, outside this view; Enter shows it."
    );
    app.keys("<cr>");
    assert!(
        app.line(2).contains("October") || app.line(2).contains("Oct 2026"),
        "{}",
        app.screen()
    );
}

#[test]
fn the_history_of_a_row_is_told_and_an_entry_undone_after_a_question() {
    let bench = Bench::shared();
    let mut app = bench.open(Harness::new(80, 24));
    let rewe = november().remove(1);
    let mut edited = made_by("update_expense", "updated", std::slice::from_ref(&rewe));
    edited.rows[0].fields = vec![
        field("amount", Some("45.00"), Some("48.90")),
        field("category_id", None, Some("018f6f2a-7c1d-7b55-9a53-000000000064")),
        field("note", Some("milk"), None),
    ];
    let mut imported = made_by("commit_import", "created", std::slice::from_ref(&rewe));
    imported.by = crate::book::tests::id(99);
    imported.by_name = "carl".to_owned();
    imported.at = "2026-11-20T08:00:00Z".parse().unwrap();
    imported.rows[0].fields = vec![
        field("amount", None, Some("45.00")),
        field("payee", None, Some("Rewe")),
    ];
    let history = api::page::Page {
        items: vec![edited.clone(), imported],
        next_cursor: None,
    };
    bench.fake.on("list_expense_history", &history);
    app.keys("jH");
    insta::assert_snapshot!("history_80x24", app.screen());
    app.keys("u");
    assert!(
        app.screen().contains("Undo the edit of 48.90 Rewe?"),
        "{}",
        app.screen()
    );
    bench.fake.once("undo_change", &result(1, 0, true));
    bench.fake.once("get_expense", &rewe);
    let asked = bench.fake.requests_of("list_expense_history").len();
    app.keys("y");
    assert_eq!(said(&app), "Undone: edit of 48.90 Rewe. U does it again.");
    assert_eq!(
        bench.fake.requests_of("list_expense_history").len(),
        asked + 1,
        "the history is loaded again"
    );
    app.keys("jk<esc>");
    assert_eq!(app.titles(), ["Expenses"]);
}

fn field(name: &str, before: Option<&str>, after: Option<&str>) -> api::change::FieldChange {
    api::change::FieldChange {
        field: name.to_owned(),
        before: before.map(Into::into),
        after: after.map(Into::into),
    }
}
