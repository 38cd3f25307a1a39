//! A book that cannot be written, or cannot be opened at all: what can be read is read, and people are told which file, what is
//! the matter, what to do and where the copies are, never in the database's own words. Root may write everywhere, so that disks
//! fail by `tests::disk`, by a limit on the size of files, by a lock, and by what lies in the book's place.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use std::fs;
use std::path::Path;
use std::process::Command;
use tests::daemon::Household;
use tests::disk::{Disk, Fault};
use tests::program::{Finished, Home, block_on};
use tests::terminal::{ENTER, ESC};

const ROWS: u32 = 450;

/// No text of the database, or of the system, reaches people.
fn is_in_words(said: &str) {
    for raw in [
        "code:",
        "sqlite",
        "SQLite",
        "database is locked",
        "os error",
        "disk I/O",
        "returned from",
    ] {
        assert!(!said.contains(raw), "{said}");
    }
}

/// Every row is listed and counted, and the program says what is the matter with the file.
fn is_read(home: &Home, why: &str, expense: impl Fn(&[&str]) -> Finished) {
    let all = (ROWS + 1).to_string();
    let listed = expense(&["list", "--limit", "1000"]);
    assert_eq!(listed.code(), 0, "{listed:?}");
    assert_eq!(listed.stdout.lines().count(), ROWS as usize + 1, "{why}");
    let said = &listed.stderr;
    assert!(said.contains(why), "{why} in {said}");
    assert!(said.contains(&home.database().display().to_string()), "{said}");
    assert!(said.contains(".before-N"), "{said}");
    is_in_words(said);
    // A body of the API for each page of it.
    let bodies = expense(&["list", "--json", "--limit", "1000"]).ok();
    let rows = bodies.lines().map(|body| {
        let body: serde_json::Value = serde_json::from_str(body).expect("a body");
        body["items"].as_array().map_or(0, Vec::len)
    });
    assert_eq!(rows.sum::<usize>(), ROWS as usize + 1);
    let report = expense(&["report", "by-category", "--from", "2000-01-01"]).ok();
    assert!(report.contains(&all), "{report}");
    let report = expense(&["report", "by-category", "--from", "2000-01-01", "--json"]).json();
    assert_eq!(report["rows"][0]["totals"][0]["count"], ROWS + 1, "{report}");
    expense(&[]).ok();
}

/// Nothing is acknowledged, and why is said.
fn is_not_written(why: &str, expense: impl Fn(&[&str]) -> Finished) {
    let said = expense(&["add", "4.20 tea"]).failed(75);
    assert!(said.contains(why), "{why} in {said}");
    is_in_words(&said);
}

#[test]
fn on_a_disk_that_takes_nothing_every_row_is_listed_and_reported_and_a_write_is_refused_with_the_reason() {
    for (fault, why) in [
        (Fault::ReadOnly, "on a disk that can only be read"),
        (Fault::Full, "is full"),
        (Fault::WriteFails, "fails"),
    ] {
        let mut house = Household::local();
        house.fill(ROWS);
        let data = house.home.database();
        let disk = Disk::under(data.parent().unwrap());
        disk.serve(&mut house.home);
        disk.fail(fault, 0);
        is_read(&house.home, why, |arguments| house.expense(arguments));
        is_not_written(why, |arguments| house.expense(arguments));
        disk.mend();
        let written = house.expense(&["add", "4.20 tea"]);
        assert!(!written.stderr.contains("read only"), "{written:?}");
        written.ok();
    }
}

