//! What holds for categories, accounts, payees and tags alike: each resource's own module runs these, so that one that
//! drifts from the others is named by its own test.

use serde_json::{Value, json};
use tests::client::Http;
use tests::server::TestApp;

/// Makes an entry and gives it back.
pub async fn made(http: &Http, collection: &str, name: &str) -> Value {
    http.post(collection, json!({ "name": name })).await.ok(201)
}

/// The text of a field.
pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {value}"))
}

/// The address of an entry.
pub fn path(collection: &str, entry: &Value) -> String {
    format!("{collection}/{}", text(entry, "id"))
}

/// The names of a list.
pub fn names(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| text(item, "name")).collect()
}

/// Made, read, renamed, archived, brought back and deleted, each with its version.
pub async fn lives_and_dies(collection: &str) {
    let app = TestApp::start().await;
    let http = app.client();
    let answer = http
        .post(collection, json!({ "name": "  Zum  Ochsen " }))
        .await
        .expect(201);
    let entry = answer.json.clone();
    assert_eq!(answer.etag(), "\"1\"");
    let location = answer.header("location").unwrap().to_owned();
    assert_eq!(text(&entry, "name"), "Zum Ochsen");
    assert_eq!(http.get(&location).await.ok(200), entry);
    let path = path(collection, &entry);
    let answer = http
        .patch(&path, json!({ "name": "Ochsen" }))
        .if_match("\"1\"")
        .await
        .expect(200);
    assert_eq!(answer.etag(), "\"2\"");
    let rev = app.rev().await;
    let same = http.patch(&path, json!({ "name": "Ochsen" })).await.ok(200);
    assert_eq!(same["version"], 2, "nothing changed");
    assert_eq!(app.rev().await, rev);
    let archived = http.patch(&path, json!({ "is_archived": true })).await.ok(200);
    assert_eq!(archived["is_archived"], true);
    let listed = http.walk(collection).await;
    assert!(listed.contains(&archived), "archived ones are listed: {listed:?}");
    let back = http
        .patch(&path, json!({ "is_archived": false, "name": "OCHSEN" }))
        .await
        .ok(200);
    assert_eq!((text(&back, "name"), &back["version"]), ("OCHSEN", &json!(4)));
    http.delete(&path).if_match("\"4\"").await.expect(204);
    http.get(&path).await.refused(404, "not-found");
    http.delete(&path).await.refused(404, "not-found");
    http.patch(&path, json!({ "name": "x" }))
        .await
        .refused(404, "not-found");
    assert!(
        !http
            .walk(collection)
            .await
            .iter()
            .any(|item| item["id"] == entry["id"])
    );
    // A deleted name is free again.
    made(&http, collection, "Ochsen").await;
    assert_eq!(
        app.count_changes(app.ledger_id()).await,
        u64::try_from(app.rev().await).unwrap()
    );
}

/// Names are one whatever their case, accents and width.
pub async fn folds_names(collection: &str) {
    let app = TestApp::start().await;
    let http = app.client();
    made(&http, collection, "Café Zoë").await;
    let other = made(&http, collection, "Teahouse").await;
    let rev = app.rev().await;
    for name in ["CAFE  ZOE", "Cafe\u{301} Zoe\u{308}", "\u{ff23}afé Zo\u{200b}ë"] {
        let new = http.post(collection, json!({ "name": name })).await;
        new.refused(409, "name-taken")
            .with_faults(&[("/name", "name-taken")]);
        let renamed = http
            .patch(&path(collection, &other), json!({ "name": name }))
            .await;
        renamed
            .refused(409, "name-taken")
            .with_faults(&[("/name", "name-taken")]);
    }
    assert_eq!(app.rev().await, rev);
}

