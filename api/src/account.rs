//! What it was paid with: cash, a card, a bank account, a wallet.

use crate::expense::MAX_NAME;
use crate::id::{AccountId, UserId};
use crate::instant::Instant;
use crate::member::MemberRef;
use crate::patch::Patch;
use crate::problem::Faults;
use crate::text::{check_line, check_name};
use serde::{Deserialize, Serialize};

/// What sort of account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(poem_openapi::Enum),
    oai(rename_all = "lowercase")
)]
#[serde(rename_all = "lowercase")]
pub enum AccountKind {
    /// Notes and coins.
    Cash,
    /// A debit or credit card.
    Card,
    /// A bank account.
    Bank,
    /// A wallet or payment app, such as UPI.
    Wallet,
    /// Anything else.
    #[default]
    Other,
}

impl AccountKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Cash, Self::Card, Self::Bank, Self::Wallet, Self::Other];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card => "card",
            Self::Bank => "bank",
            Self::Wallet => "wallet",
            Self::Other => "other",
        }
    }

    /// The kind of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A account of a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name, unique in the ledger whatever its case and accents.
    pub name: String,
    /// What sort of account it is.
    pub kind: AccountKind,
    /// Its IBAN (ISO 13616), so that imports find it.
    pub iban: Option<String>,
    /// The account id that the bank's OFX files carry.
    pub acctid: Option<String>,
    /// Last digits of its cards, comma between.
    pub card_ends: Option<String>,
    /// The member who owns it: who paid the new rows of it, where nothing else is said.
    pub owner: Option<UserId>,
    /// True where it is kept for old rows but not offered for new ones.
    pub is_archived: bool,
    /// Goes up by one with each change; also the `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// What creates a account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// An id of the client's choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<AccountId>,
    /// Its name, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub name: String,
    /// What sort of account it is; `other` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<AccountKind>,
    /// Its IBAN (ISO 13616), so that imports find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 34)))]
    pub iban: Option<String>,
    /// The account id that the bank's OFX files carry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 64)))]
    pub acctid: Option<String>,
    /// Last digits of its cards, comma between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 64)))]
    pub card_ends: Option<String>,
    /// The member who owns it, by id or by name: who paid the new rows of it, where nothing else is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<MemberRef>,
}

/// What changes a account: a merge patch (RFC 7396).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(poem_openapi::Object))]
#[serde(deny_unknown_fields, default)]
pub struct AccountPatch {
    /// Its name, 1 to 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", oai(validator(min_length = 1, max_length = 100)))]
    pub name: Option<String>,
    /// True archives it, false brings it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_archived: Option<bool>,
    /// What sort of account it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<AccountKind>,
    /// Its IBAN (ISO 13616), so that imports find it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 34)))]
    pub iban: Patch<String>,
    /// The account id that the bank's OFX files carry.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 64)))]
    pub acctid: Patch<String>,
    /// Last digits of its cards, comma between.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[cfg_attr(feature = "openapi", oai(validator(max_length = 64)))]
    pub card_ends: Patch<String>,
    /// The member who owns it, by id or by name; `null` for nobody. Rows recorded before keep who paid them.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub owner: Patch<MemberRef>,
}

impl NewAccount {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        if let Err(fault) = check_name(&self.name, MAX_NAME) {
            faults.add("/name", fault.code(), fault.to_string());
        }
        check_marks(
            &[
                ("/iban", self.iban.as_deref(), 34),
                ("/acctid", self.acctid.as_deref(), 64),
                ("/card_ends", self.card_ends.as_deref(), 64),
            ],
            faults,
        );
    }
}

impl AccountPatch {
    /// Finds everything that is wrong with it by itself.
    pub fn check(&self, faults: &mut Faults) {
        if let Some(Err(fault)) = self.name.as_deref().map(|name| check_name(name, MAX_NAME)) {
            faults.add("/name", fault.code(), fault.to_string());
        }
        check_marks(
            &[
                ("/iban", self.iban.set().map(String::as_str), 34),
                ("/acctid", self.acctid.set().map(String::as_str), 64),
                ("/card_ends", self.card_ends.set().map(String::as_str), 64),
            ],
            faults,
        );
    }
}

fn check_marks(marks: &[(&str, Option<&str>, usize)], faults: &mut Faults) {
    for (pointer, text, max) in marks {
        if let Some(Err(fault)) = text.map(|text| check_line(text, *max)) {
            faults.add(*pointer, fault.code(), fault.to_string());
        }
    }
}
