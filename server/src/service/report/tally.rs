//! Sums by currency, exact and checked: adding them up, shares of them, and how they are listed. Never adds two
//! currencies.

use crate::error::{AppError, Result};
use crate::store::report::Sum;
use api::currency::Currency;
use api::expense::Kind;
use api::money::{Share, Total as Wire, shares};
use api::report::{Total, TransferTotal};
use std::collections::{BTreeMap, BTreeSet};

/// The sums of one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Coin {
    spent: i128,
    refunded: i128,
    income: i128,
    count: u64,
    income_count: u64,
    transferred: i128,
    transfers: u64,
}

impl Coin {
    fn net(&self) -> i128 {
        self.spent - self.refunded
    }
}

/// Sums, one a currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    coins: BTreeMap<Currency, Coin>,
}

impl Tally {
    /// All of those.
    pub fn of<'a>(sums: impl IntoIterator<Item = &'a Sum>) -> Self {
        let mut tally = Self::default();
        for sum in sums {
            tally.add(sum);
        }
        tally
    }

    fn coin(&mut self, currency: Currency) -> &mut Coin {
        self.coins.entry(currency).or_default()
    }

    /// Adds one sum. 128 bits hold more sums of 64 than there can be.
    pub fn add(&mut self, sum: &Sum) {
        let coin = self.coin(sum.currency);
        let minor = i128::from(sum.minor);
        match sum.kind {
            Kind::Expense => coin.spent += minor,
            Kind::Refund => coin.refunded += minor,
            Kind::Income => {
                coin.income += minor;
                coin.income_count += sum.count;
            }
            Kind::Transfer => {
                coin.transferred += minor;
                coin.transfers += sum.count;
                return;
            }
        }
        coin.count += sum.count;
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        for (currency, more) in &other.coins {
            let coin = self.coin(*currency);
            coin.spent += more.spent;
            coin.refunded += more.refunded;
            coin.income += more.income;
            coin.count += more.count;
            coin.income_count += more.income_count;
            coin.transferred += more.transferred;
            coin.transfers += more.transfers;
        }
    }

    /// True where no row but transfers was summed.
    pub fn is_empty(&self) -> bool {
        self.coins.values().all(|coin| coin.count == 0)
    }

    /// Spent less refunded.
    pub fn net(&self, currency: Currency) -> i128 {
        self.coins.get(&currency).map_or(0, Coin::net)
    }
}

/// The share of a row in each currency.
pub type Shares = BTreeMap<Currency, Share>;

/// The shares of several tallies, which do not overlap: in each currency those of positive net sum to exactly 100.00.
/// Ties go to the one that comes first.
pub fn shares_of(tallies: &[&Tally]) -> Result<Vec<Shares>> {
    let mut all = vec![Shares::new(); tallies.len()];
    let currencies: BTreeSet<Currency> = tallies
        .iter()
        .flat_map(|tally| tally.coins.keys().copied())
        .collect();
    for currency in currencies {
        let nets: Vec<i64> = tallies
            .iter()
            .map(|tally| i64::try_from(tally.net(currency)))
            .collect::<Result<_, _>>()
            .map_err(|_| AppError::Internal("a net does not fit into 64 bits".into()))?;
        for (row, share) in all.iter_mut().zip(shares(&nets)) {
            if let Some(share) = share {
                row.insert(currency, share);
            }
        }
    }
    Ok(all)
}

/// How figures are listed: the base currency first, then by code.
#[derive(Debug, Clone, Copy)]
pub struct Coins {
    /// The ledger's base currency.
    pub base: Currency,
    /// The currency of the zero that stands where there is no row.
    pub otherwise: Currency,
}

impl Coins {
    /// One entry a currency; a zero where there is no row.
    pub fn totals(self, tally: &Tally, shares: Option<&Shares>) -> Vec<Total> {
        let mut totals: Vec<Total> = self
            .ordered(tally)
            .filter(|(_, coin)| coin.count > 0)
            .map(|(currency, coin)| total(currency, coin, shares))
            .collect();
        if totals.is_empty() {
            totals.push(total(self.otherwise, Coin::default(), None));
        }
        totals
    }

