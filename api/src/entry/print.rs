//! The writer of the entry line: the shortest line that is read back as the same draft. Used to offer an entry again.

use super::amount::{amount_text, currency_word};
use super::line::{quote, quote_name};
use super::parse::by_name;
use super::{Draft, NameRef};
use crate::currency::Currency;
use crate::date::{Date, parse_day};
use crate::expense::Kind;
use crate::money::format_minor;

/// Writes a draft as a line: reading it against the same names, `base` and any day gives the same draft.
pub fn print(draft: &Draft, base: Currency) -> String {
    let mut parts = Vec::new();
    parts.extend(amount(draft, base));
    parts.extend(draft.payee.as_deref().map(|payee| words(payee, base)));
    parts.extend(accounts(draft));
    parts.extend(
        draft
            .category
            .as_ref()
            .map(|category| format!("#{}", name(category))),
    );
    parts.extend(draft.tags.iter().map(|tag| format!("+{}", tag_name(tag, base))));
    parts.extend(draft.date.map(|date| date.to_string()));
    parts.extend(
        draft
            .paid_by
            .as_ref()
            .map(|member| format!("by:{}", name(member))),
    );
    parts.extend(draft.note.as_ref().map(|note| format!("// {note}")));
    parts.join(" ")
}

fn amount(draft: &Draft, base: Currency) -> Option<String> {
    let sign = match draft.kind {
        Kind::Refund => "-",
        Kind::Income => "+",
        Kind::Expense | Kind::Transfer => "",
    };
    let number = format_minor(draft.amount_minor?, draft.currency);
    let currency = if draft.currency == base {
        ""
    } else {
        draft.currency.code()
    };
    Some(format!("{sign}{number}{currency}"))
}

fn accounts(draft: &Draft) -> Option<String> {
    let end = |account: &Option<NameRef>| account.as_ref().map_or_else(String::new, name);
    if draft.kind == Kind::Transfer {
        Some(format!("@{}>@{}", end(&draft.account), end(&draft.to_account)))
    } else {
        draft
            .account
            .as_ref()
            .map(|account| format!("@{}", name(account)))
    }
}

fn name(name: &NameRef) -> String {
    if name.is_exact {
        quote(&name.text)
    } else {
        quote_name(&name.text)
    }
}

/// A tag; in quotes where it would be read as an amount.
fn tag_name(tag: &str, base: Currency) -> String {
    if amount_text(&format!("+{tag}"), base).is_some() {
        quote(tag)
    } else {
        quote_name(tag)
    }
}

/// The payee; in quotes as a whole where one of its words could be read as something else.
fn words(payee: &str, base: Currency) -> String {
    if payee.split_whitespace().all(|word| is_plain(word, base)) {
        payee.to_owned()
    } else {
        quote(payee)
    }
}

fn is_plain(word: &str, base: Currency) -> bool {
    !word.starts_with(['#', '@', '+', '>'])
        && !word.starts_with("//")
        && !word.contains('"')
        && by_name(word).is_none()
        && parse_day(word, Date::MIN, false).is_none()
        && amount_text(word, base).is_none()
        && currency_word(word, base).is_none()
}
