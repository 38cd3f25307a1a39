//! Tests of days, the ledger's months, periods and the words for a day.

use super::*;
use proptest::prelude::*;

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

/// A Saturday.
fn today() -> Date {
    day("2026-11-21")
}

fn word(text: &str) -> Option<String> {
    parse_day(text, today(), false)
        .map(|read| read.map_or_else(|error| error.code().to_owned(), |d| d.to_string()))
}

fn field(text: &str) -> Option<String> {
    parse_day(text, today(), true)
        .map(|read| read.map_or_else(|error| error.code().to_owned(), |d| d.to_string()))
}

#[test]
fn only_a_real_day_in_iso_form_is_a_date() {
    assert_eq!(day("2024-02-29").to_string(), "2024-02-29");
    for (text, code) in [
        ("2026-02-31", "no-such-day"),
        ("2023-02-29", "no-such-day"),
        ("2026-04-00", "no-such-day"),
        ("2026-13-01", "no-such-month"),
        ("2026-00-01", "no-such-month"),
        ("0025-01-01", "date-out-of-range"),
        ("1969-12-31", "date-out-of-range"),
        ("2200-01-01", "date-out-of-range"),
        ("9999-01-01", "date-out-of-range"),
        ("2026-1-1", "not-a-date"),
        ("26-01-01", "not-a-date"),
        ("2026/01/01", "not-a-date"),
        ("2026-01-01T00:00:00Z", "not-a-date"),
        (" 2026-01-01", "not-a-date"),
        ("+026-01-01", "not-a-date"),
        ("२०२६-०१-०१", "not-a-date"),
        ("2026-01-0١", "not-a-date"),
        ("", "not-a-date"),
        ("today", "not-a-date"),
    ] {
        assert_eq!(Date::parse(text).unwrap_err().code(), code, "{text}");
    }
    assert_eq!(
        Date::parse("2026-02-31").unwrap_err().to_string(),
        "Feb 2026 has 28 days - there is no 31"
    );
    assert!(serde_json::from_str::<Date>("20260101").is_err());
    assert_eq!(serde_json::to_string(&today()).unwrap(), "\"2026-11-21\"");
}

#[test]
fn the_limits_are_the_limits() {
    assert_eq!(Date::MIN.to_string(), "1970-01-01");
    assert_eq!(Date::MAX.to_string(), "2199-12-31");
    assert_eq!(Date::MIN.add_days(-1), None);
    assert_eq!(Date::MAX.shift_days(5), Date::MAX);
    assert_eq!(today().add_days(i64::MIN), None);
}

