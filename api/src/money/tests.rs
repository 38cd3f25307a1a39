//! Tests of money: exactness both ways, every refusal, sums and shares.

use super::*;
use proptest::prelude::*;

fn cur(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

fn code_of(text: &str, currency: &str) -> &'static str {
    parse_amount(text, cur(currency)).unwrap_err().code()
}

#[test]
fn amounts_are_read_to_the_minor_unit() {
    for (text, currency, minor) in [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("12", "EUR", 1200),
        ("0.01", "EUR", 1),
        ("0012.50", "EUR", 1250),
        ("1234567.89", "EUR", 123_456_789),
        ("9999999999.99", "EUR", MAX_MINOR),
        ("1200", "JPY", 1200),
        ("999999999999", "JPY", MAX_MINOR),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
    ] {
        assert_eq!(parse_amount(text, cur(currency)), Ok(minor), "{text} {currency}");
    }
}

#[test]
fn every_wrong_amount_is_refused_with_its_own_reason() {
    for (text, currency, code) in [
        ("", "EUR", "amount-missing"),
        ("12.5.0", "EUR", "two-decimal-points"),
        ("1e5", "EUR", "exponent"),
        ("1.5E-3", "EUR", "exponent"),
        ("0", "EUR", "zero-amount"),
        ("0.00", "EUR", "zero-amount"),
        ("-1", "EUR", "signed-amount"),
        ("+1", "EUR", "signed-amount"),
        ("\u{2212}1", "EUR", "signed-amount"),
        ("12.345", "EUR", "too-many-decimals"),
        ("0.001", "EUR", "too-many-decimals"),
        ("12.5", "JPY", "too-many-decimals"),
        ("12.0", "JPY", "too-many-decimals"),
        ("10000000000000000", "EUR", "amount-too-large"),
        ("10000000000.00", "EUR", "amount-too-large"),
        ("1000000000000", "JPY", "amount-too-large"),
        (
            "99999999999999999999999999999999999999999999999",
            "EUR",
            "amount-too-large",
        ),
        ("1,234", "EUR", "separator-in-amount"),
        ("1 234", "EUR", "separator-in-amount"),
        ("1_234", "EUR", "separator-in-amount"),
        (" 12", "EUR", "separator-in-amount"),
        ("12.", "EUR", "not-an-amount"),
        (".5", "EUR", "not-an-amount"),
        (".", "EUR", "not-an-amount"),
        ("e", "EUR", "not-an-amount"),
        ("NaN", "EUR", "not-an-amount"),
        ("inf", "EUR", "not-an-amount"),
        ("0x10", "EUR", "not-an-amount"),
        ("١٢", "EUR", "not-an-amount"),
        ("12\0", "EUR", "not-an-amount"),
    ] {
        assert_eq!(code_of(text, currency), code, "{text:?} {currency}");
    }
}

#[test]
fn a_refusal_says_why_and_how_to_mend_it() {
    let sentence = |text, currency| parse_amount(text, cur(currency)).unwrap_err().to_string();
    assert_eq!(
        sentence("12.345", "EUR"),
        "EUR has 2 decimals - write 12.35 or 12.34"
    );
    assert_eq!(sentence("12.5", "JPY"), "JPY has no decimals - write 13 or 12");
    assert_eq!(sentence("0.001", "EUR"), "EUR has 2 decimals - write 0.01");
    assert_eq!(
        sentence("9999999999999", "EUR"),
        "Too large - the most that fits is 9999999999.99 EUR"
    );
}

#[test]
fn money_is_positive_and_bounded() {
    assert_eq!(Money::new(0, Currency::EUR), Err(AmountError::Zero));
    assert_eq!(Money::new(-1, Currency::EUR), Err(AmountError::Negative));
    assert!(Money::new(MAX_MINOR, Currency::EUR).is_ok());
    assert!(Money::new(MAX_MINOR + 1, Currency::EUR).is_err());
    assert_eq!(Money::new(1250, Currency::EUR).unwrap().to_string(), "12.50 EUR");
}

#[test]
fn minor_units_are_written_with_the_decimals_of_the_currency() {
    assert_eq!(format_minor(-5, Currency::EUR), "-0.05");
    assert_eq!(format_minor(0, Currency::EUR), "0.00");
    assert_eq!(format_minor(1200, cur("JPY")), "1200");
    assert_eq!(format_minor(1, cur("KWD")), "0.001");
    assert_eq!(format_minor(i64::MIN, Currency::EUR), "-92233720368547758.08");
}

#[test]
fn ten_cents_and_twenty_cents_are_thirty_cents() {
    let parts = ["0.10", "0.20"].map(|text| parse_amount(text, Currency::EUR).unwrap());
    assert_eq!(format_minor(sum(parts).unwrap(), Currency::EUR), "0.30");
    assert_eq!(sum([i64::MAX, 1]), None);
}

