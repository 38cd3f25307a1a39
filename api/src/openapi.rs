//! How a hand-written string type tells poem-openapi its schema. Only behind feature `openapi`; no rules.

use poem_openapi::registry::MetaSchema;

/// What Swagger shows of a type that is a string on the wire.
#[derive(Debug, Clone, Copy)]
pub struct StringSchema {
    /// The type's name.
    pub name: &'static str,
    /// OpenAPI `format`.
    pub format: Option<&'static str>,
    /// ECMA 262 pattern.
    pub pattern: Option<&'static str>,
    /// Longest accepted text, in characters.
    pub max_length: Option<usize>,
    /// A value that is accepted as it stands.
    pub example: &'static str,
}

impl StringSchema {
    /// The schema object.
    pub fn meta(self) -> MetaSchema {
        let mut schema = MetaSchema::new("string");
        schema.format = self.format;
        schema.pattern = self.pattern.map(str::to_owned);
        schema.max_length = self.max_length;
        schema.example = Some(self.example.into());
        schema
    }
}

/// Implements poem-openapi's traits for a type with `Display`, `FromStr` and a string form.
macro_rules! string_type {
    ($name:ty, $schema:expr) => {
        impl poem_openapi::types::Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;
            fn name() -> std::borrow::Cow<'static, str> {
                $schema.name.into()
            }
            fn schema_ref() -> poem_openapi::registry::MetaSchemaRef {
                poem_openapi::registry::MetaSchemaRef::Inline(Box::new($schema.meta()))
            }
            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }
            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }
        impl poem_openapi::types::ParseFromJSON for $name {
            fn parse_from_json(value: Option<serde_json::Value>) -> poem_openapi::types::ParseResult<Self> {
                match value {
                    Some(serde_json::Value::String(text)) => text
                        .parse()
                        .map_err(|error| poem_openapi::types::ParseError::custom(error)),
                    other => Err(poem_openapi::types::ParseError::expected_type(
                        other.unwrap_or_default(),
                    )),
                }
            }
        }
        impl poem_openapi::types::ParseFromParameter for $name {
            fn parse_from_parameter(text: &str) -> poem_openapi::types::ParseResult<Self> {
                text.parse()
                    .map_err(|error| poem_openapi::types::ParseError::custom(error))
            }
        }
        impl poem_openapi::types::ToJSON for $name {
            fn to_json(&self) -> Option<serde_json::Value> {
                Some(serde_json::Value::String(self.to_string()))
            }
        }
    };
}
pub(crate) use string_type;
