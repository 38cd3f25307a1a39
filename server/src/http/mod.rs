//! The only room that knows poem: the socket loop, the layers, the routes and the document, on one page.

pub mod accept;
mod accounts;
mod audit;
mod auth;
mod categories;
mod changes;
mod checked;
pub mod client_address;
mod days;
pub mod examples;
mod expenses;
mod file;
mod guard;
mod health;
mod imports;
mod invites;
mod key;
mod ledgers;
pub mod limit;
mod me;
mod members;
mod origins;
mod payees;
mod problem;
pub mod rate;
mod reply;
mod reports;
mod right;
mod schema;
mod spec;
mod stream;
mod tags;
mod tokens;
pub mod trace;
mod users;
mod visitor;

use crate::config::Config;
use crate::error::AppError;
use crate::run::Stop;
use crate::service::Grant;
use crate::state::AppState;
use api::problem::Code;
use client_address::ClientAddresses;
use limit::{BodyLimits, Limit};
use origins::Origins;
use poem::endpoint::BoxEndpoint;
use poem::http::{Method, header};
use poem::web::Path;
use poem::{EndpointExt, Response, Route, handler};
use poem_openapi::{LicenseObject, OpenApiService, Tags};
use problem::{Allowed, Problems};
use rate::RateLimits;
use schema::Schemas;
use serde_json::Value;
use std::sync::{Arc, OnceLock};

/// The groups that operations are shown in.
#[derive(Tags)]
enum Tag {
    /// Sets of books.
    Ledgers,
    /// The rows of the book.
    Expenses,
    /// The rows of one day, as a sheet.
    Days,
    /// What the money was for.
    Categories,
    /// What it was paid with.
    Accounts,
    /// Who was paid.
    Payees,
    /// Free words on expenses.
    Tags,
    /// Sums, with the rows behind each.
    Reports,
    /// The log of a ledger: history, what is new, undo.
    Changes,
    /// Files: what is in them, row by row, before anything is written.
    Imports,
    /// Who may open a ledger, and as what.
    Members,
    /// Your account and what it lets in.
    People,
    /// Signing in and out.
    Auth,
    /// People: oneself, and for admins everybody.
    Users,
    /// Whether the server can work.
    Health,
}

/// The document, the page that shows it, and what it says of requests. The texts are made when they are asked for: an app
/// that starts its own server waits for them in vain.
#[derive(Debug)]
struct Docs {
    document: Value,
    schemas: Schemas,
    raw: String,
    raw_page: String,
    json: OnceLock<String>,
    page: OnceLock<String>,
}

impl Docs {
    fn json(&self) -> &str {
        self.json
            .get_or_init(|| serde_json::to_string_pretty(&self.document).unwrap_or_default())
    }

    fn page(&self) -> &str {
        self.page.get_or_init(|| {
            let page = self.raw_page.trim_start().replace(&self.raw, self.json());
            format!("<!doctype html>{page}")
        })
    }
}

/// Everything behind the socket.
pub fn app(state: &AppState, config: &Config, stop: &Stop) -> Result<BoxEndpoint<'static>, AppError> {
    let service = service(state, stop);
    let docs = docs(&service)?;
    let known = docs.clone();
    let allowed: Allowed = Arc::new(move |path| match spec::methods_of(&known.document, path) {
        methods if methods.is_empty() && is_page(path) => vec![Method::GET, Method::HEAD],
        methods => methods,
    });
    let problems = Problems {
        base_url: config.server.public_url.trim_end_matches('/').to_owned(),
        allowed: allowed.clone(),
    };
    let bodies = BodyLimits::of(
        &docs.document,
        config.server.max_body_bytes,
        config.server.max_import_bytes,
    );
    let mut route = Route::new().nest("/", service);
    if config.server.docs {
        route = route
            .at("/docs", poem::get(docs_page))
            .at("/openapi.json", poem::get(openapi_json))
            .at("/docs/errors/:code", poem::get(error_page));
    }
    // From the inside out: what a handler may ask for, panics, limits of one request, of all of a caller, errors, other
    // pages' scripts, the line in the log, whose request it is.
    Ok(route
        .data(state.clone())
        .data(docs)
        .with(problem::Panics)
        .with(Limit::new(config, bodies))
        .with(RateLimits::new(config, state.clock.clone()))
        .with(problems)
        .with(Origins::new(&config.server.cors_origins, allowed))
        .with(trace::Trace::new(state.clock.clone()))
        .with(ClientAddresses::new(&config.server.proxies))
        .boxed())
}

