//! What to say about a setting that is misspelt or of the wrong type. Pure words: nothing is read or changed here.

use toml::Value;

/// The name that was probably meant: at most two typing errors away, three in a long one.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = if name.len() > 8 { 3 } else { 2 };
    known
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The default says which type a setting has. The value itself is not repeated: it may be a secret.
pub(super) fn fault_of_type(default: &Value, value: &Value) -> Option<String> {
    let wanted = match (default, value) {
        (Value::Integer(_), Value::Integer(number)) if *number < 0 => {
            return Some("cannot be negative".to_owned());
        }
        (Value::String(_), Value::String(_))
        | (Value::Integer(_), Value::Integer(_))
        | (Value::Boolean(_), Value::Boolean(_))
        | (Value::Table(_), Value::Table(_)) => return None,
        (Value::Array(_), Value::Array(items)) if items.iter().all(Value::is_str) => return None,
        (Value::String(_), _) => "a text in quotes",
        (Value::Integer(_), _) => "a whole number",
        (Value::Boolean(_), _) => "true or false",
        (Value::Array(_), _) => "a list of texts, such as [\"...\"]",
        _ => "a table",
    };
    let found = match value {
        Value::String(_) => "a text",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number with a point",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    };
    Some(format!("wants {wanted}, not {found}"))
}
