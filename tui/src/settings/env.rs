//! The process's surroundings: its environment and its locale. Taken once, then passed on.

use api::currency::Currency;
use std::collections::BTreeMap;

/// The environment as it was when the program started. A variable that is set to nothing counts as not set.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// The environment of this process.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// A variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.trim().is_empty())
    }

    /// The variables whose name begins with `prefix`, by the rest of the name.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }
}

impl FromIterator<(String, String)> for Env {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
    }
}

// The environment holds secrets.
impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Env({} variables)", self.0.len())
    }
}

/// What the locale says that matters here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Locale {
    /// As the environment names it, such as `de_DE.UTF-8`.
    pub name: String,
    /// ISO 3166-1, such as `DE`.
    pub territory: Option<String>,
    /// The territory's currency.
    pub currency: Option<Currency>,
    /// Whether text is UTF-8.
    pub is_utf8: bool,
}

impl Locale {
    /// Of money and of characters, which may differ: `LC_ALL` beats both, `LANG` stands in for both.
    pub fn of(env: &Env) -> Self {
        let first = |names: [&str; 3]| {
            names
                .into_iter()
                .find_map(|name| env.get(name))
                .unwrap_or_default()
        };
        let money = first(["LC_ALL", "LC_MONETARY", "LANG"]);
        let characters = first(["LC_ALL", "LC_CTYPE", "LANG"]).to_lowercase();
        let territory = territory(money).or_else(|| territory(env.get("LC_MESSAGES").unwrap_or_default()));
        Self {
            name: money.to_owned(),
            currency: territory.as_deref().and_then(Currency::for_territory),
            territory,
            is_utf8: characters.contains("utf-8") || characters.contains("utf8"),
        }
    }
}

/// `DE` of `de_DE.UTF-8@euro`.
fn territory(locale: &str) -> Option<String> {
    let (_, rest) = locale.split_once('_')?;
    let territory: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    (territory.len() == 2).then(|| territory.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(pairs: &[(&str, &str)]) -> Locale {
        let pairs = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Locale::of(&pairs.collect())
    }

    #[test]
    fn the_territory_names_the_currency() {
        for (name, code) in [
            ("de_DE.UTF-8@euro", "EUR"),
            ("en_US", "USD"),
            ("ja_JP.eucJP", "JPY"),
            ("hi_IN", "INR"),
        ] {
            let locale = locale(&[("LANG", name)]);
            assert_eq!(
                locale.currency.map(|currency| currency.to_string()).as_deref(),
                Some(code),
                "{name}"
            );
        }
    }

    #[test]
    fn a_locale_without_territory_names_no_currency() {
        for name in ["C", "POSIX", "C.UTF-8", "de", "eo", "xx_QQ", "de_", ""] {
            assert_eq!(locale(&[("LANG", name)]).currency, None, "{name}");
        }
    }

    #[test]
    fn lc_all_beats_money_and_money_beats_lang() {
        let base = [("LANG", "en_US.UTF-8"), ("LC_MONETARY", "de_DE.UTF-8")];
        assert_eq!(locale(&base).territory.as_deref(), Some("DE"));
        let all = [base[0], base[1], ("LC_ALL", "ja_JP.UTF-8")];
        assert_eq!(locale(&all).territory.as_deref(), Some("JP"));
        assert!(locale(&base).is_utf8);
        assert!(!locale(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")]).is_utf8);
    }

    #[test]
    fn what_is_set_to_nothing_is_not_set() {
        let env: Env = [("A".to_owned(), " ".to_owned())].into_iter().collect();
        assert_eq!(env.get("A"), None);
        assert!(!format!("{env:?}").contains('A'));
    }
}
