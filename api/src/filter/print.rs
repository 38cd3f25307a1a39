//! The writers of a filter: as a line that is read back as the same filter, and as the query of a list.

use super::parse::{JOINTS, needs_quotes};
use crate::entry::line::{quote, quote_name};
use crate::expense::ExpenseFilter;
use crate::money::Amount;
use crate::text::fold;

/// Writes a filter as a line. Reading it gives the same filter, amounts with the currency's decimals.
pub fn print(filter: &ExpenseFilter) -> String {
    let name = |name: &String| quote_name(name);
    let mut parts: Vec<String> = Vec::new();
    let mut add =
        |mark: &str, value: Option<String>| parts.extend(value.map(|value| format!("{mark}{value}")));
    add(
        "",
        filter.q.as_deref().map(words).filter(|words| !words.is_empty()),
    );
    add("#", filter.category.as_ref().map(name));
    add("@", filter.account.as_ref().map(name));
    add("+", filter.tag.as_ref().map(name));
    add(">", filter.min.as_ref().map(amount));
    add("<", filter.max.as_ref().map(amount));
    add("payee:", filter.payee.as_ref().map(name));
    add("by:", filter.paid_by.as_ref().map(name));
    add("kind:", filter.kind.clone());
    add(
        "cur:",
        filter.currency.map(|currency| currency.code().to_lowercase()),
    );
    add("from:", filter.from.map(|from| from.to_string()));
    add("to:", filter.to.map(|to| to.to_string()));
    add(
        "is:",
        filter
            .include_deleted
            .filter(|is_asked| *is_asked)
            .map(|_| "deleted".to_owned()),
    );
    parts.join(" ")
}

/// The words searched for, each in quotes where it could be read as something else.
fn words(text: &str) -> String {
    let word = |word: &str| {
        let is_joint = JOINTS.contains(&fold(word).as_str());
        if needs_quotes(word) || is_joint || word.contains('"') {
            quote(word)
        } else {
            word.to_owned()
        }
    };
    text.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
}

/// An amount without decimals that say nothing: `20` for `20.00`.
fn amount(amount: &Amount) -> String {
    let text = amount.as_str();
    match text.split_once('.') {
        Some((whole, decimals)) if decimals.bytes().all(|byte| byte == b'0') => whole.to_owned(),
        _ => text.to_owned(),
    }
}

/// The query parameters of a filter, by name, in a fixed order; only what is asked for.
pub fn to_query(filter: &ExpenseFilter) -> Vec<(&'static str, String)> {
    [
        ("from", filter.from.map(|from| from.to_string())),
        ("to", filter.to.map(|to| to.to_string())),
        ("category", filter.category.clone()),
        ("account", filter.account.clone()),
        ("payee", filter.payee.clone()),
        ("tag", filter.tag.clone()),
        ("q", filter.q.clone()),
        ("min", filter.min.as_ref().map(ToString::to_string)),
        ("max", filter.max.as_ref().map(ToString::to_string)),
        ("kind", filter.kind.clone()),
        ("currency", filter.currency.map(|currency| currency.to_string())),
        ("paid_by", filter.paid_by.clone()),
        (
            "include_deleted",
            filter.include_deleted.map(|is_asked| is_asked.to_string()),
        ),
        (
            "only_deleted",
            filter.only_deleted.map(|is_asked| is_asked.to_string()),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.map(|value| (name, value)))
    .collect()
}
