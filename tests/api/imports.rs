//! `/imports`: files in, verdicts out, and what a commit writes. Real files are in `imports/samples.rs`, files that are
//! none in `imports/refusals.rs`, interrupted commits in `imports/resume.rs`.

mod app;
mod refusals;
mod resume;
mod samples;

use app::{App, preview_of};
use serde_json::json;

const THREE: &str = "Date,Amount,Category,Account,Payee,Tags,Note,External ID\n\
    2026-11-20,-12.50,Food: Lunch,Card,Corner shop,trip;fun,two,a1\n\
    2026-11-20,-12.50,food: lunch,card,corner shop,trip,two,a2\n\
    2026-11-21,3000.00,Salary,Giro,Firm,,,a3\n";

#[tokio::test]
async fn a_preview_writes_no_expense_and_its_commit_writes_them_all() {
    let app = App::start().await;
    let import = app.preview("create_missing=true&file_name=nov.csv", THREE).await;
    assert_eq!(preview_of(&import), (3, 0, 0), "{import}");
    assert_eq!(import["state"], "preview");
    assert_eq!(import["file_name"], "nov.csv");
    assert_eq!(import["format"], "csv");
    // Food and Card are in every fresh ledger; the file spells them in two ways.
    assert_eq!(
        import["new_names"],
        json!(["category Food: Lunch", "category Salary", "account Giro"])
    );
    assert_eq!(app.number("SELECT COUNT(*) FROM expense").await, 0);

    let rev = app.number("SELECT rev FROM ledger").await;
    let done = app.commit(&import).await;
    assert_eq!(
        (&done["state"], &done["written_count"]),
        (&json!("committed"), &json!(3))
    );
    assert!(done["operation_id"].is_string());
    // One change for the names, one for the rows.
    assert_eq!(app.number("SELECT rev FROM ledger").await, rev + 2);
    assert_eq!(
        app.number("SELECT COUNT(DISTINCT op_id) FROM `change` WHERE kind = 'commit_import'")
            .await,
        1
    );
    assert_eq!(
        app.sums("kind").await,
        [("expense".into(), 2, 2500), ("income".into(), 1, 300_000)]
    );
    assert_eq!(app.number("SELECT COUNT(*) FROM payee").await, 2);
    assert_eq!(app.number("SELECT COUNT(*) FROM expense_tag").await, 3);
    assert_eq!(app.number("SELECT COUNT(*) FROM external_ref").await, 3);

    let listed = app.get("expenses").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    assert_eq!(listed["items"][1]["payee"], "Corner shop");
    assert_eq!(listed["items"][0]["external_id"], "a3");
}

