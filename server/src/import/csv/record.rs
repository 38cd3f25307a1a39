//! Text to records: quotes, line ends, the delimiter. What the cells mean is not known here.

use super::super::{MAX_ROW_CHARS, MAX_ROWS, refuse, too_many};
use crate::error::Result;
use std::collections::BTreeMap;

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

/// The records of a text, blank ones left out.
pub fn records(text: &str) -> Result<Vec<Record<'_>>> {
    let (records, open) = split(text, delimiter(text), MAX_ROWS + MAX_PREAMBLE);
    if let Some(line) = open {
        let detail = format!(
            "The quote that opens on line {line} is not closed; double a quote that belongs to the text"
        );
        return Err(refuse("", "open-quote", detail));
    }
    if records.len() >= MAX_ROWS + MAX_PREAMBLE {
        return Err(too_many());
    }
    if records.iter().all(|record| record.cells.len() < 2) {
        return Err(refuse(
            "",
            "one-column",
            "The file has one column; cells are parted by comma, semicolon, tab or |",
        ));
    }
    Ok(records)
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
        for record in split(head, delimiter, 2 * MAX_PREAMBLE).0 {
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

/// Cuts a text into at most `most` records; also the line of a quote that never closes.
fn split(text: &str, delimiter: char, most: usize) -> (Vec<Record<'_>>, Option<u32>) {
    let mut cutter = Cutter {
        text,
        start: 0,
        line: 1,
        began: 1,
        cells: Vec::new(),
        cell: String::new(),
        records: Vec::new(),
    };
    let mut opened = None;
    let mut was_quoted = false;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        if c == '\n' || (c == '\r' && next != Some('\n')) {
            cutter.line += 1;
        }
        match c {
            '"' if opened.is_some() && next == Some('"') => {
                chars.next();
                cutter.cell.push('"');
            }
            '"' if opened.is_some() => opened = None,
            '\r' if opened.is_some() && next == Some('\n') => {}
            _ if opened.is_some() => cutter.cell.push(c),
            '"' if !was_quoted && cutter.cell.trim().is_empty() => {
                opened = Some(cutter.line);
                was_quoted = true;
                cutter.cell.clear();
            }
            '\r' if next == Some('\n') => {}
            '\r' | '\n' => {
                was_quoted = false;
                cutter.end_cell();
                cutter.end_record(at, at + c.len_utf8());
                if cutter.records.len() >= most {
                    return (cutter.records, None);
                }
            }
            _ if c == delimiter => {
                was_quoted = false;
                cutter.end_cell();
            }
            _ => cutter.cell.push(c),
        }
    }
    cutter.end_cell();
    cutter.end_record(text.len(), text.len());
    (cutter.records, opened)
}

struct Cutter<'a> {
    text: &'a str,
    start: usize,
    line: u32,
    began: u32,
    cells: Vec<String>,
    cell: String,
    records: Vec<Record<'a>>,
}

impl Cutter<'_> {
    fn end_cell(&mut self) {
        let cell = std::mem::take(&mut self.cell);
        if self.cells.len() < MAX_CELLS {
            self.cells.push(cell);
        }
    }

    fn end_record(&mut self, end: usize, next: usize) {
        let cells = std::mem::take(&mut self.cells);
        let raw = self
            .text
            .get(self.start..end)
            .unwrap_or_default()
            .trim_end_matches('\r');
        if cells.iter().any(|cell| !cell.trim().is_empty()) {
            self.records.push(Record {
                line: self.began,
                raw,
                cells,
            });
        }
        self.start = next;
        self.began = self.line;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(split(&",".repeat(1_000_000), ',', 5).0, []);
    }
}
