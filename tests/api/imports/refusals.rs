//! Files that are none, options that do not fit, rows that must be left out.

use super::app::{App, answer, preview_of};
use reqwest::Method;

#[tokio::test]
async fn a_file_that_is_none_is_refused_and_leaves_nothing() {
    let app = App::start().await;
    let long = format!("Date,Amount\n{}", "2026-11-20,1\n".repeat(100_001));
    let noise: Vec<u8> = (0..4096_u32)
        .map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect();
    let files: [(&str, Vec<u8>, &str); 17] = [
        ("", b"".to_vec(), "empty"),
        ("", b" \r\n\n".to_vec(), "empty"),
        ("", noise, "not-text"),
        ("", b"PK\x03\x04xl/workbook.xml".to_vec(), "not-text"),
        ("", b"one\ntwo\n".to_vec(), "one-column"),
        (
            "",
            b"Date,Amount\n2026-11-20,\"1\n2026-11-21,2\n".to_vec(),
            "open-quote",
        ),
        (
            "encoding=klingon",
            b"Date,Amount\n2026-11-20,1\n".to_vec(),
            "unknown-encoding",
        ),
        (
            "encoding=utf-8",
            b"Date,Amount,Note\n2026-11-20,1,caf\xe9\n".to_vec(),
            "wrong-encoding",
        ),
        ("", b"Date,Amount\n".to_vec(), "no-rows"),
        ("", b"a,b\n1,2\n".to_vec(), "no-header"),
        (
            "columns=date=Date,amount=Betrag",
            b"Date,Amount\n2026-11-20,1\n".to_vec(),
            "no-such-column",
        ),
        (
            "columns=date=1,amount=3",
            b"Date,Amount\n2026-11-20,1\n".to_vec(),
            "no-such-column",
        ),
        (
            "columns=date=1,sum=2",
            b"Date,Amount\n2026-11-20,1\n".to_vec(),
            "unknown-field",
        ),
        (
            "kind_map=a=spent",
            b"Date,Amount\n2026-11-20,1\n".to_vec(),
            "malformed",
        ),
        ("", b"Date,Amount\n03/04/2026,1\n".to_vec(), "ambiguous-dates"),
        (
            "",
            b"Date,Amount\n13/04/2026,1\n04/13/2026,1\n".to_vec(),
            "mixed-dates",
        ),
        ("", long.into_bytes(), "too-many-rows"),
    ];
    for (query, file, code) in files {
        let (status, body) = app.send_bytes(&format!("imports?{query}"), None, file).await;
        let codes: Vec<_> = body["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|fault| fault["code"].clone())
            .collect();
        assert!(
            status == 422 && codes.iter().any(|found| found == code),
            "{code}: {status} {body:#}"
        );
    }
    assert_eq!(app.number("SELECT COUNT(*) FROM import").await, 0);
    assert_eq!(app.number("SELECT rev FROM ledger").await, 0);
}

#[tokio::test]
async fn options_and_media_are_checked_before_the_file_is_read() {
    let app = App::start().await;
    let file = "Date,Amount\n2026-11-20,1\n";
    for (query, status) in [
        ("date_format=dym", 400),
        ("colour=red", 400),
        ("create_missing=perhaps", 400),
        ("account_id=cash", 400),
        ("account_id=018f6f2a-7c1d-7b55-9a53-1f0d2c3b4a59", 409),
        ("file_name=a%1Bb", 422),
    ] {
        let (got, body) = app.send(&format!("imports?{query}"), None, file.into()).await;
        assert_eq!(got, status, "{query}: {body:#}");
    }
    for (media, encoding) in [
        ("application/json", "identity"),
        ("", "identity"),
        ("text/csv", "gzip"),
    ] {
        let call = app
            .request(Method::POST, "imports")
            .bytes(media, file)
            .header("content-encoding", encoding);
        assert_eq!(answer(call).await.0, 415, "{media} {encoding}");
    }
    let big = app.send("imports", None, "x".repeat(16 * 1024 * 1024 + 1)).await;
    assert_eq!(big.0, 413);
    // Larger than any other body, and taken.
    let large = format!("Date,Amount\n{}", "2026-11-20,1\n".repeat(40_000));
    assert_eq!(preview_of(&app.preview("", &large).await).0, 40_000);
    let plain = app
        .request(Method::POST, "imports")
        .bytes("application/octet-stream", file);
    assert_eq!(answer(plain).await.0, 201);
}

#[tokio::test]
async fn rows_that_cannot_be_stored_are_left_out_with_a_reason_and_the_others_written() {
    let app = App::start().await;
    let long = "x".repeat(20_000);
    let rows = [
        ("2026-11-20,1.00,fine,", ""),
        ("2026-11-20,1.00,a\0b,", "control character"),
        ("2026-11-20,1.00,a\u{1b}[2Jb,", "control character"),
        ("2026-11-20,1.00,a\u{202e}b,", "direction mark"),
        (&format!("2026-11-20,1.00,{long},"), "at most 10000"),
        (&format!("2026-11-20,1.00,{},", &long[..3000]), "at most 2000"),
        ("2026-11-20,1.00,x,ABC", "not a currency code"),
        ("2026-11-20,10000000000.00,x,", "Too large"),
        ("2026-11-20,1.005,x,", "2 decimals"),
        ("2026-11-20,1.5,x,JPY", "no decimals"),
        ("2026-11-20,0.00,x,", "amount is 0"),
        ("2026-11-20,,x,", "no amount"),
        ("2026-11-20,1e5,x,", "not an amount"),
        ("2026-02-31,1.00,x,", "28 days"),
        ("0025-01-01,1.00,x,", "Out of range"),
        (",1.00,x,", "no date"),
        (",,Total,", "neither a date nor an amount"),
    ];
    let file: String = rows.iter().map(|(row, _)| format!("{row}\n")).collect();
    let import = app
        .preview("", &format!("Date,Amount,Note,Currency\n{file}"))
        .await;
    assert_eq!(preview_of(&import), (1, 0, 16), "{import:#}");
    let told = app
        .get(&format!("imports/{}/rows", import["id"].as_str().unwrap()))
        .await;
    for (row, (sent, reason)) in told["items"].as_array().unwrap().iter().zip(rows) {
        let given = row["reason"].as_str().unwrap_or_default();
        assert!(
            given.contains(reason) && given.is_empty() == reason.is_empty(),
            "{sent:.60}: {given}"
        );
        let raw = row["raw"].as_str().unwrap();
        assert!(raw.chars().count() <= 500 && !raw.contains(['\0', '\u{1b}', '\u{202e}']));
    }
    assert_eq!(app.commit(&import).await["written_count"], 1);
    assert_eq!(app.sums("kind").await, [("expense".into(), 1, 100)]);
}

#[tokio::test]
async fn a_note_taken_for_the_category_is_noticed() {
    let app = App::start().await;
    let rows: String = (0..1200).map(|n| format!("2026-11-20,1,note {n}\n")).collect();
    let (status, body) = app
        .send(
            "imports?create_missing=true&columns=date=1,amount=2,category=3",
            None,
            format!("a,b,c\n{rows}"),
        )
        .await;
    assert_eq!(
        (status, body["errors"][0]["code"].as_str()),
        (422, Some("too-many-names")),
        "{body:#}"
    );
}
