//! The plain commands against a server that plays its part: what is asked, what is printed, how it ends.

#![expect(clippy::needless_pass_by_value, reason = "a body is written where it is used")]

use super::cli::{Cli, parse};
use super::output::capture::Sink;
use super::*;
use crate::client::fake::{FakeApi, refusal};
use api::expense::{Batch, ExpensePatch};
use api::problem::Code;
use serde_json::{Value, json};
use std::ffi::OsString;

const FOOD: &str = "018f6f2a-7c1d-7b55-9a53-000000000001";
const GROCERIES: &str = "018f6f2a-7c1d-7b55-9a53-000000000002";
const CARD: &str = "018f6f2a-7c1d-7b55-9a53-000000000003";
const BANK: &str = "018f6f2a-7c1d-7b55-9a53-000000000004";
const TIME: &str = "2026-11-21T12:00:00Z";

fn page(items: Value) -> Value {
    json!({ "items": items, "next_cursor": null })
}

fn expense(id: &str, change: Value) -> Value {
    let mut row = json!({
        "id": id, "date": "2026-11-21", "amount": "12.50", "currency": "EUR", "kind": "expense",
        "category_id": GROCERIES, "account_id": CARD, "payee": "Rewe", "tags": [], "version": 3,
        "created_by": FOOD, "created_at": TIME, "updated_at": TIME, "from_the_future": true,
    });
    for (name, value) in change.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

fn named(id: &str, name: &str, change: Value) -> Value {
    let mut row = json!({
        "id": id, "name": name, "is_archived": false, "version": 5, "created_at": TIME, "updated_at": TIME,
    });
    for (name, value) in change.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}

/// A ledger with two categories, two accounts and nothing else.
fn server() -> Arc<FakeApi> {
    let fake = Arc::new(FakeApi::new());
    let ledger = json!({
        "id": FOOD, "name": "Personal", "base_currency": "EUR", "month_start_day": 1, "week_start": 1, "rev": 9,
        "version": 1, "created_at": TIME, "updated_at": TIME,
    });
    fake.on("get_ledger", &ledger);
    let categories = [
        named(FOOD, "Food", json!({})),
        named(GROCERIES, "Groceries", json!({ "parent_id": FOOD })),
    ];
    fake.on("list_categories", &page(json!(categories)));
    let accounts = [
        named(CARD, "Card", json!({ "kind": "card" })),
        named(BANK, "Bank", json!({ "kind": "bank" })),
    ];
    fake.on("list_accounts", &page(json!(accounts)));
    fake
}

struct Ran {
    outcome: Result<(), Failure>,
    data: String,
    talk: String,
}

impl Ran {
    /// The data, of a command that went well.
    fn data(self) -> String {
        assert!(self.outcome.is_ok(), "{:?}", self.outcome);
        self.data
    }

    fn failure(self) -> (u8, String) {
        let failure = self.outcome.unwrap_err();
        (failure.exit_code(), failure.to_string())
    }
}

async fn ran(fake: &Arc<FakeApi>, line: &[&str]) -> Ran {
    let arguments = ["expense"].iter().chain(line).map(OsString::from);
    let cli: Cli = parse(arguments).unwrap_or_else(|code| panic!("{line:?} is wrong usage: {code}"));
    let (out, data, talk): (Output, Sink, Sink) = Output::captured(cli.is_json);
    let mut context = Context::new(fake.clone(), "2026-11-21".parse().unwrap(), out);
    let outcome = match cli.command {
        Some(command) => perform(command, &mut context).await,
        None => report::overview(&mut context).await,
    };
    Ran {
        outcome,
        data: data.text(),
        talk: talk.text(),
    }
}

fn id(end: &str) -> String {
    format!("018f6f2a-7c1d-7b55-9a53-1f0d{end}")
}

#[tokio::test]
async fn add_sends_the_line_with_the_writers_day_and_prints_the_row() {
    let fake = server();
    fake.on(
        "quick_expense",
        &json!({ "expense": expense(&id("2c3b4a59"), json!({})) }),
    );
    let ran = ran(&fake, &["add", "12.50", "Rewe", "#groceries"]).await;
    assert_eq!(ran.talk, "Saved to Sat 21 Nov 2026.\n");
    assert_eq!(
        ran.data(),
        "2026-11-21  12.50  Food: Groceries  Card  Rewe  2c3b4a59\n"
    );
    let request = fake.requests_of("quick_expense").remove(0);
    let body: Value = request.body_value().unwrap();
    assert_eq!(
        (&body["text"], &body["today"]),
        (&json!("12.50 Rewe #groceries"), &json!("2026-11-21"))
    );
    assert!(request.key.is_some() && body["id"].is_string());
}

#[tokio::test]
async fn add_with_an_id_of_ones_own_can_be_run_again_with_the_same_key() {
    let fake = server();
    fake.on(
        "quick_expense",
        &json!({ "expense": expense(&id("2c3b4a59"), json!({})) }),
    );
    for _ in 0..2 {
        ran(&fake, &["add", "12.50", "--id", &id("2c3b4a59")])
            .await
            .data();
    }
    let requests = fake.requests_of("quick_expense");
    assert!(requests[0] == requests[1], "{requests:?}");
}

#[tokio::test]
async fn json_is_the_body_as_it_came() {
    let fake = server();
    fake.on(
        "quick_expense",
        &json!({ "expense": expense(&id("2c3b4a59"), json!({})) }),
    );
    let data = ran(&fake, &["add", "12.50", "--json"]).await.data();
    assert!(data.contains("\"from_the_future\":true"), "{data}");
    assert_eq!(data.lines().count(), 1);
}

#[tokio::test]
async fn list_asks_for_what_the_filter_line_says_and_shows_each_kind() {
    let fake = server();
    let rows = [
        expense(
            &id("00000001"),
            json!({ "payee": "\u{1b}[31mRewe", "tags": ["trip"], "note": "two\nlines" }),
        ),
        expense(
            &id("00000002"),
            json!({ "kind": "refund", "amount": "3.00", "currency": "USD" }),
        ),
        expense(
            &id("00000003"),
            json!({ "kind": "transfer", "category_id": null, "account_id": BANK, "payee": null, "amount": "200.00" }),
        ),
    ];
    fake.on("list_expenses", &page(json!(rows)));
    let ran = ran(
        &fake,
        &[
            "list", "#food", ">20", "--month", "2026-02", "--sort", "-amount", "--limit", "7",
        ],
    )
    .await;
    let query = fake.requests_of("list_expenses").remove(0).query;
    for part in [
        "category=food",
        "min=20",
        "from=2026-02-01",
        "to=2026-02-28",
        "sort=-amount",
        "limit=7",
    ] {
        assert!(query.contains(part), "{part} is missing in {query}");
    }
    let data = ran.data();
    assert!(!data.contains('\u{1b}'), "{data}");
    let lines: Vec<_> = data.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].ends_with("+trip // two lines  00000001"), "{data}");
    assert!(lines[1].contains("USD  refund"), "{data}");
    assert!(
        lines[2].contains("200.00") && lines[2].contains("Bank > outside"),
        "{data}"
    );
}

