//! Figures as people read them: thousands grouped, signs by kind, a currency only where it is not the ledger's own.
//! Presentation only; every sum is made elsewhere, in whole minor units.

use crate::dates::Dates;
use api::currency::Currency;
use api::date::{Calendar, Date, Period};
use api::expense::{Expense, Kind};
use api::money::format_minor;

/// `1234567.5` as `1,234,567.5`; a sign in front stays.
pub fn grouped(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.get(..text.len() - rest.len()).unwrap_or_default(), rest),
        None => ("", text),
    };
    let (whole, decimals) = digits
        .split_once('.')
        .map_or((digits, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(decimals) = decimals {
        out.push('.');
        out.push_str(decimals);
    }
    out
}

/// Minor units with the currency's decimals, thousands grouped.
pub fn amount(minor: i64, currency: Currency) -> String {
    grouped(&format_minor(minor, currency))
}

/// As [`amount`], with the currency in front where it is not the ledger's own.
pub fn amount_in(minor: i64, currency: Currency, base: Currency) -> String {
    let figure = amount(minor, currency);
    if currency == base {
        figure
    } else {
        format!("{currency} {figure}")
    }
}

/// The sign that a kind of row has on the screen.
pub fn sign(kind: Kind) -> &'static str {
    match kind {
        Kind::Refund => "-",
        Kind::Income => "+",
        Kind::Expense | Kind::Transfer => "",
    }
}

/// A row's amount as the table shows it: `1,842.30`, `-35.00`, `+3,000.00`, `USD 12.50`, decimals under decimals.
pub fn row_amount(row: &Expense, base: Currency) -> String {
    cell_amount(row.amount.as_str(), row.kind, row.currency, base)
}

/// As [`row_amount`], for a row that is not there yet.
pub fn cell_amount(text: &str, kind: Kind, currency: Currency, base: Currency) -> String {
    let figure = format!("{}{}", sign(kind), grouped(text));
    if currency == base {
        return figure;
    }
    // Fewer decimals than the ledger's own: blanks keep the points in one column.
    let width = |currency: Currency| match currency.digits() {
        0 => 0,
        digits => usize::from(digits) + 1,
    };
    let pad = width(base).saturating_sub(width(currency));
    format!("{currency} {figure}{}", " ".repeat(pad))
}

/// `today`, `yesterday`, else `Sat 31 Oct`, with the year where it is another one.
pub fn day_words(date: Date, today: Date, dates: &Dates) -> String {
    match today.days_since(date) {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        _ if date.year() == today.year() => dates.short(date),
        _ => dates.day(date),
    }
}

/// What a period is called in a sentence: `October`, `October 2025`, `2026`, `Sat 21 Nov`, `16-22 Nov 2026`.
pub fn period_name(period: Period, calendar: Calendar, today: Date, dates: &Dates) -> String {
    match period {
        Period::Month(month) => {
            let name = MONTHS
                .get(usize::try_from(month.month()).unwrap_or(1).saturating_sub(1))
                .unwrap_or(&"");
            if month.year() == today.year() {
                (*name).to_owned()
            } else {
                format!("{name} {}", month.year())
            }
        }
        Period::Year(year) => year.to_string(),
        Period::Day(date) => day_words(date, today, dates),
        Period::Week(_) | Period::Custom(..) => dates.period(period, calendar),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `1 row`, `2,461 rows`.
pub fn rows(count: u64) -> String {
    let noun = if count == 1 { "row" } else { "rows" };
    format!("{} {noun}", grouped(&count.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cur(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn thousands_are_grouped_from_the_point() {
        for (text, shown) in [
            ("0.05", "0.05"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1224.80", "-1,224.80"),
            ("+1234567.891", "+1,234,567.891"),
            ("", ""),
        ] {
            assert_eq!(grouped(text), shown);
        }
    }

    #[test]
    fn points_stand_under_points_whatever_the_currency() {
        let cell = |text, code| cell_amount(text, Kind::Expense, cur(code), Currency::EUR);
        assert_eq!(cell("12.50", "EUR"), "12.50");
        assert_eq!(cell("12.50", "USD"), "USD 12.50");
        assert_eq!(cell("1200", "JPY"), "JPY 1,200   ");
        assert_eq!(
            cell_amount("35.00", Kind::Refund, Currency::EUR, Currency::EUR),
            "-35.00"
        );
        assert_eq!(
            cell_amount("3000.00", Kind::Income, Currency::EUR, Currency::EUR),
            "+3,000.00"
        );
    }

    #[test]
    fn days_and_periods_are_named_as_people_do() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let today = day("2026-11-21");
        assert_eq!(day_words(today, today, &Dates::default()), "today");
        assert_eq!(
            day_words(day("2026-11-20"), today, &Dates::default()),
            "yesterday"
        );
        assert_eq!(
            day_words(day("2026-10-31"), today, &Dates::default()),
            "Sat 31 Oct"
        );
        assert_eq!(
            day_words(day("2025-10-31"), today, &Dates::default()),
            "Fri 31 Oct 2025"
        );
        let calendar = Calendar::default();
        let month = |text: &str| Period::Month(text.parse().unwrap());
        assert_eq!(
            period_name(month("2026-10"), calendar, today, &Dates::default()),
            "October"
        );
        assert_eq!(
            period_name(month("2025-01"), calendar, today, &Dates::default()),
            "January 2025"
        );
        assert_eq!(
            period_name(Period::Year(2026), calendar, today, &Dates::default()),
            "2026"
        );
        assert_eq!(rows(1), "1 row");
        assert_eq!(rows(2461), "2,461 rows");
    }
}
