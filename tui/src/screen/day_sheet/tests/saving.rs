//! Saving, and what the answer means.

use api::patch::Patch;

use super::*;

#[test]
fn eight_rows_opened_and_saved_unchanged_send_no_write() {
    let bench = Bench::new();
    let mut app = bench.open();
    app.keys("jjkG<tab>e<esc><c-x>");
    assert!(bench.sent().is_empty());
    assert_eq!(
        app.message().unwrap().text,
        "Nothing to save: no cell was changed."
    );
}

#[test]
fn one_request_names_every_row_and_only_the_fields_that_changed() {
    let bench = Bench::new();
    let mut app = bench.open();
    let mut first = eight().remove(0);
    first.version = 2;
    first.amount = api::money::Amount::from_minor(5_000, Currency::EUR);
    bench
        .fake
        .on("update_day", &saved(vec![], vec![first.clone()], vec![id(1002)]));
    let mut after = eight();
    after[0] = first;
    after.remove(1);
    bench.fake.once_tagged("get_day", &day(after), "\"7-def\"");
    app.keys("50<esc>jd<c-x>");
    let request = bench.sent().remove(0);
    assert_eq!(request.if_match.as_deref(), Some(ETAG));
    assert_eq!(request.path, "/days/2026-11-20");
    let update = bench.update();
    let ids: Vec<_> = update.rows.iter().filter_map(|row| row.id).collect();
    assert_eq!(
        ids,
        [1001, 1003, 1004, 1005, 1006, 1007, 1008].map(id::<ExpenseId>)
    );
    assert_eq!(update.rows[0].fields.amount.as_ref().unwrap().as_str(), "50.00");
    assert_eq!(update.rows[0].fields.payee, Patch::Keep);
    for row in &update.rows[1..] {
        assert_eq!(row.fields, api::expense::ExpensePatch::default());
        assert!(!row.is_new);
    }
    assert_eq!(
        app.message().unwrap().text,
        "Saved Fri 20 Nov: 1 changed, 1 removed. 7 rows 1,234,614.09 + USD 17.99."
    );
    assert!(app.line(4).contains("50.00"));
    assert!(!app.screen().contains("saves all"), "{}", app.screen());
    app.keys("<c-x>");
    assert_eq!(bench.sent().len(), 1);
}

#[test]
fn a_category_outside_every_list_is_made_by_the_save() {
    let bench = Bench::new();
    bench.fake.on("update_day", &saved(vec![], vec![], vec![]));
    let mut app = bench.open();
    app.keys("<tab>e<c-u>Kites<esc><c-x>");
    let row = bench.update().rows.remove(0);
    assert_eq!(row.fields.category.set().map(String::as_str), Some("Kites"));
    assert!(row.fields.create_missing);
}

#[test]
fn a_cleared_cell_clears_the_field() {
    let bench = Bench::new();
    bench.fake.on("update_day", &saved(vec![], vec![], vec![]));
    let mut app = bench.open();
    app.keys("<tab>e<c-u><tab><c-u><tab><c-u><c-x>");
    let fields = bench.update().rows.remove(0).fields;
    assert_eq!(fields.category_id, Patch::Clear);
    assert_eq!(fields.account_id, Patch::Clear);
    assert_eq!(fields.payee, Patch::Clear);
}

#[test]
fn a_faulty_cell_stops_the_save_before_anything_is_sent() {
    let bench = Bench::new();
    let mut app = bench.open();
    app.keys("50<esc>jj12.5.0<esc>gG<c-x>");
    assert!(bench.sent().is_empty());
    assert!(app.message().unwrap().text.contains("one cell cannot be saved"));
    assert!(
        app.line(6).starts_with('>'),
        "the cursor goes there\n{}",
        app.screen()
    );
    assert!(app.line(4).contains("50.00"));
}

#[test]
fn a_new_row_without_an_amount_is_told_so() {
    let bench = Bench::new();
    let mut app = bench.open();
    app.keys("a<tab>food<c-x>");
    assert!(bench.sent().is_empty());
    assert!(
        app.screen().contains("A new row needs an amount"),
        "{}",
        app.screen()
    );
}

#[test]
fn faults_of_the_server_stand_under_the_cells_they_point_at_and_nothing_typed_goes() {
    let bench = Bench::new();
    let faults = [
        ("/rows/2/amount", "EUR has 2 decimals - write 12.35"),
        ("/rows/0/category_id", "It is archived - choose another"),
    ];
    bench
        .fake
        .fail_once("update_day", refused(Code::Unprocessable, &faults));
    let mut app = bench.open();
    // The second row goes, so that the third is sent as number 1.
    app.keys("<tab>e<c-u>trav<esc><c-x>");
    insta::assert_snapshot!("day_faults_80x24", app.screen());
    assert!(app.line(4).contains("Travel"));
    assert!(app.line(5).contains("! It is archived"), "{}", app.screen());
    assert!(app.line(8).contains("! EUR has 2 decimals"), "{}", app.screen());
}

