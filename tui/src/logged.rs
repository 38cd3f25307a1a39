//! What the log says, in words for people: who did what, when, to which rows, and each field before and after. Names
//! of ids come from the book; nothing here asks a server.

mod fields;
mod ledger;
#[cfg(test)]
pub(crate) mod tests;

pub use fields::lines;

use crate::book::Lists;
use crate::figures;
use crate::theme::Look;
use api::change::{Change, ChangeAction, ChangedRow};
use api::currency::Currency;
use api::date::Date;
use api::id::{ExpenseId, OperationId};
use api::instant::Instant;
use std::collections::HashMap;

/// What an operation did, as a verb and as a noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Add,
    Edit,
    Delete,
    Restore,
    Change,
    Prepare,
    Import,
    Merge,
    Undo,
    Redo,
}

impl Deed {
    fn of(change: &Change, rows: &[&ChangedRow]) -> Self {
        match change.kind.as_str() {
            "undo" => return Self::Undo,
            "redo" => return Self::Redo,
            "create_import" => return Self::Prepare,
            "commit_import" => return Self::Import,
            kind if kind.starts_with("merge_") => return Self::Merge,
            _ => {}
        }
        let all = |action| !rows.is_empty() && rows.iter().all(|row| row.action == action);
        match () {
            () if all(ChangeAction::Created) => Self::Add,
            () if all(ChangeAction::Updated) => Self::Edit,
            () if all(ChangeAction::Deleted) => Self::Delete,
            () if all(ChangeAction::Restored) => Self::Restore,
            () => Self::Change,
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Add => "added",
            Self::Edit => "edited",
            Self::Delete => "deleted",
            Self::Restore => "brought back",
            Self::Change => "changed",
            Self::Prepare => "prepared",
            Self::Import => "imported",
            Self::Merge => "merged",
            Self::Undo => "undid",
            Self::Redo => "did again",
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Add => "adding of",
            Self::Edit => "edit of",
            Self::Delete => "deletion of",
            Self::Restore => "return of",
            Self::Change => "change of",
            Self::Prepare => "preparation of",
            Self::Import => "import of",
            Self::Merge => "merge of",
            Self::Undo => "undo of",
            Self::Redo => "repeat of",
        }
    }
}

/// The rows that a change is about: not the names that were made or went along with them.
fn subjects(change: &Change) -> Vec<&ChangedRow> {
    let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<&ChangedRow> {
        change.rows.iter().filter(|row| wanted(&row.noun)).collect()
    };
    let named = change.kind.split_once('_').map_or("", |(_, noun)| noun);
    let is_of_names = ["category", "account", "payee", "tag"].contains(&named);
    let mut found = if is_of_names {
        of(&|noun| noun == named)
    } else {
        of(&|noun| noun == "expense")
    };
    if found.is_empty() {
        found = of(&|noun| !matches!(noun, "payee" | "tag"));
    }
    if found.is_empty() {
        found = of(&|_| true);
    }
    found
}

/// `48.90 Rewe` of the label `48.90 EUR Rewe`: the ledger's own currency goes without saying.
pub fn label(row: &ChangedRow, base: Currency) -> String {
    if row.action == ChangeAction::Purged {
        return format!("{} that is gone for good", noun(&row.noun));
    }
    if row.noun != "expense" {
        return format!("{} {}", noun(&row.noun), row.label).trim().to_owned();
    }
    let mut words = row.label.splitn(3, ' ');
    let (amount, currency) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let what = words.next().unwrap_or("");
    let amount = figures::grouped(amount);
    let amount = if currency == base.code() {
        amount
    } else {
        format!("{currency} {amount}")
    };
    format!("{amount} {what}").trim().to_owned()
}

fn noun(noun: &str) -> &str {
    match noun {
        "expense" => "a row",
        "ledger" => "the settings of",
        other => other,
    }
}

/// How many rows of the book an operation changed, as far as that is shown; names that went along do not count.
pub fn row_count(change: &Change) -> u64 {
    let shown = change.rows.len() as u64;
    let all = change.row_count.unwrap_or(shown);
    if all > shown {
        return all;
    }
    subjects(change).len() as u64
}

fn subject(change: &Change, rows: &[&ChangedRow], base: Currency) -> String {
    let count = row_count(change);
    let import = change.rows.iter().find(|row| row.noun == "import");
    if let Some(import) = import.filter(|_| change.kind == "commit_import") {
        let from = if import.label.is_empty() {
            "a file"
        } else {
            import.label.as_str()
        };
        return format!("{} from {from}", figures::rows(count));
    }
    match rows {
        [] => change.kind.replace('_', " "),
        [row] if count == 1 => label(row, base),
        [first, ..] => {
            let several = format!("{} rows", figures::grouped(&count.to_string()));
            if first.noun == "expense" {
                several
            } else {
                format!("{} and {} more", label(first, base), count.saturating_sub(1))
            }
        }
    }
}

