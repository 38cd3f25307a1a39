//! The amount of a line: what looks like one, its sign and its currency, and what it comes to in minor units, rounded to
//! the currency's decimals, half away from zero, saying so. The arithmetic is in `amount/sum.rs`.

mod sum;

use super::number::is_number_char;
use crate::currency::Currency;
use crate::expense::Kind;
use crate::money::{AmountError, MAX_MINOR, Money, format_minor};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use sum::Sum;

/// Codes that are everyday words too: they stand for a currency only in capitals or as the ledger's own.
const EVERYDAY: [&str; 23] = [
    "all", "bad", "bam", "bob", "bop", "che", "cop", "cup", "dem", "eek", "gel", "mad", "mop", "nad", "nic",
    "pen", "rol", "ron", "sit", "sos", "sur", "top", "try",
];

/// The codes of every refusal of this file.
pub(super) const FAULT_CODES: [&str; 9] = [
    "two-decimal-points",
    "grouping",
    "not-an-amount",
    "amount-too-large",
    "too-many-decimals",
    "zero-amount",
    "negative-amount",
    "divided-by-zero",
    "exponent",
];

/// A piece that looks like an amount, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AmountText {
    /// `+` or `-` before it.
    pub(super) sign: Option<char>,
    /// The currency attached to it.
    pub(super) currency: Option<Currency>,
    /// What is left: the sum.
    body: String,
}

/// What an amount comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Worth {
    /// Minor units, positive; two when it can be meant in two ways.
    pub(super) readings: Vec<i64>,
    /// Refund for a negative one, income after `+`, else expense.
    pub(super) kind: Kind,
    /// The exact result, where it was rounded.
    pub(super) rounded_from: Option<String>,
}

/// Why a piece that looks like an amount is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) detail: String,
}

impl From<AmountError> for Refusal {
    fn from(error: AmountError) -> Self {
        Self {
            code: error.code(),
            detail: error.to_string(),
        }
    }
}

impl Refusal {
    fn new(code: &'static str, detail: &str) -> Self {
        Self {
            code,
            detail: detail.to_owned(),
        }
    }
}

/// Takes a piece apart when it looks like an amount: a digit, bracket or currency sign at the start, and nothing in it
/// but what sums are made of. A wrong sum looks like an amount too; a word with a digit in it does not.
pub(super) fn amount_text(piece: &str, base: Currency) -> Option<AmountText> {
    let (sign, rest) = take_sign(piece);
    let (before, rest) = take_leading_currency(rest, base);
    let (inner_sign, rest) = if sign.is_none() && before.is_some() {
        take_sign(rest)
    } else {
        (None, rest)
    };
    let (after, body) = take_trailing_currency(rest, base);
    let first = body.chars().next()?;
    let is_started = first.is_ascii_digit()
        || first == '('
        || (matches!(first, '.' | ',') && body.chars().nth(1).is_some_and(|c| c.is_ascii_digit()));
    let is_sum = body
        .chars()
        .all(|c| is_number_char(c) || is_operator(c) || matches!(c, '_' | '^'));
    let has_digit = body.contains(|c: char| c.is_ascii_digit());
    if !is_started || !has_digit || !(is_sum || is_exponent(body)) || (before.is_some() && after.is_some()) {
        return None;
    }
    Some(AmountText {
        sign: sign.or(inner_sign),
        currency: before.or(after),
        body: body.to_owned(),
    })
}

/// Reads an amount that a list is bounded by: no sign, no currency of its own, one meaning. In minor units.
pub(crate) fn amount_bound(text: &str, currency: Currency) -> Result<i64, (&'static str, String)> {
    let Some(amount) = amount_text(text, currency) else {
        return Err((
            "not-an-amount",
            "Not an amount - write it as >20 or <12.50".to_owned(),
        ));
    };
    if amount.sign.is_some() {
        return Err((
            AmountError::Signed.code(),
            "No sign here - write >20 and kind:refund or kind:income".to_owned(),
        ));
    }
    if amount.currency.is_some() {
        return Err((
            "currency-in-amount",
            "No currency here - write cur:usd beside it".to_owned(),
        ));
    }
    let worth = amount
        .worth(currency)
        .map_err(|refusal| (refusal.code, refusal.detail))?;
    match worth.readings.as_slice() {
        &[minor] => Ok(minor),
        readings => {
            let readings: Vec<_> = readings
                .iter()
                .map(|minor| format_minor(*minor, currency))
                .collect();
            Err((
                "ambiguous-amount",
                format!("Either {} - write the one you mean", readings.join(" or ")),
            ))
        }
    }
}

