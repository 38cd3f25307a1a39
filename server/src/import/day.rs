//! Days as files write them: the shapes, and the order of day, month and year that a whole file must agree on.

use super::{refuse, shown_cell};
use crate::error::Result;
use api::date::{Date, month_name};

/// The order of the three numbers of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// 2026-11-21.
    Ymd,
    /// 21.11.2026.
    Dmy,
    /// 11/21/2026.
    Mdy,
}

impl Order {
    /// The order of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "ymd" => Some(Self::Ymd),
            "dmy" => Some(Self::Dmy),
            "mdy" => Some(Self::Mdy),
            _ => None,
        }
    }
}

/// A cell that may be a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Says by itself what it means: the year first in four digits, or the month by name.
    Sure { year: u32, month: u32, day: u32 },
    /// Three numbers whose order the file decides.
    Three([u32; 3]),
}

/// How month names begin, folded; the longer ones first where one begins another.
const MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("ene", 1),
    ("gen", 1),
    ("feb", 2),
    ("fev", 2),
    ("mar", 3),
    ("mrz", 3),
    ("maer", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("may", 5),
    ("mai", 5),
    ("mag", 5),
    ("jun", 6),
    ("juin", 6),
    ("giu", 6),
    ("jul", 7),
    ("juil", 7),
    ("lug", 7),
    ("aug", 8),
    ("aou", 8),
    ("ago", 8),
    ("sep", 9),
    ("set", 9),
    ("oct", 10),
    ("okt", 10),
    ("ott", 10),
    ("out", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("dic", 12),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Number { value: u32, digits: usize },
    Month(u32),
}

/// What shape of day a cell has; `None` where it has none. A time behind it is left out.
pub fn shape(cell: &str) -> Option<Shape> {
    let cell = cell.trim().trim_start_matches('\'');
    if let Some(packed) = packed(cell) {
        return Some(packed);
    }
    let [a, b, c] = tokens(cell)?;
    match (a, b, c) {
        (
            Token::Number {
                value: year,
                digits: 4,
            },
            Token::Number {
                value: month,
                digits: 1 | 2,
            }
            | Token::Month(month),
            Token::Number {
                value: day,
                digits: 1 | 2,
            },
        ) => Some(Shape::Sure { year, month, day }),
        (
            Token::Number {
                value: day,
                digits: 1 | 2,
            },
            Token::Month(month),
            year @ Token::Number { digits: 2 | 4, .. },
        )
        | (
            Token::Month(month),
            Token::Number {
                value: day,
                digits: 1 | 2,
            },
            year @ Token::Number { digits: 2 | 4, .. },
        ) => Some(Shape::Sure {
            year: year.year()?,
            month,
            day,
        }),
        (
            Token::Number {
                value: a,
                digits: 1 | 2,
            },
            Token::Number {
                value: b,
                digits: 1 | 2,
            },
            Token::Number {
                value: c,
                digits: 1 | 2 | 4,
            },
        ) => Some(Shape::Three([a, b, c])),
        _ => None,
    }
}

impl Token {
    fn year(self) -> Option<u32> {
        match self {
            Self::Number { value, .. } => Some(full_year(value)),
            Self::Month(_) => None,
        }
    }
}

/// Two digits are a year of this century up to 69, of the last from 70.
fn full_year(year: u32) -> u32 {
    match year {
        0..=69 => 2000 + year,
        70..=99 => 1900 + year,
        _ => year,
    }
}

/// `20091224`, also with a time right behind it.
fn packed(cell: &str) -> Option<Shape> {
    let digits = cell.bytes().take_while(u8::is_ascii_digit).count();
    if !matches!(digits, 8 | 12 | 14) {
        return None;
    }
    let number = |from: usize, to: usize| cell.get(from..to)?.parse().ok();
    Some(Shape::Sure {
        year: number(0, 4)?,
        month: number(4, 6)?,
        day: number(6, 8)?,
    })
}

/// The three parts of a day; a weekday before them is left out.
fn tokens(cell: &str) -> Option<[Token; 3]> {
    let mut found = Vec::with_capacity(3);
    let mut rest = cell;
    while found.len() < 3 {
        rest = rest.trim_start_matches([' ', '.', '/', '-', ',', '\u{a0}']);
        let is_number = rest.starts_with(|c: char| c.is_ascii_digit());
        let end = if is_number {
            rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())
        } else {
            rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at_checked(end).filter(|(word, _)| !word.is_empty())?;
        rest = after;
        if is_number {
            found.push(Token::Number {
                value: word.parse().ok()?,
                digits: word.len(),
            });
        } else if let Some(month) = month(word) {
            found.push(Token::Month(month));
        } else if !found.is_empty() {
            return None;
        }
    }
    // Only a time may follow.
    let is_ended = rest.is_empty() || rest.starts_with([' ', 'T', ',', '\u{a0}']);
    if is_ended { found.try_into().ok() } else { None }
}

fn month(word: &str) -> Option<u32> {
    let folded = api::text::fold(word);
    MONTHS
        .iter()
        .find(|(start, _)| folded.starts_with(start))
        .map(|(_, month)| *month)
}

/// The day that a shape means in an order, or why it means none.
pub fn day(shape: Shape, order: Order) -> Result<Date, String> {
    let (year, month, day) = match (shape, order) {
        (Shape::Sure { year, month, day }, _) => (year, month, day),
        (Shape::Three([day, month, year]), Order::Dmy)
        | (Shape::Three([month, day, year]), Order::Mdy)
        | (Shape::Three([year, month, day]), Order::Ymd) => (full_year(year), month, day),
    };
    let year = i32::try_from(year).unwrap_or(i32::MAX);
    Date::from_ymd(year, month, day).map_err(|error| error.to_string())
}

/// What the days of a file show of their order: the first cell that speaks for each.
#[derive(Debug, Default)]
pub struct Days {
    only_dmy: Option<(u32, String)>,
    only_mdy: Option<(u32, String)>,
    differs: Option<(u32, String, Date, Date)>,
}

impl Days {
    /// Takes note of a cell of the date column.
    pub fn see(&mut self, line: u32, cell: &str, shape: Shape) {
        if !matches!(shape, Shape::Three(_)) {
            return;
        }
        let told = || (line, shown_cell(cell));
        match (day(shape, Order::Dmy), day(shape, Order::Mdy)) {
            (Ok(_), Err(_)) => _ = self.only_dmy.get_or_insert_with(told),
            (Err(_), Ok(_)) => _ = self.only_mdy.get_or_insert_with(told),
            (Ok(dmy), Ok(mdy)) if dmy != mdy => {
                self.differs
                    .get_or_insert_with(|| (line, shown_cell(cell), dmy, mdy));
            }
            _ => {}
        }
    }

    /// The order that all days of the file can be read in.
    pub fn order(self) -> Result<Order> {
        match (self.only_dmy, self.only_mdy, self.differs) {
            (None, None, Some((line, cell, dmy, mdy))) => Err(refuse(
                "/date_format",
                "ambiguous-dates",
                format!(
                    "The dates fit two orders: {cell:?} on line {line} is {} (dmy) or {} (mdy). Say date_format=dmy or date_format=mdy",
                    words(dmy),
                    words(mdy)
                ),
            )),
            (Some((line, cell)), Some((other, second)), _) => Err(refuse(
                "/date_format",
                "mixed-dates",
                format!(
                    "No order fits all dates: {cell:?} on line {line} has the day first, {second:?} on line {other} the month. Say date_format; \
                     rows that do not fit it are left out with a reason",
                ),
            )),
            (_, Some(_), _) => Ok(Order::Mdy),
            _ => Ok(Order::Dmy),
        }
    }
}

fn words(date: Date) -> String {
    format!("{} {} {}", date.day(), month_name(date.month()), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str, order: Order) -> String {
        shape(cell).map_or_else(
            || "no day".into(),
            |shape| day(shape, order).map_or_else(|why| why, |date| date.to_string()),
        )
    }

    #[test]
    fn every_shape_that_banks_write_is_read() {
        for (cell, order, date) in [
            ("2026-11-21", Order::Mdy, "2026-11-21"),
            ("2019-07-06 00:00:00", Order::Dmy, "2019-07-06"),
            ("2017-04-25T03:15:53", Order::Dmy, "2017-04-25"),
            ("2011/12/24", Order::Dmy, "2011-12-24"),
            ("20091224120000[0:GMT]", Order::Dmy, "2009-12-24"),
            ("20091224", Order::Dmy, "2009-12-24"),
            ("07 Nov 2013", Order::Mdy, "2013-11-07"),
            ("Nov 7, 2013", Order::Dmy, "2013-11-07"),
            ("Thu, 7-Nov-13", Order::Dmy, "2013-11-07"),
            ("21. März 2026", Order::Dmy, "2026-03-21"),
            ("3 juin 2020", Order::Dmy, "2020-06-03"),
            ("3 juillet 2020", Order::Dmy, "2020-07-03"),
            ("9/20/2018", Order::Mdy, "2018-09-20"),
            ("31.12.2013", Order::Dmy, "2013-12-31"),
            ("01/04/20", Order::Dmy, "2020-04-01"),
            ("20-04-01", Order::Ymd, "2020-04-01"),
            ("1/2/99", Order::Dmy, "1999-02-01"),
        ] {
            assert_eq!(read(cell, order), date, "{cell}");
        }
        for cell in [
            "",
            "Balance",
            "12:30:45",
            "1/2",
            "12345678901",
            "1/2/3/4",
            "100/1/2020",
            "Foo 7 2013",
            "-",
            "2020",
        ] {
            assert_eq!(read(cell, Order::Dmy), "no day", "{cell}");
        }
        assert!(read("2026-02-31", Order::Dmy).contains("28 days"));
        assert!(read("0025-01-01", Order::Dmy).contains("Out of range"));
    }

    fn order_of(cells: &[&str]) -> Result<Order> {
        let mut days = Days::default();
        for (cell, line) in cells.iter().zip(2..) {
            if let Some(shape) = shape(cell) {
                days.see(line, cell, shape);
            }
        }
        days.order()
    }

    #[test]
    fn one_row_settles_the_order_for_all() {
        assert_eq!(
            order_of(&["11/01/2014", "11/02/2014", "11/17/2014"]).unwrap(),
            Order::Mdy
        );
        assert_eq!(order_of(&["11/01/2014", "17/11/2014"]).unwrap(), Order::Dmy);
        assert_eq!(
            order_of(&["05/05/2020", "2020-01-02", "99/99/2020"]).unwrap(),
            Order::Dmy
        );
    }

    #[test]
    fn two_orders_that_fit_and_none_that_does_are_both_refused_with_what_they_mean() {
        let error = order_of(&["05/05/2020", "03/04/2020"]).unwrap_err().to_string();
        assert!(
            error.contains("3 Apr 2020 (dmy) or 4 Mar 2020 (mdy)") && error.contains("line 3"),
            "{error}"
        );
        let error = order_of(&["13/01/2020", "01/14/2020"]).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("line 3"), "{error}");
    }
}
