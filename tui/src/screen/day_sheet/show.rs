//! A row of the sheet as it is shown: its sign, its texts and styles, and what is said under it.

use api::expense::Kind;
use ratatui::style::Style;

use super::{
    cell::Col,
    sheet::{News, SheetRow},
    today,
};
use crate::{book::Lists, expense_row, figures, keymap::Action, theme::Look};

pub(super) fn gutter<'a>(row: &SheetRow, look: &'a Look) -> (&'a str, Style) {
    if !row.faults.is_empty() {
        ("!", look.styles.error)
    } else if row.is_removed {
        ("-", look.styles.warning)
    } else if row.is_new() && !row.is_blank() {
        ("+", look.styles.warning)
    } else if row.is_changed() {
        ("~", look.styles.warning)
    } else {
        (" ", look.styles.plain)
    }
}

pub(super) fn amount_text(row: &SheetRow, lists: &Lists, look: &Look) -> String {
    match (row.typed(Col::Amount), row.worth(lists.base, today(look))) {
        (_, Some(worth)) => {
            let text = api::money::format_minor(worth.minor, worth.currency);
            figures::cell_amount(&text, worth.kind, worth.currency, lists.base)
        }
        (Some(typed), None) => typed.to_owned(),
        (None, None) => String::new(),
    }
}

pub(super) fn cell_text(row: &SheetRow, col: Col, lists: &Lists, look: &Look) -> String {
    if col == Col::Amount {
        return amount_text(row, lists, look);
    }
    // A category by its own name; its parent is shown where it is typed.
    let own_name = row
        .stored
        .as_ref()
        .and_then(|row| row.category_id)
        .map(|id| lists.category_name(id));
    let text = match own_name {
        Some(name) if col == Col::Category && row.typed(col).is_none() => name.to_owned(),
        _ => row.text(col, lists),
    };
    let is_transfer = row.stored.as_ref().is_some_and(|row| row.kind == Kind::Transfer);
    if text.is_empty() && col == Col::Category && is_transfer {
        return "Transfer".to_owned();
    }
    if row.is_unknown(col, lists) {
        format!("{text} (new)")
    } else {
        text
    }
}

/// What is typed and not saved is bold; what is to be removed is dim.
pub(super) fn cell_style(row: &SheetRow, col: Col, lists: &Lists, look: &Look) -> Style {
    let styles = &look.styles;
    if row.is_removed {
        return styles.dim;
    }
    if row.faults.iter().any(|(of, _)| *of == col) {
        return styles.fault;
    }
    let style = match (col, row.worth(lists.base, today(look))) {
        (Col::Amount, Some(worth)) => expense_row::amount_style(worth.kind, look),
        _ => styles.plain,
    };
    if row.typed(col).is_some() {
        style.patch(styles.bold)
    } else {
        style
    }
}

/// What others did to a row, and what they wrote where something is typed.
pub(super) fn remarks(row: &SheetRow, lists: &Lists, look: &Look) -> Vec<(Option<Col>, String)> {
    let key = |action| look.key(&["sheet"], action);
    let mut remarks: Vec<(Option<Col>, String)> = row
        .theirs
        .iter()
        .map(|(col, theirs)| {
            let theirs = if theirs.is_empty() {
                "nothing"
            } else {
                theirs.as_str()
            };
            let mine = row.text(*col, lists);
            let words = format!("{}: mine {mine}, theirs {theirs}", col.title());
            (
                None,
                format!(
                    "{words}; {} saves mine, {} takes theirs",
                    key(Action::Save),
                    key(Action::Undo)
                ),
            )
        })
        .collect();
    let news = match row.news {
        News::None => None,
        News::Added => Some("added elsewhere".to_owned()),
        News::Changed if row.is_removed => Some(format!(
            "changed elsewhere since; {} removes it all the same",
            key(Action::Save)
        )),
        News::Changed => row.theirs.is_empty().then(|| "changed elsewhere".to_owned()),
        News::Gone => Some(format!("deleted elsewhere; {} adds it again", key(Action::Save))),
    };
    remarks.extend(news.map(|news| (None, news)));
    remarks
}