#[test]
fn rows_that_are_in_the_log_alone_are_read_where_nothing_can_be_written() {
    let mut house = Household::local();
    house.fill(ROWS);
    let file = house.home.database();
    // As after a crash: the latest row is in the log and not in the file yet.
    let other = open(&file);
    block_on(other.execute_unprepared("PRAGMA wal_autocheckpoint = 0")).unwrap();
    house.expense(&["add", "77.77 in the log"]).ok();
    let [log, index] = ["-wal", "-shm"].map(|suffix| format!("{}{suffix}", file.display()));
    let (book, logged) = (fs::read(&file).unwrap(), fs::read(&log).unwrap());
    assert!(!logged.is_empty(), "the log is empty");
    block_on(other.close()).unwrap();
    fs::write(&file, book).unwrap();
    fs::write(&log, logged).unwrap();
    let _ = fs::remove_file(index);
    let disk = Disk::under(file.parent().unwrap());
    disk.serve(&mut house.home);
    disk.fail(Fault::Full, 0);
    let listed = house.expense(&["list", "--limit", "1"]).ok();
    assert!(listed.contains("77.77"), "{listed}");
    let left = house.home.files();
    let is_copy = |path: &Path| path.to_string_lossy().contains("expense-book-");
    assert!(!left.iter().any(|path| is_copy(path)), "the copy stays: {left:?}");
}

#[test]
fn a_limit_on_the_size_of_files_is_a_reason_and_kills_nobody() {
    let house = Household::local();
    house.fill(ROWS);
    let limited = |arguments: &[&str]| {
        let expense = house.home.command("expense", arguments);
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "ulimit -f 8; exec \"$@\"", "sh"])
            .arg(expense.get_program())
            .args(expense.get_args())
            .env_clear()
            .envs(house.home.env())
            .current_dir(house.home.path());
        Finished::of(shell)
    };
    is_read(&house.home, "ulimit", limited);
    is_not_written("ulimit", limited);
    // A server that begins its book there is not killed either.
    let mut serve = Command::new("sh");
    let expensed = house.home.command("expensed", &["migrate", "up"]);
    serve
        .args(["-c", "ulimit -f 8; exec \"$@\"", "sh"])
        .arg(expensed.get_program())
        .args(expensed.get_args())
        .env_clear()
        .envs(house.home.env())
        .env("XDG_DATA_HOME", house.home.path().join("elsewhere"));
    let said = Finished::of(serve).failed(75);
    assert!(said.contains("may not make files larger than"), "{said}");
    is_in_words(&said);
}

fn open(file: &Path) -> DatabaseConnection {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rw", file.display()));
    options.sqlx_logging(false).max_connections(1);
    block_on(Database::connect(options)).expect("open the book beside the programs")
}

#[test]
fn who_holds_the_book_is_named_and_it_is_read_where_that_may_do() {
    let house = Household::local();
    house.fill(ROWS);
    let own = format!("process {}", std::process::id());
    let other = open(&house.home.database());
    block_on(other.execute_unprepared("BEGIN IMMEDIATE")).unwrap();
    is_read(&house.home, &own, |arguments| house.expense(arguments));
    is_not_written(&own, |arguments| house.expense(arguments));
    block_on(other.execute_unprepared("ROLLBACK")).unwrap();
    house.expense(&["add", "4.20 tea"]).ok();

    for sql in ["PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "COMMIT"] {
        block_on(other.execute_unprepared(sql)).unwrap();
    }
    for said in [
        house.expense(&["list"]).failed(75),
        Finished::of(house.home.command("expensed", &["migrate", "status"])).failed(75),
    ] {
        assert!(said.contains(&own), "{said}");
        is_in_words(&said);
    }
    block_on(other.close()).unwrap();
}

/// Puts in place of the book what is none.
fn spoil(house: &Household, what: &str) {
    let file = house.home.database();
    match what {
        "garbage" => fs::write(&file, "not a book at all ".repeat(500)).unwrap(),
        "folder" => {
            fs::remove_file(&file).unwrap();
            fs::create_dir(&file).unwrap();
        }
        "newer" => house.execute("INSERT INTO seaql_migrations VALUES ('m20991231_000001_future', 0)"),
        "damaged" => {
            let mut bytes = fs::read(&file).unwrap();
            bytes[100..4096].fill(0xff);
            fs::write(&file, bytes).unwrap();
        }
        other => panic!("{other}"),
    }
}

