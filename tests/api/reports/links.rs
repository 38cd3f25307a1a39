//! For every figure of every report: the rows it links to, walked through all cursors, sum to it. Over random rows of
//! every kind in currencies of none, two and three decimals, under several filters.

use super::record;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use tests::client::Http;
use tests::server::TestApp;

/// Minor units by currency: spent, refunded, income, transferred; and how many rows of each.
type Sums = BTreeMap<String, [(i128, u64); 4]>;

const KINDS: [&str; 4] = ["expense", "refund", "income", "transfer"];
const ROWS: usize = 450;

fn digits(currency: &str) -> usize {
    match currency {
        "JPY" => 0,
        "KWD" => 3,
        _ => 2,
    }
}

fn units(amount: &str) -> i128 {
    amount.replace('.', "").parse().unwrap()
}

fn row() -> impl Strategy<Value = Value> {
    let amount = prop_oneof![1_u64..50, 1_u64..1_000_000, Just(999_999_999_999)];
    let currency = prop_oneof![6 => Just("EUR"), 1 => Just("JPY"), 1 => Just("KWD"), 1 => Just("CHF")];
    let kind = prop_oneof![6 => Just(0_usize), 2 => Just(1), 1 => Just(2), 1 => Just(3)];
    let category = prop::sample::select(vec![
        None,
        Some("Food"),
        Some("Food: Sushi"),
        Some("Food: Bread"),
        Some("Rent"),
        Some("Travel: Sushi"),
        Some("Health"),
    ]);
    let account = prop::sample::select(vec![None, Some("Cash"), Some("Card"), Some("Bank")]);
    let payee = prop::sample::select(vec![
        None,
        Some("Rewe"),
        Some("Zoë & Söhne"),
        Some("50% off_1"),
        Some("none of it"),
    ]);
    let tags = prop::sample::subsequence(vec!["trip", "food", "a+b"], 0..=3);
    let accounts = (
        account,
        account_to(),
        prop::sample::select(vec![None, Some("local"), Some("ana"), Some("ben")]),
    );
    (0_u32..90, amount, currency, kind, category, accounts, payee, tags).prop_map(
        |(day, amount, currency, kind, category, (account, to_account, paid_by), payee, tags)| {
            let digits = digits(currency);
            let text = format!("{amount:0>width$}", width = digits + 1);
            let (whole, decimals) = text.split_at(text.len() - digits);
            let amount = if digits == 0 { whole.to_owned() } else { format!("{whole}.{decimals}") };
            json!({
                "date": format!("2026-{:02}-{:02}", day / 28 + 1, day % 28 + 1),
                "amount": amount, "currency": currency, "kind": KINDS[kind], "category": category, "account": account,
                "to_account": if kind == 3 { to_account } else { None }, "payee": payee, "tags": tags, "paid_by": paid_by,
                "note": payee.map(|payee| format!("for {payee}")), "create_missing": true,
            })
        },
    )
}

fn account_to() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![None, Some("Bank"), Some("Cash")])
}

fn add(sums: &mut Sums, row: &Value) {
    let kind = KINDS.iter().position(|kind| row["kind"] == *kind).unwrap();
    let slot = &mut sums
        .entry(row["currency"].as_str().unwrap().to_owned())
        .or_default()[kind];
    slot.0 += units(row["amount"].as_str().unwrap());
    slot.1 += 1;
}

/// The sums of the rows behind an address, walked once.
struct Linked<'a> {
    http: &'a Http,
    walked: HashMap<String, Sums>,
}