#[test]
fn an_amount_comes_from_a_json_string_only() {
    for json in ["12.5", "12", "null", "true", "[\"12\"]"] {
        assert!(serde_json::from_str::<Amount>(json).is_err(), "{json}");
    }
    let amount: Amount = serde_json::from_str("\"12.5\"").unwrap();
    assert_eq!(amount.minor(Currency::EUR), Ok(1250));
    assert_eq!(
        serde_json::to_string(&Amount::from_minor(1250, Currency::EUR)).unwrap(),
        "\"12.50\""
    );
}

#[cfg(feature = "openapi")]
#[test]
fn poem_reads_what_serde_reads() {
    use poem_openapi::types::ParseFromJSON;
    use serde_json::{Value, json};
    for value in [
        json!("12.5"),
        json!("x"),
        json!(12.5),
        json!(12),
        Value::Null,
        json!(["12"]),
    ] {
        let by_poem = Amount::parse_from_json(Some(value.clone())).ok();
        assert_eq!(by_poem, serde_json::from_value(value.clone()).ok(), "{value}");
        assert_eq!(by_poem.is_some(), value.is_string());
    }
}

#[test]
fn totals_may_be_negative_and_come_back() {
    for minor in [0, -1, 5, -123_456, i64::MAX, i64::MIN] {
        for code in ["EUR", "JPY", "KWD", "CLF"] {
            assert_eq!(Total::from_minor(minor, cur(code)).minor(cur(code)), Some(minor));
        }
    }
    for text in ["", "-", "1.2.3", "1.234", "x", "--1", "1-"] {
        assert_eq!(
            text.parse::<Total>().unwrap().minor(Currency::EUR),
            None,
            "{text}"
        );
    }
}

#[test]
fn shares_go_to_the_largest_remainders_and_ties_to_the_first() {
    let text = |nets: &[i64]| -> Vec<String> {
        shares(nets)
            .iter()
            .map(|share| share.map_or("-".to_owned(), |share| share.to_string()))
            .collect()
    };
    assert_eq!(text(&[1, 1, 1]), ["33.34", "33.33", "33.33"]);
    assert_eq!(text(&[2, 1]), ["66.67", "33.33"]);
    assert_eq!(text(&[5, 0, -5]), ["100.00", "-", "-"]);
    assert_eq!(text(&[-5, 0]), ["-", "-"]);
    assert_eq!(text(&[]), Vec::<String>::new());
    assert_eq!(text(&[60_652_890, 195_739_053 - 60_652_890])[0], "30.99");
}

#[test]
fn a_share_is_read_as_it_is_written() {
    for hundredths in [0, 1, 99, 3099, 10_000] {
        let share = Share::from_hundredths(hundredths).unwrap();
        assert_eq!(share.to_string().parse(), Ok(share));
    }
    for text in [
        "", "1", "100.01", "1.2", "-1.00", "+1.00", "1.000", "0001.00", "a.bc", ".00",
    ] {
        assert_eq!(text.parse::<Share>(), Err(share::ShareError), "{text}");
    }
    assert_eq!(Share::from_hundredths(10_001), None);
}

fn any_currency() -> impl Strategy<Value = Currency> {
    proptest::sample::select(Currency::all().collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_exactly(minor in 1..=MAX_MINOR, currency in any_currency()) {
        prop_assert_eq!(parse_amount(&format_minor(minor, currency), currency), Ok(minor));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), currency in any_currency()) {
        if let Ok(minor) = parse_amount(&text, currency) {
            prop_assert!((1..=MAX_MINOR).contains(&minor));
        }
    }

    #[test]
    fn digits_and_marks_never_read_as_another_amount(text in "[0-9.,eE+ -]{0,20}") {
        if let Ok(minor) = parse_amount(&text, Currency::EUR) {
            let plain: rust_decimal::Decimal = text.parse().unwrap();
            prop_assert_eq!(plain * rust_decimal::Decimal::from(100), rust_decimal::Decimal::from(minor));
        }
    }

    #[test]
    fn shares_sum_to_exactly_one_hundred(nets in proptest::collection::vec(any::<i64>(), 0..60)) {
        let shares = shares(&nets);
        let total: u32 = shares.iter().flatten().map(|share| u32::from(share.hundredths())).sum();
        let expected = if nets.iter().any(|net| *net > 0) { 10_000 } else { 0 };
        prop_assert_eq!(total, expected);
        for (net, share) in nets.iter().zip(&shares) {
            prop_assert_eq!(*net > 0, share.is_some());
        }
    }

    #[test]
    fn sums_are_exact(amounts in proptest::collection::vec(-MAX_MINOR..=MAX_MINOR, 0..200)) {
        let exact: i128 = amounts.iter().map(|minor| i128::from(*minor)).sum();
        prop_assert_eq!(sum(amounts).map(i128::from), Some(exact));
    }
}
