//! Money: whole minor units of one currency, never a float. Reading and writing of amounts for the wire, sums, and
//! shares. How an amount may be typed by a person is the entry line's affair, not this file's.

mod share;
mod wire_form;

pub use share::{Share, shares};
pub use wire_form::{Amount, Total};

use crate::currency::Currency;
use std::fmt;

/// The largest amount of one expense, in minor units: 9,999,999,999.99 EUR.
pub const MAX_MINOR: i64 = 999_999_999_999;

/// An amount of one expense: 1 to [`MAX_MINOR`] minor units of a currency. The sign is the expense's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount of `minor` minor units.
    ///
    /// Fails when it is zero, negative or above [`MAX_MINOR`].
    pub fn new(minor: i64, currency: Currency) -> Result<Self, AmountError> {
        match minor {
            ..0 => Err(AmountError::Negative),
            0 => Err(AmountError::Zero),
            1..=MAX_MINOR => Ok(Self { minor, currency }),
            _ => Err(AmountError::TooLarge { currency }),
        }
    }

    /// Reads the wire form, as [`parse_amount`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, AmountError> {
        parse_amount(text, currency).map(|minor| Self { minor, currency })
    }

    /// The amount in minor units, 1 to [`MAX_MINOR`].
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// Its currency.
    pub fn currency(self) -> Currency {
        self.currency
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", format_minor(self.minor, self.currency), self.currency)
    }
}

/// Why an amount is refused. Its `Display` says why and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Nothing was written.
    #[error("An amount is missing - write it as 12.50")]
    Empty,
    /// Anything but digits and one point.
    #[error("Not an amount - write digits and one point, as 12.50")]
    Malformed,
    /// More than one decimal point.
    #[error("Two decimal points - write 12.50 or 1250")]
    TwoPoints,
    /// A leading `+` or `-`.
    #[error("An amount has no sign - leave the sign out and choose the kind instead")]
    Signed,
    /// Less than zero, where the sign is the kind's affair.
    #[error("An amount is above zero - for money that came back use the kind refund")]
    Negative,
    /// An exponent, as in `1e5`.
    #[error("No exponents - write all the digits, as 100000")]
    Exponent,
    /// Blanks, underscores, apostrophes or commas between the digits.
    #[error("No separators between the digits - write 1234.50")]
    Separator,
    /// More decimals than the currency has.
    #[error("{}", too_many_decimals(*currency, [below, above]))]
    TooManyDecimals {
        /// The currency that has fewer.
        currency: Currency,
        /// The next amount below that can be written.
        below: String,
        /// The next amount above that can be written.
        above: String,
    },
    /// Nothing at all.
    #[error("An amount is above zero")]
    Zero,
    /// Above [`MAX_MINOR`].
    #[error("Too large - the most that fits is {}", Money { minor: MAX_MINOR, currency: *currency })]
    TooLarge {
        /// The currency of the limit.
        currency: Currency,
    },
}

impl AmountError {
    /// The stable name of this fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "amount-missing",
            Self::Malformed => "not-an-amount",
            Self::TwoPoints => "two-decimal-points",
            Self::Signed => "signed-amount",
            Self::Negative => "negative-amount",
            Self::Exponent => "exponent",
            Self::Separator => "separator-in-amount",
            Self::TooManyDecimals { .. } => "too-many-decimals",
            Self::Zero => "zero-amount",
            Self::TooLarge { .. } => "amount-too-large",
        }
    }
}

/// The sentence of [`AmountError::TooManyDecimals`].
fn too_many_decimals(currency: Currency, [below, above]: [&String; 2]) -> String {
    let has = match currency.digits() {
        0 => "no decimals".to_owned(),
        digits => format!("{digits} decimals"),
    };
    match (below.is_empty(), above.is_empty()) {
        (true, true) => format!("{currency} has {has}"),
        (true, false) => format!("{currency} has {has} - write {above}"),
        (false, true) => format!("{currency} has {has} - write {below}"),
        (false, false) => format!("{currency} has {has} - write {above} or {below}"),
    }
}

impl AmountError {
    /// More decimals than `currency` has, with the amounts on both sides named where they can be saved.
    /// `below` is what remains, in minor units, when the superfluous decimals are cut off.
    pub(crate) fn decimals(currency: Currency, below: i128) -> Self {
        let text = |minor: i128| {
            i64::try_from(minor)
                .ok()
                .filter(|minor| (1..=MAX_MINOR).contains(minor))
                .map_or_else(String::new, |minor| format_minor(minor, currency))
        };
        Self::TooManyDecimals {
            currency,
            below: text(below),
            above: text(below.saturating_add(1)),
        }
    }
}

/// Writes minor units with exactly the decimals of the currency: `-12.50`, `0.05`, `1200`.
pub fn format_minor(minor: i64, currency: Currency) -> String {
    format_units(i128::from(minor), currency)
}

/// As [`format_minor`], for sums beyond 64 bits.
pub fn format_units(minor: i128, currency: Currency) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let units = minor.unsigned_abs();
    let scale = u128::from(currency.scale().unsigned_abs());
    match usize::from(currency.digits()) {
        0 => format!("{sign}{units}"),
        digits => format!("{sign}{}.{:0digits$}", units / scale, units % scale),
    }
}

/// Reads the wire form of an amount into minor units: digits, then at most as many decimals as the currency has.
///
/// Fails with the reason for anything else: signs, exponents, separators, zero, too many decimals, too large.
pub fn parse_amount(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let (whole, decimals) = split_amount(text)?;
    let digits = usize::from(currency.digits());
    let kept = decimals.get(..digits.min(decimals.len())).unwrap_or_default();
    let too_large = AmountError::TooLarge { currency };
    let minor = format!("{whole}{kept:0<digits$}")
        .parse::<i128>()
        .map_err(|_| too_large.clone())?;
    if decimals.len() > digits {
        return Err(AmountError::decimals(currency, minor));
    }
    let minor = i64::try_from(minor).map_err(|_| too_large)?;
    Money::new(minor, currency).map(Money::minor)
}

/// Splits plain digits at their one point, or says what stands in the way.
fn split_amount(text: &str) -> Result<(&str, &str), AmountError> {
    if text.is_empty() {
        return Err(AmountError::Empty);
    }
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits(whole) && is_digits(decimals) {
        let decimals = if text.contains('.') { decimals } else { "" };
        return Ok((whole, decimals));
    }
    let has_digit = text.contains(|c: char| c.is_ascii_digit());
    let is_only = |extra: &str| has_digit && text.chars().all(|c| c.is_ascii_digit() || extra.contains(c));
    Err(if text.starts_with(['+', '-', '\u{2212}']) {
        AmountError::Signed
    } else if is_only(".") && text.matches('.').count() > 1 {
        AmountError::TwoPoints
    } else if is_only(".eE+-") && text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(['e', 'E'])
    {
        AmountError::Exponent
    } else if is_only(".,_' \u{a0}\u{202f}\u{2019}\t")
        && text.chars().any(|c| !c.is_ascii_digit() && c != '.')
    {
        AmountError::Separator
    } else {
        AmountError::Malformed
    })
}

/// Adds minor units of one currency. `None` when the sum does not fit.
pub fn sum(amounts: impl IntoIterator<Item = i64>) -> Option<i64> {
    amounts.into_iter().try_fold(0_i64, i64::checked_add)
}

#[cfg(test)]
mod tests;