/// The served OpenAPI document.
pub fn document(state: &AppState) -> Result<Value, AppError> {
    Ok(docs(&service(state, &Stop::default()))?.document.clone())
}

/// The resources. One more is one more line here; in groups, since a tuple of more than sixteen is none.
type Resources = (Books, People, health::HealthApi);

/// What belongs to a ledger.
type Books = (
    ledgers::LedgersApi,
    ledgers::LedgerApi,
    expenses::ExpensesApi,
    days::DaysApi,
    categories::CategoriesApi,
    accounts::AccountsApi,
    payees::PayeesApi,
    tags::TagsApi,
    reports::ReportsApi,
    imports::ImportsApi,
    changes::ChangesApi,
    members::MembersApi,
    invites::InvitesApi,
);

/// What belongs to a person, or lets one in.
type People = (
    invites::JoinApi,
    tokens::TokensApi,
    auth::AuthApi,
    me::MeApi,
    users::UsersApi,
    audit::AuditApi,
    audit::LedgerAuditApi,
);

fn service(state: &AppState, stop: &Stop) -> OpenApiService<Resources, ()> {
    let books = (
        ledgers::LedgersApi { state: state.clone() },
        ledgers::LedgerApi { state: state.clone() },
        expenses::ExpensesApi { state: state.clone() },
        days::DaysApi { state: state.clone() },
        categories::CategoriesApi { state: state.clone() },
        accounts::AccountsApi { state: state.clone() },
        payees::PayeesApi { state: state.clone() },
        tags::TagsApi { state: state.clone() },
        reports::ReportsApi { state: state.clone() },
        imports::ImportsApi { state: state.clone() },
        changes::ChangesApi {
            state: state.clone(),
            stop: stop.clone(),
        },
        members::MembersApi { state: state.clone() },
        invites::InvitesApi { state: state.clone() },
    );
    let people = (
        invites::JoinApi { state: state.clone() },
        tokens::TokensApi { state: state.clone() },
        auth::AuthApi { state: state.clone() },
        me::MeApi { state: state.clone() },
        users::UsersApi { state: state.clone() },
        audit::AuditApi { state: state.clone() },
        audit::LedgerAuditApi { state: state.clone() },
    );
    let health = health::HealthApi {
        state: state.clone(),
        stop: stop.clone(),
    };
    let resources = (books, people, health);
    OpenApiService::new(resources, "expensed", env!("CARGO_PKG_VERSION"))
        .description(
            "Expense tracking for people who live in a terminal, and for households that share one ledger.",
        )
        .license(LicenseObject::new("MIT").identifier("MIT"))
}

/// Made once a process: it is of the types alone.
fn docs(service: &OpenApiService<Resources, ()>) -> Result<Arc<Docs>, AppError> {
    static DOCS: OnceLock<Arc<Docs>> = OnceLock::new();
    if let Some(docs) = DOCS.get() {
        return Ok(docs.clone());
    }
    let raw = service.spec();
    let mut document =
        spec::finish(&raw).map_err(|error| AppError::Internal(format!("document: {error}")))?;
    limit::describe(&mut document);
    let docs = Docs {
        schemas: Schemas::of(&document),
        raw_page: service.swagger_ui_html(),
        document,
        raw,
        json: OnceLock::new(),
        page: OnceLock::new(),
    };
    Ok(DOCS.get_or_init(|| Arc::new(docs)).clone())
}

/// The addresses beside the document's own.
fn is_page(path: &str) -> bool {
    path == "/docs" || path == "/openapi.json" || path.starts_with("/docs/errors/")
}

#[handler]
#[expect(
    clippy::needless_pass_by_value,
    reason = "poem hands a handler its data by value"
)]
fn docs_page(docs: poem::web::Data<&Arc<Docs>>) -> Response {
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .body(docs.page().to_owned())
}

#[handler]
#[expect(
    clippy::needless_pass_by_value,
    reason = "poem hands a handler its data by value"
)]
fn openapi_json(docs: poem::web::Data<&Arc<Docs>>) -> Response {
    Response::builder()
        .content_type("application/json")
        .body(docs.json().to_owned())
}

#[handler]
fn error_page(Path(code): Path<String>) -> poem::Result<Response> {
    let code = Code::from_word(&code).ok_or_else(AppError::not_found)?;
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .body(problem::page(code)))
}

/// The address of something in a ledger.
fn item_url(grant: &Grant, collection: &str, id: impl std::fmt::Display) -> String {
    format!("/v1/ledgers/{}/{collection}/{id}", grant.ledger_id())
}