impl Linked<'_> {
    async fn sums(&mut self, url: &Value) -> Sums {
        let url = url.as_str().expect("an address").to_owned();
        if let Some(sums) = self.walked.get(&url) {
            return sums.clone();
        }
        let mut sums = Sums::new();
        // Small pages now and then, so that the sums go over many cursors.
        let limit = if self.walked.len().is_multiple_of(7) {
            23
        } else {
            200
        };
        for row in self.http.walk(&format!("{url}&limit={limit}")).await {
            add(&mut sums, &row);
        }
        self.walked.insert(url, sums.clone());
        sums
    }

    /// Every figure of a list of totals against the rows behind it.
    async fn check(&mut self, totals: &Value, url: &Value, what: &str) {
        let mut sums = self.sums(url).await;
        let totals = totals.as_array().unwrap();
        for total in totals {
            let figure = |name: &str| units(total[name].as_str().unwrap());
            let currency = total["currency"].as_str().unwrap();
            let [spent, refunded, income, transferred] = sums.remove(currency).unwrap_or_default();
            let linked = (
                spent.0,
                refunded.0,
                spent.0 - refunded.0,
                income.0,
                spent.1 + refunded.1 + income.1,
                income.1,
            );
            let count = |name: &str| total[name].as_u64().unwrap();
            let said = (
                figure("spent"),
                figure("refunded"),
                figure("net"),
                figure("income"),
                count("count"),
                count("income_count"),
            );
            assert_eq!(said, linked, "{what} {currency} {url}");
            assert_eq!(transferred.1, 0, "{what}: a transfer among {url}");
            let decimals = total["net"]
                .as_str()
                .unwrap()
                .split('.')
                .nth(1)
                .map_or(0, str::len);
            assert_eq!(decimals, digits(currency), "{what}: decimals of {total}");
        }
        assert!(sums.is_empty(), "{what}: rows in no figure {sums:?} {url}");
    }

    async fn check_transfers(&mut self, report: &Value, what: &str) {
        let mut sums = self.sums(&report["transfers_url"]).await;
        for total in report["transfers"].as_array().unwrap() {
            let [.., transferred] = sums
                .remove(total["currency"].as_str().unwrap())
                .unwrap_or_default();
            let said = (
                units(total["amount"].as_str().unwrap()),
                total["count"].as_u64().unwrap(),
            );
            assert_eq!(said, transferred, "{what}: transfers");
        }
        assert!(sums.is_empty(), "{what}: transfers in no figure {sums:?}");
    }

    async fn check_report(&mut self, report: &Value, what: &str) {
        self.check(&report["totals"], &report["rows_url"], what).await;
        self.check_transfers(report, what).await;
        if report["before"].is_array() {
            self.check(&report["before"], &report["before_rows_url"], what)
                .await;
        }
        for row in report["rows"].as_array().unwrap() {
            let what = format!("{what}, {}", row["label"]);
            self.check(&row["totals"], &row["rows_url"], &what).await;
            for (figures, url) in [("own", "own_rows_url"), ("before", "before_rows_url")] {
                if row[figures].is_array() {
                    self.check(&row[figures], &row[url], &what).await;
                }
            }
        }
    }
}

