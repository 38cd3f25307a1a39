//! Tokens: what a program shows to be let in, and what each may do. The secret itself is seen once.

use crate::id::{LedgerId, TokenId};
use crate::instant::Instant;
use crate::problem::Faults;
use crate::text::check_line;
use serde::{Deserialize, Serialize};

/// Most tokens that a person may have at a time, sessions apart.
pub const MAX_TOKENS: u64 = 50;
/// How long a token lives, in days, where nothing else is said.
pub const TOKEN_DAYS: u16 = 90;
/// Longest name of a token, in characters.
pub const MAX_TOKEN_NAME: usize = 100;

/// What a token may be used for. The role in the ledger limits it further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// To look.
    Read,
    /// To record expenses and see the names that takes; nothing else.
    Add,
    /// To look and to change everything in the book.
    Write,
    /// To see and change who is a member: to invite anybody in any role, owners too, to change roles, remove members
    /// and hand ledgers over. Without a password being asked for.
    Share,
    /// To change one's own account and make tokens of the same scopes; for admins, the accounts of others, and by reset
    /// codes whatever those people can do. Without a password being asked for.
    Account,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 5] = [Self::Read, Self::Add, Self::Write, Self::Share, Self::Account];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Add => "add",
            Self::Write => "write",
            Self::Share => "share",
            Self::Account => "account",
        }
    }

    /// The scope of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }

    /// True where having this one is having the other too: `write` holds `read` and `add`.
    pub fn holds(self, other: Self) -> bool {
        self == other || (self == Self::Write && matches!(other, Self::Read | Self::Add))
    }
}

/// How a token came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// By signing in; it ends when it is not used for two weeks.
    Session,
    /// Made for a program.
    Api,
}

impl TokenKind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Api => "api",
        }
    }
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// How it came to be.
    pub kind: TokenKind,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// The ledgers it is good for; `null` is all of yours.
    pub ledger_ids: Option<Vec<LedgerId>>,
    /// True for the token that this was asked with.
    pub is_this: bool,
    /// The API token that it was made with, if one did: it ends with that one.
    pub made_by: Option<TokenId>,
    /// When it was made.
    pub created_at: Instant,
    /// Until when it is good; `null` is for ever.
    pub expires_at: Option<Instant>,
    /// When it was last used, to within some minutes.
    pub last_used_at: Option<Instant>,
}

/// What makes a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What to call it, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub name: String,
    /// What it may be used for: at least one scope, and none that the token asking for it does not have. `share` and
    /// `account` are for programs that look after people: with them it does without a password what a session must
    /// confirm by one. `share` invites anybody in any role, changes roles, removes members, hands ledgers over.
    /// `account` makes more tokens and changes the account; an admin's also makes people and admins, shuts people out
    /// and makes reset codes, by which it can become any of them.
    #[cfg_attr(
        feature = "openapi",
        oai(validator(min_items = 1, max_items = 5, unique_items))
    )]
    pub scopes: Vec<Scope>,
    /// The ledgers it shall be good for; left out: all of yours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_items = 1, max_items = 100)))]
    pub ledger_ids: Option<Vec<LedgerId>>,
    /// How many days it lives, 1 to 366; 90 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "openapi",
        oai(validator(minimum(value = "1"), maximum(value = "366")))
    )]
    pub days: Option<u16>,
}

impl NewToken {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        if let Err(fault) = check_line(&self.name, MAX_TOKEN_NAME) {
            faults.add("/name", fault.code(), fault.to_string());
        }
    }
}

/// A token that was just made, with its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct IssuedToken {
    /// The token.
    pub token: Token,
    /// What to send as `Authorization: Bearer SECRET`. It is shown this once.
    pub secret: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_a_word_of_its_own() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_word(scope.as_str()), Some(scope));
        }
    }

    #[test]
    fn write_holds_read_and_add_and_nothing_else_holds_another() {
        for (one, other) in Scope::ALL
            .into_iter()
            .flat_map(|one| Scope::ALL.map(|other| (one, other)))
        {
            let wanted = one == other || (one == Scope::Write && matches!(other, Scope::Read | Scope::Add));
            assert_eq!(one.holds(other), wanted, "{one:?} {other:?}");
        }
    }
}
