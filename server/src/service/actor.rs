//! Who does something that the audit tells of, as far as is known: somebody signed in, a stranger at the door, or
//! whoever has the run of the host.

use crate::service::Person;
use crate::state::AppState;
use crate::store::audit::NewEvent;
use serde_json::Value;
use std::net::IpAddr;
use uuid::Uuid;

/// Somebody, and where they ask from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who, where they are signed in.
    pub user_id: Option<Uuid>,
    /// The program that asks.
    pub client: String,
    /// Where it asks from.
    pub address: Option<IpAddr>,
    /// What of that address one subscriber has; by this it is counted.
    pub network: Option<IpAddr>,
}

/// What the audit tells of an account or a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    SignIn,
    SignInFailed,
    SignOut,
    PasswordChanged,
    ResetCodeMade,
    ResetCodeUsed,
    UserCreated,
    UserChanged,
    UserDisabled,
    UserEnabled,
    TokenMade,
    TokenRevoked,
    InviteMade,
    InviteRevoked,
    MemberJoined,
    MemberChanged,
    MemberRemoved,
    MemberLeft,
    LedgerHandedOver,
}

impl Happening {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignInFailed => "sign-in-failed",
            Self::SignOut => "sign-out",
            Self::PasswordChanged => "password-changed",
            Self::ResetCodeMade => "reset-code-made",
            Self::ResetCodeUsed => "reset-code-used",
            Self::UserCreated => "user-created",
            Self::UserChanged => "user-changed",
            Self::UserDisabled => "user-disabled",
            Self::UserEnabled => "user-enabled",
            Self::TokenMade => "token-made",
            Self::TokenRevoked => "token-revoked",
            Self::InviteMade => "invite-made",
            Self::InviteRevoked => "invite-revoked",
            Self::MemberJoined => "member-joined",
            Self::MemberChanged => "member-changed",
            Self::MemberRemoved => "member-removed",
            Self::MemberLeft => "member-left",
            Self::LedgerHandedOver => "ledger-handed-over",
        }
    }
}

impl Actor {
    /// Whoever runs commands on the host.
    pub fn on_host() -> Self {
        Self {
            user_id: None,
            client: "expensed admin".to_owned(),
            address: None,
            network: None,
        }
    }

    /// The same, known to be that person.
    #[must_use]
    pub fn signed_in(self, person: &Person) -> Self {
        self.known_as(person.user_id())
    }

    /// The same, known to be that user.
    #[must_use]
    pub(crate) fn known_as(self, user_id: Uuid) -> Self {
        Self {
            user_id: Some(user_id),
            ..self
        }
    }

    /// What the audit keeps of something that happens in a ledger now, to one of its members where it does.
    pub(crate) fn event_in(
        &self,
        state: &AppState,
        ledger_id: Uuid,
        what: Happening,
        user_id: Option<Uuid>,
        detail: Value,
    ) -> NewEvent {
        NewEvent {
            ledger_id: Some(ledger_id),
            ..self.event(state, what, user_id, detail)
        }
    }

    /// What the audit keeps of something that happens to an account now.
    pub(crate) fn event(
        &self,
        state: &AppState,
        what: Happening,
        user_id: Option<Uuid>,
        detail: Value,
    ) -> NewEvent {
        NewEvent {
            id: state.clock.new_id(),
            at: state.now(),
            user_id,
            ledger_id: None,
            actor_id: self.user_id,
            kind: what.as_str(),
            client: self.client.clone(),
            address: self.address.map(|address| address.to_string()),
            detail,
        }
    }
}
