//! What happens here while the server is away, and when it comes back: shown at once, sent in order, refused in peace.

use super::*;
use crate::client::Method;
use crate::client::fake::{refusal, unreachable};
use crate::popup::unsent::UnsentList;
use crate::screen::Command;
use api::problem::{Code, Problem};

const WRITES: [&str; 5] = [
    "create_expense",
    "update_expense",
    "delete_expense",
    "batch_expenses",
    "restore_expense",
];

fn open() -> (Bench, Harness) {
    let bench = Bench::new();
    let app = open_at(&bench, 80, 24);
    (bench, app)
}

fn open_at(bench: &Bench, width: u16, height: u16) -> Harness {
    let desk = bench.desk.clone();
    let list = move || UnsentList::new(desk.clone());
    bench.open(Harness::new(width, height).command(Command::new("unsent", "what is not sent", list)))
}

fn away(bench: &Bench) {
    for operation in WRITES {
        bench.fake.fail(operation, unreachable());
    }
}

fn back(bench: &Bench, app: &mut Harness) {
    for operation in WRITES {
        bench.fake.forget(operation);
    }
    app.poster().change(Change::new(ServerBack));
    app.settle();
}

fn message(app: &Harness) -> String {
    app.message()
        .map_or_else(String::new, |message| message.text.clone())
}

/// Writes that were asked for, without those that were in vain.
fn writes(bench: &Bench, since: usize) -> Vec<(&'static str, Option<String>)> {
    let asked = bench.fake.requests().into_iter().skip(since);
    asked
        .filter(|request| request.method != Method::Get)
        .map(|request| (request.operation, request.if_match))
        .collect()
}

fn line_of(app: &Harness, text: &str) -> String {
    let lines = app.lines();
    lines
        .into_iter()
        .skip(3)
        .take(17)
        .find(|line| line.contains(text))
        .unwrap_or_default()
}

#[test]
fn what_is_done_while_the_server_is_away_shows_at_once_and_goes_in_order_when_it_is_back() {
    let (bench, mut app) = open();
    away(&bench);
    app.keys("je<c-u>50<c-x>");
    assert!(
        message(&app).starts_with("Kept here, not sent yet: change 48.90 Rewe."),
        "{}",
        message(&app)
    );
    app.keys("jd");
    assert!(
        message(&app).starts_with("Kept here, not sent yet: delete 6.40 Café Einstein."),
        "{}",
        message(&app)
    );
    app.keys("a12.50 lunch #food<cr>");
    insta::assert_snapshot!("unsent_rows_80x24", app.screen());
    assert!(
        line_of(&app, "Rewe").contains('~') && line_of(&app, "Rewe").ends_with("50.00"),
        "{}",
        app.screen()
    );
    assert_eq!(line_of(&app, "Einstein"), "", "{}", app.screen());
    assert_eq!(
        (bench.desk.waiting.count(), bench.desk.outbox.counts().unwrap()),
        (3, (3, 0))
    );
    app.keys("w");
    insta::assert_snapshot!("unsent_list_80x24", app.screen());
    app.keys("<esc>");
    let since = bench.fake.requests().len();
    back(&bench, &mut app);
    assert_eq!(
        writes(&bench, since),
        [
            ("update_expense", Some("\"1\"".to_owned())),
            ("delete_expense", Some("\"1\"".to_owned())),
            ("create_expense", None),
        ]
    );
    assert_eq!(
        (bench.desk.waiting.count(), bench.desk.outbox.counts().unwrap()),
        (0, (0, 0))
    );
    assert!(!app.screen().contains('~'), "{}", app.screen());
}

#[test]
fn an_edit_of_a_row_that_is_not_there_yet_follows_it() {
    let (bench, mut app) = open();
    away(&bench);
    app.keys("a12.50 lunch #food<cr>");
    app.keys("ge<c-u>14<c-x>");
    assert!(line_of(&app, "lunch").ends_with("14.00"), "{}", app.screen());
    let since = bench.fake.requests().len();
    back(&bench, &mut app);
    assert_eq!(
        writes(&bench, since),
        [
            ("create_expense", None),
            ("update_expense", Some("\"1\"".to_owned()))
        ]
    );
}

#[test]
fn several_lines_and_marked_rows_wait_as_one_each() {
    let (bench, mut app) = open();
    away(&bench);
    app.keys("a").paste("3 tea\n4 cake\n");
    app.keys("<cr>");
    assert!(line_of(&app, "cake").contains('~'), "{}", app.screen());
    app.keys("gjj  ctravel<cr>");
    assert_eq!(bench.desk.outbox.counts().unwrap().0, 2, "{}", message(&app));
    let bench = bench.again();
    for operation in WRITES {
        bench.fake.forget(operation);
    }
    let before = bench.fake.requests_of("batch_expenses");
    drop(app);
    let app = open_at(&bench, 80, 24);
    let after: Vec<_> = bench.fake.requests_of("batch_expenses").split_off(before.len());
    assert_eq!(after.len(), 2, "{}", app.screen());
    assert_eq!(after[0].key, before[0].key);
    assert_eq!(after[0].content, before[0].content, "with the same ids");
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 0));
}