/// What is no name is refused, on creation and in a patch, and nothing is written.
pub async fn refuses_bad_bodies(collection: &str) {
    let app = TestApp::start().await;
    let http = app.client();
    let entry = path(collection, &made(&http, collection, "Good").await);
    let rev = app.rev().await;
    for (name, status, code, fault) in [
        (json!(""), 400, "validation", "too-short"),
        (json!("x".repeat(101)), 400, "validation", "too-long"),
        (json!(7), 400, "validation", "type"),
        (json!(" \u{a0} "), 422, "unprocessable", "blank"),
        (json!("\u{301}"), 422, "unprocessable", "blank"),
        (json!("a\u{0}b"), 422, "unprocessable", "control-character"),
        (json!("a\u{1b}[31m"), 422, "unprocessable", "control-character"),
        (json!("a\u{202e}b"), 422, "unprocessable", "direction-mark"),
        (json!("a\nb"), 422, "unprocessable", "line-break"),
        (json!(" N\u{f3}ne "), 422, "unprocessable", "reserved-name"),
        // A ligature of eighteen letters: a hundred of them do not fit once they are written out.
        (json!("\u{fdfa}".repeat(100)), 422, "unprocessable", "too-long"),
    ] {
        let body = json!({ "name": name });
        let answer = http.post(collection, body.clone()).await;
        answer.refused(status, code).with_faults(&[("/name", fault)]);
        let answer = http.patch(&entry, body).await;
        answer.refused(status, code).with_faults(&[("/name", fault)]);
    }
    let unknown = http.post(collection, json!({ "colour": "red" })).await;
    unknown
        .refused(400, "validation")
        .with_faults(&[("/colour", "unknown"), ("/name", "missing")]);
    let cursor = http.get(&format!("{collection}?cursor=abc&limit=3")).await;
    cursor.refused(400, "bad-cursor");
    let limit = http.get(&format!("{collection}?limit=0&x=1")).await;
    limit
        .refused(400, "validation")
        .with_faults(&[("/limit", "too-small"), ("/x", "unknown")]);
    assert_eq!(app.rev().await, rev);
}

/// A stale version is refused with the entry as it is; a repeat of a key answers as the first time.
pub async fn is_safe_to_retry(collection: &str) {
    let app = TestApp::start().await;
    let http = app.client();
    let body = json!({ "name": "Once" });
    let first = http
        .post(collection, body.clone())
        .key("make-it")
        .await
        .expect(201);
    let again = http.post(collection, body).key("make-it").await.expect(201);
    assert_eq!(first.body, again.body);
    let other = http
        .post(collection, json!({ "name": "Twice" }))
        .key("make-it")
        .await;
    other.refused(422, "key-reused");
    let path = path(collection, &first.json);
    let change = |key: &str| {
        http.patch(&path, json!({ "name": "Once more" }))
            .if_match("\"1\"")
            .key(key)
    };
    let changed = change("change-it").await.expect(200);
    assert_eq!(change("change-it").await.expect(200).body, changed.body);
    let stale = change("change-it-2").await.refused(412, "stale-version");
    assert_eq!(stale.json["current"], changed.json);
    let stale = http.delete(&path).if_match("\"1\"").await;
    stale.refused(412, "stale-version");
    http.delete(&path)
        .if_match("\"2\"")
        .key("drop-it")
        .await
        .expect(204);
    http.delete(&path)
        .if_match("\"2\"")
        .key("drop-it")
        .await
        .expect(204);
    let unreadable = http.delete(&path).if_match("W/\"2\"").await;
    unreadable.refused(400, "bad-request");
}

/// The client may choose the id, once.
pub async fn takes_ids(collection: &str) {
    let app = TestApp::start().await;
    let http = app.client();
    let id = api::id::new_uuid().to_string();
    let entry = http
        .post(collection, json!({ "id": id, "name": "Mine" }))
        .await
        .ok(201);
    assert_eq!(text(&entry, "id"), id);
    let taken = http.post(collection, json!({ "id": id, "name": "Other" })).await;
    taken.refused(409, "id-taken");
    http.delete(&format!("{collection}/{id}")).await.expect(204);
    let taken = http.post(collection, json!({ "id": id, "name": "Mine" })).await;
    taken.refused(409, "id-taken");
}

