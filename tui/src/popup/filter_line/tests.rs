//! The line, as it is typed.

use crate::screen::expenses::tests::Bench;
use crate::testkit::Harness;

/// The filter of the last list asked for.
fn asked(bench: &Bench) -> String {
    bench.fake.requests_of("list_expenses").pop().unwrap().query
}

#[test]
fn tab_completes_names_from_the_lists_in_the_app_and_turns_through_them() {
    let bench = Bench::shared();
    let mut app = bench.open(Harness::new(80, 24));
    let before = bench.fake.requests().len();
    app.keys("/#out");
    assert!(app.screen().contains("Tab: #\"Eating out\""), "{}", app.screen());
    app.keys("<tab>@vi<tab>by:<tab>");
    assert!(
        app.screen().contains("/ #\"Eating out\" @Visa by:ana"),
        "{}",
        app.screen()
    );
    app.keys("<tab>");
    assert!(app.screen().contains("@Visa by:ben"), "{}", app.screen());
    app.keys("<s-tab>");
    assert!(app.screen().contains("@Visa by:ana"), "{}", app.screen());
    assert_eq!(bench.fake.requests().len(), before, "typing asked the server");
    app.keys("<cr>");
    assert!(asked(&bench).contains("paid_by=ana"), "{}", asked(&bench));
}

#[test]
fn a_beginning_of_a_members_name_is_enough_and_a_wrong_one_is_told() {
    let bench = Bench::shared();
    let mut app = bench.open(Harness::new(80, 24));
    app.keys("/by:B<cr>");
    assert!(asked(&bench).contains("paid_by=ben"), "{}", asked(&bench));
    app.keys("/<c-u>by:none<cr>");
    assert!(asked(&bench).contains("paid_by=none"), "{}", asked(&bench));
    let before = bench.fake.requests().len();
    app.keys("/<c-u>by:zed<cr>");
    assert!(
        app.screen().contains("No member is called zed"),
        "{}",
        app.screen()
    );
    assert_eq!(bench.fake.requests().len(), before);
    // Who left can be asked for by id, as the rows of a bar are.
    app.keys("<c-u>by:018f6f2a-7c1d-7b55-9a53-000000000063<cr>");
    assert!(asked(&bench).contains("paid_by=018f6f2a"), "{}", asked(&bench));
}

#[test]
fn what_is_no_filter_is_told_and_nothing_is_asked_for() {
    let bench = Bench::shared();
    let mut app = bench.open(Harness::new(100, 24));
    let before = bench.fake.requests().len();
    for (line, says) in [
        ("-#rent", "Leaving rows out with - is not supported yet"),
        ("nonsense:foo", "No filter is called nonsense:"),
        ("not #rent", "\"not\" before a condition is not supported yet"),
    ] {
        app.keys(&format!("/<c-u>{line}<cr>"));
        assert!(app.screen().contains(says), "{line}: {}", app.screen());
        app.keys("<esc>");
    }
    assert_eq!(bench.fake.requests().len(), before);
    app.keys("/<c-u>anti-aging<cr>");
    assert!(asked(&bench).contains("q=anti-aging"), "{}", asked(&bench));
}
