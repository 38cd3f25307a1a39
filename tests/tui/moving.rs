//! Rows marked in the app go to another ledger, with all that they hold, and are gone from the first.

use serde_json::{Value, json};
use tests::daemon::Household;
use tests::program::block_on;
use tests::terminal::ENTER;

const FIELDS: [&str; 9] = [
    "date",
    "amount",
    "currency",
    "kind",
    "payee",
    "tags",
    "note",
    "paid_by",
    "external_id",
];

/// The rows of a ledger, deleted ones too, in the order of their dates.
fn rows(house: &Household, ledger: &str) -> Vec<Value> {
    let path = format!("/v1/ledgers/{ledger}/expenses?include_deleted=true&sort=date");
    let page = block_on(async { house.server().client().get(&path).await.ok(200) });
    page["items"].as_array().unwrap().clone()
}

#[test]
fn marked_rows_go_to_another_ledger_whole_and_once() {
    let house = Household::served();
    let http = house.server().client();
    let joint = block_on(async {
        let joint = json!({ "name": "Joint", "base_currency": "CHF" });
        let joint = http.post("/v1/ledgers", joint).await.ok(201);
        let me = http.get("/v1/me").await.ok(200);
        let today = server::clock::Clock::system().now().date_naive().to_string();
        for row in [
            json!({ "amount": "40.00", "category": "Hobby: Chess", "account": "Purse", "create_missing": true,
                "payee": "club", "tags": ["fun", "club"], "note": "two lines\nof it", "external_id": "bank-1",
                "paid_by": me["id"] }),
            json!({ "amount": "5.20", "kind": "refund", "category": "Food" }),
            json!({ "amount": "900", "currency": "JPY", "kind": "transfer", "account": "Purse", "to_account": "Cash" }),
        ] {
            let mut row = row;
            row["date"] = today.as_str().into();
            http.post("expenses", row).await.expect(201);
        }
        joint["id"].as_str().unwrap().to_owned()
    });
    let before = rows(&house, "default");
    let mut app = house.open();
    app.wait("club");
    app.send("*m");
    app.wait("Move 3 rows, 34.80 EUR, to");
    app.send(ENTER);
    app.wait("Joint has no categor");
    app.wait("Make them there");
    app.send(ENTER);
    app.wait("Move 3 rows, 34.80 EUR, to Joint? Category Hobby: Chess, account Purse will");
    app.send("y");
    app.wait("Moved 3 rows, 34.80 EUR, to Joint.");
    app.wait_gone("club");
    app.send("q");
    assert_eq!(app.ended().code, 0);

    let left = rows(&house, "default");
    assert!(left.iter().all(|row| row["deleted_at"].is_string()), "{left:?}");
    let there = rows(&house, &joint);
    let told = |rows: &[Value]| {
        let mut told: Vec<String> = rows
            .iter()
            .map(|row| FIELDS.map(|field| row[field].to_string()).join(" "))
            .collect();
        told.sort();
        told
    };
    assert_eq!(told(&there), told(&before));
    assert!(there.iter().all(|row| row["deleted_at"].is_null()), "{there:?}");
    let (names, accounts) = block_on(async {
        let of = |list: &str| format!("/v1/ledgers/{joint}/{list}?limit=200");
        let categories = http.get(&of("categories")).await.ok(200);
        (categories, http.get(&of("accounts")).await.ok(200))
    });
    let id_of = |list: &Value, name: &str| {
        let all = list["items"].as_array().unwrap();
        let found = all.iter().find(|item| item["name"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {list}"))["id"].clone()
    };
    let row = |amount: &str| there.iter().find(|row| row["amount"] == amount).unwrap();
    assert_eq!(row("40.00")["category_id"], id_of(&names, "Chess"));
    assert_eq!(row("40.00")["account_id"], id_of(&accounts, "Purse"));
    assert_eq!(row("5.20")["category_id"], id_of(&names, "Food"));
    assert_eq!(row("900")["account_id"], id_of(&accounts, "Purse"));
    assert_eq!(row("900")["to_account_id"], id_of(&accounts, "Cash"));
}
