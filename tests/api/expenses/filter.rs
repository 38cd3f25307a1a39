//! The filters of `list_expenses` against a model in memory: random rows, random queries of several predicates, every
//! order and page size, and each page's rows in exactly the model's order.

use super::{items, with};
use api::text::fold;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::fmt::Write as _;
use tests::client::Http;
use tests::server::TestApp;

const DAYS: [&str; 6] = [
    "2026-10-30",
    "2026-10-31",
    "2026-11-01",
    "2026-11-02",
    "2026-11-15",
    "2027-01-01",
];
const CATEGORIES: [Option<&str>; 5] = [
    None,
    Some("Food"),
    Some("Food: Sushi"),
    Some("Rent"),
    Some("Food: Bäckerei"),
];
const ACCOUNTS: [Option<&str>; 3] = [None, Some("Cash"), Some("Card")];
const PAYEES: [Option<&str>; 5] = [
    None,
    Some("Corner Shop"),
    Some("Café Zoë"),
    Some("shop 24"),
    Some("100% Bio_Markt"),
];
const TAGS: [&str; 3] = ["trip", "Été", "shop talk"];
const NOTES: [Option<&str>; 4] = [
    None,
    Some("lunch with Ana"),
    Some("Zoë's 50%_off!"),
    Some("back\\slash\nsecond line"),
];
const WORDS: [&str; 9] = [
    "shop",
    "zoe",
    "SHOP t",
    "50%",
    "lunch ana",
    "back\\",
    "second",
    "ete",
    "_",
];

fn row() -> impl Strategy<Value = Value> {
    let what = (
        select(&DAYS[..]),
        1_u32..400,
        select(&["EUR", "EUR", "JPY"][..]),
        select(&["expense", "refund", "income", "transfer"][..]),
    );
    let names = (
        select(&CATEGORIES[..]),
        select(&ACCOUNTS[..]),
        select(&ACCOUNTS[..]),
        select(&PAYEES[..]),
    );
    let rest = (subsequence(&TAGS[..], 0..=3), select(&NOTES[..]), any::<bool>());
    (what, names, rest).prop_map(|((date, amount, currency, kind), (category, account, to, payee), (tags, note, is_ours))| {
        let mut row = json!({ "date": date, "amount": amount.to_string(), "currency": currency, "kind": kind, "tags": tags });
        for (name, value) in [("category", category), ("account", account), ("payee", payee), ("note", note)] {
            if let Some(value) = value {
                row[name] = value.into();
            }
        }
        if let (Some(to), "transfer") = (to, kind) {
            row["to_account"] = to.into();
        }
        row["create_missing"] = true.into();
        row["paid"] = is_ours.into();
        row
    })
}

/// A query; what is `None` is not asked.
#[derive(Debug, Clone)]
struct Query {
    from: Option<&'static str>,
    to: Option<&'static str>,
    category: Option<&'static str>,
    account: Option<&'static str>,
    payee: Option<&'static str>,
    tag: Option<&'static str>,
    q: Option<&'static str>,
    min: Option<u32>,
    max: Option<u32>,
    kind: Option<&'static str>,
    currency: Option<&'static str>,
    paid_by: Option<&'static str>,
    include_deleted: bool,
    sort: &'static str,
    limit: u32,
}

fn query() -> impl Strategy<Value = Query> {
    let maybe = |values: &'static [&'static str]| prop::option::weighted(0.3, select(values));
    let period = (maybe(&DAYS), maybe(&DAYS)).prop_map(|(a, b)| match (a, b) {
        (Some(a), Some(b)) if a > b => (Some(b), Some(a)),
        other => other,
    });
    let amounts = (
        prop::option::weighted(0.3, 1_u32..400),
        prop::option::weighted(0.3, 1_u32..400),
    )
        .prop_map(|(a, b)| match (a, b) {
            (Some(a), Some(b)) if a > b => (Some(b), Some(a)),
            other => other,
        });
    let names = (
        maybe(&["none", "Food", "food: sushi", "Rent"]),
        maybe(&["none", "cash", "Card"]),
        maybe(&["none", "corner shop", "CAFE ZOE"]),
        maybe(&["none", "trip", "ete"]),
    );
    let rest = (
        prop::option::weighted(0.3, select(&WORDS[..])),
        maybe(&["expense", "expense,refund", "income", "transfer,income"]),
        maybe(&["EUR", "JPY"]),
        maybe(&["none", "local"]),
        any::<bool>(),
    );
    let sorts = [
        "-date",
        "date",
        "amount",
        "-amount",
        "payee",
        "-payee",
        "category",
        "-category",
        "created",
        "-created",
    ];
    (period, amounts, names, rest, select(sorts.to_vec()), 1_u32..40).prop_map(
        |(
            (from, to),
            (min, max),
            (category, account, payee, tag),
            (q, kind, currency, paid_by, include_deleted),
            sort,
            limit,
        )| {
            Query {
                from,
                to,
                category,
                account,
                payee,
                tag,
                q,
                min,
                max,
                kind,
                currency,
                paid_by,
                include_deleted,
                sort,
                limit,
            }
        },
    )
}

