//! Amounts as files write them: signs, parentheses, currency marks, and the two ways of writing thousands and
//! decimals. Where one cell could be either, the other cells of the file decide. All digits stay text until the end.

use super::shown_cell;
use api::currency::Currency;
use api::money::{Amount, parse_amount};

/// A cell that holds an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// True where it has a minus or stands in parentheses.
    pub is_negative: bool,
    /// The currency written beside it.
    pub currency: Option<Currency>,
    digits: Digits,
    cell: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Digits {
    /// Read without doubt; `decimal` is the sign that its writing shows to be the decimal one.
    Sure {
        whole: String,
        decimals: String,
        decimal: Option<char>,
    },
    /// `1,234`: thousands or decimals.
    Either {
        before: String,
        after: String,
        sign: char,
    },
}

/// Which decimal signs the cells of a file show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Writing {
    point: bool,
    comma: bool,
}

impl Writing {
    /// Takes note of a cell.
    pub fn see(&mut self, figure: &Figure) {
        if let Digits::Sure {
            decimal: Some(sign), ..
        } = figure.digits
        {
            self.point |= sign == '.';
            self.comma |= sign == ',';
        }
    }
}

/// Reads a cell; `Ok(None)` where it is empty.
pub fn figure(cell: &str, base: Currency) -> Result<Option<Figure>, String> {
    let mut is_negative = false;
    let mut currency = None;
    let mut rest = cell.trim().trim_start_matches('\'');
    if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        is_negative = true;
        rest = inner.trim();
    }
    // Sign and currency come in either order, before or behind: `- $5`, `$-5`, `5.00-`, `5 EUR`.
    for _ in 0..3 {
        if let Some(unsigned) = strip_either(rest, &['-', '\u{2212}', '\u{2013}']) {
            is_negative = true;
            rest = unsigned;
        }
        rest = rest.strip_prefix('+').unwrap_or(rest).trim();
        if let Some((found, without)) = strip_currency(rest, base) {
            currency = Some(found);
            rest = without;
        }
    }
    if rest.is_empty() {
        // A lone dash is how some write nothing.
        return if currency.is_none() {
            Ok(None)
        } else {
            Err(not_an_amount(cell))
        };
    }
    let digits = digits(rest).ok_or_else(|| not_an_amount(cell))?;
    Ok(Some(Figure {
        is_negative,
        currency,
        digits,
        cell: cell.to_owned(),
    }))
}

fn not_an_amount(cell: &str) -> String {
    format!("{:?} is not an amount", shown_cell(cell))
}

fn strip_either<'a>(text: &'a str, signs: &[char]) -> Option<&'a str> {
    text.strip_prefix(signs)
        .or_else(|| text.strip_suffix(signs))
        .map(str::trim)
}

fn strip_currency(text: &str, base: Currency) -> Option<(Currency, &str)> {
    let first = text.chars().next()?;
    let last = text.chars().next_back()?;
    for symbol in [first, last] {
        let mut buffer = [0; 4];
        if let Some(currency) = Currency::from_symbol(symbol.encode_utf8(&mut buffer), base) {
            let without = if symbol == first {
                text.strip_prefix(symbol)
            } else {
                text.strip_suffix(symbol)
            };
            return Some((currency, without?.trim()));
        }
    }
    if let Some((code, without)) = text.split_at_checked(3)
        && let Some(currency) = Currency::parse(code)
    {
        return Some((currency, without.trim()));
    }
    let (without, code) = text.split_at_checked(text.len().checked_sub(3)?)?;
    Some((Currency::parse(code)?, without.trim()))
}

