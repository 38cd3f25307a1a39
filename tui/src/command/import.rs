//! `expense import`: shows what each row of a file would become, then writes them all.

use super::failure::in_flags;
use super::{Context, Failure, under_way};
use crate::client::Key;
use crate::figures;
use api::import::{Import, ImportOptions, ImportState, Verdict};
use api::operation::Operation;
use clap::Args;
use std::path::PathBuf;

/// Faulty rows that are printed; the rest is counted.
const SHOWN: usize = 50;

/// Import a CSV file: every row gets a verdict first; rows that cannot be read stop the import
#[derive(Debug, Clone, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(super) struct ImportArgs {
    file: PathBuf,
    /// Which column is what: date=Date,amount=Amount,note=Note; left out, headers that say it themselves
    #[arg(long, value_name = "FIELD=COLUMN,...")]
    columns: Option<String>,
    /// The order of day, month and year in dates
    #[arg(long, value_name = "ORDER", value_parser = ["ymd", "dmy", "mdy"])]
    date_format: Option<String>,
    /// The file's encoding, such as windows-1251; left out, it is found by the bytes
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// What the words of the kind column mean: Expense=expense,Income=income,Transfer-Out=transfer
    #[arg(long, value_name = "WORD=KIND,...")]
    kind_map: Option<String>,
    /// The account of rows that name none
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Make categories and accounts that are named but not there yet
    #[arg(long)]
    create_missing: bool,
    /// Write the rows that can be read and leave the others out
    #[arg(long)]
    skip_invalid: bool,
    /// Write without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// Show the verdicts and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl ImportArgs {
    pub(super) fn is_write(&self) -> bool {
        !self.dry_run
    }
}

pub(super) async fn run(args: ImportArgs, context: &mut Context) -> Result<(), Failure> {
    let name = args.file.display();
    let file = tokio::fs::read(&args.file).await;
    let file = file.map_err(|error| Failure::Data(format!("{name} cannot be read: {error}")))?;
    let options = ImportOptions {
        file_name: args
            .file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned()),
        encoding: args.encoding.clone(),
        columns: args.columns.clone(),
        date_format: args.date_format.clone(),
        kind_map: args.kind_map.clone(),
        account: args.account.clone(),
        account_id: None,
        create_missing: args.create_missing.then_some(true),
    };
    let preview = context.api.create_import(&options, file, Key::new()).await?;
    let is_asked = !args.yes && !args.dry_run;
    // A script that reads JSON is no person at a terminal.
    let is_nobody_there = is_asked && (!context.out.is_interactive || context.out.is_json);
    if args.dry_run || is_nobody_there {
        context.json()?;
    }
    say_preview(context, &preview).await?;
    if preview.invalid_count > 0 && !args.skip_invalid {
        let count = figures::rows(preview.invalid_count);
        return Err(Failure::Data(format!(
            "Nothing was written: {count} cannot be read - mend them, or leave them out with --skip-invalid"
        )));
    }
    if args.dry_run {
        context.out.say("Nothing was written (--dry-run).");
        return Ok(());
    }
    if preview.new_count == 0 {
        return nothing_new(&preview, context);
    }
    if is_nobody_there {
        return Err(Failure::Usage(
            "Nothing was written: there is nobody to ask here - --yes writes it without asking".to_owned(),
        ));
    }
    if is_asked
        && !context
            .out
            .confirm(&format!("Write {}?", figures::rows(preview.new_count)))?
    {
        return Err(Failure::Failed("Nothing was written.".to_owned()));
    }
    let written = commit(context, &preview).await?;
    if !context.json()? {
        // Plain digits: scripts read this line.
        let count = written.written_count;
        let noun = if count == 1 { "row" } else { "rows" };
        context.out.line(&format!("{count} {noun} written"))?;
    }
    Ok(())
}

/// The file is in the book already, which is what was asked for; or there is nothing in it.
fn nothing_new(preview: &Import, context: &mut Context) -> Result<(), Failure> {
    if preview.duplicate_count == 0 {
        return Err(Failure::Data(
            "Nothing was written: no row can be read".to_owned(),
        ));
    }
    if !context.json()? {
        context
            .out
            .say("Nothing to write: every row is in the book already.");
    }
    Ok(())
}

/// Counts, names that would be made, and why each faulty row is one.
async fn say_preview(context: &mut Context, preview: &Import) -> Result<(), Failure> {
    let Import {
        row_count,
        new_count,
        duplicate_count,
        invalid_count,
        ..
    } = preview;
    context.out.say(&format!(
        "{}: {new_count} new, {duplicate_count} known already, {invalid_count} not readable",
        figures::rows(*row_count)
    ));
    if !preview.new_names.is_empty() {
        context
            .out
            .say(&format!("Will make: {}", preview.new_names.join(", ")));
    }
    if *invalid_count > 0 && !context.out.is_json {
        let rows = context.api.every_import_row(preview.id, Verdict::Invalid).await?;
        for row in rows.iter().take(SHOWN) {
            let reason = in_flags(row.reason.as_deref().unwrap_or("cannot be read"));
            context
                .out
                .line(&format!("line {}: {reason}: {}", row.line, row.raw))?;
        }
        if rows.len() > SHOWN {
            context.out.say(&format!("and {} more", rows.len() - SHOWN));
        }
    }
    Ok(())
}

/// Writes the rows, and waits for a large file until all are.
async fn commit(context: &mut Context, preview: &Import) -> Result<Import, Failure> {
    context.again = Some(
        "Whether it was written is not known; import the file again: rows with an external id are written once, and \
          `expense log` tells of the others."
            .to_owned(),
    );
    let work = context.api.commit_import(preview.id, Key::new());
    let is_it = |operation: &Operation| operation.kind == "commit_import";
    let mut import = under_way::told(context, is_it, work).await?;
    if let (Some(id), ImportState::Committing) = (import.operation_id, import.state) {
        context.unfinished = Some(format!(
            "{} of {} are written, and the rest goes on; `expense log` shows them.",
            import.written_count,
            figures::rows(import.new_count)
        ));
        under_way::finished(context, id).await?;
        import = context.api.get_import(import.id).await?;
    }
    context.unfinished = None;
    if import.state == ImportState::Undone {
        Err(Failure::Failed(
            "The import was written, and undone by somebody meanwhile".to_owned(),
        ))
    } else {
        Ok(import)
    }
}
