//! Readers of foreign files: bytes and options to rows, each understood or with the reason why not. One more format
//! is one more file and one more line in `READERS`. No database here: what the ledger knows is judged afterwards.

mod amount;
mod csv;
mod day;
mod text;

use crate::error::{AppError, Result};
use api::currency::Currency;
use api::expense::NewExpense;
use api::import::ImportOptions;
use api::problem::Code;
use api::text::is_bidi_control;

/// Most rows a file may have.
pub const MAX_ROWS: usize = 100_000;
/// Longest row, in characters.
pub const MAX_ROW_CHARS: usize = 10_000;
/// Characters of a row that are kept as it stood.
const MAX_RAW_CHARS: usize = 500;

/// What a reader is told besides the bytes.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// As the caller asked.
    pub asked: ImportOptions,
    /// The currency of rows that name none.
    pub base: Currency,
}

/// One row of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRow {
    /// The line it begins on, from 1.
    pub line: u32,
    /// As it stands in the file, shortened.
    pub raw: String,
    /// What it was understood as, names as they are written there, or why it cannot be.
    pub draft: Result<NewExpense, String>,
}

/// A way to read one sort of file.
trait Reader: Sync {
    /// Its name, as `format` tells it.
    fn format(&self) -> &'static str;

    /// True where the file looks like its sort.
    fn fits(&self, text: &str) -> bool;

    /// The rows, at least one; an error is about the whole file.
    fn open<'t>(&self, text: &'t str, options: &'t ReadOptions) -> Result<Rows<'t>>;
}

/// The rows of a file, each read when it is asked for.
type Rows<'t> = Box<dyn Iterator<Item = RawRow> + 't>;

/// In the order in which they are asked; the last one takes what no other knows.
const READERS: &[&dyn Reader] = &[&csv::Csv];

/// Some rows of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct SomeRows {
    /// The reader's name.
    pub format: &'static str,
    /// The rows, in order.
    pub rows: Vec<RawRow>,
}

/// Rows that are handed on together.
const ROWS_AT_ONCE: usize = 500;

/// Reads a file with the first reader that knows its sort, and hands its rows on, some at a time and in order, as long as
/// `take` says that more are wanted. An error is about the whole file; no row was handed on then.
pub fn read(bytes: &[u8], options: &ReadOptions, mut take: impl FnMut(SomeRows) -> bool) -> Result<()> {
    let text = text::decode(bytes, options.asked.encoding.as_deref())?;
    let Some(reader) = READERS.iter().find(|reader| reader.fits(&text)) else {
        return Err(refuse(
            "",
            "unknown-format",
            "No reader knows this sort of file; send CSV with a header line",
        ));
    };
    let format = reader.format();
    let mut all = reader.open(&text, options)?;
    loop {
        let rows: Vec<RawRow> = all.by_ref().take(ROWS_AT_ONCE).collect();
        if rows.is_empty() || !take(SomeRows { format, rows }) {
            return Ok(());
        }
    }
}

/// A refusal of the whole file, or of the option that `pointer` names.
fn refuse(pointer: &str, word: &str, detail: impl Into<String>) -> AppError {
    AppError::fault(Code::Unprocessable, pointer, word, detail)
}

fn too_many() -> AppError {
    refuse(
        "",
        "too-many-rows",
        format!("A file may have at most {MAX_ROWS} rows; split it"),
    )
}

/// A row as it is kept: shortened, and without anything that a terminal or a reader could stumble over.
fn shown_row(raw: &str) -> String {
    shown(raw, MAX_RAW_CHARS)
}

/// A cell as a reason names it.
fn shown_cell(cell: &str) -> String {
    shown(cell.trim(), 40)
}

fn shown(text: &str, most: usize) -> String {
    let plain = |c: char| {
        if (c.is_control() && c != '\n' && c != '\t') || is_bidi_control(c) {
            '\u{fffd}'
        } else {
            c
        }
    };
    let mut chars = text.chars();
    let mut shown: String = chars.by_ref().take(most).map(plain).collect();
    if chars.next().is_some() {
        shown.pop();
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_kept_short_and_harmless() {
        assert_eq!(
            shown_row("a\u{1b}[2Jb\u{202e}c\0"),
            "a\u{fffd}[2Jb\u{fffd}c\u{fffd}"
        );
        let long = "é".repeat(20_000);
        assert_eq!(shown_row(&long).chars().count(), MAX_RAW_CHARS);
        assert!(shown_row(&long).ends_with("é…"));
    }
}
