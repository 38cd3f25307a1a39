//! Who owes whom: what members paid, split evenly among those who can add rows, to the last minor unit, and the payments
//! that settle it. One currency at a time; refunds count against what their payer paid.

use super::tally::{Coins, Tally};
use crate::store::report::{Group, Seat, Sum};
use api::balance::{Balance, MemberBalance, Payment};
use api::currency::Currency;
use api::money::Total as Wire;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Somebody who paid, or carries a share, or both.
#[derive(Debug, Clone, Default)]
struct Payer {
    name: String,
    is_sharing: bool,
    paid: Tally,
}

/// One entry for each currency in which there are expenses or refunds.
pub fn balances(coins: Coins, sums: &[Sum], seats: Vec<Seat>) -> Vec<Balance> {
    let mut payers: BTreeMap<Uuid, Payer> = BTreeMap::new();
    for seat in seats.into_iter().filter(|seat| seat.role.adds()) {
        let payer = payers.entry(seat.user_id).or_default();
        payer.name = seat.name;
        payer.is_sharing = true;
    }
    let mut unassigned = Tally::default();
    for sum in sums {
        match &sum.group {
            Group::Entry(Some(entry)) => {
                let payer = payers.entry(entry.id).or_default();
                payer.name.clone_from(&entry.name);
                payer.paid.add(sum);
            }
            _ => unassigned.add(sum),
        }
    }
    coins
        .spent_in(&Tally::of(sums))
        .into_iter()
        .map(|currency| balance(currency, &payers, &unassigned))
        .collect()
}

fn balance(currency: Currency, payers: &BTreeMap<Uuid, Payer>, unassigned: &Tally) -> Balance {
    let wire = |minor: i128| Wire::from_units(minor, currency);
    let total: i128 = payers.values().map(|payer| payer.paid.net(currency)).sum();
    let sharers = payers.values().filter(|payer| payer.is_sharing).count();
    let mut shares = even_shares(total, sharers).into_iter();
    // In the order of the ids, which the odd minor units go by.
    let mut parts: Vec<(Uuid, &Payer, i128, i128)> = payers
        .iter()
        .map(|(id, payer)| {
            let share = if payer.is_sharing { shares.next() } else { None };
            (*id, payer, payer.paid.net(currency), share.unwrap_or(0))
        })
        // Somebody who only looks on, or left, is in it for what they paid.
        .filter(|(_, payer, paid, _)| payer.is_sharing || *paid != 0)
        .collect();
    let owed: Vec<(Uuid, i128)> = parts
        .iter()
        .map(|(id, _, paid, share)| (*id, paid - share))
        .collect();
    parts.sort_by(|a, b| (Reverse(a.2), &a.1.name, a.0).cmp(&(Reverse(b.2), &b.1.name, b.0)));
    Balance {
        currency,
        total: wire(total),
        unassigned: wire(unassigned.net(currency)),
        members: parts
            .into_iter()
            .map(|(id, payer, paid, share)| MemberBalance {
                user_id: id.into(),
                name: payer.name.clone(),
                paid: wire(paid),
                even_share: wire(share),
                balance: wire(paid - share),
            })
            .collect(),
        payments: payments(owed)
            .into_iter()
            .map(|(from, to, minor)| Payment {
                from: from.into(),
                to: to.into(),
                amount: wire(minor),
            })
            .collect(),
    }
}

/// The total in so many parts, none more than one unit from another: by largest remainder, which here is the same for
/// all, so that the units left over go to those who come first.
fn even_shares(total: i128, count: usize) -> Vec<i128> {
    let Ok(parts @ 1..) = i128::try_from(count) else {
        return Vec::new();
    };
    let (floor, left) = (total / parts, total % parts);
    (0..parts)
        .map(|at| {
            if at < left.abs() {
                floor + left.signum()
            } else {
                floor
            }
        })
        .collect()
}