fn stale() -> (Expense, ClientError) {
    let mut theirs = november().remove(1);
    theirs.version = 4;
    theirs.amount = serde_json::from_value("47.00".into()).unwrap();
    let problem = Problem {
        code: "stale-version".to_owned(),
        status: 412,
        title: Code::StaleVersion.title().to_owned(),
        current: Some(serde_json::to_value(&theirs).unwrap()),
        ..Problem::default()
    };
    (theirs, ClientError::refused(problem))
}

#[test]
fn a_change_that_was_overtaken_while_it_waited_is_asked_about_and_what_follows_it_waits() {
    let (bench, mut app) = open();
    away(&bench);
    app.keys("je<c-u>50<tab><tab><tab><c-u>Rewe City<c-x>");
    app.keys("d");
    app.keys("ja9 tea<cr>");
    assert_eq!(bench.desk.outbox.unsent().len(), 3);
    let (theirs, error) = stale();
    bench.fake.on("get_expense", &theirs);
    for operation in WRITES {
        bench.fake.forget(operation);
    }
    bench.fake.fail_once("update_expense", error);
    app.poster().change(Change::new(ServerBack));
    app.settle();
    assert!(line_of(&app, "Rewe City").contains('!'), "{}", app.screen());
    assert_eq!(
        bench.fake.requests_of("create_expense").len(),
        1,
        "the others go on"
    );
    assert!(bench.fake.requests_of("delete_expense").is_empty());
    app.keys("w");
    insta::assert_snapshot!("refused_list_80x24", app.screen());
    app.keys("e");
    assert!(
        app.screen().contains("Somebody changed it meanwhile"),
        "{}",
        app.screen()
    );
    app.keys("t<cr>");
    let sent = bench.fake.requests_of("update_expense").pop().unwrap();
    assert_eq!(sent.if_match.as_deref(), Some("\"4\""));
    let patch: ExpensePatch = sent.body_value().unwrap();
    assert_eq!(
        (patch.amount, patch.payee.set().map(String::as_str)),
        (None, Some("Rewe City"))
    );
    assert_eq!(
        bench.fake.requests_of("delete_expense").len(),
        1,
        "then what waited for it"
    );
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 0));
}

#[test]
fn a_refused_delete_shows_its_row_and_is_dropped_or_sent_again() {
    let (bench, mut app) = open();
    away(&bench);
    app.keys("jd");
    assert_eq!(line_of(&app, "48.90"), "");
    for operation in WRITES {
        bench.fake.forget(operation);
    }
    bench.fake.fail_once("delete_expense", refusal(Code::Forbidden));
    app.poster().change(Change::new(ServerBack));
    app.settle();
    assert!(line_of(&app, "Rewe").contains('!'), "{}", app.screen());
    assert!(message(&app).contains("w lists it"), "{}", message(&app));
    bench.fake.fail_once("delete_expense", refusal(Code::Forbidden));
    app.keys("ws");
    let keys: Vec<_> = bench
        .fake
        .requests_of("delete_expense")
        .iter()
        .map(|request| request.key)
        .collect();
    assert_eq!((keys.len(), keys[0], keys[1]), (3, keys[1], keys[2]));
    app.keys("d");
    assert!(
        app.screen().contains("Everything is with the server."),
        "{}",
        app.screen()
    );
    app.keys("<esc>");
    let line = line_of(&app, "Rewe");
    assert!(line.contains("48.90") && !line.contains('!'), "{}", app.screen());
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 0));
}

#[test]
fn pasted_lines_that_are_refused_are_offered_again() {
    let (bench, mut app) = open();
    bench.fake.fail_once("batch_expenses", refusal(Code::Forbidden));
    app.keys("a").paste("3 tea\n4 cake\n");
    app.keys("<cr>");
    assert!(
        message(&app).starts_with("None of them was saved"),
        "{}",
        message(&app)
    );
    assert_eq!(line_of(&app, "cake"), "", "{}", app.screen());
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 1));
    app.keys("a");
    assert!(
        line_of(&app, "2 entries").contains("Enter saves all"),
        "{}",
        app.screen()
    );
}

#[test]
fn an_edit_of_an_earlier_run_is_shown_and_sent_by_the_next() {
    let (bench, mut app) = open();
    away(&bench);
    app.keys("je<c-u>50<c-x>");
    drop(app);
    let bench = bench.again();
    let mut app = open_at(&bench, 80, 24);
    assert!(
        line_of(&app, "Rewe").ends_with("50.00") && line_of(&app, "Rewe").contains('~'),
        "{}",
        app.screen()
    );
    app.keys("u");
    assert!(
        message(&app).starts_with("Not sent yet: change 48.90 Rewe"),
        "{}",
        message(&app)
    );
    back(&bench, &mut app);
    let sent = bench.fake.requests_of("update_expense");
    assert!(sent.len() > 1 && sent.iter().all(|request| request.key == sent[0].key));
    assert_eq!(bench.desk.outbox.counts().unwrap(), (0, 0));
    let line = line_of(&app, "Rewe");
    assert!(line.ends_with("50.00") && !line.contains('~'), "{}", app.screen());
}
