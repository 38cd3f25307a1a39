//! `expense add`: one entry line, read by the server's grammar and saved in the same request.

use super::book::{Book, ROW};
use super::{Context, Failure, table::Table};
use crate::client::Key;
use api::id::ExpenseId;
use api::quick::EntryLine;
use clap::Args;

/// Add an expense from one line, such as '12.50 lunch @card #food +trip y // note'
#[derive(Debug, Clone, Args)]
pub(super) struct Add {
    /// The entry line; quote it, or the shell takes #food for a comment
    #[arg(value_name = "TEXT", required = true)]
    pub(super) text: Vec<String>,
    /// Make a category or account that is named but not there yet
    #[arg(long)]
    pub(super) create_missing: bool,
    /// The id of the new row (a UUIDv7): run again with the same id, it is added once
    #[arg(long, value_name = "UUID")]
    pub(super) id: Option<ExpenseId>,
}

pub(super) async fn run(add: Add, context: &mut Context) -> Result<(), Failure> {
    let id = add.id.unwrap_or_else(ExpenseId::new);
    let line = EntryLine {
        text: add.text.join(" "),
        today: context.today,
        id: Some(id),
        create_missing: add.create_missing,
    };
    context.again = Some(format!(
        "Whether it was saved is not known; `expense add --id {id}` with the same text adds it once."
    ));
    // The same id is the same intention, and so is its key.
    let saved = context.api.quick_expense(&line, Key::of(id.0)).await?.expense;
    if context.json()? {
        return Ok(());
    }
    let book = Book::for_show(context).await;
    let mut table = Table::new(ROW);
    table.row(book.cells(&saved));
    table.print(&mut context.out)?;
    context
        .out
        .say(&format!("Saved to {}.", context.dates.day(saved.date)));
    Ok(())
}
