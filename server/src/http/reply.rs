//! Answers: JSON with a status, and the headers that go with it (`ETag`, `Location`, `Link`).

use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type;
use serde::Serialize;

/// A JSON answer with that status.
#[derive(Debug)]
pub struct Reply<T, const STATUS: u16 = 200> {
    body: T,
    etag: Option<String>,
    location: Option<String>,
    link: Option<String>,
}

/// What was asked for.
pub type Found<T> = Reply<T, 200>;
/// What was made.
pub type Created<T> = Reply<T, 201>;

impl<T, const STATUS: u16> Reply<T, STATUS> {
    /// An answer without further headers.
    pub fn new(body: T) -> Self {
        Self {
            body,
            etag: None,
            location: None,
            link: None,
        }
    }

    /// With the version as its strong ETag.
    pub fn version(self, version: i64) -> Self {
        self.etag(format!("\"{version}\""))
    }

    /// With an ETag, quotes included.
    pub fn etag(self, etag: String) -> Self {
        Self {
            etag: Some(etag),
            ..self
        }
    }

    /// With the address of what was made.
    pub fn location(self, location: String) -> Self {
        Self {
            location: Some(location),
            ..self
        }
    }

    /// With the link to the next page, if there is one: the address asked, its cursor replaced.
    pub fn next(self, url: &str, cursor: Option<&String>) -> Self {
        let link = cursor.map(|cursor| {
            let (path, query) = url.split_once('?').unwrap_or((url, ""));
            let mut next = url::form_urlencoded::Serializer::new(String::new());
            next.extend_pairs(
                url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "cursor"),
            );
            next.append_pair("cursor", cursor);
            format!("<{path}?{}>; rel=\"next\"", next.finish())
        });
        Self { link, ..self }
    }
}

impl<T: Serialize + Send, const STATUS: u16> IntoResponse for Reply<T, STATUS> {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(STATUS).unwrap_or(StatusCode::OK);
        let body = serde_json::to_vec(&self.body).unwrap_or_default();
        let mut response = Response::builder()
            .status(status)
            .content_type("application/json")
            .body(body);
        let headers: [(HeaderName, Option<String>); 3] = [
            (header::ETAG, self.etag),
            (header::LOCATION, self.location),
            (header::LINK, self.link),
        ];
        for (name, value) in headers {
            if let Some(Ok(value)) = value.map(|value| HeaderValue::from_str(&value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

impl<T: Type + Serialize + Send, const STATUS: u16> ApiResponse for Reply<T, STATUS> {
    fn meta() -> MetaResponses {
        let header = |name: &str, description: &str| MetaHeader {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            required: false,
            deprecated: false,
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
        };
        let mut headers = vec![
            header("ETag", "The version, for `If-Match` (RFC 9110)."),
            header("Link", "The next page, as `rel=\"next\"` (RFC 8288)."),
        ];
        if STATUS == 201 {
            headers.push(header("Location", "Where it is now."));
        }
        let content = vec![MetaMediaType {
            content_type: "application/json",
            schema: T::schema_ref(),
        }];
        let description = if STATUS == 201 { "Made." } else { "As asked." };
        let response = MetaResponse {
            description,
            status: Some(STATUS),
            status_range: None,
            content,
            headers,
        };
        MetaResponses {
            responses: vec![response],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// Done, and nothing to say.
#[derive(Debug)]
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response {
        Response::builder().status(StatusCode::NO_CONTENT).finish()
    }
}

impl ApiResponse for NoContent {
    fn meta() -> MetaResponses {
        let response = MetaResponse {
            description: "Done.",
            status: Some(204),
            status_range: None,
            content: vec![],
            headers: vec![],
        };
        MetaResponses {
            responses: vec![response],
        }
    }

    fn register(_registry: &mut Registry) {}
}
