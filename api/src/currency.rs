//! Currencies: a known ISO 4217 code, withdrawn ones kept, with its number of decimals, its symbol and the
//! territories that use it. No amounts and no rates.

mod table;

use crate::text::wire::string_serde;
use std::fmt;
use std::str::FromStr;
use table::{FOUR_DECIMALS, NO_DECIMALS, SYMBOLS, TERRITORIES, THREE_DECIMALS, TWO_DECIMALS};

/// A known ISO 4217 currency code, in upper case. Sorts by code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// What is no known currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Not a currency code - write an ISO 4217 code such as EUR, USD or INR")]
pub struct CurrencyError;

impl CurrencyError {
    /// The stable name of this fault.
    pub fn code(self) -> &'static str {
        "unknown-currency"
    }
}

impl Currency {
    /// The euro: what a new ledger gets where the locale names no territory.
    pub const EUR: Self = Self(*b"EUR");

    /// Reads a code in any case. `None` for anything but a known code.
    pub fn parse(text: &str) -> Option<Self> {
        let &[a, b, c] = text.as_bytes() else {
            return None;
        };
        let currency = Self([a, b, c].map(|byte| byte.to_ascii_uppercase()));
        let code = currency.code();
        [TWO_DECIMALS, NO_DECIMALS, THREE_DECIMALS, FOUR_DECIMALS]
            .iter()
            .any(|codes| codes.binary_search(&code).is_ok())
            .then_some(currency)
    }

    /// The code in upper case, such as `EUR`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimals an amount has: 0 to 4.
    pub fn digits(self) -> u8 {
        let code = self.code();
        let has = |codes: &[&str]| codes.binary_search(&code).is_ok();
        if has(NO_DECIMALS) {
            0
        } else if has(THREE_DECIMALS) {
            3
        } else if has(FOUR_DECIMALS) {
            4
        } else {
            2
        }
    }

    /// How many minor units make one: 1 to 10,000.
    pub fn scale(self) -> i64 {
        10_i64.pow(u32::from(self.digits()))
    }

    /// The written symbol, such as `€`, where there is one.
    pub fn symbol(self) -> Option<&'static str> {
        SYMBOLS
            .iter()
            .find(|(_, code)| *code == self.code())
            .map(|(symbol, _)| *symbol)
    }

    /// What a symbol means in a ledger of currency `base`: `$` is the base where the base is written so, else USD.
    pub fn from_symbol(symbol: &str, base: Self) -> Option<Self> {
        let mut written = SYMBOLS.iter().filter(|(text, _)| *text == symbol);
        let first = written.clone().next()?;
        let (_, code) = written.find(|(_, code)| *code == base.code()).unwrap_or(first);
        Self::parse(code)
    }

    /// The currency of an ISO 3166-1 territory such as `DE`, in any case.
    pub fn for_territory(territory: &str) -> Option<Self> {
        let territory = territory.to_ascii_uppercase();
        let found = TERRITORIES
            .binary_search_by_key(&territory.as_str(), |(name, _)| name)
            .ok()?;
        TERRITORIES.get(found).and_then(|(_, code)| Self::parse(code))
    }

    /// Every known currency, those with two decimals first.
    pub fn all() -> impl Iterator<Item = Self> {
        [TWO_DECIMALS, NO_DECIMALS, THREE_DECIMALS, FOUR_DECIMALS]
            .into_iter()
            .flatten()
            .filter_map(|code| Self::parse(code))
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    /// The wire form: a known code in upper case, nothing else.
    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        Self::parse(text)
            .filter(|currency| currency.code() == text)
            .ok_or(CurrencyError)
    }
}

string_serde!(Currency);

#[cfg(feature = "openapi")]
crate::openapi::string_type!(
    Currency,
    crate::openapi::StringSchema {
        name: "Currency",
        format: Some("iso-4217"),
        pattern: Some("^[A-Z]{3}$"),
        max_length: Some(3),
        example: "EUR",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    fn cur(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn every_table_is_sorted_and_a_code_stands_in_one_of_them() {
        let tables = [TWO_DECIMALS, NO_DECIMALS, THREE_DECIMALS, FOUR_DECIMALS];
        for table in tables {
            assert!(table.is_sorted_by(|a, b| a < b), "{table:?}");
        }
        let mut all: Vec<_> = tables.into_iter().flatten().collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
        assert_eq!(Currency::all().count(), count);
        assert!(TERRITORIES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn each_code_has_the_decimals_of_the_standard() {
        for (code, digits) in [
            ("EUR", 2),
            ("INR", 2),
            ("JPY", 0),
            ("KRW", 0),
            ("ISK", 0),
            ("KWD", 3),
            ("TND", 3),
            ("CLF", 4),
            ("UYW", 4),
            ("MRU", 2),
            ("DEM", 2),
            ("FRF", 2),
            ("ITL", 0),
            ("HRK", 2),
            ("BGN", 2),
        ] {
            assert_eq!(cur(code).digits(), digits, "{code}");
        }
        assert_eq!(cur("KWD").scale(), 1000);
    }

    #[test]
    fn only_known_codes_are_currencies() {
        assert_eq!(Currency::parse("eur"), Some(Currency::EUR));
        for text in ["", "EU", "EURO", "ABC", "XXX", "XAU", "€", "ÄÖ", "E R", "12."] {
            assert_eq!(Currency::parse(text), None, "{text}");
        }
        assert_eq!("eur".parse::<Currency>(), Err(CurrencyError));
        assert!(serde_json::from_str::<Currency>("978").is_err());
        assert_eq!(serde_json::to_string(&cur("JPY")).unwrap(), r#""JPY""#);
    }

    #[test]
    fn a_symbol_means_the_base_where_the_base_is_written_so() {
        assert_eq!(Currency::from_symbol("$", Currency::EUR), Some(cur("USD")));
        assert_eq!(Currency::from_symbol("$", cur("CAD")), Some(cur("CAD")));
        assert_eq!(Currency::from_symbol("¥", cur("CNY")), Some(cur("CNY")));
        assert_eq!(Currency::from_symbol("₹", Currency::EUR), Some(cur("INR")));
        assert_eq!(Currency::from_symbol("#", Currency::EUR), None);
        assert_eq!(Currency::EUR.symbol(), Some("€"));
        assert_eq!(cur("CHF").symbol(), None);
        for (symbol, code) in SYMBOLS {
            assert!(Currency::from_symbol(symbol, cur(code)) == Some(cur(code)));
        }
    }

    #[test]
    fn every_territory_has_a_known_currency() {
        for (territory, code) in TERRITORIES {
            assert_eq!(Currency::for_territory(territory), Some(cur(code)));
        }
        assert_eq!(Currency::for_territory("de"), Some(Currency::EUR));
        assert_eq!(Currency::for_territory("BG"), Some(Currency::EUR));
        assert_eq!(Currency::for_territory("IN"), Some(cur("INR")));
        assert_eq!(Currency::for_territory("AQ"), None);
        assert_eq!(Currency::for_territory("ZZ"), None);
    }
}
