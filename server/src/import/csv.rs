//! Comma-separated values as spreadsheets, banks and other programs write them: the delimiter is found, the header
//! is found or told, columns are named by it or by number.

mod columns;
mod record;
mod rows;

use super::{MAX_ROWS, RawRow, ReadOptions, Reader, too_many};
use crate::error::Result;
use columns::Columns;

/// The reader.
pub struct Csv;

impl Reader for Csv {
    fn format(&self) -> &'static str {
        "csv"
    }

    fn fits(&self, _text: &str) -> bool {
        true
    }

    fn rows(&self, text: &str, options: &ReadOptions) -> Result<Vec<RawRow>> {
        let records = record::records(text)?;
        let columns = Columns::find(&options.asked, &records)?;
        let rows = rows::rows(&records, &columns, options)?;
        if rows.len() > MAX_ROWS {
            Err(too_many())
        } else {
            Ok(rows)
        }
    }
}

#[cfg(test)]
mod tests;