impl Query {
    fn path(&self) -> String {
        let mut path = format!(
            "expenses?sort={}&limit={}&include_deleted={}",
            self.sort, self.limit, self.include_deleted
        );
        for (name, value) in [
            ("from", self.from),
            ("to", self.to),
            ("category", self.category),
            ("account", self.account),
            ("payee", self.payee),
            ("tag", self.tag),
            ("q", self.q),
            ("kind", self.kind),
            ("currency", self.currency),
            ("paid_by", self.paid_by),
        ] {
            if let Some(value) = value {
                let encoded: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
                write!(path, "&{name}={encoded}").unwrap();
            }
        }
        for (name, value) in [("min", self.min), ("max", self.max)] {
            if let Some(value) = value {
                write!(path, "&{name}={value}").unwrap();
            }
        }
        path
    }

    /// Whether a row passes, by the words of the documentation.
    fn passes(&self, row: &Row) -> bool {
        let said = |name: &str| row.said[name].as_str();
        let date = said("date").unwrap();
        let amount: u32 = said("amount").unwrap().parse().unwrap();
        let named = |asked: Option<&str>, given: &[Option<&str>]| match asked {
            None => true,
            Some("none") => given.iter().all(Option::is_none),
            Some(asked) => given.iter().flatten().any(|given| fold(given) == fold(asked)),
        };
        // A parent's filter takes its subcategories in.
        let category = said("category");
        let parent = category
            .and_then(|category| category.split_once(": "))
            .map(|(parent, _)| parent);
        let in_category = match self.category {
            Some("none") | None => named(self.category, &[category]),
            Some(_) => named(self.category, &[category, parent]),
        };
        let tags: Vec<Option<&str>> = row.said["tags"]
            .as_array()
            .unwrap()
            .iter()
            .map(Value::as_str)
            .collect();
        let texts: Vec<String> = [said("payee"), said("note")]
            .into_iter()
            .chain(tags.iter().copied())
            .flatten()
            .map(fold)
            .collect();
        let has_word = |word: &str| {
            texts
                .iter()
                .any(|text| text.split_whitespace().any(|begun| begun.starts_with(word)))
        };
        // An amount means something in one currency only: the ledger's, unless another is named.
        let currency = self
            .currency
            .or((self.min.is_some() || self.max.is_some()).then_some("EUR"));
        (self.include_deleted || !row.is_deleted)
            && self.from.is_none_or(|from| date >= from)
            && self.to.is_none_or(|to| date <= to)
            && in_category
            && named(self.account, &[said("account"), said("to_account")])
            && named(self.payee, &[said("payee")])
            && (tags.is_empty() && self.tag == Some("none")
                || !(tags.is_empty() && self.tag.is_some()) && named(self.tag, &tags))
            && self.q.is_none_or(|q| fold(q).split_whitespace().all(has_word))
            && self.min.is_none_or(|min| amount >= min)
            && self.max.is_none_or(|max| amount <= max)
            && self
                .kind
                .is_none_or(|kinds| kinds.split(',').any(|kind| said("kind") == Some(kind)))
            && currency.is_none_or(|currency| said("currency") == Some(currency))
            && match self.paid_by {
                None => true,
                Some("none") => row.said["paid"] == json!(false),
                Some(_) => row.said["paid"] == json!(true),
            }
    }

    fn order(&self, a: &Row, b: &Row) -> Ordering {
        let text = |row: &Row, name: &str| row.said[name].as_str().map(fold).unwrap_or_default();
        let category = |row: &Row| {
            let name = row.said["category"].as_str().unwrap_or_default();
            fold(name.rsplit(": ").next().unwrap_or_default())
        };
        let minor = |row: &Row| {
            row.read["amount"]
                .as_str()
                .unwrap()
                .replace('.', "")
                .parse::<u64>()
                .unwrap()
        };
        let key = match self.sort.trim_start_matches('-') {
            "date" => text(a, "date").cmp(&text(b, "date")),
            "amount" => minor(a).cmp(&minor(b)),
            "payee" => text(a, "payee").cmp(&text(b, "payee")),
            "category" => category(a).cmp(&category(b)),
            _ => a.created_at().cmp(&b.created_at()),
        };
        let order = key.then_with(|| a.id().cmp(b.id()));
        if self.sort.starts_with('-') {
            order.reverse()
        } else {
            order
        }
    }
}

