//! The day sheet in sessions of keys against a server that answers what a test tells it to.

use std::sync::Arc;

use api::{
    currency::Currency,
    day::{Day, DaySaved, DayUpdate},
    expense::{Expense, Kind},
    id::ExpenseId,
    problem::{Code, Fault, Problem},
};
use tempfile::TempDir;

use super::*;
use crate::{
    book::tests::{date, household, id, lists, row},
    client::{
        ClientError, Request,
        fake::{FakeApi, unreachable},
    },
    outbox::Outbox,
    testkit::Harness,
};

mod conflict;
mod drafts;
mod editing;
mod looks;
mod saving;

/// A server, a desk, and the folder that drafts lie in.
pub(super) struct Bench {
    pub(super) fake: Arc<FakeApi>,
    pub(super) desk: Desk,
    pub(super) state: TempDir,
}

pub(super) const ETAG: &str = "\"8-abc\"";

impl Bench {
    pub(super) fn new() -> Self {
        Self::with(eight())
    }

    pub(super) fn with(rows: Vec<Expense>) -> Self {
        let fake = Arc::new(FakeApi::new());
        household(&fake);
        fake.once_tagged("get_day", &day(rows), ETAG);
        let state = tempfile::tempdir().unwrap();
        let desk = desk(&fake, &state);
        Self { fake, desk, state }
    }

    pub(super) fn open(&self) -> Harness {
        self.open_at(80, 24)
    }

    pub(super) fn open_at(&self, width: u16, height: u16) -> Harness {
        Harness::new(width, height).open(DaySheet::new(self.desk.clone(), date("2026-11-20")))
    }

    pub(super) fn sent(&self) -> Vec<Request> {
        self.fake.requests_of("update_day")
    }

    pub(super) fn update(&self) -> DayUpdate {
        self.sent().pop().unwrap().body_value().unwrap()
    }
}

pub(super) fn desk(fake: &Arc<FakeApi>, state: &TempDir) -> Desk {
    let outbox = Outbox::open(state.path(), "test").unwrap();
    let desk = Desk::new(fake.clone(), Currency::EUR, outbox);
    desk.book.set(lists(&[]));
    desk
}

pub(super) fn day(rows: Vec<Expense>) -> Day {
    Day {
        date: date("2026-11-20"),
        rows,
    }
}

/// A day with a row of every kind.
pub(super) fn eight() -> Vec<Expense> {
    let on = "2026-11-20";
    let mut rows = vec![
        row(1, on, "48.90", "Rewe", Some(0), Some(2)),
        row(2, on, "6.40", "Café Einstein", Some(1), Some(0)),
        row(3, on, "31.20", "日本食堂", Some(4), Some(1)),
        row(4, on, "35.00", "Amazon", None, Some(1)),
        row(5, on, "200.00", "", None, Some(2)),
        row(6, on, "17.99", "Netflix", None, Some(1)),
        row(7, on, "3000.00", "Salary", None, Some(2)),
        row(8, on, "1234567.89", "Notary", Some(2), Some(2)),
    ];
    rows[3].kind = Kind::Refund;
    rows[4].kind = Kind::Transfer;
    rows[4].to_account_id = Some(id(203));
    rows[5].currency = Currency::parse("USD").unwrap();
    rows[6].kind = Kind::Income;
    rows[7].note = Some("flat, first half".to_owned());
    rows
}

/// What the server says after it took changes of these rows.
pub(super) fn saved(created: Vec<Expense>, updated: Vec<Expense>, deleted: Vec<ExpenseId>) -> DaySaved {
    DaySaved {
        date: date("2026-11-20"),
        rev: 8,
        created,
        updated,
        deleted,
    }
}

pub(super) fn refused(code: Code, faults: &[(&str, &str)]) -> ClientError {
    let fault = |(pointer, detail): &(&str, &str)| Fault {
        pointer: (*pointer).to_owned(),
        detail: (*detail).to_owned(),
        ..Fault::default()
    };
    ClientError::refused(Problem {
        code: code.as_str().to_owned(),
        status: code.status(),
        title: code.title().to_owned(),
        errors: faults.iter().map(fault).collect(),
        ..Problem::default()
    })
}
