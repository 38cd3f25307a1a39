//! The plain commands, run as a script runs them: data on standard output, talk on standard error, the exit code.

use serde_json::{Value, json};
use tests::daemon::Household;
use tests::program::{Home, block_on};

/// The end of the id that a line of the list closes with.
fn end_of(line: &str) -> String {
    line.split_whitespace().last().unwrap_or_default().to_owned()
}

#[test]
fn a_row_is_added_listed_edited_deleted_and_brought_back() {
    let house = Household::new();
    let line = house.expense(&["add", "12.50", "lunch", "#food", "@cash"]).ok();
    assert_eq!(line.lines().count(), 1, "{line}");
    let end = end_of(&line);
    assert_eq!(end.len(), 8, "{line}");
    let list = house.expense(&["list"]).ok();
    assert!(list.contains(&end) && list.contains("12.50"), "{list}");

    house
        .expense(&["edit", &end, "amount=13.75", "note=with Ana"])
        .ok();
    let json = house.expense(&["list", "--json"]).json();
    let row = &json["items"][0];
    assert_eq!(
        (&row["amount"], &row["note"]),
        (&"13.75".into(), &"with Ana".into())
    );
    assert_eq!(row["version"], 2);
    let id = row["id"].as_str().unwrap();
    assert!(id.ends_with(&end));

    house.expense(&["edit", id, "payee=dinner"]).ok();
    house.expense(&["delete", &end]).ok();
    assert!(!house.expense(&["list"]).ok().contains(&end));
    house.expense(&["restore", &end]).ok();
    assert!(house.expense(&["list"]).ok().contains("dinner"));
}

#[test]
fn json_is_the_body_of_the_api_unchanged() {
    let house = Household::served();
    house.expense(&["add", "12.50 Čaj #food // 半角"]).ok();
    let printed = house.expense(&["list", "--json"]).ok();
    let body = block_on(async {
        house
            .server()
            .client()
            .get("expenses?limit=50")
            .await
            .expect(200)
            .text()
    });
    assert_eq!(printed.trim_end_matches('\n'), body);
}

#[test]
fn reports_add_up_what_was_added() {
    let house = Household::new();
    for line in [
        "0.10 a #food",
        "0.20 b #food",
        "1234567.89 c #rent",
        "-0.05 d #food",
        "+3000 salary",
    ] {
        house.expense(&["add", line]).ok();
    }
    let report = house.expense(&["report", "by-category", "--json"]).json();
    assert_eq!(report["totals"][0]["net"], "1234568.14", "{report}");
    assert_eq!(report["totals"][0]["income"], "3000.00");
    let printed = house.expense(&["report", "by-category"]).ok();
    assert!(
        printed.contains("0.25") && printed.contains("1234567.89"),
        "{printed}"
    );
}

#[test]
fn every_failure_has_the_code_that_scripts_know() {
    let house = Household::new();
    house.expense(&["list"]).ok();
    let fails = |arguments: &[&str], code| house.expense(arguments).failed(code);
    fails(&["lst"], 2);
    fails(&["list", "--nonsense"], 2);
    fails(&["report", "by-moon"], 2);
    fails(&["add", "lunch"], 65);
    fails(&["add", "12.345 lunch"], 65);
    fails(&["delete", "00000000"], 65);
    fails(&["import", "/does/not/exist.csv"], 65);
    // Nobody listens on port 9 of this machine: the port is reserved for what discards.
    fails(&["--server", "http://127.0.0.1:9", "list"], 69);
    fails(&["--config", "/does/not/exist.toml", "list"], 78);
    fails(&["--server", "ftp://example.org", "list"], 78);
}

#[test]
fn wrong_settings_are_78_and_a_wrong_token_is_77() {
    let mut house = Household::served();
    house.home.set("EXPENSE_TOKEN", "wrong");
    house.expense(&["list"]).failed(77);
    house.home.unset("EXPENSE_TOKEN");
    house
        .home
        .write(".config/expense/config.toml", "[app]\nthme = \"mono\"\n");
    let said = house.expense(&["list"]).failed(78);
    assert!(said.contains("thme"), "{said}");
}

#[test]
fn a_failure_writes_nothing_to_standard_output() {
    let house = Household::new();
    let failed = house.expense(&["add", "12.5.0 lunch", "--json"]);
    assert_eq!(failed.stdout, "");
    assert!(!failed.failed(65).is_empty());
    assert_eq!(
        house.expense(&["list", "--json"]).json()["items"],
        Value::Array(Vec::new())
    );
}

