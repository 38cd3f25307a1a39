//! Who the household is and how it spends: what recurs on a day of the month, what happens every few days, and a
//! journey abroad. Pure: the same day gives the same rows.

use api::currency::Currency;
use api::date::Date;
use api::expense::{Kind, NewExpense};
use api::id::{AccountId, CategoryId};
use api::money::Amount;

/// Categories it needs, each with its parent or nothing; parents first.
pub(super) const CATEGORIES: &[(&str, &str)] = &[
    ("Food", ""),
    ("Groceries", "Food"),
    ("Eating out", "Food"),
    ("Rent", ""),
    ("Utilities", ""),
    ("Transport", ""),
    ("Health", ""),
    ("Shopping", ""),
    ("Entertainment", ""),
    ("Travel", ""),
    ("Salary", ""),
];

/// Accounts it needs, each with its kind.
pub(super) const ACCOUNTS: &[(&str, &str)] = &[
    ("Cash", "cash"),
    ("Card", "card"),
    ("Bank", "bank"),
    ("Savings", "bank"),
];

/// What a name stands for in the book.
pub(super) struct Names<'a> {
    pub(super) category: &'a (dyn Fn(&str) -> Option<CategoryId> + Sync),
    pub(super) account: &'a (dyn Fn(&str) -> Option<AccountId> + Sync),
}

/// A payment that comes on a day of each month.
struct Monthly(u32, Kind, i64, &'static str, &'static str, &'static str);

const MONTHLY: &[Monthly] = &[
    Monthly(1, Kind::Expense, 114_000, "Rent", "Hausverwaltung Brandt", "Bank"),
    Monthly(2, Kind::Expense, 1_799, "Entertainment", "Netflix", "Card"),
    Monthly(3, Kind::Expense, 8_640, "Utilities", "Stadtwerke", "Bank"),
    Monthly(5, Kind::Expense, 3_999, "Utilities", "Telekom", "Bank"),
    Monthly(8, Kind::Expense, 5_800, "Transport", "Deutschlandticket", "Bank"),
    Monthly(15, Kind::Expense, 2_990, "Health", "Fitness First", "Bank"),
    Monthly(27, Kind::Income, 318_500, "Salary", "Nordlicht GmbH", "Bank"),
];

/// Something that happens every few days: one day in `.0`, between `.1` and `.2` cents.
struct Often(u64, i64, i64, &'static str, &'static [&'static str], &'static str);

const OFTEN: &[Often] = &[
    Often(
        2,
        850,
        7_450,
        "Groceries",
        &["Rewe", "Edeka", "Lidl", "Wochenmarkt", "Aldi"],
        "Card",
    ),
    Often(
        3,
        180,
        690,
        "Food",
        &["Bäckerei Kraus", "Kiosk", "Café Einstein"],
        "Cash",
    ),
    Often(
        4,
        890,
        5_600,
        "Eating out",
        &["Mensa", "Pizzeria Roma", "Sushi Ken", "Zum Löwen"],
        "Card",
    ),
    Often(
        9,
        290,
        2_450,
        "Transport",
        &["BVG", "Taxi", "Nextbike", "Shell"],
        "Card",
    ),
    Often(
        12,
        1_490,
        13_900,
        "Shopping",
        &["IKEA", "dm", "Decathlon", "Buchladen", "Media Markt"],
        "Card",
    ),
    Often(
        14,
        900,
        4_800,
        "Entertainment",
        &["Kino", "Steam", "Konzerthaus", "Thalia"],
        "Card",
    ),
    Often(
        21,
        520,
        8_900,
        "Health",
        &["Apotheke", "Dr. Weiss", "Zahnarzt"],
        "Card",
    ),
];

/// A small generator of the kind called splitmix: the same seed, the same numbers, everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll().is_multiple_of(sides.max(1))
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i64::try_from(self.roll() % span).unwrap_or(0)
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.roll()).unwrap_or(0) % of.len().max(1);
        of.get(at).copied().unwrap_or_default()
    }
}

/// One row.
fn row(
    names: &Names<'_>,
    date: Date,
    kind: Kind,
    minor: i64,
    currency: Currency,
    what: [&str; 3],
) -> NewExpense {
    let [category, payee, account] = what;
    let mut row = NewExpense::new(date, Amount::from_minor(minor, currency));
    row.kind = (kind != Kind::Expense).then_some(kind);
    row.currency = (currency != Currency::EUR).then_some(currency);
    row.category_id = (names.category)(category);
    row.account_id = (names.account)(account);
    row.payee = Some(payee.to_owned()).filter(|payee| !payee.is_empty());
    row
}

