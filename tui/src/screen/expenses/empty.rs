//! What stands where there are no rows: never a blank, always a key and a number.

use super::Expenses;
use crate::figures;
use crate::keymap::Action;
use crate::open_ledger::Ability;
use crate::theme::Look;

const CONTEXTS: [&str; 3] = ["expenses", "period", "table"];

impl Expenses {
    /// Sentences for an empty table.
    pub(super) fn empty_words(&self, look: &Look) -> Vec<String> {
        let key = |action| look.key(&CONTEXTS, action);
        let (Some(shown), None) = (&self.shown, &self.failure) else {
            return match &self.failure {
                Some(failure) => vec![
                    failure.clone(),
                    format!("{} tries again.", look.key(&["global"], Action::Reload)),
                ],
                None => vec!["Loading the rows.".to_owned()],
            };
        };
        let calendar = self.desk.book.lists().calendar;
        let today = Self::today(look);
        let period = figures::period_name(shown.period, calendar, today, &look.dates);
        let before = figures::period_name(shown.period.prev(calendar), calendar, today, &look.dates);
        let of_filter = if shown.is_filtered() {
            format!(" for {}", shown.filter_text)
        } else {
            String::new()
        };
        let mut ways = Vec::new();
        if shown.is_filtered() {
            ways.push(format!("{} clears the filter", key(Action::ClearFilter)));
        } else if look.allows(Ability::Add) {
            ways.push(format!("{} adds", key(Action::Add)));
        }
        let count = self.before.map_or_else(String::new, |count| {
            format!(" ({})", figures::grouped(&count.to_string()))
        });
        ways.push(format!("{} {before}{count}", key(Action::PreviousPeriod)));
        let mut words = vec![format!("No rows in {period}{of_filter}. {}.", ways.join(", "))];
        if self.desk.book.lists().is_new() && self.desk.door.server().is_none() {
            words.push(":connect opens the books of a server instead.".to_owned());
        }
        words
    }
}