/// Pages in order of the folded names, with a prefix, without loss while others add.
pub async fn pages_by_name(collection: &str) {
    let app = TestApp::start().await;
    let http = app.client();
    for n in 0..25 {
        made(
            &http,
            collection,
            &format!("{} {n:02}", if n % 2 == 0 { "Ähre" } else { "ahorn" }),
        )
        .await;
    }
    made(&http, collection, "100% a_b!").await;
    made(&http, collection, "1000").await;
    let all = http.walk(&format!("{collection}?limit=4")).await;
    let folds: Vec<String> = all
        .iter()
        .map(|item| api::text::fold(text(item, "name")))
        .collect();
    assert!(folds.windows(2).all(|pair| pair[0] <= pair[1]), "{folds:?}");
    assert_eq!(
        all.len(),
        http.walk(&format!("{collection}?limit=200")).await.len()
    );
    assert_eq!(
        http.walk(&format!("{collection}?q=%C3%84HR&limit=5")).await.len(),
        13
    );
    assert_eq!(
        names(&http.walk(&format!("{collection}?q=100%25")).await),
        ["100% a_b!"]
    );
    assert_eq!(http.walk(&format!("{collection}?q=ahxrn")).await.len(), 0);
    let page = http.get(&format!("{collection}?limit=3&q=ahr")).await.expect(200);
    let link = page.header("link").unwrap().to_owned();
    assert!(link.contains("rel=\"next\"") && link.contains("q=ahr"), "{link}");
    let cursor = text(&page.json, "next_cursor");
    let foreign = http
        .get(&format!("{collection}?limit=3&q=a&cursor={cursor}"))
        .await;
    foreign.refused(400, "bad-cursor");
    let (statements, _) = app
        .statements_of(async { http.get(collection).await.ok(200) })
        .await;
    assert!(statements <= 3, "{statements} statements");
}

/// Somebody else's entry is not there, to the byte; who may only read or add changes nothing.
pub async fn keeps_to_its_ledger(collection: &str) {
    let app = TestApp::start().await;
    let (ana, ben) = (app.client(), app.add_person("ben").await);
    let ben_http = app.client_of(&ben);
    let theirs = made(&ben_http, collection, "Secret").await;
    let missing = api::id::new_uuid();
    let plain = |mut problem: Value| {
        problem["request_id"] = Value::Null;
        problem
    };
    let theirs = text(&theirs, "id").to_owned();
    let mine = text(&made(&ana, collection, "Mine").await, "id").to_owned();
    for (foreign, missing) in [
        (theirs.clone(), missing.to_string()),
        (theirs.clone(), "no-id".to_owned()),
    ] {
        for call in ["get", "patch", "delete", "merge"] {
            let send = async |id: &str| {
                let path = format!("{collection}/{id}");
                let answer = match call {
                    "get" => ana.get(&path).await,
                    "patch" => ana.patch(&path, json!({ "name": "x" })).await,
                    "delete" => ana.delete(&path).await,
                    _ => {
                        ana.post(&format!("{path}/merge"), json!({ "into_id": mine }))
                            .await
                    }
                };
                plain(answer.refused(404, "not-found").json)
            };
            assert_eq!(send(&foreign).await, send(&missing).await, "{call}");
        }
    }
    let into_theirs = ana
        .post(
            &format!("{collection}/{mine}/merge"),
            json!({ "into_id": theirs }),
        )
        .await;
    into_theirs
        .refused(409, "unknown-name")
        .with_faults(&[("/into_id", "unknown-name")]);
    let elsewhere = ana.in_ledger(ben.ledger_id);
    let (foreign, nowhere) = (
        plain(elsewhere.get(collection).await.refused(404, "not-found").json),
        plain(
            ana.in_ledger(missing)
                .get(collection)
                .await
                .refused(404, "not-found")
                .json,
        ),
    );
    assert_eq!(foreign, nowhere);
    app.stranger()
        .get(collection)
        .await
        .refused(401, "unauthenticated");
    for (role, may_read) in [("viewer", true), ("adder", true)] {
        let person = app.add_person(role).await;
        app.add_member(person.user_id, app.ledger_id(), role).await;
        let http = app.client_of(&person).in_ledger(app.ledger_id());
        assert_eq!(http.get(collection).await.status == 200, may_read);
        http.post(collection, json!({ "name": role }))
            .await
            .refused(403, "forbidden");
        let entry = format!("{collection}/{mine}");
        http.patch(&entry, json!({ "name": role }))
            .await
            .refused(403, "forbidden");
        http.delete(&entry).await.refused(403, "forbidden");
        let merge = http
            .post(&format!("{entry}/merge"), json!({ "into_id": mine }))
            .await;
        merge.refused(403, "forbidden");
    }
}

/// While live rows use it, it stays; once only deleted ones do, it may go.
pub async fn stays_while_in_use(collection: &str, field: &str, is_list: bool) {
    let app = TestApp::start().await;
    let http = app.client();
    let entry = made(&http, collection, "Busy").await;
    let value = if is_list { json!(["Busy"]) } else { json!("Busy") };
    let mut rows = Vec::new();
    for _ in 0..3 {
        let body = json!({ "date": "2026-11-21", "amount": "1", field: value });
        rows.push(http.post("expenses", body).await.ok(201));
    }
    let path = path(collection, &entry);
    let refused = http.delete(&path).await.refused(409, "in-use");
    assert_eq!(refused.json["count"], 3);
    for row in &rows {
        http.delete(&format!("expenses/{}", text(row, "id")))
            .await
            .expect(204);
    }
    http.delete(&path).await.expect(204);
}

