//! The only room that knows poem: the socket loop, the layers, the routes and the document, on one page.

pub mod accept;
mod accounts;
mod audit;
mod auth;
mod categories;
mod changes;
mod checked;
pub mod client_address;
mod compress;
mod days;
mod docs;
pub mod examples;
mod expenses;
mod file;
mod guard;
mod headers;
mod health;
mod host;
mod imports;
mod invites;
mod key;
mod ledgers;
pub mod limit;
mod me;
mod members;
mod operations;
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
use client_address::ClientAddresses;
use compress::Compress;
use docs::Docs;
use headers::Headers;
use host::OneHost;
use limit::{BodyLimits, Limit};
use origins::Origins;
use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem::{EndpointExt, Route};
use poem_openapi::{LicenseObject, OpenApiService, Tags};
use problem::{Allowed, Problems};
use rate::RateLimits;
use serde_json::Value;
use std::sync::Arc;

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

/// Everything behind the socket.
pub fn app(state: &AppState, config: &Config, stop: &Stop) -> Result<BoxEndpoint<'static>, AppError> {
    let service = service(state, stop);
    let docs = Docs::of(&service)?;
    let known = docs.clone();
    let allowed: Allowed = Arc::new(move |path| match spec::methods_of(&known.document, path) {
        methods if methods.is_empty() && docs::is_page(path) => vec![Method::GET, Method::HEAD],
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
        route = docs::routes(route);
    }
    // From the inside out: what a handler may ask for, panics, limits of one request, of all of a caller, the host, errors, other
    // pages' scripts, what all answers carry, packing, the line in the log, whose request it is.
    Ok(route
        .data(state.clone())
        .data(docs)
        .with(problem::Panics)
        .with(Limit::new(config, bodies))
        .with(RateLimits::new(config, state.clock.clone()))
        .with(OneHost)
        .with(problems)
        .with(Origins::new(&config.server.cors_origins, allowed))
        .with(Headers)
        .with(Compress)
        .with(trace::Trace::new(state.clock.clone()))
        .with(ClientAddresses::new(&config.server.proxies))
        .boxed())
}

/// The served OpenAPI document.
pub fn document(state: &AppState) -> Result<Value, AppError> {
    Ok(Docs::of(&service(state, &Stop::default()))?.document.clone())
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
    operations::OperationsApi,
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
        operations::OperationsApi { state: state.clone() },
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

/// The address of something in a ledger.
fn item_url(grant: &Grant, collection: &str, id: impl std::fmt::Display) -> String {
    format!("/v1/ledgers/{}/{collection}/{id}", grant.ledger_id())
}