/// All rows of the two years that end `today`, oldest first.
pub(super) fn rows(today: Date, names: &Names<'_>) -> Vec<NewExpense> {
    let mut dice = Dice(20_261_121);
    let mut rows = Vec::new();
    for back in (0..731).rev() {
        let date = today.shift_days(-back);
        monthly(date, &mut dice, names, &mut rows);
        // Abroad, home is quiet.
        if abroad(date, back, &mut dice, names, &mut rows) {
            continue;
        }
        often(date, &mut dice, names, &mut rows);
    }
    rows
}

fn monthly(date: Date, dice: &mut Dice, names: &Names<'_>, rows: &mut Vec<NewExpense>) {
    for Monthly(day, kind, minor, category, payee, account) in MONTHLY {
        if date.day() == *day {
            // Power and phone differ a little from month to month.
            let minor = if *category == "Utilities" {
                minor + dice.between(-900, 900)
            } else {
                *minor
            };
            rows.push(row(
                names,
                date,
                *kind,
                minor,
                Currency::EUR,
                [category, payee, account],
            ));
        }
    }
    if date.day() == 28 {
        let mut saved = row(
            names,
            date,
            Kind::Transfer,
            25_000,
            Currency::EUR,
            ["", "", "Bank"],
        );
        saved.category_id = None;
        saved.to_account_id = (names.account)("Savings");
        saved.note = Some("standing order".to_owned());
        rows.push(saved);
    }
}

fn often(date: Date, dice: &mut Dice, names: &Names<'_>, rows: &mut Vec<NewExpense>) {
    for Often(days, low, high, category, payees, account) in OFTEN {
        if !dice.one_in(*days) {
            continue;
        }
        let (minor, payee) = (dice.between(*low, *high), dice.pick(payees));
        let mut bought = row(
            names,
            date,
            Kind::Expense,
            minor,
            Currency::EUR,
            [category, payee, account],
        );
        if *category == "Eating out" && dice.one_in(3) {
            bought.tags = vec![dice.pick(&["friends", "work", "date"]).to_owned()];
        }
        if *category == "Shopping" && dice.one_in(5) {
            let mut returned = row(
                names,
                date,
                Kind::Refund,
                minor / 2,
                Currency::EUR,
                [category, payee, account],
            );
            returned.note = Some("sent back".to_owned());
            rows.push(returned);
        }
        rows.push(bought);
    }
}

/// A week in Japan last spring and a few days in New York before that. True while away.
fn abroad(date: Date, back: i64, dice: &mut Dice, names: &Names<'_>, rows: &mut Vec<NewExpense>) -> bool {
    let (code, trip, payees, low, high) = match back {
        210..=217 => (
            "JPY",
            "japan",
            ["Lawson", "Sushiro", "JR East", "Ryokan Yamaga"],
            480,
            14_800,
        ),
        430..=434 => (
            "USD",
            "new york",
            ["Joe's Pizza", "MTA", "MoMA", "Strand"],
            300,
            9_400,
        ),
        _ => return false,
    };
    let Some(currency) = Currency::parse(code) else {
        return false;
    };
    for _ in 0..3 {
        let (minor, payee) = (dice.between(low, high), dice.pick(&payees));
        let mut spent = row(
            names,
            date,
            Kind::Expense,
            minor,
            currency,
            ["Travel", payee, "Card"],
        );
        spent.tags = vec![trip.to_owned()];
        rows.push(spent);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::problem::Faults;

    fn made(today: &str) -> Vec<NewExpense> {
        let names = Names {
            category: &|_| Some(CategoryId(uuid::Uuid::nil())),
            account: &|_| None,
        };
        rows(today.parse().unwrap(), &names)
    }

    #[test]
    fn the_same_day_gives_the_same_two_years_and_they_end_today() {
        let rows = made("2026-11-21");
        assert_eq!(rows, made("2026-11-21"));
        assert!((1_200..=2_000).contains(&rows.len()), "{}", rows.len());
        assert!(rows.iter().all(|row| row.date <= "2026-11-21".parse().unwrap()));
        assert!(rows.iter().all(|row| row.date >= "2024-11-20".parse().unwrap()));
    }

    #[test]
    fn every_row_is_one_the_server_takes_and_every_kind_and_currency_is_there() {
        let rows = made("2026-03-01");
        for row in &rows {
            let mut faults = Faults::default();
            row.check(Currency::EUR, &mut faults);
            assert!(faults.is_empty(), "{row:?}: {faults:?}");
        }
        for kind in Kind::ALL {
            assert!(
                rows.iter().any(|row| row.kind.unwrap_or_default() == kind),
                "{kind:?}"
            );
        }
        for code in ["JPY", "USD"] {
            assert!(
                rows.iter()
                    .any(|row| row.currency.is_some_and(|currency| currency.code() == code)),
                "{code}"
            );
        }
    }
}
