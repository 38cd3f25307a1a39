//! The request schemas of the served document, compiled once: what a body or a query string is checked against.

mod words;

use crate::error::AppError;
use api::currency::Currency;
use api::date::Date;
use api::money::Amount;
use api::problem::{Fault, Faults};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, Registry, RegistryBuilder, ValidationError, Validator};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::OnceLock;
use uuid::Uuid;
use words::{amount_words, format_words, one_of, type_words};

/// What the schemas are called among themselves.
const DOCUMENT: &str = "expense:/document";

/// Validators by type name, each made when it is first needed.
#[derive(Debug)]
pub struct Schemas {
    validators: HashMap<String, OnceLock<Option<Validator>>>,
    all: Map<String, Value>,
    /// All of them, read once: a copy in each validator would be as many copies as there are schemas.
    registry: Registry<'static>,
}

impl Schemas {
    /// Of the component schemas of an OpenAPI 3.1 document, which are JSON Schema.
    pub fn of(document: &Value) -> Result<Self, AppError> {
        let schemas = document
            .pointer("/components/schemas")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(DOCUMENT, json!({ "components": { "schemas": &schemas } }))
            .and_then(RegistryBuilder::prepare)
            .map_err(|error| AppError::Internal(format!("schemas: {error}")))?;
        let validators = schemas.keys().map(|name| (name.clone(), OnceLock::new()));
        Ok(Self {
            validators: validators.collect(),
            all: schemas,
            registry,
        })
    }

    /// `None` for a type that the document does not know, or knows wrongly.
    fn validator(&self, name: &str) -> Option<&Validator> {
        let made = self.validators.get(name)?;
        made.get_or_init(|| self.compile(name).ok()).as_ref()
    }

    fn compile(&self, name: &str) -> Result<Validator, ValidationError<'static>> {
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .with_format("date", |text: &str| Date::parse(text).is_ok())
            .with_format("iso-4217", |text: &str| Currency::parse(text).is_some())
            .with_format("uuid", |text: &str| Uuid::try_parse(text).is_ok())
            .build(&json!({ "$ref": format!("{DOCUMENT}#/components/schemas/{name}") }))
    }

    /// Everything that a value breaks of a type's schema.
    pub fn faults(&self, name: &str, value: &Value) -> Faults {
        let mut faults = Faults::default();
        let Some(validator) = self.validator(name) else {
            faults.add(
                "",
                "schema",
                "This server does not know the schema of this request",
            );
            return faults;
        };
        let mut found = Vec::new();
        for error in validator.iter_errors(value) {
            self.tell(&error, &mut found);
        }
        one_a_place(found)
    }

    /// Notes an error with its rank.
    fn tell(&self, error: &ValidationError<'_>, found: &mut Vec<(Rank, Fault)>) {
        let at = error.instance_path().to_string();
        let property = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        let mut add = |rank, pointer, code: &str, detail| {
            found.push((
                rank,
                Fault {
                    pointer,
                    code: code.to_owned(),
                    detail,
                    candidates: Vec::new(),
                },
            ));
        };
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                for name in unexpected {
                    let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
                    add(
                        Rank::Other,
                        property(&name),
                        "unknown",
                        format!("There is no field {name:?} here"),
                    );
                }
            }
            ValidationErrorKind::Required { property: name } => {
                let name = name.as_str().unwrap_or_default();
                add(
                    Rank::Other,
                    property(name),
                    "missing",
                    format!("{name} is needed"),
                );
            }
            ValidationErrorKind::Format { format } => {
                let (code, detail) = format_words(format, error.instance().as_str());
                add(Rank::Format, at, code, detail);
            }
            // A field that may also be null says that neither fits; the first is the one that was meant.
            ValidationErrorKind::AnyOf { context } => {
                for error in context.first().into_iter().flatten() {
                    self.tell(error, found);
                }
            }
            kind => {
                let rank = if matches!(kind, ValidationErrorKind::Type { .. }) {
                    Rank::Type
                } else {
                    Rank::Other
                };
                let (code, detail) = self.words(kind, error.instance());
                add(rank, at, code, detail);
            }
        }
    }

    fn words(&self, kind: &ValidationErrorKind, value: &Value) -> (&'static str, String) {
        match kind {
            ValidationErrorKind::Type { kind } => ("type", format!("This must be {}", type_words(kind))),
            ValidationErrorKind::Pattern { pattern } if pattern == Amount::PATTERN => {
                amount_words(value.as_str().unwrap_or_default())
            }
            ValidationErrorKind::Pattern { pattern } => match self.example_of(pattern) {
                Some(example) => ("pattern", format!("Write it like {example}, as text")),
                None => ("pattern", format!("It must match {pattern}")),
            },
            ValidationErrorKind::MaxLength { limit } => ("too-long", format!("At most {limit} characters")),
            ValidationErrorKind::MinLength { limit } => ("too-short", format!("At least {limit} characters")),
            ValidationErrorKind::MaxItems { limit } => ("too-many", format!("At most {limit} entries")),
            ValidationErrorKind::MinItems { limit } => ("too-few", format!("At least {limit} entries")),
            ValidationErrorKind::Minimum { limit } => ("too-small", format!("At least {limit}")),
            ValidationErrorKind::Maximum { limit } => ("too-large", format!("At most {limit}")),
            ValidationErrorKind::Enum { options } => ("not-one-of", one_of(options)),
            _ => ("schema", "It does not fit the schema".into()),
        }
    }

    /// An example of the values that a pattern accepts.
    fn example_of(&self, pattern: &str) -> Option<String> {
        fn search(value: &Value, pattern: &str) -> Option<String> {
            match value {
                Value::Object(object) => {
                    if object.get("pattern").and_then(Value::as_str) == Some(pattern)
                        && let Some(example) = object.get("example").and_then(Value::as_str)
                    {
                        return Some(example.to_owned());
                    }
                    object.values().find_map(|value| search(value, pattern))
                }
                Value::Array(values) => values.iter().find_map(|value| search(value, pattern)),
                _ => None,
            }
        }
        self.all.values().find_map(|schema| search(schema, pattern))
    }

    /// A query parameter as the JSON value that its schema asks for; text where it is none.
    pub fn read_text(&self, type_name: &str, property: &str, text: &str) -> Value {
        let schema = self
            .all
            .get(type_name)
            .and_then(|schema| schema.pointer(&format!("/properties/{property}")));
        // One that may be left out has `null` beside its type.
        let kind = schema.and_then(|schema| schema.get("type"));
        match kind.and_then(|kind| kind.as_str().or_else(|| kind.get(0)?.as_str())) {
            Some("integer") => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
            Some("boolean") => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
            _ => text.into(),
        }
    }
}

/// How well a fault says what is wrong with a value that has several: a wrong type explains the rest, and what the
/// format says of a text is better than its pattern or length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Type,
    Format,
    Other,
}

/// The best fault of each place.
fn one_a_place(found: Vec<(Rank, Fault)>) -> Faults {
    let mut faults: Vec<(Rank, Fault)> = Vec::new();
    for (rank, fault) in found {
        match faults
            .iter_mut()
            .find(|(_, other)| other.pointer == fault.pointer)
        {
            None => faults.push((rank, fault)),
            Some(other) if rank < other.0 => *other = (rank, fault),
            Some(_) => {}
        }
    }
    Faults(faults.into_iter().map(|(_, fault)| fault).collect())
}