/// A row as it was sent, and as it was answered.
#[derive(Debug, Clone)]
struct Row {
    said: Value,
    read: Value,
    is_deleted: bool,
}

impl Row {
    fn id(&self) -> &str {
        self.read["id"].as_str().unwrap()
    }

    fn created_at(&self) -> chrono::DateTime<chrono::Utc> {
        self.read["created_at"].as_str().unwrap().parse().unwrap()
    }
}

/// Records the rows in several changes and deletes every seventh.
async fn record(http: &Http, rows: &[Value], owner: uuid::Uuid) -> Vec<Row> {
    let mut recorded = Vec::new();
    for some in rows.chunks(30) {
        let sent = some.iter().map(|row| {
            let mut row = row.clone();
            let is_ours = row.as_object_mut().unwrap().remove("paid") == Some(json!(true));
            let expense = if is_ours {
                with(row, json!({ "paid_by": owner }))
            } else {
                row
            };
            json!({ "op": "create", "expense": expense })
        });
        let answer = http
            .post(
                "expenses/batch",
                json!({ "operations": sent.collect::<Vec<_>>() }),
            )
            .await
            .ok(200);
        let read = items(&answer).into_iter().zip(some);
        recorded.extend(read.map(|(read, said)| Row {
            said: said.clone(),
            read,
            is_deleted: false,
        }));
    }
    let doomed: Vec<Value> = recorded
        .iter()
        .step_by(7)
        .map(|row| json!({ "op": "delete", "id": row.id() }))
        .collect();
    http.post("expenses/batch", json!({ "operations": doomed }))
        .await
        .expect(200);
    recorded
        .iter_mut()
        .step_by(7)
        .for_each(|row| row.is_deleted = true);
    recorded
}

#[test]
fn a_list_is_what_the_model_says_in_its_order_on_every_page() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        cases: 120,
        ..Config::default()
    });
    let rows = prop::collection::vec(row(), 120)
        .new_tree(&mut runner)
        .unwrap()
        .current();
    let app = runtime.block_on(TestApp::start());
    let http = app.client();
    // So that every name that is asked for is known, whatever the rows hold.
    let mut all = vec![
        json!({ "date": DAYS[0], "amount": "1", "currency": "EUR", "kind": "transfer", "category": "Food: Sushi",
            "account": "Cash", "to_account": "Card", "payee": "Corner Shop", "tags": ["trip", "Été"], "paid": true, "create_missing": true }),
        json!({ "date": DAYS[0], "amount": "1", "currency": "EUR", "kind": "expense", "category": "Rent", "payee": "Café Zoë", "tags": [], "paid": false }),
    ];
    all.extend(rows);
    let rows = runtime.block_on(record(&http, &all, app.owner().user_id));
    let result = runner.run(&query(), |query| {
        let mut expected: Vec<&Row> = rows.iter().filter(|row| query.passes(row)).collect();
        expected.sort_by(|a, b| query.order(a, b));
        let expected: Vec<&str> = expected.into_iter().map(Row::id).collect();
        let walked = runtime.block_on(http.walk(&query.path()));
        let walked: Vec<&str> = walked.iter().map(|row| row["id"].as_str().unwrap()).collect();
        prop_assert_eq!(walked, expected, "{}", query.path());
        Ok(())
    });
    result.unwrap_or_else(|fault| panic!("{fault}"));
    runtime.block_on(async { drop(app) });
}

#[test]
fn any_amount_of_any_currency_comes_back_as_it_went() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let app = runtime.block_on(TestApp::start());
    let http = app.client();
    let currencies: Vec<api::currency::Currency> = api::currency::Currency::all().collect();
    let amounts = prop::collection::vec((select(currencies), 1..=api::money::MAX_MINOR), 1..40);
    let mut runner = TestRunner::new(Config {
        cases: 12,
        ..Config::default()
    });
    let result = runner.run(&amounts, |amounts| {
        let sent: Vec<Value> = amounts
            .iter()
            .map(|(currency, minor)| {
                let amount = api::money::format_minor(*minor, *currency);
                json!({ "date": "2026-11-21", "amount": amount, "currency": currency.code() })
            })
            .collect();
        let operations: Vec<Value> = sent
            .iter()
            .map(|row| json!({ "op": "create", "expense": row }))
            .collect();
        let answer = runtime.block_on(
            http.post("expenses/batch", json!({ "operations": operations }))
                .send(),
        );
        for (sent, kept) in sent.iter().zip(items(&answer.ok(200))) {
            prop_assert_eq!(
                (&sent["amount"], &sent["currency"]),
                (&kept["amount"], &kept["currency"])
            );
            let read = runtime.block_on(http.get(&super::at(&kept)).send()).ok(200);
            prop_assert_eq!(read, kept);
        }
        Ok(())
    });
    result.unwrap_or_else(|fault| panic!("{fault}"));
}
