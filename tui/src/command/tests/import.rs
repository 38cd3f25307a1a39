//! `import`.

use super::*;

fn import(state: &str, invalid: u64) -> Value {
    json!({
        "id": FOOD, "state": state, "file_name": "a.csv", "format": "csv", "row_count": 10, "new_count": 10 - invalid,
        "duplicate_count": 0, "invalid_count": invalid, "written_count": 10 - invalid, "new_names": ["category Sushi"],
        "version": 1, "created_at": TIME, "operation_id": FOOD,
    })
}

fn operation(state: &str) -> Value {
    json!({
        "id": FOOD, "kind": "commit_import", "state": state, "done": 10, "total": 10, "undoes": null, "by": FOOD,
        "client": "expense", "started_at": TIME, "updated_at": TIME,
    })
}

#[tokio::test]
async fn import_sends_the_file_with_its_options_then_writes_and_waits_until_all_is_there() {
    let fake = server();
    fake.on("create_import", &import("preview", 0));
    fake.on("commit_import", &import("committing", 0));
    fake.once("get_operation", &operation("running"));
    fake.once("get_operation", &operation("done"));
    fake.once("get_import", &import("committed", 0));
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), "Date,Amount\n2026-11-21,1.00\n").unwrap();
    let path = file.path().to_str().unwrap();
    let line = [
        "import",
        path,
        "--columns",
        "date=Date,amount=Amount",
        "--date-format",
        "ymd",
        "--account",
        "card",
        "--yes",
    ];
    let ran = ran(&fake, &line).await;
    assert!(
        ran.talk.contains("10 rows: 10 new") && ran.talk.contains("category Sushi"),
        "{}",
        ran.talk
    );
    assert_eq!(ran.data(), "10 rows written\n");
    let request = fake.requests_of("create_import").remove(0);
    assert_eq!(
        request.content.as_ref().unwrap().bytes,
        b"Date,Amount\n2026-11-21,1.00\n"
    );
    for part in [
        "account=card",
        "columns=date%3DDate%2Camount%3DAmount",
        "date_format=ymd",
    ] {
        assert!(
            request.query.contains(part),
            "{part} is missing in {}",
            request.query
        );
    }
}

#[tokio::test]
async fn a_file_with_unreadable_rows_writes_nothing_and_names_their_lines() {
    let fake = server();
    fake.on("create_import", &import("preview", 2));
    let rows =
        [json!({ "line": 7, "verdict": "invalid", "reason": "There is no such day", "raw": "2026-02-31,1" })];
    fake.on("list_import_rows", &page(json!(rows)));
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let stopped = ran(&fake, &["import", path]).await;
    assert_eq!(stopped.data, "line 7: There is no such day: 2026-02-31,1\n");
    assert_eq!(stopped.failure().0, 65);
    ran(&fake, &["import", path, "--skip-invalid", "--dry-run"])
        .await
        .data();
    assert!(fake.requests_of("commit_import").is_empty());
    fake.on("commit_import", &import("committed", 2));
    ran(&fake, &["import", path, "--skip-invalid", "--yes"])
        .await
        .data();
    assert_eq!(fake.requests_of("commit_import").len(), 1);
    let (code, _) = ran(&fake, &["import", "/no/such/file.csv"]).await.failure();
    assert_eq!(code, 65);
}

#[tokio::test]
async fn where_nobody_can_be_asked_the_preview_is_printed_and_nothing_is_written() {
    let fake = server();
    fake.on("create_import", &import("preview", 0));
    fake.on("commit_import", &import("committed", 0));
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let asked = ran(&fake, &["import", path]).await;
    assert!(asked.talk.contains("10 rows: 10 new"), "{}", asked.talk);
    let (code, said) = asked.failure();
    assert_eq!(code, 2);
    assert!(said.contains("--yes"), "{said}");
    // With --json the preview is the data.
    let asked = ran(&fake, &["import", path, "--json"]).await;
    assert!(asked.data.contains("\"preview\""), "{}", asked.data);
    assert_eq!(asked.failure().0, 2);
    assert!(fake.requests_of("commit_import").is_empty());
}

#[tokio::test]
async fn a_dry_run_asks_for_nothing_but_a_preview() {
    let fake = server();
    fake.on("create_import", &import("preview", 0));
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let line = [
        "import",
        path,
        "--dry-run",
        "--account",
        "New",
        "--create-missing",
    ];
    ran(&fake, &line).await.data();
    assert_eq!(fake.operations(), ["create_import"]);
}

#[tokio::test]
async fn a_file_of_which_nothing_is_new_is_done_and_one_of_which_nothing_is_read_is_not() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let mut preview = import("preview", 0);
    for (duplicates, code) in [(10, 0), (0, 65)] {
        let fake = server();
        preview["new_count"] = json!(0);
        preview["duplicate_count"] = json!(duplicates);
        fake.on("create_import", &preview);
        let ended = ran(&fake, &["import", path, "--yes"]).await.outcome;
        assert_eq!(ended.err().map_or(0, |failure| failure.exit_code()), code);
    }
}

#[tokio::test]
async fn an_import_that_was_accepted_and_is_lost_sight_of_says_how_far_it_is() {
    let fake = server();
    fake.on("create_import", &import("preview", 0));
    fake.on("commit_import", &import("committing", 0));
    fake.fail(
        "get_operation",
        crate::client::fake::refusal(api::problem::Code::Forbidden),
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    let (code, said) = ran(&fake, &["import", file.path().to_str().unwrap(), "--yes"])
        .await
        .failure();
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("10 of 10 rows are written"), "{said}");
}
