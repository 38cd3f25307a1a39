//! The arithmetic of an amount: `12.5+3`, `3*4.20`, `(45/3)`. Exact decimals, no float, every step checked for overflow.

use super::Refusal;
use crate::currency::Currency;
use crate::entry::number::{Number, NumberFault, is_number_char, read_number};
use crate::money::AmountError;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Deepest brackets in a sum.
const MAX_DEPTH: u8 = 16;

/// A sum that was read: its value, and whether a number in it can be meant in two ways.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum {
    pub(super) value: Decimal,
    pub(super) is_either: bool,
}

impl Sum {
    pub(super) fn evaluate(
        text: &str,
        is_negated: bool,
        currency: Currency,
        is_grouped: bool,
    ) -> Result<Self, Refusal> {
        let mut reader = Reader {
            rest: text,
            currency,
            is_grouped,
            is_either: false,
            numbers: 0,
            excess: None,
        };
        let mut value = reader.sum(0, is_negated)?;
        if !reader.rest.is_empty() {
            return Err(not_an_amount());
        }
        if reader.numbers == 1
            && let Some(error) = reader.excess
        {
            return Err(error.into());
        }
        value.normalize_assign();
        Ok(Self {
            value,
            is_either: reader.is_either,
        })
    }
}

fn not_an_amount() -> Refusal {
    Refusal::new(
        "not-an-amount",
        "Not an amount - write 12.50 or a sum as 12.5+3, or put it in quotes if it is part of the payee",
    )
}

/// Reads a sum from left to right; multiplication and division bind closer.
struct Reader<'a> {
    rest: &'a str,
    currency: Currency,
    is_grouped: bool,
    is_either: bool,
    numbers: usize,
    /// A number with more decimals than the currency has; wrong only where it stands alone.
    excess: Option<AmountError>,
}

impl Reader<'_> {
    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let c = self.rest.chars().next().filter(|c| wanted.contains(c))?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
        Some(c)
    }

    fn too_large(&self) -> Refusal {
        AmountError::TooLarge {
            currency: self.currency,
        }
        .into()
    }

    fn sum(&mut self, depth: u8, is_negated: bool) -> Result<Decimal, Refusal> {
        let mut total = self.product(depth)?;
        if is_negated {
            total = -total;
        }
        while let Some(operator) = self.take(&['+', '-', '\u{2212}']) {
            let next = self.product(depth)?;
            let result = if operator == '+' {
                total.checked_add(next)
            } else {
                total.checked_sub(next)
            };
            total = result.ok_or_else(|| self.too_large())?;
        }
        Ok(total)
    }

    fn product(&mut self, depth: u8) -> Result<Decimal, Refusal> {
        let mut total = self.operand(depth)?;
        while let Some(operator) = self.take(&['*', '×', '/', '÷']) {
            let next = self.operand(depth)?;
            let is_division = matches!(operator, '/' | '÷');
            if is_division && next.is_zero() {
                return Err(Refusal::new(
                    "divided-by-zero",
                    "Nothing can be divided by zero - change the divisor",
                ));
            }
            let result = if is_division {
                total.checked_div(next)
            } else {
                total.checked_mul(next)
            };
            total = result.ok_or_else(|| self.too_large())?;
        }
        Ok(total)
    }

    fn operand(&mut self, depth: u8) -> Result<Decimal, Refusal> {
        if self.take(&['(']).is_some() {
            if depth >= MAX_DEPTH {
                return Err(Refusal::new(
                    "not-an-amount",
                    "Too many brackets - write the sum with fewer",
                ));
            }
            let is_negated = self.take(&['-', '\u{2212}']).is_some();
            let value = self.sum(depth + 1, is_negated)?;
            return if self.take(&[')']).is_some() {
                Ok(value)
            } else {
                Err(Refusal::new(
                    "not-an-amount",
                    "A bracket is not closed - write (45/3)",
                ))
            };
        }
        let len = self.rest.find(|c| !is_number_char(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(len);
        self.rest = rest;
        self.numbers += 1;
        self.number(number)
    }

    fn number(&mut self, text: &str) -> Result<Decimal, Refusal> {
        match read_number(text).map(|number| number.in_currency(self.currency)) {
            Ok(Number::Clear(value, decimals)) => {
                if decimals > u32::from(self.currency.digits()) {
                    let cut = value
                        .checked_mul(Decimal::from(self.currency.scale()))
                        .map(|v| v.trunc());
                    let below = cut.and_then(|cut| cut.to_i128()).unwrap_or_default();
                    self.excess = Some(AmountError::decimals(self.currency, below));
                }
                Ok(value)
            }
            Ok(Number::Either { grouped, decimal, .. }) => {
                self.is_either = true;
                Ok(if self.is_grouped { grouped } else { decimal })
            }
            Err(NumberFault::TwoPoints) => Err(AmountError::TwoPoints.into()),
            Err(NumberFault::Grouping) => Err(Refusal::new(
                "grouping",
                "The digits are grouped unevenly - write 1234.50 or 1,234.50",
            )),
            Err(NumberFault::TooLong) => Err(self.too_large()),
            Err(NumberFault::Malformed) => Err(not_an_amount()),
        }
    }
}
