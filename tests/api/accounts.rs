//! `/v1/ledgers/{ledger}/accounts`: as every dictionary, and the marks that imports find an account by.

use crate::dictionary::{made, path};
use serde_json::json;
use tests::server::TestApp;

crate::dictionary::dictionary_tests!("accounts", "account", false);

#[tokio::test]
async fn marks_are_kept_changed_and_cleared() {
    let app = TestApp::start().await;
    let http = app.client();
    let body =
        json!({ "name": "Giro", "kind": "bank", "iban": " DE02120300000000202051 ", "card_ends": "1234,99" });
    let giro = http.post("accounts", body).await.ok(201);
    assert_eq!(
        (&giro["kind"], &giro["iban"], &giro["acctid"]),
        (&json!("bank"), &json!("DE02120300000000202051"), &json!(null))
    );
    let patch = json!({ "kind": "wallet", "iban": null, "acctid": "77" });
    let giro = http.patch(&path("accounts", &giro), patch).await.ok(200);
    assert_eq!(
        (&giro["kind"], &giro["iban"], &giro["acctid"], &giro["card_ends"]),
        (&json!("wallet"), &json!(null), &json!("77"), &json!("1234,99"))
    );
    let bad = json!({ "name": " ", "iban": "\u{7}", "kind": "card" });
    let refused = http.post("accounts", bad).await.refused(422, "unprocessable");
    refused.with_faults(&[("/name", "blank"), ("/iban", "control-character")]);
    let kind = http
        .post("accounts", json!({ "name": "x", "kind": "stocks" }))
        .await;
    kind.refused(400, "validation")
        .with_faults(&[("/kind", "not-one-of")]);
}

#[tokio::test]
async fn both_ends_of_a_transfer_follow_a_merge_and_marks_are_inherited() {
    let app = TestApp::start().await;
    let http = app.client();
    let marks = json!({ "name": "Old", "kind": "bank", "iban": "DE02120300000000202051", "acctid": "1" });
    let old = http.post("accounts", marks).await.ok(201);
    let new = http
        .post("accounts", json!({ "name": "New", "acctid": "2" }))
        .await
        .ok(201);
    let other = made(&http, "accounts", "Other").await;
    let mut rows = Vec::new();
    for (account, to_account) in [("Old", "Other"), ("Other", "Old"), ("Old", "New"), ("New", "Old")] {
        let body = json!({
            "date": "2026-11-21", "amount": "5", "kind": "transfer", "account": account, "to_account": to_account
        });
        rows.push(http.post("expenses", body).await.ok(201));
    }
    http.delete(&path("accounts", &old)).await.refused(409, "in-use");
    let merge = json!({ "into_id": new["id"] });
    let done = http
        .post(&format!("{}/merge", path("accounts", &old)), merge)
        .await
        .ok(200);
    assert_eq!(done["moved"], 4, "each row once");
    let ends = [(&new, &other), (&other, &new), (&new, &new), (&new, &new)];
    for (row, (account, to_account)) in rows.iter().zip(ends) {
        let row = http.get(&path("expenses", row)).await.ok(200);
        assert_eq!(
            (&row["account_id"], &row["to_account_id"], &row["version"]),
            (&account["id"], &to_account["id"], &json!(2))
        );
    }
    let new = http.get(&path("accounts", &new)).await.ok(200);
    assert_eq!(
        (&new["iban"], &new["acctid"]),
        (&json!("DE02120300000000202051"), &json!("2"))
    );
}

#[tokio::test]
async fn an_external_id_that_both_accounts_know_stays_with_the_row_that_had_it() {
    let app = TestApp::start().await;
    let http = app.client();
    let (old, new) = (
        made(&http, "accounts", "Old").await,
        made(&http, "accounts", "New").await,
    );
    let row = |account: &str, external_id: &str| json!({ "date": "2026-11-21", "amount": "5", "account": account, "external_id": external_id });
    let mut rows = Vec::new();
    for (account, external_id) in [("Old", "a"), ("Old", "b"), ("New", "b"), ("Old", "c")] {
        rows.push(http.post("expenses", row(account, external_id)).await.ok(201));
    }
    let merge = json!({ "into_id": new["id"] });
    http.post(&format!("{}/merge", path("accounts", &old)), merge)
        .await
        .expect(200);
    for (row, external_id) in rows.iter().zip([json!("a"), json!(null), json!("b"), json!("c")]) {
        let row = http.get(&path("expenses", row)).await.ok(200);
        assert_eq!(
            (&row["external_id"], &row["account_id"]),
            (&external_id, &new["id"])
        );
    }
    let again = http.post("expenses", row("New", "a")).await;
    again.refused(409, "duplicate-external-id");
}
