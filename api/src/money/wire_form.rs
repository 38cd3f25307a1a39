//! Amounts as they travel: decimal strings with exactly the currency's decimals. The text is judged where the currency
//! is known, by `minor`; here is only that it is a string.

use super::{AmountError, format_minor, format_units, parse_amount};
use crate::currency::Currency;
use crate::text::wire::string_serde;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// An amount on the wire, such as `"12.50"`: read from a JSON string only, judged by [`Amount::minor`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Amount(String);

impl Amount {
    /// The pattern of an amount that can be saved.
    pub const PATTERN: &'static str = r"^[0-9]{1,12}(\.[0-9]{1,4})?$";

    /// The wire form of that many minor units.
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self(format_minor(minor, currency))
    }

    /// The amount in minor units, 1 to [`super::MAX_MINOR`], or why it is refused.
    pub fn minor(&self, currency: Currency) -> Result<i64, AmountError> {
        parse_amount(&self.0, currency)
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A sum on the wire, such as `"-1224.80"`: written by the server, may be negative, zero, and larger than one amount.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Total(String);

impl Total {
    /// The pattern of a sum.
    pub const PATTERN: &'static str = r"^-?[0-9]{1,39}(\.[0-9]{1,4})?$";

    /// The wire form of that many minor units.
    pub fn from_minor(minor: i64, currency: Currency) -> Self {
        Self(format_minor(minor, currency))
    }

    /// As [`Total::from_minor`], for sums beyond 64 bits.
    pub fn from_units(minor: i128, currency: Currency) -> Self {
        Self(format_units(minor, currency))
    }

    /// The sum in minor units. `None` when the text is none, has more decimals than the currency, or does not fit.
    pub fn minor(&self, currency: Currency) -> Option<i64> {
        let (is_negative, text) = self
            .0
            .strip_prefix('-')
            .map_or((false, self.0.as_str()), |text| (true, text));
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = usize::from(currency.digits());
        let is_digits = whole
            .bytes()
            .chain(decimals.bytes())
            .all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_digits || decimals.len() > digits {
            return None;
        }
        let units = format!("{whole}{decimals:0<digits$}").parse::<i128>().ok()?;
        i64::try_from(if is_negative { -units } else { units }).ok()
    }

    /// The text as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! as_text {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = Infallible;

            /// Takes any text; `minor` judges it.
            fn from_str(text: &str) -> Result<Self, Infallible> {
                Ok(Self(text.to_owned()))
            }
        }

        string_serde!($name);
    };
}

as_text!(Amount);
as_text!(Total);

#[cfg(feature = "openapi")]
crate::openapi::string_type!(
    Amount,
    crate::openapi::StringSchema {
        name: "Amount",
        format: Some("decimal"),
        pattern: Some(Amount::PATTERN),
        // The pattern is the bound: one fault for one amount.
        max_length: None,
        example: "12.50",
    }
);

#[cfg(feature = "openapi")]
crate::openapi::string_type!(
    Total,
    crate::openapi::StringSchema {
        name: "Total",
        format: Some("decimal"),
        pattern: Some(Total::PATTERN),
        max_length: Some(45),
        example: "224.80",
    }
);