#[test]
fn words_for_days_look_back() {
    for (text, expected) in [
        ("t", "2026-11-21"),
        ("today", "2026-11-21"),
        ("y", "2026-11-20"),
        ("2d", "2026-11-19"),
        ("0d", "2026-11-21"),
        ("sat", "2026-11-21"),
        ("Fri", "2026-11-20"),
        ("sun", "2026-11-15"),
        ("21st", "2026-11-21"),
        ("28th", "2026-10-28"),
        ("31st", "2026-10-31"),
        ("28/10", "2026-10-28"),
        ("21/11", "2026-11-21"),
        ("22/11", "2025-11-22"),
        ("29/2", "2024-02-29"),
        ("28/10/2024", "2024-10-28"),
        ("28/10/24", "2024-10-28"),
        ("28.10.", "2026-10-28"),
        ("28.10.2024", "2024-10-28"),
        ("28.10.24", "2024-10-28"),
        ("1nov", "2026-11-01"),
        ("1Dec", "2025-12-01"),
        ("nov1", "2026-11-01"),
        ("1november2020", "2020-11-01"),
        ("2026-10-28", "2026-10-28"),
        ("2027-01-01", "2027-01-01"),
    ] {
        assert_eq!(word(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn an_arrow_looks_ahead() {
    for (text, expected) in [
        (">fri", "2026-11-27"),
        (">sat", "2026-11-28"),
        (">2d", "2026-11-23"),
        (">28th", "2026-11-28"),
        (">21st", "2026-12-21"),
        (">1/1", "2027-01-01"),
        (">29/2", "2028-02-29"),
        ("tomorrow", "2026-11-22"),
    ] {
        assert_eq!(word(text).as_deref(), Some(expected), "{text}");
    }
    assert_eq!(word(">20"), None);
    assert_eq!(field(">28").as_deref(), Some("2026-11-28"));
}

#[test]
fn what_is_no_word_for_a_day_is_left_alone() {
    for text in [
        "", "lunch", "12.50", "28.10", "12,50", "28", "-3", "d", "th", "may", "1234d5", "100/3", ">",
        "1.2.3.4", "5",
    ] {
        assert_eq!(word(text), None, "{text}");
    }
    assert_eq!(field("28").as_deref(), Some("2026-10-28"));
    assert_eq!(field("-3").as_deref(), Some("2026-11-18"));
    assert_eq!(field("lunch"), None);
}

#[test]
fn a_day_that_does_not_exist_is_an_error_not_a_word() {
    for (text, code) in [
        ("31/4", "no-such-day"),
        ("45/3", "no-such-day"),
        ("1/13", "no-such-month"),
        ("2026-02-31", "no-such-day"),
        ("0th", "no-such-day"),
        ("32nd", "no-such-day"),
        ("28.10.1960", "date-out-of-range"),
    ] {
        assert_eq!(word(text).as_deref(), Some(code), "{text}");
    }
}

#[test]
fn a_month_is_named_after_the_month_it_starts_in() {
    let calendar = Calendar::new(25, 1).unwrap();
    assert_eq!(calendar.month_of(day("2026-11-24")).to_string(), "2026-10");
    assert_eq!(calendar.month_of(day("2026-11-25")).to_string(), "2026-11");
    assert_eq!(
        calendar.month_range("2026-11".parse().unwrap()),
        (day("2026-11-25"), day("2026-12-24"))
    );
    let last = Calendar::new(31, 1).unwrap();
    assert_eq!(
        last.month_range("2026-02".parse().unwrap()),
        (day("2026-02-28"), day("2026-03-30"))
    );
    assert_eq!(last.year_range(2026), (day("2026-01-31"), day("2027-01-30")));
    assert_eq!(Calendar::new(0, 1), None);
    assert_eq!(Calendar::new(32, 1), None);
    assert_eq!(Calendar::new(1, 0), None);
    assert_eq!(Calendar::new(1, 8), None);
}

#[test]
fn weeks_start_where_the_ledger_says() {
    assert_eq!(
        Calendar::new(1, 1).unwrap().week_range(today()),
        (day("2026-11-16"), day("2026-11-22"))
    );
    assert_eq!(
        Calendar::new(1, 7).unwrap().week_range(today()),
        (day("2026-11-15"), day("2026-11-21"))
    );
    assert_eq!(
        Calendar::new(1, 6).unwrap().week_range(today()),
        (day("2026-11-21"), day("2026-11-27"))
    );
}

#[test]
fn periods_are_called_what_a_person_would_call_them() {
    let calendar = Calendar::default();
    let words = |kind, date| Period::of(kind, date, calendar).words(calendar);
    assert_eq!(words(PeriodKind::Day, today()), "Sat 21 Nov 2026");
    assert_eq!(words(PeriodKind::Month, today()), "1-30 Nov 2026");
    assert_eq!(words(PeriodKind::Week, today()), "16-22 Nov 2026");
    assert_eq!(
        words(PeriodKind::Week, day("2026-12-31")),
        "28 Dec 2026 - 3 Jan 2027"
    );
    assert_eq!(words(PeriodKind::Week, day("2026-11-30")), "30 Nov - 6 Dec 2026");
    assert_eq!(words(PeriodKind::Year, today()), "2026");
    assert_eq!(
        Period::Year(2026).words(Calendar::new(6, 1).unwrap()),
        "6 Jan 2026 - 5 Jan 2027"
    );
}

#[test]
fn a_custom_period_moves_by_its_own_length() {
    let period = Period::Custom(day("2026-11-01"), day("2026-11-10"));
    let calendar = Calendar::default();
    assert_eq!(
        period.next(calendar),
        Period::Custom(day("2026-11-11"), day("2026-11-20"))
    );
    assert_eq!(
        period.prev(calendar),
        Period::Custom(day("2026-10-22"), day("2026-10-31"))
    );
}

#[test]
fn a_month_is_read_as_it_is_written() {
    for text in [
        "", "2026", "2026-13", "2026-1", "26-01", "2300-01", "+026-01", "2026-+1",
    ] {
        assert!(text.parse::<Month>().is_err(), "{text}");
    }
    assert_eq!("2026-11".parse::<Month>().unwrap().next().to_string(), "2026-12");
    assert_eq!("2026-12".parse::<Month>().unwrap().next().to_string(), "2027-01");
    assert_eq!("2026-01".parse::<Month>().unwrap().prev().words(), "Dec 2025");
}

fn any_date() -> impl Strategy<Value = Date> {
    (0..=Date::MAX.days_since(Date::MIN)).prop_map(|days| Date::MIN.shift_days(days))
}

fn any_calendar() -> impl Strategy<Value = Calendar> {
    (1..=31_u8, 1..=7_u8).prop_map(|(start, week)| Calendar::new(start, week).unwrap())
}

#[test]
fn months_tile_without_gaps_for_every_start_day() {
    for start in 1..=31 {
        let calendar = Calendar::new(start, 1).unwrap();
        let mut month = calendar.month_of(Date::MIN);
        let mut expected = Date::MIN;
        loop {
            let (first, last) = calendar.month_range(month);
            assert_eq!(first, expected, "start {start}, {month}");
            assert!(first <= last);
            assert_eq!(
                (calendar.month_of(first), calendar.month_of(last)),
                (month, month)
            );
            if last == Date::MAX {
                break;
            }
            expected = last.add_days(1).unwrap();
            month = month.next();
        }
    }
}

proptest! {
    #[test]
    fn every_day_belongs_to_exactly_one_month(date in any_date(), calendar in any_calendar()) {
        let month = calendar.month_of(date);
        let holds = |month: Month| {
            let (first, last) = calendar.month_range(month);
            (first..=last).contains(&date)
        };
        prop_assert!(holds(month));
        prop_assert!(month.next() == month || !holds(month.next()));
        prop_assert!(month.prev() == month || !holds(month.prev()));
    }

    #[test]
    fn a_step_there_and_back_is_the_same_days(date in any_date(), calendar in any_calendar(), kind in 0..4) {
        let kind = [PeriodKind::Day, PeriodKind::Week, PeriodKind::Month, PeriodKind::Year][usize::try_from(kind).unwrap()];
        let period = Period::of(kind, date, calendar);
        let (first, last) = period.range(calendar);
        prop_assert!((first..=last).contains(&date));
        let (next_first, _) = period.next(calendar).range(calendar);
        if last < Date::MAX {
            prop_assert_eq!(next_first, last.add_days(1).unwrap());
            prop_assert_eq!(period.next(calendar).prev(calendar).range(calendar), (first, last));
        }
    }

    #[test]
    fn dates_are_read_as_they_are_written(date in any_date(), today in any_date()) {
        prop_assert_eq!(Date::parse(&date.to_string()), Ok(date));
        prop_assert_eq!(parse_day(&date.to_string(), today, false), Some(Ok(date)));
    }

    #[test]
    fn an_incomplete_day_is_never_in_the_future(date in any_date(), text in "([0-9]{1,2}(st|th)|[0-9]{1,2}/[0-9]{1,2}|[0-9]{1,3}d|mon|thu|[0-9]{1,2}[a-z]{3})") {
        if let Some(Ok(found)) = parse_day(&text, date, false) {
            prop_assert!(found <= date);
        }
        if let Some(Ok(found)) = parse_day(&format!(">{text}"), date, false) {
            prop_assert!(found >= date);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>(), date in any_date()) {
        let _ = Date::parse(&text);
        let _ = parse_day(&text, date, true);
    }
}
