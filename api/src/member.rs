//! Who may do what in a ledger: members and their roles, and the invites by which people become members.
//! The table of rights itself is the server's; here are only the words.

use crate::id::{InviteId, LedgerId, UserId};
use crate::instant::Instant;
use crate::problem::Faults;
use crate::text::wire::string_serde;
use crate::user::check_user_name;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Most members that a ledger may have.
pub const MAX_MEMBERS: u64 = 50;
/// How long an invite can be accepted, in days, where nothing else is said.
pub const INVITE_DAYS: u16 = 7;

/// The name that stands for whoever asks, wherever a member is named. No name that signs in is as short.
pub const ME: &str = "me";

/// What a member may do in a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Adds rows, sees and changes those it added, and sees the names of categories, accounts, payees and tags.
    Adder,
    /// Sees everything and changes nothing.
    Viewer,
    /// Sees and changes everything but the settings and the members.
    Editor,
    /// Everything. A ledger always has at least one.
    Owner,
}

impl Role {
    /// All roles, the narrowest first.
    pub const ALL: [Self; 4] = [Self::Adder, Self::Viewer, Self::Editor, Self::Owner];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adder => "adder",
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }

    /// The role of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// True where it may add rows.
    pub fn adds(self) -> bool {
        self != Self::Viewer
    }

    /// True where it sees what others recorded.
    pub fn sees_all(self) -> bool {
        self != Self::Adder
    }

    /// True where it may change everything in the book.
    pub fn edits(self) -> bool {
        matches!(self, Self::Editor | Self::Owner)
    }

    /// True where it may change the settings and the members.
    pub fn owns(self) -> bool {
        self == Self::Owner
    }
}

/// A member of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// The name that signs in, and that `by:` and `paid_by` understand.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Goes up by one with each change; also the `ETag`.
    pub version: i64,
    /// Since when.
    pub created_at: Instant,
    /// When the role was last changed.
    pub updated_at: Instant,
}

/// A member as a request may name one: by id, or by the name that signs in, whatever its case; `me` is whoever asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MemberRef {
    /// By id.
    Id(UserId),
    /// By name.
    Name(String),
}

impl MemberRef {
    /// The name, where that was given.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Id(_) => None,
            Self::Name(name) => Some(name),
        }
    }
}

impl From<UserId> for MemberRef {
    fn from(id: UserId) -> Self {
        Self::Id(id)
    }
}

impl fmt::Display for MemberRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Name(name) => f.pad(name),
        }
    }
}

impl FromStr for MemberRef {
    type Err = Infallible;

    /// Takes any text; whether there is such a member is the server's to find out.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Uuid::try_parse(text).map_or_else(|_| Self::Name(text.to_owned()), |id| Self::Id(UserId(id))))
    }
}

string_serde!(MemberRef);

#[cfg(feature = "openapi")]
crate::openapi::string_type!(
    MemberRef,
    crate::openapi::StringSchema {
        name: "MemberRef",
        format: None,
        pattern: None,
        max_length: Some(crate::expense::MAX_NAME),
        example: "ana",
    }
);

/// What changes a member: a merge patch (RFC 7396).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields, default)]
pub struct MemberPatch {
    /// What they may do from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// An invite that can still be accepted. Its code was shown once, when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Invite {
    /// Its id.
    pub id: InviteId,
    /// What whoever accepts it may do.
    pub role: Role,
    /// Only somebody who signs in with this name can accept it; `null`: anybody who has the code.
    pub user: Option<String>,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Instant,
    /// Until when it can be accepted.
    pub expires_at: Instant,
}

/// What makes an invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct NewInvite {
    /// What whoever accepts it may do.
    pub role: Role,
    /// Only somebody who signs in with this name can accept it. Left out: anybody who has the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 32)))]
    pub user: Option<String>,
    /// How many days it can be accepted, 1 to 30; 7 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        oai(validator(minimum(value = "1"), maximum(value = "30")))
    )]
    pub days: Option<u16>,
}

impl NewInvite {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        if let Some(user) = &self.user {
            check_user_name(user, "/user", faults);
        }
    }
}

/// An invite that was just made, with its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct IssuedInvite {
    /// The invite.
    pub invite: Invite,
    /// The code to hand over. It is shown this once.
    pub code: String,
}

/// What accepts an invite.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct InviteCode {
    /// The code, as it was handed over.
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub code: String,
}

/// What an accepted invite led to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Joined {
    /// The ledger.
    pub ledger_id: LedgerId,
    /// Its name.
    pub ledger_name: String,
    /// What you may do in it.
    pub role: Role,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_a_word_of_its_own() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.as_str()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
    }

    #[test]
    fn a_member_is_named_by_id_or_by_name_and_stays_so() {
        let id = UserId::new();
        for (text, named) in [
            (id.to_string(), MemberRef::Id(id)),
            ("Ana".to_owned(), MemberRef::Name("Ana".to_owned())),
            (String::new(), MemberRef::Name(String::new())),
        ] {
            let read: MemberRef = serde_json::from_value(text.clone().into()).unwrap();
            assert_eq!(read, named);
            assert_eq!(serde_json::to_value(&read).unwrap(), text);
        }
        assert!(serde_json::from_str::<MemberRef>("7").is_err());
    }
}
