//! The security audit: what happened to people and what they did, other than to the rows of a ledger.

use crate::id::{AuditId, LedgerId, UserId};
use crate::instant::Instant;
use crate::page::PageQuery;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct AuditEvent {
    /// Its id; later ones sort after it.
    pub id: AuditId,
    /// When.
    pub at: Instant,
    /// What, in a word: `sign-in`, `sign-in-failed`, `sign-out`, `password-changed`, `reset-code-made`,
    /// `reset-code-used`, `user-created`, `user-changed`, `user-disabled`, `user-enabled`, `token-made`, `token-revoked`,
    /// `invite-made`, `invite-revoked`, `member-joined`, `member-changed`, `member-removed`, `member-left`,
    /// `ledger-handed-over`. New ones may come.
    pub kind: String,
    /// Whose account it is about.
    pub user_id: Option<UserId>,
    /// Which ledger it is about.
    pub ledger_id: Option<LedgerId>,
    /// Who did it; `null` where nobody was signed in.
    pub actor_id: Option<UserId>,
    /// The program that asked.
    pub client: String,
    /// Where it asked from.
    pub address: Option<String>,
    /// More on it, by kind. Never a secret.
    pub detail: Value,
}

/// Which part of the audit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(default)]
pub struct AuditQuery {
    /// Whose account, by its id; for admins. Your own where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Which part of it.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", oai(flatten))]
    pub page: PageQuery,
}
