//! The guard: who is calling, and what of the ledger named in the address is theirs to do. The only maker of a
//! `Person` and of a `Grant`. The right an operation needs is part of its signature: see `right.rs`.

use super::rate::accept_token;
use super::right::{Right, Scoped};
use crate::error::AppError;
use crate::service::secret::{self, SecretKind};
use crate::service::{Grant, Person};
use crate::state::AppState;
use crate::store::token::{Access, Seat, Wanted, access, access_of_user};
use api::problem::Code;
use api::token::Scope;
use chrono::{DateTime, Utc};
use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaParamIn, MetaSchema, MetaSchemaRef, MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use std::marker::PhantomData;
use uuid::Uuid;

/// Leave to do what needs the right `R` in the ledger of the address.
#[derive(Debug)]
pub struct Guard<R> {
    /// The leave.
    pub grant: Grant,
    token_hash: [u8; 32],
    right: PhantomData<R>,
}

/// Somebody whose token is good for `R`, whatever the ledger.
#[derive(Debug)]
pub struct Caller<R> {
    /// Who.
    pub person: Person,
    right: PhantomData<R>,
}

const BEARER: &str = "bearer";

impl<'a, R: Right> ApiExtractor<'a> for Guard<R> {
    const TYPES: &'static [ApiExtractorType] =
        &[ApiExtractorType::SecurityScheme, ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;
    type ParamType = String;
    type ParamRawType = String;

    fn register(registry: &mut Registry) {
        register_bearer(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![BEARER]
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Path)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        let mut schema = MetaSchema::new("string");
        schema.description = Some("A ledger's id, or `default`.");
        schema.max_length = Some(36);
        schema.example = Some("default".into());
        Some(MetaSchemaRef::Inline(Box::new(schema)))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> Result<Self> {
        let wanted = match request.raw_path_param("ledger") {
            // A route that hides the name would otherwise lead everybody to their own ledger.
            None => return Err(AppError::Internal("no ledger in the route".into()).into()),
            Some("default") => Wanted::Any,
            Some(id) => Wanted::Ledger(Uuid::try_parse(id).map_err(|_| AppError::not_found())?),
        };
        let (token_hash, access, seats, now) = authenticate(request, wanted).await?;
        let grant = admit::<R>(&access, seats, client(request))?;
        check_confirmed::<R>(grant.person(), now)?;
        Ok(Self {
            grant,
            token_hash,
            right: PhantomData,
        })
    }
}

impl<R: Right> Guard<R> {
    /// Looks again, for an answer that goes on: refused where a new request would be, and where the ledger was restored
    /// meanwhile.
    pub async fn look_again(&self, state: &AppState) -> Result<(), AppError> {
        let wanted = Wanted::Ledger(self.grant.ledger_id());
        let (access, seats) = look_up(state, &self.token_hash, wanted).await?;
        let grant = admit::<R>(&access, seats, self.grant.client().to_owned())?;
        if grant.epoch() == self.grant.epoch() {
            Ok(())
        } else {
            Err(AppError::refuse(Code::Resync, "The ledger was restored"))
        }
    }
}

/// The leave that a token and its owner's memberships give.
fn admit<R: Right>(access: &Access, seats: Vec<Seat>, client: String) -> Result<Grant, AppError> {
    let person = Person::new(access, client)?;
    // What the token is not bound to is as missing as what its owner is no member of.
    let seat = choose(seats, &person, access.default_ledger_id).ok_or_else(AppError::not_found)?;
    let grant = Grant::new(person, &seat)?;
    check_scope::<R>(grant.person())?;
    if R::ROLES.contains(&grant.role()) {
        return Ok(grant);
    }
    let roles: Vec<&str> = R::ROLES.iter().map(|role| role.as_str()).collect();
    Err(AppError::refuse(
        Code::Forbidden,
        format!(
            "You are {} in this ledger; this is for: {}",
            grant.role().as_str(),
            roles.join(", ")
        ),
    ))
}

impl<'a, R: Scoped> ApiExtractor<'a> for Caller<R> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        register_bearer(registry);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec![BEARER]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let (_, access, _, now) = authenticate(request, Wanted::NoLedger).await?;
        let person = Person::new(&access, client(request))?;
        check_scope::<R>(&person)?;
        if R::IS_FOR_ADMINS && !person.is_admin() {
            return Err(AppError::refuse(Code::Forbidden, "This is for admins").into());
        }
        check_confirmed::<R>(&person, now)?;
        Ok(Self {
            person,
            right: PhantomData,
        })
    }
}