fn take_sign(text: &str) -> (Option<char>, &str) {
    match text.chars().next() {
        Some('+') => (Some('+'), text.get(1..).unwrap_or_default()),
        Some(c @ ('-' | '\u{2212}')) => (Some('-'), text.get(c.len_utf8()..).unwrap_or_default()),
        _ => (None, text),
    }
}

fn take_leading_currency(text: &str, base: Currency) -> (Option<Currency>, &str) {
    let len = text.chars().next().map_or(0, char::len_utf8);
    let (symbol, rest) = text.split_at(len);
    match Currency::from_symbol(symbol, base) {
        Some(currency) => (Some(currency), rest),
        None => (None, text),
    }
}

fn take_trailing_currency(text: &str, base: Currency) -> (Option<Currency>, &str) {
    let symbol = text.chars().next_back().map_or(0, char::len_utf8);
    [symbol, 3]
        .into_iter()
        .filter_map(|len| text.split_at_checked(text.len().checked_sub(len)?))
        .find_map(|(rest, word)| currency_word(word, base).map(|currency| (Some(currency), rest)))
        .unwrap_or((None, text))
}

/// The currency that a word or symbol beside a number stands for.
pub(super) fn currency_word(word: &str, base: Currency) -> Option<Currency> {
    if let Some(currency) = Currency::from_symbol(word, base) {
        return Some(currency);
    }
    let currency = Currency::parse(word)?;
    let is_everyday = EVERYDAY.contains(&word.to_lowercase().as_str()) && word != currency.code();
    (!is_everyday || currency == base).then_some(currency)
}

fn is_operator(c: char) -> bool {
    matches!(c, '+' | '-' | '\u{2212}' | '*' | '×' | '/' | '÷' | '(' | ')')
}

/// `1e5`, `1.5E-3`
fn is_exponent(body: &str) -> bool {
    let Some((mantissa, power)) = body.split_once(['e', 'E']) else {
        return false;
    };
    let power = power.strip_prefix(['+', '-']).unwrap_or(power);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa.chars().all(is_number_char)
        && is_digits(power)
}

impl AmountText {
    /// What it comes to in that currency, or why it cannot be saved.
    pub(super) fn worth(&self, currency: Currency) -> Result<Worth, Refusal> {
        if is_exponent(&self.body) {
            return Err(AmountError::Exponent.into());
        }
        let is_negated = self.sign == Some('-');
        let grouped = Sum::evaluate(&self.body, is_negated, currency, true)?;
        let mut readings = vec![grouped];
        if grouped.is_either {
            readings.push(Sum::evaluate(&self.body, is_negated, currency, false)?);
        }
        let mut worth = Worth {
            readings: Vec::new(),
            kind: Kind::Expense,
            rounded_from: None,
        };
        for reading in readings {
            let (minor, is_rounded) = to_minor(reading.value, currency)?;
            worth.kind = self.kind_of(minor)?;
            worth.readings.push(Money::new(minor.abs(), currency)?.minor());
            if is_rounded {
                worth.rounded_from = Some(reading.value.abs().round_dp(8).normalize().to_string());
            }
        }
        worth.readings.dedup();
        if worth.readings.len() > 1 {
            worth.rounded_from = None;
        }
        Ok(worth)
    }

    fn kind_of(&self, minor: i64) -> Result<Kind, Refusal> {
        match (self.sign, minor < 0) {
            (Some('-'), true) => Ok(Kind::Refund),
            (Some('+'), false) => Ok(Kind::Income),
            (_, false) => Ok(Kind::Expense),
            (_, true) => Err(Refusal::new(
                "negative-amount",
                "The sum is below zero - for a refund write a minus before an amount, as -35",
            )),
        }
    }
}

/// Rounds to minor units, half away from zero, and says whether anything was lost.
fn to_minor(value: Decimal, currency: Currency) -> Result<(i64, bool), Refusal> {
    let too_large = || Refusal::from(AmountError::TooLarge { currency });
    let scaled = value
        .checked_mul(Decimal::from(currency.scale()))
        .ok_or_else(too_large)?;
    let rounded = scaled.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let minor = rounded
        .to_i64()
        .filter(|minor| minor.unsigned_abs() <= MAX_MINOR.unsigned_abs());
    Ok((minor.ok_or_else(too_large)?, rounded != scaled))
}
