//! Text to records: quotes, line ends, the delimiter. What the cells mean is not known here.

use super::super::{MAX_ROW_CHARS, MAX_ROWS, refuse, too_many};
use crate::error::Result;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::CharIndices;

/// What may stand between two cells, the more likely ones first.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// Cells of a record that are looked at.
const MAX_CELLS: usize = 256;
/// Records before the rows that a file may have: a heading, a summary.
pub const MAX_PREAMBLE: usize = 50;

/// A record that is not blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// The line it begins on, from 1.
    pub line: u32,
    /// As it stands in the file.
    pub raw: &'a str,
    /// Its cells, without their quotes.
    pub cells: Vec<String>,
}

impl Record<'_> {
    /// A cell, trimmed; empty where the record is shorter.
    pub fn cell(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", |cell| cell.trim())
    }

    /// Its length, where that is too much for a row.
    pub fn excess(&self) -> Option<usize> {
        if self.raw.len() <= MAX_ROW_CHARS {
            return None;
        }
        Some(self.raw.chars().count()).filter(|chars| *chars > MAX_ROW_CHARS)
    }
}

/// A text whose records are good to be read. They are cut anew each time they are asked for: kept, they would take several
/// times as much as the text.
#[derive(Debug)]
pub struct Sheet<'t> {
    text: &'t str,
    delimiter: char,
    /// Its first records, among which a header can stand.
    pub head: Vec<Record<'t>>,
    /// The most cells that a record has.
    pub widest: usize,
}

impl<'t> Sheet<'t> {
    /// Finds the delimiter, and whether the text can be cut with it.
    pub fn of(text: &'t str) -> Result<Self> {
        let mut sheet = Self {
            text,
            delimiter: delimiter(text),
            head: Vec::new(),
            widest: 0,
        };
        let mut count = 0;
        let mut records = sheet.records();
        for record in records.by_ref() {
            count += 1;
            if count >= MAX_ROWS + MAX_PREAMBLE {
                return Err(too_many());
            }
            sheet.widest = sheet.widest.max(record.cells.len());
            if sheet.head.len() < MAX_PREAMBLE {
                sheet.head.push(record);
            }
        }
        if let Some(line) = records.opened {
            let detail = format!(
                "The quote that opens on line {line} is not closed; double a quote that belongs to the text"
            );
            return Err(refuse("", "open-quote", detail));
        }
        if sheet.widest < 2 {
            return Err(refuse(
                "",
                "one-column",
                "The file has one column; cells are parted by comma, semicolon, tab or |",
            ));
        }
        Ok(sheet)
    }

    /// Its records, blank ones left out.
    pub fn records(&self) -> Cutter<'t> {
        Cutter::new(self.text, self.delimiter)
    }
}

/// The delimiter that cuts most of the first records into equally many cells; of several, the one that cuts finest.
fn delimiter(text: &str) -> char {
    let head = text
        .char_indices()
        .filter(|(_, c)| *c == '\n')
        .nth(2 * MAX_PREAMBLE)
        .map_or(text.len(), |(at, _)| at);
    let head = text.get(..head.min(256 * 1024)).unwrap_or(text);
    let score = |delimiter: char| {
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        for record in Cutter::new(head, delimiter).take(2 * MAX_PREAMBLE) {
            if record.cells.len() > 1 {
                *widths.entry(record.cells.len()).or_default() += 1;
            }
        }
        widths
            .into_iter()
            .map(|(width, count)| (count, width))
            .max()
            .unwrap_or_default()
    };
    let mut best = (',', (0, 0));
    for delimiter in DELIMITERS {
        let score = score(delimiter);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

/// Cuts a text into records, one after the other.
#[derive(Debug)]
pub struct Cutter<'t> {
    text: &'t str,
    delimiter: char,
    chars: Peekable<CharIndices<'t>>,
    start: usize,
    line: u32,
    began: u32,
    cells: Vec<String>,
    cell: String,
    /// The line of the quote that is open; at the end, of one that never closes.
    opened: Option<u32>,
    was_quoted: bool,
    is_done: bool,
}

impl<'t> Cutter<'t> {
    fn new(text: &'t str, delimiter: char) -> Self {
        Self {
            text,
            delimiter,
            chars: text.char_indices().peekable(),
            start: 0,
            line: 1,
            began: 1,
            cells: Vec::new(),
            cell: String::new(),
            opened: None,
            was_quoted: false,
            is_done: false,
        }
    }

    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        if self.cells.len() < MAX_CELLS {
            self.cells.push(cell);
        }
    }

    /// The record that ends here, unless it is blank.
    fn end_record(&mut self, end: usize, next: usize) -> Option<Record<'t>> {
        let cells = std::mem::take(&mut self.cells);
        let text: &'t str = self.text;
        let raw = text
            .get(self.start..end)
            .unwrap_or_default()
            .trim_end_matches('\r');
        let line = self.began;
        self.start = next;
        self.began = self.line;
        let has_text = cells.iter().any(|cell| !cell.trim().is_empty());
        has_text.then_some(Record { line, raw, cells })
    }
}

