//! The entries that are offered before anything is typed: those that repeat most, as they would be typed.

use crate::book::{Habit, Lists};
use api::entry::{Draft, Match, NameRef, print};

/// The entries made most often, as lines, with how often.
pub(super) fn offers(lists: &Lists, count: usize) -> Vec<(String, usize)> {
    let repeated = lists.habits.most_repeated(count);
    repeated
        .into_iter()
        .map(|habit| (line_of(habit, lists), habit.count))
        .collect()
}

fn line_of(habit: &Habit, lists: &Lists) -> String {
    let name = |text: &str| {
        (!text.is_empty()).then(|| NameRef {
            text: text.to_owned(),
            is_exact: false,
            matched: Match::New,
        })
    };
    let draft = Draft {
        amount_minor: habit.amount.minor(habit.currency).ok(),
        currency: habit.currency,
        kind: habit.kind,
        category: habit.category_id.and_then(|id| name(lists.category_path(id))),
        account: habit.account_id.and_then(|id| name(lists.account_name(id))),
        to_account: habit.to_account_id.and_then(|id| name(lists.account_name(id))),
        payee: Some(habit.payee.clone()),
        ..Draft::empty(lists.base)
    };
    print(&draft, lists.base)
}
