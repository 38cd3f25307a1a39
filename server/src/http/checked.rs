//! Requests as typed values, with every fault told at once: a body is one JSON value without duplicate keys, then
//! valid against the schema of its type, then that type. A query string is the same, one parameter a property.

use super::Docs;
use super::limit::whole_body;
use super::schema::Schemas;
use crate::error::AppError;
use api::problem::{Code, Faults};
use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaParamIn, MetaRequest, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;
use std::sync::Arc;

/// How deep a body may nest.
const MAX_DEPTH: usize = 16;

/// A body that is valid against the schema of `T`.
#[derive(Debug)]
pub struct Checked<T>(pub T);

impl<'a, T: Type + DeserializeOwned> ApiExtractor<'a> for Checked<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content = vec![MetaMediaType {
            content_type: "application/json",
            schema: T::schema_ref(),
        }];
        Some(MetaRequest {
            description: None,
            content,
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        if !is_json(request) {
            return Err(
                AppError::refuse(Code::UnsupportedMediaType, "Send Content-Type: application/json").into(),
            );
        }
        let body = whole_body(request).await?;
        Ok(Self(typed(schemas(request)?, parse_json(&body.bytes)?)?))
    }
}

/// A query string that is valid against the schema of `T`, one parameter a property.
#[derive(Debug)]
pub struct Asked<T> {
    /// The query.
    pub query: T,
    /// The address it was asked at, for the link to the next page.
    pub url: String,
}

impl<'a, T: Type + DeserializeOwned> ApiExtractor<'a> for Asked<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Query)
    }

    // One parameter with the schema of all: the document's post-processing spreads it out.
    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(T::schema_ref())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let schemas = schemas(request)?;
        let uri = request.original_uri();
        let mut object = Map::new();
        let mut faults = Faults::default();
        for (name, text) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            let value = schemas.read_text(&T::name(), &name, &text);
            if object.insert(name.to_string(), value).is_some() {
                faults.add(format!("/{name}"), "twice", "This parameter is given twice");
            }
        }
        if !faults.is_empty() {
            return Err(AppError::faults(Code::Validation, faults).into());
        }
        let query = typed(schemas, Value::Object(object))?;
        Ok(Self {
            query,
            url: uri.to_string(),
        })
    }
}

fn schemas(request: &Request) -> Result<&Schemas, AppError> {
    let docs = request.data::<Arc<Docs>>();
    docs.map(|docs| &docs.schemas)
        .ok_or_else(|| AppError::Internal("no schemas".into()))
}

fn typed<T: Type + DeserializeOwned>(schemas: &Schemas, value: Value) -> Result<T, AppError> {
    let faults = schemas.faults(&T::name(), &value);
    if !faults.is_empty() {
        return Err(AppError::faults(Code::Validation, faults));
    }
    serde_path(value)
}

/// Reads a value that the schema found right; what only the type can say (a day that does not exist) has its place.
fn serde_path<T: DeserializeOwned>(value: Value) -> Result<T, AppError> {
    serde_json::from_value(value)
        .map_err(|error| AppError::fault(Code::Validation, "", "format", error.to_string()))
}

fn is_json(request: &Request) -> bool {
    let media = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || essence.eq_ignore_ascii_case("application/merge-patch+json")
}

/// Parses JSON, refusing duplicate keys and deep nesting.
pub fn parse_json(bytes: &[u8]) -> Result<Value, AppError> {
    let broken = |error: serde_json::Error| {
        let detail = match error.classify() {
            serde_json::error::Category::Data => error.to_string(),
            _ => format!(
                "The body is not JSON: line {}, column {}",
                error.line(),
                error.column()
            ),
        };
        AppError::fault(Code::BadRequest, "", "json", detail)
    };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0 }
        .deserialize(&mut deserializer)
        .map_err(broken)?;
    deserializer.end().map_err(broken)?;
    Ok(value)
}

/// Builds a JSON value, counting depth and watching for keys that come twice.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom(format!("the body nests deeper than {MAX_DEPTH}")));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = access.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let value = access.next_value_seed(inner)?;
            if values.contains_key(&key) {
                let key: String = key.chars().filter(|c| !c.is_control()).take(64).collect();
                return Err(serde::de::Error::custom(format!(
                    "the key {key:?} is there twice"
                )));
            }
            values.insert(key, value);
        }
        Ok(values.into())
    }
}

/// Something in the address after the ledger, by id; poem-openapi calls what follows the prefix `param0`. What is no id is not there.
#[derive(Debug)]
pub struct Item<T>(pub T);

impl<'a, T: Type + std::str::FromStr + Send> ApiExtractor<'a> for Item<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;
    type ParamType = T;
    type ParamRawType = ();

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Path)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(T::schema_ref())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<T>,
    ) -> Result<Self> {
        let text = request.raw_path_param("param0").unwrap_or_default();
        text.parse().map(Self).map_err(|_| AppError::not_found().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_comes_twice_is_refused_by_name() {
        let error = parse_json(br#"{"amount": "1", "note": {"a": 1, "a": 2}}"#).unwrap_err();
        assert!(error.to_string().contains('a'), "{error}");
        assert!(parse_json(br#"{"a": {"a": 1}, "b": [1, 2.5, null, true]}"#).is_ok());
    }

    #[test]
    fn deep_nesting_and_rubbish_are_refused() {
        let deep = "[".repeat(100_000);
        for text in [deep.as_str(), "", "{", "{}x", "\u{feff}{}", "nul"] {
            assert!(parse_json(text.as_bytes()).is_err());
        }
        assert!(parse_json(("[".repeat(16) + &"]".repeat(16)).as_bytes()).is_ok());
        assert!(parse_json(("[".repeat(17) + &"]".repeat(17)).as_bytes()).is_err());
    }
}
