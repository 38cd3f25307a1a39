//! Tests of the entry line: what each form means, what is refused and why, and that nothing typed is lost.

use super::*;
use crate::expense::Kind;
use crate::money::MAX_MINOR;
use proptest::prelude::*;

fn vocabulary() -> Vocabulary {
    let mut categories = Names::flat(["Food", "Eating out", "Rent", "Travel", "Café"]);
    categories.push("Taxi", Some("Travel"));
    categories.push("Fuel", Some("Travel"));
    Vocabulary {
        categories,
        accounts: Names::flat(["Cash", "Credit Card", "Giro", "Savings", "Cashback"]),
        members: Names::flat(["Ana", "Ben", "Anton"]),
    }
}

fn in_currency(line: &str, base: &str) -> Parsed {
    let vocabulary = vocabulary();
    // A Saturday.
    let today = Date::parse("2026-11-21").unwrap();
    parse(
        line,
        &Context {
            vocabulary: &vocabulary,
            base: Currency::parse(base).unwrap(),
            today,
        },
    )
}

fn read(line: &str) -> Parsed {
    in_currency(line, "EUR")
}

/// The amount, its currency and the kind, or the codes of what is wrong.
fn worth(line: &str, base: &str) -> String {
    let parsed = in_currency(line, base);
    let problems = parsed.problems(&vocabulary());
    if problems.is_empty() {
        let draft = parsed.draft;
        let amount = format_minor(draft.amount_minor.unwrap(), draft.currency);
        format!("{amount} {} {}", draft.currency, draft.kind.as_str())
    } else {
        problems
            .iter()
            .map(|problem| problem.code)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn codes(line: &str) -> Vec<&'static str> {
    read(line)
        .problems(&vocabulary())
        .iter()
        .map(|problem| problem.code)
        .collect()
}

fn kinds(line: &str) -> Vec<&'static str> {
    read(line)
        .tokens
        .iter()
        .map(|token| token.kind.as_str())
        .collect()
}

fn text(name: Option<&NameRef>) -> (&str, Match) {
    let name = name.unwrap();
    (name.text.as_str(), name.matched.clone())
}

#[test]
fn a_whole_line_is_read_in_any_order() {
    let straight = read("12.50 lunch with Eva @card #food +trip y by:ben // it was good");
    let draft = &straight.draft;
    assert_eq!(draft.amount_minor, Some(1250));
    assert_eq!((draft.currency, draft.kind), (Currency::EUR, Kind::Expense));
    assert_eq!(draft.payee.as_deref(), Some("lunch with Eva"));
    assert_eq!(text(draft.account.as_ref()), ("card", Match::Known(1)));
    assert_eq!(text(draft.category.as_ref()), ("food", Match::Known(0)));
    assert_eq!(draft.tags, ["trip"]);
    assert_eq!(draft.date, Some(Date::parse("2026-11-20").unwrap()));
    assert_eq!(text(draft.paid_by.as_ref()), ("ben", Match::Known(1)));
    assert_eq!(draft.note.as_deref(), Some("it was good"));
    assert_eq!(straight.problems(&vocabulary()), []);
    let turned = read("  y BY:ben lunch +trip with #food Eva 12.50 @card //it was good ");
    assert_eq!(turned.draft, straight.draft);
}

#[test]
fn every_form_of_an_amount_means_what_it_says() {
    for (line, expected) in [
        ("12", "12.00 EUR expense"),
        ("12.5", "12.50 EUR expense"),
        ("12,50", "12.50 EUR expense"),
        (".5", "0.50 EUR expense"),
        ("1,234.50", "1234.50 EUR expense"),
        ("1.234,50", "1234.50 EUR expense"),
        ("1'234.50", "1234.50 EUR expense"),
        ("12.5+3", "15.50 EUR expense"),
        ("3*4.20", "12.60 EUR expense"),
        ("(45/3)", "15.00 EUR expense"),
        ("(10/3)", "3.33 EUR expense"),
        ("(5+3)*2-1", "15.00 EUR expense"),
        ("2*(3+(1-0.5))", "7.00 EUR expense"),
        ("12.50/2", "6.25 EUR expense"),
        ("100/3", "33.33 EUR expense"),
        ("0.1+0.2", "0.30 EUR expense"),
        ("-35", "35.00 EUR refund"),
        ("\u{2212}35", "35.00 EUR refund"),
        ("-(3+4)", "7.00 EUR refund"),
        ("-35+5", "30.00 EUR refund"),
        ("+3000 salary", "3000.00 EUR income"),
        ("+$12", "12.00 USD income"),
        ("$12", "12.00 USD expense"),
        ("-$12", "12.00 USD refund"),
        ("$-12", "12.00 USD refund"),
        ("12€", "12.00 EUR expense"),
        ("12usd", "12.00 USD expense"),
        ("12 usd", "12.00 USD expense"),
        ("12 USD lunch", "12.00 USD expense"),
        ("USD 12", "12.00 USD expense"),
        ("€ 12", "12.00 EUR expense"),
        ("1200 jpy", "1200 JPY expense"),
        ("¥1,200", "1200 JPY expense"),
        ("1.234 KWD", "1.234 KWD expense"),
        ("12 DEM", "12.00 DEM expense"),
        ("9999999999.99", "9999999999.99 EUR expense"),
    ] {
        assert_eq!(worth(line, "EUR"), expected, "{line}");
    }
}

