//! A balance in words, for the app and the plain commands: who paid what, and who owes whom. The server works it out.

use crate::text;
use api::balance::Balance;
use api::currency::Currency;
use api::id::UserId;
use api::money::Total;

/// A name longer than that is cut: a balance is one sentence.
const NAME: usize = 24;

/// `Ana 812.40, Ben 503.10: Ben owes Ana 154.65`, then what nobody is named for; amounts as `figure` writes them.
pub fn words(balance: &Balance, ellipsis: &str, figure: impl Fn(&Total, Currency) -> String) -> String {
    let figure = |sum: &Total| figure(sum, balance.currency);
    let is_zero = |sum: &Total| sum.minor(balance.currency) == Some(0);
    let called = |name: &str| text::shorten(name, NAME, ellipsis);
    let name = |id: UserId| {
        let member = balance.members.iter().find(|member| member.user_id == id);
        member.map_or_else(String::new, |member| called(&member.name))
    };
    if balance.members.iter().all(|member| is_zero(&member.paid)) {
        return format!("{} with nobody named as who paid", figure(&balance.unassigned));
    }
    let paid = balance
        .members
        .iter()
        .map(|member| format!("{} {}", called(&member.name), figure(&member.paid)));
    let owes = balance.payments.iter().map(|payment| {
        let (from, to) = (name(payment.from), name(payment.to));
        format!("{from} owes {to} {}", figure(&payment.amount))
    });
    let mut owes: Vec<String> = owes.collect();
    if owes.is_empty() {
        owes.push("nobody owes anything".to_owned());
    }
    let mut words = format!("{}: {}", paid.collect::<Vec<_>>().join(", "), owes.join(", "));
    if !is_zero(&balance.unassigned) {
        words = format!("{words}; {} with nobody named", figure(&balance.unassigned));
    }
    words
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::book::tests::{id, people};
    use api::balance::{MemberBalance, Payment};

    /// What Ana, Ben and Zoë paid, in cents, evenly shared by them: paid and share of each, then payments by place.
    pub(crate) fn balance(parts: &[(i64, i64)], payments: &[(u128, u128, i64)], unassigned: i64) -> Balance {
        let sum = |minor| Total::from_minor(minor, Currency::EUR);
        let members = people()
            .into_iter()
            .zip(parts)
            .map(|(member, (paid, share))| MemberBalance {
                user_id: member.user_id,
                name: member.display_name,
                paid: sum(*paid),
                even_share: sum(*share),
                balance: sum(paid - share),
            });
        Balance {
            currency: Currency::EUR,
            total: sum(parts.iter().map(|(paid, _)| paid).sum()),
            unassigned: sum(unassigned),
            members: members.collect(),
            payments: payments
                .iter()
                .map(|(from, to, minor)| Payment {
                    from: id(*from),
                    to: id(*to),
                    amount: sum(*minor),
                })
                .collect(),
        }
    }

    fn said(balance: &Balance) -> String {
        words(balance, "…", |sum, _| sum.to_string())
    }

    #[test]
    fn who_paid_and_who_owes_is_one_sentence() {
        let two = balance(&[(81_240, 65_775), (50_310, 65_775)], &[(10, 9, 15_465)], 0);
        assert_eq!(said(&two), "Ana 812.40, Ben 503.10: Ben owes Ana 154.65");
        let three = balance(
            &[(3_000, 1_000), (0, 1_000), (0, 1_000)],
            &[(10, 9, 1_000), (11, 9, 1_000)],
            2_300,
        );
        assert_eq!(
            said(&three),
            "Ana 30.00, Ben 0.00, Zoë 0.00: Ben owes Ana 10.00, Zoë owes Ana 10.00; 23.00 with nobody named"
        );
    }

    #[test]
    fn where_nothing_is_owed_or_nobody_named_it_says_so() {
        let even = balance(&[(500, 500), (500, 500)], &[], 0);
        assert_eq!(said(&even), "Ana 5.00, Ben 5.00: nobody owes anything");
        let unnamed = balance(&[(0, 0), (0, 0)], &[], 2_300);
        assert_eq!(said(&unnamed), "23.00 with nobody named as who paid");
    }

    #[test]
    fn a_name_from_outside_is_cut_and_clean() {
        let mut one = balance(&[(500, 500)], &[], 0);
        one.members[0].name = format!("A\u{1b}[2J{}", "x".repeat(100));
        let said = said(&one);
        assert!(!said.contains('\u{1b}') && text::width(&said) < 60, "{said:?}");
    }
}
