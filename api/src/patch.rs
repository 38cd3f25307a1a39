//! A field of a merge patch (RFC 7396): left out keeps, `null` clears, a value sets.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a patch does to one field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field was left out.
    #[default]
    Keep,
    /// The field was `null`.
    Clear,
    /// The field had a value.
    Set(T),
}

impl<T> Patch<T> {
    /// True where the field was left out.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The value set, if one is.
    pub fn set(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// The field after the patch.
    pub fn over(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The patch that brings a field from `before` to `after`.
    pub fn between(before: Option<&T>, after: Option<T>) -> Self
    where
        T: PartialEq,
    {
        match (before, after) {
            (Some(b), Some(a)) if *b == a => Self::Keep,
            (_, Some(a)) => Self::Set(a),
            (Some(_), None) => Self::Clear,
            (None, None) => Self::Keep,
        }
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Keep | Self::Clear => serializer.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    use super::Patch;
    use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
    use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
    use serde_json::Value;
    use std::borrow::Cow;

    impl<T: Type> Type for Patch<T> {
        const IS_REQUIRED: bool = false;
        type RawValueType = T::RawValueType;
        type RawElementValueType = T::RawElementValueType;
        fn name() -> Cow<'static, str> {
            format!("optional<{}>", T::name()).into()
        }
        fn schema_ref() -> MetaSchemaRef {
            match T::schema_ref() {
                MetaSchemaRef::Inline(schema) => MetaSchemaRef::Inline(Box::new(MetaSchema {
                    nullable: true,
                    ..*schema
                })),
                reference @ MetaSchemaRef::Reference(_) => MetaSchemaRef::Inline(Box::new(MetaSchema {
                    nullable: true,
                    all_of: vec![reference],
                    ..MetaSchema::ANY
                })),
            }
        }
        fn register(registry: &mut Registry) {
            T::register(registry);
        }
        fn as_raw_value(&self) -> Option<&Self::RawValueType> {
            self.set().and_then(Type::as_raw_value)
        }
        fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
            match self {
                Self::Set(value) => value.raw_element_iter(),
                Self::Keep | Self::Clear => Box::new(std::iter::empty()),
            }
        }
    }

    impl<T: ParseFromJSON> ParseFromJSON for Patch<T> {
        fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
            match value {
                None => Ok(Self::Keep),
                Some(Value::Null) => Ok(Self::Clear),
                Some(value) => T::parse_from_json(Some(value))
                    .map(Self::Set)
                    .map_err(ParseError::propagate),
            }
        }
    }

    impl<T: ToJSON> ToJSON for Patch<T> {
        fn to_json(&self) -> Option<Value> {
            match self {
                Self::Keep => None,
                Self::Clear => Some(Value::Null),
                Self::Set(value) => value.to_json(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Sample {
        #[serde(default, skip_serializing_if = "Patch::is_keep")]
        note: Patch<String>,
    }

    #[test]
    fn absent_null_and_value_stay_apart_both_ways() {
        for (text, patch) in [
            ("{}", Patch::Keep),
            (r#"{"note":null}"#, Patch::Clear),
            (r#"{"note":"x"}"#, Patch::Set("x".to_owned())),
        ] {
            let sample: Sample = serde_json::from_str(text).unwrap();
            assert_eq!(sample, Sample { note: patch });
            assert_eq!(serde_json::to_string(&sample).unwrap(), text);
        }
    }
}
