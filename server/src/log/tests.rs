//! Tests of the log: its file under rotation, removal and failure, and its lines under hostile values.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::*;

fn lines(path: impl AsRef<Path>) -> Vec<String> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_file_keeps_its_name_and_the_old_ones_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/expensed.log");
    let file = LogFile::open(&path, 10, 2).unwrap();
    for number in 1..=9 {
        file.append(format!("{number}234\n").as_bytes());
    }
    assert_eq!(lines(&path), ["9234"]);
    assert_eq!(lines(path.with_extension("log.1")), ["7234", "8234"]);
    assert_eq!(lines(path.with_extension("log.2")), ["5234", "6234"]);
    assert!(!path.with_extension("log.3").exists());
}

#[test]
fn a_line_longer_than_the_limit_is_written_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let file = LogFile::open(&path, 4, 0).unwrap();
    file.append(b"first\n");
    file.append(b"a line that is longer\n");
    assert_eq!(lines(&path), ["a line that is longer"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "none is kept");
}

#[test]
fn a_standing_file_is_continued() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    fs::write(&path, "before\n").unwrap();
    LogFile::open(&path, 1000, 1).unwrap().append(b"after\n");
    assert_eq!(lines(&path), ["before", "after"]);
}

#[test]
fn a_file_moved_or_removed_is_begun_anew_under_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let file = LogFile::open(&path, 1000, 1).unwrap();
    file.append(b"one\n");
    fs::rename(&path, folder.path().join("moved")).unwrap();
    file.append(b"two\n");
    assert_eq!(lines(&path), ["two"]);
    fs::remove_file(&path).unwrap();
    file.reopen();
    file.append(b"three\n");
    assert_eq!(lines(&path), ["three"]);
    assert_eq!(lines(folder.path().join("moved")), ["one"]);
}

#[test]
fn two_writers_of_one_file_rotate_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let (one, two) = (
        LogFile::open(&path, 10, 9).unwrap(),
        LogFile::open(&path, 10, 9).unwrap(),
    );
    for number in 0..4 {
        one.append(format!("a{number}\n").as_bytes());
        two.append(format!("b{number}\n").as_bytes());
    }
    let mut all = Vec::new();
    for name in ["log.2", "log.1", "log"] {
        all.extend(lines(folder.path().join(name)));
    }
    assert_eq!(all, ["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"]);
}

#[test]
fn a_failing_disk_is_survived_and_lines_go_on_when_it_heals() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("logs");
    let path = inner.join("log");
    let file = LogFile::open(&path, 1000, 1).unwrap();
    file.append(b"one\n");
    // A file where the folder was: nothing can be opened below it, by any user.
    fs::remove_dir_all(&inner).unwrap();
    fs::write(&inner, "").unwrap();
    file.append(b"lost\n");
    file.reopen();
    file.append(b"lost too\n");
    fs::remove_file(&inner).unwrap();
    fs::create_dir(&inner).unwrap();
    file.append(b"two\n");
    assert_eq!(lines(&path), ["two"]);
}

#[test]
fn a_full_disk_is_survived() {
    // Every write to this device fails with "no space left".
    let Ok(file) = LogFile::open(Path::new("/dev/full"), 1000, 1) else {
        return;
    };
    file.append(b"lost\n");
    file.append(b"lost\n");
}

#[test]
fn a_rotation_that_cannot_be_done_loses_no_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    // A folder in the place of the first old one: a file cannot be renamed onto it.
    fs::create_dir(folder.path().join("log.1")).unwrap();
    let file = LogFile::open(&path, 4, 1).unwrap();
    file.append(b"one\n");
    file.append(b"two\n");
    assert_eq!(lines(&path), ["one", "two"]);
}

#[test]
fn a_file_that_cannot_be_opened_at_the_start_is_told() {
    let settings = config::Log {
        file: "/dev/null/log".to_owned(),
        ..config::Log::default()
    };
    let error = start(&settings, &Place::Server).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("log.file: /dev/null/log cannot be opened"),
        "{error}"
    );
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<String>>>);

impl Take for Kept {
    fn take(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
}

/// What this much logging writes.
fn written(is_human: bool, level: &str, log: impl FnOnce()) -> Vec<String> {
    let kept = Kept::default();
    let subscriber = tracing_subscriber::registry()
        .with(parse_level(level).unwrap())
        .with(shown(is_human, kept.clone()));
    tracing::subscriber::with_default(subscriber, log);
    kept.0.lock().unwrap().clone()
}

const HOSTILE: &str = "a\nERROR forged\r\u{1b}[2J\u{9b}31m\u{202e}\u{200b}\u{feff}\0z\u{e0041}";

#[test]
fn a_hostile_value_stays_within_its_line() {
    for is_human in [true, false] {
        let lines = written(is_human, "info", || tracing::info!(value = HOSTILE, "{HOSTILE}"));
        assert_eq!(lines.len(), 1);
        let line = lines[0].strip_suffix('\n').unwrap();
        let bad: Vec<char> = line
            .chars()
            .filter(|c| c.is_control() || matches!(c, '\u{202e}' | '\u{200b}' | '\u{feff}' | '\u{e0041}'))
            .collect();
        assert!(bad.is_empty(), "{bad:?} in {line:?}");
    }
}

#[test]
fn a_json_line_reads_back_as_what_was_logged() {
    let lines = written(false, "info", || {
        tracing::warn!(value = HOSTILE, count = 3, "said");
    });
    let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(line["value"], HOSTILE);
    assert_eq!(line["count"], 3);
    assert_eq!(line["message"], "said");
    assert_eq!(line["level"], "WARN");
}

#[test]
fn the_level_may_differ_by_part() {
    let count = |level| {
        written(true, level, || {
            tracing::info!("own");
            tracing::debug!("own");
            tracing::debug!(target: "request", "another");
        })
        .len()
    };
    assert_eq!(count("off"), 0);
    assert_eq!(count("info"), 1);
    assert_eq!(count("warn,request=debug"), 1);
    assert_eq!(count("info,request=debug"), 2);
    assert_eq!(count("debug"), 3);
}
