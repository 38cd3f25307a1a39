//! How the faults of a value are told: in a word for programs and a sentence for people.

use api::currency::Currency;
use api::date::Date;
use api::money::{AmountError, Money};
use jsonschema::JsonType;
use jsonschema::error::TypeKind;
use serde_json::Value;

pub(super) fn one_of(options: &Value) -> String {
    let options: Vec<&str> = options
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    format!("One of: {}", options.join(", "))
}

pub(super) fn type_words(kind: &TypeKind) -> String {
    let named = |kind: &JsonType| match kind {
        JsonType::String => "text, in quotes",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::Boolean => "true or false",
        JsonType::Array => "a list",
        JsonType::Object => "an object",
        JsonType::Null => "null",
    };
    match kind {
        TypeKind::Single(kind) => named(kind).to_owned(),
        TypeKind::Multiple(kinds) => kinds
            .iter()
            .map(|kind| named(&kind))
            .collect::<Vec<_>>()
            .join(" or "),
    }
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
pub(super) fn format_words(format: &str, text: Option<&str>) -> (&'static str, String) {
    match (format, text) {
        ("date", Some(text)) => match Date::parse(text) {
            Err(error) => (error.code(), error.to_string()),
            Ok(_) => ("format", "This is not a day".into()),
        },
        ("iso-4217", _) => (
            "unknown-currency",
            "There is no such currency; write its ISO 4217 code, such as EUR".into(),
        ),
        ("uuid", _) => (
            "format",
            "An id is a UUID such as 018f6f2a-7c1d-7b55-9a53-1f0d2c3b4a59".into(),
        ),
        _ => ("format", format!("This is not a {format}")),
    }
}