#[test]
fn every_wrong_amount_is_refused_with_its_own_reason() {
    for (line, code) in [
        ("12.5.0", "two-decimal-points"),
        ("1e5", "exponent"),
        ("12.345", "ambiguous-amount"),
        ("1234.567", "too-many-decimals"),
        ("0.123", "too-many-decimals"),
        ("12.5 jpy", "too-many-decimals"),
        ("0", "zero-amount"),
        ("-0", "zero-amount"),
        ("(5-5)", "zero-amount"),
        ("0.1*0.01", "zero-amount"),
        ("3-5", "negative-amount"),
        ("+3-5", "negative-amount"),
        ("10000000000", "amount-too-large"),
        ("99999999999999999999999999999999999999", "amount-too-large"),
        ("9999999999*9999999999*9999999999*99", "amount-too-large"),
        ("(1/0)", "divided-by-zero"),
        ("(45/3", "not-an-amount"),
        ("12+", "not-an-amount"),
        ("12_000", "not-an-amount"),
        ("10^16", "not-an-amount"),
        ("1,23.45", "grouping"),
        ("1'23", "grouping"),
        ("((((((((((((((((((1))))))))))))))))))", "not-an-amount"),
        ("45/3", "no-such-day amount-missing"),
        ("lunch", "amount-missing"),
        ("", "amount-missing"),
        ("12 -3", "second-amount"),
        ("12 +3", "second-amount"),
    ] {
        assert_eq!(worth(line, "EUR"), code, "{line}");
    }
    assert_eq!(worth("12.5", "JPY"), "too-many-decimals");
}

#[test]
fn a_refusal_says_why_and_how_to_mend_it_and_where() {
    let fault = |line: &str| read(line).faults.remove(0);
    assert_eq!(
        fault("lunch 1234.567").detail,
        "EUR has 2 decimals - write 1234.57 or 1234.56"
    );
    assert_eq!(fault("lunch 1234.567").span, Span { start: 6, end: 14 });
    assert_eq!(fault("12.5.0").detail, "Two decimal points - write 12.50 or 1250");
    assert!(fault("45/3").detail.ends_with("to divide write (45/3)"));
    let missing = read("lunch").problems(&vocabulary()).remove(0);
    assert_eq!(missing.span, Span { start: 5, end: 5 });
}

#[test]
fn a_separator_before_three_digits_is_asked_about() {
    let parsed = read("1,234 lunch");
    assert_eq!(parsed.draft.amount_minor, None);
    let [Question::Amount { span, readings, .. }] = parsed.questions.as_slice() else {
        panic!("{parsed:?}")
    };
    assert_eq!((*span, *readings), (Span { start: 0, end: 5 }, [123_400, 123]));
    let fault = parsed.questions[0].fault(&vocabulary());
    assert_eq!(fault.detail, "Either 1234.00 or 1.23 - write the one you mean");
    assert_eq!(codes("1.234"), ["ambiguous-amount"]);
    assert_eq!(codes("1,234+5"), ["ambiguous-amount"]);
    assert_eq!(worth("1,234", "JPY"), "1234 JPY expense");
    assert_eq!(worth("1.234", "JPY"), "1234 JPY expense");
    assert_eq!(worth("1.234", "KWD"), "1.234 KWD expense");
    assert_eq!(worth("1,234", "KWD"), "ambiguous-amount");
}