#[tokio::test]
async fn the_rows_tell_line_verdict_reason_and_what_they_became() {
    let app = App::start().await;
    let file = "Date,Amount,Note,External ID\n2026-11-20,-1,one,x\n\n2026-11-20,nothing,two,y\n2026-11-20,-3,three,x\n2026-11-20,-4,\"fo\nur\",z\n";
    let import = app.preview("", file).await;
    assert_eq!(preview_of(&import), (2, 1, 1), "{import}");
    let id = import["id"].as_str().unwrap();
    let rows = app.get(&format!("imports/{id}/rows")).await;
    let told: Vec<_> = rows["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["line"].as_u64().unwrap(), row["verdict"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(2, "new"), (4, "invalid"), (5, "duplicate"), (6, "new")]);
    assert_eq!(rows["items"][1]["reason"], "\"nothing\" is not an amount");
    assert!(rows["items"][2]["reason"].as_str().unwrap().contains("line 2"));
    assert_eq!(rows["items"][3]["raw"], "2026-11-20,-4,\"fo\nur\",z");
    assert_eq!(rows["items"][0]["expense"]["amount"], "1.00");
    assert!(rows["items"][0]["expense_id"].is_null());

    // By pages, and by verdict.
    let mut lines = Vec::new();
    let mut path = format!("imports/{id}/rows?verdict=new&limit=1");
    loop {
        let page = app.get(&path).await;
        lines.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["line"].as_u64().unwrap()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("imports/{id}/rows?verdict=new&limit=1&cursor={cursor}");
        assert_eq!(
            app.call(
                reqwest::Method::GET,
                &format!("imports/{id}/rows?cursor={cursor}")
            )
            .await
            .0,
            400
        );
    }
    assert_eq!(lines, [2, 6]);

    app.commit(&import).await;
    let rows = app.get(&format!("imports/{id}/rows?verdict=new")).await;
    let expense_id = rows["items"][1]["expense_id"].as_str().unwrap();
    assert_eq!(app.get(&format!("expenses/{expense_id}")).await["note"], "fo\nur");
}

#[tokio::test]
async fn a_file_imported_again_is_all_duplicates_also_after_its_rows_were_deleted() {
    let app = App::start().await;
    let first = app.preview("create_missing=true", THREE).await;
    app.commit(&first).await;
    let again = app.preview("create_missing=true", THREE).await;
    assert_eq!(preview_of(&again), (0, 3, 0));
    assert_eq!(again["new_names"], json!([]));
    let done = app.commit(&again).await;
    assert_eq!(
        (&done["state"], &done["written_count"]),
        (&json!("committed"), &json!(0))
    );
    let id = app.get("expenses").await["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    app.call(reqwest::Method::DELETE, &format!("expenses/{id}")).await;
    assert_eq!(
        preview_of(&app.preview("create_missing=true", THREE).await),
        (0, 3, 0)
    );
    assert_eq!(app.number("SELECT COUNT(*) FROM expense").await, 3);
}

#[tokio::test]
async fn the_same_row_twice_without_an_external_id_is_two_expenses() {
    let app = App::start().await;
    let import = app.preview("", "Date,Amount\n2026-11-20,5\n2026-11-20,5\n").await;
    assert_eq!(preview_of(&import), (2, 0, 0));
    app.commit(&import).await;
    assert_eq!(app.sums("kind").await, [("expense".into(), 2, 1000)]);
}

#[tokio::test]
async fn a_repeat_with_its_key_is_the_same_answer_and_another_commit_writes_nothing() {
    let app = App::start().await;
    let first = app.send("imports", Some("k1"), THREE.into()).await;
    let second = app.send("imports", Some("k1"), THREE.into()).await;
    assert_eq!((first.0, &first.1), (201, &second.1));
    assert_eq!(app.number("SELECT COUNT(*) FROM import").await, 1);
    let other = app
        .send("imports", Some("k1"), THREE.replace("12.50", "12.51"))
        .await;
    assert_eq!((other.0, &other.1["code"]), (422, &json!("key-reused")));
    assert_eq!(
        app.send("imports?file_name=b", Some("k1"), THREE.into()).await.0,
        422
    );

    let import = app.preview("create_missing=true", THREE).await;
    let path = format!("imports/{}/commit", import["id"].as_str().unwrap());
    let done = app.send(&path, Some("c1"), String::new()).await;
    assert_eq!(done.0, 200, "{}", done.1);
    let rev = app.number("SELECT rev FROM ledger").await;
    assert_eq!(app.send(&path, Some("c1"), String::new()).await, done);
    assert_eq!(app.send(&path, Some("c2"), String::new()).await, done);
    assert_eq!(app.send(&path, None, String::new()).await, done);
    assert_eq!(app.number("SELECT rev FROM ledger").await, rev);
    assert_eq!(app.number("SELECT COUNT(*) FROM expense").await, 3);
}

#[tokio::test]
async fn two_commits_at_once_write_the_rows_once() {
    let app = App::start().await;
    let file: String = (0..2500)
        .map(|n| format!("2026-11-20,-{}.00,{n}\n", n % 90 + 1))
        .collect();
    let import = app.preview("", &format!("Date,Amount,Note\n{file}")).await;
    let commits = (0..4).map(|_| app.commit(&import));
    for done in futures_util::future::join_all(commits).await {
        assert_eq!(done["state"], "committed");
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM expense").await, 2500);
    assert_eq!(app.number("SELECT COUNT(DISTINCT note) FROM expense").await, 2500);
    assert_eq!(
        app.number("SELECT COUNT(*) FROM import_row WHERE expense_id IS NULL")
            .await,
        0
    );
    // Three changes of at most 1,000 rows, with nothing between them in the log.
    assert_eq!(
        app.number("SELECT COUNT(*) FROM `change` WHERE kind = 'commit_import'")
            .await,
        3
    );
}

#[tokio::test]
async fn a_dropped_preview_is_gone_and_what_was_committed_stays() {
    let app = App::start().await;
    let import = app.preview("create_missing=true", THREE).await;
    let id = import["id"].as_str().unwrap();
    assert_eq!(
        app.call(reqwest::Method::DELETE, &format!("imports/{id}"))
            .await
            .0,
        204
    );
    for path in [format!("imports/{id}"), format!("imports/{id}/rows")] {
        assert_eq!(app.call(reqwest::Method::GET, &path).await.0, 404);
    }
    assert_eq!(
        app.send(&format!("imports/{id}/commit"), None, String::new())
            .await
            .0,
        404
    );
    assert_eq!(app.number("SELECT COUNT(*) FROM import_row").await, 0);
    assert_eq!(app.number("SELECT COUNT(*) FROM import").await, 0);

    let import = app.preview("create_missing=true", THREE).await;
    app.commit(&import).await;
    let refused = app
        .call(
            reqwest::Method::DELETE,
            &format!("imports/{}", import["id"].as_str().unwrap()),
        )
        .await;
    assert_eq!((refused.0, &refused.1["code"]), (409, &json!("conflict")));
    assert_eq!(app.get("imports").await["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn names_that_are_missing_make_a_row_invalid_with_what_was_perhaps_meant() {
    let app = App::start().await;
    let import = app
        .preview(
            "",
            "Date,Amount,Category,Account\n2026-11-20,1,Fod,\n2026-11-20,1,Food,\n2026-11-20,1,,Visa\n",
        )
        .await;
    assert_eq!(preview_of(&import), (1, 0, 2));
    let rows = app
        .get(&format!(
            "imports/{}/rows?verdict=invalid",
            import["id"].as_str().unwrap()
        ))
        .await;
    let reason = rows["items"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("\"Fod\"") && reason.contains("Food"), "{reason}");
    assert!(
        rows["items"][1]["reason"]
            .as_str()
            .unwrap()
            .contains("account \"Visa\"")
    );
}

#[tokio::test]
async fn what_changed_between_preview_and_commit_leaves_out_the_row_and_not_the_import() {
    let app = App::start().await;
    let import = app.preview("create_missing=true", THREE).await;
    // Another import of the same file is first.
    let other = app.preview("create_missing=true", THREE).await;
    app.commit(&other).await;
    let done = app.commit(&import).await;
    assert_eq!(done["state"], "committed");
    assert_eq!(
        (preview_of(&done), done["written_count"].as_u64()),
        ((0, 3, 0), Some(0))
    );
    assert_eq!(app.number("SELECT COUNT(*) FROM expense").await, 3);
    assert_eq!(
        app.number("SELECT COUNT(*) FROM account WHERE name = 'Card'")
            .await,
        1
    );

    let import = app
        .preview("", "Date,Amount,Category\n2026-11-20,1,Food\n2026-11-20,2,Rent\n")
        .await;
    app.execute("UPDATE category SET is_archived = TRUE WHERE name = 'Rent'")
        .await;
    let done = app.commit(&import).await;
    assert_eq!(
        (preview_of(&done), done["written_count"].as_u64()),
        ((1, 0, 1), Some(1))
    );
    let rows = app
        .get(&format!(
            "imports/{}/rows?verdict=invalid",
            import["id"].as_str().unwrap()
        ))
        .await;
    assert!(
        rows["items"][0]["reason"].as_str().unwrap().contains("archived"),
        "{rows}"
    );
}

#[tokio::test]
async fn a_stale_version_neither_commits_nor_drops() {
    let app = App::start().await;
    let import = app.preview("create_missing=true", THREE).await;
    let id = import["id"].as_str().unwrap();
    for (method, path) in [
        (reqwest::Method::POST, format!("imports/{id}/commit")),
        (reqwest::Method::DELETE, format!("imports/{id}")),
    ] {
        let (status, body) = app.call_if(method, &path, "\"7\"").await;
        assert_eq!((status, &body["current"]["version"]), (412, &json!(1)));
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM expense").await, 0);
}

#[tokio::test]
async fn an_account_by_name_is_made_with_the_rows_and_by_no_preview() {
    let app = App::start().await;
    let file = "Date,Amount,Account\n2026-11-20,-1,\n2026-11-20,-2,Card\n";
    let accounts = "SELECT COUNT(*) FROM account";
    let before = app.number(accounts).await;
    let import = app.preview("account=Giro&create_missing=true", file).await;
    assert_eq!(import["new_names"], json!(["account Giro"]), "{import}");
    assert_eq!(app.number(accounts).await, before);
    app.commit(&import).await;
    assert_eq!(app.number(accounts).await, before + 1);
    let rows = "SELECT COUNT(*) FROM expense e JOIN account a ON a.id = e.account_id WHERE a.name = 'Giro'";
    assert_eq!(app.number(rows).await, 1);
    // Now it is there, however it is written.
    let again = app.preview("account=GIRO", file).await;
    assert_eq!((preview_of(&again), &again["new_names"]), ((2, 0, 0), &json!([])));
}

#[tokio::test]
async fn an_account_that_is_not_there_is_one_fault_of_the_file() {
    let app = App::start().await;
    let file = "Date,Amount\n2026-11-20,-1\n";
    let both = format!("account=Card&account_id={}", api::id::new_uuid());
    for (query, status, pointer, code) in [
        ("account=Girox", 409, "/account", "unknown-name"),
        (&both, 422, "/account", "twice"),
    ] {
        let (answered, body) = app.send(&format!("imports?{query}"), None, file.to_owned()).await;
        assert_eq!(answered, status, "{body:#}");
        let faults = body["errors"].as_array().unwrap();
        assert_eq!(faults.len(), 1, "{body:#}");
        assert_eq!(
            (&faults[0]["pointer"], &faults[0]["code"]),
            (&json!(pointer), &json!(code))
        );
    }
}
