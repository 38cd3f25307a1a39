//! `expense edit`, `delete` and `restore`: rows by their ids or the ends of them.

use super::book::{Book, ROW};
use super::filter::read_day;
use super::find::{self, Target};
use super::{Context, Failure, table::Table};
use crate::client::Key;
use api::expense::{Batch, BatchOperation, BatchVerb, Expense, ExpensePatch, Kind};
use api::patch::Patch;
use clap::Args;

/// Change fields of an expense, such as: edit 1f0d2c3b amount=12.50 category=Food note=
#[derive(Debug, Clone, Args)]
pub(super) struct Edit {
    /// Its id, or the end of it as `expense list` prints it
    #[arg(value_name = "ID")]
    row: String,
    /// date, amount, currency, kind, category, account, to-account, payee, paid-by, tags or note; nothing after = clears it
    #[arg(value_name = "FIELD=VALUE", required = true)]
    fields: Vec<String>,
    /// Make a category or account that is named but not there yet
    #[arg(long)]
    create_missing: bool,
}

pub(super) async fn edit(edit: &Edit, context: &mut Context) -> Result<(), Failure> {
    let mut patch = ExpensePatch {
        create_missing: edit.create_missing,
        ..ExpensePatch::default()
    };
    for field in &edit.fields {
        set(&mut patch, field, context)?;
    }
    let rows = find::rows(context, std::slice::from_ref(&edit.row), false).await?;
    let Some(Target { id, version }) = rows.first().copied() else {
        return Err(Failure::Data("No row is named".to_owned()));
    };
    let version = match version {
        Some(version) => version,
        None => context.api.get_expense(id).await?.version,
    };
    let saved = context
        .api
        .update_expense(id, version, &patch, Key::new())
        .await?;
    if context.json()? {
        return Ok(());
    }
    show(context, std::slice::from_ref(&saved)).await?;
    context.out.say("Saved.");
    Ok(())
}

pub(super) async fn delete(named: &[String], context: &mut Context) -> Result<(), Failure> {
    let rows = find::rows(context, named, false).await?;
    let deleted = all(context, &rows, BatchVerb::Delete).await?;
    if context.json()? {
        return Ok(());
    }
    show(context, &deleted).await?;
    context.out.say(&format!(
        "Deleted {}; `expense restore` brings back.",
        rows_words(deleted.len())
    ));
    Ok(())
}

pub(super) async fn restore(named: &[String], context: &mut Context) -> Result<(), Failure> {
    let rows = find::rows(context, named, true).await?;
    let restored = all(context, &rows, BatchVerb::Restore).await?;
    if context.json()? {
        return Ok(());
    }
    show(context, &restored).await?;
    context
        .out
        .say(&format!("Restored {}.", rows_words(restored.len())));
    Ok(())
}

fn rows_words(count: usize) -> String {
    if count == 1 {
        "1 row".to_owned()
    } else {
        format!("{count} rows")
    }
}

/// One change of all rows, or of none.
async fn all(context: &Context, rows: &[Target], op: BatchVerb) -> Result<Vec<Expense>, Failure> {
    let operation = |row: &Target| BatchOperation {
        op,
        id: Some(row.id),
        version: row.version,
        expense: None,
        patch: None,
    };
    let batch = Batch {
        operations: rows.iter().map(operation).collect(),
    };
    Ok(context.api.batch_expenses(&batch, Key::new()).await?.items)
}

async fn show(context: &mut Context, rows: &[Expense]) -> Result<(), Failure> {
    let book = Book::for_show(context).await;
    let mut table = Table::new(ROW);
    for row in rows {
        table.row(book.cells(row));
    }
    table.print(&mut context.out)
}

/// Puts `field=value` into the patch.
fn set(patch: &mut ExpensePatch, field: &str, context: &Context) -> Result<(), Failure> {
    let Some((name, value)) = field.split_once('=') else {
        return Err(Failure::Usage(format!(
            "{field:?} is no field=value - write it as note=lunch"
        )));
    };
    let value = value.trim();
    let wrong = |why: String| Failure::Usage(format!("{name}: {why}"));
    let text = match value {
        "" => Patch::Clear,
        value => Patch::Set(value.to_owned()),
    };
    match name.trim() {
        "date" => patch.date = Some(read_day(value, "date", context.today)?),
        // Any text is an amount until the server, which knows the currency, says what is wrong with it.
        "amount" => patch.amount = value.parse().ok(),
        "currency" => {
            let code = value.to_ascii_uppercase();
            patch.currency = Some(
                code.parse()
                    .map_err(|error: api::currency::CurrencyError| wrong(error.to_string()))?,
            );
        }
        "kind" => {
            let kind = Kind::from_word(&value.to_lowercase());
            patch.kind =
                Some(kind.ok_or_else(|| wrong("one of expense, refund, income, transfer".to_owned()))?);
        }
        "category" => patch.category = text,
        "account" => patch.account = text,
        "to-account" | "to_account" => patch.to_account = text,
        "payee" => patch.payee = text,
        "paid-by" | "paid_by" | "by" => {
            patch.paid_by = match value.parse() {
                Ok(member) if !value.is_empty() => Patch::Set(member),
                _ => Patch::Clear,
            };
        }
        "note" => patch.note = text,
        "tags" => {
            let tags = value
                .split(',')
                .map(|tag| tag.trim().trim_start_matches('+').to_owned());
            patch.tags = Some(tags.filter(|tag| !tag.is_empty()).collect());
        }
        other => {
            return Err(Failure::Usage(format!(
                "{other:?} is no field - the fields are date, amount, currency, kind, category, account, to-account, \
                 payee, paid-by, tags and note"
            )));
        }
    }
    Ok(())
}
