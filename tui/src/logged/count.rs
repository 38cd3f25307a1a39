//! How much an operation changed, as the server counted it: rows, which are expenses, and names beside them. Every
//! sentence with a count takes it from here.

use crate::figures;
use api::change::{Change, NameCount};

/// How many rows the whole operation changed; in the history of one row, which says nothing of the others, those shown.
pub fn row_count(change: &Change) -> u64 {
    let shown = || change.rows.iter().filter(|row| row.noun == "expense").count() as u64;
    let of_operation = change.operation.as_ref().map(|whole| whole.row_count);
    of_operation.or(change.row_count).unwrap_or_else(shown)
}

/// How many names the whole operation made or changed.
pub fn name_count(change: &Change) -> u64 {
    names(change).iter().map(|name| name.made + name.changed).sum()
}

fn names(change: &Change) -> &[NameCount] {
    change
        .operation
        .as_ref()
        .map_or(&change.name_counts, |whole| &whole.name_counts)
}

/// Whether the operation is this change alone.
pub fn is_one_change(change: &Change) -> bool {
    change
        .operation
        .as_ref()
        .is_none_or(|whole| whole.change_count == 1)
}

/// ` with 3 new payees and 1 new tag`: the names that were made along; empty where there are none.
pub fn with_new_names(change: &Change) -> String {
    let made = new_names(names(change));
    if made.is_empty() {
        made
    } else {
        format!(" with {made}")
    }
}

/// `3 new payees and 1 new tag`.
pub fn new_names(names: &[NameCount]) -> String {
    let made = names.iter().filter(|name| name.made > 0);
    listed(made.map(|name| counted(name.made, "new ", &name.noun)))
}

/// `3 payees and 1 tag`, whatever became of them.
pub fn all_names(names: &[NameCount]) -> String {
    let some = names.iter().filter(|name| name.made + name.changed > 0);
    listed(some.map(|name| counted(name.made + name.changed, "", &name.noun)))
}

fn listed(parts: impl Iterator<Item = String>) -> String {
    let mut parts: Vec<String> = parts.collect();
    match parts.pop() {
        None => String::new(),
        Some(last) if parts.is_empty() => last,
        Some(last) => format!("{} and {last}", parts.join(", ")),
    }
}

fn counted(count: u64, new: &str, noun: &str) -> String {
    let nouns = match (count, noun) {
        (1, noun) => noun.to_owned(),
        (_, "category") => "categories".to_owned(),
        (_, noun) => format!("{noun}s"),
    };
    format!("{} {new}{nouns}", figures::grouped(&count.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_counted_by_their_sort() {
        let name = |noun: &str, made, changed| NameCount {
            noun: noun.to_owned(),
            made,
            changed,
        };
        let all = [name("category", 2, 0), name("payee", 1, 3), name("tag", 0, 1)];
        assert_eq!(new_names(&all), "2 new categories and 1 new payee");
        assert_eq!(all_names(&all), "2 categories, 4 payees and 1 tag");
        assert_eq!(new_names(&[]), "");
        assert_eq!(new_names(&[name("payee", 1_500, 0)]), "1,500 new payees");
    }
}
