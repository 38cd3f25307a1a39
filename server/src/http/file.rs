//! A body that is a file: taken as it is, whatever is in it.

use super::limit::whole_body;
use crate::error::AppError;
use crate::service::gate::Turn;
use crate::state::AppState;
use api::problem::Code;
use hyper::body::Bytes;
use poem::http::header;
use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

/// The media types of files.
const MEDIA_TYPES: [&str; 2] = ["text/csv", "application/octet-stream"];

/// The bytes of a file.
#[derive(Debug)]
pub struct File(pub Bytes);

/// A turn at reading a file. It stands before everything that reads the body: while others are being read, none of it is
/// taken into memory.
#[derive(Debug)]
pub struct FileTurn(pub Turn);

impl<'a> FromRequest<'a> for FileTurn {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> Result<Self> {
        let state = request
            .data::<AppState>()
            .ok_or_else(|| AppError::Internal("no state".into()))?;
        Ok(Self(state.import_gate.enter()?))
    }
}

impl<'a> ApiExtractor<'a> for File {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn request_meta() -> Option<MetaRequest> {
        let schema = || MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")));
        let content = MEDIA_TYPES.into_iter().map(|content_type| MetaMediaType {
            content_type,
            schema: schema(),
        });
        Some(MetaRequest {
            description: Some("The file as it is."),
            content: content.collect(),
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let media = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = media.split(';').next().unwrap_or_default().trim();
        if !MEDIA_TYPES
            .iter()
            .any(|known| essence.eq_ignore_ascii_case(known))
        {
            let detail = "Send the file as it is, with Content-Type: text/csv or application/octet-stream";
            return Err(AppError::refuse(Code::UnsupportedMediaType, detail).into());
        }
        Ok(Self(whole_body(request).await?.bytes))
    }
}