#[test]
fn a_row_that_was_saved_is_a_success_whatever_became_of_the_output() {
    let house = Household::new();
    let mut command = house.home.command("expense", &["add", "12.50 lunch"]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = command
        .stdout(full)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(0), "{said}");
    assert!(said.contains("It is written"), "{said}");
    let rows = house.expense(&["list", "--json"]).json();
    assert_eq!(rows["items"].as_array().unwrap().len(), 1, "{rows}");
}

#[test]
fn a_preview_leaves_nothing_in_the_book_and_where_nobody_can_be_asked_nothing_is_written() {
    let house = Household::new();
    let file = house.home.write(
        "rows.csv",
        "Date,Amount,Category\n2026-11-20,5.00,Sushi\n2026-11-21,6.00,Food\n",
    );
    let file = file.display().to_string();
    let line = ["import", &file, "--account", "Savings", "--create-missing"];
    let names = || {
        let of = |noun: &str| house.expense(&[noun]).ok();
        format!("{}{}", of("categories"), of("accounts"))
    };
    let before = names();
    house.expense(&[&line[..], &["--dry-run"]].concat()).ok();
    let said = house.expense(&line).failed(2);
    assert!(
        said.contains("2 rows: 2 new") && said.contains("account Savings") && said.contains("--yes"),
        "{said}"
    );
    let asked = house.expense(&[&line[..], &["--json"]].concat());
    assert!(asked.stdout.contains("\"preview\""), "{asked:?}");
    asked.failed(2);
    assert_eq!(names(), before);
    assert_eq!(house.expense(&["list"]).ok(), "");
    // The log tells of previews, and of nothing else.
    let log = house.expense(&["log"]).ok();
    assert!(log.lines().all(|line| line.contains("prepared import")), "{log}");
    house.expense(&[&line[..], &["--yes"]].concat()).ok();
    assert!(names().contains("Savings") && names().contains("Sushi"));
    // All of it is there already: that is what was asked for only where the rows can be known again.
    assert_eq!(house.expense(&["list", "@Savings"]).ok().lines().count(), 2);
}

#[test]
fn what_is_no_filter_is_told_with_what_is_known() {
    let house = Household::new();
    for (line, says) in [
        ("-#rent", "not supported yet"),
        ("nonsense:foo", "payee:"),
        ("#food not @cash", "not supported yet"),
    ] {
        let said = house.expense(&["list", "--", line]).failed(2);
        let piece = line.split(' ').find(|piece| said.contains(piece));
        assert!(said.contains(says) && piece.is_some(), "{said}");
        house.expense(&["report", "summary", "--", line]).failed(2);
    }
    house.expense(&["list", "anti-aging", "12:30"]).ok();
}

#[test]
fn completions_and_the_manual_come_without_a_server() {
    let mut home = Home::new();
    home.set("EXPENSE_SERVER", "http://127.0.0.1:9");
    for shell in ["bash", "zsh", "fish"] {
        let script = home.expense(&["completions", shell]).ok();
        assert!(script.contains("report"), "{shell}");
    }
    let page = home.expense(&["man"]).ok();
    assert!(page.contains(".TH") && page.contains("expense"), "{page}");
    assert!(!home.database().exists());
}

#[test]
fn doctor_and_api_say_what_is_there() {
    let house = Household::new();
    let found = house.expense(&["doctor"]).ok();
    assert!(found.contains("database") && !found.contains("BAD"), "{found}");
    let found = house.expense(&["doctor", "--json"]).json();
    assert!(
        found
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| finding["name"] == "ledger"),
        "{found}"
    );
    let api = house.expense(&["api"]).ok();
    assert!(api.contains("/docs") && api.contains("curl -s -H"), "{api}");
}

#[test]
fn the_line_that_api_prints_works() {
    let house = Household::served();
    house.expense(&["add", "12.50 lunch"]).ok();
    // In a shell a name may hold anything.
    let name = "Ana & Ben's $(books)?";
    let http = house.server().client();
    block_on(async {
        http.patch("/v1/ledgers/default", json!({ "name": name }))
            .await
            .ok(200)
    });
    for ledger in ["default", name] {
        let printed = house.expense(&["--ledger", ledger, "api", "--json"]).json();
        let line = printed["curl"].as_str().unwrap();
        let ran = std::process::Command::new("sh")
            .args(["-c", line])
            .output()
            .unwrap();
        let body: Value = serde_json::from_slice(&ran.stdout).unwrap();
        assert_eq!(body["items"][0]["payee"], "lunch", "{line} {body}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let house = Household::new();
    house.fill(1500);
    for arguments in [
        &["list", "--limit", "1500", "--from", "2020-01-01"][..],
        &["completions", "bash"],
    ] {
        let read = house.home.expense_read_in_part(arguments, 10);
        assert_eq!((read.code(), read.stderr.as_str()), (0, ""), "{arguments:?}");
    }
}