#[tokio::test]
async fn list_walks_pages_up_to_its_limit_and_says_that_there_are_more() {
    let fake = server();
    let first: Vec<_> = (0..200)
        .map(|n| expense(&id(&format!("{n:08x}")), json!({})))
        .collect();
    fake.once("list_expenses", &json!({ "items": first, "next_cursor": "two" }));
    let second: Vec<_> = (200..250)
        .map(|n| expense(&id(&format!("{n:08x}")), json!({})))
        .collect();
    fake.once(
        "list_expenses",
        &json!({ "items": second, "next_cursor": "three" }),
    );
    let ran = ran(&fake, &["list", "--limit", "250"]).await;
    assert!(ran.talk.contains("first 250"), "{}", ran.talk);
    assert_eq!(ran.data().lines().count(), 250);
    let queries: Vec<_> = fake
        .requests_of("list_expenses")
        .into_iter()
        .map(|request| request.query)
        .collect();
    assert_eq!(queries, ["limit=200", "cursor=two&limit=50"]);
}

#[tokio::test]
async fn a_wrong_filter_is_told_with_its_piece_before_anything_is_asked() {
    let fake = server();
    let (code, sentence) = ran(&fake, &["list", "kind:lunch"]).await.failure();
    assert_eq!(code, 2);
    assert!(sentence.starts_with("kind:lunch: "), "{sentence}");
    assert!(fake.requests_of("list_expenses").is_empty());
    let (code, sentence) = ran(&fake, &["list", "--from", "2026-02-31"]).await.failure();
    assert_eq!(code, 2);
    assert!(sentence.contains("28 days"), "{sentence}");
}