    /// The currencies in which there are expenses or refunds.
    pub fn spent_in(self, tally: &Tally) -> Vec<Currency> {
        self.ordered(tally)
            .filter(|(_, coin)| coin.count > coin.income_count)
            .map(|(currency, _)| currency)
            .collect()
    }

    /// Transfers, one entry a currency; none where there is none.
    pub fn transfers(self, tally: &Tally) -> Vec<TransferTotal> {
        self.ordered(tally)
            .filter(|(_, coin)| coin.transfers > 0)
            .map(|(currency, coin)| TransferTotal {
                currency,
                amount: Wire::from_units(coin.transferred, currency),
                count: coin.transfers,
            })
            .collect()
    }

    fn ordered(self, tally: &Tally) -> impl Iterator<Item = (Currency, Coin)> {
        let base = tally.coins.get_key_value(&self.base);
        let rest = tally
            .coins
            .iter()
            .filter(move |(currency, _)| **currency != self.base);
        base.into_iter()
            .chain(rest)
            .map(|(currency, coin)| (*currency, *coin))
    }
}

fn total(currency: Currency, coin: Coin, shares: Option<&Shares>) -> Total {
    let wire = |minor: i128| Wire::from_units(minor, currency);
    Total {
        currency,
        spent: wire(coin.spent),
        refunded: wire(coin.refunded),
        net: wire(coin.net()),
        income: wire(coin.income),
        count: coin.count,
        income_count: coin.income_count,
        share: shares.and_then(|shares| shares.get(&currency).copied()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::report::Group;
    use api::date::Date;

    fn sum(kind: Kind, currency: Currency, minor: i64) -> Sum {
        let (first, last) = (Date::MIN, Date::MAX);
        Sum {
            part: 0,
            group: Group::All,
            kind,
            currency,
            minor,
            count: 1,
            first,
            last,
        }
    }

    fn chf() -> Currency {
        Currency::parse("CHF").unwrap()
    }

    #[test]
    fn sums_beyond_64_bits_stay_exact_and_have_no_share() {
        let sums = [
            sum(Kind::Expense, Currency::EUR, i64::MAX),
            sum(Kind::Expense, Currency::EUR, i64::MAX),
        ];
        let tally = Tally::of(&sums);
        let coins = Coins {
            base: Currency::EUR,
            otherwise: Currency::EUR,
        };
        assert_eq!(
            coins.totals(&tally, None)[0].spent.as_str(),
            "184467440737095516.14"
        );
        assert!(shares_of(&[&tally]).is_err());
    }

    #[test]
    fn shares_are_within_a_currency_and_ties_go_to_the_first() {
        let third = |currency| Tally::of(&[sum(Kind::Expense, currency, 100)]);
        let back = Tally::of(&[sum(Kind::Refund, Currency::EUR, 100)]);
        let (a, b) = (third(Currency::EUR), third(chf()));
        let shares = shares_of(&[&a, &a, &back, &a, &b]).unwrap();
        let of = |currency: Currency| -> Vec<Option<String>> {
            shares
                .iter()
                .map(|row| row.get(&currency).map(Share::to_string))
                .collect()
        };
        let (more, less) = (Some("33.34".to_owned()), Some("33.33".to_owned()));
        assert_eq!(of(Currency::EUR), [more, less.clone(), None, less, None]);
        assert_eq!(of(chf()), [None, None, None, None, Some("100.00".to_owned())]);
    }

    #[test]
    fn the_base_comes_first_and_transfers_are_in_no_total() {
        let sums = [
            sum(Kind::Income, chf(), 5),
            sum(Kind::Refund, Currency::EUR, 7),
            sum(Kind::Transfer, Currency::EUR, 1000),
        ];
        let base_first = |base| {
            let totals = Coins {
                base,
                otherwise: base,
            }
            .totals(&Tally::of(&sums), None);
            totals
                .iter()
                .map(|total| (total.currency, total.net.to_string()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            base_first(Currency::EUR),
            [(Currency::EUR, "-0.07".to_owned()), (chf(), "0.00".to_owned())]
        );
        assert_eq!(base_first(chf())[0].0, chf());
        assert!(Tally::of(&sums[2..]).is_empty());
    }
}
