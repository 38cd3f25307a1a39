//! What is served beside `/v1` for people and their tools: the document, Swagger UI over it, the guide, and a page for each code of
//! an error. Each page names by its hash what may run and show in it (Content-Security-Policy), so that nothing else does.

use super::limit;
use super::problem;
use super::schema::Schemas;
use super::spec;
use crate::error::AppError;
use api::problem::Code;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::body::Bytes;
use poem::http::header;
use poem::web::{Data, Path};
use poem::{Response, Route, handler};
use poem_openapi::{OpenApi, OpenApiService, Webhook};
use pulldown_cmark::{Options, Parser, html};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::{Arc, OnceLock};

/// The guide, in Markdown.
const GUIDE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md"));

const STYLE: &str = "body{max-width:50rem;margin:2rem auto;padding:0 1rem;font:1rem/1.5 sans-serif}\
    pre{overflow-x:auto;padding:.8rem;background:#f3f3f3}code{font-family:monospace}";

/// The document, the page that shows it, and what it says of requests. The texts are made when they are asked for: an app
/// that starts its own server waits for them in vain.
#[derive(Debug)]
pub(super) struct Docs {
    pub(super) document: Value,
    pub(super) schemas: Schemas,
    raw: String,
    raw_page: String,
    json: OnceLock<Bytes>,
    page: OnceLock<Page>,
}

/// A page with the policy that lets it work.
#[derive(Debug, Clone)]
struct Page {
    html: Bytes,
    policy: String,
}

impl Docs {
    /// Of a service: made once a process, since it is of the types alone.
    pub(super) fn of<A: OpenApi, W: Webhook>(service: &OpenApiService<A, W>) -> Result<Arc<Self>, AppError> {
        static DOCS: OnceLock<Arc<Docs>> = OnceLock::new();
        if let Some(docs) = DOCS.get() {
            return Ok(docs.clone());
        }
        let raw = service.spec();
        let mut document =
            spec::finish(&raw).map_err(|error| AppError::Internal(format!("document: {error}")))?;
        let schemas = Schemas::of(&document);
        spec::prune(&mut document);
        limit::describe(&mut document);
        let docs = Self {
            schemas,
            raw_page: service.swagger_ui_html(),
            document,
            raw,
            json: OnceLock::new(),
            page: OnceLock::new(),
        };
        Ok(DOCS.get_or_init(|| Arc::new(docs)).clone())
    }

    fn json(&self) -> Bytes {
        let json = || {
            serde_json::to_string_pretty(&self.document)
                .unwrap_or_default()
                .into()
        };
        self.json.get_or_init(json).clone()
    }

    fn page(&self) -> &Page {
        self.page.get_or_init(|| {
            let json = self.json();
            let page = self.raw_page.trim_start();
            let page = page.replace(&self.raw, &String::from_utf8_lossy(&json));
            Page::new(format!("<!doctype html>{page}"))
        })
    }
}

impl Page {
    fn new(html: String) -> Self {
        Self {
            policy: policy(&html),
            html: html.into(),
        }
    }

    /// Of a piece of HTML, with a headline.
    fn framed(title: &str, body: &str) -> Self {
        Self::new(format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{title}</title><style>{STYLE}</style><body>{body}</body></html>"
        ))
    }

    fn answer(&self) -> Response {
        Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, &self.policy)
            .body(self.html.clone())
    }
}

/// The pages' routes.
pub(super) fn routes(route: Route) -> Route {
    route
        .at("/docs", poem::get(docs_page))
        .at("/docs/guide", poem::get(guide_page))
        .at("/openapi.json", poem::get(openapi_json))
        .at("/docs/errors/:code", poem::get(error_page))
}

/// The addresses of the pages.
pub(super) fn is_page(path: &str) -> bool {
    matches!(path, "/docs" | "/docs/guide" | "/openapi.json") || path.starts_with("/docs/errors/")
}

#[handler]
#[expect(
    clippy::needless_pass_by_value,
    reason = "poem hands a handler its data by value"
)]
fn docs_page(docs: Data<&Arc<Docs>>) -> Response {
    docs.page().answer()
}

#[handler]
fn guide_page() -> Response {
    static GUIDE_PAGE: OnceLock<Page> = OnceLock::new();
    let page = || {
        let mut body = String::new();
        html::push_html(&mut body, Parser::new_ext(GUIDE, Options::empty()));
        Page::framed("The API in twelve lines", &body)
    };
    GUIDE_PAGE.get_or_init(page).answer()
}

#[handler]
#[expect(
    clippy::needless_pass_by_value,
    reason = "poem hands a handler its data by value"
)]
fn openapi_json(docs: Data<&Arc<Docs>>) -> Response {
    Response::builder()
        .content_type("application/json")
        .body(docs.json())
}

#[handler]
fn error_page(Path(code): Path<String>) -> poem::Result<Response> {
    let code = Code::from_word(&code).ok_or_else(AppError::not_found)?;
    Ok(Page::framed(code.title(), &problem::page(code)).answer())
}

/// The policy of a page: its own scripts and styles by their hashes, requests and pictures from this server, nothing from
/// anywhere else, and no page around it.
fn policy(html: &str) -> String {
    let sources = |tag: &str| {
        let hashes: Vec<String> = inline(html, tag).map(hash).collect();
        if hashes.is_empty() {
            "'none'".to_owned()
        } else {
            hashes.join(" ")
        }
    };
    format!(
        "default-src 'none'; script-src {}; style-src {}; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
        sources("script"),
        sources("style")
    )
}

/// What stands in the elements of that name.
fn inline<'a>(html: &'a str, tag: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{tag}"), format!("</{tag}>"));
    let mut rest = html;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (_, after) = after.split_once('>')?;
        let (inside, after) = after.split_once(&close)?;
        rest = after;
        Some(inside)
    })
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_names_what_is_in_it_by_its_hash() {
        let page = Page::new(
            "<style a>b{}</style><script>one(\"<script>\")</script><script x=\"y\">two</script>".into(),
        );
        assert_eq!(page.policy.matches("'sha256-").count(), 3, "{}", page.policy);
        // As `printf %s two | openssl dgst -sha256 -binary | base64` prints it.
        assert!(
            page.policy
                .contains("'sha256-P8TM/nRYcOLA2Z9x8w/wZWyN7dQcwdfT03aw2+aF4vM='")
        );
        assert!(page.policy.contains(&hash("one(\"<script>\")")));
        assert!(!page.policy.contains("unsafe"));
        assert!(Page::framed("x", "y").policy.contains("script-src 'none'"));
    }
}
