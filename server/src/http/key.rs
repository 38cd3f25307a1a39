//! The headers that make writes safe: `Idempotency-Key`, so that a repeat happens once, and `If-Match`, so that a
//! stale one does not happen at all.

use super::limit::whole_body;
use crate::error::AppError;
use crate::service::WriteKey;
use api::problem::Code;
use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaParamIn, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

/// The key of a write: the client's, or one drawn for this request.
#[derive(Debug)]
pub struct Key(pub WriteKey);

impl<'a> ApiExtractor<'a> for Key {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let mut schema = MetaSchema::new("string");
        schema.description =
            Some("Repeat a request with the same key and it happens once; 1 to 64 of A-Z a-z 0-9 - _.");
        schema.pattern = Some("^[A-Za-z0-9_-]{1,64}$".into());
        Some(MetaSchemaRef::Inline(Box::new(schema)))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> Result<Self> {
        let key = match request.headers().get("idempotency-key") {
            None => api::id::new_uuid().simple().to_string(),
            Some(value) => {
                let text = value.to_str().unwrap_or_default();
                let is_plain = text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
                if text.is_empty() || text.len() > 64 || !is_plain {
                    return Err(AppError::fault(
                        Code::BadRequest,
                        "/Idempotency-Key",
                        "pattern",
                        "A key is 1 to 64 of A-Z a-z 0-9 - _",
                    )
                    .into());
                }
                text.to_owned()
            }
        };
        Ok(Self(WriteKey {
            key,
            request_hash: whole_body(request).await?.hash.0,
            replayed: request.extensions().get().cloned().unwrap_or_default(),
        }))
    }
}

/// The version that must still hold, from `If-Match`; none asks for no check.
#[derive(Debug)]
pub struct IfVersion(pub Option<i64>);

impl<'a> ApiExtractor<'a> for IfVersion {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let mut schema = MetaSchema::new("string");
        schema.description = Some("The ETag it must still have (RFC 9110); a stale one is refused with 412.");
        schema.max_length = Some(100);
        Some(MetaSchemaRef::Inline(Box::new(schema)))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> Result<Self> {
        match if_match(request)? {
            None | Some("*") => Ok(Self(None)),
            Some(tag) => {
                let version = bare(tag).filter(|tag| tag.bytes().all(|byte| byte.is_ascii_digit()));
                let version = version.and_then(|version| version.parse().ok());
                Ok(Self(Some(version.ok_or_else(unreadable)?)))
            }
        }
    }
}

/// The whole ETag that must still hold, for what cannot be written without one.
#[derive(Debug)]
pub struct IfTag(pub String);

impl<'a> ApiExtractor<'a> for IfTag {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;
    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        IfVersion::param_schema_ref()
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> Result<Self> {
        let tag = if_match(request)?.filter(|tag| *tag != "*").ok_or_else(|| {
            AppError::refuse(
                Code::PreconditionRequired,
                "Read it first and send its ETag as If-Match",
            )
        })?;
        bare(tag).ok_or_else(unreadable)?;
        Ok(Self(tag.to_owned()))
    }
}

/// The header; one that cannot be read is no leave to write without it.
fn if_match(request: &Request) -> Result<Option<&str>, AppError> {
    let mut given = request.headers().get_all(header::IF_MATCH).iter();
    match (given.next(), given.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => Ok(Some(value.to_str().map_err(|_| unreadable())?.trim())),
        (Some(_), Some(_)) => Err(unreadable()),
    }
}

/// One strong ETag without its quotes.
fn bare(tag: &str) -> Option<&str> {
    let inner = tag.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.is_empty() && !inner.contains('"')).then_some(inner)
}

fn unreadable() -> AppError {
    AppError::fault(
        Code::BadRequest,
        "/If-Match",
        "pattern",
        "If-Match is one strong ETag, like \"3\"",
    )
}
