//! Which column is what: as the caller says, by header or number, or by headers that say it themselves; and where
//! the header stands. The words that headers say it with are in `words`.

mod words;

pub use words::Field;

use self::words::{FIELDS, KIND_WHERE_MAPPED, name_of, plain};
use super::super::{refuse, shown_cell};
use super::record::{Record, Sheet};
use crate::error::{AppError, Result};
use crate::service::names::nearest;
use api::import::ImportOptions;
use api::problem::{Code, Fault, Faults};
use api::text::fold;
use std::collections::BTreeMap;

/// Where the fields are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Columns {
    /// The column of each field.
    pub index: BTreeMap<Field, usize>,
    /// The record that the header is; the rows follow it.
    pub header: Option<usize>,
}

impl Columns {
    /// The cell of a field in a record; empty where there is no such column.
    pub fn cell<'a>(&self, record: &'a Record<'_>, field: Field) -> &'a str {
        self.index.get(&field).map_or("", |index| record.cell(*index))
    }

    /// True where a column holds the field.
    pub fn has(&self, field: Field) -> bool {
        self.index.contains_key(&field)
    }

    /// Finds the columns of a file.
    pub fn find(options: &ImportOptions, sheet: &Sheet<'_>) -> Result<Self> {
        let columns = match options
            .columns
            .as_deref()
            .filter(|columns| !columns.trim().is_empty())
        {
            Some(asked) => Self::asked(asked, sheet)?,
            None => Self::known(options, &sheet.head)?,
        };
        let has_amount = [Field::Amount, Field::Debit, Field::Credit]
            .into_iter()
            .any(|field| columns.has(field));
        let mut faults = Faults::default();
        if !columns.has(Field::Date) {
            faults.add(
                "/columns",
                "no-date",
                "No column is the date; say date=HEADER or date=NUMBER",
            );
        }
        if !has_amount {
            faults.add(
                "/columns",
                "no-amount",
                "No column is the amount; say amount=HEADER, or debit= and credit=",
            );
        }
        if columns.has(Field::Amount)
            && (columns.has(Field::Debit) || columns.has(Field::Credit))
            && options.columns.is_some()
        {
            faults.add(
                "/columns",
                "not-both",
                "Give amount, or debit and credit, not both",
            );
        }
        if faults.is_empty() {
            Ok(columns)
        } else {
            Err(AppError::faults(Code::Unprocessable, faults))
        }
    }

    /// As the caller says.
    fn asked(asked: &str, sheet: &Sheet<'_>) -> Result<Self> {
        let mut faults = Faults::default();
        let wanted = wanted(asked, &mut faults);
        let named: Vec<(Field, &str)> = wanted
            .iter()
            .filter_map(|(field, column)| Some((*field, column.name()?)))
            .collect();
        let (head, widest) = (&sheet.head, sheet.widest);
        let hits = |record: &Record<'_>| {
            named
                .iter()
                .filter(|(_, name)| position(record, name).is_some())
                .count()
        };
        // Of equals the first: the header stands above what looks like it.
        let best = head
            .iter()
            .enumerate()
            .rev()
            .max_by_key(|(_, record)| hits(record))
            .filter(|(_, record)| hits(record) > 0);
        let mut columns = Self {
            index: BTreeMap::new(),
            header: best.map(|(at, _)| at),
        };
        let heading = best
            .map(|(_, record)| record)
            .or_else(|| head.iter().rev().max_by_key(|record| record.cells.len()));
        for (field, column) in wanted {
            let found = match &column {
                Column::Number(number) if (1..=widest).contains(number) => Some(number - 1),
                Column::Number(number) => {
                    faults.add(
                        "/columns",
                        "no-such-column",
                        format!("There is no column {number}; the file has {widest}"),
                    );
                    None
                }
                Column::Name(name) => {
                    let found = best.and_then(|(_, record)| position(record, name));
                    if found.is_none() {
                        faults.add_with(|| no_such_column(name, heading));
                    }
                    found
                }
            };
            if let Some(found) = found
                && columns.index.insert(field, found).is_some()
            {
                faults.add("/columns", "twice", format!("{} is named twice", name_of(field)));
            }
        }
        if faults.is_empty() {
            Ok(columns)
        } else {
            Err(AppError::faults(Code::Unprocessable, faults))
        }
    }

    /// As the headers say themselves.
    fn known(options: &ImportOptions, head: &[Record<'_>]) -> Result<Self> {
        let maps_kinds = options.kind_map.is_some();
        let found = head.iter().enumerate().find_map(|(at, record)| {
            let index = known_in(record, maps_kinds);
            let has = |field| index.contains_key(&field);
            let is_header =
                has(Field::Date) && (has(Field::Amount) || has(Field::Debit) || has(Field::Credit));
            is_header.then_some(Self {
                index,
                header: Some(at),
            })
        });
        found.ok_or_else(|| {
            let widest = head.iter().rev().max_by_key(|record| record.cells.len());
            refuse(
                "/columns",
                "no-header",
                format!(
                    "No header says which column is the date and which the amount; say columns=date=1,amount=2. A row has: {}",
                    heading_words(widest)
                ),
            )
        })
    }
}

fn known_in(record: &Record<'_>, maps_kinds: bool) -> BTreeMap<Field, usize> {
    let headers: Vec<String> = record.cells.iter().map(|cell| plain(cell)).collect();
    let mut index = BTreeMap::new();
    for (field, _, words) in FIELDS {
        let more = if *field == Field::Kind && maps_kinds {
            KIND_WHERE_MAPPED
        } else {
            &[]
        };
        let found = words
            .iter()
            .chain(more)
            .find_map(|word| headers.iter().position(|header| header == word));
        if let Some(found) = found {
            index.insert(*field, found);
        }
    }
    // An amount beside debit and credit is their balance or their sum.
    if index.contains_key(&Field::Debit) && index.contains_key(&Field::Credit) {
        index.remove(&Field::Amount);
    }
    index
}