#[test]
fn pointers_count_the_rows_that_were_sent() {
    let bench = Bench::new();
    bench.fake.fail_once(
        "update_day",
        refused(Code::Unprocessable, &[("/rows/1/payee", "Too long")]),
    );
    let mut app = bench.open();
    app.keys("jd<c-x>");
    // Row 1 of what was sent is the third of the sheet.
    assert!(app.line(7).contains("! Too long"), "{}", app.screen());
}

#[test]
fn a_save_that_the_server_did_not_take_is_kept_once_and_later_typing_beside_it() {
    let bench = Bench::new();
    bench.fake.fail("update_day", unreachable());
    let mut app = bench.open();
    app.keys("50<esc><c-x>");
    assert!(
        app.message().unwrap().text.starts_with("Kept here, not sent yet"),
        "{:?}",
        app.message()
    );
    assert_eq!(bench.desk.outbox.counts().unwrap(), (1, 0));
    app.keys("<c-x>");
    assert_eq!(bench.sent().len(), 1, "one save of a day waits at a time");
    app.keys("j51<esc>");
    assert_eq!(bench.desk.outbox.counts().unwrap(), (1, 1), "typed since");
    assert!(
        app.line(4).contains("50.00") && app.line(5).contains("51.00"),
        "{}",
        app.screen()
    );
    let id = bench.desk.outbox.unsent()[0].entry.id;
    let dropped = bench.desk.outbox.discard(id).unwrap();
    let change = crate::outbox::OutboxChanged {
        dropped,
        ..Default::default()
    };
    app.poster().change(Change::new(change));
    app.settle();
    bench.fake.on("update_day", &saved(vec![], vec![], vec![]));
    app.keys("<c-x>");
    let update = bench.update();
    assert_eq!(update.rows[0].fields.amount.as_ref().unwrap().as_str(), "50.00");
    assert_eq!(update.rows[1].fields.amount.as_ref().unwrap().as_str(), "51.00");
}

#[test]
fn the_date_changed_before_saving_writes_nothing_to_the_wrong_day() {
    let bench = Bench::new();
    let mut app = bench.open();
    bench.fake.once_tagged(
        "get_day",
        &Day {
            date: date("2026-11-21"),
            rows: vec![],
        },
        "\"0-x\"",
    );
    app.keys("50<esc>]");
    assert!(
        app.screen().contains("No rows on Sat 21 Nov 2026."),
        "{}",
        app.screen()
    );
    assert!(app.line(2).contains("unsaved: Fri 20 Nov"), "{}", app.line(2));
    app.keys("<c-x>");
    assert!(
        bench.sent().is_empty(),
        "nothing was typed on the day that is shown"
    );
    bench.fake.once_tagged("get_day", &day(eight()), ETAG);
    bench.fake.on("update_day", &saved(vec![], vec![], vec![]));
    app.keys("[");
    assert!(app.line(4).contains("50.00"), "{}", app.screen());
    app.keys("<c-x>");
    assert_eq!(bench.sent().remove(0).path, "/days/2026-11-20");
}

#[test]
fn a_late_answer_of_another_day_is_dropped() {
    let bench = Bench::new();
    let mut app = bench.open();
    // The answer to `]` is on its way when `[` is asked.
    let other = vec![row(31, "2026-11-21", "77.77", "Late", None, None)];
    bench.fake.once_tagged(
        "get_day",
        &Day {
            date: date("2026-11-21"),
            rows: other,
        },
        "\"1-x\"",
    );
    bench.fake.once_tagged("get_day", &day(eight()), ETAG);
    app.hold().keys("][").release();
    assert!(app.line(2).contains("Fri 20 Nov 2026"));
    assert!(app.line(4).contains("48.90"), "{}", app.screen());
    assert!(!app.screen().contains("77.77"), "{}", app.screen());
    bench.fake.once_tagged("get_day", &day(eight()), ETAG);
    app.keys("]");
    assert!(
        !app.screen().contains("48.90"),
        "rows of the 20th must not stand under the 21st\n{}",
        app.screen()
    );
    assert!(app.message().unwrap().text.contains("another day"));
}

#[test]
fn typing_goes_on_while_the_day_is_saved_and_stays() {
    let bench = Bench::new();
    let mut app = bench.open();
    let mut first = eight().remove(0);
    first.version = 2;
    first.amount = api::money::Amount::from_minor(5_000, Currency::EUR);
    let mut after = eight();
    after[0] = first.clone();
    bench.fake.on("update_day", &saved(vec![], vec![first], vec![]));
    bench.fake.once_tagged("get_day", &day(after), "\"8-def\"");
    app.keys("50<esc>").hold().keys("<c-x>j7<esc>").release();
    assert!(app.line(4).contains("50.00"), "{}", app.screen());
    assert!(app.line(5).contains("7.00"), "{}", app.screen());
    assert!(
        app.screen().contains("1 changed, ^x saves all"),
        "{}",
        app.screen()
    );
}
