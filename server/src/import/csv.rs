//! Comma-separated values as spreadsheets, banks and other programs write them: the delimiter is found, the header
//! is found or told, columns are named by it or by number.

mod columns;
mod record;
mod rows;

use super::{ReadOptions, Reader, Rows};
use crate::error::Result;
use columns::Columns;
use record::Sheet;

/// The reader.
pub struct Csv;

impl Reader for Csv {
    fn format(&self) -> &'static str {
        "csv"
    }

    fn fits(&self, _text: &str) -> bool {
        true
    }

    fn open<'t>(&self, text: &'t str, options: &'t ReadOptions) -> Result<Rows<'t>> {
        let sheet = Sheet::of(text)?;
        let columns = Columns::find(&options.asked, &sheet)?;
        Ok(Box::new(rows::rows(&sheet, columns, options)?))
    }
}

#[cfg(test)]
mod tests;
