//! What the document says of itself: who answers for it, where it is served, the page to read first, and its groups in
//! the order in which somebody new meets them.

use super::set;
use serde_json::{Value, json};

/// The page that the reference begins with, in Markdown.
const ABOUT: &str = include_str!("about.md");

/// The groups in the order of use.
const TAGS: [&str; 15] = [
    "Auth",
    "Ledgers",
    "Expenses",
    "Days",
    "Categories",
    "Accounts",
    "Payees",
    "Tags",
    "Reports",
    "Changes",
    "Imports",
    "Members",
    "People",
    "Users",
    "Health",
];

pub(super) fn add_about(document: &mut Value) {
    set(
        document,
        "servers",
        json!([{ "url": "/", "description": "The server that this page comes from." }]),
    );
    if let Some(info) = document.get_mut("info") {
        set(info, "description", ABOUT);
        set(info, "contact", json!({ "name": "Whoever runs this server" }));
    }
    if let Some(tags) = document.get_mut("tags").and_then(Value::as_array_mut) {
        let place = |tag: &Value| {
            let name = tag.get("name").and_then(Value::as_str).unwrap_or_default();
            TAGS.iter().position(|known| *known == name).unwrap_or(TAGS.len())
        };
        tags.sort_by_key(place);
    }
}