fn position(record: &Record<'_>, name: &str) -> Option<usize> {
    let folded = fold(name);
    record.cells.iter().position(|cell| fold(cell) == folded)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Number(usize),
    Name(String),
}

impl Column {
    fn name(&self) -> Option<&str> {
        match self {
            Self::Number(_) => None,
            Self::Name(name) => Some(name),
        }
    }
}

/// Reads `date=Date,amount=3`. What has no `=` belongs to the header before it, whose name holds a comma.
fn wanted(asked: &str, faults: &mut Faults) -> Vec<(Field, Column)> {
    let mut parts: Vec<String> = Vec::new();
    for part in asked.split(',') {
        match parts.last_mut() {
            Some(last) if !part.contains('=') => {
                last.push(',');
                last.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    let mut wanted = Vec::new();
    for part in parts {
        let (name, column) = part.split_once('=').unwrap_or((&part, ""));
        let (name, column) = (fold(name), column.trim());
        match FIELDS.iter().find(|(_, word, _)| *word == name) {
            Some(_) if column.is_empty() => {
                faults.add(
                    "/columns",
                    "malformed",
                    format!("{name} names no column; say {name}=HEADER or {name}=NUMBER"),
                );
            }
            Some((field, _, _)) => {
                let column = column
                    .parse()
                    .map_or_else(|_| Column::Name(column.to_owned()), Column::Number);
                wanted.push((*field, column));
            }
            None => {
                let words = || FIELDS.iter().map(|(_, word, _)| (*word).to_owned());
                faults.add_with(|| Fault {
                    pointer: "/columns".into(),
                    code: "unknown-field".into(),
                    detail: format!(
                        "There is no field {:?}; fields are {}",
                        shown_cell(&name),
                        words().collect::<Vec<_>>().join(", ")
                    ),
                    candidates: nearest(&name, words()),
                });
            }
        }
    }
    wanted
}

fn no_such_column(name: &str, heading: Option<&Record<'_>>) -> Fault {
    let names = heading
        .into_iter()
        .flat_map(|record| record.cells.iter().map(|cell| shown_cell(cell)));
    Fault {
        pointer: "/columns".into(),
        code: "no-such-column".into(),
        detail: format!(
            "There is no column {:?}; the file has {}",
            shown_cell(name),
            heading_words(heading)
        ),
        candidates: nearest(name, names.filter(|name| !name.is_empty())),
    }
}

fn heading_words(record: Option<&Record<'_>>) -> String {
    let cells: Vec<String> = record
        .into_iter()
        .flat_map(|record| record.cells.iter().map(|cell| shown_cell(cell)))
        .collect();
    cells.join(" | ").chars().take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(columns: Option<&str>, text: &str) -> Result<Columns> {
        let options = ImportOptions {
            columns: columns.map(str::to_owned),
            ..Default::default()
        };
        Columns::find(&options, &Sheet::of(text).unwrap())
    }

    fn index(columns: &Columns) -> Vec<(&'static str, usize)> {
        columns
            .index
            .iter()
            .map(|(field, at)| (name_of(*field), *at))
            .collect()
    }

    #[test]
    fn headers_that_say_it_themselves_need_no_mapping_even_below_a_preamble() {
        let found = find(None, "Account details for:,x\n\"Balance\",\"6,66\"\nTransaction date,Value date,Description,Withdrawals (SGD),Deposits (SGD)\n1,2,3,4,5\n").unwrap();
        assert_eq!(found.header, Some(2));
        assert_eq!(
            index(&found),
            [("date", 0), ("note", 2), ("debit", 3), ("credit", 4)]
        );
        let found = find(None, "Datum;Währung;Soll;Haben\n1;2;3;4\n").unwrap();
        assert_eq!(
            index(&found),
            [("date", 0), ("currency", 1), ("debit", 2), ("credit", 3)]
        );
    }

    #[test]
    fn columns_are_named_by_header_in_any_case_or_by_number() {
        let text = "Date,Mode,\"Amount, net\"\n1,2,3\n";
        let found = find(Some("date=DATE,amount=Amount, net,account=2"), text).unwrap();
        assert_eq!(index(&found), [("date", 0), ("amount", 2), ("account", 1)]);
        assert_eq!(found.header, Some(0));
        let found = find(Some("date=1,amount=3"), text).unwrap();
        assert_eq!((found.header, found.index.len()), (None, 2));
    }

    #[test]
    fn every_wrong_name_is_told_at_once_with_what_there_is() {
        let Err(AppError::Refused(refusal)) =
            find(Some("date=Dat,amount=9,colour=x,note="), "Date,Amount\n1,2\n")
        else {
            panic!("it must be refused");
        };
        let codes: Vec<&str> = refusal
            .faults
            .told()
            .iter()
            .map(|fault| fault.code.as_str())
            .collect();
        assert_eq!(
            codes,
            ["unknown-field", "malformed", "no-such-column", "no-such-column"]
        );
        assert_eq!(refusal.faults.told()[2].candidates, ["Date"]);
        for (columns, text) in [
            (Some("date=Date"), "Date,Amount\n"),
            (Some("amount=Amount"), "Date,Amount\n"),
            (Some("date=1,amount=2,debit=2"), "Date,Amount\n"),
            (Some("date=1,date=2,amount=2"), "Date,Amount\n"),
            (None, "1.1.2020;5\n"),
        ] {
            assert!(find(columns, text).is_err(), "{columns:?}");
        }
    }
}