/// `imported 812 rows from giro.csv`, `edited 48.90 Rewe`, `joined as editor`.
pub fn deed(change: &Change, lists: &Lists) -> String {
    if let Some(sentence) = ledger::deed(change, lists) {
        return sentence;
    }
    let rows = subjects(change);
    let subject = subject(change, &rows, lists.base);
    if rows.is_empty() {
        return subject;
    }
    let deed = Deed::of(change, &rows);
    format!("{} {subject}", deed.verb())
}

/// How many rows it is about, in digits; empty for what is done to the ledger itself.
pub fn count_words(change: &Change, lists: &Lists) -> String {
    match ledger::deed(change, lists) {
        Some(_) => String::new(),
        None => figures::grouped(&row_count(change).to_string()),
    }
}

/// What a change did to one row, and as a part of what: `edited`, `added by an import`.
pub fn of_row(change: &Change) -> String {
    let action = change.rows.first().map(|row| row.action);
    let verb = match action {
        Some(ChangeAction::Created) => "added",
        Some(ChangeAction::Deleted) => "deleted",
        Some(ChangeAction::Restored) => "brought back",
        Some(ChangeAction::Purged) => "removed for good",
        Some(ChangeAction::Updated) | None => "edited",
    };
    let by = match change.kind.as_str() {
        "batch_expenses" => " with others",
        "update_day" => " in a day sheet",
        "commit_import" => " by an import",
        "undo" => " by an undo",
        "redo" => " by doing it again",
        kind if kind.starts_with("merge_") => " by a merge",
        _ => "",
    };
    let since = if change.undone_by.is_some() {
        ", undone since"
    } else {
        ""
    };
    format!("{verb}{by}{since}")
}

/// `edit of 48.90 Rewe`, as the end of a sentence.
pub fn deed_noun(change: &Change, base: Currency) -> String {
    let rows = subjects(change);
    let deed = Deed::of(change, &rows);
    format!("{} {}", deed.noun(), subject(change, &rows, base))
}

/// What was done, without the verb: `48.90 Rewe`, `12 rows`.
pub fn what(change: &Change, base: Currency) -> String {
    let rows = subjects(change);
    subject(change, &rows, base)
}

/// The expenses among the rows that are shown with a change; `None` where not all are shown.
pub fn expenses(change: &Change) -> Option<Vec<ExpenseId>> {
    let is_whole = change.row_count.unwrap_or(0) <= change.rows.len() as u64;
    let rows = change.rows.iter().filter(|row| row.noun == "expense");
    is_whole.then(|| rows.map(|row| ExpenseId(row.id.0)).collect())
}

/// Whether a row has another day by it.
pub fn is_moved(change: &Change) -> bool {
    let mut fields = change.rows.iter().flat_map(|row| &row.fields);
    fields.any(|field| field.field == "date" && field.before.is_some())
}

/// Whether its operation is this change alone, whatever its size.
pub fn is_one_change(change: &Change) -> bool {
    matches!(
        change.kind.as_str(),
        "create_expense"
            | "quick_expense"
            | "update_expense"
            | "delete_expense"
            | "restore_expense"
            | "batch_expenses"
            | "update_day"
    )
}

/// Whether names went along, so that the lists are other ones.
pub fn has_names(change: &Change) -> bool {
    change.rows.iter().any(|row| row.noun != "expense")
}

/// `today 12:00`, `yesterday 09:05`, `Sat 31 Oct 18:20`: where the user is.
pub fn when(at: Instant, look: &Look) -> String {
    let there = at.utc().with_timezone(look.now.offset());
    let today = Date::from_naive(look.today()).unwrap_or(Date::MAX);
    let day = Date::from_naive(there.date_naive()).unwrap_or(today);
    format!(
        "{} {}",
        figures::day_words(day, today, &look.dates),
        there.format("%H:%M")
    )
}

/// The operations that changes are of, in their order: the rows of each together, under its first change.
pub fn operations(changes: &[Change]) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    let mut places: HashMap<OperationId, usize> = HashMap::new();
    for change in changes {
        let known = places.get(&change.operation_id);
        let Some(whole) = known.and_then(|at| all.get_mut(*at)) else {
            places.insert(change.operation_id, all.len());
            all.push(change.clone());
            continue;
        };
        if let (Some(count), Some(more)) = (whole.row_count.as_mut(), change.row_count) {
            *count += more;
        }
        whole.rows.extend(change.rows.iter().cloned());
    }
    all
}
