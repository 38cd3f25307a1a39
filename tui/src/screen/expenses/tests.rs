//! The screen, used as a person would, against a server that answers what it was told to.

use std::sync::Arc;

use api::expense::{Batch, BatchResult, BatchVerb, Expense, ExpensePatch, Kind, NewExpense};
use tempfile::TempDir;

use super::*;
use crate::book::tests::{household, page, row};
use crate::client::fake::FakeApi;
use crate::client::{Answer, Api, ClientError, Reply, Request};
use crate::logged::tests as logged;
use crate::outbox::Outbox;
use crate::testkit::{Harness, Starter};

/// The programmed server, which does what it was told nothing about as a real one would: it saves.
struct Saving(Arc<FakeApi>);

impl Api for Saving {
    fn call(&self, request: Request) -> Reply<Answer> {
        let answer = self.0.call(request.clone());
        Box::pin(async move {
            match answer.await {
                Err(ClientError::Unreachable { reason, .. }) if reason.starts_with("the test gave no") => {
                    Ok(Answer {
                        status: 200,
                        body: saved(&request),
                        ..Answer::default()
                    })
                }
                answer => answer,
            }
        })
    }
}

fn saved(request: &Request) -> Vec<u8> {
    let id = |at: usize| request.path.split('/').nth(at).and_then(|id| id.parse().ok());
    let known = |id: Option<ExpenseId>| november().into_iter().find(|row| Some(row.id) == id);
    let row = match request.operation {
        "create_expense" => made(&request.body_value().unwrap()),
        "update_expense" => patched(
            known(id(2)).unwrap_or_else(|| Expense {
                id: id(2).unwrap(),
                ..row(0, "2026-11-21", "12.50", "lunch", None, None)
            }),
            &request.body_value().unwrap(),
        ),
        "restore_expense" => Expense {
            version: 3,
            ..known(id(2)).unwrap()
        },
        "delete_expense" => return Vec::new(),
        "list_expense_history" | "list_operations" => return br#"{"items":[],"next_cursor":null}"#.to_vec(),
        "batch_expenses" => {
            let batch: Batch = request.body_value().unwrap();
            let items = batch.operations.iter().map(|operation| match operation.op {
                BatchVerb::Create => made(operation.expense.as_ref().unwrap()),
                BatchVerb::Update => patched(known(operation.id).unwrap(), operation.patch.as_ref().unwrap()),
                BatchVerb::Delete => {
                    let row = known(operation.id).unwrap();
                    Expense {
                        deleted_at: Some(row.updated_at),
                        version: 2,
                        ..row
                    }
                }
                BatchVerb::Restore => Expense {
                    version: 3,
                    ..known(operation.id).unwrap()
                },
            });
            return serde_json::to_vec(&BatchResult {
                rev: 8,
                items: items.collect(),
            })
            .unwrap();
        }
        other => panic!("nobody told the server about {other}"),
    };
    serde_json::to_vec(&row).unwrap()
}

fn made(new: &NewExpense) -> Expense {
    let mut row = row(
        0,
        &new.date.to_string(),
        new.amount.as_str(),
        new.payee.as_deref().unwrap_or(""),
        None,
        None,
    );
    row.id = new.id.unwrap();
    row.category_id = new
        .category_id
        .or(new.category.as_ref().map(|_| crate::book::tests::id(190)));
    row.account_id = new.account_id;
    row.to_account_id = new.to_account_id;
    row.kind = new.kind.unwrap_or_default();
    row.currency = new.currency.unwrap_or(api::currency::Currency::EUR);
    row.tags.clone_from(&new.tags);
    row.note.clone_from(&new.note);
    row.paid_by = match new.paid_by {
        Some(api::member::MemberRef::Id(id)) => Some(id),
        _ => None,
    };
    row
}

fn patched(row: Expense, patch: &ExpensePatch) -> Expense {
    Expense {
        date: patch.date.unwrap_or(row.date),
        amount: patch.amount.clone().unwrap_or(row.amount.clone()),
        payee: patch.payee.clone().over(row.payee.clone()),
        category_id: patch.category_id.clone().over(row.category_id),
        note: patch.note.clone().over(row.note.clone()),
        version: row.version + 1,
        ..row
    }
}

pub(crate) struct Bench {
    pub(crate) fake: Arc<FakeApi>,
    pub(crate) desk: Desk,
    /// Goes when the test does.
    pub(crate) state: TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let fake = Arc::new(FakeApi::new());
        household(&fake);
        fake.on("list_expenses", &page(november()));
        fake.on("report_by_category", &report());
        fake.on("report_summary", &report());
        let state = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(state.path(), "test").unwrap();
        let desk = Desk::new(
            Arc::new(Saving(fake.clone())),
            api::currency::Currency::EUR,
            outbox,
        );
        Self { fake, desk, state }
    }

    /// Books that Ana and Ben share, and who paid for the first rows: Ana, Ben, and one who left.
    pub(crate) fn shared() -> Self {
        let bench = Self::new();
        crate::book::tests::share(&bench.fake, 2);
        let mut rows = november();
        for (row, number) in rows.iter_mut().zip([9, 10, 99]) {
            row.paid_by = Some(crate::book::tests::id(number));
        }
        bench.fake.on("list_expenses", &page(rows));
        bench
    }

    /// The same books and the same disk, for the next run.
    pub(crate) fn again(self) -> Self {
        let Self { fake, desk, state } = self;
        drop(desk);
        let outbox = Outbox::open(state.path(), "test").unwrap();
        let desk = Desk::new(
            Arc::new(Saving(fake.clone())),
            api::currency::Currency::EUR,
            outbox,
        );
        Self { fake, desk, state }
    }

    pub(crate) fn open(&self, starter: Starter) -> Harness {
        let today = "2026-11-21".parse().unwrap();
        starter.open(Expenses::new(self.desk.clone(), today))
    }
}

