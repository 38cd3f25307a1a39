//! Every way a request can fail, as one type. Services make refusals; what the database says arrives as it is and
//! is classified once. How it looks on the wire is `http::problem`'s affair.

use crate::db::StorageFault;
use api::problem::{Code, Fault, Faults};
use sea_orm::DbErr;
use serde_json::Value;

/// What services and stores return.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The caller asked for something that is not to be had; says what and why.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The database could not do it. Never shown to the caller.
    #[error("database: {0}")]
    Db(#[from] DbErr),
    /// The database is away or too busy, and the time for trying again is over. What was being written may be there:
    /// the answer to a COMMIT can be lost.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// The disk under the database failed. What was being written may be found there after a crash, if it was the COMMIT.
    #[error("database storage: {1}")]
    Storage(StorageFault, String),
    /// A bug. Never shown to the caller.
    #[error("internal: {0}")]
    Internal(String),
}

/// A refusal: the code decides the status, the rest is for the caller to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// What happened, in a sentence.
    pub detail: String,
    /// Every fault of the request.
    pub faults: Faults,
    /// The row as it is now, for a stale version.
    pub current: Option<Value>,
    /// How many rows use it, for something in use.
    pub count: Option<u64>,
    /// How long to wait, where that is known.
    pub retry_after_secs: Option<u64>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail)
    }
}

impl Refusal {
    /// A refusal that needs no more than a sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            faults: Faults::default(),
            current: None,
            count: None,
            retry_after_secs: None,
        }
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl AppError {
    /// A refusal that needs no more than a sentence.
    pub fn refuse(code: Code, detail: impl Into<String>) -> Self {
        Refusal::new(code, detail).into()
    }

    /// What is missing, and what is somebody else's: the same answer.
    pub fn not_found() -> Self {
        Self::refuse(Code::NotFound, "There is no such thing here, or it is not yours")
    }

    /// A refusal with one fault.
    pub fn fault(code: Code, pointer: &str, word: &str, detail: impl Into<String>) -> Self {
        let mut faults = Faults::default();
        faults.add(pointer, word, detail);
        Self::faults(code, faults)
    }

    /// A refusal with all faults found.
    pub fn faults(code: Code, faults: Faults) -> Self {
        let detail = match (faults.told(), faults.more()) {
            ([Fault { detail, .. }], 0) => detail.clone(),
            (told, 0) => format!("{} fields need attention", told.len()),
            (told, more) => format!(
                "{} fields need attention: {}, and {more} more",
                faults.count(),
                told.len()
            ),
        };
        Refusal {
            faults,
            ..Refusal::new(code, detail)
        }
        .into()
    }

    /// Whether trying again later may help: the database or its disk is at fault, not the request.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Storage(..))
    }

    /// The code of a refusal.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            Self::Db(_) | Self::Unavailable(_) | Self::Storage(..) | Self::Internal(_) => None,
        }
    }
}

/// The faults of a request, each with the code it is refused with, so that all of them are told at once.
#[derive(Debug, Default)]
pub struct Findings {
    /// Rules broken: 422.
    pub rules: Faults,
    /// Names and ids that the ledger does not have, and what is archived: 409.
    pub lookups: Faults,
}

impl Findings {
    /// Refuses the request if anything was found. Where both sorts were, the broken rules decide the status.
    pub fn refuse(self) -> Result<()> {
        let Self { mut rules, lookups } = self;
        let code = match (rules.is_empty(), lookups.told()) {
            (true, []) => return Ok(()),
            (false, _) => Code::Unprocessable,
            (true, faults) if faults.iter().all(|fault| fault.code == Code::Archived.as_str()) => {
                Code::Archived
            }
            (true, _) => Code::UnknownName,
        };
        rules.extend(lookups);
        Err(AppError::faults(code, rules))
    }
}
