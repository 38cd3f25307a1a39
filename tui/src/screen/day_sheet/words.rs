//! What the sheet says in words, to its user and to the other layers.

use api::{date::Date, day::DaySaved, expense::Expense, instant::Instant};

use super::{
    merge::Meanwhile,
    save::is_stale,
    sheet::{Sheet, SheetRow},
    today,
};
use crate::{
    book::{Lists, RowsChanged},
    client::ClientError,
    figures,
    fx::Message,
    keymap::Action,
    theme::Look,
};

pub(super) fn news(
    was_loaded: bool,
    was_stale: bool,
    restored: usize,
    (by, meanwhile): (Option<String>, Meanwhile),
    look: &Look,
) -> Option<Message> {
    let key = |action| look.key(&["sheet"], action);
    if was_stale {
        let what = if meanwhile.is_none() {
            "it was changed".to_owned()
        } else {
            meanwhile.words()
        };
        return Some(Message::warning(format!(
            "Not saved: meanwhile {what} elsewhere. {} saves.",
            key(Action::Save)
        )));
    }
    if restored > 0 {
        let noun = if restored == 1 { "row" } else { "rows" };
        return Some(Message::from(format!(
            "{restored} unsaved {noun} of this day, kept from before. {} saves, {} takes a row back.",
            key(Action::Save),
            key(Action::Undo)
        )));
    }
    let what = (was_loaded && !meanwhile.is_none()).then(|| meanwhile.words())?;
    Some(match by {
        Some(who) => format!("{who} changed this day: {what}.").into(),
        None => format!("Changed elsewhere: {what}.").into(),
    })
}

/// `Saved Sat 21 Nov: 2 changed, 1 new. 8 rows 55.30.`
pub(super) fn saved_words(sheet: &Sheet, saved: &DaySaved, lists: &Lists, look: &Look) -> String {
    let parts = [
        (saved.updated.len(), "changed"),
        (saved.created.len(), "new"),
        (saved.deleted.len(), "removed"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let what = if parts.is_empty() {
        "nothing had to change".to_owned()
    } else {
        parts.join(", ")
    };
    format!(
        "Saved {}: {what}. {}.",
        look.dates.short(sheet.date),
        summary(sheet, lists, look)
    )
}

/// A save was refused after its sheet was left.
pub(super) fn left_words(date: Date, error: &ClientError, look: &Look) -> String {
    let why = if is_stale(error) {
        "it was changed elsewhere meanwhile.".to_owned()
    } else {
        error.sentence()
    };
    format!(
        "{} was not saved: {why} Its day sheet still has what was typed.",
        look.dates.short(date)
    )
}

/// `8 rows 55.30`.
pub(super) fn summary(sheet: &Sheet, lists: &Lists, look: &Look) -> String {
    let sums = sheet.sums(lists.base, today(look)).into_iter();
    let sums: Vec<String> = sums
        .map(|(currency, minor)| figures::amount_in(minor, currency, lists.base))
        .collect();
    let rows = u64::try_from(sheet.counts().rows).unwrap_or(u64::MAX);
    format!("{} {}", figures::rows(rows), sums.join(" + "))
}

/// What the others are told.
pub(super) fn change(sent: &[SheetRow], saved: DaySaved, look: &Look) -> crate::fx::Change {
    let stored = |id| {
        sent.iter()
            .find(|row| row.id == id)
            .and_then(|row| row.stored.clone())
    };
    let touched = saved
        .updated
        .iter()
        .map(|row| row.id)
        .chain(saved.deleted.iter().copied());
    let before: Vec<Expense> = touched.filter_map(stored).collect();
    let now = Instant::new(look.now.to_utc());
    let gone = saved.deleted.iter().filter_map(|id| stored(*id));
    let gone: Vec<Expense> = gone
        .map(|row| Expense {
            deleted_at: Some(now),
            ..row
        })
        .collect();
    let after = saved
        .created
        .into_iter()
        .chain(saved.updated)
        .chain(gone)
        .collect();
    RowsChanged::change(before, after)
}