/// Payments that settle what each is owed, which sums to zero: whoever owes most gives to whoever is owed most, ties by
/// id. Each makes at least one of the two even, so that there is at most one less than there are people.
fn payments(mut owed: Vec<(Uuid, i128)>) -> Vec<(Uuid, Uuid, i128)> {
    let mut payments = Vec::new();
    loop {
        let least = owed.iter().min_by_key(|(id, minor)| (*minor, *id));
        let Some((from, debt)) = least
            .map(|(id, minor)| (*id, -minor))
            .filter(|(_, debt)| *debt > 0)
        else {
            return payments;
        };
        let most = owed.iter().max_by_key(|(id, minor)| (*minor, Reverse(*id)));
        let Some((to, credit)) = most.copied().filter(|(_, credit)| *credit > 0) else {
            return payments;
        };
        let minor = debt.min(credit);
        for (id, owed) in &mut owed {
            if *id == from {
                *owed += minor;
            } else if *id == to {
                *owed -= minor;
            }
        }
        payments.push((from, to, minor));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::report::Entry;
    use api::date::Date;
    use api::expense::Kind;
    use api::id::UserId;
    use api::member::Role;
    use proptest::prelude::*;

    const COINS: Coins = Coins {
        base: Currency::EUR,
        otherwise: Currency::EUR,
    };

    fn id(number: usize) -> Uuid {
        Uuid::from_u128(number as u128)
    }

    fn yen() -> Currency {
        Currency::parse("JPY").unwrap()
    }

    fn seat(user_id: Uuid, role: Role) -> Seat {
        Seat {
            user_id,
            name: format!("P{}", user_id.as_u128()),
            role,
        }
    }

    fn sum(payer: Option<Uuid>, kind: Kind, currency: Currency, minor: i64) -> Sum {
        let entry = payer.map(|id| Entry {
            id,
            name: format!("P{}", id.as_u128()),
            parent: None,
        });
        Sum {
            part: 0,
            group: Group::Entry(entry),
            kind,
            currency,
            minor,
            count: 1,
            first: Date::MIN,
            last: Date::MAX,
        }
    }

    #[test]
    fn a_viewer_carries_nothing_and_is_paid_back_what_they_laid_out() {
        let (ana, ben, eve) = (id(0), id(1), id(2));
        let seats = vec![
            seat(ana, Role::Owner),
            seat(ben, Role::Adder),
            seat(eve, Role::Viewer),
        ];
        let spent = |payer, minor| sum(payer, Kind::Expense, Currency::EUR, minor);
        let sums = [
            spent(Some(ana), 1000),
            spent(Some(eve), 501),
            spent(None, 7),
            sum(Some(ana), Kind::Income, yen(), 5),
        ];
        let [balance] = &balances(COINS, &sums, seats)[..] else {
            panic!("income is nothing to settle")
        };
        let members: Vec<_> = balance
            .members
            .iter()
            .map(|member| [&member.paid, &member.even_share, &member.balance].map(ToString::to_string))
            .collect();
        assert_eq!(
            members,
            [
                ["10.00", "7.51", "2.49"],
                ["5.01", "0.00", "5.01"],
                ["0.00", "7.50", "-7.50"]
            ]
        );
        assert_eq!(
            (balance.total.as_str(), balance.unassigned.as_str()),
            ("15.01", "0.07")
        );
        let payments: Vec<_> = balance
            .payments
            .iter()
            .map(|payment| {
                (
                    Uuid::from(payment.from),
                    Uuid::from(payment.to),
                    payment.amount.as_str(),
                )
            })
            .collect();
        assert_eq!(payments, [(ben, eve, "5.01"), (ben, ana, "2.49")]);
    }

    #[test]
    fn units_that_do_not_divide_go_to_those_who_come_first() {
        assert_eq!(even_shares(100, 3), [34, 33, 33]);
        assert_eq!(even_shares(-100, 3), [-34, -33, -33]);
        assert_eq!(even_shares(1, 2), [1, 0]);
        assert_eq!(even_shares(0, 2), [0, 0]);
        assert_eq!(even_shares(7, 0), [0_i128; 0]);
    }

    #[test]
    fn who_owes_most_gives_to_who_is_owed_most() {
        let (a, b, c, d) = (id(1), id(2), id(3), id(4));
        let settled = payments(vec![(a, 70), (b, -30), (c, 10), (d, -50)]);
        assert_eq!(settled, [(d, a, 50), (b, a, 20), (b, c, 10)]);
        // Among equals the one with the lower id.
        let settled = payments(vec![(a, -5), (b, -5), (c, 5), (d, 5)]);
        assert_eq!(settled, [(a, c, 5), (b, d, 5)]);
        assert!(payments(vec![(a, 0), (b, 0)]).is_empty());
    }

    proptest! {
        #[test]
        fn shares_sum_exactly_and_differ_by_a_unit_at_most(total in any::<i64>(), count in 1_usize..60) {
            let shares = even_shares(i128::from(total), count);
            prop_assert_eq!(shares.len(), count);
            prop_assert_eq!(shares.iter().sum::<i128>(), i128::from(total));
            let (least, most) = (shares.iter().min().unwrap(), shares.iter().max().unwrap());
            prop_assert!(most - least <= 1);
            prop_assert!(shares.iter().all(|share| share.signum() * i128::from(total).signum() >= 0));
        }

        #[test]
        fn balances_sum_to_zero_and_the_payments_settle_them(
            rows in prop::collection::vec(
                (prop::option::of(0_usize..8), prop::bool::ANY, prop::bool::ANY, 1_i64..=999_999_999_999), 1..60,
            ),
            roles in prop::collection::vec(prop::sample::select(Role::ALL.to_vec()), 0..8),
        ) {
            let sums: Vec<Sum> = rows
                .iter()
                .map(|(payer, is_refund, is_yen, minor)| {
                    let kind = if *is_refund { Kind::Refund } else { Kind::Expense };
                    sum(payer.map(id), kind, if *is_yen { yen() } else { Currency::EUR }, *minor)
                })
                .collect();
            // There is always an owner; those beyond the roles drawn have left.
            let roles = std::iter::once(Role::Owner).chain(roles);
            let seats: Vec<Seat> = roles.enumerate().map(|(at, role)| seat(id(at), role)).collect();
            let sharers = seats.iter().filter(|seat| seat.role.adds()).count();
            for balance in balances(COINS, &sums, seats) {
                let minor = |sum: &Wire| sum.minor(balance.currency).unwrap();
                let all = |of: fn(&MemberBalance) -> &Wire| balance.members.iter().map(of).map(minor).sum::<i64>();
                let net = |payer: fn(&Group) -> bool| {
                    let mut tally = Tally::default();
                    sums.iter().filter(|sum| payer(&sum.group)).for_each(|sum| tally.add(sum));
                    tally.net(balance.currency)
                };
                let is_named = |group: &Group| matches!(group, Group::Entry(Some(_)));
                prop_assert_eq!(i128::from(minor(&balance.total)), net(is_named));
                prop_assert_eq!(i128::from(minor(&balance.unassigned)), net(|group| matches!(group, Group::Entry(None))));
                prop_assert_eq!(all(|member| &member.paid), minor(&balance.total));
                prop_assert_eq!(all(|member| &member.even_share), minor(&balance.total));
                prop_assert_eq!(all(|member| &member.balance), 0);
                prop_assert!(balance.members.len() >= sharers);
                prop_assert!(balance.payments.len() < balance.members.len());
                let mut owed: BTreeMap<UserId, i64> =
                    balance.members.iter().map(|member| (member.user_id, minor(&member.balance))).collect();
                for Payment { from, to, amount } in &balance.payments {
                    prop_assert!(minor(amount) > 0 && from != to);
                    *owed.get_mut(from).unwrap() += minor(amount);
                    *owed.get_mut(to).unwrap() -= minor(amount);
                }
                prop_assert!(owed.values().all(|owed| *owed == 0), "{:?}", owed);
            }
        }
    }
}