#[test]
fn what_is_no_book_is_told_by_every_program_with_its_file_what_to_do_and_the_copies() {
    for (what, code, words) in [
        ("garbage", 65, "is not a book"),
        ("damaged", 65, "is damaged"),
        ("folder", 78, "is a folder"),
        ("newer", 78, "by a newer version"),
    ] {
        let house = Household::local();
        house.expense(&["add", "4.20 tea"]).ok();
        let file = house.home.database();
        let copy = format!("{}.before-7", file.display());
        fs::copy(&file, &copy).unwrap();
        spoil(&house, what);
        let url = format!("[\"sqlite://{}?mode=rwc\"]", file.display());
        let expensed = |arguments: &[&str]| {
            let mut command = house.home.command("expensed", arguments);
            command
                .env("EXPENSE__DATABASE__URLS", &url)
                .env("EXPENSE__LOG__FILE", house.home.path().join("log"));
            Finished::of(command)
        };
        for said in [
            house.expense(&["list"]).failed(code),
            house.expense(&["add", "1 x"]).failed(code),
            expensed(&["serve", "--listen", "127.0.0.1:0"]).failed(code),
            expensed(&["migrate", "up"]).failed(code),
            expensed(&["migrate", "status"]).failed(code),
            expensed(&["admin", "list"]).failed(code),
        ] {
            assert!(said.contains(words), "{words} in {said}");
            assert!(said.contains(&file.display().to_string()), "{said}");
            assert!(said.contains(&copy), "{said}");
            is_in_words(&said);
        }
        // What SQLite said is in the log, for who looks into it.
        if what == "garbage" {
            let log = fs::read_to_string(house.home.path().join("log")).unwrap();
            assert!(log.contains("file is not a database"), "{log}");
        }
    }
}

#[test]
fn the_app_says_on_a_screen_what_is_the_matter_and_goes_on_when_it_is_mended() {
    let house = Household::local();
    house.expense(&["add", "4.20 tea"]).ok();
    let file = house.home.database();
    let copy = house.home.path().join("the book");
    fs::rename(&file, &copy).unwrap();
    fs::write(&file, "not a book at all ".repeat(500)).unwrap();
    let mut app = house.open();
    let shown = app.wait("The book cannot be opened").contents();
    let shown = shown.replace('\n', " ");
    assert!(shown.contains("is not a book"), "{shown}");
    assert!(
        shown.contains("r try again") && shown.contains("q quit"),
        "{shown}"
    );
    assert!(!shown.contains("o open"), "it cannot be read: {shown}");
    app.send("r");
    app.wait("It is as before.");
    fs::rename(&copy, &file).unwrap();
    app.send("r");
    app.wait("tea");
    app.send("q");
    assert_eq!(app.ended().code, 0);

    fs::write(&file, "not a book at all ".repeat(500)).unwrap();
    let mut app = house.open();
    app.wait("The book cannot be opened");
    app.send("q");
    let ended = app.ended();
    assert_eq!(ended.code, 65);
    assert!(
        ended.is_restored && ended.text.contains("is not a book"),
        "{}",
        ended.text
    );
}

#[test]
fn what_is_added_to_a_book_that_was_opened_to_be_read_is_saved_by_the_next_start_that_can() {
    let mut house = Household::local();
    house.expense(&["add", "4.20 tea"]).ok();
    let disk = Disk::under(house.home.database().parent().unwrap());
    disk.serve(&mut house.home);
    disk.fail(Fault::Full, 0);
    let mut app = house.open();
    let shown = app.wait("o open it to be read").contents();
    assert!(shown.contains("Make room on it"), "{shown}");
    app.send("o");
    app.wait("tea");
    app.wait("Opened to be read");
    app.send(":book");
    app.wait("what is the matter with the book");
    app.send(ENTER);
    app.wait("the app is opened over a book that can be written");
    app.send(ESC);
    app.wait("a add");
    app.send("a7.70 coffee");
    app.send(ENTER);
    app.wait("Kept here, not sent yet: 7.70 coffee");
    app.send("q");
    assert_eq!(app.ended().code, 0);
    disk.mend();
    let mut app = house.open();
    app.wait("Spent 11.90");
    app.send("q");
    assert_eq!(app.ended().code, 0);
    assert!(house.expense(&["list"]).ok().contains("coffee"));
}