#[tokio::test]
async fn delete_takes_unique_ends_and_whole_ids_and_deletes_all_or_none_with_their_versions() {
    let fake = server();
    let rows = [
        expense(&id("aaaa0001"), json!({})),
        expense(&id("bbbb0002"), json!({ "version": 8 })),
    ];
    fake.on("list_expenses", &page(json!(rows)));
    fake.on("get_expense", &expense(&id("cccc0003"), json!({ "version": 4 })));
    fake.on("batch_expenses", &json!({ "rev": 10, "items": [] }));
    let whole = id("cccc0003");
    ran(&fake, &["delete", "0001", "BBBB0002", &whole, "aaaa0001"])
        .await
        .data();
    let batch: Batch = fake.requests_of("batch_expenses").remove(0).body_value().unwrap();
    let versions: Vec<_> = batch
        .operations
        .iter()
        .map(|operation| operation.version.unwrap())
        .collect();
    assert_eq!(versions, [3, 8, 4]);
}

#[tokio::test]
async fn an_end_that_fits_nothing_or_several_deletes_nothing() {
    let fake = server();
    let rows = [
        expense(&id("aaaa7777"), json!({})),
        expense(&id("bbbb7777"), json!({})),
    ];
    fake.on("list_expenses", &page(json!(rows)));
    for (end, part) in [
        ("7777", "write more of the id, such as aaaa7777 or bbbb7777"),
        ("dddd1234", "No row among the newest"),
        ("77", "at least the last 4"),
        ("lunch", "names no row"),
        ("..", "names no row"),
    ] {
        let (code, sentence) = ran(&fake, &["delete", "aaaa7777", end]).await.failure();
        assert_eq!(code, 65, "{sentence}");
        assert!(sentence.contains(part), "{sentence}");
    }
    assert!(fake.requests_of("batch_expenses").is_empty());
}

#[tokio::test]
async fn restore_looks_among_deleted_rows_only() {
    let fake = server();
    let rows = [
        expense(&id("aaaa0001"), json!({})),
        expense(&id("bbbb0001"), json!({ "deleted_at": TIME })),
    ];
    fake.on("list_expenses", &page(json!(rows)));
    fake.on("batch_expenses", &json!({ "rev": 10, "items": [] }));
    ran(&fake, &["restore", "0001"]).await.data();
    assert!(
        fake.requests_of("list_expenses")[0]
            .query
            .contains("include_deleted=true")
    );
    let batch: Batch = fake.requests_of("batch_expenses").remove(0).body_value().unwrap();
    assert_eq!(batch.operations[0].id.unwrap().to_string(), id("bbbb0001"));
}

#[tokio::test]
async fn edit_sends_only_the_fields_that_are_named_and_clears_with_nothing() {
    let fake = server();
    fake.on(
        "list_expenses",
        &page(json!([expense(&id("aaaa0001"), json!({}))])),
    );
    fake.on(
        "update_expense",
        &expense(&id("aaaa0001"), json!({ "version": 4 })),
    );
    let line = [
        "edit",
        "aaaa0001",
        "amount=13.00",
        "note=",
        "category=",
        "account=Bank",
        "date=y",
        "tags=a, +b",
        "payee=A=B",
    ];
    ran(&fake, &line).await.data();
    let request = fake.requests_of("update_expense").remove(0);
    assert_eq!(request.if_match.as_deref(), Some("\"3\""));
    let body: Value = request.body_value().unwrap();
    assert_eq!(
        body,
        json!({
            "amount": "13.00", "note": null, "category_id": null, "account": "Bank", "date": "2026-11-20",
            "tags": ["a", "b"], "payee": "A=B",
        })
    );
    assert!(request.body_value::<ExpensePatch>().is_some());
}

#[tokio::test]
async fn edit_refuses_what_is_no_field_and_says_when_the_row_changed_meanwhile() {
    let fake = server();
    for (field, part) in [
        ("amuont=1", "is no field"),
        ("note", "no field=value"),
        ("kind=gift", "one of expense"),
        ("currency=EURO", "ISO 4217"),
        ("date=2026-13-01", "month"),
    ] {
        let (code, sentence) = ran(&fake, &["edit", "aaaa0001", field]).await.failure();
        assert_eq!(code, 2, "{sentence}");
        assert!(sentence.contains(part), "{sentence}");
    }
    assert!(fake.requests().is_empty());
    fake.on(
        "list_expenses",
        &page(json!([expense(&id("aaaa0001"), json!({}))])),
    );
    fake.fail("update_expense", refusal(Code::StaleVersion));
    let (code, sentence) = ran(&fake, &["edit", "aaaa0001", "note=x"]).await.failure();
    assert_eq!(code, 1);
    assert!(sentence.contains("load it again"), "{sentence}");
}

