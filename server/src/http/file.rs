//! A body that is a file: taken as it is, whatever is in it.

use super::limit::BufferedBody;
use crate::error::AppError;
use api::problem::Code;
use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

/// The media types of files.
const MEDIA_TYPES: [&str; 2] = ["text/csv", "application/octet-stream"];

/// The bytes of a file.
#[derive(Debug)]
pub struct File(pub Vec<u8>);

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
        let Some(BufferedBody(bytes)) = request.extensions().get() else {
            return Err(AppError::Internal("the body was not read".into()).into());
        };
        Ok(Self(bytes.to_vec()))
    }
}
