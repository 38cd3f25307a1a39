//! Tests of the filter line: each form, each refusal, the query it becomes, and that nothing typed is lost.

use super::*;
use crate::entry::line::unquote;
use crate::text::clean_line;
use proptest::prelude::*;

fn in_currency(line: &str, base: &str) -> ParsedFilter {
    let today = Date::parse("2026-11-21").unwrap();
    parse(
        line,
        FilterContext {
            base: Currency::parse(base).unwrap(),
            today,
        },
    )
}

fn read(line: &str) -> ParsedFilter {
    in_currency(line, "EUR")
}

/// The query a line becomes, or the codes of what is wrong.
fn query(line: &str) -> String {
    let parsed = read(line);
    if parsed.faults.is_empty() {
        let parts: Vec<_> = to_query(&parsed.filter)
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        parts.join("&")
    } else {
        parsed
            .faults
            .iter()
            .map(|fault| fault.code)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

#[test]
fn every_form_becomes_its_query_parameter() {
    for (line, expected) in [
        ("", ""),
        ("#food", "category=food"),
        ("#none", "category=none"),
        ("#NONE", "category=none"),
        (r#"#"eating out""#, "category=eating out"),
        ("#Travel:Taxi", "category=Travel:Taxi"),
        ("@visa", "account=visa"),
        ("+trip", "tag=trip"),
        (">20", "min=20.00"),
        (">=20,5", "min=20.50"),
        ("<100", "max=100.00"),
        (">1,234.50 <2.000,00", "min=1234.50&max=2000.00"),
        ("min:20 max:30", "min=20.00&max=30.00"),
        ("by:ana", "paid_by=ana"),
        ("kind:refund", "kind=refund"),
        ("kind:Expense,refund,refund", "kind=expense,refund"),
        (r#"payee:"rewe city""#, "payee=rewe city"),
        ("cur:usd", "currency=USD"),
        ("currency:JPY >1,000", "min=1000&currency=JPY"),
        ("from:2026-01-01 to:t", "from=2026-01-01&to=2026-11-21"),
        ("from:28 to:fri", "from=2026-10-28&to=2026-11-20"),
        ("is:deleted", "include_deleted=true"),
        ("lunch rewe", "q=lunch rewe"),
        (r##""#1" "by:" x"##, "q=#1 by: x"),
        ("12:30 http://x > < + >abc", "q=12:30 http://x > < + >abc"),
        (
            "anti-aging -5 - ! 21:30-22:00 x-",
            "q=anti-aging -5 - ! 21:30-22:00 x-",
        ),
        ("not mine or yours", "q=not mine or yours"),
        (
            r#""nonsense:foo" "-#rent" "not" #food"#,
            "category=food&q=nonsense:foo -#rent not",
        ),
        ("lunch:", "q=lunch:"),
        ("lunch #food  berlin", "category=food&q=lunch berlin"),
    ] {
        assert_eq!(query(line), expected, "{line}");
    }
}

#[test]
fn what_cannot_be_meant_is_a_fault_at_its_place() {
    for (line, codes) in [
        ("#food #rent", "twice"),
        ("@a @b", "twice"),
        (">1 >2", "twice"),
        ("#", "name-missing"),
        ("by:", "name-missing"),
        (r#"#"eating"#, "unclosed-quote"),
        (">1,234", "ambiguous-amount"),
        (">1.2.3", "two-decimal-points"),
        (">-5", "signed-amount"),
        (">20usd", "currency-in-amount"),
        (">0", "zero-amount"),
        (">20.5555", "too-many-decimals"),
        (">20x", "not-an-amount"),
        ("min:x", "not-an-amount"),
        ("cur:abc", "unknown-currency"),
        ("kind:gift", "unknown-kind"),
        ("from:never", "not-a-date"),
        ("from:2026-02-31", "no-such-day"),
        ("from:2026-02-01 to:2026-01-01", "reversed"),
        (">100 <20", "reversed"),
        ("is:red", "unknown-filter"),
        ("nonsense:foo", "unknown-filter"),
        ("Catgory:food", "unknown-filter"),
        ("größe:xl", "unknown-filter"),
        ("-#rent", "unsupported-filter"),
        ("!#rent", "unsupported-filter"),
        ("-@visa -+trip", "unsupported-filter unsupported-filter"),
        ("-by:ana", "unsupported-filter"),
        ("->20", "unsupported-filter"),
        ("-rent", "unsupported-filter"),
        ("lunch not #rent", "unsupported-filter"),
        ("#food or @cash", "unsupported-filter"),
        ("a\u{202e}b", "direction-mark"),
        ("#a\u{1b}", "control-character"),
        ("cur:abc kind:gift", "unknown-currency unknown-kind"),
    ] {
        assert_eq!(query(line), codes, "{line}");
    }
    let fault = read("lunch cur:abc").faults.remove(0);
    assert_eq!(fault.span, Span { start: 6, end: 13 });
    let fault = read("lunch nonsense:foo").faults.remove(0);
    assert_eq!(fault.span, Span { start: 6, end: 18 });
    assert!(
        fault.detail.contains("nonsense:") && fault.detail.contains("payee:"),
        "{}",
        fault.detail
    );
    let fault = read("-#rent").faults.remove(0);
    assert!(fault.detail.contains("not supported yet"), "{}", fault.detail);
    assert_eq!(query(&"word ".repeat(50)), "too-long");
}

#[test]
fn a_filter_is_printed_as_a_person_would_type_it() {
    let printed = |line: &str| print(&read(line).filter);
    assert_eq!(
        printed(
            "to:t cur:USD kind:refund by:ana <100 >20 +trip @visa #\"eating out\" payee:rewe is:deleted lunch"
        ),
        "lunch #\"eating out\" @visa +trip >20 <100 payee:rewe by:ana kind:refund cur:usd to:2026-11-21 is:deleted"
    );
    assert_eq!(printed(r##""#1" x"##), r##""#1" x"##);
    assert_eq!(printed(">20.50"), ">20.50");
}

fn any_line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-z]{1,6}",
        "(not|or|-|!|-x|x-y|NOT|a:b|-#food)",
        "[<>]=?[0-9.,]{1,6}",
        "[#@+]\"?[a-z ]{0,6}\"?",
        "(by|payee|cat|tag|min|max|kind|cur|from|to|is|foo):\"?[a-z0-9 ]{0,6}\"?",
        "(kind:refund|kind:expense,income|cur:usd|cur:jpy|from:y|to:2026-11-21|is:deleted|from:28/10)",
        "\"[^\"]{0,6}\"",
        "\\PC{0,4}",
        ".{0,3}",
    ];
    proptest::collection::vec(word, 0..8).prop_map(|words| words.join(" "))
}

fn covers_everything(line: &str, parsed: &ParsedFilter) -> bool {
    let mut at = 0;
    for token in &parsed.tokens {
        let between = line.get(at..token.span.start);
        if !between.is_some_and(|between| between.trim().is_empty()) || token.span.end <= token.span.start {
            return false;
        }
        at = token.span.end;
    }
    line.get(at..).is_some_and(|rest| rest.trim().is_empty())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn reading_what_was_printed_gives_the_same_filter(line in any_line(), base in prop_oneof![Just("EUR"), Just("KWD"), Just("JPY")]) {
        let filter = in_currency(&line, base).filter;
        let printed = print(&filter);
        let again = in_currency(&printed, base);
        prop_assert_eq!(&again.faults, &[] as &[EntryFault], "{}", printed);
        prop_assert_eq!(&again.filter, &filter, "{}", printed);
        prop_assert_eq!(print(&again.filter), printed);
    }

    #[test]
    fn every_piece_is_a_token_and_every_word_is_searched_for(line in any_line()) {
        let parsed = read(&line);
        prop_assert!(covers_everything(&line, &parsed), "{:?}", parsed.tokens);
        let search = parsed.filter.q.clone().unwrap_or_default();
        for token in parsed.tokens.iter().filter(|token| token.kind == FilterTokenKind::Word) {
            let word = clean_line(&unquote(&line[token.span.start..token.span.end]).0);
            prop_assert!(search.contains(&word), "{word} in {search}");
        }
        let faulty = parsed.tokens.iter().filter(|token| token.kind == FilterTokenKind::Fault).count();
        prop_assert!(faulty <= parsed.faults.len());
    }

    #[test]
    fn no_text_makes_the_reader_panic_or_lose_a_piece(line in any::<String>()) {
        prop_assert!(covers_everything(&line, &read(&line)));
    }
}
