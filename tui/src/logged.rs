//! What the log says, in words for people: who did what, when, to which rows, and each field before and after. Names
//! of ids come from the book; nothing here asks a server.

mod count;
mod fields;
mod ledger;
#[cfg(test)]
pub(crate) mod tests;

pub use count::{all_names, is_one_change, name_count, new_names, row_count};
pub use fields::lines;

use crate::book::Lists;
use crate::figures;
use crate::theme::Look;
use api::change::{Change, ChangeAction, ChangedRow};
use api::currency::Currency;
use api::date::Date;
use api::id::ExpenseId;
use api::instant::Instant;
use count::with_new_names;

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

/// The dictionary whose entry a change is about; empty where it is about rows.
fn named(change: &Change) -> &str {
    let noun = change.kind.split_once('_').map_or("", |(_, noun)| noun);
    if ["category", "account", "payee", "tag"].contains(&noun) {
        noun
    } else {
        ""
    }
}

/// The rows that a change is about: not the names that were made or went along with them.
fn subjects(change: &Change) -> Vec<&ChangedRow> {
    let of = |wanted: &dyn Fn(&str) -> bool| -> Vec<&ChangedRow> {
        change.rows.iter().filter(|row| wanted(&row.noun)).collect()
    };
    let named = named(change);
    let mut found = if named.is_empty() {
        of(&|noun| noun == "expense")
    } else {
        of(&|noun| noun == named)
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

fn subject(change: &Change, rows: &[&ChangedRow], base: Currency) -> String {
    let count = row_count(change);
    let is_import = change.kind == "commit_import";
    if let Some(import) = change.rows.iter().find(|row| row.noun == "import" && is_import) {
        let from = if import.label.is_empty() {
            "a file"
        } else {
            import.label.as_str()
        };
        return format!("{} from {from}{}", figures::rows(count), with_new_names(change));
    }
    match rows {
        [] => change.kind.replace('_', " "),
        [row, ..] if row.noun == "expense" => match count {
            0 | 1 => label(row, base),
            _ => format!("{}{}", figures::rows(count), with_new_names(change)),
        },
        [row] if name_count(change) <= 1 => label(row, base),
        [first, ..] if named(change).is_empty() => {
            let more = name_count(change).max(rows.len() as u64).saturating_sub(1);
            match more {
                0 => label(first, base),
                _ => format!(
                    "{} and {} more",
                    label(first, base),
                    figures::grouped(&more.to_string())
                ),
            }
        }
        [first, ..] => label(first, base),
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

/// How many rows it changed, in digits; empty for what is done to names alone or to the ledger itself.
pub fn count_words(change: &Change, lists: &Lists) -> String {
    match row_count(change) {
        0 => String::new(),
        _ if ledger::deed(change, lists).is_some() => String::new(),
        count => figures::grouped(&count.to_string()),
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

/// The expenses of an operation; `None` where not all are shown with it.
pub fn expenses(change: &Change) -> Option<Vec<ExpenseId>> {
    let rows = change.rows.iter().filter(|row| row.noun == "expense");
    let ids: Vec<ExpenseId> = rows.map(|row| ExpenseId(row.id.0)).collect();
    (ids.len() as u64 == row_count(change)).then_some(ids)
}

/// Whether a row has another day by it.
pub fn is_moved(change: &Change) -> bool {
    let mut fields = change.rows.iter().flat_map(|row| &row.fields);
    fields.any(|field| field.field == "date" && field.before.is_some())
}

/// Whether names went along, so that the lists are other ones.
pub fn has_names(change: &Change) -> bool {
    name_count(change) > 0 || change.rows.iter().any(|row| row.noun != "expense")
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
