//! How the faults of a value are told: in a word for programs and a sentence for people.

use super::rule::{Format, Kind};
use api::currency::Currency;
use api::date::Date;
use api::money::{AmountError, Money};
use serde_json::Value;

pub(super) fn one_of(options: &[Value]) -> String {
    let options: Vec<&str> = options.iter().filter_map(Value::as_str).collect();
    format!("One of: {}", options.join(", "))
}

pub(super) fn type_words(kinds: &[Kind]) -> String {
    let named = |kind: &Kind| match kind {
        Kind::String => "text, in quotes",
        Kind::Integer => "a whole number",
        Kind::Number => "a number",
        Kind::Boolean => "true or false",
        Kind::Array => "a list",
        Kind::Object => "an object",
        Kind::Null => "null",
    };
    kinds.iter().map(named).collect::<Vec<_>>().join(" or ")
}

/// What is wrong with an amount in every currency.
pub(super) fn amount_words(text: &str) -> (&'static str, String) {
    let error = Money::parse(text, Currency::EUR)
        .err()
        .unwrap_or(AmountError::Malformed);
    let detail = match &error {
        AmountError::TooLarge { .. } => "Too large - twelve digits fit, decimals included".into(),
        AmountError::TooManyDecimals { .. } => "Too many decimals - no currency has more than four".into(),
        other => other.to_string(),
    };
    (error.code(), detail)
}

/// What is wrong with a text of the right shape.
pub(super) fn format_words(format: Format, text: &str) -> (&'static str, String) {
    match format {
        Format::Date => match Date::parse(text) {
            Err(error) => (error.code(), error.to_string()),
            Ok(_) => ("format", "This is not a day".into()),
        },
        Format::Currency => (
            "unknown-currency",
            "There is no such currency; write its ISO 4217 code, such as EUR".into(),
        ),
        Format::Uuid => (
            "format",
            "An id is a UUID such as 018f6f2a-7c1d-7b55-9a53-1f0d2c3b4a59".into(),
        ),
    }
}