fn digits(text: &str) -> Option<Digits> {
    // Blanks and apostrophes only ever part thousands.
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}'))
        .collect();
    if plain.len() > 40
        || !plain
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',')
    {
        return None;
    }
    if !plain.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let last = plain
        .rfind(['.', ','])
        .and_then(|at| plain.get(at..))
        .and_then(|rest| rest.chars().next());
    let Some(sign) = last else {
        return Some(Digits::Sure {
            whole: plain,
            decimals: String::new(),
            decimal: None,
        });
    };
    let other = if sign == '.' { ',' } else { '.' };
    let (before, after) = plain.rsplit_once(sign)?;
    let has_other = before.contains(other);
    if before.contains(sign) {
        // It comes more than once, so it parts thousands, and nothing else may be in between.
        return (!has_other && is_grouped(&plain, sign)).then(|| Digits::Sure {
            whole: plain.replace(sign, ""),
            decimals: String::new(),
            decimal: Some(other),
        });
    }
    if has_other {
        return is_grouped(before, other).then(|| Digits::Sure {
            whole: before.replace(other, ""),
            decimals: after.to_owned(),
            decimal: Some(sign),
        });
    }
    // One sign followed by three digits can part thousands; anything else cannot.
    if after.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0') {
        return Some(Digits::Either {
            before: before.to_owned(),
            after: after.to_owned(),
            sign,
        });
    }
    Some(Digits::Sure {
        whole: before.to_owned(),
        decimals: after.to_owned(),
        decimal: Some(sign),
    })
}

/// Groups of three, the first shorter; or as in India groups of two before the last one of three.
fn is_grouped(text: &str, sign: char) -> bool {
    let groups: Vec<usize> = text.split(sign).map(str::len).collect();
    match groups.as_slice() {
        [first, middle @ .., last] => {
            (1..=3).contains(first) && *last == 3 && middle.iter().all(|len| matches!(len, 2 | 3))
        }
        _ => false,
    }
}

impl Figure {
    /// True where it holds no digit but 0.
    pub fn is_zero(&self) -> bool {
        let is_zero = |text: &str| text.bytes().all(|byte| byte == b'0');
        match &self.digits {
            Digits::Sure { whole, decimals, .. } => is_zero(whole) && is_zero(decimals),
            Digits::Either { before, after, .. } => is_zero(before) && is_zero(after),
        }
    }

