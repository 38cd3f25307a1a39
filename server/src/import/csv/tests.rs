//! The reader from bytes to rows.

use crate::error::Result;
use crate::import::{RawRow, ReadOptions};
use api::currency::Currency;
use api::import::ImportOptions;
use proptest::prelude::*;

fn options(columns: &str, date_format: &str, kind_map: &str) -> ReadOptions {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let asked = ImportOptions {
        columns: some(columns),
        date_format: some(date_format),
        kind_map: some(kind_map),
        ..Default::default()
    };
    ReadOptions {
        asked,
        base: Currency::EUR,
    }
}

fn read(bytes: &[u8], options: &ReadOptions) -> Result<Vec<RawRow>> {
    let mut rows = Vec::new();
    crate::import::read(bytes, options, |some| {
        rows.extend(some.rows);
        true
    })?;
    Ok(rows)
}

fn rows(text: &str, options: &ReadOptions) -> Vec<RawRow> {
    read(text.as_bytes(), options).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Each row in short: day, kind, amount, currency; or why not.
fn short(text: &str, options: &ReadOptions) -> Vec<String> {
    let words = |row: RawRow| match row.draft {
        Ok(new) => {
            let currency = new
                .currency
                .map_or_else(String::new, |currency| format!(" {currency}"));
            format!(
                "{} {} {}{currency}",
                new.date,
                new.kind.unwrap_or_default().as_str(),
                new.amount
            )
        }
        Err(why) => why,
    };
    rows(text, options).into_iter().map(words).collect()
}

#[test]
fn without_a_kind_a_minus_is_spent_and_a_plus_earned_unless_all_are_positive() {
    let plain = options("", "", "");
    assert_eq!(
        short("date,amount\n2020-01-01,-5\n2020-01-02,7\n2020-01-03,0\n", &plain),
        [
            "2020-01-01 expense 5.00",
            "2020-01-02 income 7.00",
            "The amount is 0"
        ]
    );
    assert_eq!(
        short("date,amount\n2020-01-01,5\n2020-01-02,7\n", &plain),
        ["2020-01-01 expense 5.00", "2020-01-02 expense 7.00"]
    );
}

#[test]
fn debit_and_credit_columns_say_the_kind_whatever_their_sign() {
    let plain = options("", "dmy", "");
    assert_eq!(
        short(
            "Date,Debit,Credit\n01/04/20,\"-50,00\",\n02/04/20,,\"1300,00\"\n03/04/20,1,2\n04/04/20,0,0\n05/04/20,,\n",
            &plain
        ),
        [
            "2020-04-01 expense 50.00",
            "2020-04-02 income 1300.00",
            "It has both a debit and a credit",
            "The amount is 0",
            "It has no amount"
        ]
    );
    // A minus among positive debits is money that came back.
    assert_eq!(
        short(
            "Date,Debit,Credit\n01/04/20,50,\n02/04/20,-20,\n03/04/20,,5\n04/04/20,,-5\n",
            &plain
        ),
        [
            "2020-04-01 expense 50.00",
            "2020-04-02 refund 20.00",
            "2020-04-03 income 5.00",
            "It is negative among positive income; write it as an expense"
        ]
    );
}

#[test]
fn the_words_of_the_kind_column_mean_what_the_map_says() {
    let mapped = options(
        "date=Date,amount=Amount,kind=Type",
        "",
        "Ausgabe=expense, transfer-out =transfer",
    );
    let found = short(
        "Date,Amount,Type\n2020-01-01,-5,AUSGABE\n2020-01-02,7,Transfer-Out\n2020-01-03,7,income\n2020-01-04,1,x\n2020-01-05,1,\n",
        &mapped,
    );
    assert_eq!(
        found[..3],
        [
            "2020-01-01 expense 5.00",
            "2020-01-02 transfer 7.00",
            "2020-01-03 income 7.00"
        ]
    );
    assert!(
        found[3].contains("\"x\" is not known") && found[3].contains("ausgabe"),
        "{found:?}"
    );
    assert_eq!(found[4], "It has no kind");
    for map in ["x", "x=", "x=spent", "=x"] {
        assert!(
            read(b"date,amount\n2020-01-01,1\n", &options("", "", map)).is_err(),
            "{map}"
        );
    }
}

#[test]
fn names_levels_tags_and_notes_come_out_clean() {
    let text = "date,amount,category,subcategory,account,payee,tags,note,external_id\n\
                2020-01-01,5, Food , Lunch,Card,  Corner   shop,\"#trip; food, trip\",\"two\nlines\",A 1\n\
                2020-01-02,5,,Snacks,,,,,\n\
                2020-01-03,5,a: b,c,,,,,\n";
    let found = rows(text, &options("", "", ""));
    let first = found[0].draft.clone().unwrap();
    assert_eq!(first.category.as_deref(), Some("Food: Lunch"));
    assert_eq!(first.payee.as_deref(), Some("Corner shop"));
    assert_eq!(first.tags, ["trip", "food"]);
    assert_eq!(first.note.as_deref(), Some("two\nlines"));
    assert_eq!(first.external_id.as_deref(), Some("A 1"));
    assert_eq!(
        found[1].draft.clone().unwrap().category.as_deref(),
        Some("Snacks")
    );
    assert_eq!(found[1].line, 4);
    assert!(found[2].draft.clone().unwrap_err().contains("two levels"));
}

#[test]
fn rows_that_are_none_say_so_and_what_stands_above_the_first_is_left_out() {
    let text =
        "Statement of,\n,\nDate,Amount\n2020-01-01,5\nBalance,\"1,00\"\n2020-01-02,abc\n,\n,only text\n";
    let by_number = short(text, &options("date=1,amount=2", "", ""));
    assert_eq!(
        by_number,
        [
            "2020-01-01 expense 5.00",
            "\"Balance\" is not a date",
            "\"abc\" is not an amount",
            "It has no date"
        ]
    );
    assert_eq!(short(text, &options("", "", "")), by_number);
}

#[test]
fn a_currency_is_the_columns_or_the_one_beside_the_amount() {
    let text =
        "date,amount,currency\n2020-01-01,5,USD\n2020-01-02,$5,\n2020-01-03,5,XYZ\n2020-01-04,5.5,JPY\n";
    let found = short(text, &options("", "", ""));
    assert_eq!(
        found[..3],
        [
            "2020-01-01 expense 5.00 USD",
            "2020-01-02 expense 5.00 USD",
            "\"XYZ\" is not a currency code"
        ]
    );
    assert!(found[3].contains("no decimals"));
}

#[test]
fn a_row_too_long_is_left_out_and_the_others_stay() {
    let text = format!(
        "date,amount,note\n2020-01-01,5,{}\n2020-01-02,5,ok\n",
        "x".repeat(20_000)
    );
    let found = short(&text, &options("", "", ""));
    assert!(found[0].contains("at most 10000"), "{found:?}");
    assert_eq!(found[1], "2020-01-02 expense 5.00");
}

#[test]
fn files_that_are_no_table_are_refused_with_a_reason() {
    for (bytes, word) in [
        (&b""[..], "empty"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"hello\nworld\n", "one column"),
        (b"date,amount\n", "no rows"),
        (b"date,amount\n2020-01-01,\"5\n", "line 2"),
        (b"a,b\n1,2\n", "No header"),
        (b"date,amount\n01/02/2020,5\n", "two orders"),
        (b"date,amount\n13/02/2020,5\n02/13/2020,5\n", "No order"),
    ] {
        let error = read(bytes, &options("", "", "")).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&bytes, &options("", "", ""));
        let _ = read(&bytes, &options("date=1,amount=2,kind=3,note=4", "mdy", "a=expense"));
    }

    #[test]
    fn nearly_a_file_never_makes_it_panic(body in "[-0-9a-zA-Z.,;:/\"' \n\r\t|€$()é\u{0}]{0,400}") {
        for header in ["date,amount,note\n", "Datum;Soll;Haben\n", ""] {
            let _ = read(format!("{header}{body}").as_bytes(), &options("", "", ""));
            let _ = read(format!("{header}{body}").as_bytes(), &options("date=1,amount=2,tags=3", "ymd", ""));
        }
    }
}

#[test]
fn line_ends_in_a_note_are_line_feeds_whatever_the_file_has() {
    let text = "date,amount,note\r\n2020-01-01,5,\"one\r\ntwo\"\r\n2020-01-02,5,\"three\rfour\"\r\n";
    let notes: Vec<_> = rows(text, &options("", "", ""))
        .into_iter()
        .map(|row| row.draft.unwrap().note.unwrap())
        .collect();
    assert_eq!(notes, ["one\ntwo", "three\nfour"]);
}
