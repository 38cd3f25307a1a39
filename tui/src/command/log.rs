//! `expense undo` and `expense log`: what happened in the ledger or to one row, and taking it back.

use super::find::{self, Target};
use super::{Context, Failure, table::Table, under_way};
use crate::book::{Lists, Members};
use crate::client::Key;
use crate::figures;
use crate::{logged, undo as by};
use api::change::{Change, ChangeQuery, ChangeSort, OpenTo, Skip, UndoResult};
use api::currency::Currency;
use api::id::ExpenseId;
use api::operation::Operation;
use api::page::{MAX_LIMIT, PageQuery};
use api::problem::Code;
use clap::Args;

/// Undo your latest change that is not undone yet, from whichever device it was made
#[derive(Debug, Clone, Args)]
pub(super) struct Undo {
    /// Undo the change of this number instead, as `expense log` prints it, with all of its operation
    #[arg(value_name = "REV", value_parser = clap::value_parser!(i64).range(1..))]
    rev: Option<i64>,
    /// Do again what your latest undo took back
    #[arg(long, conflicts_with = "rev")]
    redo: bool,
    /// Leave rows that were changed since as they are, and undo the others
    #[arg(long)]
    skip_conflicts: bool,
}

/// Print what happened, the latest first: number, time, who, what
#[derive(Debug, Clone, Args)]
pub(super) struct Log {
    /// Only what happened to this row: its id, or the end of it as `expense list` prints it
    #[arg(value_name = "ID")]
    row: Option<String>,
    /// How many changes at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// The columns of a change: number, time, who, what, from which program.
const CHANGE: &str = "rllLl";

pub(super) async fn undo(undo: &Undo, context: &mut Context) -> Result<(), Failure> {
    if let Some(operation) = begun_before(undo, context).await {
        return carried_on(operation, context).await;
    }
    let Some(change) = wanted(undo, context).await? else {
        return Err(Failure::Data(match undo.rev {
            Some(rev) => format!("There is no change {rev} - `expense log` prints the numbers"),
            None if undo.redo => "Nothing of yours is left to do again".to_owned(),
            None => "Nothing of yours is left to undo".to_owned(),
        }));
    };
    let skip = undo.skip_conflicts.then_some(Skip::Conflicts);
    let undoes = Some(change.operation_id);
    let key = Key::new();
    let undone = loop {
        let work = context.api.undo_change(change.rev, skip, key);
        match under_way::told(context, |operation| operation.undoes == undoes, work).await {
            Ok(undone) if undone.is_done => break undone,
            // Sent again under its key once it is done, it answers what came of all of it.
            Ok(undone) => under_way::finished(context, undone.operation_id).await?,
            Err(error) => {
                if error.code() == Some(Code::ChangedSince) {
                    context.out.say("--skip-conflicts undoes the other rows.");
                }
                return Err(error.into());
            }
        }
    };
    if context.json()? {
        return Ok(());
    }
    if undone.is_done && undone.restored == 0 && undone.skipped > 0 {
        return Err(Failure::Failed(format!(
            "Nothing was undone: {} changed since, and left so",
            figures::rows(undone.skipped)
        )));
    }
    // Only for the words: amounts in another currency say which.
    let ledger = context.api.get_ledger().await;
    let base = ledger.map_or(Currency::EUR, |ledger| ledger.base_currency);
    let (head, again) = if change.kind == "undo" {
        (format!("Done again: {}", logged::what(&change, base)), "undo")
    } else {
        (
            format!("Undone: {}", logged::deed_noun(&change, base)),
            "undo --redo",
        )
    };
    context.out.line(&head)?;
    let mut said = format!("{} changed", undone_words(&undone));
    if let Some(left) = by::skipped_words(&undone) {
        said = format!("{said}, {left} left as others made them");
    }
    context
        .out
        .say(&format!("{said}. `expense {again}` takes it back."));
    Ok(())
}

/// The undo that is meant, where it was begun before and was still under way when this command came.
async fn begun_before(undo: &Undo, context: &Context) -> Option<Operation> {
    let kind = if undo.redo { "redo" } else { "undo" };
    let operation = context
        .under_way
        .iter()
        .find(|operation| operation.kind == kind)?;
    if undo.rev.is_some() {
        let change = wanted(undo, context).await.ok()??;
        let is_same = operation.undoes == Some(change.operation_id);
        return is_same.then(|| operation.clone());
    }
    let me = context.quiet.get_me().await.ok()?;
    (me.id == operation.by).then(|| operation.clone())
}

/// Waits for an undo that was under way already: nothing more is taken back than was asked for.
async fn carried_on(operation: Operation, context: &mut Context) -> Result<(), Failure> {
    under_way::finished(context, operation.id).await?;
    let operation = context.api.get_operation(operation.id).await?;
    if context.json()? {
        return Ok(());
    }
    let (done, again) = if operation.kind == "undo" {
        ("Undone", "undo --redo")
    } else {
        ("Done again", "undo")
    };
    context
        .out
        .line(&format!("{done}: {}", figures::rows(operation.done)))?;
    context.out.say(&format!(
        "It was under way already, and nothing else was undone. `expense {again}` takes it back."
    ));
    Ok(())
}

/// `40 rows and, beside them, 3 payees`: what an undo came to.
fn undone_words(undone: &UndoResult) -> String {
    let names = logged::all_names(&undone.name_counts);
    match (undone.restored, names.as_str()) {
        (rows, "") => figures::rows(rows),
        (0, names) => names.to_owned(),
        (rows, names) => format!("{} and, beside them, {names}", figures::rows(rows)),
    }
}

/// The change that is meant.
async fn wanted(undo: &Undo, context: &Context) -> Result<Option<Change>, Failure> {
    let open_to = if undo.redo { OpenTo::Redo } else { OpenTo::Undo };
    let query = match undo.rev {
        Some(rev) => ChangeQuery {
            since: Some((rev - 1).to_string()),
            ..ChangeQuery::default()
        },
        None => ChangeQuery {
            sort: Some(ChangeSort::Newest),
            mine: Some(true),
            open_to: Some(open_to),
            ..ChangeQuery::default()
        },
    };
    let query = ChangeQuery {
        page: PageQuery::first(1),
        ..query
    };
    let found = context.api.list_changes(&query).await?.items.into_iter().next();
    Ok(found.filter(|change| undo.rev.is_none_or(|rev| rev == change.rev)))
}

pub(super) async fn log(log: &Log, context: &mut Context) -> Result<(), Failure> {
    match &log.row {
        Some(row) => of_row(row, log.limit, context).await,
        None => of_ledger(log.limit, context).await,
    }
}

async fn of_ledger(limit: u32, context: &mut Context) -> Result<(), Failure> {
    let lists = lists(context).await?;
    let mut table = Table::new(CHANGE);
    let mut query = ChangeQuery {
        sort: Some(ChangeSort::Newest),
        whole: Some(true),
        ..ChangeQuery::default()
    };
    let mut left = limit;
    loop {
        query.page.limit = Some(left.min(MAX_LIMIT));
        let page = context.api.list_changes(&query).await?;
        if !context.json()? {
            for change in &page.items {
                let state = if change.undone_by.is_some() {
                    ", undone"
                } else {
                    ""
                };
                let what = format!("{}{state}", logged::deed(change, &lists));
                table.row(cells(change, what, &lists, context));
            }
        }
        left = left.saturating_sub(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
        match page.next_cursor {
            Some(cursor) if left > 0 && !page.items.is_empty() => query.page.cursor = Some(cursor),
            next => return end(&table, next.is_some(), limit, context),
        }
    }
}

async fn of_row(named: &str, limit: u32, context: &mut Context) -> Result<(), Failure> {
    let id = row(named, context).await?;
    let lists = lists(context).await?;
    let mut table = Table::new(CHANGE);
    let mut asked = PageQuery::default();
    let mut left = limit;
    loop {
        asked.limit = Some(left.min(MAX_LIMIT));
        let page = context.api.list_expense_history(id, &asked).await?;
        if !context.json()? {
            for change in &page.items {
                let what = with_fields(change, &lists, context);
                table.row(cells(change, what, &lists, context));
            }
        }
        left = left.saturating_sub(u32::try_from(page.items.len()).unwrap_or(u32::MAX));
        match page.next_cursor {
            Some(cursor) if left > 0 && !page.items.is_empty() => asked.cursor = Some(cursor),
            next => return end(&table, next.is_some(), limit, context),
        }
    }
}

/// A row by its id or the end of it; one that was deleted has a history as well.
async fn row(named: &str, context: &Context) -> Result<ExpenseId, Failure> {
    let named = [named.to_owned()];
    let found = match find::rows(context, &named, false).await {
        Ok(found) => found,
        Err(error) => match find::rows(context, &named, true).await {
            Ok(found) => found,
            Err(_) => return Err(error),
        },
    };
    let none = || Failure::Data("No row is named".to_owned());
    found.first().map(|Target { id, .. }| *id).ok_or_else(none)
}

fn end(table: &Table, has_more: bool, limit: u32, context: &mut Context) -> Result<(), Failure> {
    table.print(&mut context.out)?;
    if has_more {
        context
            .out
            .say(&format!("The latest {limit} only; --limit N shows more."));
    }
    Ok(())
}

fn cells(change: &Change, what: String, lists: &Lists, context: &Context) -> [String; 5] {
    let there = context.zone.at(change.at.utc());
    [
        change.rev.to_string(),
        there.format("%Y-%m-%d %H:%M").to_string(),
        by::who(change, lists),
        what,
        change.client.clone(),
    ]
}

/// `edited: Amount 48.90 -> 52.10, Category Food -> Travel`
fn with_fields(change: &Change, lists: &Lists, context: &Context) -> String {
    let row = change.rows.first();
    let lines = row.map_or_else(Vec::new, |row| logged::lines(row, lists, &context.dates));
    let shown = |value: String| {
        if value.is_empty() {
            "(none)".to_owned()
        } else {
            value
        }
    };
    let fields: Vec<String> = lines
        .into_iter()
        .map(|line| match line.before.as_str() {
            "" => format!("{} {}", line.name, shown(line.after)),
            before => format!("{} {before} -> {}", line.name, shown(line.after)),
        })
        .collect();
    let verb = logged::of_row(change);
    if fields.is_empty() {
        verb
    } else {
        format!("{verb}: {}", fields.join(", "))
    }
}

/// The names that stand for ids.
async fn lists(context: &Context) -> Result<Lists, Failure> {
    let api = &context.api;
    let (ledger, categories, accounts) =
        tokio::try_join!(api.get_ledger(), api.every_category(), api.every_account())?;
    // Who may not see the members sees user names.
    let members = Members::new(api.every_member().await.unwrap_or_default());
    let (payees, tags) = (Vec::new(), Vec::new());
    Ok(Lists::new(
        ledger,
        categories,
        accounts,
        payees,
        tags,
        members,
        &[],
    ))
}
