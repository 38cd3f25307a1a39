//! A row of the log field by field, before and after in words: names for ids, amounts with their currency where it is
//! not the ledger's own, tags with their signs.

use crate::book::{Lists, SOMEONE};
use crate::dates::Dates;
use crate::figures;
use api::change::{ChangedRow, FieldChange};
use api::currency::Currency;
use api::id::{AccountId, CategoryId, UserId};
use serde_json::Value;

/// A field: its name, and its value before and after; empty where it had or has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub name: String,
    pub before: String,
    pub after: String,
}

/// The fields of a row that differ.
pub fn lines(row: &ChangedRow, lists: &Lists, dates: &Dates) -> Vec<Line> {
    let now = row.label.split(' ').nth(1).and_then(Currency::parse);
    let now = now.unwrap_or(lists.base);
    let of_currency = row.fields.iter().find(|field| field.field == "currency");
    let before = of_currency.and_then(|field| field.before.as_ref()?.as_str());
    let before = before.and_then(Currency::parse).unwrap_or(now);
    let has_amount = row.fields.iter().any(|field| field.field == "amount");
    row.fields
        .iter()
        // With an amount it stands beside it.
        .filter(|field| field.field != "currency" || !has_amount)
        // So are most rows.
        .filter(|field| field.before.is_some() || field.after.as_ref().is_none_or(|kind| kind != "expense"))
        .map(|field| {
            let words = |value: &Option<Value>, currency| {
                value
                    .as_ref()
                    .map_or_else(String::new, |value| worded(field, value, currency, lists, dates))
            };
            Line {
                name: name_of(&field.field),
                before: words(&field.before, before),
                after: words(&field.after, now),
            }
        })
        .collect()
}

fn name_of(field: &str) -> String {
    let known = match field {
        "category_id" => "Category",
        "account_id" => "Account",
        "to_account_id" => "To account",
        "paid_by" => "Paid by",
        "parent_id" => "Under",
        "is_archived" => "Archived",
        "external_id" => "Bank's id",
        "iban" => "IBAN",
        other => {
            let words = other.replace('_', " ");
            let mut letters = words.chars();
            return letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
        }
    };
    known.to_owned()
}

fn worded(field: &FieldChange, value: &Value, currency: Currency, lists: &Lists, dates: &Dates) -> String {
    let text = match value {
        Value::Null => return String::new(),
        Value::Bool(true) => return "yes".to_owned(),
        Value::Bool(false) => return "no".to_owned(),
        Value::Array(tags) => {
            let tags = tags.iter().filter_map(Value::as_str);
            return tags.map(|tag| format!("+{tag}")).collect::<Vec<_>>().join(" ");
        }
        Value::String(text) => text.clone(),
        other => return other.to_string(),
    };
    let named = |name: &str, none: &str| if name.is_empty() { none } else { name }.to_owned();
    match field.field.as_str() {
        "amount" if currency == lists.base => figures::grouped(&text),
        "amount" => format!("{currency} {}", figures::grouped(&text)),
        "date" => text.parse().map_or(text, |day| dates.day(day)),
        "category_id" | "parent_id" => {
            let id = text.parse::<CategoryId>();
            id.map_or(text, |id| {
                named(lists.category_path(id), "a category that is gone")
            })
        }
        "account_id" | "to_account_id" => {
            let id = text.parse::<AccountId>();
            id.map_or(text, |id| {
                named(lists.account_name(id), "an account that is gone")
            })
        }
        "paid_by" => {
            let id = text.parse::<UserId>();
            id.map_or(text, |id| named(lists.members.label(id), SOMEONE))
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::tests::{id, lists};
    use crate::logged::tests::changed;
    use serde_json::json;

    #[test]
    fn fields_are_told_by_names_and_not_by_ids() {
        let row = changed(
            1,
            "updated",
            "1200.00 USD Rewe",
            &[
                ("amount", json!("48.90"), json!("1200.00")),
                ("currency", json!("EUR"), json!("USD")),
                (
                    "category_id",
                    json!(id::<uuid::Uuid>(104)),
                    json!(id::<uuid::Uuid>(999)),
                ),
                ("account_id", json!(null), json!(id::<uuid::Uuid>(201))),
                ("tags", json!(["a", "b"]), json!(null)),
                ("date", json!("2026-11-20"), json!("2026-11-21")),
                ("is_archived", json!(false), json!(true)),
            ],
        );
        let row: ChangedRow = serde_json::from_value(row).unwrap();
        let told: Vec<_> = lines(&row, &lists(&[]), &Dates::default())
            .into_iter()
            .map(|line| format!("{}: {} > {}", line.name, line.before, line.after))
            .collect();
        assert_eq!(
            told,
            [
                "Amount: 48.90 > USD 1,200.00",
                "Category: Eating out: Sushi bar > a category that is gone",
                "Account:  > Visa",
                "Tags: +a +b > ",
                "Date: Fri 20 Nov 2026 > Sat 21 Nov 2026",
                "Archived: no > yes",
            ]
        );
    }
}
