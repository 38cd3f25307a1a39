//! The address of the list behind a figure: what was asked for, narrowed to exactly the rows that were summed.

use crate::service::Grant;
use api::date::Date;
use api::expense::{ExpenseFilter, Kind};
use serde_json::Value;

/// Makes addresses of lists.
#[derive(Debug, Clone)]
pub struct Links {
    list: String,
    filter: ExpenseFilter,
}

impl Links {
    /// Over what was asked for.
    pub fn new(grant: &Grant, filter: ExpenseFilter) -> Self {
        Self {
            list: format!("/v1/ledgers/{}/expenses", grant.ledger_id()),
            filter,
        }
    }

    /// The same over another period.
    pub fn over(&self, from: Option<Date>, to: Option<Date>) -> Self {
        self.narrowed(|filter| (filter.from, filter.to) = (from, to))
    }

    /// The same, narrowed further.
    pub fn narrowed(&self, narrow: impl FnOnce(&mut ExpenseFilter)) -> Self {
        let mut narrowed = self.clone();
        narrow(&mut narrowed.filter);
        narrowed
    }

    /// The rows that totals sum: of every kind asked for but transfers.
    pub fn rows(&self) -> String {
        self.of_kinds(&[Kind::Expense, Kind::Refund, Kind::Income])
    }

    /// The transfers.
    pub fn transfers(&self) -> String {
        self.of_kinds(&[Kind::Transfer])
    }

    /// No rows at all, for a sum of none that no filter describes.
    pub fn nothing(&self) -> String {
        self.of_kinds(&[])
    }

    fn of_kinds(&self, kinds: &[Kind]) -> String {
        let asked = self.filter.kinds();
        let words: Vec<&str> = kinds
            .iter()
            .filter(|kind| asked.as_ref().is_none_or(|asked| asked.contains(kind)))
            .map(|kind| kind.as_str())
            .collect();
        let kind = if words.is_empty() {
            "none".to_owned()
        } else {
            words.join(",")
        };
        let filter = ExpenseFilter {
            kind: Some(kind),
            ..self.filter.clone()
        };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Ok(Value::Object(fields)) = serde_json::to_value(filter) {
            for (name, value) in &fields {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                query.append_pair(name, &text);
            }
        }
        format!("{}?{}", self.list, query.finish())
    }
}
