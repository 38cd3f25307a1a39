//! Records to rows, in two passes over the text: first what every cell could mean, then, with what the whole file shows
//! (the order of its days, its decimal sign, what its signs stand for), what each row means. No pass keeps its records.

use super::super::amount::{Figure, Writing, figure};
use super::super::day::{self, Days, Order};
use super::super::{MAX_ROW_CHARS, MAX_ROWS, RawRow, ReadOptions, refuse, shown_cell, shown_row, too_many};
use super::columns::{Columns, Field};
use super::record::{Record, Sheet};
use crate::error::Result;
use api::currency::Currency;
use api::expense::{Kind, NewExpense};
use api::text::{clean_line, clean_note, fold};
use std::collections::BTreeMap;

/// Where the amount of a row stands, and with it what a plain number there means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Amount,
    Debit,
    Credit,
    /// The amount column, with a kind column beside it.
    Said(Kind),
}

/// A record's amount.
#[derive(Debug, Clone)]
struct Money {
    place: Place,
    figure: Figure,
}

/// The rows of the records below the header. What is wrong with the whole file is found before the first.
pub fn rows<'t>(
    sheet: &Sheet<'t>,
    columns: Columns,
    options: &'t ReadOptions,
) -> Result<impl Iterator<Item = RawRow> + use<'t>> {
    let kinds = Kinds::of(options.asked.kind_map.as_deref())?;
    let mut signs = Signs::default();
    let mut days = Days::default();
    let mut count = 0;
    for record in below(sheet, &columns) {
        count += 1;
        if count > MAX_ROWS {
            return Err(too_many());
        }
        let cell = columns.cell(&record, Field::Date);
        if let Some(day) = day::shape(cell) {
            days.see(record.line, cell, day);
        }
        if let Ok(money) = money(&record, &columns, &kinds, options.base) {
            signs.see(&money);
        }
    }
    if count == 0 {
        return Err(refuse("", "no-rows", "The file has no rows"));
    }
    let order = match options.asked.date_format.as_deref().and_then(Order::from_word) {
        Some(order) => order,
        None => days.order()?,
    };
    let records = below(sheet, &columns);
    let file = File {
        columns,
        kinds,
        options,
        order,
        signs,
    };
    Ok(records.map(move |record| file.row(&record)))
}

/// The records below the header, and below what looks like one.
fn below<'t>(sheet: &Sheet<'t>, columns: &Columns) -> impl Iterator<Item = Record<'t>> + use<'t> {
    let first = columns.header.map_or_else(
        || {
            let records = sheet.records();
            records.take_while(|record| is_heading(record, columns)).count()
        },
        |header| header + 1,
    );
    sheet.records().skip(first)
}

/// Without a header that was named: the records at the top whose day and amount hold no digit.
fn is_heading(record: &Record<'_>, columns: &Columns) -> bool {
    let has_digit = |field| columns.cell(record, field).contains(|c: char| c.is_ascii_digit());
    ![Field::Date, Field::Amount, Field::Debit, Field::Credit]
        .into_iter()
        .any(has_digit)
}

/// The amount of a record and where it stands.
fn money(record: &Record<'_>, columns: &Columns, kinds: &Kinds, base: Currency) -> Result<Money, String> {
    let read = |field| figure(columns.cell(record, field), base);
    let said = if columns.has(Field::Kind) {
        Some(kinds.read(columns.cell(record, Field::Kind)))
    } else {
        None
    };
    let (place, figure) = if columns.has(Field::Amount) {
        (Place::Amount, read(Field::Amount)?)
    } else {
        let nonzero = |figure: Option<Figure>| figure.filter(|figure| !figure.is_zero());
        let (debit, credit) = (read(Field::Debit)?, read(Field::Credit)?);
        let has_zero = debit.is_some() || credit.is_some();
        match (nonzero(debit), nonzero(credit)) {
            (Some(_), Some(_)) => return Err("It has both a debit and a credit".into()),
            (Some(debit), None) => (Place::Debit, Some(debit)),
            (None, Some(credit)) => (Place::Credit, Some(credit)),
            (None, None) if has_zero => return Err("The amount is 0".into()),
            (None, None) => (Place::Debit, None),
        }
    };
    let figure = figure.ok_or("It has no amount")?;
    let place = match said {
        Some(kind) => Place::Said(kind?),
        None => place,
    };
    Ok(Money { place, figure })
}

/// What the amounts of a file have in common.
#[derive(Debug, Default)]
struct Signs {
    writing: Writing,
    /// For each place, whether it has positive and whether it has negative amounts.
    by_place: BTreeMap<Place, (bool, bool)>,
}

impl Signs {
    fn see(&mut self, money: &Money) {
        self.writing.see(&money.figure);
        if !money.figure.is_zero() {
            let (has_positive, has_negative) = self.by_place.entry(money.place).or_default();
            *has_positive |= !money.figure.is_negative;
            *has_negative |= money.figure.is_negative;
        }
    }