#[test]
fn rounding_is_shown() {
    assert_eq!(read("(10/3)").rounded_from.as_deref(), Some("3.33333333"));
    assert_eq!(read("(45/3)").rounded_from, None);
    assert_eq!(worth("1.5*1.55", "EUR"), "2.33 EUR expense");
    assert_eq!(worth("0.5*0.01", "EUR"), "0.01 EUR expense");
    assert_eq!(worth("-0.5*0.01", "EUR"), "0.01 EUR refund");
}

#[test]
fn two_accounts_are_a_transfer() {
    let draft = read("@giro>@savings 200").draft;
    assert_eq!((draft.kind, draft.amount_minor), (Kind::Transfer, Some(20_000)));
    assert_eq!(text(draft.account.as_ref()), ("giro", Match::Known(2)));
    assert_eq!(text(draft.to_account.as_ref()), ("savings", Match::Known(3)));
    let out = read("@giro> 200").draft;
    assert!(out.kind == Kind::Transfer && out.account.is_some() && out.to_account.is_none());
    let inward = read(">@giro 200").draft;
    assert!(inward.kind == Kind::Transfer && inward.account.is_none() && inward.to_account.is_some());
    let quoted = read(r#"200 @"credit card">@"New > one""#).draft;
    assert_eq!(text(quoted.account.as_ref()), ("credit card", Match::Known(1)));
    assert_eq!(text(quoted.to_account.as_ref()), ("New > one", Match::New));
    assert_eq!(codes("-200 @giro>@savings"), ["sign-on-transfer"]);
    assert_eq!(codes("200 @giro>@giro"), ["same-account"]);
    assert_eq!(codes("200 @giro @savings"), ["second-account"]);
}

#[test]
fn names_are_found_by_their_beginning_and_quoted_names_by_the_whole() {
    let category = |line: &str| text(read(line).draft.category.as_ref()).1;
    assert_eq!(category("5 #ea"), Match::Known(1));
    assert_eq!(category("5 #cafe"), Match::Known(4));
    assert_eq!(category(r#"5 #"eating out""#), Match::Known(1));
    assert_eq!(category(r#"5 #"eating""#), Match::New);
    assert_eq!(category("5 #Travel:Taxi"), Match::Known(5));
    assert_eq!(category("5 #sushi"), Match::New);
    assert_eq!(text(read("5 @cash").draft.account.as_ref()).1, Match::Known(0));
    let parsed = read("5 @cas");
    assert_eq!(codes("5 @cas"), ["ambiguous-name"]);
    assert_eq!(
        parsed.questions[0].fault(&vocabulary()).detail,
        "Fits Cash, Cashback - write more of the name"
    );
    assert_eq!(codes("5 by:an"), ["ambiguous-name"]);
    assert_eq!(codes("5 by:zoe"), ["unknown-member"]);
}

#[test]
fn what_cannot_be_meant_is_a_fault_at_its_place() {
    for (line, code) in [
        ("5 #food #rent", "second-category"),
        ("5 by:ana by:ben", "second-member"),
        ("5 t y", "second-date"),
        ("5 #", "name-missing"),
        ("5 @", "name-missing"),
        ("5 by:", "name-missing"),
        (r#"5 #"""#, "name-missing"),
        (r#"5 #"eating"#, "unclosed-quote"),
        ("5 #none", "reserved-name"),
        ("5 +none", "reserved-name"),
        ("5 None", "reserved-name"),
        ("5 31/4", "no-such-day"),
        ("5 2026-02-31", "no-such-day"),
        ("5 1/13", "no-such-month"),
        ("5 lun\u{1b}[2Jch", "control-character"),
        ("5 \u{202e}x", "direction-mark"),
        ("5 #\u{202e}x", "direction-mark"),
        ("5 +a\0", "control-character"),
        ("5 // a\u{7}", "control-character"),
    ] {
        assert_eq!(codes(line), [code], "{line}");
    }
    assert_eq!(codes(&format!("5 {}", "x".repeat(101))), ["too-long"]);
    assert_eq!(codes(&format!("5 #{}", "x".repeat(203))), ["too-long"]);
    assert_eq!(codes(&format!("5 // {}", "x".repeat(990))), Vec::<&str>::new());
    assert_eq!(codes(&format!("5 // {}", "x".repeat(1000))), ["too-long"]);
    let many: Vec<String> = (0..21).map(|n| format!("+t{n}")).collect();
    assert_eq!(codes(&format!("5 {}", many.join(" "))), ["too-many-tags"]);
}

#[test]
fn words_that_only_look_like_something_else_stay_words() {
    for (line, payee) in [
        ("12.50 Route 66", "Route 66"),
        ("12.50 7eleven", "7eleven"),
        ("7eleven 12.50", "7eleven"),
        ("5% beer 12.50", "5% beer"),
        ("12:30 train 12.50", "12:30 train"),
        ("12.50 cup cake", "cup cake"),
        ("12.50 top", "top"),
        ("12.50 \"fri\" \"#1\"", "fri #1"),
        ("12.50 - x", "- x"),
        ("12.50 + x", "+ x"),
        ("12.50 http://x.y", "http://x.y"),
        ("12.50 a@b c#d", "a@b c#d"),
        ("12.50 >20", ">20"),
        ("12.50 5\" pipe", "5\" pipe"),
        ("3cup 12.50", "3cup"),
        ("12.50 ~monthly", "~monthly"),
    ] {
        let parsed = read(line);
        assert_eq!(parsed.draft.payee.as_deref(), Some(payee), "{line}");
        assert_eq!(parsed.draft.amount_minor, Some(1250), "{line}");
        assert_eq!(parsed.problems(&vocabulary()), [], "{line}");
    }
}

#[test]
fn tags_are_kept_once_and_never_taken_for_an_amount() {
    assert_eq!(
        read("5 +trip +Trip +\"two words\"").draft.tags,
        ["trip", "two words"]
    );
    assert_eq!(read("+3d 5").draft.tags, ["3d"]);
    assert_eq!(read("5 +\"2026\"").draft.tags, ["2026"]);
    assert_eq!(read("+12 lunch").draft.kind, Kind::Income);
}

#[test]
fn a_note_takes_the_rest_of_the_line() {
    assert_eq!(read("5 // a // #b 7").draft.note.as_deref(), Some("a // #b 7"));
    assert_eq!(read("5 //").draft.note, None);
    assert_eq!(kinds("5 y usd // x"), ["amount", "date", "word", "note"]);
    assert_eq!(kinds("5 usd y // x"), ["amount", "currency", "date", "note"]);
}

#[test]
fn a_draft_is_printed_as_a_person_would_type_it() {
    let printed = |line: &str| print(&read(line).draft, Currency::EUR);
    assert_eq!(
        printed("y lunch #\"eating out\" 12,5 @card +trip by:ben //ok"),
        "12.50 lunch @card #\"eating out\" +trip 2026-11-20 by:ben // ok"
    );
    assert_eq!(printed("-35usd"), "-35.00USD");
    assert_eq!(printed("@giro>@savings 200"), "200.00 @giro>@savings");
    assert_eq!(printed("200 @giro>"), "200.00 @giro>@");
    assert_eq!(printed("5 \"7 up\""), "5.00 \"7 up\"");
    assert_eq!(printed("5 +\"2026\""), "5.00 +\"2026\"");
}

#[test]
fn a_draft_becomes_a_row_with_the_names_written_out() {
    let vocabulary = vocabulary();
    let today = Date::parse("2026-11-21").unwrap();
    let context = Context {
        vocabulary: &vocabulary,
        base: Currency::EUR,
        today,
    };
    let row = |line: &str| parse(line, &context).draft.new_expense(&context);
    let taxi = row("-12usd ride #taxi @card +trip y // late").unwrap();
    assert_eq!(taxi.category.as_deref(), Some("Travel: Taxi"));
    assert_eq!(taxi.account.as_deref(), Some("Credit Card"));
    assert_eq!(
        (taxi.amount.as_str(), taxi.currency),
        ("12.00", Currency::parse("USD"))
    );
    assert_eq!(
        (taxi.kind, taxi.date),
        (Some(Kind::Refund), Date::parse("2026-11-20").unwrap())
    );
    assert_eq!(
        (taxi.payee.as_deref(), taxi.note.as_deref()),
        (Some("ride"), Some("late"))
    );
    let plain = row("5").unwrap();
    assert_eq!((plain.date, plain.kind, plain.currency), (today, None, None));
    assert_eq!(row("5 #Fun:Sky").unwrap().category.as_deref(), Some("Fun: Sky"));
    assert_eq!(row("1,234"), None);
    let draft = parse("5 #sushi @cash", &context).draft;
    assert_eq!(
        draft
            .new_names()
            .map(|name| name.text.as_str())
            .collect::<Vec<_>>(),
        ["sushi"]
    );
}

/// Lines made of the marks of the grammar, so that its rules meet.
fn any_line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[a-z]{1,6}",
        "[0-9.,']{1,7}",
        "[-+]?[0-9]{1,5}([.,][0-9]{1,3})?",
        "[-+*/()0-9]{1,8}",
        "[#@+]\"?[a-z ]{0,8}\"?",
        "@[a-z]{0,4}>@?[a-z]{0,4}",
        "\"[^\"]{0,6}\"",
        "(by:|//|>|\\$|€|t|y|fri|2d|28/10|1nov|usd|USD|EUR)[a-z0-9]{0,3}",
        "\\PC{0,4}",
        ".{0,3}",
    ];
    proptest::collection::vec(word, 0..8).prop_map(|words| words.join(" "))
}

fn covers_everything(line: &str, parsed: &Parsed) -> bool {
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
    fn reading_what_was_printed_gives_the_same_draft(line in any_line(), base in prop_oneof![Just("EUR"), Just("KWD"), Just("JPY"), Just("PEN")]) {
        let draft = in_currency(&line, base).draft;
        let printed = print(&draft, Currency::parse(base).unwrap());
        let again = in_currency(&printed, base);
        prop_assert_eq!(&again.draft, &draft, "{}", printed);
        prop_assert_eq!(print(&again.draft, Currency::parse(base).unwrap()), printed);
    }

    #[test]
    fn a_saved_row_can_be_printed_and_read(
        minor in 1..=MAX_MINOR,
        code in prop_oneof![Just("EUR"), Just("USD"), Just("KWD"), Just("JPY"), Just("CLF"), Just("TRY")],
        kind in 0..4_usize,
        payee in "[a-zA-Z0-9 #@+\"/.:>-]{0,20}",
        note in "[a-zA-Z0-9 #@+\"/.:>-]{0,20}",
        tags in proptest::collection::vec("[a-z0-9 \"+]{1,6}[a-z]", 0..3),
        days in 0..80_000_i64,
    ) {
        let mut draft = Draft::empty(Currency::EUR);
        draft.amount_minor = Some(minor);
        draft.currency = Currency::parse(code).unwrap();
        draft.kind = Kind::ALL[kind];
        draft.payee = Some(crate::text::clean_line(&payee)).filter(|payee| !payee.is_empty());
        draft.note = Some(crate::text::clean_note(&note)).filter(|note| !note.is_empty());
        for tag in tags {
            let tag = crate::text::clean_line(&tag);
            if !draft.tags.iter().any(|other| crate::text::fold(other) == crate::text::fold(&tag)) {
                draft.tags.push(tag);
            }
        }
        draft.date = Date::MIN.add_days(days);
        prop_assert_eq!(read(&print(&draft, Currency::EUR)).draft, draft);
    }

    #[test]
    fn every_piece_of_a_line_is_a_token(line in any_line()) {
        let parsed = read(&line);
        prop_assert!(covers_everything(&line, &parsed), "{:?}", parsed.tokens);
        for fault in &parsed.faults {
            prop_assert!(line.get(fault.span.start..fault.span.end).is_some());
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic_or_lose_a_piece(line in any::<String>()) {
        let parsed = read(&line);
        prop_assert!(covers_everything(&line, &parsed), "{:?}", parsed.tokens);
        let _ = parsed.problems(&vocabulary());
    }

    #[test]
    fn every_word_is_in_the_payee(line in any_line()) {
        let parsed = read(&line);
        let payee = parsed.draft.payee.unwrap_or_default();
        for token in parsed.tokens.iter().filter(|token| token.kind == TokenKind::Word) {
            let raw = &line[token.span.start..token.span.end];
            let word = crate::text::clean_line(&line::unquote(raw).0);
            prop_assert!(payee.contains(&word), "{word} in {payee}");
        }
    }

    #[test]
    fn plain_amounts_are_exact(minor in 1..=MAX_MINOR, code in prop_oneof![Just("EUR"), Just("KWD"), Just("JPY"), Just("CLF")]) {
        let currency = Currency::parse(code).unwrap();
        let parsed = in_currency(&format_minor(minor, currency), code);
        prop_assert_eq!(parsed.draft.amount_minor, Some(minor));
    }

    #[test]
    fn sums_are_exact(parts in proptest::collection::vec(1..1_000_000_i64, 1..20)) {
        let line = parts.iter().map(|minor| format_minor(*minor, Currency::EUR)).collect::<Vec<_>>().join("+");
        prop_assert_eq!(read(&line).draft.amount_minor, Some(parts.iter().sum()));
    }
}
