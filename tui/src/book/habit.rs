//! What was entered lately, for guessing: what a payee was last filed under, and the entries that repeat most.

use api::currency::Currency;
use api::date::Date;
use api::expense::{Expense, Kind};
use api::id::{AccountId, CategoryId, ExpenseId};
use api::money::Amount;
use api::text::fold;
use std::cmp::Reverse;
use std::collections::HashMap;

/// How a payee's row was filed the last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Habit {
    /// The payee as it was written.
    pub payee: String,
    pub kind: Kind,
    pub category_id: Option<CategoryId>,
    pub account_id: Option<AccountId>,
    pub to_account_id: Option<AccountId>,
    pub amount: Amount,
    pub currency: Currency,
    /// When it was used last.
    pub last: Date,
    /// How often the same entry was made.
    pub count: usize,
}

impl Habit {
    fn of(payee: &str, row: &Expense) -> Self {
        Self {
            payee: payee.to_owned(),
            kind: row.kind,
            category_id: row.category_id,
            account_id: row.account_id,
            to_account_id: row.to_account_id,
            amount: row.amount.clone(),
            currency: row.currency,
            last: row.date,
            count: 1,
        }
    }
}

/// What makes two entries the same one, made again: everything but the day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Same {
    payee: String,
    kind: Kind,
    category_id: Option<CategoryId>,
    account_id: Option<AccountId>,
    to_account_id: Option<AccountId>,
    amount: Amount,
    currency: Currency,
}

/// What was entered lately.
#[derive(Debug, Clone, Default)]
pub struct Habits {
    last: HashMap<String, Habit>,
    repeated: HashMap<Same, Habit>,
    counted: std::collections::HashSet<ExpenseId>,
}

impl Habits {
    /// The habits that these rows show, in any order.
    pub fn of(rows: &[Expense]) -> Self {
        let mut habits = Self::default();
        let mut rows: Vec<&Expense> = rows.iter().collect();
        rows.sort_by_key(|row| (row.date, row.id));
        for row in rows {
            habits.learn(row);
        }
        habits
    }

    /// Takes one more row in. The same row again corrects what its payee was filed under and counts once.
    pub(super) fn learn(&mut self, row: &Expense) {
        let is_new = self.counted.insert(row.id);
        let Some(payee) = row.payee.as_deref() else { return };
        let folded = fold(payee);
        let new = Habit::of(payee, row);
        match self.last.get_mut(&folded) {
            Some(known) if known.last > new.last => {}
            Some(known) => *known = new.clone(),
            None => drop(self.last.insert(folded.clone(), new.clone())),
        }
        if !is_new {
            return;
        }
        let same = Same {
            payee: folded,
            kind: row.kind,
            category_id: row.category_id,
            account_id: row.account_id,
            to_account_id: row.to_account_id,
            amount: row.amount.clone(),
            currency: row.currency,
        };
        let habit = self.repeated.entry(same).or_insert(Habit { count: 0, ..new });
        habit.count += 1;
        habit.last = habit.last.max(row.date);
    }

    /// True where no row was ever seen.
    pub fn is_empty(&self) -> bool {
        self.counted.is_empty()
    }

    /// How this payee's row was filed the last time.
    pub fn last(&self, payee: &str) -> Option<&Habit> {
        self.last.get(&fold(payee))
    }

    /// The entries made most often, the most frequent first, then the latest.
    pub fn most_repeated(&self, count: usize) -> Vec<&Habit> {
        let mut habits: Vec<&Habit> = self.repeated.values().collect();
        habits.sort_by(|a, b| {
            let rank = |habit: &Habit| (Reverse(habit.count), Reverse(habit.last));
            rank(a)
                .cmp(&rank(b))
                .then_with(|| a.payee.cmp(&b.payee))
                .then_with(|| a.amount.as_str().cmp(b.amount.as_str()))
        });
        habits.truncate(count);
        habits
    }
}
