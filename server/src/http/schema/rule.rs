//! What a schema asks of a value, read once from the document. A keyword that is not known here makes the schema unusable,
//! so that nothing the document says goes unchecked.

use api::currency::Currency;
use api::date::Date;
use regex::Regex;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A sort of JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
    Null,
}

/// A form of text that is more than its pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Date,
    Currency,
    Uuid,
}

/// A pattern, and an example of what it accepts.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    pub(super) regex: Regex,
    pub(super) example: Option<String>,
}

/// What a schema asks of a value. What is empty or `None` asks nothing.
#[derive(Debug, Default)]
pub(super) struct Rule {
    /// The name of the schema that holds as well.
    pub(super) refers_to: Option<String>,
    /// Schemas that all hold as well.
    pub(super) all: Vec<Rule>,
    /// What it must be where it is not null.
    pub(super) either: Option<Box<Rule>>,
    pub(super) may_be_null: bool,
    pub(super) kinds: Vec<Kind>,
    pub(super) options: Option<Vec<Value>>,
    pub(super) format: Option<Format>,
    pub(super) pattern: Option<Pattern>,
    pub(super) chars: (Option<u64>, Option<u64>),
    pub(super) number: (Option<i64>, Option<i64>),
    pub(super) entries: (Option<u64>, Option<u64>),
    pub(super) is_set: bool,
    pub(super) items: Option<Box<Rule>>,
    pub(super) fields: BTreeMap<String, Rule>,
    pub(super) required: Vec<String>,
    /// True where no other fields may be there.
    pub(super) is_closed: bool,
}

/// Keywords that say nothing about a value.
const NOTES: &[&str] = &[
    "title",
    "description",
    "example",
    "examples",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
];

/// Formats that are for the reader, or for a pattern beside them to check.
const OTHER_FORMATS: &[&str] = &["decimal", "password", "int32", "int64"];

impl Rule {
    /// Of one schema; `all` are those that it can refer to. An error names the keyword that is not known or wrong.
    pub(super) fn of(schema: &Value, all: &Map<String, Value>) -> Result<Self, String> {
        let object = schema.as_object().ok_or("a schema that is no object")?;
        let mut rule = Self::default();
        for (keyword, value) in object {
            let wrong = || format!("{keyword}: {value}");
            let count = || value.as_u64().ok_or_else(wrong);
            let text = || value.as_str().ok_or_else(wrong);
            match keyword.as_str() {
                "$ref" => rule.refers_to = Some(text()?.rsplit('/').next().unwrap_or_default().to_owned()),
                "allOf" => rule.all = Self::list(value, all)?,
                "anyOf" => {
                    let (nulls, mut others): (Vec<_>, Vec<_>) = Self::list(value, all)?
                        .into_iter()
                        .partition(|rule| rule.kinds == [Kind::Null]);
                    rule.may_be_null |= !nulls.is_empty();
                    rule.either = others.pop().map(Box::new);
                    // A choice between several says nothing about which one was meant.
                    if !others.is_empty() {
                        return Err(wrong());
                    }
                }
                "nullable" => rule.may_be_null |= value.as_bool().ok_or_else(wrong)?,
                "type" => {
                    let words = value
                        .as_array()
                        .map_or(std::slice::from_ref(value), Vec::as_slice);
                    for word in words {
                        rule.kinds
                            .push(word.as_str().and_then(Kind::from_word).ok_or_else(wrong)?);
                    }
                }
                "enum" => rule.options = Some(value.as_array().ok_or_else(wrong)?.clone()),
                "format" => {
                    rule.format = Format::from_word(text()?);
                    if rule.format.is_none() && !OTHER_FORMATS.contains(&text()?) {
                        return Err(wrong());
                    }
                }
                "pattern" => rule.pattern = Some(Pattern::of(text()?, object, all)?),
                "minLength" => rule.chars.0 = Some(count()?),
                "maxLength" => rule.chars.1 = Some(count()?),
                "minimum" => rule.number.0 = Some(value.as_i64().ok_or_else(wrong)?),
                "maximum" => rule.number.1 = Some(value.as_i64().ok_or_else(wrong)?),
                "minItems" => rule.entries.0 = Some(count()?),
                "maxItems" => rule.entries.1 = Some(count()?),
                "uniqueItems" => rule.is_set = value.as_bool().ok_or_else(wrong)?,
                "items" => rule.items = Some(Box::new(Self::of(value, all)?)),
                "properties" => {
                    for (name, schema) in value.as_object().ok_or_else(wrong)? {
                        rule.fields.insert(name.clone(), Self::of(schema, all)?);
                    }
                }
                "required" => {
                    let names = value.as_array().ok_or_else(wrong)?.iter();
                    rule.required = names.filter_map(Value::as_str).map(str::to_owned).collect();
                }
                "additionalProperties" => rule.is_closed = !value.as_bool().ok_or_else(wrong)?,
                note if NOTES.contains(&note) => {}
                _ => return Err(wrong()),
            }
        }
        Ok(rule)
    }

    fn list(value: &Value, all: &Map<String, Value>) -> Result<Vec<Self>, String> {
        let schemas = value.as_array().ok_or("a list of schemas that is none")?;
        schemas.iter().map(|schema| Self::of(schema, all)).collect()
    }
}

impl Kind {
    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "string" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "array" => Self::Array,
            "object" => Self::Object,
            "null" => Self::Null,
            _ => return None,
        })
    }

    /// True where a value is of this sort. `1.0` is not a whole number here: no type reads it as one.
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
            Self::Null => value.is_null(),
        }
    }
}

impl Format {
    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "date" => Self::Date,
            "iso-4217" => Self::Currency,
            "uuid" => Self::Uuid,
            _ => return None,
        })
    }

    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Date => Date::parse(text).is_ok(),
            Self::Currency => Currency::parse(text).is_some(),
            Self::Uuid => Uuid::try_parse(text).is_ok(),
        }
    }
}

impl Pattern {
    /// With the example beside it, else with that of another schema of the same pattern.
    fn of(text: &str, beside: &Map<String, Value>, all: &Map<String, Value>) -> Result<Self, String> {
        fn search(value: &Value, pattern: &str) -> Option<String> {
            match value {
                Value::Object(object) => example(object, pattern)
                    .or_else(|| object.values().find_map(|value| search(value, pattern))),
                Value::Array(values) => values.iter().find_map(|value| search(value, pattern)),
                _ => None,
            }
        }
        fn example(object: &Map<String, Value>, pattern: &str) -> Option<String> {
            let is_same = object.get("pattern").and_then(Value::as_str) == Some(pattern);
            let examples = object.get("examples").and_then(|examples| examples.get(0));
            let example = object.get("example").or(examples).and_then(Value::as_str);
            example.filter(|_| is_same).map(str::to_owned)
        }
        let regex = Regex::new(text).map_err(|error| error.to_string())?;
        let example = example(beside, text).or_else(|| all.values().find_map(|schema| search(schema, text)));
        Ok(Self {
            text: text.to_owned(),
            regex,
            example,
        })
    }
}
