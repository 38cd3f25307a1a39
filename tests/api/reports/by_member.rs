//! `by-member`: who paid what, and who owes whom where all carry the same share.

use super::{labels, record};
use serde_json::{Value, json};
use tests::client::Http;
use tests::people::Person;
use tests::server::TestApp;

/// The seeded owner as Local, Ana who edits, Ben who adds, Eve who looks on.
struct Household {
    app: TestApp,
    http: Http,
    ana: Person,
    ben: Person,
    eve: Person,
}

async fn household() -> Household {
    let app = TestApp::start().await;
    let http = app.client();
    let mut people = Vec::new();
    for (name, role) in [("ana", "editor"), ("ben", "adder"), ("eve", "viewer")] {
        let person = app.add_person(name).await;
        app.add_member(person.user_id, app.ledger_id(), role).await;
        people.push(person);
    }
    let [ana, ben, eve] = people.try_into().unwrap();
    Household {
        app,
        http,
        ana,
        ben,
        eve,
    }
}

fn spent(amount: &str, paid_by: &str) -> Value {
    json!({ "date": "2026-11-10", "amount": amount, "paid_by": paid_by })
}

/// A row of which it is said that nobody is named.
async fn paid_by_nobody(http: &Http, row: Value) {
    let row = http.post("expenses", row).await.ok(201);
    let path = format!("expenses/{}", row["id"].as_str().unwrap());
    http.patch(&path, json!({ "paid_by": null })).await.ok(200);
}

