//! Numbers as people write them. One separator followed by one or two digits is the decimal sign in every locale;
//! `1,234` can be meant in two ways and stays so. Shared by the entry line and the filter line.

use crate::currency::Currency;
use rust_decimal::Decimal;

/// A number as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    /// One meaning, written with that many decimals.
    Clear(Decimal, u32),
    /// `1,234`: a thousand or one and a bit.
    Either {
        /// The separator stands between thousands.
        grouped: Decimal,
        /// The separator is the decimal sign, with three digits after it.
        decimal: Decimal,
        /// It is a point, which is how amounts are printed.
        is_point: bool,
    },
}

impl Number {
    /// The number where only amounts of a currency can be meant: without decimals `1.234` is a thousand, and with three
    /// it is what the currency's amounts look like when they are printed.
    pub(crate) fn in_currency(self, currency: Currency) -> Self {
        match (self, currency.digits()) {
            (Self::Either { grouped, .. }, 0) => Self::Clear(grouped, 0),
            (
                Self::Either {
                    decimal,
                    is_point: true,
                    ..
                },
                3,
            ) => Self::Clear(decimal, 3),
            (number, _) => number,
        }
    }
}

/// Why it is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberFault {
    TwoPoints,
    Grouping,
    Malformed,
    TooLong,
}

/// Whether a character may stand in a number.
pub(crate) fn is_number_char(c: char) -> bool {
    c.is_ascii_digit() || is_separator(c)
}

fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | '\'' | '\u{2019}')
}

/// Reads a text of digits and separators.
pub(crate) fn read_number(text: &str) -> Result<Number, NumberFault> {
    let text = text.replace('\u{2019}', "'");
    let digits_only = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !text.contains(|c: char| c.is_ascii_digit()) || !text.chars().all(is_number_char) {
        return Err(NumberFault::Malformed);
    }
    // A separator at the end belongs to the sentence: `12, lunch`.
    let text = match text.strip_suffix(['.', ',']) {
        Some(rest) if digits_only(rest) => rest,
        Some(_) => return Err(NumberFault::Malformed),
        None => &text,
    };
    let Some(last) = text.rfind(is_separator) else {
        return clear(text, "");
    };
    let (head, tail) = (
        text.get(..last).unwrap_or_default(),
        text.get(last + 1..).unwrap_or_default(),
    );
    let sign = text.get(last..=last).unwrap_or_default();
    if tail.is_empty() {
        return Err(NumberFault::Malformed);
    }
    if head.contains(sign) || sign == "'" {
        return grouped(text, sign);
    }
    if let Some(other) = head.matches(is_separator).next() {
        grouped(head, other).map_err(|_| NumberFault::Grouping)?;
        return clear(&plain(head), tail);
    }
    if tail.len() == 3 && (1..=3).contains(&head.len()) && !head.starts_with('0') {
        return Ok(Number::Either {
            grouped: decimal(&format!("{head}{tail}"))?,
            decimal: decimal(&format!("{head}.{tail}"))?,
            is_point: sign == ".",
        });
    }
    clear(head, tail)
}

/// Thousands, also in the Indian manner (`12,34,567`), with one kind of separator.
fn grouped(text: &str, separator: &str) -> Result<Number, NumberFault> {
    let groups: Vec<&str> = text.split(separator).collect();
    let [first, middle @ .., last] = groups.as_slice() else {
        return Err(NumberFault::Grouping);
    };
    let is_west = (1..=3).contains(&first.len()) && middle.iter().all(|group| group.len() == 3);
    let is_indian = (1..=2).contains(&first.len()) && middle.iter().all(|group| group.len() == 2);
    let is_clean = !text.chars().any(|c| is_separator(c) && !separator.contains(c));
    if last.len() == 3 && is_clean && (is_west || is_indian) {
        return clear(&plain(text), "");
    }
    Err(if separator == "." || separator == "," {
        NumberFault::TwoPoints
    } else {
        NumberFault::Grouping
    })
}

fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn clear(whole: &str, decimals: &str) -> Result<Number, NumberFault> {
    let whole = if whole.is_empty() { "0" } else { whole };
    let count = u32::try_from(decimals.len()).map_err(|_| NumberFault::TooLong)?;
    let text = if decimals.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{decimals}")
    };
    Ok(Number::Clear(decimal(&text)?, count))
}

/// Exactly that number; a text with more digits than a decimal holds is refused, not rounded.
fn decimal(text: &str) -> Result<Decimal, NumberFault> {
    Decimal::from_str_exact(text).map_err(|_| NumberFault::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match read_number(text) {
            Ok(Number::Clear(value, count)) => format!("{value} ({count})"),
            Ok(Number::Either { grouped, decimal, .. }) => format!("{grouped} or {decimal}"),
            Err(fault) => format!("{fault:?}"),
        }
    }

    #[test]
    fn numbers_are_read_as_every_locale_writes_them() {
        for (text, expected) in [
            ("12", "12 (0)"),
            ("12.50", "12.50 (2)"),
            ("12,50", "12.50 (2)"),
            ("12,5", "12.5 (1)"),
            (".5", "0.5 (1)"),
            (",50", "0.50 (2)"),
            ("12.", "12 (0)"),
            ("12,", "12 (0)"),
            ("1,234.50", "1234.50 (2)"),
            ("1.234,50", "1234.50 (2)"),
            ("1'234.50", "1234.50 (2)"),
            ("1\u{2019}234", "1234 (0)"),
            ("1.234.567", "1234567 (0)"),
            ("1,234,567.8", "1234567.8 (1)"),
            ("12,34,567", "1234567 (0)"),
            ("1,00,000.50", "100000.50 (2)"),
            ("1,234", "1234 or 1.234"),
            ("123.456", "123456 or 123.456"),
            ("0,123", "0.123 (3)"),
            ("1234,567", "1234.567 (3)"),
            ("1.2345", "1.2345 (4)"),
            ("12.5.0", "TwoPoints"),
            ("1,23,45", "TwoPoints"),
            ("1.234.56", "TwoPoints"),
            ("1'23", "Grouping"),
            ("1,23.45", "Grouping"),
            ("1.234,5.6", "TwoPoints"),
            ("1,234'567.8", "Grouping"),
            ("1,234.", "Malformed"),
            ("..5", "TwoPoints"),
            (".", "Malformed"),
            ("", "Malformed"),
            ("99999999999999999999999999999999", "TooLong"),
            ("0.99999999999999999999999999999999", "TooLong"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
