//! `expense list`.

use super::book::{Book, ROW};
use super::{Context, Failure, filter::FilterArgs, table::Table};
use api::expense::ExpenseQuery;
use api::page::MAX_LIMIT;
use clap::Args;

/// List expenses, newest first; each row ends in the end of its id, for `edit` and `delete`
#[derive(Debug, Clone, Args)]
pub(super) struct List {
    #[command(flatten)]
    filter: FilterArgs,
    /// How many rows at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// date, amount, payee, category or created; with a minus before it, descending
    #[arg(long, value_name = "ORDER", allow_hyphen_values = true)]
    sort: Option<String>,
    /// Deleted rows too
    #[arg(long)]
    deleted: bool,
}

pub(super) async fn run(list: &List, context: &mut Context) -> Result<(), Failure> {
    let (ledger, book) = Book::load(context).await?;
    let mut filter = list.filter.read(context, &ledger)?;
    filter.include_deleted = list.deleted.then_some(true).or(filter.include_deleted);
    let mut query = ExpenseQuery {
        filter,
        sort: list.sort.clone(),
        ..ExpenseQuery::default()
    };
    let mut table = Table::new(ROW);
    let mut left = list.limit;
    loop {
        query.page.limit = Some(left.min(MAX_LIMIT));
        let page = context.api.list_expenses(&query).await?;
        // With several pages, each body is a document of its own.
        if !context.json()? {
            page.items
                .iter()
                .for_each(|expense| table.row(book.cells(expense)));
        }
        left = left.saturating_sub(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
        match page.next_cursor {
            Some(cursor) if left > 0 && !page.items.is_empty() => query.page.cursor = Some(cursor),
            next => {
                table.print(&mut context.out)?;
                say_rest(context, &table, next.is_some(), list.limit);
                return Ok(());
            }
        }
    }
}

fn say_rest(context: &mut Context, table: &Table, has_more: bool, limit: u32) {
    if has_more {
        context
            .out
            .say(&format!("The first {limit} rows; --limit N shows more."));
    } else if table.is_empty() && !context.out.is_json {
        context
            .out
            .say("No rows. `expense add '12.50 lunch #food'` adds one.");
    }
}