    /// The amount, positive; `Ok(None)` for zero.
    pub fn amount(&self, currency: Currency, writing: Writing) -> Result<Option<Amount>, String> {
        let (whole, decimals) = match &self.digits {
            Digits::Sure { whole, decimals, .. } => (whole.clone(), decimals.as_str()),
            Digits::Either { before, after, sign } => match (writing.point, writing.comma) {
                (true, false) if *sign == '.' => (before.clone(), after.as_str()),
                (false, true) if *sign == ',' => (before.clone(), after.as_str()),
                (true, false) | (false, true) => (format!("{before}{after}"), ""),
                (false, false) if currency.digits() < 3 => (format!("{before}{after}"), ""),
                _ => {
                    return Err(format!(
                        "{:?} may be {before}{after} or {before}.{after}; write it with decimals",
                        shown_cell(&self.cell)
                    ));
                }
            },
        };
        let digits = usize::from(currency.digits());
        let (kept, more) = decimals
            .split_at_checked(digits.min(decimals.len()))
            .unwrap_or((decimals, ""));
        // More decimals than the currency has are fine while they say nothing.
        let more = more.trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        if whole == "0" && kept.bytes().chain(more.bytes()).all(|byte| byte == b'0') {
            return Ok(None);
        }
        let text = if kept.is_empty() && more.is_empty() {
            whole.to_owned()
        } else {
            format!("{whole}.{kept}{more}")
        };
        let minor = parse_amount(&text, currency).map_err(|error| error.to_string())?;
        Ok(Some(Amount::from_minor(minor, currency)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(cell: &str, code: &str, others: &[&str]) -> Result<String, String> {
        let base = Currency::parse(code).unwrap();
        let mut writing = Writing::default();
        for other in others {
            writing.see(&figure(other, base).unwrap().unwrap());
        }
        let Some(figure) = figure(cell, base)? else {
            return Ok("none".into());
        };
        let currency = figure.currency.unwrap_or(base);
        let sign = if figure.is_negative { "-" } else { "" };
        let amount = figure.amount(currency, writing)?;
        Ok(amount.map_or("zero".into(), |amount| format!("{sign}{amount} {currency}")))
    }

    #[test]
    fn every_way_of_writing_that_banks_use_is_read_exactly() {
        for (cell, amount) in [
            ("12.5", "12.50 EUR"),
            ("1,234.56", "1234.56 EUR"),
            ("1.234,56", "1234.56 EUR"),
            ("1 234,56", "1234.56 EUR"),
            ("82\u{a0}604,01", "82604.01 EUR"),
            ("1'234'567.8", "1234567.80 EUR"),
            ("1,00,000.00", "100000.00 EUR"),
            ("1.234.567", "1234567.00 EUR"),
            ("(85.00)", "-85.00 EUR"),
            ("($85.00)", "-85.00 USD"),
            ("-76.00", "-76.00 EUR"),
            ("\u{2212}76", "-76.00 EUR"),
            ("-$76.00", "-76.00 USD"),
            ("$-76.00", "-76.00 USD"),
            ("- $1,150.00", "-1150.00 USD"),
            ("+ $1,423.73", "1423.73 USD"),
            ("$.23", "0.23 USD"),
            ("£500.00", "500.00 GBP"),
            ("12,50 €", "12.50 EUR"),
            ("5.00-", "-5.00 EUR"),
            ("12.50 USD", "12.50 USD"),
            ("JPY 1250", "1250 JPY"),
            ("-0,42", "-0.42 EUR"),
            ("250.0000", "250.00 EUR"),
            ("007", "7.00 EUR"),
            ("12.", "12.00 EUR"),
            ("0.00", "zero"),
            ("-0,000", "zero"),
            ("", "none"),
            (" - ", "none"),
        ] {
            assert_eq!(read(cell, "EUR", &[]), Ok(amount.to_owned()), "{cell}");
        }
    }

    #[test]
    fn the_file_decides_what_one_cell_leaves_open() {
        assert_eq!(read("1,234", "EUR", &[]), Ok("1234.00 EUR".into()));
        assert_eq!(read("1.234", "EUR", &["3,50"]), Ok("1234.00 EUR".into()));
        assert_eq!(read("1,234", "KWD", &["0,500"]), Ok("1.234 KWD".into()));
        assert_eq!(read("1,234", "KWD", &["0.500"]), Ok("1234.000 KWD".into()));
        // Three decimals that the euro does not have are never taken for thousands where the file writes decimals so.
        assert!(
            read("1.234", "EUR", &["3.50"])
                .unwrap_err()
                .contains("2 decimals")
        );
        assert!(read("1,234", "KWD", &[]).unwrap_err().contains("1234 or 1.234"));
        assert!(
            read("1,234", "EUR", &["3,50", "3.50"])
                .unwrap_err()
                .contains("1234 or 1.234")
        );
    }

    #[test]
    fn what_is_no_amount_says_so() {
        for cell in [
            "abc", "12.5.0", "1e5", "1,23,4.5", "12-50", "€", "1.2,3.4", ".", "12 eggs", "NaN", "0x10", "٣",
        ] {
            assert!(
                read(cell, "EUR", &[]).is_err(),
                "{cell}: {:?}",
                read(cell, "EUR", &[])
            );
        }
        assert!(
            read("99999999999999999999999999999999999999", "EUR", &[])
                .unwrap_err()
                .contains("Too large")
        );
        assert!(
            read("10000000000.00", "EUR", &[])
                .unwrap_err()
                .contains("Too large")
        );
        assert!(read("12.5", "JPY", &[]).unwrap_err().contains("no decimals"));
    }

    proptest! {
        #[test]
        fn reading_never_panics(cell in any::<String>(), more in "[-+()$€£0-9., 'A-Z]{0,20}") {
            for cell in [&cell, &more] {
                if let Ok(Some(figure)) = figure(cell, Currency::EUR) {
                    let _ = figure.amount(Currency::EUR, Writing::default());
                }
            }
        }

        #[test]
        fn both_ways_of_writing_give_the_same_amount(minor in 1_i64..=api::money::MAX_MINOR) {
            let (whole, cents) = (minor / 100, minor % 100);
            let digits = whole.to_string();
            let grouped = |sign: &str| {
                let parts: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).unwrap()).collect();
                parts.join(sign)
            };
            let wanted = Ok(format!("{whole}.{cents:02} EUR"));
            prop_assert_eq!(read(&format!("{}.{cents:02}", grouped(",")), "EUR", &[]), wanted.clone());
            prop_assert_eq!(read(&format!("{},{cents:02}", grouped(".")), "EUR", &[]), wanted);
        }
    }
}
