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
