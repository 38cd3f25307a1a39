//! What the guard found out about a caller and a ledger. Only the guard makes one, and nothing of a ledger can be
//! reached without one, so that a forgotten check does not compile.

use crate::error::{AppError, Result};
use crate::store::image::currency;
use crate::store::token::Access;
use api::currency::Currency;
use api::date::Calendar;
use uuid::Uuid;

/// What a member may do in a ledger. Each role may do all that those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Adds rows and sees its own.
    Adder,
    /// Changes everything but who is a member.
    Editor,
    /// Everything.
    Owner,
}

impl Role {
    /// The role of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "viewer" => Some(Self::Viewer),
            "adder" => Some(Self::Adder),
            "editor" => Some(Self::Editor),
            "owner" => Some(Self::Owner),
            _ => None,
        }
    }
}

/// Leave to work in one ledger.
#[derive(Debug, Clone)]
pub struct Grant {
    ledger_id: Uuid,
    user_id: Uuid,
    role: Role,
    client: String,
    base: Currency,
    calendar: Calendar,
    epoch: Uuid,
}

impl Grant {
    /// Made from what the token and the membership say; the guard's alone.
    pub(crate) fn new(access: &Access, client: String) -> Result<Self> {
        let Access {
            user_id,
            role,
            ledger_id,
            base_currency,
            month_start_day,
            week_start,
            epoch,
            ..
        } = access;
        let missing = || AppError::not_found();
        let day = |value: Option<i16>| value.and_then(|value| u8::try_from(value).ok()).unwrap_or(1);
        let calendar = Calendar::new(day(*month_start_day), day(*week_start));
        Ok(Self {
            ledger_id: ledger_id.ok_or_else(missing)?,
            user_id: *user_id,
            role: role.as_deref().and_then(Role::from_word).ok_or_else(missing)?,
            client,
            base: currency(base_currency.as_deref().ok_or_else(missing)?)?,
            calendar: calendar.ok_or_else(|| AppError::Internal("stored calendar is out of range".into()))?,
            epoch: epoch.ok_or_else(missing)?,
        })
    }

    /// The ledger.
    pub fn ledger_id(&self) -> Uuid {
        self.ledger_id
    }

    /// Who is calling.
    pub fn user_id(&self) -> Uuid {
        self.user_id
    }

    /// As what.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The program that asks.
    pub fn client(&self) -> &str {
        &self.client
    }

    /// The ledger's base currency.
    pub fn base(&self) -> Currency {
        self.base
    }

    /// How the ledger cuts months and weeks.
    pub fn calendar(&self) -> Calendar {
        self.calendar
    }

    /// The ledger's epoch, renewed by a restore.
    pub fn epoch(&self) -> Uuid {
        self.epoch
    }
}