/// The next undo finds this change, takes it back, and then the rows are so.
pub(crate) fn undone(bench: &Bench, kind: &str, action: &str, rows: &[Expense]) {
    bench
        .fake
        .once("list_changes", &log(vec![made_by(kind, action, rows)]));
    bench
        .fake
        .once("undo_change", &result(rows.len() as u64, 0, true));
    for row in rows {
        bench.fake.once("get_expense", row);
    }
}

pub(crate) fn made_by(kind: &str, action: &str, rows: &[Expense]) -> api::change::Change {
    let label = |row: &Expense| {
        let who = row.payee.as_deref().unwrap_or_default();
        format!("{} {} {who}", row.amount.as_str(), row.currency)
    };
    let rows = rows.iter().map(|row| {
        let mut changed = logged::changed(1, action, &label(row), &[]);
        changed["id"] = serde_json::json!(row.id);
        changed
    });
    logged::change(7, kind, rows.collect())
}

pub(crate) fn log(items: Vec<api::change::Change>) -> api::change::ChangePage {
    api::change::ChangePage {
        items,
        next_cursor: None,
        next_since: None,
        rev: 9,
    }
}

pub(crate) fn result(restored: u64, skipped: u64, is_done: bool) -> api::change::UndoResult {
    api::change::UndoResult {
        operation_id: crate::book::tests::id(6001),
        undoes: crate::book::tests::id(6000),
        rev: 8,
        restored,
        name_counts: Vec::new(),
        skipped,
        skipped_names: 0,
        is_done,
    }
}

pub(crate) fn november() -> Vec<Expense> {
    let mut rows = vec![
        row(20, "2026-11-21", "129.00", "SNCF Connect", Some(3), Some(1)),
        row(19, "2026-11-20", "48.90", "Rewe", Some(0), Some(2)),
        row(18, "2026-11-20", "6.40", "Café Einstein", Some(1), Some(0)),
        row(17, "2026-11-19", "31.20", "日本食堂", Some(4), Some(1)),
        row(16, "2026-11-18", "35.00", "Amazon", Some(0), Some(1)),
        row(15, "2026-11-16", "200.00", "", None, Some(2)),
        row(14, "2026-11-15", "17.99", "Netflix", None, Some(1)),
        row(13, "2026-11-13", "3000.00", "Salary", None, Some(2)),
        row(12, "2026-11-02", "900.00", "Landlord", Some(2), Some(2)),
    ];
    rows[4].kind = Kind::Refund;
    rows[5].kind = Kind::Transfer;
    rows[5].to_account_id = Some(crate::book::tests::id(203));
    rows[6].currency = api::currency::Currency::parse("USD").unwrap();
    rows[6].note = Some("family plan".to_owned());
    rows[6].tags = vec!["tv".to_owned()];
    rows[7].kind = Kind::Income;
    rows
}

pub(crate) fn report() -> Report {
    let total = |currency: &str,
                 spent: &str,
                 refunded: &str,
                 net: &str,
                 income: &str,
                 count: u64,
                 share: Option<&str>| {
        serde_json::json!({ "currency": currency, "spent": spent, "refunded": refunded, "net": net, "income": income,
            "count": count, "income_count": 0, "share": share })
    };
    let category = |key: u128, label: &str, net: &str, share: &str| {
        serde_json::json!({ "key": crate::book::tests::id::<api::id::CategoryId>(100 + key), "label": label,
            "totals": [total("EUR", net, "0.00", net, "0.00", 1, Some(share))], "rows_url": "" })
    };
    let none = serde_json::json!({ "key": "none", "label": "Uncategorised", "rows_url": "",
        "totals": [total("EUR", "0.00", "0.00", "0.00", "3000.00", 1, None), total("USD", "17.99", "0.00", "17.99", "0.00", 1, None)] });
    serde_json::from_value(serde_json::json!({
        "from": "2026-11-01", "to": "2026-11-30", "base_currency": "EUR",
        "rows": [category(2, "Rent", "900.00", "83.28"), category(3, "Travel", "129.00", "11.94"),
            category(1, "Eating out", "37.60", "3.48"), category(0, "Food", "13.90", "1.30"), none],
        "totals": [total("EUR", "1115.50", "35.00", "1080.50", "3000.00", 7, Some("100.00")),
            total("USD", "17.99", "0.00", "17.99", "0.00", 1, Some("100.00"))],
        "transfers": [{ "currency": "EUR", "amount": "200.00", "count": 1 }],
        "rows_url": "", "transfers_url": "",
    }))
    .unwrap()
}

mod conflict;
mod live;
mod money;
mod moving;
mod payers;
mod roles;
mod rows;
mod shapes;
mod truth;
mod undo;
mod unsent;
