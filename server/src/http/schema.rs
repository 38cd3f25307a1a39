//! The request schemas of the served document, read once: what a body or a query string is checked against. What a schema
//! asks is in `schema/rule.rs`, how a value is held against it in `schema/walk.rs`, the sentences are in `schema/words.rs`.

mod rule;
mod walk;
mod words;

use api::problem::Faults;
use rule::Rule;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Rules by type name, each made when it is first needed.
#[derive(Debug)]
pub struct Schemas {
    rules: HashMap<String, OnceLock<Option<Rule>>>,
    all: Map<String, Value>,
}

impl Schemas {
    /// Of the component schemas of an OpenAPI document.
    pub fn of(document: &Value) -> Self {
        let all = document
            .pointer("/components/schemas")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let rules = all.keys().map(|name| (name.clone(), OnceLock::new()));
        Self {
            rules: rules.collect(),
            all,
        }
    }

    /// `None` for a type that the document does not know, or asks something of that is not known here.
    fn rule(&self, name: &str) -> Option<&Rule> {
        let made = self.rules.get(name)?;
        let make = || match Rule::of(self.all.get(name)?, &self.all) {
            Ok(rule) => Some(rule),
            Err(why) => {
                tracing::error!(schema = name, %why, "a schema that cannot be checked");
                None
            }
        };
        made.get_or_init(make).as_ref()
    }

    /// What a value breaks of a type's schema. The time it takes grows with the value and with nothing else.
    pub fn faults(&self, name: &str, value: &Value) -> Faults {
        let Some(rule) = self.rule(name) else {
            let mut faults = Faults::default();
            faults.add(
                "",
                "schema",
                "This server does not know the schema of this request",
            );
            return faults;
        };
        walk::faults(self, rule, value)
    }

    /// A query parameter as the JSON value that its schema asks for; text where it is none.
    pub fn read_text(&self, type_name: &str, property: &str, text: &str) -> Value {
        let schema = self
            .all
            .get(type_name)
            .and_then(|schema| schema.get("properties")?.get(property));
        // One that may be left out can have `null` beside its type.
        let kind = schema.and_then(|schema| schema.get("type"));
        match kind.and_then(|kind| kind.as_str().or_else(|| kind.get(0)?.as_str())) {
            Some("integer") => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
            Some("boolean") => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
            _ => text.into(),
        }
    }
}

#[cfg(test)]
mod tests;