/// The token has one of the scopes that the right asks for.
fn check_scope<R: Scoped>(person: &Person) -> Result<(), AppError> {
    if R::SCOPES.is_empty() || R::SCOPES.iter().any(|scope| person.has_scope(*scope)) {
        return Ok(());
    }
    let scopes: Vec<&str> = R::SCOPES.iter().copied().map(Scope::as_str).collect();
    Err(AppError::refuse(
        Code::Forbidden,
        format!("Your token does not have the scope `{}`", scopes.join("` or `")),
    ))
}

/// Asked last: whoever may not do it anyway is not asked for a password.
fn check_confirmed<R: Scoped>(person: &Person, now: DateTime<Utc>) -> Result<(), AppError> {
    if !R::IS_CONFIRMED || person.is_confirmed(now) {
        return Ok(());
    }
    Err(AppError::refuse(
        Code::ConfirmPassword,
        "Give your password again at `POST /v1/auth/confirm`, then repeat this",
    ))
}

/// The membership that was meant: of those that the token is good for the user's default one, else the oldest ledger.
fn choose(seats: Vec<Seat>, person: &Person, default_ledger_id: Option<Uuid>) -> Option<Seat> {
    seats
        .into_iter()
        .filter(|seat| person.may_enter(seat.ledger_id))
        .min_by_key(|seat| (Some(seat.ledger_id) != default_ledger_id, seat.ledger_id))
}

fn register_bearer(registry: &mut Registry) {
    registry.create_security_scheme(
        BEARER,
        MetaSecurityScheme {
            ty: "http",
            description: Some("A token: that of `POST /v1/auth/login`, one made at `/v1/tokens`, or what `expense api` prints (RFC 6750)."),
            name: None,
            key_in: None,
            scheme: Some("bearer"),
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        },
    );
}

fn invalid() -> AppError {
    AppError::refuse(Code::Unauthenticated, "This token is not valid")
}

/// The token's hash, the token, its user and the memberships wanted, and the time at which that was so.
async fn authenticate(
    request: &Request,
    wanted: Wanted,
) -> Result<([u8; 32], Access, Vec<Seat>, DateTime<Utc>), AppError> {
    let refused = |detail: &str| AppError::refuse(Code::Unauthenticated, detail);
    let state = request
        .data::<AppState>()
        .ok_or_else(|| AppError::Internal("no state".into()))?;
    let token = bearer(request).ok_or_else(|| refused("Send `Authorization: Bearer TOKEN`"))?;
    if !secret::is_well_formed(token, &[SecretKind::Session, SecretKind::Api]) {
        return Err(invalid());
    }
    let hash = secret::hash(token);
    let (access, seats) = look_up(state, &hash, wanted).await?;
    accept_token(request);
    Ok((hash, access, seats, state.clock.now()))
}

/// In one indexed read.
async fn look_up(state: &AppState, hash: &[u8], wanted: Wanted) -> Result<(Access, Vec<Seat>), AppError> {
    let now = state.clock.now();
    let in_memory = state.run_token.access(hash, now);
    let in_memory = in_memory.as_ref();
    let found = state
        .db
        .read(|db| async move {
            match in_memory {
                Some(token) => access_of_user(&db, token.clone(), wanted).await,
                None => access(&db, hash, wanted).await,
            }
        })
        .await?;
    let (access, seats) = found
        .filter(|(access, _)| access.is_good(now))
        .ok_or_else(invalid)?;
    state.token_use.note(access.token_id, access.last_used_at, now);
    Ok((access, seats))
}

/// The token that a request shows.
pub fn bearer(request: &Request) -> Option<&str> {
    let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case(BEARER).then(|| token.trim())
}

/// The program that asks, as far as it says so: the first word of its user agent.
pub fn client(request: &Request) -> String {
    let agent = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("unknown");
    agent
        .split_whitespace()
        .next()
        .unwrap_or("unknown")
        .chars()
        .take(64)
        .collect()
}
