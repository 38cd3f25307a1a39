//! The guard: who is calling, and what of the ledger named in the address is theirs to do. The only maker of a
//! `Grant`. The right an operation needs is part of its signature.

use super::rate::accept_token;
use crate::error::AppError;
use crate::service::{Grant, Role};
use crate::state::AppState;
use crate::store::token::{Access, access};
use api::problem::Code;
use poem::http::header;
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaParamIn, MetaSchema, MetaSchemaRef, MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use sha2::{Digest, Sha256};
use std::marker::PhantomData;
use uuid::Uuid;

/// What an operation needs: a role in the ledger and a scope of the token.
pub trait Right: Send + Sync + 'static {
    /// The least role.
    const ROLE: Role;
    /// The scope.
    const SCOPE: &'static str;
}

/// May look.
#[derive(Debug)]
pub struct Read;
/// May add rows.
#[derive(Debug)]
pub struct Add;
/// May change rows and dictionaries.
#[derive(Debug)]
pub struct Write;
/// May change the ledger itself.
#[derive(Debug)]
pub struct Own;

impl Right for Read {
    const ROLE: Role = Role::Viewer;
    const SCOPE: &'static str = "read";
}
impl Right for Add {
    const ROLE: Role = Role::Adder;
    const SCOPE: &'static str = "add";
}
impl Right for Write {
    const ROLE: Role = Role::Editor;
    const SCOPE: &'static str = "write";
}
impl Right for Own {
    const ROLE: Role = Role::Owner;
    const SCOPE: &'static str = "write";
}

/// Leave to do what needs the right `R` in the ledger of the address.
#[derive(Debug)]
pub struct Guard<R> {
    /// The leave.
    pub grant: Grant,
    right: PhantomData<R>,
}

/// Somebody whose token has the scope of the right `R`.
#[derive(Debug)]
pub struct Caller<R> {
    /// Who, in the ledger that `default` means to them.
    pub grant: Grant,
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
            Some("default") => None,
            Some(id) => Some(Uuid::try_parse(id).map_err(|_| AppError::not_found())?),
        };
        let access = authenticate(request, wanted).await?;
        let grant = Grant::new(&access, client(request))?;
        if grant.role() < R::ROLE || !has_scope(&access.scopes, R::SCOPE) {
            return Err(AppError::refuse(
                Code::Forbidden,
                format!(
                    "This needs the scope `{}` and the role {:?} or above",
                    R::SCOPE,
                    R::ROLE
                ),
            )
            .into());
        }
        Ok(Self {
            grant,
            right: PhantomData,
        })
    }
}

impl<'a, R: Right> ApiExtractor<'a> for Caller<R> {
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
        let access = authenticate(request, None).await?;
        if !has_scope(&access.scopes, R::SCOPE) {
            return Err(
                AppError::refuse(Code::Forbidden, format!("This needs the scope `{}`", R::SCOPE)).into(),
            );
        }
        Ok(Self {
            grant: Grant::new(&access, client(request))?,
            right: PhantomData,
        })
    }
}

fn register_bearer(registry: &mut Registry) {
    registry.create_security_scheme(
        BEARER,
        MetaSecurityScheme {
            ty: "http",
            description: Some("A token, as `expense api` prints it (RFC 6750)."),
            name: None,
            key_in: None,
            scheme: Some("bearer"),
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        },
    );
}

/// The token's user and their membership, in one indexed read.
async fn authenticate(request: &Request, wanted: Option<Uuid>) -> Result<Access, AppError> {
    let refused = |detail: &str| AppError::refuse(Code::Unauthenticated, detail);
    let state = request
        .data::<AppState>()
        .ok_or_else(|| AppError::Internal("no state".into()))?;
    let header = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let token = header
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case(BEARER))
        .map(|(_, token)| token.trim())
        .ok_or_else(|| refused("Send `Authorization: Bearer TOKEN`"))?;
    let hash = Sha256::digest(token.as_bytes());
    let hash = hash.as_slice();
    let found = state
        .db
        .read(|db| async move { access(&db, hash, wanted).await })
        .await?;
    let now = state.clock.now();
    found
        .filter(|access| access.revoked_at.is_none() && !access.is_disabled)
        .filter(|access| access.expires_at.is_none_or(|at| at > now))
        .inspect(|_| accept_token(request))
        .ok_or_else(|| refused("This token is not valid"))
}

/// True where the token's scopes, separated by blanks, hold one; `write` holds `add`, and every scope `read` but `add`.
fn has_scope(scopes: &str, wanted: &str) -> bool {
    scopes
        .split_whitespace()
        .any(|scope| scope == wanted || (scope == "write" && wanted == "add"))
}

/// The program that asks, as far as it says so: the first word of its user agent.
fn client(request: &Request) -> String {
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
