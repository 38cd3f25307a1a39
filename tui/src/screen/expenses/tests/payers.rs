//! Who paid: a column where several share the books and there is room, and nothing of it elsewhere.

use super::*;
use crate::book::tests::id;
use api::member::MemberRef;

#[test]
fn a_shared_book_says_who_paid_where_there_is_room() {
    let bench = Bench::shared();
    let mut app = bench.open(Harness::new(140, 30));
    insta::assert_snapshot!("payers_140x30", app.screen());
    app.resize(100, 24);
    insta::assert_snapshot!("payers_100x24", app.screen());
}

#[test]
fn at_80_columns_and_in_books_of_one_person_there_is_no_such_column() {
    let shared = Bench::shared().open(Harness::new(80, 24)).screen();
    let own = Bench::new();
    assert_eq!(shared, own.open(Harness::new(80, 24)).screen());
    let titles = |bench: &Bench| bench.open(Harness::new(140, 30)).line(3);
    assert!(titles(&Bench::shared()).contains("  By  "));
    assert!(!titles(&own).contains("  By  "));
}

#[test]
fn a_copy_is_paid_by_who_paid_the_first_unless_they_left() {
    let bench = Bench::shared();
    let mut app = bench.open(Harness::new(80, 24));
    app.keys("jD");
    let sent = || -> NewExpense {
        let requests = bench.fake.requests_of("create_expense");
        requests.last().unwrap().body_value().unwrap()
    };
    assert_eq!(sent().paid_by, Some(MemberRef::Id(id(10))), "{}", app.screen());
    app.keys("gg").keys("/by:nobody<c-u><cr>");
    let at = app
        .lines()
        .iter()
        .position(|line| line.contains("Einstein"))
        .unwrap();
    while !app.line(u16::try_from(at).unwrap()).starts_with('>') {
        app.keys("j");
    }
    app.keys("D");
    assert_eq!(sent().payee.as_deref(), Some("Café Einstein"));
    assert_eq!(sent().paid_by, None);
}

#[test]
fn by_me_is_whoever_sits_there_as_the_server_knows_them() {
    let bench = Bench::shared();
    let mut app = bench.open(Harness::new(80, 24));
    app.keys("a9 tea by:me<cr>");
    let sent: NewExpense = bench.fake.requests_of("create_expense")[0].body_value().unwrap();
    assert_eq!(
        sent.paid_by,
        Some(MemberRef::Name("me".to_owned())),
        "{}",
        app.screen()
    );
    app.keys("/by:me<cr>");
    let listed = bench.fake.requests_of("list_expenses");
    assert!(listed.last().unwrap().query.contains("paid_by=me"), "{listed:?}");
}
