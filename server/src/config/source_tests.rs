//! Tests of the layers: which one wins, and what each refuses.

use std::io::Write as _;

use tempfile::NamedTempFile;

use super::*;

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn sources(files: &[&NamedTempFile], environment: &[(&str, &str)]) -> Sources {
    Sources {
        required_files: files.iter().map(|file| file.path().to_owned()).collect(),
        environment: environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        ..Sources::default()
    }
}

fn faults(files: &[&NamedTempFile], environment: &[(&str, &str)]) -> Vec<Fault> {
    sources(files, environment).load().err().unwrap_or_default().0
}

#[test]
fn nothing_given_is_the_defaults() {
    assert_eq!(Sources::default().load().unwrap(), Config::default());
}

#[test]
fn each_layer_wins_over_the_one_before() {
    let system = file("[server]\nlisten = '127.0.0.1:1'\nmax_connections = 1\ndrain_secs = 1\ndocs = false");
    let user = file("[server]\nlisten = '127.0.0.1:2'\nmax_connections = 2\ndrain_secs = 2");
    let mut sources = sources(
        &[&system, &user],
        &[
            ("EXPENSE__SERVER__LISTEN", "127.0.0.1:3"),
            ("EXPENSE__SERVER__DRAIN_SECS", "3"),
        ],
    );
    sources
        .flags
        .push(("--listen".into(), "server.listen".into(), "127.0.0.1:4".into()));
    let server = sources.load().unwrap().server;
    assert_eq!(server.listen, "127.0.0.1:4");
    assert_eq!(server.drain_secs, 3);
    assert_eq!(server.max_connections, 2);
    assert!(!server.docs);
}

#[test]
fn a_missing_standard_file_is_fine_and_a_missing_named_one_is_not() {
    let missing = PathBuf::from("/nonexistent/config.toml");
    let optional = Sources {
        optional_files: vec![missing.clone()],
        ..Sources::default()
    };
    assert!(optional.load().is_ok());
    let required = Sources {
        required_files: vec![missing],
        ..Sources::default()
    };
    let found = required.load().unwrap_err();
    assert!(
        found
            .to_string()
            .starts_with("/nonexistent/config.toml: cannot be read"),
        "{found}"
    );
}

#[test]
fn unknown_names_and_wrong_types_are_all_told_with_their_place() {
    let config = file(
        "[server]\nlistn = 'x'\nmax_connections = 'many'\nurls = []\n[databse]\n[log]\nkeep = -1\n[app]\nzzzzzzzz = 1\n",
    );
    let found: Vec<String> = faults(
        &[&config],
        &[
            ("EXPENSE__LOG__LEVLE", "info"),
            ("EXPENSE__DATABSE__URLS", "x"),
            ("EXPENSE__DOCS", "1"),
        ],
    )
    .iter()
    .map(ToString::to_string)
    .collect();
    let name = config.path().display();
    for expected in [
        format!("{name}: server.listn: there is no such setting; did you mean server.listen?"),
        format!("{name}: server.max_connections: wants a whole number, not a text"),
        format!("{name}: server.urls: there is no such setting; did you mean database.urls?"),
        format!("{name}: databse: there is no such setting; did you mean [database]?"),
        format!("{name}: log.keep: cannot be negative"),
        format!("{name}: app.zzzzzzzz: there is no such setting"),
        "EXPENSE__LOG__LEVLE: there is no such setting; did you mean EXPENSE__LOG__LEVEL?".to_owned(),
        "EXPENSE__DATABSE__URLS: there is no such setting; did you mean EXPENSE__DATABASE__URLS?".to_owned(),
        "EXPENSE__DOCS: a setting is named EXPENSE__SECTION__KEY, such as EXPENSE__SERVER__LISTEN".to_owned(),
    ] {
        assert!(found.contains(&expected), "missing {expected:?} in {found:#?}");
    }
    assert_eq!(found.len(), 9, "{found:#?}");
}

#[test]
fn the_environment_takes_toml_and_bare_texts() {
    for (value, expected) in [
        ("mysql://u:p@h/n", vec!["mysql://u:p@h/n"]),
        ("\"mysql://u:p@h/n\"", vec!["mysql://u:p@h/n"]),
        (
            "['mysql://u:p@h/n', 'mysql://u:p@h2/n']",
            vec!["mysql://u:p@h/n", "mysql://u:p@h2/n"],
        ),
    ] {
        let config = sources(&[], &[("EXPENSE__DATABASE__URLS", value)])
            .load()
            .unwrap();
        let urls: Vec<_> = config.database.urls.iter().map(DatabaseUrl::expose).collect();
        assert_eq!(urls, expected, "{value}");
    }
    let config = sources(
        &[],
        &[
            ("EXPENSE__SERVER__DOCS", "false"),
            ("EXPENSE__APP__KEYS", "{add = 'A'}"),
            ("EXPENSE__LOG__FILE", "5"),
        ],
    );
    let config = config.load().unwrap();
    assert!(!config.server.docs);
    assert_eq!(config.app.keys.get("add").and_then(Value::as_str), Some("A"));
    assert_eq!(
        config.log.file, "5",
        "a text that looks like a number stays a text"
    );
}