    /// Without a kind a minus is money out and a plus money in; where nothing is negative, all of it is money out.
    /// Beside a kind, and in a debit or credit column, a sign says something only where there are both: then a
    /// minus takes back what the place says.
    fn kind(&self, money: &Money) -> Result<Kind, String> {
        let (has_positive, has_negative) = self.by_place.get(&money.place).copied().unwrap_or_default();
        let takes_back = money.figure.is_negative && has_positive;
        match money.place {
            Place::Amount if money.figure.is_negative || !has_negative => Ok(Kind::Expense),
            Place::Debit | Place::Said(Kind::Expense) if takes_back => Ok(Kind::Refund),
            Place::Debit => Ok(Kind::Expense),
            Place::Credit | Place::Said(Kind::Income) if takes_back => {
                Err("It is negative among positive income; write it as an expense".into())
            }
            Place::Amount | Place::Credit => Ok(Kind::Income),
            Place::Said(kind) => Ok(kind),
        }
    }
}

/// What the words of the kind column mean.
#[derive(Debug)]
struct Kinds(BTreeMap<String, Kind>);

impl Kinds {
    fn of(map: Option<&str>) -> Result<Self> {
        let mut kinds: BTreeMap<String, Kind> = Kind::ALL
            .into_iter()
            .map(|kind| (kind.as_str().to_owned(), kind))
            .collect();
        for pair in map
            .unwrap_or_default()
            .split(',')
            .filter(|pair| !pair.trim().is_empty())
        {
            let found = pair
                .rsplit_once('=')
                .and_then(|(word, kind)| Some((fold(word), Kind::from_word(&fold(kind))?)));
            let (word, kind) = found.ok_or_else(|| {
                let detail = format!(
                    "{:?} is not WORD=KIND; kinds are expense, refund, income, transfer",
                    shown_cell(pair)
                );
                refuse("/kind_map", "malformed", detail)
            })?;
            kinds.insert(word, kind);
        }
        Ok(Self(kinds))
    }

    fn read(&self, cell: &str) -> Result<Kind, String> {
        if cell.is_empty() {
            return Err("It has no kind".into());
        }
        self.0.get(&fold(cell)).copied().ok_or_else(|| {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            format!(
                "The kind {:?} is not known; kind_map says what words mean, and knows {}",
                shown_cell(cell),
                known.join(", ")
            )
        })
    }
}

/// Everything that the second pass needs to know about the file.
struct File<'t> {
    columns: Columns,
    kinds: Kinds,
    options: &'t ReadOptions,
    order: Order,
    signs: Signs,
}

impl File<'_> {
    fn row(&self, record: &Record<'_>) -> RawRow {
        RawRow {
            line: record.line,
            raw: shown_row(record.raw),
            draft: self.draft(record),
        }
    }

    fn draft(&self, record: &Record<'_>) -> Result<NewExpense, String> {
        if let Some(chars) = record.excess() {
            return Err(format!(
                "The row has {chars} characters, at most {MAX_ROW_CHARS} are read"
            ));
        }
        let cell = |field| self.columns.cell(record, field);
        let money = money(record, &self.columns, &self.kinds, self.options.base);
        let date = cell(Field::Date);
        if date.is_empty() && matches!(&money, Err(why) if why == "It has no amount") {
            return Err("It has neither a date nor an amount".into());
        }
        let shape = day::shape(date).ok_or_else(|| {
            if date.is_empty() {
                "It has no date".to_owned()
            } else {
                format!("{:?} is not a date", shown_cell(date))
            }
        })?;
        let date = day::day(shape, self.order)?;
        let money = money?;
        let named = match cell(Field::Currency) {
            "" => None,
            code => Some(
                Currency::parse(code)
                    .ok_or_else(|| format!("{:?} is not a currency code", shown_cell(code)))?,
            ),
        };
        let currency = named.or(money.figure.currency);
        let amount = money
            .figure
            .amount(currency.unwrap_or(self.options.base), self.signs.writing)?;
        let amount = amount.ok_or("The amount is 0")?;
        let kind = self.signs.kind(&money)?;
        let line = |field| Some(clean_line(cell(field))).filter(|text| !text.is_empty());
        let asked = &self.options.asked;
        let account = line(Field::Account).or_else(|| asked.account.as_deref().map(clean_line));
        let mut new = NewExpense::new(date, amount);
        new.currency = currency;
        new.kind = Some(kind);
        new.category = category(line(Field::Category), line(Field::Subcategory))?;
        new.account_id = asked.account_id.filter(|_| account.is_none());
        new.account = account;
        new.to_account = line(Field::ToAccount);
        new.payee = line(Field::Payee);
        new.tags = tags(cell(Field::Tags));
        new.note = Some(clean_note(&cell(Field::Note).replace('\t', " "))).filter(|note| !note.is_empty());
        new.external_id = line(Field::ExternalId);
        Ok(new)
    }
}

/// The category's path of at most two levels.
fn category(category: Option<String>, subcategory: Option<String>) -> Result<Option<String>, String> {
    match (category, subcategory) {
        (Some(parent), Some(child)) if parent.contains(':') => Err(format!(
            "Categories have two levels; {:?} and {:?} are more",
            shown_cell(&parent),
            shown_cell(&child)
        )),
        (Some(parent), Some(child)) => Ok(Some(format!("{parent}: {child}"))),
        (one, other) => Ok(one.or(other)),
    }
}

fn tags(cell: &str) -> Vec<String> {
    let names = cell
        .split([',', ';', '|'])
        .map(|tag| clean_line(tag.trim().trim_start_matches(['+', '#'])));
    let mut tags: Vec<String> = Vec::new();
    for name in names.filter(|name| !name.is_empty()) {
        if !tags.contains(&name) {
            tags.push(name);
        }
    }
    tags
}