#[test]
fn what_is_added_while_the_disk_fails_is_saved_by_itself_when_it_works_again() {
    let mut house = Household::local();
    house.expense(&["add", "4.20 tea"]).ok();
    let disk = Disk::under(house.home.database().parent().unwrap());
    disk.serve(&mut house.home);
    disk.fail(Fault::SyncFails, 0);
    let mut app = house.open();
    let shown = app.wait("The book cannot be written now").contents();
    assert!(shown.contains("fails"), "{shown}");
    app.send(ESC);
    app.wait("a add");
    app.send("a7.70 coffee");
    app.send(ENTER);
    app.wait("Kept here, not sent yet: 7.70 coffee");
    disk.mend();
    app.wait_until("the saved row", |screen| {
        let text = screen.contents();
        text.contains("Spent 11.90") && !text.contains("waiting")
    });
    app.send("q");
    assert_eq!(app.ended().code, 0);
    assert!(house.expense(&["list"]).ok().contains("coffee"));
}

/// A folder of this home seen as a disk that can only be read, where this system lets a user make that up.
fn on_read_only_disk(home: &Home, folder: &Path, arguments: &[&str]) -> Option<Command> {
    let can = Command::new("unshare").args(["-rm", "true"]).output();
    if !can.is_ok_and(|done| done.status.success()) {
        eprintln!("SKIPPED: no namespace of mounts can be had here");
        return None;
    }
    let expense = home.command("expense", arguments);
    let mut inside = Command::new("unshare");
    inside
        .args(["-rm", "sh", "-c"])
        .arg("mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" || exit 9; shift; exec \"$@\"")
        .arg("sh")
        .arg(folder)
        .arg(expense.get_program())
        .args(expense.get_args())
        .env_clear()
        .envs(home.env())
        .current_dir(home.path());
    Some(inside)
}

#[test]
fn a_book_on_a_read_only_disk_is_read_with_and_without_a_log_beside_it() {
    let house = Household::local();
    house.fill(ROWS);
    let file = house.home.database();
    // The whole home: neither the log nor unsent entries find a place.
    let run =
        |arguments: &[&str]| on_read_only_disk(&house.home, house.home.path(), arguments).map(Finished::of);
    if run(&["--version"]).is_none() {
        return;
    }
    let why = "on a disk that can only be read";
    is_read(&house.home, why, |arguments| run(arguments).unwrap());
    is_not_written(why, |arguments| run(arguments).unwrap());
    // With what a crash leaves.
    let other = open(&file);
    block_on(other.execute_unprepared("PRAGMA wal_autocheckpoint = 0")).unwrap();
    block_on(other.execute_unprepared("UPDATE ledger SET name = 'In the log'")).unwrap();
    let log = format!("{}-wal", file.display());
    let (book, logged) = (fs::read(&file).unwrap(), fs::read(&log).unwrap());
    block_on(other.close()).unwrap();
    fs::write(&file, book).unwrap();
    fs::write(&log, logged).unwrap();
    let overview = run(&[]).unwrap().ok();
    assert!(overview.contains("In the log"), "{overview}");
    // Where nothing at all was begun yet, nothing can be.
    let empty = Home::new();
    let said = Finished::of(on_read_only_disk(&empty, empty.path(), &["list"]).unwrap()).failed(78);
    is_in_words(&said);
}
