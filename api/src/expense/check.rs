//! The rules that creating and changing a row share: amounts, ends of transfers, references, texts.

use super::{Kind, MAX_NAME, MAX_NOTE, MAX_TAGS};
use crate::currency::Currency;
use crate::money::Amount;
use crate::problem::Faults;
use crate::text::{check_line, check_name_or_id, check_note};

/// Finds an amount that the currency cannot hold.
pub fn check_amount(amount: &Amount, currency: Currency, faults: &mut Faults) {
    if let Err(error) = amount.minor(currency) {
        faults.add("/amount", error.code(), error.to_string());
    }
}

/// Finds a target account on what is not a transfer.
pub fn check_transfer(kind: Kind, has_target: bool, faults: &mut Faults) {
    if has_target && kind != Kind::Transfer {
        faults.add(
            "/to_account_id",
            "transfer-only",
            "Only a transfer has an account it goes to - set kind to transfer",
        );
    }
}

pub(super) fn check_pair(name: &str, by_id: bool, by_name: bool, faults: &mut Faults) {
    if by_id && by_name {
        faults.add(
            format!("/{name}"),
            "twice",
            format!("Give {name}_id or {name}, not both"),
        );
    }
}

pub(super) fn check_texts(
    lines: &[(&str, Option<&str>, usize)],
    note: Option<&str>,
    tags: &[String],
    faults: &mut Faults,
) {
    for (pointer, text, max) in lines {
        let check = if *pointer == "/external_id" {
            check_line
        } else {
            check_name_or_id
        };
        if let Some(Err(fault)) = text.map(|text| check(text, *max)) {
            faults.add(*pointer, fault.code(), fault.to_string());
        }
    }
    if let Some(Err(fault)) = note.map(|note| check_note(note, MAX_NOTE)) {
        faults.add("/note", fault.code(), fault.to_string());
    }
    if tags.len() > MAX_TAGS {
        faults.add("/tags", "too-many", format!("At most {MAX_TAGS} tags"));
    }
    for (index, tag) in tags.iter().enumerate() {
        if let Err(fault) = check_name_or_id(tag, MAX_NAME) {
            faults.add(format!("/tags/{index}"), fault.code(), fault.to_string());
        }
    }
}
