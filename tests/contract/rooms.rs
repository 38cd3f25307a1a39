//! The rules of the house that the compiler does not keep: who may import whom, how a file opens, and what no file holds.

use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Every file below a folder that the repository keeps.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "target" | ".git") {
                files(&path, found);
            }
        } else if name != "Cargo.lock" && name != ".git" {
            found.push(path);
        }
    }
}

/// The Rust files below a folder of the tree, with their text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    files(&Path::new(ROOT).join(folder), &mut found);
    let sources: Vec<_> = found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| (short(&path), std::fs::read_to_string(&path).unwrap()))
        .collect();
    assert!(!sources.is_empty(), "{folder} has moved");
    sources
}

fn short(path: &Path) -> String {
    path.strip_prefix(ROOT)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}

/// The code of a file as far as its tests, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .take_while(|line| *line != "#[cfg(test)]")
        .filter(|line| !line.starts_with("//"))
}

/// True where the line names that crate or module: as a path, not as a part of a longer word.
fn names(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        !before.is_some_and(|c| is_word(c) || c == ':' && !path.starts_with("crate"))
            && !after.is_some_and(is_word)
    })
}

#[test]
fn no_room_names_what_is_none_of_its_business() {
    let ours = ["server::", "entity::", "migration::", "tui::", "tests::"];
    let database = ["sea_orm", "sqlx", "entity", "sea_orm_migration"];
    for (folder, forbidden) in [
        (
            "api/src",
            [
                &ours[..],
                &["sea_orm", "sqlx", "poem", "tokio", "reqwest", "ratatui"],
            ]
            .concat(),
        ),
        (
            "entity/src",
            [
                &["api::", "server::", "tui::", "migration::"][..],
                &["poem", "tokio"],
            ]
            .concat(),
        ),
        (
            "migration/src",
            [&["api::", "server::", "tui::", "entity::"][..], &["poem"]].concat(),
        ),
        ("server/src/http", database.to_vec()),
        ("server/src/service", vec!["poem", "poem_openapi", "crate::http"]),
        (
            "server/src/store",
            vec!["poem", "poem_openapi", "crate::http", "crate::service"],
        ),
        (
            "tui/src/screen",
            vec!["tokio", "reqwest", "crossterm", "server", "crate::client::http"],
        ),
        (
            "tui/src/popup",
            vec![
                "tokio",
                "reqwest",
                "crossterm",
                "server",
                "crate::client::http",
                "crate::screen",
            ],
        ),
        (
            "tui/src/widget",
            vec![
                "tokio",
                "reqwest",
                "crossterm",
                "server",
                "crate::client",
                "crate::screen",
                "crate::popup",
            ],
        ),
        (
            "tui/src/client",
            vec![
                "ratatui",
                "crossterm",
                "server",
                "crate::screen",
                "crate::popup",
                "crate::widget",
            ],
        ),
    ] {
        // A test may reach across rooms for what another one's tests are made of.
        let is_test = |path: &str| path.ends_with("tests.rs") || path.contains("/tests/");
        for (path, text) in sources(folder).into_iter().filter(|(path, _)| !is_test(path)) {
            for line in code(&text) {
                for word in &forbidden {
                    // A trailing `::` says that a crate is meant, not a word that reads the same.
                    let hit = match word.strip_suffix("::") {
                        Some(name) => names(line, name) && line.contains(&format!("{name}::")),
                        None if word.contains("::") => names(line, word),
                        None => {
                            names(line, word)
                                && (line.contains(&format!("{word}::")) || line.starts_with("use "))
                        }
                    };
                    assert!(!hit, "{path} names {word}: {line}");
                }
            }
        }
    }
}

#[test]
fn the_app_reaches_the_server_only_where_it_starts_it() {
    for (path, text) in sources("tui/src") {
        if matches!(path.as_str(), "tui/src/main.rs" | "tui/src/local.rs") {
            continue;
        }
        for line in code(&text) {
            for word in ["server::", "sea_orm::", "poem::", "entity::", "migration::"] {
                let crate_name = word.trim_end_matches("::");
                assert!(
                    !(names(line, crate_name) && line.contains(word)),
                    "{path} names {word}: {line}"
                );
            }
        }
    }
}

#[test]
fn every_source_file_opens_by_saying_what_lives_in_it() {
    for folder in ["api", "entity", "migration", "server", "tui", "tests"] {
        for (path, text) in sources(folder) {
            let said = text.lines().take_while(|line| line.starts_with("//!")).count();
            assert!(said >= 1, "{path} does not open with //!");
            let first = text.lines().next().unwrap();
            assert!(first.len() > 10, "{path} says nothing: {first}");
        }
    }
}

#[test]
fn no_module_is_called_after_nothing() {
    for folder in ["api", "entity", "migration", "server", "tui", "tests"] {
        for (path, _) in sources(folder) {
            for name in ["utils", "util", "helpers", "helper", "common", "manager", "misc"] {
                assert!(!path.split(['/', '.']).any(|part| part == name), "{path}");
            }
        }
    }
}

#[test]
fn nothing_in_the_tree_names_the_place_it_was_made_in() {
    let mut all = Vec::new();
    files(Path::new(ROOT), &mut all);
    // Put together here, so that this file does not hold them either.
    let forbidden = [
        format!("/{}/", "work"),
        format!("/tmp/{}", "wt"),
        format!("DESIGN{}", ".md"),
        format!("shared/{}", "anchors"),
    ];
    for path in all {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        for word in &forbidden {
            assert!(!text.contains(word.as_str()), "{} names {word}", short(&path));
        }
    }
}
