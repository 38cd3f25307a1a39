//! A text that must not be shown: a password, a token, a one-time code. It travels as a plain string; `Debug` hides it,
//! there is no `Display`, and `expose` is the only way to it, so that a search for that finds every use.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Most characters of one.
pub const MAX_SECRET: usize = 512;

/// A secret text.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "\"\"" } else { "***" })
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use super::{MAX_SECRET, Secret};
    use crate::openapi::StringSchema;
    use poem_openapi::registry::MetaSchemaRef;
    use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
    use serde_json::Value;
    use std::borrow::Cow;

    impl Type for Secret {
        const IS_REQUIRED: bool = true;
        type RawValueType = Self;
        type RawElementValueType = Self;
        fn name() -> Cow<'static, str> {
            "Secret".into()
        }
        fn schema_ref() -> MetaSchemaRef {
            let schema = StringSchema {
                name: "Secret",
                format: Some("password"),
                pattern: None,
                max_length: Some(MAX_SECRET),
                example: "grotto lantern 42 velvet",
            };
            MetaSchemaRef::Inline(Box::new(schema.meta()))
        }
        fn as_raw_value(&self) -> Option<&Self> {
            Some(self)
        }
        fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
            Box::new(std::iter::once(self))
        }
    }

    impl ParseFromJSON for Secret {
        fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
            match value {
                Some(Value::String(text)) => Ok(text.into()),
                // What came instead is not named: it may hold the secret.
                _ => Err(ParseError::custom("This must be text, in quotes")),
            }
        }
    }

    impl ToJSON for Secret {
        fn to_json(&self) -> Option<Value> {
            Some(self.expose().into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_travels_as_it_is_and_is_not_shown() {
        let secret = Secret::from("hunter2");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"hunter2\"");
        assert_eq!(serde_json::from_str::<Secret>("\"hunter2\"").unwrap(), secret);
        assert_eq!(format!("{secret:?}{:?}", Secret::default()), "***\"\"");
    }
}
