//! A small household's book, and what the lists know of it.

use super::*;
use crate::client::fake::FakeApi;
use api::account::{Account, AccountKind};
use api::category::Category;
use api::currency::Currency;
use api::date::Date;
use api::expense::Kind;
use api::id::{AccountId, CategoryId, ExpenseId, LedgerId, UserId};
use api::instant::Instant;
use api::ledger::Ledger;
use api::member::Member;
use api::money::Amount;
use api::page::Page;
use std::sync::Arc;

/// An id that is the same in every run, so that pictures of screens are, too.
pub(crate) fn id<T: From<uuid::Uuid>>(number: u128) -> T {
    uuid::Uuid::from_u128(0x018f_6f2a_7c1d_7b55_9a53_0000_0000_0000 + number).into()
}

pub(crate) fn instant() -> Instant {
    "2026-11-21T11:00:00Z".parse().unwrap()
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn ledger() -> Ledger {
    Ledger {
        id: id::<LedgerId>(1),
        name: "Joint".to_owned(),
        base_currency: Currency::EUR,
        month_start_day: 1,
        week_start: 1,
        role: api::member::Role::Owner,
        rev: 7,
        version: 1,
        created_at: instant(),
        updated_at: instant(),
    }
}

fn category(number: u128, name: &str, parent: Option<u128>) -> Category {
    Category {
        id: id(100 + number),
        name: name.to_owned(),
        parent_id: parent.map(|parent| id(100 + parent)),
        is_archived: false,
        version: 1,
        created_at: instant(),
        updated_at: instant(),
    }
}

pub(crate) fn categories() -> Vec<Category> {
    let mut categories = vec![
        category(0, "Food", None),
        category(1, "Eating out", None),
        category(2, "Rent", None),
        category(3, "Travel", None),
        category(4, "Sushi bar", Some(1)),
        category(5, "Old stuff", None),
    ];
    categories[5].is_archived = true;
    categories
}

pub(crate) fn account(number: u128, name: &str) -> Account {
    Account {
        id: id(200 + number),
        name: name.to_owned(),
        kind: AccountKind::Cash,
        iban: None,
        acctid: None,
        card_ends: None,
        owner: None,
        is_archived: false,
        version: 1,
        created_at: instant(),
        updated_at: instant(),
    }
}

pub(crate) fn accounts() -> Vec<Account> {
    vec![
        account(0, "Cash"),
        account(1, "Visa"),
        account(2, "Giro"),
        account(3, "Savings"),
    ]
}

/// The first so many of Ana, Ben and Zoë, who sign in as `ana`, `ben` and `zoe.m`.
pub(crate) fn members(count: usize) -> Members {
    Members::new(people().into_iter().take(count).collect())
}

/// Ana, Ben and Zoë, as the server lists them.
pub(crate) fn people() -> Vec<Member> {
    [("ana", "Ana"), ("ben", "Ben"), ("zoe.m", "Zoë")]
        .into_iter()
        .zip(9..)
        .map(|((name, display_name), number)| Member {
            user_id: id(number),
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            role: api::member::Role::Owner,
            version: 1,
            created_at: instant(),
            updated_at: instant(),
        })
        .collect()
}

/// `row(7, "2026-11-20", "48.90", "Rewe", Some(0), Some(2))`: numbers of the row, its category and its account.
pub(crate) fn row(
    number: u128,
    day: &str,
    amount: &str,
    payee: &str,
    category: Option<u128>,
    account: Option<u128>,
) -> Expense {
    Expense {
        id: id::<ExpenseId>(1000 + number),
        date: date(day),
        amount: serde_json::from_value::<Amount>(amount.into()).unwrap(),
        currency: Currency::EUR,
        kind: Kind::Expense,
        category_id: category.map(|number| id::<CategoryId>(100 + number)),
        account_id: account.map(|number| id::<AccountId>(200 + number)),
        to_account_id: None,
        payee: Some(payee.to_owned()).filter(|payee| !payee.is_empty()),
        tags: Vec::new(),
        note: None,
        paid_by: None,
        external_id: None,
        version: 1,
        created_by: id::<UserId>(9),
        created_at: instant(),
        updated_at: instant(),
        deleted_at: None,
    }
}

pub(crate) fn page<T: api::Wire>(items: Vec<T>) -> Page<T> {
    Page {
        items,
        next_cursor: None,
    }
}

/// Shares the books among the first so many of these people.
pub(crate) fn share(fake: &FakeApi, count: usize) {
    fake.on("list_members", &page(people().into_iter().take(count).collect()));
}

/// Tells the fake about the household, without rows: Ana's alone.
pub(crate) fn household(fake: &FakeApi) {
    let named = |name: &str, number: u128| {
        serde_json::json!({ "id": id::<ExpenseId>(number), "name": name, "is_archived": false, "version": 1,
            "created_at": instant(), "updated_at": instant() })
    };
    fake.on("get_ledger", &ledger());
    fake.on("list_ledgers", &page(vec![ledger()]));
    fake.on("list_categories", &page(categories()));
    fake.on("list_accounts", &page(accounts()));
    fake.on("list_payees", &serde_json::json!({ "items": [named("Rewe", 300), named("Café Einstein", 301)], "next_cursor": null }));
    share(fake, 1);
    fake.on(
        "list_tags",
        &serde_json::json!({ "items": [named("trip", 400)], "next_cursor": null }),
    );
}

pub(crate) fn lists(rows: &[Expense]) -> Lists {
    Lists::new(
        ledger(),
        categories(),
        accounts(),
        vec!["Rewe".to_owned()],
        Vec::new(),
        members(1),
        rows,
    )
}

#[tokio::test]
async fn the_lists_are_loaded_and_name_what_rows_hold() {
    let fake = Arc::new(FakeApi::new());
    household(&fake);
    fake.on(
        "list_expenses",
        &page(vec![row(1, "2026-11-20", "48.90", "Rewe", Some(0), Some(2))]),
    );
    let lists = load(fake.clone()).await.unwrap();
    let open = crate::open_ledger::OpenLedger::of(&lists);
    let suffix = open.suffix();
    assert_eq!(open.name + &suffix, "Joint EUR");
    assert_eq!(lists.category_path(id(104)), "Eating out: Sushi bar");
    assert_eq!(lists.account_name(id(202)), "Giro");
    assert_eq!(lists.payees, ["Rewe", "Café Einstein"]);
    assert_eq!(lists.habits.last("REWE").unwrap().category_id, Some(id(100)));
    assert!(fake.requests_of("list_expenses")[0].query.contains("limit=200"));
    assert_eq!(fake.requests_of("list_members").len(), 1);
    assert_eq!(lists.members.label(id(9)), "Ana");
}

#[test]
fn what_is_archived_has_a_name_and_is_not_offered() {
    let lists = lists(&[]);
    assert_eq!(lists.category_path(id(105)), "Old stuff");
    assert_eq!(lists.find_category("old stuff"), None);
    assert_eq!(lists.find_category("FOOD"), Some(id(100)));
    assert_eq!(lists.open_categories().len(), 5);
}

#[test]
fn a_payee_is_filed_as_the_last_time_and_repeats_are_ranked() {
    let mut rows = vec![
        row(1, "2026-11-02", "6.40", "Café", Some(1), Some(0)),
        row(2, "2026-11-09", "6.40", "Cafe", Some(1), Some(0)),
        row(3, "2026-11-10", "900.00", "Landlord", Some(2), Some(2)),
        row(4, "2026-11-20", "7.00", "Café", Some(0), Some(1)),
    ];
    rows.reverse();
    let lists = lists(&rows);
    let last = lists.habits.last("cafe").unwrap();
    assert_eq!(
        (last.category_id, last.account_id),
        (Some(id(100)), Some(id(201)))
    );
    let repeated = lists.habits.most_repeated(2);
    assert_eq!((repeated[0].amount.as_str(), repeated[0].count), ("6.40", 2));
    assert_eq!(repeated[1].amount.as_str(), "7.00");
}

#[test]
fn a_saved_row_is_learned_once_and_an_unknown_category_asks_for_the_lists() {
    let book = Book::new(Currency::EUR);
    book.set(lists(&[]));
    let new = row(5, "2026-11-21", "3.00", "Bäcker", Some(0), None);
    assert!(!book.learn(&[new.clone(), new.clone()]));
    assert_eq!(book.lists().payees, ["Rewe", "Bäcker"]);
    assert_eq!(book.lists().habits.most_repeated(5)[0].count, 1);
    assert!(book.learn(&[row(6, "2026-11-21", "3.00", "x", Some(77), None)]));
    let paid_by = |number| Expense {
        paid_by: Some(id(number)),
        ..row(7, "2026-11-21", "3.00", "x", None, None)
    };
    assert!(!book.learn(&[paid_by(9)]));
    assert!(book.learn(&[paid_by(10)]));
}

#[test]
fn members_are_found_by_either_name_and_told_apart_where_they_are_called_the_same() {
    let members = members(3);
    assert_eq!(members.labels(), ["Ana", "Ben", "Zoë"]);
    for text in ["zoe", "ZOË", "zoe.m"] {
        assert_eq!(members.find(text), Some(id(11)), "{text}");
    }
    assert_eq!(members.find("zo"), None);
    assert!(members.is_shared() && !super::tests::members(1).is_shared());
    let row = |paid_by: Option<u128>| Expense {
        paid_by: paid_by.map(id),
        ..row(1, "2026-11-21", "3.00", "x", None, None)
    };
    let payers = [None, Some(10), Some(99)].map(|paid_by| members.payer(&row(paid_by)).to_owned());
    assert_eq!(payers, ["", "Ben", SOMEONE]);
    assert_eq!(
        Members::default().payer(&row(Some(10))),
        "",
        "nothing is known yet"
    );

    let mut people = people();
    people[1].display_name = "ana".to_owned();
    people[2].display_name = " ".to_owned();
    let members = Members::new(people);
    assert_eq!(members.labels(), ["Ana (ana)", "ana (ben)", "zoe.m"]);
    assert_eq!(members.find("ana (ben)"), Some(id(10)));
    assert_eq!(members.find("ana"), Some(id(9)), "the name that signs in");
}