fn total(currency: &str, net: &str, share: Value) -> Value {
    let zero = if currency == "JPY" { "0" } else { "0.00" };
    json!({
        "currency": currency, "spent": net, "refunded": zero, "net": net, "income": zero, "count": 2,
        "income_count": 0, "share": share,
    })
}

fn row(key: &str, label: &str, parent: Option<&str>, totals: Value) -> Value {
    json!({ "key": key, "label": label, "parent_key": parent, "totals": totals, "rows_url": "/x" })
}

fn by_category() -> Value {
    json!({
        "from": "2026-11-01", "to": "2026-11-30", "base_currency": "EUR",
        "rows": [
            row("rent", "Rent", None, json!([total("EUR", "300.00", json!("75.00"))])),
            row("g", "Groceries", Some("f"), json!([total("EUR", "80.00", json!(null))])),
            row("f", "Food", None, json!([total("EUR", "100.00", json!("25.00")), total("JPY", "900", json!("100.00"))])),
        ],
        "totals": [total("EUR", "400.00", json!(null)), total("JPY", "900", json!(null))],
        "transfers": [{ "currency": "EUR", "amount": "200.00", "count": 1 }],
        "rows_url": "/x", "transfers_url": "/y",
    })
}

#[tokio::test]
async fn a_report_is_one_table_a_currency_with_categories_under_their_parents() {
    let fake = server();
    fake.on("report_by_category", &by_category());
    let ran = ran(&fake, &["report", "by-category", "--month", "2026-11"]).await;
    assert_eq!(ran.talk, "1-30 Nov 2026\n");
    let bar = |length: usize| "#".repeat(length);
    let expected = format!(
        "\
Category        EUR      %  Rows
Rent         300.00  75.00     2  {}
Food         100.00  25.00     2  {}
  Groceries   80.00            2  {}
Total        400.00            2
Category  JPY       %  Rows
Food      900  100.00     2  {}
Total     900             2
Transfers, apart: 200.00 EUR in 1
",
        bar(24),
        bar(8),
        bar(6),
        bar(24)
    );
    assert_eq!(ran.data(), expected);
}

#[tokio::test]
async fn without_a_command_and_a_terminal_the_month_and_the_next_commands_are_printed() {
    let fake = server();
    fake.on("report_by_category", &by_category());
    let data = ran(&fake, &[]).await.data();
    assert!(data.starts_with("Personal  1-30 Nov 2026\nCategory"), "{data}");
    assert!(data.contains("expense add '12.50 lunch #food'"), "{data}");
    let query = fake.requests_of("report_by_category").remove(0).query;
    assert_eq!(query, "from=2026-11-01&to=2026-11-30");
}

#[tokio::test]
async fn a_comparison_is_of_this_month_unless_told_otherwise_and_shows_what_changed() {
    let fake = server();
    let mut report = by_category();
    report["rows"][0]["before"] = json!([total("EUR", "150.00", json!(null))]);
    report["before"] = json!([total("EUR", "500.00", json!(null))]);
    fake.on("report_compare", &report);
    let data = ran(&fake, &["report", "compare"]).await.data();
    assert_eq!(
        fake.requests_of("report_compare")[0].query,
        "from=2026-11-01&to=2026-11-30"
    );
    let lines: Vec<Vec<_>> = data
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[1], ["Rent", "300.00", "150.00", "150.00", "+100"]);
    assert_eq!(lines[4], ["Total", "400.00", "500.00", "-100.00", "-20"]);
}

