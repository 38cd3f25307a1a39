//! No sentence spells a key: it says `<expenses.undo>`, and who reads it sees the key in force.

use super::TABLE;
use crate::testkit::remapped;
use std::path::Path;

fn sources(dir: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        let is_of_tests = ["tests", "testkit", "/keymap/", "/command/", "/terminal/"]
            .into_iter()
            .any(|part| name.contains(part));
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_of_tests {
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// `<context.verb>` of a sentence that no row of the table has, and keys that it spells: `u undo`, `Enter saves`.
fn faults(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices('<') {
        let inside = line.get(at + 1..).and_then(|rest| rest.split_once('>'));
        let named = inside.and_then(|(id, _)| id.split_once('.'));
        if let Some((context, verb)) = named
            && context.chars().all(|c| c.is_ascii_lowercase())
            && verb
                .chars()
                .all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit())
            && !TABLE
                .iter()
                .any(|row| row.context == context && row.action.id() == verb)
        {
            found.push(format!("{context}.{verb} is no verb"));
        }
    }
    let keys: Vec<&str> = TABLE
        .iter()
        .flat_map(|row| row.keys.split(' '))
        .filter(|key| !key.is_empty())
        .collect();
    // Words of the grammar, and of English.
    let allowed = ["y is", "a transfer;"];
    let words: Vec<&str> = line.split(|c: char| c.is_whitespace() || c == '"').collect();
    for pair in words.windows(2) {
        let [key, verb] = pair else { continue };
        let is_verb = verb.len() > 3
            && verb.ends_with('s')
            && !verb.ends_with("ss")
            && verb.chars().all(|c| c.is_ascii_lowercase());
        let is_key = keys.contains(key)
            && *key != "+"
            && *key != "/"
            && *key != "*"
            && *key != "$"
            && *key != "["
            && *key != "]";
        let is_word = ["undo", "mine,", "theirs."].contains(verb);
        if is_key && (is_verb || is_word) && !allowed.contains(&pair.join(" ").as_str()) {
            found.push(pair.join(" "));
        }
    }
    found
}

#[test]
fn no_sentence_of_the_app_spells_a_key_and_every_verb_it_names_is_one() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    assert!(all.len() > 100);
    let mut found = Vec::new();
    for (name, text) in &all {
        let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let spoken = product
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in spoken.filter(|line| line.contains('"')) {
            found.extend(
                faults(line)
                    .into_iter()
                    .map(|fault| format!("{name}: {fault}: {line}")),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    for spelled in [
        "\"Saved. u undo\"",
        "\"Enter saves it\"",
        "\"x clears the filter\"",
        "\"<expenses.undoo> it\"",
    ] {
        assert!(!faults(spelled).is_empty(), "{spelled}");
    }
}

#[test]
fn a_sentence_has_the_keys_in_force_and_a_verb_without_one_goes_by_its_name() {
    let keys = remapped(&[("expenses.undo", "z"), ("expenses.redo", "")]);
    let (said, hint) = keys.fill("Saved 3 < 4 <b>. <expenses.undo> undo");
    assert_eq!(said, "Saved 3 < 4 <b>. z undo");
    assert_eq!(hint.map(|at| &said[at..]), Some("z undo"));
    assert_eq!(
        keys.fill("<expenses.redo> does it again.").0,
        ":redo does it again."
    );
    assert_eq!(
        keys.fill("<expenses.nothing>"),
        ("<expenses.nothing>".to_owned(), None)
    );
}