/// The rows of one go to the other, deleted ones too, and it is gone.
pub async fn merges(collection: &str, field: &str, is_list: bool) {
    let app = TestApp::start().await;
    let http = app.client();
    let (from, into) = (
        made(&http, collection, "From").await,
        made(&http, collection, "Into").await,
    );
    let value = |name: &str| if is_list { json!([name]) } else { json!(name) };
    let mut rows = Vec::new();
    for name in ["From", "From", "Into"] {
        let body = json!({ "date": "2026-11-21", "amount": "1", field: value(name) });
        rows.push(http.post("expenses", body).await.ok(201));
    }
    let deleted = format!("expenses/{}", text(&rows[1], "id"));
    http.delete(&deleted).await.expect(204);
    let path = path(collection, &from);
    let merge = |into: &Value, key: &str| {
        http.post(&format!("{path}/merge"), json!({ "into_id": into["id"] }))
            .key(key)
    };
    merge(&from, "same")
        .await
        .refused(422, "unprocessable")
        .with_faults(&[("/into_id", "same")]);
    let archived = made(&http, collection, "Old").await;
    let old = format!("{collection}/{}", text(&archived, "id"));
    http.patch(&old, json!({ "is_archived": true })).await.expect(200);
    merge(&archived, "old")
        .await
        .refused(409, "archived")
        .with_faults(&[("/into_id", "archived")]);
    let missing = json!({ "id": api::id::new_uuid() });
    merge(&missing, "none").await.refused(409, "unknown-name");
    let rev = app.rev().await;
    let done = merge(&into, "go").await.expect(200);
    assert_eq!(
        (&done.json["moved"], &done.json["is_done"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(merge(&into, "go").await.expect(200).body, done.body);
    merge(&archived, "go").await.refused(422, "key-reused");
    assert_eq!(app.rev().await, rev + 1);
    http.get(&path).await.refused(404, "not-found");
    merge(&into, "again").await.refused(404, "not-found");
    let restored = http.post(&format!("{deleted}/restore"), json!({})).await.ok(200);
    let reference = if field == "payee" || is_list {
        field.to_owned()
    } else {
        format!("{field}_id")
    };
    let expected = rows[2][&reference].clone();
    assert_eq!(restored[&reference], expected);
    let moved = http
        .get(&format!("expenses/{}", text(&rows[0], "id")))
        .await
        .ok(200);
    assert_eq!((&moved[&reference], &moved["version"]), (&expected, &json!(2)));
    http.delete(&format!("{collection}/{}", text(&into, "id")))
        .await
        .refused(409, "in-use");
}

/// One test each for a dictionary.
macro_rules! dictionary_tests {
    ($collection:literal, $field:literal, $is_list:literal) => {
        #[tokio::test]
        async fn an_entry_lives_and_dies() {
            crate::dictionary::lives_and_dies($collection).await;
        }

        #[tokio::test]
        async fn names_are_one_whatever_their_case_and_accents() {
            crate::dictionary::folds_names($collection).await;
        }

        #[tokio::test]
        async fn what_is_no_name_is_refused() {
            crate::dictionary::refuses_bad_bodies($collection).await;
        }

        #[tokio::test]
        async fn stale_versions_are_refused_and_repeats_answer_the_same() {
            crate::dictionary::is_safe_to_retry($collection).await;
        }

        #[tokio::test]
        async fn a_client_may_choose_an_id_once() {
            crate::dictionary::takes_ids($collection).await;
        }

        #[tokio::test]
        async fn pages_follow_the_names() {
            crate::dictionary::pages_by_name($collection).await;
        }

        #[tokio::test]
        async fn another_ledgers_entries_are_not_there() {
            crate::dictionary::keeps_to_its_ledger($collection).await;
        }

        #[tokio::test]
        async fn it_stays_while_rows_use_it() {
            crate::dictionary::stays_while_in_use($collection, $field, $is_list).await;
        }

        #[tokio::test]
        async fn merging_moves_the_rows_and_deletes_it() {
            crate::dictionary::merges($collection, $field, $is_list).await;
        }
    };
}

pub(crate) use dictionary_tests;