#[tokio::test]
async fn dictionaries_are_listed_with_parents_and_changed_by_name_in_any_case() {
    let fake = server();
    let data = ran(&fake, &["categories"]).await.data();
    assert_eq!(data, "Food\nFood: Groceries\n");
    assert_eq!(
        ran(&fake, &["accounts", "list"]).await.data(),
        "Bank  bank\nCard  card\n"
    );
    fake.on("update_category", &named(FOOD, "Essen", json!({})));
    ran(&fake, &["categories", "rename", "FOOD", "Essen"])
        .await
        .data();
    let request = fake.requests_of("update_category").remove(0);
    assert_eq!(
        (request.if_match.as_deref(), request.path.as_str()),
        (Some("\"5\""), format!("/categories/{FOOD}").as_str())
    );
    assert_eq!(request.body_value::<Value>(), Some(json!({ "name": "Essen" })));
    fake.on(
        "merge_account",
        &json!({ "operation_id": FOOD, "moved": 12, "is_done": true }),
    );
    let merged = ran(&fake, &["accounts", "merge", "card", "bank"]).await;
    assert_eq!(merged.talk, "12 rows of card moved to bank.\n");
    assert_eq!(
        fake.requests_of("merge_account")[0].body_value::<Value>(),
        Some(json!({ "into_id": BANK }))
    );
    fake.on("create_category", &named(GROCERIES, "Sushi", json!({})));
    ran(&fake, &["categories", "add", "Sushi", "--under", "food"])
        .await
        .data();
    assert_eq!(
        fake.requests_of("create_category")[0].body_value::<Value>(),
        Some(json!({ "name": "Sushi", "parent_id": FOOD }))
    );
}

#[tokio::test]
async fn an_unknown_name_gets_the_nearest_one_and_nothing_is_written() {
    let fake = server();
    let (code, sentence) = ran(&fake, &["categories", "archive", "Grocries"]).await.failure();
    assert_eq!(code, 65);
    assert_eq!(sentence, "No category is called Grocries - perhaps Groceries");
    assert!(
        fake.operations()
            .iter()
            .all(|operation| *operation == "list_categories")
    );
}

fn import(state: &str, invalid: u64) -> Value {
    json!({
        "id": FOOD, "state": state, "file_name": "a.csv", "format": "csv", "row_count": 10, "new_count": 10 - invalid,
        "duplicate_count": 0, "invalid_count": invalid, "written_count": 10 - invalid, "new_names": ["category Sushi"],
        "version": 1, "created_at": TIME,
    })
}

#[tokio::test]
async fn import_sends_the_file_with_its_options_then_writes_and_waits_until_all_is_there() {
    let fake = server();
    fake.on("create_import", &import("preview", 0));
    fake.on("commit_import", &import("committing", 0));
    fake.once("get_import", &import("committing", 0));
    fake.once("get_import", &import("committed", 0));
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), "Date,Amount\n2026-11-21,1.00\n").unwrap();
    let path = file.path().to_str().unwrap();
    let line = [
        "import",
        path,
        "--columns",
        "date=Date,amount=Amount",
        "--date-format",
        "ymd",
        "--account",
        "card",
    ];
    let ran = ran(&fake, &line).await;
    assert!(
        ran.talk.contains("10 rows: 10 new") && ran.talk.contains("category Sushi"),
        "{}",
        ran.talk
    );
    assert_eq!(ran.data(), "10 rows written\n");
    let request = fake.requests_of("create_import").remove(0);
    assert_eq!(
        request.content.as_ref().unwrap().bytes,
        b"Date,Amount\n2026-11-21,1.00\n"
    );
    for part in [
        &format!("account_id={CARD}"),
        "columns=date%3DDate%2Camount%3DAmount",
        "date_format=ymd",
    ] {
        assert!(
            request.query.contains(part),
            "{part} is missing in {}",
            request.query
        );
    }
}

#[tokio::test]
async fn a_file_with_unreadable_rows_writes_nothing_and_names_their_lines() {
    let fake = server();
    fake.on("create_import", &import("preview", 2));
    let rows =
        [json!({ "line": 7, "verdict": "invalid", "reason": "There is no such day", "raw": "2026-02-31,1" })];
    fake.on("list_import_rows", &page(json!(rows)));
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let stopped = ran(&fake, &["import", path]).await;
    assert_eq!(stopped.data, "line 7: There is no such day: 2026-02-31,1\n");
    assert_eq!(stopped.failure().0, 65);
    ran(&fake, &["import", path, "--skip-invalid", "--dry-run"])
        .await
        .data();
    assert!(fake.requests_of("commit_import").is_empty());
    fake.on("commit_import", &import("committed", 2));
    ran(&fake, &["import", path, "--skip-invalid"]).await.data();
    assert_eq!(fake.requests_of("commit_import").len(), 1);
    let (code, _) = ran(&fake, &["import", "/no/such/file.csv"]).await.failure();
    assert_eq!(code, 65);
}