#[test]
fn a_wrong_value_in_the_environment_is_refused_without_being_repeated() {
    let found = faults(
        &[],
        &[
            ("EXPENSE__SERVER__DOCS", "hunter2"),
            ("EXPENSE__SERVER__DRAIN_SECS", "1.5"),
            ("EXPENSE__DATABASE__URLS", "[1]"),
        ],
    );
    let shown = Faults(found.clone()).to_string();
    assert_eq!(found.len(), 3, "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn broken_toml_names_its_line_and_shows_none_of_it() {
    let config = file("[database]\nauto_migrate = true\nurls = [\"mysql://u:hunter2@h/n\n");
    let shown = Faults(faults(&[&config], &[])).to_string();
    assert!(shown.contains(": line 3: "), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_fault_of_a_value_names_where_it_was_written() {
    let config = file("[server]\nlisten = '0.0.0.0:80'\n");
    let found = faults(&[&config], &[("EXPENSE__LOG__KEEP", "5000")]);
    let origins: Vec<_> = found.iter().map(|fault| fault.origin.as_str()).collect();
    assert_eq!(origins, [config.path().to_str().unwrap(), "EXPENSE__LOG__KEEP"]);
}

#[test]
fn proxies_are_read_as_networks_and_a_wrong_one_is_told_with_its_place() {
    let config = file("[server]\nlisten = '0.0.0.0:80'\nproxies = ['10.0.0.2', '10.1.0.0/16']\n");
    let proxies = sources(&[&config], &[]).load().unwrap().server.proxies;
    let shown: Vec<_> = proxies.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["10.0.0.2", "10.1.0.0/16"]);
    let one = sources(&[], &[("EXPENSE__SERVER__PROXIES", "10.0.0.2")]).load();
    assert_eq!(one.unwrap().server.proxies.len(), 1);
    let found = faults(&[], &[("EXPENSE__SERVER__PROXIES", "['10.0.0.2', 'proxy']")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].origin.as_str(), found[0].key.as_str()),
        ("EXPENSE__SERVER__PROXIES", "server.proxies")
    );
    assert!(
        found[0].message.contains("`proxy` is no address or network"),
        "{}",
        found[0]
    );
}

#[test]
fn an_unknown_name_does_not_hide_the_faults_of_values() {
    let config = file("[server]\nlistn = 'x'\n[database]\nurls = ['msql://h/n']\n[log]\nkeep = 'x'\n");
    let keys: Vec<_> = faults(&[&config], &[])
        .into_iter()
        .map(|fault| fault.key)
        .collect();
    assert_eq!(keys.len(), 3, "{keys:?}");
    for key in ["server.listn", "database.urls", "log.keep"] {
        assert!(keys.iter().any(|found| found == key), "{keys:?}");
    }
}

#[test]
fn a_word_that_is_none_of_those_allowed_is_told_with_its_place() {
    let config = file("[log]\nformat = 'loud'\n");
    let found = faults(&[&config], &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].origin.as_str(), found[0].key.as_str()),
        (config.path().to_str().unwrap(), "log.format")
    );
}

#[test]
fn secrets_come_from_the_files_named_for_them() {
    let urls = file("# first the writer\nmysql://u:p@h/n\n\nmysql://u:p@h2/n\n");
    let key = file("0123456789abcdef0123456789abcdef\n");
    let environment = [
        ("EXPENSE__DATABASE__URLS_FILE", urls.path().to_str().unwrap()),
        ("EXPENSE__SERVER__CURSOR_KEY_FILE", key.path().to_str().unwrap()),
    ];
    let config = sources(&[], &environment).load().unwrap();
    assert_eq!(config.database.urls.len(), 2);
    assert_eq!(
        config.server.cursor_key.expose(),
        "0123456789abcdef0123456789abcdef"
    );
}

#[test]
fn a_secret_file_that_is_missing_empty_or_given_twice_is_refused() {
    let empty = file("\n");
    let urls = file("mysql://u:p@h/n\n");
    for environment in [
        vec![("EXPENSE__DATABASE__URLS_FILE", "/nonexistent/urls")],
        vec![("EXPENSE__DATABASE__URLS_FILE", empty.path().to_str().unwrap())],
        vec![
            ("EXPENSE__DATABASE__URLS_FILE", urls.path().to_str().unwrap()),
            ("EXPENSE__DATABASE__URLS", "mysql://u:p@h/n"),
        ],
    ] {
        let found = faults(&[], &environment);
        assert_eq!(found.len(), 1, "{environment:?} {found:?}");
        assert_eq!(found[0].key, "database.urls_file");
    }
}

#[test]
fn remapped_keys_of_several_files_add_up() {
    let system = file("[app.keys]\nadd = 'A'\nquit = 'Q'\n");
    let user = file("[app.keys]\nadd = 'n'\n");
    let keys = sources(&[&system, &user], &[]).load().unwrap().app.keys;
    assert_eq!(keys.get("add").and_then(Value::as_str), Some("n"));
    assert_eq!(keys.get("quit").and_then(Value::as_str), Some("Q"));
}
