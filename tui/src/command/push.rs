//! `expense push`: copies a whole book to a server, under the ids it has here, so that a second run adds only what is
//! missing there. What was deleted there stays deleted; nothing there is changed. Counts and sums of both sides are
//! printed, and are not alike only where the copy there has a life of its own.

mod names;
mod sums;

use super::{Context, Failure};
use crate::client::{Api, HttpApi, Key};
use crate::figures;
use crate::settings::{Env, Flags, Settings};
use api::expense::{Batch, BatchOperation, BatchVerb, Expense, ExpenseFilter, ExpenseQuery, NewExpense};
use api::id::{ExpenseId, UserId};
use api::ledger::{Ledger, NewLedger};
use api::page::PageQuery;
use api::problem::Code;
use clap::Args;
use names::Ids;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most rows of a batch, and most bytes of its rows: a request holds 256 KiB.
const MOST_ROWS: usize = 200;
const MOST_BYTES: usize = 128 * 1024;

/// Copy the whole book to a server; safe to repeat, then it adds what is missing there
#[derive(Debug, Clone, Args)]
pub(super) struct PushArgs {
    /// The server to copy it to; sign in there first with `expense login --server URL`
    #[arg(long, value_name = "URL")]
    to: String,
}

pub(super) async fn run(args: PushArgs, flags: Flags, context: &mut Context) -> Result<(), Failure> {
    let here = Arc::clone(&context.api);
    let ledger = here.get_ledger().await?;
    let there = connect(args, flags, &ledger)?;
    let there: Arc<dyn Api> = Arc::new(context.tap.beside(there));
    context.again =
        Some("Some of it may be there; run it again: what is there is not copied twice.".to_owned());
    context.unfinished = Some("The book and some of its names are there now, and no rows.".to_owned());
    make_ledger(&there, &ledger).await?;
    let mut ids = Ids::default();
    ids.match_categories(&here, &there).await?;
    ids.match_accounts(&here, &there).await?;
    ids.match_people(&here, &there).await?;
    let known = known_rows(&there).await?;
    let pushed = push_rows(&here, &there, &ids, &known, context).await?;
    ids.archive(&there).await?;
    context.unfinished = None;
    context.out.say(&format!(
        "{} copied, {} there already",
        figures::rows(pushed as u64),
        figures::rows(known.len() as u64)
    ));
    sums::compare(&here, &there, context).await
}

/// The same ledger on the other server.
fn connect(args: PushArgs, flags: Flags, ledger: &Ledger) -> Result<Arc<dyn Api>, Failure> {
    let flags = Flags {
        server: Some(args.to),
        ledger: None,
        is_demo: false,
        ..flags
    };
    let settings = Settings::resolve(&flags, Env::of_process())?;
    let address = settings
        .server
        .ok_or_else(|| Failure::Usage("Say where to: --to https://books.example.org".to_owned()))?;
    let id = ledger.id.to_string();
    Ok(Arc::new(HttpApi::new(
        &address,
        &id,
        settings.token.as_ref(),
        &settings.trust,
    )?))
}

async fn make_ledger(there: &Arc<dyn Api>, ledger: &Ledger) -> Result<(), Failure> {
    match there.get_ledger().await {
        Ok(_) => return Ok(()),
        Err(error) if error.code() == Some(Code::NotFound) => {}
        Err(error) => return Err(error.into()),
    }
    let new = NewLedger {
        id: Some(ledger.id),
        name: ledger.name.clone(),
        base_currency: ledger.base_currency,
        month_start_day: Some(ledger.month_start_day),
        week_start: Some(ledger.week_start),
        is_bare: true,
    };
    match there.create_ledger(&new, Key::new()).await {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some(Code::IdTaken) => Err(Failure::Data(
            "This book is on that server already, in somebody else's name - ask them to let you in"
                .to_owned(),
        )),
        Err(error) => Err(error.into()),
    }
}

/// The ids of all rows that were ever copied there, deleted ones too.
async fn known_rows(there: &Arc<dyn Api>) -> Result<BTreeSet<ExpenseId>, Failure> {
    let mut known = BTreeSet::new();
    let mut query = all_rows(true);
    loop {
        let page = there.list_expenses(&query).await?;
        known.extend(page.items.iter().map(|row| row.id));
        match page.next_cursor {
            Some(next) => query.page.cursor = Some(next),
            None => return Ok(known),
        }
    }
}

/// Oldest first, so that what a broken run leaves is the beginning of the book.
fn all_rows(include_deleted: bool) -> ExpenseQuery {
    ExpenseQuery {
        filter: ExpenseFilter {
            include_deleted: include_deleted.then_some(true),
            ..ExpenseFilter::default()
        },
        sort: Some("date".to_owned()),
        page: PageQuery::largest(None),
    }
}

async fn push_rows(
    here: &Arc<dyn Api>,
    there: &Arc<dyn Api>,
    ids: &Ids,
    known: &BTreeSet<ExpenseId>,
    context: &mut Context,
) -> Result<usize, Failure> {
    let mut query = all_rows(false);
    let (mut batch, mut bytes, mut pushed) = (Vec::new(), 0, 0);
    loop {
        let page = here.list_expenses(&query).await?;
        for row in page.items.into_iter().filter(|row| !known.contains(&row.id)) {
            let size = 300 + row.note.as_ref().map_or(0, String::len);
            if batch.len() == MOST_ROWS || bytes + size > MOST_BYTES {
                pushed += send(there, std::mem::take(&mut batch)).await?;
                bytes = 0;
                context
                    .out
                    .say(&format!("{} copied", figures::rows(pushed as u64)));
                context.unfinished = Some(format!("{} were copied.", figures::rows(pushed as u64)));
            }
            bytes += size;
            batch.push(copy(row, ids));
        }
        match page.next_cursor {
            Some(next) => query.page.cursor = Some(next),
            None => break,
        }
    }
    pushed += send(there, batch).await?;
    context.unfinished = Some(format!("{pushed} rows were copied."));
    Ok(pushed)
}

async fn send(there: &Arc<dyn Api>, operations: Vec<BatchOperation>) -> Result<usize, Failure> {
    if operations.is_empty() {
        return Ok(0);
    }
    let count = operations.len();
    there.batch_expenses(&Batch { operations }, Key::new()).await?;
    Ok(count)
}

fn copy(row: Expense, ids: &Ids) -> BatchOperation {
    let new = NewExpense {
        id: Some(row.id),
        currency: Some(row.currency),
        kind: Some(row.kind),
        category_id: row.category_id.map(|id| ids.category(id)),
        account_id: row.account_id.map(|id| ids.account(id)),
        to_account_id: row.to_account_id.map(|id| ids.account(id)),
        payee: row.payee,
        tags: row.tags,
        note: row.note,
        paid_by: row.paid_by.and_then(|id: UserId| ids.person(id)).map(Into::into),
        external_id: row.external_id,
        ..NewExpense::new(row.date, row.amount)
    };
    BatchOperation {
        op: BatchVerb::Create,
        id: None,
        version: None,
        expense: Some(new),
        patch: None,
    }
}