/// Name, paid, share and balance of each.
fn members(balance: &Value) -> Vec<[&str; 4]> {
    balance["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| ["name", "paid", "even_share", "balance"].map(|field| member[field].as_str().unwrap()))
        .collect()
}

/// From, to and amount of each.
fn payments(balance: &Value) -> Vec<(Value, Value, &str)> {
    balance["payments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payment| {
            (
                payment["from"].clone(),
                payment["to"].clone(),
                payment["amount"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test]
async fn two_members_are_settled_by_one_payment() {
    let house = household().await;
    let http = &house.http;
    // Ben looks on from now on, and so Ana and the owner share.
    http.patch(
        &format!("members/{}", house.ben.user_id),
        json!({ "role": "viewer" }),
    )
    .await
    .ok(200);
    record(
        http,
        vec![
            spent("812.40", "ana"),
            spent("510.10", "local"),
            json!({ "date": "2026-11-11", "amount": "7.00", "kind": "refund", "paid_by": "local" }),
            json!({ "date": "2026-11-11", "amount": "3000.00", "kind": "income", "paid_by": "ana" }),
            json!({ "date": "2026-11-11", "amount": "50.00", "kind": "transfer", "paid_by": "ana" }),
        ],
    )
    .await;
    paid_by_nobody(http, json!({ "date": "2026-11-11", "amount": "23.00" })).await;
    let report = http.get("reports/by-member").await.ok(200);
    let rows = report["rows"].as_array().unwrap();
    let owner = http
        .get(&format!("members/{}", house.app.owner().user_id))
        .await
        .ok(200);
    let owner = owner["display_name"].as_str().unwrap();
    assert_eq!(labels(rows), ["ana", owner, "Nobody named"]);
    assert_eq!(rows[0]["key"], json!(house.ana.user_id));
    assert_eq!(rows[2]["key"], "none");
    assert_eq!(rows[0]["totals"][0]["income"], "3000.00");
    let [balance] = &report["balances"].as_array().unwrap()[..] else {
        panic!("one currency: {report}")
    };
    assert_eq!(
        (&balance["currency"], &balance["total"], &balance["unassigned"]),
        (&json!("EUR"), &json!("1315.50"), &json!("23.00"))
    );
    assert_eq!(
        members(balance),
        [
            ["ana", "812.40", "657.75", "154.65"],
            [owner, "503.10", "657.75", "-154.65"]
        ]
    );
    assert_eq!(
        payments(balance),
        [(
            json!(house.app.owner().user_id),
            json!(house.ana.user_id),
            "154.65"
        )]
    );
}

#[tokio::test]
async fn viewers_and_those_who_left_carry_nothing_and_get_back_what_they_paid() {
    let house = household().await;
    let http = &house.http;
    record(
        http,
        vec![spent("10.00", "ana"), spent("0.02", "eve"), spent("20.00", "ben")],
    )
    .await;
    http.delete(&format!("members/{}", house.ben.user_id))
        .await
        .expect(204);
    let report = http.get("reports/by-member").await.ok(200);
    assert_eq!(labels(report["rows"].as_array().unwrap()), ["ben", "ana", "eve"]);
    let balance = &report["balances"][0];
    let owner = balance["members"][3]["name"].as_str().unwrap();
    assert_eq!(
        members(balance),
        [
            ["ben", "20.00", "0.00", "20.00"],
            ["ana", "10.00", "15.01", "-5.01"],
            ["eve", "0.02", "0.00", "0.02"],
            [owner, "0.00", "15.01", "-15.01"],
        ]
    );
    let me = json!(house.app.owner().user_id);
    assert_eq!(
        payments(balance),
        [
            (me.clone(), json!(house.ben.user_id), "15.01"),
            (json!(house.ana.user_id), json!(house.ben.user_id), "4.99"),
            (json!(house.ana.user_id), json!(house.eve.user_id), "0.02"),
        ]
    );
    // The rows of who left are still to be had.
    let bens = report["rows"][0]["rows_url"].as_str().unwrap();
    assert_eq!(http.walk(bens).await.len(), 1);
}

#[tokio::test]
async fn no_balance_adds_two_currencies_and_only_spending_is_settled() {
    let house = household().await;
    let http = &house.http;
    record(
        http,
        vec![
            spent("1.00", "ana"),
            json!({ "date": "2026-11-10", "amount": "100", "currency": "JPY", "paid_by": "ben" }),
            json!({ "date": "2026-11-10", "amount": "1.001", "currency": "KWD", "kind": "refund", "paid_by": "ben" }),
            json!({ "date": "2026-11-10", "amount": "9.00", "currency": "USD", "kind": "income", "paid_by": "ana" }),
        ],
    )
    .await;
    paid_by_nobody(
        http,
        json!({ "date": "2026-11-10", "amount": "5.00", "currency": "CHF" }),
    )
    .await;
    let report = http.get("reports/by-member").await.ok(200);
    let balances = report["balances"].as_array().unwrap();
    let currencies: Vec<&str> = balances
        .iter()
        .map(|balance| balance["currency"].as_str().unwrap())
        .collect();
    assert_eq!(currencies, ["EUR", "CHF", "JPY", "KWD"]);
    let shares = |at: usize| {
        let mut shares: Vec<&str> = members(&balances[at]).iter().map(|member| member[2]).collect();
        shares.sort_unstable();
        shares
    };
    assert_eq!(shares(0), ["0.33", "0.33", "0.34"]);
    assert_eq!(shares(2), ["33", "33", "34"]);
    assert_eq!(shares(3), ["-0.333", "-0.334", "-0.334"]);
    // Nobody named: nothing to settle, and it says how much there is of it.
    assert_eq!(
        (
            &balances[1]["total"],
            &balances[1]["unassigned"],
            &balances[1]["payments"]
        ),
        (&json!("0.00"), &json!("5.00"), &json!([]))
    );
    let report = http.get("reports/by-member?kind=income").await.ok(200);
    assert_eq!(report["balances"], json!([]));
    let report = http
        .get("reports/by-member?paid_by=ben&currency=JPY")
        .await
        .ok(200);
    assert_eq!(labels(report["rows"].as_array().unwrap()), ["ben"]);
    for filter in ["ben", "me", "none"] {
        let part = http
            .get(&format!("reports/by-member?paid_by={filter}"))
            .await
            .ok(200);
        assert_eq!(
            part["balances"],
            json!(null),
            "nothing is settled of a part of the members' rows"
        );
    }
    let report = http.get("reports/by-account").await.ok(200);
    assert_eq!(report["balances"], json!(null));
}

#[tokio::test]
async fn who_sees_only_their_own_rows_sees_no_report() {
    let house = household().await;
    for (person, status) in [(&house.ben, 403), (&house.eve, 200), (&house.ana, 200)] {
        let theirs = house.app.client_of(person).in_ledger(house.app.ledger_id());
        theirs.get("reports/by-member").await.expect(status);
    }
}