impl<'t> Iterator for Cutter<'t> {
    type Item = Record<'t>;

    fn next(&mut self) -> Option<Record<'t>> {
        while let Some((at, c)) = self.chars.next() {
            let next = self.chars.peek().map(|(_, c)| *c);
            if c == '\n' || (c == '\r' && next != Some('\n')) {
                self.line += 1;
            }
            match c {
                '"' if self.opened.is_some() && next == Some('"') => {
                    self.chars.next();
                    self.cell.push('"');
                }
                '"' if self.opened.is_some() => self.opened = None,
                '\r' if self.opened.is_some() && next == Some('\n') => {}
                _ if self.opened.is_some() => self.cell.push(c),
                '"' if !self.was_quoted && self.cell.trim().is_empty() => {
                    self.opened = Some(self.line);
                    self.was_quoted = true;
                    self.cell.clear();
                }
                '\r' if next == Some('\n') => {}
                '\r' | '\n' => {
                    self.was_quoted = false;
                    self.end_cell();
                    if let Some(record) = self.end_record(at, at + c.len_utf8()) {
                        return Some(record);
                    }
                }
                _ if c == self.delimiter => {
                    self.was_quoted = false;
                    self.end_cell();
                }
                _ => self.cell.push(c),
            }
        }
        if std::mem::replace(&mut self.is_done, true) {
            return None;
        }
        self.end_cell();
        self.end_record(self.text.len(), self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Result<Vec<Record<'_>>> {
        Ok(Sheet::of(text)?.records().collect())
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        records(text)
            .unwrap()
            .into_iter()
            .map(|record| record.cells)
            .collect()
    }

    #[test]
    fn quotes_hold_delimiters_line_ends_and_quotes() {
        assert_eq!(
            cells("a,\"b, \"\"c\"\"\"\r\n\r\n,,\n\"1\n2\", 12\" tube\n"),
            [vec!["a", "b, \"c\""], vec!["1\n2", " 12\" tube"]]
        );
        let lines: Vec<u32> = records("a,b\n\n\"1\n2\",x\r\nc,d")
            .unwrap()
            .iter()
            .map(|record| record.line)
            .collect();
        assert_eq!(lines, [1, 3, 5]);
    }

    #[test]
    fn the_delimiter_is_the_one_that_cuts_all_rows_alike() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", ','),
            ("x;y;1,50\nx;y;2,50\n", ';'),
            ("a\tb\n1,0\t2,0\n", '\t'),
            ("a|b|c\nd|e|f", '|'),
            ("Konto;Text, lang;Betrag\n1;a;1,00\n2;b;-1.001,00", ';'),
            ("Date,Note\n2020-01-01,\"a;b;c\"\n2020-01-02,x", ','),
        ] {
            assert_eq!(super::delimiter(text), delimiter, "{text}");
        }
    }

    #[test]
    fn a_quote_left_open_and_a_single_column_are_refused() {
        let error = records("a,b\nc,\"d\ne,f\n").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
        assert!(
            records("one\ntwo\n")
                .unwrap_err()
                .to_string()
                .contains("one column")
        );
    }

    #[test]
    fn no_file_makes_more_records_than_may_be() {
        let text = "a,b\n".repeat(MAX_ROWS + MAX_PREAMBLE + 5);
        assert!(records(&text).unwrap_err().to_string().contains("100000"));
        assert_eq!(Cutter::new(&",".repeat(1_000_000), ',').count(), 0);
    }
}