/// Rows that do not overlap make up the whole, and their shares a hundred.
fn check_parts(report: &Value, what: &str) {
    let mut parts: BTreeMap<String, (i128, u64)> = BTreeMap::new();
    let mut shares: BTreeMap<String, i128> = BTreeMap::new();
    for row in report["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["parent_key"].is_null())
    {
        for total in row["totals"].as_array().unwrap() {
            let currency = total["currency"].as_str().unwrap().to_owned();
            let part = parts.entry(currency.clone()).or_default();
            part.0 += units(total["net"].as_str().unwrap());
            part.1 += total["count"].as_u64().unwrap();
            if let Some(share) = total["share"].as_str() {
                assert!(
                    units(total["net"].as_str().unwrap()) > 0,
                    "{what}: share of {total}"
                );
                *shares.entry(currency).or_default() += units(share);
            }
        }
    }
    for total in report["totals"].as_array().unwrap() {
        let part = parts
            .get(total["currency"].as_str().unwrap())
            .copied()
            .unwrap_or_default();
        assert_eq!(
            part,
            (
                units(total["net"].as_str().unwrap()),
                total["count"].as_u64().unwrap()
            ),
            "{what} {total}"
        );
    }
    assert!(
        shares.values().all(|share| *share == 10_000),
        "{what}: shares {shares:?}"
    );
}

const FILTERS: [&str; 14] = [
    "",
    "from=2026-01-10&to=2026-02-20",
    "category=Food",
    "category=Food:%20Sushi&from=2026-01-05",
    "category=Food&category_only=true&to=2026-03-05",
    "category=none&kind=expense",
    "account=Bank",
    "account=none&payee=Rewe",
    "tag=trip&currency=JPY",
    "tag=none&min=1.00&max=5000",
    "q=so%20zo&kind=refund,transfer",
    "kind=transfer",
    "paid_by=ben",
    "paid_by=none&category=Food",
];

/// A server whose ledger is shared with Ana, and with Ben until the rows are there.
async fn shared() -> (TestApp, Http) {
    let app = TestApp::start().await;
    for name in ["ana", "ben"] {
        let person = app.add_person(name).await;
        app.add_member(person.user_id, app.ledger_id(), "editor").await;
    }
    let http = app.client();
    (app, http)
}

/// Each balance is made of the nets of the rows, whose links are checked already.
fn check_balances(report: &Value, what: &str) {
    let net = |key: &Value, currency: &Value| {
        let row = report["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["key"] == *key);
        let totals = row
            .map(|row| row["totals"].as_array().unwrap().clone())
            .unwrap_or_default();
        let total = totals.iter().find(|total| total["currency"] == *currency);
        total.map_or(0, |total| units(total["net"].as_str().unwrap()))
    };
    // Where the rows are those of a part of the members there is none.
    for balance in report["balances"].as_array().into_iter().flatten() {
        let currency = &balance["currency"];
        let figure = |of: &Value, name: &str| units(of[name].as_str().unwrap());
        let mut sums = [0; 3];
        for member in balance["members"].as_array().unwrap() {
            assert_eq!(
                figure(member, "paid"),
                net(&member["user_id"], currency),
                "{what} {member}"
            );
            for (sum, name) in sums.iter_mut().zip(["paid", "even_share", "balance"]) {
                *sum += figure(member, name);
            }
        }
        let total = figure(balance, "total");
        assert_eq!(sums, [total, total, 0], "{what} {balance}");
        assert_eq!(
            figure(balance, "unassigned"),
            net(&json!("none"), currency),
            "{what}"
        );
        let whole = report["totals"]
            .as_array()
            .unwrap()
            .iter()
            .find(|total| total["currency"] == *currency);
        assert_eq!(
            total + figure(balance, "unassigned"),
            figure(whole.unwrap(), "net"),
            "{what}: every row is in it"
        );
    }
}

#[tokio::test]
async fn every_figure_is_the_sum_of_the_rows_it_links_to() {
    let (_app, http) = shared().await;
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]),
    );
    let rows: Vec<Value> = (0..ROWS)
        .map(|_| row().new_tree(&mut runner).unwrap().current())
        .collect();
    record(&http, rows.clone()).await;
    for listed in http.get("expenses?limit=5").await.ok(200)["items"]
        .as_array()
        .unwrap()
    {
        http.delete(&format!("expenses/{}", listed["id"].as_str().unwrap()))
            .await
            .expect(204);
    }
    // Who left keeps the rows they paid.
    let members = http.get("members").await.ok(200);
    let ben = members["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|member| member["name"] == "ben");
    http.delete(&format!("members/{}", ben.unwrap()["user_id"].as_str().unwrap()))
        .await
        .expect(204);
    let mut linked = Linked {
        http: &http,
        walked: HashMap::new(),
    };
    for filter in FILTERS {
        for kind in [
            "summary",
            "by-category",
            "by-month",
            "by-account",
            "by-payee",
            "by-member",
            "by-tag",
        ] {
            let what = format!("{kind}?{filter}");
            let report = http.get(&format!("reports/{what}")).await.ok(200);
            linked.check_report(&report, &what).await;
            if kind != "by-tag" {
                check_parts(&report, &what);
            }
            if kind == "by-member" {
                check_balances(&report, &what);
            }
        }
    }
    for what in [
        "by-day?from=2026-01-20&to=2026-02-10",
        "by-day?category=Food",
        "by-day?kind=income",
    ] {
        let report = http.get(&format!("reports/{what}")).await.ok(200);
        linked.check_report(&report, what).await;
        check_parts(&report, what);
    }
    for filter in [
        "",
        "&category=Food",
        "&category=Food:%20Sushi&tag=trip",
        "&kind=expense,transfer&account=Cash",
    ] {
        let what = format!("compare?from=2026-02-01&to=2026-02-28{filter}");
        let report = http.get(&format!("reports/{what}")).await.ok(200);
        linked.check_report(&report, &what).await;
        check_parts(&report, &what);
    }
}

#[tokio::test]
async fn a_report_sums_exactly_the_rows_that_were_recorded() {
    let (_app, http) = shared().await;
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &[8; 32]),
    );
    let rows: Vec<Value> = (0..200)
        .map(|_| row().new_tree(&mut runner).unwrap().current())
        .collect();
    record(&http, rows.clone()).await;
    let report = http.get("reports/summary").await.ok(200);
    let mut sums = Sums::new();
    rows.iter().for_each(|row| add(&mut sums, row));
    let said: BTreeMap<&str, [i128; 3]> = report["totals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|total| {
            let figure = |name: &str| units(total[name].as_str().unwrap());
            (
                total["currency"].as_str().unwrap(),
                [figure("spent"), figure("refunded"), figure("income")],
            )
        })
        .collect();
    let recorded: BTreeMap<&str, [i128; 3]> = sums
        .iter()
        .filter(|(_, [a, b, c, _])| a.1 + b.1 + c.1 > 0)
        .map(|(currency, [spent, refunded, income, _])| (currency.as_str(), [spent.0, refunded.0, income.0]))
        .collect();
    assert_eq!(said, recorded);
}
