//! The plain commands against a server that plays its part: what is asked, what is printed, how it ends.

#![expect(clippy::needless_pass_by_value, reason = "a body is written where it is used")]

mod import;
mod log;
mod names;
mod outcome;
mod report;
mod rows;

use super::cli::{Cli, parse};
use super::output::capture::Sink;
use super::{Context, Failure, perform};
use crate::client::fake::FakeApi;
use crate::command::output::Output;
use crate::dates::Dates;
use serde_json::{Value, json};
use std::ffi::OsString;
use std::sync::Arc;

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
        "id": FOOD, "name": "Personal", "base_currency": "EUR", "month_start_day": 1, "week_start": 1,
        "role": "owner", "rev": 9,
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
    ran_with(fake, Dates::default(), line).await
}

async fn ran_with(fake: &Arc<FakeApi>, dates: Dates, line: &[&str]) -> Ran {
    ran_at(fake.clone(), dates, line).await
}

async fn ran_at(api: Arc<dyn crate::client::Api>, dates: Dates, line: &[&str]) -> Ran {
    let arguments = ["expense"].iter().chain(line).map(OsString::from);
    let cli: Cli = parse(arguments).unwrap_or_else(|code| panic!("{line:?} is wrong usage: {code}"));
    let (out, data, talk): (Output, Sink, Sink) = Output::captured(cli.is_json);
    let mut context = Context::new(api, "2026-11-21".parse().unwrap(), dates, out);
    let is_write = cli
        .command
        .as_ref()
        .is_some_and(crate::command::cli::Command::is_write);
    let outcome = match cli.command {
        Some(command) => perform(command, &mut context).await,
        None => super::report::overview(&mut context).await,
    };
    let outcome = super::outcome::settle(&mut context, is_write, outcome);
    Ran {
        outcome,
        data: data.text(),
        talk: talk.text(),
    }
}

fn id(end: &str) -> String {
    format!("018f6f2a-7c1d-7b55-9a53-1f0d{end}")
}
